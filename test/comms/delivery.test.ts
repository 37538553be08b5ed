// Laws of the air under random loss, duplication, delay, congestion, outages of every kind and power cuts.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Arrival,
  advance,
  assertReadingsConserved,
  countWaiting,
  createAir,
} from "../../sim/comms/air.ts";
import { setOutage } from "../../sim/comms/outages.ts";
import { enqueue, OTHERS_MAX } from "../../sim/comms/outbox.ts";
import { setSupply } from "../../sim/comms/registration.ts";
import type { AirSpec } from "../../sim/comms/spec.ts";
import type { AirState } from "../../sim/comms/state.ts";
import { OUTAGE_KINDS, type OutageKind } from "../../sim/contract/outage.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { airSpec, INTERVAL_MS, reading } from "../support/air.ts";

const CHECK = { seed: 20_260_112, numRuns: 60 };
const METERS = 3;
const HOURS = 36;
/** Afterwards everything is up and nothing is lost, long enough for the longest wait: 32 × 5 × 2 min and a quarter. */
const QUIET_HOURS = 16;

interface Weather {
  readonly spec: AirSpec;
  readonly outages: readonly {
    readonly of: OutageKind;
    readonly mast: number;
    readonly fromHour: number;
    readonly hours: number;
  }[];
  readonly cuts: readonly {
    readonly row: number;
    readonly fromHour: number;
    readonly hours: number;
  }[];
}

const share = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
const span = { fromHour: fc.nat(HOURS - 1), hours: fc.integer({ min: 1, max: 12 }) };
const weather: fc.Arbitrary<Weather> = fc.record({
  spec: fc
    .record({
      seed: fc.nat(1_000_000),
      levelsDbm: fc.constantFrom([-60], [-60, -92], [-107], [-96, -94]),
      isFading: fc.boolean(),
      delayMinMs: fc.integer({ min: 0, max: 5 * SECOND_MS }),
      delayMeanMs: fc.constantFrom(0, 2 * SECOND_MS, 10 * MINUTE_MS),
      lossShare: share(0.6),
      duplicateShare: share(0.4),
      spreadMs: fc.integer({ min: 0, max: 5 * MINUTE_MS }),
      retryMs: fc.integer({ min: 10 * SECOND_MS, max: 2 * MINUTE_MS }),
      outboxMax: fc.constantFrom(1, 2, 5, 480),
      smsPerMinute: fc.constantFrom(1, 4, 54),
      dataPerMinute: fc.constantFrom(1, 4, 300),
    })
    .map((changes) => airSpec({ ...changes, meters: METERS })),
  outages: fc.array(fc.record({ of: fc.constantFrom(...OUTAGE_KINDS), mast: fc.nat(1), ...span }), {
    maxLength: 4,
  }),
  cuts: fc.array(fc.record({ row: fc.nat(METERS - 1), ...span }), { maxLength: 2 }),
});

interface Ear {
  /** Row: meter. Every sequence that was heard, and how often. */
  readonly heard: Map<number, number>[];
  /** Row: meter. The last sequence that a report of lost readings named. */
  readonly lostThrough: number[];
}

const isDuring = (hour: number, { fromHour, hours }: { fromHour: number; hours: number }) =>
  hour >= fromHour && hour < Math.min(fromHour + hours, HOURS);

/** Takes down and up what the weather says for the hour that begins. */
function turn({ spec, outages, cuts }: Weather, air: AirState, hour: number): void {
  const at = hour * HOUR_MS;
  for (const of of OUTAGE_KINDS) {
    for (let mast = 0; mast < spec.masts.length; mast++) {
      const isDown = outages.some(
        (each) => each.of === of && each.mast % spec.masts.length === mast && isDuring(hour, each),
      );
      if (of === "mast" || of === "backhaul" || mast === 0) {
        setOutage(spec, air, { of, mast }, "scenario", isDown ? "down" : "up", at);
      }
    }
  }
  for (let row = 0; row < METERS; row++) {
    const isCut = cuts.some((cut) => cut.row === row && isDuring(hour, cut));
    setSupply(spec, air, row, !isCut, at);
  }
}

/** Meters that read every half hour for 36 hours; `afterStep` looks at every minute, and at the quiet ones after. */
function play(
  random: Weather,
  afterStep: (air: AirState, ear: Ear) => void,
): { air: AirState; ear: Ear } {
  const { spec } = random;
  const air = createAir(spec);
  const ear: Ear = {
    heard: spec.candidates.map(() => new Map()),
    lostThrough: spec.candidates.map(() => 0),
  };
  for (let now = MINUTE_MS; now <= (HOURS + QUIET_HOURS) * HOUR_MS; now += MINUTE_MS) {
    const startMs = now - MINUTE_MS;
    if (startMs % HOUR_MS === 0) turn(random, air, startMs / HOUR_MS);
    const isQuiet = now > HOURS * HOUR_MS;
    const today = isQuiet ? { ...spec, lossShare: 0, isFading: false } : spec;
    const arrivals: Arrival[] = [];
    advance(today, air, now, arrivals, []);
    if (now % INTERVAL_MS === 0 && !isQuiet) {
      for (let row = 0; row < METERS; row++) {
        enqueue(spec, air, row, reading(now / INTERVAL_MS, now, row), now);
      }
    }
    for (const { row, message } of arrivals) {
      if (message.kind === "readings-lost") {
        ear.lostThrough[row] = Math.max(ear.lostThrough[row]!, message.throughSequence);
      }
      if (message.kind !== "reading") continue;
      const { sequence } = message;
      ear.heard[row]!.set(sequence, (ear.heard[row]!.get(sequence) ?? 0) + 1);
    }
    afterStep(air, ear);
  }
  return { air, ear };
}

