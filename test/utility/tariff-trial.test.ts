// Last month priced twice: what another tariff would have come to, by hand.

import { expect, test } from "vitest";
import { minor } from "../../sim/core/money.ts";
import type { SlabTariff } from "../../sim/utility/billing/tariff.ts";
import { priceTwice, sumTrial } from "../../sim/utility/billing/tariff-trial.ts";

/** A flat price in paise a kWh, and a fixed charge in paise. */
const flat = (paise: number, fixed: number): SlabTariff => ({
  ...{ kind: "slab", id: "flat", title: "Flat", currency: "INR", wholeUse: [], dutyPercent: 0 },
  blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: paise * 1000 }],
  fixed: [{ uptoKWh: null, monthlyMinor: minor(fixed) }],
});
const home = (supply: string, energyWh: number) => {
  const use = { energyWh, byRateWh: [], days: 31 };
  return priceTwice({
    supply,
    // 5 ₹ a kWh and 100 ₹ a month against 6 ₹ a kWh and nothing.
    before: { tariff: flat(500, 10_000), use },
    after: { tariff: flat(600, 0), use },
  });
};

test("50 kWh save 50 ₹, 100 kWh cost the same, 200 kWh cost 100 ₹ more", () => {
  // 50 kWh: 250 + 100 = 350 ₹ against 300 ₹; 100 kWh: 600 against 600; 200 kWh: 1 100 against 1 200.
  const rows = [home("a", 50_000), home("b", 100_000), home("c", 200_000)];
  expect(rows.map(({ beforeMinor, afterMinor }) => [beforeMinor, afterMinor])).toEqual([
    [35_000, 30_000],
    [60_000, 60_000],
    [110_000, 120_000],
  ]);
  expect(sumTrial(rows)).toEqual({
    ...{ beforeMinor: 205_000, afterMinor: 210_000, medianChangeMinor: 0 },
    ...{ winners: 1, losers: 1, same: 1 },
  });
});

test("of an even count the change in the middle lies between two; of none it is nothing", () => {
  expect(sumTrial([home("a", 50_000), home("b", 200_000)]).medianChangeMinor).toBe(2_500);
  expect(sumTrial([]).medianChangeMinor).toBe(0);
});
