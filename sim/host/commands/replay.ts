// `meterville replay`: is this recording what its scenario and journal give?

import { formatDuration, type SimMs } from "../../core/time.ts";
import type { RecordingReader } from "../../recording/reader.ts";
import { type Boards, createBoards } from "../boards.ts";
import { type BoardsAgainResult, createBoardsAgain } from "../boards-again.ts";
import { createDevice } from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { type ReplayResult, resimulate, withRecording } from "../resimulate.ts";

/** However busy the machine is: an emulator that is late is not another one. */
const EMULATOR_DEADLINE_WALL_MS = 600_000;

/** Verifies a recording; returns 1 where it differs. */
export async function replayCommand(
  file: string,
  options: { readonly json?: boolean; readonly boards?: boolean },
): Promise<number> {
  const boards =
    options.boards === true ? createBoards(createDevice, EMULATOR_DEADLINE_WALL_MS) : undefined;
  const result = await withRecording(file, (reader, cutOffAtMs) =>
    verify(reader, cutOffAtMs, boards),
  );
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${sentence(result)}\n`);
  return result.verified ? EXIT.done : EXIT.no;
}

async function verify(
  reader: RecordingReader,
  cutOffAtMs: SimMs | null,
  boards: Boards | undefined,
): Promise<Verdict> {
  try {
    const again = boards === undefined ? undefined : createBoardsAgain(boards);
    return { ...(await resimulate(reader, again)), cutOffAtMs };
  } finally {
    await boards?.close();
  }
}

interface Verdict extends ReplayResult {
  /** Where the file was cut off; null where it is whole. */
  readonly cutOffAtMs: SimMs | null;
}

function sentence(verdict: Verdict): string {
  const { steps, digestsChecked, firstDifference, boards, cutOffAtMs } = verdict;
  const whole = cutOffAtMs === null ? "" : " in what is whole of it";
  if (firstDifference === null) {
    const twin = `verified: ${steps} steps, ${digestsChecked} digests, no difference${whole}`;
    return boards === null ? twin : `${twin}\n${boardsSentence(boards)}`;
  }
  const { simMs, part, row, recorded, replayed } = firstDifference;
  const where = `differs first at ${formatDuration(simMs)} in ${part === "" ? "the chain" : part}`;
  if (row === null) return `${where}: recorded ${recorded ?? "?"}, replayed ${replayed ?? "?"}`;
  return `${where}, row ${row}: recorded ${recorded}, replayed ${replayed} (values at the next keyframe)`;
}

function boardsSentence({
  answersCompared,
  answersNotCompared,
  firstDifference,
}: BoardsAgainResult): string {
  const left =
    answersNotCompared === 0
      ? ""
      : `; ${answersNotCompared} not compared: no emulator stands in for that board, or it was lost`;
  if (firstDifference === null) {
    return `boards run again: ${answersCompared} answers, no difference${left}`;
  }
  const { simMs, supply, field, recorded, again } = firstDifference;
  return `boards run again: ${supply} differs first at ${formatDuration(simMs)} in ${field}: recorded ${recorded}, now ${again}${left}`;
}
