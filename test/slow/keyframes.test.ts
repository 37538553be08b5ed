// A month from its snapshots: what bills, cases and cut-offs need is in them, and they do not grow.

import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, restoreTwin, type World } from "../../sim/engine/world.ts";
import { runUntil, street } from "../support/street.ts";

const END_MS = 30 * DAY_MS;
const MOMENTS = [
  { what: "while the mast is down", atMs: 3 * DAY_MS + 17 * HOUR_MS },
  { what: "a day after the theft began", atMs: 11 * DAY_MS + 18 * HOUR_MS },
  { what: "a minute before the bills are made", atMs: 20 * DAY_MS + 6 * HOUR_MS - MINUTE_MS },
];
const bytesAt = new Map<number, Uint8Array>();
const whole = runUntil(createTwin(street()), END_MS, [], ({ world }) => {
  const { nowMs } = world.engine.clock;
  const isWanted = nowMs % DAY_MS === 0 || MOMENTS.some(({ atMs }) => atMs === nowMs);
  if (isWanted) bytesAt.set(nowMs, encodeSnapshot(world));
});

test.for(MOMENTS)("from a snapshot $what on, the month ends with the same hash", ({ atMs }) => {
  const world = decodeSnapshot<World>(bytesAt.get(atMs)!);
  const before = structuredClone(world.belief.billing);
  const rest = runUntil(restoreTwin(street(), world), END_MS);
  expect(finalHash(rest)).toBe(finalHash(whole));
  expect(rest.world.belief.billing.bills, "there was something to do").toBeGreaterThan(
    before.bills,
  );
});

test("the keyframe of the last day is as large as those of the first", () => {
  const dayBytes = Array.from({ length: 30 }, (_, day) => bytesAt.get((day + 1) * DAY_MS)!.length);
  expect(dayBytes).toHaveLength(30);
  // What is under way differs from midnight to midnight; each day of readings would add 25 × 48 numbers.
  expect(Math.max(...dayBytes) - Math.min(...dayBytes)).toBeLessThan(25 * 48 * 8);
});
