// A scenario with other prices from a day on: each tariff gets one more version, as its file could have said it, so that
// bills take days before by the old prices and days after by the new ones.

import type { PriceChange } from "../../contract/price-change.ts";
import { localTime } from "../../core/calendar.ts";
import { versionOn } from "../../utility/billing/month-parts.ts";
import type { PostpaidTariff, Tariff } from "../../utility/billing/tariff.ts";
import type { ResolvedScenario } from "./resolved.ts";

/**
 * Throws a sentence where the scenario has no bills, has no such home, or the home pays ahead: its meter has the prices in
 * itself.
 */
export function withPriceChange(
  resolved: ResolvedScenario,
  { atMs, percent, supply }: PriceChange,
): ResolvedScenario {
  const { calendar, records } = resolved;
  const { billing, supplies } = records;
  if (billing === null || billing === undefined) {
    throw new Error("this scenario has no bills, so prices change nothing; choose another change");
  }
  const fromDay = localTime(calendar, atMs).day + 1;
  const changed = (tariff: Tariff): Tariff =>
    tariff.kind === "prepaid" ? tariff : dearer(tariff, fromDay, percent);
  if (supply === undefined) {
    if (billing.tariffs.every(({ kind }) => kind === "prepaid")) {
      throw new Error("everybody here pays ahead, by prices in the meters; choose another change");
    }
    const tariffs = billing.tariffs.map(changed);
    return { ...resolved, records: { ...records, billing: { ...billing, tariffs } } };
  }
  const row = supplies.findIndex(({ id }) => id === supply);
  const tariff = billing.tariffs[supplies[row]?.tariff ?? -1];
  if (tariff === undefined) throw new Error(`there is no home ${supply} in this scenario`);
  if (tariff.kind === "prepaid") {
    throw new Error(
      `${supply} pays ahead, by prices in its meter; choose a home that gets bills, or all`,
    );
  }
  const tariffs = [...billing.tariffs, changed(tariff)];
  return {
    ...resolved,
    records: {
      ...records,
      billing: { ...billing, tariffs },
      supplies: supplies.map((each, at) =>
        at === row ? { ...each, tariff: tariffs.length - 1 } : each,
      ),
    },
  };
}

/** Versions that would begin later are of no use any more: the new prices hold from that day on. */
function dearer(tariff: PostpaidTariff, fromDay: number, percent: number): PostpaidTariff {
  const { changes: _changes, ...version } = versionOn(tariff, fromDay);
  const earlier = (tariff.changes ?? []).filter((change) => change.fromDay < fromDay);
  const next = { fromDay, tariff: priced(version as PostpaidTariff, percent) };
  return { ...tariff, changes: [...earlier, next] };
}

function priced(tariff: PostpaidTariff, percent: number): PostpaidTariff {
  const price = <Priced extends { readonly priceMilliMinorPerKWh: number }>(
    each: Priced,
  ): Priced => ({
    ...each,
    priceMilliMinorPerKWh: Math.round((each.priceMilliMinorPerKWh * (100 + percent)) / 100),
  });
  return tariff.kind === "slab"
    ? { ...tariff, blocks: tariff.blocks.map(price), wholeUse: tariff.wholeUse.map(price) }
    : { ...tariff, rates: tariff.rates.map(price) };
}
