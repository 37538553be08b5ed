// Bursts of bad air: the two-state channel of Gilbert (1960) and Elliott (1963), a pure function of the second.
// In each second the channel keeps its state with probability 1 − p − r and is drawn anew otherwise, bad with
// probability p/(p + r): the same chain, and its state now is that of the last second in which it was drawn. So it
// needs no memory, and a step of a second and one of a minute see the same bursts.

import { drawUniform } from "../core/random.ts";
import { SECOND_MS, type SimMs } from "../core/time.ts";
import { PURPOSE } from "./purposes.ts";

/** Chances a second, from good to bad and back; 1/`recover` seconds is the mean length of a burst. */
export interface BurstChances {
  readonly fail: number;
  readonly recover: number;
}

/** Further back than this the state is as good as forgotten. */
const SECONDS_BACK_MAX = 400;

/** Whether the channel of a row is bad in the second of `at`. */
export function isBurst(
  seed: number,
  row: number,
  { fail, recover }: BurstChances,
  at: SimMs,
): boolean {
  const redrawn = fail + recover;
  let second = Math.floor(at / SECOND_MS);
  for (let back = 0; back < SECONDS_BACK_MAX && second > 0; back++) {
    if (drawUniform(seed, row, second, PURPOSE.burstRedraw) < redrawn) break;
    second--;
  }
  return drawUniform(seed, row, second, PURPOSE.burstState) < fail / redrawn;
}
