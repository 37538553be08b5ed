// Emulated boards run again beside a replay: do they answer what was recorded? The twin goes on by the recorded answers.

import type { DeviceAnswer } from "../contract/meter-device.ts";
import type { SimMs } from "../core/time.ts";
import type { SwappedMeter } from "../engine/step.ts";
import type { Twin } from "../engine/world.ts";
import type { Boards } from "./boards.ts";

/** The first place where a board answers something else than what was recorded. */
export interface BoardDifference {
  readonly simMs: SimMs;
  readonly supply: string;
  /** Such as `outputs.registers.importWh`. */
  readonly field: string;
  readonly recorded: string;
  readonly again: string;
}

export interface BoardsAgainResult {
  readonly answersCompared: number;
  /** Of boards that no emulator stands in for, and of those after a loss. */
  readonly answersNotCompared: number;
  readonly firstDifference: BoardDifference | null;
}

export interface BoardsAgain {
  /** Asks the boards of one step and compares. Nothing is compared any more once something differs. */
  compare(
    twin: Twin,
    swapped: readonly SwappedMeter[],
    recorded: readonly DeviceAnswer[],
  ): Promise<void>;
  readonly result: BoardsAgainResult;
}

/** What is the same wherever and whenever it runs. */
const RUNS_AGAIN: readonly string[] = ["emulated", "emulated+rig", "simulated"];

export function createBoardsAgain(boards: Boards): BoardsAgain {
  let answersCompared = 0;
  let answersNotCompared = 0;
  let firstDifference: BoardDifference | null = null;
  /** Supplies whose board was lost in the recording, until their slot is empty. */
  const lost = new Set<string>();
  const compareOne = (simMs: SimMs, recorded: DeviceAnswer, again: DeviceAnswer): void => {
    if (recorded.kind === "no-answer" && again.kind === "outputs") {
      lost.add(recorded.supply);
      answersNotCompared++;
      return;
    }
    answersCompared++;
    const different = firstDifferent(recorded, again);
    if (different === undefined) return;
    firstDifference ??= { simMs, supply: recorded.supply, ...different };
  };
  return {
    async compare(twin, swapped, recorded) {
      for (const supply of lost)
        if (!swapped.some((meter) => meter.supply === supply)) lost.delete(supply);
      const runnable = swapped.filter(
        ({ device, supply }) => RUNS_AGAIN.includes(device) && !lost.has(supply),
      );
      const simMs = twin.world.engine.clock.nowMs;
      const answers = await boards.ask(twin, runnable);
      for (const each of recorded) {
        const again = answers.find(({ supply }) => supply === each.supply);
        if (again === undefined) answersNotCompared++;
        else compareOne(simMs, each, again);
      }
    },
    get result() {
      return { answersCompared, answersNotCompared, firstDifference };
    },
  };
}

function firstDifferent(
  recorded: unknown,
  again: unknown,
  field = "",
): Pick<BoardDifference, "field" | "recorded" | "again"> | undefined {
  if (isBranch(recorded) && isBranch(again)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(again)])) {
      const within = field === "" ? key : `${field}.${key}`;
      const found = firstDifferent(recorded[key], again[key], within);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [one, other] = [JSON.stringify(recorded) ?? "nothing", JSON.stringify(again) ?? "nothing"];
  return one === other ? undefined : { field, recorded: one, again: other };
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
