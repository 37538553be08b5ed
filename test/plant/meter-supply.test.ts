// Supply that goes and comes back, and what a meter wrote down meanwhile: profile and events in rings of a fixed size.

import { describe, expect, test } from "vitest";
import { INTERVAL, PROFILE_PART_MAX, type ProfilePart } from "../../sim/contract/reading.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import {
  createMeterLogs,
  EVENTS_KEPT_MAX,
  eventIdOf,
  eventsOf,
  keepEvent,
  keepInterval,
  PROFILE_INTERVALS,
  profileEntries,
} from "../../sim/plant/meters/logs.ts";
import { BREATH_WAIT_MAX_MS } from "../../sim/plant/meters/supply.ts";
import { type Bench, bench, handoverNow } from "../support/metering.ts";

const profileOf = (meter: Bench) => handoverNow(meter).logs.profile;

describe("a power cut", () => {
  test("gives one last gasp, however long, no reading while it lasts, and one first breath", () => {
    const meter = bench()
      .run(45 * MINUTE_MS, 600)
      .dark(4 * HOUR_MS)
      .run(5 * HOUR_MS, 600);
    expect(meter.events).toMatchObject([
      { code: "last-gasp", eventId: 101, number: 1, at: 45 * MINUTE_MS },
      { code: "first-breath", eventId: 102, number: 2, value: 195 * MINUTE_MS },
    ]);
    const breathMs = meter.events[1]!.at - 4 * HOUR_MS;
    expect(breathMs).toBeGreaterThanOrEqual(0);
    expect(breathMs).toBeLessThanOrEqual(BREATH_WAIT_MAX_MS);
    expect(meter.readings.map(({ measuredAt }) => measuredAt / HOUR_MS)).toEqual([0.5, 4.5, 5]);
    expect(meter.readings[1]).toMatchObject({ intervalFlags: INTERVAL.powerFailed });
  });

  test("breathes after a wait of the meter's own: two meters do not speak at once, one does so again alike", () => {
    const breath = (breathSeed: number): number =>
      bench({ context: { breathSeed }, stepMs: 1000 })
        .dark(MINUTE_MS)
        .run(3 * MINUTE_MS, 0)
        .events.at(-1)!.at;
    expect(breath(1)).not.toBe(breath(2));
    expect(breath(1)).toBe(breath(1));
  });

  test("leaves registers, relay, credit and logs as they were, and the profile knows the dark intervals", () => {
    const meter = bench().run(40 * MINUTE_MS, 600, [{ action: "trip" }]);
    const before = handoverNow(meter);
    meter.dark(2 * HOUR_MS).run(2 * HOUR_MS + MINUTE_MS, 600);
    const after = handoverNow(meter);
    expect(after.importWh).toBe(before.importWh);
    expect(after).toMatchObject({ relay: "open", relayReasons: before.relayReasons });
    const flags = after.logs.profile.map((entry) => [
      entry.measuredAt / MINUTE_MS,
      entry.intervalFlags,
    ]);
    expect(flags).toEqual([
      [30, 0],
      [60, INTERVAL.powerFailed],
      [90, INTERVAL.dark],
      [120, INTERVAL.dark],
    ]);
  });

  test("is deaf: what is delivered in the dark is neither obeyed nor answered", () => {
    const meter = bench().run(MINUTE_MS, 0);
    meter.meter.state.delivered.push({
      row: 0,
      message: {
        kind: "command",
        id: "c-9",
        supply: "supply-01",
        action: "trip",
        text: "",
        issuedAt: 0,
        expiresAt: HOUR_MS,
      },
    });
    meter.dark(2 * MINUTE_MS).run(4 * MINUTE_MS, 0);
    expect(meter.codes).not.toContain("relay-open");
    expect(meter.sent.filter(({ kind }) => kind === "command-ack")).toEqual([]);
  });
});

