import { describe, expect, test } from "vitest";
import { advance, createAir } from "../../sim/comms/air.ts";
import { sendDown } from "../../sim/comms/bearer.ts";
import { setOutage } from "../../sim/comms/outages.ts";
import { enqueue } from "../../sim/comms/outbox.ts";
import type { AirState } from "../../sim/comms/state.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import {
  type AirChanges,
  airSpec,
  command,
  INTERVAL_MS,
  play,
  reading,
  sequencesOf,
} from "../support/air.ts";
import { commandAck } from "../support/messages.ts";

test("a reading arrives once, after the air's delay, is acknowledged and leaves the outbox", () => {
  const { spec, air, arrivals, until } = play();
  enqueue(spec, air, 0, reading(1), 0);
  until(10 * MINUTE_MS);
  expect(arrivals.map(({ at }) => at)).toEqual([SECOND_MS]);
  expect(air.outbox[0]).toEqual([]);
  expect(air.counts).toMatchObject({ made: 1, sent: 1, delivered: 1, late: 0, retried: 0 });
});

test("a reading whose acknowledgement is lost is sent again, and counts as delivered once", () => {
  // The line behind the mast fails for a minute while the acknowledgement is under way.
  const { spec, air, arrivals, until } = play({ delayMinMs: 10 * SECOND_MS });
  const backhaul = { of: "backhaul", mast: 0 } as const;
  enqueue(spec, air, 0, reading(1), 0);
  until(15 * SECOND_MS);
  setOutage(spec, air, backhaul, "hand", "down", 15 * SECOND_MS);
  until(30 * SECOND_MS);
  setOutage(spec, air, backhaul, "hand", "up", 30 * SECOND_MS);
  until(HOUR_MS);
  expect(sequencesOf(arrivals)).toEqual([1, 1]);
  expect(air.counts).toMatchObject({ made: 1, sent: 2, retried: 1, delivered: 1 });
});

test("the wait before another attempt doubles to thirty-two times, give or take a quarter", () => {
  // Two levels of four: SMS has more patience and is tested elsewhere.
  const { spec, air, until } = play({ lossShare: 1, levelsDbm: [-60] });
  enqueue(spec, air, 0, reading(1), 0);
  const [entry] = air.outbox[0]!;
  let now = 0;
  for (const [attempt, factor] of [1, 2, 4, 8, 16, 32, 32, 32].entries()) {
    until(now);
    const patience = attempt < 2 ? 1 : 5; // from the third attempt on by SMS
    const waits = (entry!.nextTryAt - now) / (patience * MINUTE_MS);
    expect(waits).toBeGreaterThanOrEqual(0.75 * factor - 1e-4); // whole milliseconds
    expect(waits).toBeLessThan(1.25 * factor);
    now = entry!.nextTryAt;
    if (attempt >= 2) air.modems.probeAt[0] = now + 1; // it stays with SMS
  }
  expect(air.counts).toMatchObject({ sent: 8, retried: 7, lostOnAir: 8, delivered: 0 });
});

test("a meter begins to send at a moment of its own within the spread", () => {
  const spec = airSpec({ meters: 200, spreadMs: 5 * MINUTE_MS });
  const air = createAir(spec);
  const firstTries = spec.candidates.map((_, row) => {
    enqueue(spec, air, row, reading(1), INTERVAL_MS);
    return air.outbox[row]![0]!.nextTryAt - INTERVAL_MS;
  });
  expect(Math.min(...firstTries)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...firstTries)).toBeLessThan(5 * MINUTE_MS);
  expect(new Set(firstTries).size).toBeGreaterThan(190);
});

describe("over many messages", () => {
  const COUNT = 20_000;
  /** Sends every message once, and says when its copies land. */
  function manyFlights(changes: AirChanges): {
    readonly air: AirState;
    readonly delaysMs: readonly number[];
  } {
    const { spec, air, until } = play({ delayMinMs: 400, ...changes, meters: COUNT });
    for (let row = 0; row < COUNT; row++) enqueue(spec, air, row, reading(1, 0, row), 0);
    until(0);
    return { air, delaysMs: air.flights.map(({ dueAt }) => dueAt) };
  }

  test("the share that is lost is the scenario's", () => {
    const { air } = manyFlights({ lossShare: 0.03 });
    // Standard deviation √(20,000 · 0.03 · 0.97) = 24; four of them.
    expect(Math.abs(air.counts.lostOnAir - 600)).toBeLessThan(97);
    expect(air.flights.length).toBe(COUNT - air.counts.lostOnAir);
  });

  test("the share that comes twice is the scenario's", () => {
    const { air } = manyFlights({ duplicateShare: 0.1 });
    // Standard deviation √(20,000 · 0.1 · 0.9) = 42; four of them.
    expect(Math.abs(air.counts.duplicated - 2000)).toBeLessThan(170);
    expect(air.flights.length).toBe(COUNT + air.counts.duplicated);
  });

  test("the delay is never below its least and has its mean", () => {
    const { delaysMs } = manyFlights({ delayMeanMs: 2000 });
    const mean = delaysMs.reduce((a, b) => a + b, 0) / COUNT;
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(400);
    expect(Math.abs(mean - 2400)).toBeLessThan(57); // standard deviation 2000/√20,000 = 14; four of them
  });

  test("at a marginal level 30 to 60 % are lost, at a fair one a few in a hundred", () => {
    const lostShare = (levelDbm: number): number => {
      const { air } = manyFlights({ isFading: true, levelsDbm: [levelDbm] });
      return air.counts.lostOnAir / COUNT;
    };
    expect(lostShare(-106)).toBeGreaterThan(0.3);
    expect(lostShare(-106)).toBeLessThan(0.6);
    expect(lostShare(-90)).toBeGreaterThan(0.01);
    expect(lostShare(-90)).toBeLessThan(0.05);
    expect(lostShare(-60)).toBeLessThan(0.005);
  });

  test("a copy never comes before the message that it copies", () => {
    const { air } = manyFlights({ duplicateShare: 1, delayMeanMs: 2000 });
    const byRow = new Map<number, number[]>();
    for (const { row, dueAt, sequence } of air.flights.toSorted(
      (a, b) => a.sequence - b.sequence,
    )) {
      byRow.set(row, [...(byRow.get(row) ?? []), dueAt]);
      expect(sequence).toBeLessThan(2 * COUNT);
    }
    for (const [first, copy] of byRow.values()) expect(copy! - first!).toBeGreaterThanOrEqual(400);
  });
});

