// What a meter on its own makes of its contacts, its two sensors and its load side. Persistence: metrology-and-theft 3.2.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import { type CommandOrder, type MeterEvent, TAMPER } from "../../sim/contract/reading.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { createOneMeter, handoverOf, stepOneMeter } from "../../sim/plant/meters/one-meter.ts";
import { areApart } from "../../sim/plant/meters/tamper.ts";
import { deviceContext, handover } from "../support/meter.ts";

type Changes = Partial<TerminalConditions>;
const COVER: Changes = { tamperContacts: { coverOpen: true, magnetPresent: false } };
const MAGNET: Changes = { tamperContacts: { coverOpen: false, magnetPresent: true } };
const DARK: Changes = { voltageV: 0, supplyPresent: false };
/** 10 A out, 6 A back. */
const EARTH: Changes = { activePowerW: 2300, phaseCurrentA: 10, neutralCurrentA: 6 };
const ALIKE: Changes = { activePowerW: 2300, phaseCurrentA: 10, neutralCurrentA: 10 };

/** A meter, and what it has told with the moment of each. */
function meterOnBench(stepMs = SECOND_MS) {
  let meter = createOneMeter(handover(), deviceContext());
  let at = 0;
  const told: { readonly code: string; readonly at: number; readonly eventId: number | null }[] =
    [];
  return {
    told,
    codes: () => told.map(({ code }) => code),
    flags: () => meter.state.tamperFlags[0]!,
    /** Lives for so long at such terminals; JSON carries it over to a new meter before each step where `isHandedOver`. */
    live(spanMs: number, changes: Changes = {}, isHandedOver = false): void {
      for (const end = at + spanMs; at < end; ) {
        if (isHandedOver) {
          const left = JSON.parse(JSON.stringify(handoverOf(meter.model, meter, 0)));
          meter = createOneMeter(left, deviceContext());
        }
        at += stepMs;
        const { sent } = stepOneMeter(meter, {
          ...{ at, stepMs, voltageV: 230, phaseCurrentA: 0, neutralCurrentA: 0, angleRad: 0 },
          ...{ activePowerW: 0, reactivePowerVar: 0, frequencyHz: 50, supplyPresent: true },
          ...{ tamperContacts: { coverOpen: false, magnetPresent: false }, delivered: [] },
          ...changes,
        });
        const events = sent.filter(
          (message): message is MeterEvent => message.kind === "meter-event",
        );
        told.push(
          ...events.map(({ code, at: saidAt, eventId }) => ({ code, at: saidAt, eventId })),
        );
      }
    },
  };
}

const order = (what: CommandOrder): Changes => ({
  delivered: [
    {
      kind: "command",
      id: "c",
      supply: "supply-01",
      text: "",
      issuedAt: 0,
      expiresAt: DAY_MS,
      ...what,
    },
  ],
});

