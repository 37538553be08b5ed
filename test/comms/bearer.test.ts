import { describe, expect, test } from "vitest";
import {
  type AirSpec,
  type Arrival,
  advance,
  createAir,
  land,
  post,
  send,
  sendDown,
  setMast,
} from "../../sim/comms/bearer.ts";
import type { AirState } from "../../sim/comms/state.ts";
import type { DownlinkMessage, MeterReading } from "../../sim/contract/reading.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { commandAck, meterReading } from "../support/messages.ts";

const INTERVAL_MS = 30 * MINUTE_MS;

/** One mast, air that carries everything after 1 s, unless said otherwise. */
function airSpec(changes: Partial<AirSpec> & { readonly meters?: number } = {}): AirSpec {
  const { meters = 1, ...rest } = changes;
  return {
    seed: 1,
    masts: [{ id: "mast-1", x: 0, y: 0 }],
    mastOfMeter: Array.from({ length: meters }, () => 0),
    intervalMs: INTERVAL_MS,
    delayMinMs: SECOND_MS,
    delayMeanMs: 0,
    lossShare: 0,
    duplicateShare: 0,
    spreadMs: 0,
    retryMs: MINUTE_MS,
    outboxMax: 480,
    ...rest,
  };
}

function reading(sequence: number, measuredAt: number): MeterReading {
  return meterReading({ sequence, measuredAt });
}

const ack = commandAck();

/** Steps the air to `until`; what reaches the head-end. */
function arrivalsUntil(
  spec: AirSpec,
  air: AirState,
  time: { readonly from?: number; readonly until: number; readonly stepMs?: number },
): readonly Arrival[] {
  const { from = 0, until, stepMs = MINUTE_MS } = time;
  const arrivals: Arrival[] = [];
  for (let now = from + stepMs; now <= until; now += stepMs) {
    send(spec, air, now);
    land(spec, air, now, arrivals, []);
  }
  return arrivals;
}

test("a reading arrives once, after the air's delay, and is not late", () => {
  const spec = airSpec({ retryMs: HOUR_MS });
  const air = createAir(spec);
  post(spec, air, 0, reading(1, 0), 0);
  const arrivals = arrivalsUntil(spec, air, { until: 10 * MINUTE_MS });
  expect(arrivals.map(({ at }) => at)).toEqual([SECOND_MS]);
  expect(air.counts).toMatchObject({ made: 1, sent: 1, delivered: 1, late: 0, retried: 0 });
});

test("a reading that nobody acknowledges is sent again, and counts as delivered once", () => {
  const spec = airSpec();
  const air = createAir(spec);
  post(spec, air, 0, reading(1, 0), 0);
  const arrivals = arrivalsUntil(spec, air, { until: 20 * MINUTE_MS });
  expect(arrivals.length).toBeGreaterThan(2);
  expect(air.counts).toMatchObject({ made: 1, delivered: 1, retried: arrivals.length - 1 });
});

test("an acknowledged reading leaves the outbox and is sent no more", () => {
  const spec = airSpec();
  const air = createAir(spec);
  post(spec, air, 0, reading(1, 0), 0);
  send(spec, air, 0);
  expect(sendDown(spec, air, 0, { kind: "reading-ack", supply: "supply-01", sequence: 1 }, 0)).toBe(
    true,
  );
  const arrivals = arrivalsUntil(spec, air, { until: HOUR_MS });
  expect(arrivals).toHaveLength(1);
  expect(air.outbox[0]).toEqual([]);
});

test("the wait before another attempt doubles to thirty-two times, give or take a quarter", () => {
  const spec = airSpec({ lossShare: 1 });
  const air = createAir(spec);
  post(spec, air, 0, reading(1, 0), 0);
  const [entry] = air.outbox[0]!;
  let now = 0;
  for (const factor of [1, 2, 4, 8, 16, 32, 32, 32]) {
    send(spec, air, now);
    const waits = (entry!.nextTryAt - now) / MINUTE_MS;
    expect(waits).toBeGreaterThanOrEqual(0.75 * factor - 1e-4); // whole milliseconds
    expect(waits).toBeLessThan(1.25 * factor);
    now = entry!.nextTryAt;
  }
  expect(air.counts).toMatchObject({ sent: 8, retried: 7, lostOnAir: 8, delivered: 0 });
});