test("at every minute each reading made is delivered, waiting or reported missing, and only one of these", () => {
  fc.assert(
    fc.property(weather, (random) => {
      let minute = 0;
      play(random, (air, { heard }) => {
        assertReadingsConserved(air, minute++);
        let [delivered, waiting, missing] = [0, 0, 0];
        heard.forEach((sequences, row) => {
          delivered += sequences.size;
          waiting += countWaiting(air, row);
          missing += air.missing[row]!.filter((sequence) => !sequences.has(sequence)).length;
        });
        const { counts } = air;
        if (counts.delivered !== delivered) expect(counts.delivered).toBe(delivered);
        if (counts.reportedMissing !== missing) expect(counts.reportedMissing).toBe(missing);
        if (counts.made !== delivered + waiting + missing)
          expect(counts.made).toBe(delivered + waiting + missing);
      });
    }),
    CHECK,
  );
});

test("an outbox never holds more than it may, whatever the air does", () => {
  fc.assert(
    fc.property(weather, (random) => {
      let [readings, others] = [0, 0];
      play(random, (air) => {
        for (const outbox of air.outbox) {
          const held = outbox.filter(({ message }) => message.kind === "reading").length;
          readings = Math.max(readings, held);
          others = Math.max(others, outbox.length - held);
        }
      });
      expect(readings).toBeLessThanOrEqual(random.spec.outboxMax);
      expect(others).toBeLessThanOrEqual(1); // one report of all that was given up
      expect(OTHERS_MAX).toBeGreaterThanOrEqual(1);
    }),
    CHECK,
  );
});

test("a mast never takes more in a minute than it can", () => {
  fc.assert(
    fc.property(weather, (random) => {
      play(random, ({ load }) => {
        random.spec.masts.forEach(({ smsPerMinute, dataPerMinute }, mast) => {
          if (load.sms[mast]! > smsPerMinute) expect.fail(`${load.sms[mast]} SMS`);
          if (load.data[mast]! > dataPerMinute) expect.fail(`${load.data[mast]} over data`);
        });
      });
    }),
    CHECK,
  );
});

test("when the air is back every reading has arrived or its meter has said that it gave it up", () => {
  fc.assert(
    fc.property(weather, (random) => {
      // A mast that takes one message a minute is still busy with the past.
      fc.pre(random.spec.masts.every((mast) => mast.smsPerMinute > 1 && mast.dataPerMinute > 1));
      const { air, ear } = play(random, () => {});
      const last = (HOURS * HOUR_MS) / INTERVAL_MS;
      for (let row = 0; row < METERS; row++) {
        expect(countWaiting(air, row)).toBe(0);
        for (let sequence = 1; sequence <= last; sequence++) {
          const isKnown = ear.heard[row]!.has(sequence) || sequence <= ear.lostThrough[row]!;
          if (!isKnown) expect.fail(`meter ${row}: nobody knows of reading ${sequence}`);
        }
      }
    }),
    CHECK,
  );
});

test("what was sent is what arrived, was lost or is under way, copies counted apart", () => {
  fc.assert(
    fc.property(weather, (random) => {
      const { air, ear } = play(random, () => {});
      const heard = ear.heard
        .flatMap((sequences) => [...sequences.values()])
        .reduce((a, b) => a + b, 0);
      const underWay = [...air.flights, ...air.smsHeld].filter(
        ({ uplink }) => uplink?.kind === "reading",
      ).length;
      const { sent, lostOnAir, duplicated, made, retried } = air.counts;
      expect(heard + underWay).toBe(sent - lostOnAir + duplicated);
      expect(sent - retried).toBeLessThanOrEqual(made);
    }),
    CHECK,
  );
});

test("what is counted as under way is under way, and never more than is allowed", () => {
  fc.assert(
    fc.property(weather, (random) => {
      play(random, (air) => {
        for (let row = 0; row < METERS; row++) {
          const flights = [...air.flights, ...air.smsHeld].filter((each) => each.row === row);
          const found = flights.length + air.smsKept[row]!.length;
          if (air.underWay[row] !== found) expect(air.underWay[row]).toBe(found);
        }
      });
    }),
    { ...CHECK, numRuns: 25 },
  );
});

test("a step of a second and one of a minute send, lose, double and deliver the same, at the same moments", () => {
  fc.assert(
    fc.property(weather, (random) => {
      const outcome = (stepMs: number) => {
        const air = createAir(random.spec);
        const arrivals: Arrival[] = [];
        for (let now = stepMs; now <= 5 * HOUR_MS; now += stepMs) {
          const startMs = now - stepMs;
          if (startMs % HOUR_MS === 0) turn(random, air, startMs / HOUR_MS);
          advance(random.spec, air, now, arrivals, []);
          if (now % INTERVAL_MS !== 0) continue;
          for (let row = 0; row < METERS; row++) {
            enqueue(random.spec, air, row, reading(now / INTERVAL_MS, now, row), now);
          }
        }
        return { arrivals, air };
      };
      expect(outcome(10 * SECOND_MS)).toEqual(outcome(MINUTE_MS));
    }),
    { ...CHECK, numRuns: 25 },
  );
});