describe("an answer to a command", () => {
  test("goes once, whether it arrives or not", () => {
    const { spec, air, arrivals, until } = play({ lossShare: 1 });
    enqueue(spec, air, 0, commandAck(), 0);
    until(HOUR_MS);
    expect(air.outbox[0]).toEqual([]);
    expect(air.flights).toEqual([]);
    expect(arrivals).toEqual([]);
  });

  test("is no reading: it counts nowhere", () => {
    const { spec, air, arrivals, until } = play({ duplicateShare: 1 });
    enqueue(spec, air, 0, commandAck(), 0);
    until(HOUR_MS);
    expect(arrivals).toHaveLength(2);
    expect(Object.values(air.counts).every((count) => count === 0)).toBe(true);
  });

  test("goes before readings that wait longer", () => {
    const { spec, air, arrivals, until } = play();
    for (const sequence of [1, 2, 3]) enqueue(spec, air, 0, reading(sequence), 0);
    enqueue(spec, air, 0, commandAck(), 0);
    until(MINUTE_MS);
    expect(arrivals.map(({ message }) => message.kind)).toEqual([
      "command-ack",
      "reading",
      "reading",
      "reading",
    ]);
    expect(sequencesOf(arrivals)).toEqual([1, 2, 3]);
  });
});

test("a meter sends one message at a time", () => {
  const { spec, air, arrivals, until } = play();
  for (const sequence of [1, 2, 3]) enqueue(spec, air, 0, reading(sequence), 0);
  until(MINUTE_MS);
  expect(arrivals.map(({ at }) => at)).toEqual([1000, 2000, 3000]);
});

test("what lands at one time lands in the order of sending", () => {
  const { spec, air, arrivals, until } = play({ meters: 3 });
  for (const [row, at] of [
    [2, 20],
    [0, 10],
    [1, 20],
  ] as const) {
    enqueue(spec, air, row, reading(1, 0, row), at);
  }
  until(HOUR_MS);
  expect(arrivals.map(({ row }) => row)).toEqual([0, 1, 2]);
});

test("a command lands for the meter that it is for", () => {
  const { spec, air, delivered, until } = play({ meters: 2 });
  const order = command("reminder");
  expect(sendDown(spec, air, 1, order, 0)).toBe(true);
  until(SECOND_MS - 1);
  expect(delivered).toEqual([]);
  until(SECOND_MS);
  expect(delivered).toEqual([{ row: 1, message: order, landedAt: SECOND_MS }]);
});

test("a trip goes over both bearers, a reminder over one", () => {
  const trip = play();
  sendDown(trip.spec, trip.air, 0, command("trip"), 0);
  expect(trip.air.flights.map(({ bearer }) => bearer).toSorted()).toEqual(["data", "sms"]);
  const reminder = play();
  sendDown(reminder.spec, reminder.air, 0, command("reminder"), 0);
  expect(reminder.air.flights.map(({ bearer }) => bearer)).toEqual(["data"]);
});

test("a message is not stuck after thousands of attempts at a draw that loses it", () => {
  const stuck = Array.from({ length: 40 }, (_, seed) => {
    const { spec, air, arrivals, until } = play({ seed, lossShare: 0.5 });
    enqueue(spec, air, 0, reading(1), 0);
    air.outbox[0]![0]!.attempts = 100_000;
    until(100 * 24 * HOUR_MS);
    return arrivals.length === 0;
  });
  expect(stuck.filter((isStuck) => isStuck)).toEqual([]);
});

test("what happens does not depend on how time is cut", () => {
  const spec = airSpec({
    meters: 3,
    delayMeanMs: 2000,
    lossShare: 0.3,
    duplicateShare: 0.2,
    isFading: true,
    levelsDbm: [-90],
    dataPerMinute: 20,
  });
  const outcome = (stepMs: number) => {
    const air = createAir(spec);
    const arrivals: Parameters<typeof advance>[3] = [];
    for (let sequence = 1; sequence <= 20; sequence++) {
      for (const row of [0, 1, 2]) enqueue(spec, air, row, reading(sequence, 0, row), 0);
    }
    for (let now = stepMs; now <= 2 * HOUR_MS; now += stepMs) advance(spec, air, now, arrivals, []);
    return { counts: air.counts, arrivals, flights: air.flights, left: air.outbox };
  };
  const hour = outcome(2 * HOUR_MS);
  expect(outcome(SECOND_MS)).toEqual(hour);
  expect(outcome(MINUTE_MS)).toEqual(hour);
  expect(hour.counts.retried).toBeGreaterThan(0);
  expect(hour.counts.congested).toBeGreaterThan(0);
});