describe("a sign of tampering", () => {
  test.for([
    {
      what: "an open cover",
      changes: COVER,
      code: "cover-open",
      eventId: 251,
      afterMs: 0,
      flag: TAMPER.cover,
    },
    {
      what: "a magnet",
      changes: MAGNET,
      code: "magnet",
      eventId: 201,
      afterMs: 10_000,
      flag: TAMPER.magnet,
    },
    {
      ...{ what: "a neutral that carries less", changes: EARTH, code: "neutral-missing" },
      ...{ eventId: 207, afterMs: 5 * MINUTE_MS, flag: TAMPER.neutral },
    },
  ])(
    "$what is told as $eventId once it has lasted $afterMs ms, and once however long it lasts",
    (row) => {
      for (const stepMs of [SECOND_MS, MINUTE_MS]) {
        const meter = meterOnBench(stepMs);
        meter.live(2 * MINUTE_MS);
        meter.live(20 * MINUTE_MS, row.changes);
        expect(meter.told).toEqual([
          { code: row.code, at: 2 * MINUTE_MS + row.afterMs, eventId: row.eventId },
        ]);
        expect(meter.flags()).toBe(row.flag);
      }
    },
  );

  test.for([
    { what: "a magnet that passes by", changes: MAGNET, spanMs: 9 * SECOND_MS },
    { what: "a difference of four minutes", changes: EARTH, spanMs: 4 * MINUTE_MS },
  ])("$what is none", ({ changes, spanMs }) => {
    const meter = meterOnBench();
    for (let k = 0; k < 4; k++) {
      meter.live(spanMs, changes);
      meter.live(SECOND_MS, ALIKE);
    }
    expect(meter.told).toEqual([]);
    expect(meter.flags()).toBe(0);
  });

  test("its end is told once it has been gone for a while; the flag stays, a second episode is a second event", () => {
    const meter = meterOnBench();
    for (let k = 0; k < 2; k++) {
      meter.live(6 * MINUTE_MS, EARTH);
      meter.live(4 * MINUTE_MS, ALIKE);
      meter.live(SECOND_MS, EARTH);
      meter.live(6 * MINUTE_MS, ALIKE);
    }
    expect(meter.told.map(({ eventId }) => eventId)).toEqual([207, 208, 207, 208]);
    expect(meter.flags()).toBe(TAMPER.neutral);
  });

  test("a cover that chatters is opened once", () => {
    const meter = meterOnBench();
    for (let k = 0; k < 30; k++) meter.live(SECOND_MS, k % 2 === 0 ? COVER : {});
    expect(meter.codes()).toEqual(["cover-open"]);
  });

  test("a night without load neither ends an episode nor begins one", () => {
    const meter = meterOnBench(MINUTE_MS);
    meter.live(6 * MINUTE_MS, EARTH);
    meter.live(DAY_MS / 3, { activePowerW: 46, phaseCurrentA: 0.2, neutralCurrentA: 0.1 });
    expect(meter.codes()).toEqual(["neutral-missing"]);
  });

  test("time without supply does not count", () => {
    const meter = meterOnBench(MINUTE_MS);
    meter.live(4 * MINUTE_MS, EARTH);
    meter.live(20 * MINUTE_MS, DARK);
    meter.live(4 * MINUTE_MS, EARTH);
    expect(meter.codes()).not.toContain("neutral-missing");
    meter.live(MINUTE_MS, EARTH);
    expect(meter.codes()).toContain("neutral-missing");
  });

  test("voltage behind the relay is one only while the relay is open", () => {
    const meter = meterOnBench();
    meter.live(10 * MINUTE_MS, { loadSideLive: true });
    expect(meter.told).toEqual([]);
    meter.live(SECOND_MS, { loadSideLive: true, ...order({ action: "trip" }) });
    meter.live(10 * MINUTE_MS, { loadSideLive: true });
    meter.live(10 * MINUTE_MS, { loadSideLive: false });
    expect(meter.codes()).toEqual(["relay-open", "load-voltage", "load-voltage-gone"]);
  });

  test("is carried from meter to meter in the middle of anything, as JSON", () => {
    const span = fc.record({
      changes: fc.constantFrom<Changes>({}, COVER, MAGNET, EARTH, ALIKE, DARK),
      spanMs: fc.integer({ min: 1, max: 400 }).map((seconds) => seconds * SECOND_MS),
    });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), (spans) => {
        const [whole, parts] = [meterOnBench(), meterOnBench()];
        for (const { changes, spanMs } of spans) {
          whole.live(spanMs, changes);
          parts.live(spanMs, changes, true);
        }
        expect(parts.told).toEqual(whole.told);
        expect(parts.flags()).toBe(whole.flags());
      }),
      { seed: 20_260_112, numRuns: 25 },
    );
  });
});

// The firmware's own bounds, firmware/core/meter.cpp: more than 0.2 A and a tenth of the larger current.
test.for([
  { phaseA: 0.4, neutralA: 0, says: undefined },
  { phaseA: 10, neutralA: 8.79, says: true },
  { phaseA: 10, neutralA: 8.81, says: undefined },
  { phaseA: 10, neutralA: 9.41, says: false },
  { phaseA: 8.79, neutralA: 10, says: true },
])("$phaseA A out and $neutralA A back are apart: $says", ({ phaseA, neutralA, says }) => {
  expect(areApart(phaseA, neutralA)).toBe(says);
});
