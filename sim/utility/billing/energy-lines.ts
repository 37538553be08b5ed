// The energy charge: slabs, rates by the hour, and slots of the day.

import type { BillLine, BillPart } from "../../contract/billing.ts";
import { roundProduct, roundToMinor } from "../../core/money.ts";
import type { PostpaidTariff, SlabTariff, TimeOfUseTariff } from "./tariff.ts";

/** Wh × thousandths of a coin a kWh (VA × thousandths a kVA), in one coin. */
export const MILLI_WH_PER_MINOR = 1_000_000;

/** Use that is charged, and the part of a month in which it was; no part: a whole month. */
export interface EnergyUse {
  readonly energyWh: number;
  readonly byRateWh: readonly number[];
  readonly part: BillPart | undefined;
}

/** One line for each price at which anything was used. */
export function energyLines(tariff: PostpaidTariff, use: EnergyUse): readonly BillLine[] {
  if (tariff.kind === "slab") return slabLines(tariff, use);
  return tariff.isBySlot === true ? slotLines(tariff, use) : rateLines(tariff, use);
}

/** Where a slab ends, in Wh of this part of a month: its width × days ÷ days of the month, to the nearest Wh. */
export function slabEdgeWh(uptoKWh: number | null, part: BillPart | undefined): number {
  if (uptoKWh === null) return Number.POSITIVE_INFINITY;
  const wholeWh = Math.round(uptoKWh * 1000);
  if (part === undefined) return wholeWh;
  return Math.round((wholeWh * (part.months ?? 1) * part.days) / part.ofDays);
}

function slabLines(tariff: SlabTariff, { energyWh, part }: EnergyUse): readonly BillLine[] {
  const top = tariff.blocks.at(-1)!;
  if (tariff.wholeUse.length > 0 && energyWh > slabEdgeWh(top.uptoKWh, part)) {
    const block = tariff.wholeUse.find(({ uptoKWh }) => energyWh <= slabEdgeWh(uptoKWh, part));
    if (block !== undefined) {
      return [energyLine("All units", energyWh, block.priceMilliMinorPerKWh)];
    }
  }
  const lines: BillLine[] = [];
  let fromWh = 0;
  for (const { uptoKWh, priceMilliMinorPerKWh } of tariff.blocks) {
    const edgeWh = slabEdgeWh(uptoKWh, part);
    const endWh = Math.min(energyWh, edgeWh);
    if (endWh <= fromWh) continue;
    const label = slabLabel(fromWh, edgeWh);
    lines.push(energyLine(label, endWh - fromWh, priceMilliMinorPerKWh));
    fromWh = endWh;
  }
  return lines;
}

function slabLabel(fromWh: number, edgeWh: number): string {
  if (Number.isFinite(edgeWh)) return `Units ${fromWh / 1000} to ${edgeWh / 1000}`;
  return fromWh === 0 ? "All units" : `Units above ${fromWh / 1000}`;
}

function rateLines({ rates }: TimeOfUseTariff, { byRateWh }: EnergyUse): readonly BillLine[] {
  const lines: BillLine[] = [];
  rates.forEach(({ title, priceMilliMinorPerKWh }, rate) => {
    const energyWh = byRateWh[rate] ?? 0;
    if (energyWh !== 0) lines.push(energyLine(title, energyWh, priceMilliMinorPerKWh));
  });
  return lines;
}

/** What was used at prices of 0 and more, and what at prices below: each the sum of its slots, rounded once. */
function slotLines({ rates }: TimeOfUseTariff, { byRateWh }: EnergyUse): readonly BillLine[] {
  const lines: BillLine[] = [];
  for (const isBelow of [false, true]) {
    let energyWh = 0;
    let milliWh = 0n;
    rates.forEach(({ priceMilliMinorPerKWh: price }, slot) => {
      const wh = byRateWh[slot] ?? 0;
      if (wh === 0 || price < 0 !== isBelow) return;
      energyWh += wh;
      milliWh += BigInt(wh) * BigInt(price);
    });
    if (milliWh === 0n && energyWh === 0) continue;
    lines.push({
      label: isBelow ? "Units while the price was below zero" : "Units by the half hour",
      charge: "energy",
      quantity: energyWh,
      unit: "Wh",
      priceMilliMinor: energyWh === 0 ? 0 : Number(roundToMinor(milliWh, BigInt(energyWh))),
      amountMinor: roundToMinor(milliWh, BigInt(MILLI_WH_PER_MINOR)),
      isMeanPrice: true,
    });
  }
  return lines;
}

function energyLine(label: string, energyWh: number, priceMilliMinorPerKWh: number): BillLine {
  return {
    label,
    charge: "energy",
    quantity: energyWh,
    unit: "Wh",
    priceMilliMinor: priceMilliMinorPerKWh,
    amountMinor: roundProduct(energyWh, priceMilliMinorPerKWh, MILLI_WH_PER_MINOR),
  };
}
