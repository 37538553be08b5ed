// `meterville replay`: is this recording what its scenario and journal give?

import { formatDuration, type SimMs } from "../../core/time.ts";
import { EXIT } from "../exit-codes.ts";
import { type ReplayResult, resimulate, withRecording } from "../resimulate.ts";

/** Verifies a recording; returns 1 where it differs. */
export async function replayCommand(
  file: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const result = await withRecording(file, async (reader, cutOffAtMs) => ({
    ...(await resimulate(reader)),
    cutOffAtMs,
  }));
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${sentence(result)}\n`);
  return result.verified ? EXIT.done : EXIT.no;
}

interface Verdict extends ReplayResult {
  /** Where the file was cut off; null where it is whole. */
  readonly cutOffAtMs: SimMs | null;
}

function sentence(verdict: Verdict): string {
  const { verified, steps, digestsChecked, firstDifference, cutOffAtMs } = verdict;
  const whole = cutOffAtMs === null ? "" : " in what is whole of it";
  if (verified) return `verified: ${steps} steps, ${digestsChecked} digests, no difference${whole}`;
  if (firstDifference === null) return "not verified";
  const { simMs, part, row, recorded, replayed } = firstDifference;
  const where = `differs first at ${formatDuration(simMs)} in ${part === "" ? "the chain" : part}`;
  if (row === null) return `${where}: recorded ${recorded ?? "?"}, replayed ${replayed ?? "?"}`;
  return `${where}, row ${row}: recorded ${recorded}, replayed ${replayed} (values at the next keyframe)`;
}
