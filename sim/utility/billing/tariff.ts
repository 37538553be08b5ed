// A tariff as data, and the price of a month. Order of computing: energy, fixed charge, duty, one rounding each.

import type { BillLine } from "../../contract/billing.ts";
import { type Minor, minor, roundToMinor } from "../../core/money.ts";

/** Prices are in thousandths of the smallest coin, as tariffs print them. */
export interface Tariff {
  readonly id: string;
  readonly title: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Telescopic: each block at its own price. The last one has no upper end. */
  readonly blocks: readonly TariffBlock[];
  /** Above the last telescopic kWh the whole use has one price; empty where blocks go on for ever. */
  readonly wholeUse: readonly TariffBlock[];
  readonly fixed: readonly { readonly uptoKWh: number | null; readonly monthlyMinor: Minor }[];
  /** Electricity duty on the energy charge, in percent. */
  readonly dutyPercent: number;
}

export interface TariffBlock {
  readonly uptoKWh: number | null;
  readonly priceMilliMinorPerKWh: number;
}

const WH_PER_KWH = 1000n;
const MILLI = 1000n;

/** Price of `energyWh` at one block price, rounded to whole coins. */
export function energyCharge(energyWh: number, priceMilliMinorPerKWh: number): Minor {
  return roundToMinor(BigInt(energyWh) * BigInt(priceMilliMinorPerKWh), WH_PER_KWH * MILLI);
}

/** The lines of one month's bill for `energyWh` whole Wh. */
export function priceMonth(tariff: Tariff, energyWh: number): readonly BillLine[] {
  const lines: BillLine[] = [...energyLines(tariff, energyWh)];
  const energyMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const fixed = tariff.fixed.find(({ uptoKWh }) => uptoKWh === null || energyWh <= uptoKWh * 1000);
  if (fixed !== undefined && fixed.monthlyMinor !== 0) {
    lines.push({
      label: "Fixed charge",
      quantity: 1,
      unit: "month",
      priceMilliMinor: fixed.monthlyMinor * 1000,
      amountMinor: fixed.monthlyMinor,
    });
  }
  if (tariff.dutyPercent > 0) {
    lines.push({
      label: "Electricity duty on the energy charge",
      quantity: tariff.dutyPercent,
      unit: "percent",
      priceMilliMinor: energyMinor * 1000,
      amountMinor: roundToMinor(BigInt(energyMinor) * BigInt(tariff.dutyPercent), 100n),
    });
  }
  return lines;
}

/** Sum of a bill's lines. */
export function totalOf(lines: readonly BillLine[]): Minor {
  return minor(lines.reduce((sum, line) => sum + line.amountMinor, 0));
}

function energyLines(tariff: Tariff, energyWh: number): readonly BillLine[] {
  const top = tariff.blocks.at(-1)?.uptoKWh ?? null;
  if (tariff.wholeUse.length > 0 && top !== null && energyWh > top * 1000) {
    const block = tariff.wholeUse.find(
      ({ uptoKWh }) => uptoKWh === null || energyWh <= uptoKWh * 1000,
    );
    if (block !== undefined) return [energyLine("All units", energyWh, block)];
  }
  const lines: BillLine[] = [];
  let fromWh = 0;
  for (const block of tariff.blocks) {
    const endWh = block.uptoKWh === null ? energyWh : Math.min(energyWh, block.uptoKWh * 1000);
    if (endWh <= fromWh) break;
    const label =
      block.uptoKWh === null
        ? `Units above ${fromWh / 1000}`
        : `Units ${fromWh / 1000} to ${block.uptoKWh}`;
    lines.push(energyLine(label, endWh - fromWh, block));
    fromWh = endWh;
  }
  return lines;
}

function energyLine(label: string, energyWh: number, block: TariffBlock): BillLine {
  return {
    label,
    quantity: energyWh,
    unit: "Wh",
    priceMilliMinor: block.priceMilliMinorPerKWh,
    amountMinor: energyCharge(energyWh, block.priceMilliMinorPerKWh),
  };
}
