// Meters for tests: perfect ones in UTC unless told otherwise, and what passes from one to the next.

import type { DeviceContext, MeterHandover } from "../../sim/contract/meter-device.ts";
import type { PrepaidTerms } from "../../sim/contract/reading.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { CLOCK_RESERVE_MS, type MeterModel } from "../../sim/plant/meters/model.ts";

/** Monday, 12 January 2026. */
export const UTC = createCalendar("2026-01-12T00:00", "UTC", []);

/** Perfect meters of half hours with as many elements each as given. */
export function meterModel(
  elementCounts: readonly number[] = [1],
  changes: Partial<MeterModel> = {},
): MeterModel {
  const elements = elementCounts.reduce((sum, count) => sum + count, 0);
  const meters = elementCounts.length;
  let next = 0;
  return {
    intervalMs: 30 * MINUTE_MS,
    calendar: UTC,
    ids: elementCounts.map((_, row) => `supply-0${row + 1}`),
    firstElement: Int32Array.from(elementCounts, (count) => {
      next += count;
      return next - count;
    }),
    elementCount: Int32Array.from(elementCounts),
    gain: new Float64Array(elements).fill(1),
    phaseErrorShare: new Float64Array(elements),
    offsetW: new Float64Array(elements),
    startingCurrentA: new Float64Array(elements),
    clockDriftPpm: new Float64Array(meters),
    clockReserveMs: new Float64Array(meters).fill(CLOCK_RESERVE_MS),
    breathSeed: new Float64Array(meters),
    ...changes,
  };
}

/** A place for one perfect meter, with changes. */
export function deviceContext(changes: Partial<DeviceContext> = {}): DeviceContext {
  return {
    supply: "supply-01",
    intervalMs: 30 * MINUTE_MS,
    calendar: UTC,
    gain: 1,
    phaseErrorShare: 0,
    offsetW: 0,
    startingCurrentA: 0,
    clockDriftPpm: 0,
    clockReserveMs: CLOCK_RESERVE_MS,
    breathSeed: 7,
    ...changes,
  };
}

/** A meter at the start of a run, with changes. */
export function handover(changes: Partial<MeterHandover> = {}): MeterHandover {
  return {
    serial: "M-0001",
    importWh: 5,
    importBelowMilliWh: 250,
    carryMilliWMs: 1_000_000,
    exportWh: 0,
    exportBelowMilliWh: 0,
    exportCarryMilliWMs: 0,
    relay: "closed",
    relayReasons: 0,
    tamperFlags: 0,
    tamperTold: 0,
    nextSequence: 7,
    nextEvent: 1,
    obeyedCommands: [],
    displayText: "",
    clock: { setAt: 0, offsetMs: 0, isInvalid: false, lastInterval: 0, intervalFlags: 0 },
    supply: { darkSince: -1, breathAt: -1, darkMs: 0 },
    prepaid: null,
    limit: null,
    logs: { profile: [], events: [] },
    ...changes,
  };
}

/** 6 a kWh and 7.50 from 18:00 to 22:00, 1.20 a day, 50 of emergency credit; cut from 9 to 17 on working days. */
export function prepaidTerms(changes: Partial<PrepaidTerms> = {}): PrepaidTerms {
  return {
    version: "pp-1",
    currency: "INR",
    rates: [
      { fromMinute: 0, priceMilliMinorPerKWh: 600_000 },
      { fromMinute: 18 * 60, priceMilliMinorPerKWh: 750_000 },
      { fromMinute: 22 * 60, priceMilliMinorPerKWh: 600_000 },
    ],
    standingDailyMinor: 120,
    emergencyCreditMinor: 5_000,
    lowCreditMinor: 10_000,
    cutFromMinute: 9 * 60,
    cutUntilMinute: 17 * 60,
    isWorkingDaysOnly: true,
    ...changes,
  };
}