test("a meter begins to send at a moment of its own within the spread", () => {
  const spec = airSpec({ meters: 200, spreadMs: 5 * MINUTE_MS });
  const air = createAir(spec);
  const firstTries = spec.mastOfMeter.map((_, row) => {
    post(spec, air, row, reading(1, 0), INTERVAL_MS);
    return air.outbox[row]![0]!.nextTryAt - INTERVAL_MS;
  });
  expect(Math.min(...firstTries)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...firstTries)).toBeLessThan(5 * MINUTE_MS);
  expect(new Set(firstTries).size).toBeGreaterThan(190);
});

describe("over many messages", () => {
  const COUNT = 20_000;
  /** Sends every message once, and says when its copies land. */
  function manyFlights(changes: Partial<AirSpec>): {
    readonly air: AirState;
    readonly delaysMs: readonly number[];
  } {
    const spec = airSpec({ ...changes, meters: COUNT });
    const air = createAir(spec);
    for (let row = 0; row < COUNT; row++) post(spec, air, row, reading(1, 0), 0);
    send(spec, air, 0);
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
    const { delaysMs } = manyFlights({ delayMinMs: 400, delayMeanMs: 2000 });
    const mean = delaysMs.reduce((a, b) => a + b, 0) / COUNT;
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(400);
    expect(Math.abs(mean - 2400)).toBeLessThan(57); // standard deviation 2000/√20,000 = 14; four of them
  });
});

