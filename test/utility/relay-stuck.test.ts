// Readings after an acknowledged trip: which of them make a case.

import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { RelayCase } from "../../sim/contract/frame.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { createDunning } from "../../sim/utility/billing/trip-desk.ts";
import { createDetection } from "../../sim/utility/detection/listen.ts";
import {
  closeStuckRelay,
  noteStuckRelay,
  watchOpened,
} from "../../sim/utility/detection/relay-stuck.ts";
import { meterReading } from "../support/messages.ts";
import { street } from "../support/street.ts";

const { calendar, records } = street();

/** Its meter said at one o'clock that it had opened; then readings, one an hour. */
function readings(each: readonly (readonly [importWh: number, relay: "open" | "closed"])[]) {
  const [detection, watch] = [createDetection({ ...records, calendar }), createDunning(0)];
  const events: BeliefEvent[] = [];
  watchOpened(watch, 0, HOUR_MS);
  const read = (importWh: number, relay: "open" | "closed", sequence: number): void => {
    const measuredAt = (sequence + 1) * HOUR_MS;
    const reading = meterReading({ sequence, measuredAt, importWh, relay });
    noteStuckRelay(watch, detection, calendar, 0, reading, measuredAt, events);
  };
  each.forEach(([importWh, relay], at) => {
    read(importWh, relay, at + 1);
  });
  return { detection, watch, events, read, cases: detection.cases as RelayCase[] };
}

describe("a case is opened", () => {
  test("by two readings that show use behind an open relay", () => {
    const { cases, events } = readings([
      [100, "open"],
      [160, "open"],
      [250, "open"],
    ]);
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({ kind: "relay-stuck", readings: 2, usedWh: 150 });
    expect(cases[0]!.evidence).toBe(
      "Its meter acknowledged the order to open on 2026-01-12 01:00:00. 2 readings since show " +
        "150 Wh of use. The relay is stuck, or something leads around it.",
    );
    expect(events.map(({ kind }) => kind)).toEqual(["case-opened"]);
  });

  test("by two readings that say that the relay is closed, though nothing was used", () => {
    const { cases } = readings([
      [100, "closed"],
      [100, "closed"],
    ]);
    expect(cases[0]).toMatchObject({ readings: 0, closedReadings: 2, usedWh: 0 });
  });

  test("once, and brought up to date by what follows", () => {
    const { cases, events, read } = readings([
      [100, "open"],
      [200, "open"],
      [300, "open"],
    ]);
    read(400, "open", 4);
    expect(cases).toHaveLength(1);
    expect(cases[0]).toMatchObject({ readings: 3, usedWh: 300 });
    expect(events).toHaveLength(1);
  });
});

describe("there is no case", () => {
  test.each([
    [
      "where nothing is used",
      [
        [100, "open"],
        [101, "open"],
        [102, "open"],
        [103, "open"],
      ],
    ],
    [
      "by a single reading",
      [
        [100, "open"],
        [200, "open"],
        [200, "open"],
      ],
    ],
    [
      "by what was used before the relay opened",
      [
        [500, "open"],
        [500, "open"],
      ],
    ],
  ] as const)("%s", (_, each) => {
    expect(readings(each).cases).toEqual([]);
  });

  test("by an older reading that comes late", () => {
    const { cases, read } = readings([
      [100, "open"],
      [200, "open"],
    ]);
    read(150, "closed", 1);
    read(150, "closed", 1);
    expect(cases).toEqual([]);
  });
});

test("a crew's visit closes it, and use after the visit is a new one", () => {
  const { detection, watch, cases, events, read } = readings([
    [100, "open"],
    [200, "open"],
    [300, "open"],
  ]);
  closeStuckRelay(detection, watch, { supply: "supply-01", row: 0 }, 5 * HOUR_MS, events);
  expect(cases[0]!.closedAt).toBe(5 * HOUR_MS);
  for (const sequence of [5, 6, 7]) read(100 * sequence, "open", sequence);
  expect(cases.map(({ closedAt }) => closedAt)).toEqual([5 * HOUR_MS, null]);
});
