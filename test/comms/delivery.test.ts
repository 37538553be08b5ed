// Laws of the bearer under random loss, duplication, delay and outages, with a head-end that acknowledges what it
// hears over the same air.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AirSpec,
  type Arrival,
  assertReadingsConserved,
  createAir,
  land,
  post,
  send,
  sendDown,
  setMast,
  waitingReadings,
} from "../../sim/comms/bearer.ts";
import type { AirState, Flight } from "../../sim/comms/state.ts";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { meterReading } from "../support/messages.ts";

const CHECK = { seed: 20_260_112, numRuns: 60 };
const INTERVAL_MS = 30 * MINUTE_MS;
const METERS = 3;
const HOURS = 36;
/** Afterwards the air loses nothing, long enough for the longest wait: 32 × 5 min and a quarter, twice. */
const QUIET_HOURS = 8;

interface Weather {
  readonly spec: AirSpec;
  readonly outages: readonly { readonly fromHour: number; readonly hours: number }[];
}

const share = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
const weather: fc.Arbitrary<Weather> = fc.record({
  spec: fc.record({
    seed: fc.nat(1_000_000),
    masts: fc.constant([{ id: "mast-1", x: 0, y: 0 }]),
    mastOfMeter: fc.constant(Array.from({ length: METERS }, () => 0)),
    intervalMs: fc.constant(INTERVAL_MS),
    delayMinMs: fc.integer({ min: 0, max: 5 * SECOND_MS }),
    delayMeanMs: fc.constantFrom(0, 2 * SECOND_MS, 10 * MINUTE_MS),
    lossShare: share(0.6),
    duplicateShare: share(0.4),
    spreadMs: fc.integer({ min: 0, max: 5 * MINUTE_MS }),
    retryMs: fc.integer({ min: 10 * SECOND_MS, max: 5 * MINUTE_MS }),
    outboxMax: fc.constantFrom(1, 2, 5, 480),
  }),
  outages: fc.array(
    fc.record({ fromHour: fc.nat(HOURS - 1), hours: fc.integer({ min: 1, max: 12 }) }),
    { maxLength: 2 },
  ),
});

interface Ear {
  /** Row: meter. Every sequence that was heard, and how often. */
  readonly heard: Map<number, number>[];
  /** Row: meter. The last sequence that a report of lost readings named. */
  readonly lostThrough: number[];
}

function readingOf(row: number, sequence: number, measuredAt: number): MeterReading {
  const [supply, serial] = [`supply-0${row + 1}`, `M-000${row + 1}`];
  return meterReading({ supply, serial, sequence, measuredAt });
}

/** Meters that read every half hour for 36 hours; `afterStep` looks at every minute, and at the quiet ones after. */
function play(
  { spec, outages }: Weather,
  afterStep: (air: AirState, ear: Ear) => void,
): { air: AirState; ear: Ear } {
  const air = createAir(spec);
  const ear: Ear = {
    heard: spec.mastOfMeter.map(() => new Map()),
    lostThrough: spec.mastOfMeter.map(() => 0),
  };
  for (let now = MINUTE_MS; now <= (HOURS + QUIET_HOURS) * HOUR_MS; now += MINUTE_MS) {
    const hour = Math.floor(now / HOUR_MS);
    const isDown = outages.some(
      ({ fromHour, hours }) => hour >= fromHour && hour < Math.min(fromHour + hours, HOURS),
    );
    setMast(air, 0, "scenario", isDown ? "down" : "up");
    if (now % INTERVAL_MS === 0 && now <= HOURS * HOUR_MS) {
      for (let row = 0; row < METERS; row++)
        post(spec, air, row, readingOf(row, now / INTERVAL_MS, now), now);
    }
    const isQuiet = now > HOURS * HOUR_MS;
    const today = isQuiet ? { ...spec, lossShare: 0 } : spec;
    send(today, air, now);
    const arrivals: Arrival[] = [];
    land(today, air, now, arrivals, []);
    for (const { row, at, message } of arrivals) {
      if (message.kind === "readings-lost") {
        ear.lostThrough[row] = Math.max(ear.lostThrough[row]!, message.throughSequence);
      }
      if (message.kind !== "reading") continue;
      const { supply, sequence } = message;
      ear.heard[row]!.set(sequence, (ear.heard[row]!.get(sequence) ?? 0) + 1);
      sendDown(today, air, row, { kind: "reading-ack", supply, sequence }, at);
    }
    afterStep(air, ear);
  }
  return { air, ear };
}

test("at every minute each reading made is delivered, waiting or reported missing, and only one of these", () => {
  fc.assert(
    fc.property(weather, (random) => {
      play(random, (air, { heard }) => {
        assertReadingsConserved(air);
        let [delivered, waiting, missing] = [0, 0, 0];
        heard.forEach((sequences, row) => {
          delivered += sequences.size;
          waiting += waitingReadings(air, row);
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

test("an outbox never holds more readings than it may, whatever the air does", () => {
  fc.assert(
    fc.property(weather, (random) => {
      let most = 0;
      play(random, (air) => {
        for (const outbox of air.outbox) {
          const readings = outbox.filter(({ message }) => message.kind === "reading").length;
          most = Math.max(most, readings, outbox.length - 1); // and at most one report of what was given up
        }
      });
      expect(most).toBeLessThanOrEqual(random.spec.outboxMax);
    }),
    CHECK,
  );
});

test("when the air is back every reading has arrived or its meter has said that it gave it up", () => {
  fc.assert(
    fc.property(weather, (random) => {
      const { air, ear } = play(random, () => {});
      const last = (HOURS * HOUR_MS) / INTERVAL_MS;
      for (let row = 0; row < METERS; row++) {
        expect(waitingReadings(air, row)).toBe(0);
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
      const underWay = air.flights.filter(({ uplink }) => uplink?.kind === "reading").length;
      const { sent, lostOnAir, duplicated, made, retried } = air.counts;
      expect(heard + underWay).toBe(sent - lostOnAir + duplicated);
      expect(retried).toBeLessThanOrEqual(sent);
      expect(sent - retried).toBeLessThanOrEqual(made); // a first attempt into a dead mast is none
    }),
    CHECK,
  );
});

test("while nothing overflows or is acknowledged, a step of a second and one of a minute send the same copies at the same moments", () => {
  fc.assert(
    fc.property(weather, ({ spec: random }) => {
      const spec = { ...random, outboxMax: 480 };
      const flightsAt = (stepMs: number): readonly Flight[] => {
        const air = createAir(spec);
        for (let now = stepMs; now <= 2 * HOUR_MS; now += stepMs) {
          if (now % INTERVAL_MS === 0)
            post(spec, air, 0, readingOf(0, now / INTERVAL_MS, now), now);
          send(spec, air, now);
        }
        return air.flights.toSorted((a, b) => a.dueAt - b.dueAt || sequenceOf(a) - sequenceOf(b));
      };
      const sequenceOf = ({ uplink }: Flight) => (uplink?.kind === "reading" ? uplink.sequence : 0);
      expect(flightsAt(SECOND_MS)).toEqual(flightsAt(MINUTE_MS));
    }),
    { ...CHECK, numRuns: 25 },
  );
});