describe("a mast that is down", () => {
  test("carries nothing; afterwards everything arrives, late", () => {
    const spec = airSpec();
    const air = createAir(spec);
    setMast(air, 0, "scenario", "down");
    for (const sequence of [1, 2, 3]) {
      post(spec, air, 0, reading(sequence, sequence * INTERVAL_MS), sequence * INTERVAL_MS);
    }
    const during = arrivalsUntil(spec, air, { until: 6 * HOUR_MS });
    expect(during).toEqual([]);
    expect(air.counts).toMatchObject({ made: 3, sent: 0, lostOnAir: 0, delivered: 0 });
    setMast(air, 0, "scenario", "up");
    arrivalsUntil(spec, air, { from: 6 * HOUR_MS, until: 7 * HOUR_MS });
    expect(air.counts).toMatchObject({ delivered: 3, late: 3, reportedMissing: 0 });
  });

  test("stops only the meters that it serves", () => {
    const spec = airSpec({
      retryMs: HOUR_MS,
      masts: [
        { id: "a", x: 0, y: 0 },
        { id: "b", x: 1, y: 0 },
      ],
      mastOfMeter: [0, 1],
    });
    const air = createAir(spec);
    setMast(air, 0, "scenario", "down");
    for (const row of [0, 1]) post(spec, air, row, reading(1, 0), 0);
    const rows = arrivalsUntil(spec, air, { until: MINUTE_MS }).map(({ row }) => row);
    expect(rows).toEqual([1]);
  });

  test("lets no command through", () => {
    const spec = airSpec();
    const air = createAir(spec);
    setMast(air, 0, "scenario", "down");
    expect(
      sendDown(spec, air, 0, { kind: "reading-ack", supply: "supply-01", sequence: 1 }, 0),
    ).toBe(false);
    expect(air.flights).toEqual([]);
  });

  test.for([
    { orders: "scenario down", is: "down" },
    { orders: "scenario down, scenario up", is: "up" },
    { orders: "scenario down, hand down, scenario up", is: "down" },
    { orders: "hand down, scenario down, scenario up", is: "down" },
    { orders: "scenario down, hand up", is: "up" },
    { orders: "hand up", is: "up" },
  ] as const)("after $orders it is $is", ({ orders, is }) => {
    const air = createAir(airSpec());
    for (const order of orders.split(", ")) {
      const [reason, position] = order.split(" ") as ["scenario" | "hand", "down" | "up"];
      setMast(air, 0, reason, position);
    }
    expect(air.mastDown[0] === 0 ? "up" : "down").toBe(is);
  });

  test("says whether an order changed anything", () => {
    const air = createAir(airSpec());
    const changes = [setMast(air, 0, "scenario", "down"), setMast(air, 0, "hand", "down")];
    expect([...changes, setMast(air, 0, "hand", "up"), setMast(air, 0, "hand", "up")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("an outbox that is full", () => {
  const spec = airSpec({ outboxMax: 3, lossShare: 1 });

  test("keeps the newest readings and gives the oldest up, one report for all", () => {
    const air = createAir(spec);
    const dropped = [1, 2, 3, 4, 5].map((sequence) => post(spec, air, 0, reading(sequence, 0), 0));
    expect(dropped).toEqual([0, 0, 0, 1, 1]);
    const kept = air.outbox[0]!.map(({ message }) =>
      message.kind === "reading" ? message.sequence : message.kind,
    );
    expect(kept.toSorted()).toEqual([3, 4, 5, "readings-lost"]);
    expect(air.counts).toMatchObject({ made: 5, reportedMissing: 2 });
    expect(air.missing[0]).toEqual([1, 2]);
  });

  test("reports the last sequence that it gave up, until the report has arrived", () => {
    const air = createAir(spec);
    for (const sequence of [1, 2, 3, 4, 5]) post(spec, air, 0, reading(sequence, 0), 0);
    const clear = { ...spec, lossShare: 0 };
    const lost = arrivalsUntil(clear, air, { until: 10 * MINUTE_MS })
      .map(({ message }) => message)
      .filter(({ kind }) => kind === "readings-lost");
    expect(lost[0]).toMatchObject({ throughSequence: 2 });
    expect(air.outbox[0]!.some(({ message }) => message.kind === "readings-lost")).toBe(false);
  });

  test("a reading given up that arrives after all counts as delivered, not as missing", () => {
    const slow = airSpec({ outboxMax: 1, delayMinMs: HOUR_MS });
    const air = createAir(slow);
    post(slow, air, 0, reading(1, 0), 0);
    send(slow, air, 0);
    post(slow, air, 0, reading(2, INTERVAL_MS), INTERVAL_MS);
    expect(air.counts).toMatchObject({ reportedMissing: 1, delivered: 0 });
    land(slow, air, HOUR_MS, [], []);
    expect(air.counts).toMatchObject({ reportedMissing: 0, delivered: 1, late: 1 });
  });

  test("a reading that has arrived without the meter knowing is dropped and not called missing", () => {
    const one = airSpec({ outboxMax: 1 });
    const air = createAir(one);
    post(one, air, 0, reading(1, 0), 0);
    arrivalsUntil(one, air, { until: MINUTE_MS });
    expect(post(one, air, 0, reading(2, INTERVAL_MS), INTERVAL_MS)).toBe(0);
    expect(air.counts).toMatchObject({ made: 2, delivered: 1, reportedMissing: 0 });
  });
});

describe("an answer to a command", () => {
  test("goes once, whether it arrives or not", () => {
    const spec = airSpec({ lossShare: 1 });
    const air = createAir(spec);
    post(spec, air, 0, ack, 0);
    arrivalsUntil(spec, air, { until: HOUR_MS });
    expect(air.outbox[0]).toEqual([]);
    expect(air.flights).toEqual([]);
  });

  test("waits while the mast is down, and goes once however long the step", () => {
    const spec = airSpec();
    const air = createAir(spec);
    setMast(air, 0, "scenario", "down");
    post(spec, air, 0, ack, 0);
    send(spec, air, 0);
    setMast(air, 0, "scenario", "up");
    send(spec, air, HOUR_MS);
    expect(air.flights).toHaveLength(1);
  });

  test("is no reading: it counts nowhere", () => {
    const spec = airSpec({ duplicateShare: 1 });
    const air = createAir(spec);
    post(spec, air, 0, ack, 0);
    arrivalsUntil(spec, air, { until: MINUTE_MS });
    expect(Object.values(air.counts).every((count) => count === 0)).toBe(true);
  });
});

test("what lands at one step lands by time, and at one time in the order of sending", () => {
  const spec = airSpec({ meters: 3 });
  const air = createAir(spec);
  for (const [row, at] of [
    [2, 20],
    [0, 10],
    [1, 20],
  ] as const) {
    post(spec, air, row, reading(1, 0), at);
    send(spec, air, at);
  }
  const arrivals: Arrival[] = [];
  land(spec, air, HOUR_MS, arrivals, []);
  expect(arrivals.map(({ row }) => row)).toEqual([0, 2, 1]);
});

test("a command lands for the meter that it is for", () => {
  const spec = airSpec({ meters: 2 });
  const air = createAir(spec);
  const command: DownlinkMessage = {
    kind: "command",
    id: "supply-02/trip/1",
    supply: "supply-02",
    action: "trip",
    text: "SUPPLY OFF",
    issuedAt: 0,
    expiresAt: HOUR_MS,
  };
  sendDown(spec, air, 1, command, 0);
  const delivered: { row: number; message: DownlinkMessage }[] = [];
  land(spec, air, SECOND_MS - 1, [], delivered);
  expect(delivered).toEqual([]);
  land(spec, air, SECOND_MS, [], delivered);
  expect(delivered).toEqual([{ row: 1, message: command }]);
});

test("a copy never comes before the message that it copies", () => {
  const spec = airSpec({ meters: 500, duplicateShare: 1, delayMeanMs: 2 * SECOND_MS });
  const air = createAir(spec);
  for (let row = 0; row < 500; row++) post(spec, air, row, reading(1, 0), 0);
  send(spec, air, 0);
  for (let row = 0; row < 500; row++) {
    const [first, copy] = air.flights.filter((flight) => flight.row === row);
    expect(copy!.dueAt).toBeGreaterThanOrEqual(first!.dueAt + spec.delayMinMs);
  }
});

test("a message is not stuck after thousands of attempts at a draw that loses it", () => {
  const lossy = airSpec({ lossShare: 0.5 });
  const stuck = Array.from({ length: 40 }, (_, seed) => {
    const spec = { ...lossy, seed };
    const air = createAir(spec);
    post(spec, air, 0, reading(1, 0), 0);
    const [entry] = air.outbox[0]!;
    entry!.attempts = 100_000;
    for (let attempt = 0; attempt < 60; attempt++) send(spec, air, entry!.nextTryAt);
    return air.flights.length === 0;
  });
  expect(stuck.filter((isStuck) => isStuck)).toEqual([]); // sixty draws of a half all lose once in 10¹⁸
});

describe("within one long step", () => {
  test("a reading is sent, lands and is acknowledged before the meter would try again", () => {
    const spec = airSpec();
    const air = createAir(spec);
    post(spec, air, 0, reading(1, 0), 0);
    const arrivals: Arrival[] = [];
    advance(spec, air, HOUR_MS, arrivals, []);
    expect(arrivals).toHaveLength(1);
    expect(air.outbox[0]).toEqual([]);
    expect(air.flights).toEqual([]);
    expect(air.counts).toMatchObject({ sent: 1, retried: 0, delivered: 1 });
  });

  test("what happens does not depend on how time is cut", () => {
    const spec = airSpec({ delayMeanMs: 2000, lossShare: 0.3, duplicateShare: 0.2 });
    const outcome = (stepMs: number) => {
      const air = createAir(spec);
      const arrivals: Arrival[] = [];
      for (let sequence = 1; sequence <= 20; sequence++) {
        post(spec, air, 0, reading(sequence, 0), 0);
      }
      for (let now = stepMs; now <= HOUR_MS; now += stepMs) advance(spec, air, now, arrivals, []);
      return { counts: air.counts, at: arrivals.map(({ at }) => at), left: air.outbox[0]!.length };
    };
    expect(outcome(SECOND_MS)).toEqual(outcome(HOUR_MS));
    expect(outcome(MINUTE_MS)).toEqual(outcome(HOUR_MS));
    expect(outcome(HOUR_MS).counts.retried).toBeGreaterThan(0);
  });
});
