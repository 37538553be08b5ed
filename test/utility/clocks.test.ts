// What readings betray of meters' clocks.

import { describe, expect, test } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { lookAtClocks, noteLag } from "../../sim/utility/headend/clocks.ts";
import { createHeadend } from "../../sim/utility/headend/headend.ts";

const LIMIT_MS = 2 * MINUTE_MS;

/** Five meters; each of a day's readings is under way for up to five minutes, the fastest for some seconds. */
function day(offMs: readonly number[], readings = 48) {
  const state = createHeadend([0, 0, 0, 0], [0]);
  offMs.forEach((off, row) => {
    for (let k = 0; k < readings; k++) {
      const underWayMs = ((k * 37) % 48) * 6 * SECOND_MS + (row + 2) * SECOND_MS;
      noteLag(state, row, underWayMs + off);
    }
  });
  return state;
}

describe("a day of readings", () => {
  test("names the clocks that are slow or fast by more than the limit, and by how much", () => {
    const state = day([0, 3 * MINUTE_MS, -10 * MINUTE_MS, 0, 0]);
    expect(lookAtClocks(state, LIMIT_MS)).toEqual([
      { row: 1, offMs: 3 * MINUTE_MS - 2 * SECOND_MS },
      { row: 2, offMs: -10 * MINUTE_MS - SECOND_MS },
    ]);
  });

  test("names none that is off by less, since the air delays each reading as it likes", () => {
    expect(lookAtClocks(day([0, 110_000, -110_000, 0, 0]), LIMIT_MS)).toEqual([]);
  });

  test("of which few came proves nothing", () => {
    expect(lookAtClocks(day([0, 9 * MINUTE_MS, 0, 0, 0], 23), LIMIT_MS)).toEqual([]);
  });

  test("is forgotten once it has been looked at", () => {
    const state = day([0, 9 * MINUTE_MS, 0, 0, 0]);
    expect(lookAtClocks(state, LIMIT_MS)).toHaveLength(1);
    expect(lookAtClocks(state, LIMIT_MS)).toEqual([]);
  });
});
