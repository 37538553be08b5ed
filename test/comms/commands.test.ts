// A command's whole way: the company's desk, the air, the meter, and the answer back.

import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arrival, advance, createAir } from "../../sim/comms/air.ts";
import { sendDown } from "../../sim/comms/bearer.ts";
import { setOutage } from "../../sim/comms/outages.ts";
import { enqueue } from "../../sim/comms/outbox.ts";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { createMeterLogs } from "../../sim/plant/meters/logs.ts";
import { createMeters, stepMeters } from "../../sim/plant/meters/meters.ts";
import type { SentByMeter } from "../../sim/plant/meters/outgoing.ts";
import { acknowledge, type CommandDesk, order, sendDue } from "../../sim/utility/commands.ts";
import { COMMANDS_MAX } from "../../sim/utility/state.ts";
import { airSpec } from "../support/air.ts";
import { meterModel } from "../support/meter.ts";

const TRIP = { action: "trip" } as const;
const RULES = { retryMs: 5 * MINUTE_MS, expireMs: DAY_MS };
const MODEL = meterModel();

interface Way {
  readonly lossShare: number;
  readonly duplicateShare?: number;
  readonly seed?: number;
  /** Hours in which the mast is down. */
  readonly downFrom?: number;
  readonly downUntil?: number;
}

interface Story {
  readonly desk: CommandDesk;
  readonly events: readonly BeliefEvent[];
  /** When the relay moved, and to where. */
  readonly moves: readonly { readonly at: number; readonly position: string }[];
  readonly relayOpen: number;
  readonly acknowledgedAt: number | null;
}

/** Orders one trip at the start and plays `hours` in minutes. */
function trip(
  { lossShare, duplicateShare = 0, seed = 1, downFrom = 0, downUntil = 0 }: Way,
  hours: number,
): Story {
  const spec = airSpec({ seed, lossShare, duplicateShare, delayMeanMs: 2 * SECOND_MS });
  const air = createAir(spec);
  const logs = createMeterLogs(1);
  const meters = createMeters(MODEL, [{ serial: "M-0001", openingWh: 0, isOpen: false }]);
  const desk: CommandDesk = {
    commands: [],
    commandCounts: { next: 1, sent: 0, acknowledged: 0, retried: 0, expired: 0 },
  };
  const events: BeliefEvent[] = [];
  const moves: { at: number; position: string }[] = [];
  let acknowledgedAt: number | null = null;
  order(
    desk,
    RULES,
    { row: 0, supply: "supply-01", order: TRIP, text: "SUPPLY OFF", reason: "test" },
    0,
    events,
  );
  for (let now = MINUTE_MS; now <= hours * HOUR_MS; now += MINUTE_MS) {
    const isDown = now >= downFrom * HOUR_MS && now < downUntil * HOUR_MS;
    const mast = { of: "mast", mast: 0 } as const;
    setOutage(spec, air, mast, "scenario", isDown ? "down" : "up", now - MINUTE_MS);
    const sent: SentByMeter[] = [];
    const step = {
      at: now,
      stepMs: MINUTE_MS,
      activeW: Float64Array.of(0),
      reactiveVar: Float64Array.of(0),
      elementVoltageV: Float64Array.of(230),
      frequencyHz: 50,
    };
    for (const { position } of stepMeters(MODEL, { state: meters, logs }, step, sent))
      moves.push({ at: now, position });
    for (const { row, message } of sent) {
      if (message.kind === "command-ack") enqueue(spec, air, row, message, now);
    }
    const arrivals: Arrival[] = [];
    advance(spec, air, now, arrivals, meters.delivered);
    for (const { message } of arrivals) {
      if (message.kind !== "command-ack") continue;
      if (acknowledge(desk, message) !== undefined) acknowledgedAt = now;
    }
    const { sending } = sendDue(desk, RULES, () => "supply-01", now, events);
    for (const { row, at, message } of sending) sendDown(spec, air, row, message, at);
  }
  return { desk, events, moves, relayOpen: meters.relayOpen[0]!, acknowledgedAt };
}

