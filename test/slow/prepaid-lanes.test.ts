// Two weeks of a street that pays ahead: who tops up stays on, who does not is cut off when that is allowed, the one
// who pays comes back, and meters and company agree on every paisa.

import { beforeAll, expect, test } from "vitest";
import { formatLocal } from "../../sim/core/calendar.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { trialBalance } from "../../sim/utility/billing/ledger.ts";
import { runUntil, street } from "../support/street.ts";

const moves: string[] = [];
let twin: Twin;
let postings = 0;

beforeAll(() => {
  const resolved = street({ scenario: "prepaid-lanes" });
  twin = runUntil(createTwin(resolved), 14 * DAY_MS, [], ({ out }) => {
    postings += out.postings.length;
    for (const { event } of out.events) {
      if (event.kind !== "relay") continue;
      const at = formatLocal(resolved.calendar, event.at).slice(0, 16);
      moves.push(`${at} ${event.supply} ${event.position}`);
    }
  });
});

test("who never tops up is off at eight on a working day, who pays late is on again, all others never notice", () => {
  // The 15th and 16th of January 2026 are a Thursday and a Friday; friendly hours end at 08:00.
  expect(moves).toHaveLength(3);
  expect(moves[0]).toBe("2026-01-15 08:01 supply-05 open");
  expect(moves[1]).toBe("2026-01-16 08:00 supply-09 open");
  expect(moves[2]).toMatch(/^2026-01-17 08:\d\d supply-09 closed$/);
});

test("what meters count and what the company works out is the same: nobody is suspected", () => {
  expect(twin.world.belief.detection.cases).toEqual([]);
  const { prepaid } = twin.world.plant.meters;
  expect([...prepaid.isPrepaid].filter((flag) => flag === 1)).toHaveLength(24);
});

test("the ledger sums to zero over every top-up and every day's use", () => {
  expect(trialBalance(twin.world.belief.ledger)).toBe(0);
  expect(postings).toBeGreaterThan(24 * 14);
});