describe("the load profile", () => {
  test("has an entry for every reading, with its register and flags", () => {
    const meter = bench().run(3 * HOUR_MS, 600);
    expect(profileOf(meter)).toEqual(
      meter.readings.map(({ measuredAt, importWh, exportWh, intervalFlags }) => ({
        measuredAt,
        importWh,
        exportWh,
        intervalFlags,
      })),
    );
  });

  test("keeps its newest 1680 intervals, and gaps stay gaps", () => {
    const logs = createMeterLogs(2);
    for (let interval = 1; interval <= 4000; interval++) {
      if (interval % 100 !== 0) {
        keepInterval(logs, 1, { interval, importWh: interval, exportWh: 0, flags: 0 });
      }
    }
    const all = profileEntries(logs, 1, 1000, { first: 0, last: 1e9, countMax: 1e9 });
    expect(all).toHaveLength(PROFILE_INTERVALS - 16);
    expect([all[0]!.importWh, all.at(-1)!.importWh]).toEqual([3999 - 1679, 3999]);
    expect(profileEntries(logs, 0, 1000, { first: 0, last: 1e9, countMax: 9 })).toEqual([]);
  });

  test("is read back by a span, in parts of two days at most that say whether there is more", () => {
    const meter = bench({ stepMs: 15 * MINUTE_MS }).run(100 * HOUR_MS, 600);
    const parts = (): readonly ProfilePart[] =>
      meter.sent.filter((message) => message.kind === "profile");
    const ask = (fromMs: number, toMs: number): void => {
      const order = { action: "read-profile", fromMs, toMs } as const;
      meter.run(meter.nowMs + 15 * MINUTE_MS, 600, [order]);
    };
    ask(HOUR_MS, 3 * HOUR_MS);
    expect(parts()[0]!.entries.map(({ measuredAt }) => measuredAt / HOUR_MS)).toEqual([
      1.5, 2, 2.5, 3,
    ]);
    expect(parts()[0]!.isComplete).toBe(true);
    ask(0, 96 * HOUR_MS);
    expect(parts()[1]).toMatchObject({ isComplete: false });
    expect(parts()[1]!.entries).toHaveLength(PROFILE_PART_MAX);
    ask(parts()[1]!.entries.at(-1)!.measuredAt, 96 * HOUR_MS);
    expect(parts()[2]!.entries).toHaveLength(96);
    expect(parts()[2]).toMatchObject({ isComplete: true });
  });
});

describe("the event log", () => {
  test("keeps the newest of each compartment, and the first openings of the cover for ever", () => {
    const logs = createMeterLogs(1);
    for (let number = 1; number <= 60; number++) {
      const code = number % 2 === 0 ? "cover-open" : "relay-open";
      keepEvent(logs, 0, { number, code, at: number, value: null });
    }
    const numbers = (code: string) =>
      eventsOf(logs, 0)
        .filter((event) => event.code === code)
        .map(({ number }) => number);
    expect(numbers("relay-open")).toEqual(
      Array.from({ length: EVENTS_KEPT_MAX }, (_, k) => 21 + 2 * k),
    );
    expect(numbers("cover-open")).toEqual(
      Array.from({ length: EVENTS_KEPT_MAX }, (_, k) => 2 + 2 * k),
    );
  });

  // IS 15959, as two public head-ends carry it.
  test.for([
    ["last-gasp", 101],
    ["first-breath", 102],
    ["clock-set", 151],
    ["magnet", 201],
    ["over-limit-open", 215],
    ["cover-open", 251],
    ["relay-open", 301],
    ["relay-closed", 302],
    ["credit-out", null],
  ] as const)("calls %s %s", ([code, eventId]) => {
    expect(eventIdOf(code)).toBe(eventId);
  });

  test("hears of a cover that was opened once, also one that was opened in the dark", () => {
    const meter = bench().dark(MINUTE_MS);
    meter.meter.state.tamperFlags[0] = 1;
    meter.dark(3 * MINUTE_MS).run(9 * MINUTE_MS, 0);
    expect(meter.codes.filter((code) => code === "cover-open")).toHaveLength(1);
  });
});