test("over clear air a trip is sent once, obeyed and acknowledged within four steps: desk, air, meter, air", () => {
  const { desk, moves, relayOpen, acknowledgedAt } = trip({ lossShare: 0 }, 1);
  expect(desk.commandCounts).toMatchObject({ sent: 1, retried: 0, acknowledged: 1, expired: 0 });
  expect(moves.map(({ position }) => position)).toEqual(["open"]);
  expect(relayOpen).toBe(1);
  expect(acknowledgedAt).toBeLessThanOrEqual(4 * MINUTE_MS);
});

test("while the mast is down a trip is sent again and again, and obeyed when it is back", () => {
  const { desk, moves, events } = trip({ lossShare: 0, downFrom: 0, downUntil: 6 }, 12);
  expect(moves).toHaveLength(1);
  expect(moves[0]!.at).toBeGreaterThanOrEqual(6 * HOUR_MS);
  expect(desk.commandCounts.retried).toBeGreaterThan(3);
  expect(events.filter(({ kind }) => kind === "command-retried")).toHaveLength(
    desk.commandCounts.retried,
  );
});

test("a trip that nobody answers within a day expires, and the relay stays closed for ever", () => {
  const { desk, moves, events } = trip({ lossShare: 1 }, 48);
  expect(moves).toEqual([]);
  expect(desk.commands).toEqual([]);
  expect(desk.commandCounts).toMatchObject({ acknowledged: 0, expired: 1 });
  expect(events.at(-1)).toMatchObject({ kind: "command-expired", at: DAY_MS, action: "trip" });
});

test("an order that waits already is not put on the desk twice", () => {
  const { desk } = trip({ lossShare: 1 }, 1);
  const what = { row: 0, supply: "supply-01", order: TRIP, text: "", reason: "again" };
  expect(order(desk, RULES, what, HOUR_MS, [])).toBe(desk.commands[0]!.id);
  expect(desk.commands).toHaveLength(1);
});

test("a desk has room for so many, the last quarter for supply and money; what finds none is told", () => {
  const desk: CommandDesk = {
    commands: [],
    commandCounts: { next: 1, sent: 0, acknowledged: 0, retried: 0, expired: 0 },
  };
  const events: BeliefEvent[] = [];
  const give = (row: number, action: "reminder" | "trip"): string | undefined =>
    order(
      desk,
      RULES,
      { row, supply: `s-${row}`, order: { action }, text: "", reason: "" },
      0,
      events,
    );
  for (let row = 0; row < COMMANDS_MAX; row++) give(row, "reminder");
  expect(desk.commands).toHaveLength((COMMANDS_MAX * 3) / 4);
  expect(events).toHaveLength(COMMANDS_MAX / 4);
  for (let row = 0; row < COMMANDS_MAX; row++) give(row, "trip");
  expect(desk.commands).toHaveLength(COMMANDS_MAX);
  expect(events.at(-1)).toMatchObject({ kind: "command-dropped", action: "trip" });
  expect(give(0, "trip"), "one that waits already needs no room").toBeDefined();
  const { sending } = sendDue(desk, RULES, (row) => `s-${row}`, 0, events);
  const firstReminder = sending.findIndex(({ message }) => message.action === "reminder");
  expect(firstReminder, "trips go first").toBe(COMMANDS_MAX / 4);
});

test("whatever is lost or doubled, a trip ends acknowledged or expired, and is obeyed at most once and in time", () => {
  const share = fc.double({ min: 0, max: 0.95, noNaN: true });
  const way = fc.record({
    lossShare: share,
    duplicateShare: share,
    seed: fc.nat(100_000),
    downFrom: fc.nat(20),
    downUntil: fc.nat(40),
  });
  fc.assert(
    fc.property(way, (random) => {
      const { desk, moves, relayOpen, acknowledgedAt } = trip(random, 26);
      const { acknowledged, expired } = desk.commandCounts;
      expect(desk.commands).toEqual([]);
      expect(acknowledged + expired).toBe(1);
      expect(moves.length).toBe(relayOpen);
      if (acknowledgedAt !== null) expect(moves[0]!.at).toBeLessThan(acknowledgedAt);
      for (const { at } of moves) expect(at).toBeLessThanOrEqual(DAY_MS);
    }),
    { seed: 20_260_112, numRuns: 100 },
  );
});
