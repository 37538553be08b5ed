// A tariff for a part of a month: slabs are as wide, and monthly charges as large, as the days are of the month.

import { roundToMinor } from "../../core/money.ts";
import type { MonthUse, PostpaidTariff, TariffBlock } from "./tariff.ts";

/** The tariff itself for a whole month. Ends of slabs are rounded to whole Wh, charges to whole coins. */
export function partOfMonth(
  tariff: PostpaidTariff,
  { days, monthDays = days }: Pick<MonthUse, "days" | "monthDays">,
): PostpaidTariff {
  if (days === monthDays) return tariff;
  const ofMonth = (amount: number) =>
    roundToMinor(BigInt(amount) * BigInt(days), BigInt(monthDays));
  if (tariff.kind !== "slab") return { ...tariff, monthlyMinor: ofMonth(tariff.monthlyMinor) };
  const upto = (kWh: number | null): number | null =>
    kWh === null ? null : ofMonth(Math.round(kWh * 1000)) / 1000;
  const narrower = (block: TariffBlock): TariffBlock => ({
    ...block,
    uptoKWh: upto(block.uptoKWh),
  });
  return {
    ...tariff,
    blocks: tariff.blocks.map(narrower),
    wholeUse: tariff.wholeUse.map(narrower),
    fixed: tariff.fixed.map(({ uptoKWh, monthlyMinor }) => ({
      uptoKWh: upto(uptoKWh),
      monthlyMinor: ofMonth(monthlyMinor),
    })),
  };
}
