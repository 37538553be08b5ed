// The turn of a month in the engine: from registers over the air to bills, in time and with readings missing.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { runUntil, street } from "../support/street.ts";

/** From noon of 30 January: midnight is after 36 h, bills are made at six. */
const START = ["meters.clockDriftPpm=0", "start=2026-01-30T12:00", "thefts=[]"];
const MIDNIGHT_MS = 36 * HOUR_MS;
const HOMES = 24;

interface MonthEnd {
  readonly bills: readonly Bill[];
  /** Row: home. Registers at midnight, and the last ones that the company has by then, Wh. */
  readonly trueWh: readonly number[];
  readonly knownWh: readonly number[];
}

function monthEnd(set: readonly string[], untilMs: number): MonthEnd {
  const bills: Bill[] = [];
  const trueWh: number[] = [];
  const knownWh: number[] = [];
  const note = ({ model, world, out }: Twin): void => {
    bills.push(...out.bills);
    if (world.engine.clock.nowMs !== MIDNIGHT_MS) return;
    for (let row = 0; row < HOMES; row++) {
      trueWh.push(Math.floor(registerMilliWh(model.meters, world.plant.meters, row) / 1000));
      knownWh.push(world.belief.headend.lastImportWh[row]!);
    }
  };
  runUntil(createTwin(street({ set: [...START, ...set] })), untilMs, [], note);
  return { bills, trueWh, knownWh };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

describe("the bills of a month", () => {
  test("are made once, at six, from the registers of midnight", () => {
    const { bills, trueWh } = monthEnd(["outages=[]"], 5 * DAY_MS);
    expect(bills).toHaveLength(HOMES);
    expect(new Set(bills.map(({ issuedAt }) => issuedAt))).toEqual(
      new Set([MIDNIGHT_MS + 6 * HOUR_MS]),
    );
    expect(bills.map(({ endWh }) => endWh)).toEqual(trueWh);
    expect(bills.map(({ toMs }) => toMs)).toEqual(Array(HOMES).fill(MIDNIGHT_MS));
    expect(bills.filter(({ isEstimated }) => isEstimated)).toEqual([]);
    for (const bill of bills) {
      expect(explainBill(bill).isExact).toBe(true);
      expect(bill.readings!.to).toMatchObject({
        measuredAt: MIDNIGHT_MS,
        measured: "2026-02-01 00:00",
        wh: bill.endWh,
        quality: "actual",
      });
      expect(bill.readings!.to.sequence).toBeGreaterThan(0);
      for (const { readings } of bill.lines) expect(readings).toEqual(bill.readings);
      expect(bill.meters).toEqual([
        { serial: `M-00${bill.supply.slice(-2)}`, fromWh: bill.startWh, toWh: bill.endWh },
      ]);
    }
  });

  test("are estimated from the mean use so far where no reading came since the evening, and say so", () => {
    const down = ["outages=[{ mast: mast-1, from: 24h10min, for: 20h }]"];
    const { bills, trueWh, knownWh } = monthEnd(down, MIDNIGHT_MS + 7 * HOUR_MS);
    expect(bills).toHaveLength(HOMES);
    expect(bills.filter(({ isEstimated }) => !isEstimated)).toEqual([]);
    expect(bills.every(({ readings }) => readings?.to.quality === "estimated")).toBe(true);
    bills.forEach(({ supply, endWh }, row) => {
      expect(endWh, supply).toBeGreaterThan(knownWh[row]!);
    });
    // A mean knows no evenings: twelve hours after noon are estimated low, but as energy of such a half day.
    const estimated = sumOf(bills.map(({ endWh }) => endWh)) - sumOf(knownWh);
    const used = sumOf(trueWh) - sumOf(knownWh);
    expect(estimated / used).toBeGreaterThan(0.5);
    expect(estimated / used).toBeLessThan(1);
  });
});
