// A bill of each tariff that ships, worked by hand line by line as a table beside the clause that it follows, and held
// against the kernel to the coin. Amounts in the smallest coin.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { partText } from "../../sim/contract/explain-bill.ts";
import { dayOfDate } from "../../sim/core/calendar.ts";
import { carriedAfter, totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { splitMonth } from "../../sim/utility/billing/month-parts.ts";
import { chargesOfUse } from "../../sim/utility/billing/prepaid.ts";
import {
  type MonthUse,
  type PostpaidTariff,
  type PrepaidTariff,
  priceMonth,
} from "../../sim/utility/billing/tariff.ts";
import { street } from "../support/street.ts";
import { shippedTariff, writtenTariff } from "../support/tariffs.ts";

const units = (kWh: number, more: Partial<MonthUse> = {}): MonthUse => {
  return { energyWh: kWh * 1000, byRateWh: [], days: 30, ...more };
};
const byRate = (kWh: readonly number[], more: Partial<MonthUse> = {}): MonthUse => {
  const byRateWh = kWh.map((each) => each * 1000);
  return { energyWh: byRateWh.reduce((sum, wh) => sum + wh, 0), byRateWh, days: 30, ...more };
};
const billed = (tariff: PostpaidTariff, use: MonthUse) => {
  const lines = priceMonth(tariff, use);
  return [...lines.map(({ label, amountMinor }) => [label, amountMinor]), ["", totalOf(lines)]];
};

describe("Maharashtra LT-I(B), energy and wheeling by slab, duty on all of it", () => {
  // MSEDCL, schedule of tariff 2024-25 (from memory): each slab at its own price, 16 % duty on every charge.
  test("250 units come to 2824.60 rupees", () => {
    expect(billed(shippedTariff("maharashtra-lt-1b"), units(250))).toEqual([
      ["Units 0 to 100", 47_100], // 100 × 4.71
      ["Units 100 to 300", 154_350], // 150 × 10.29
      ["Fixed charge", 12_800],
      ["Wheeling", 29_250], // 250 × 1.17
      ["Electricity duty", 38_960], // 16 % of 471.00 + 1543.50 + 128.00 + 292.50 = 2435.00
      ["", 282_460],
    ]);
  });

  test("620 units come to 9615.47 rupees", () => {
    expect(billed(shippedTariff("maharashtra-lt-1b"), units(620))).toEqual([
      ["Units 0 to 100", 47_100],
      ["Units 100 to 300", 205_800], // 200 × 10.29
      ["Units 300 to 500", 291_000], // 200 × 14.55
      ["Units above 500", 199_680], // 120 × 16.64
      ["Fixed charge", 12_800],
      ["Wheeling", 72_540], // 620 × 1.17
      ["Electricity duty", 132_627], // 16 % of 8289.20 = 1326.272
      ["", 961_547],
    ]);
  });

  test("nothing used costs the fixed charge and its duty", () => {
    expect(billed(shippedTariff("maharashtra-lt-1b"), units(0))).toEqual([
      ["Fixed charge", 12_800],
      ["Electricity duty", 2_048], // 16 % of 128.00
      ["", 14_848],
    ]);
  });
});

describe("Karnataka, one price and a charge a sanctioned kW, rounded to the rupee", () => {
  // KERC, general terms, clause 7: the nearest rupee, 50 paise and above upwards.
  test.each([
    [173.4, -23, 153_100], // 1005.72 + 435.00 + 90.51 = 1531.23
    [100, -20, 106_700], // 580.00 + 435.00 + 52.20 = 1067.20
    [250, 50, 201_600], // 1450.00 + 435.00 + 130.50 = 2015.50
  ])("%d units with 3 kW sanctioned are rounded by %d paise to %d", (kWh, rounding, total) => {
    const lines = priceMonth(shippedTariff("karnataka-lt-1"), units(kWh, { contract: 3_000 }));
    expect(lines.find(({ charge }) => charge === "rounding")?.amountMinor).toBe(rounding);
    expect(totalOf(lines)).toBe(total);
  });
});

describe("a commercial customer with a contract of 40 kVA", () => {
  const tariff = shippedTariff("india-commercial-demand");

  test("pays half as much again for demand above it, and 3 % for a power factor of 0.87", () => {
    const use = byRate([2_400, 3_100, 1_250], {
      demand: 46_200,
      contract: 40_000,
      powerFactor: 0.87,
    });
    expect(billed(tariff, use)).toEqual([
      ["Normal hours", 1_920_000], // 2400 × 8.00
      ["Solar hours", 1_984_000], // 3100 × 6.40
      ["Peak hours", 1_200_000], // 1250 × 9.60
      ["Demand, recorded", 1_800_000], // 40 × 450.00
      ["Demand above the contract", 418_500], // 6.2 × 450.00 × 1.5
      ["Fuel adjustment", 236_250], // 6750 × 0.35
      ["Power factor 0.87: penalty", 153_120], // 3 × 1 % of 51040.00
      ["Electricity duty", 694_068], // 9 % of 77118.70 = 6940.683
      ["Rounding", -38], // 84059.38
      ["", 8_405_900],
    ]);
  });

  test("pays for 80 % of it where less was drawn, and is paid 3 % for a power factor of 0.98", () => {
    const use = byRate([1_000, 500, 200], { demand: 20_000, contract: 40_000, powerFactor: 0.98 });
    expect(billed(tariff, use)).toEqual([
      ["Normal hours", 800_000],
      ["Solar hours", 320_000],
      ["Peak hours", 192_000],
      ["Demand, 80 % of the contract", 1_440_000], // 32 × 450.00
      ["Fuel adjustment", 59_500], // 1700 × 0.35
      ["Power factor 0.98: incentive", -39_360], // 3 × 1 % of 13120.00
      ["Electricity duty", 249_493], // 9 % of 27721.40 = 2494.926
      ["Rounding", -33], // 30216.33
      ["", 3_021_600],
    ]);
  });

  test("pays the minimum for a month in which nothing was drawn and nothing agreed", () => {
    expect(billed(tariff, byRate([0, 0, 0]))).toEqual([
      ["Electricity duty", 0],
      ["Up to the minimum bill", 500_000],
      ["", 500_000],
    ]);
  });

  // Half a hundredth counts for the next one: 0.895 is 0.90, 0.955 is 0.96.
  test.each([
    [0.894, 5_000],
    [0.895, 0],
    [0.9, 0],
    [0.95, 0],
    [0.954, 0],
    [0.956, -5_000],
    [-0.8, 50_000],
  ])("a power factor of %d changes 5000.00 of energy by %d", (powerFactor, minor) => {
    const lines = priceMonth(tariff, byRate([625, 0, 0], { powerFactor }));
    const found = lines.filter(({ charge }) => charge === "power-factor");
    expect(totalOf(found)).toBe(minor);
  });
});

describe("a price for each half hour", () => {
  // 16:00 to 19:00 stands above the cap of 100 p in two half hours; 02:30 is paid for, 2.6 p a kWh.
  test("sums slots of any sign and rounds once", () => {
    const byRateWh = Array.from({ length: 48 }, () => 0);
    for (const [slot, wh] of [
      [0, 2_000],
      [5, 1_000],
      [34, 3_000],
      [35, 500],
    ] as const) {
      byRateWh[slot] = wh;
    }
    const use = { energyWh: 6_500, byRateWh, days: 30, exportWh: 10_000 };
    expect(billed(shippedTariff("gb-half-hourly"), use)).toEqual([
      ["Units by the half hour", 370], // 2 × 9.8 + 3 × 100 + 0.5 × 100 = 369.6
      ["Units while the price was below zero", -3], // 1 × −2.6
      ["Standing charge", 1_560], // 30 × 52.0
      ["VAT", 96], // 5 % of 1927 = 96.35
      ["Export", -150], // 10 × −15
      ["", 1_873],
    ]);
  });
});

describe("Kerala's slabs with net metering", () => {
  const tariff = shippedTariff("kerala-net-metering");

  test("set 110 units that went out against 280 that came in; duty and fixed charge are of the 280", () => {
    expect(billed(tariff, units(280, { exportWh: 110_000 }))).toEqual([
      ["Units 0 to 50", 16_250],
      ["Units 50 to 100", 20_250],
      ["Units 100 to 150", 25_500],
      ["Units 150 to 200", 13_900], // 20 × 6.95
      ["Export set against use", 0],
      ["Fixed charge", 15_000], // of 280 units
      ["Electricity duty on the energy charge", 17_920], // 10 % of 280 × 6.40
      ["Meter rent", 600],
      ["Tax on Meter rent", 108], // 18 %
      ["", 109_528],
    ]);
  });

  test("carry what is left over to the next month, and bill nothing of energy", () => {
    const first = units(80, { exportWh: 110_000 });
    expect(carriedAfter(tariff, first)).toBe(30_000);
    const next = units(80, { exportWh: 20_000, carriedExportWh: 30_000 });
    expect(carriedAfter(tariff, next)).toBe(0);
    // 80 − 20 − 30 = 30 units at 3.25.
    const energy = priceMonth(tariff, next).filter(({ charge }) => charge === "energy");
    expect(totalOf(energy)).toBe(9_750);
  });
});

test("prepaid: 100 units and 30 days come to 780.00 rupees, of which 9 % are tax", () => {
  const set = ["utility.billing.tariff=tariffs/india-prepaid.yaml"];
  const [tariff] = street({ set }).records.billing!.tariffs as [PrepaidTariff];
  // 100 × 6.60 + 30 × 4.00 = 780.00; 9 % of it 70.20, of the standing charge 10.80.
  expect(chargesOfUse(tariff, [100_000], 30)).toEqual({
    energy: 60_060,
    fixed: 10_920,
    duty: 7_020,
  });
});

const SLABS = `id: old
title: Old
currency: INR
blocks:
  - { uptoKWh: 100, priceMilliMinorPerKWh: 400000 }
  - { uptoKWh: 300, priceMilliMinorPerKWh: 800000 }
  - { uptoKWh: null, priceMilliMinorPerKWh: 1200000 }
fixed: [{ uptoKWh: null, monthlyMinor: 9000 }]
`;
const NEW_SLABS = SLABS.replace("400000", "500000")
  .replace("800000", "1000000")
  .replace("9000", "12000");
const changing = writtenTariff(
  `${SLABS}rounding: { to: 100 }\nchanges: [{ from: "2026-04-11", file: new.yaml }]\n`,
  { "new.yaml": `${NEW_SLABS}rounding: { to: 100 }\n` },
);
const april = { fromDay: dayOfDate(2026, 4, 1), days: 30, monthDays: 30 };

describe("prices that change on 11 April", () => {
  // MSEDCL circular 323 of 2020: mean units a day × the days under each tariff, slabs by days too. 300 units are 10 a
  // day; 10 of 30 days of the slabs of 100 and 300 are 33.333 and 100 units, 20 of 30 are 66.667 and 200.
  test("divide April's 300 units by days, and its slabs and fixed charge too", () => {
    expect(billed(changing, units(300, april))).toEqual([
      ["1 to 10 Apr: Units 0 to 33.333", 13_333], // 33.333 × 4.00
      ["1 to 10 Apr: Units 33.333 to 100", 53_334], // 66.667 × 8.00
      ["1 to 10 Apr: Fixed charge", 3_000], // 10 of 30 days of 90.00
      ["11 to 30 Apr: Units 0 to 66.667", 33_334], // 66.667 × 5.00
      ["11 to 30 Apr: Units 66.667 to 200", 133_333], // 133.333 × 10.00
      ["11 to 30 Apr: Fixed charge", 8_000], // 20 of 30 days of 120.00
      ["Rounding", -34], // 2443.34, once
      ["", 244_300],
    ]);
  });

  test("divide it by what was read at the change, where something was", () => {
    const marks = [{ days: 10, energyWh: 160_000, byRateWh: [] }];
    expect(billed(changing, units(300, { ...april, marks }))).toEqual([
      ["1 to 10 Apr: Units 0 to 33.333", 13_333],
      ["1 to 10 Apr: Units 33.333 to 100", 53_334],
      ["1 to 10 Apr: Units above 100", 72_000], // 60 × 12.00
      ["1 to 10 Apr: Fixed charge", 3_000],
      ["11 to 30 Apr: Units 0 to 66.667", 33_334],
      ["11 to 30 Apr: Units 66.667 to 200", 73_333], // 73.333 × 10.00
      ["11 to 30 Apr: Fixed charge", 8_000],
      ["Rounding", -34], // 2563.34
      ["", 256_300],
    ]);
  });

  test.each([
    ["2026-03", 3, 31, 0],
    ["2026-05", 5, 31, 1],
  ])("leave %s whole, at the prices of its own version", (_, month, days, at) => {
    const use = units(300, { fromDay: dayOfDate(2026, month, 1), days, monthDays: days });
    const version = writtenTariff([SLABS, NEW_SLABS][at]!);
    const energy = priceMonth(changing, use).filter(({ unit }) => unit === "Wh");
    expect(energy).toEqual(priceMonth(version, use).filter(({ unit }) => unit === "Wh"));
  });

  test("a month that ends where the new prices begin has the old ones", () => {
    const use = units(100, { ...april, days: 10 });
    expect(priceMonth(changing, use)[0]).toMatchObject({ priceMilliMinor: 400_000 });
  });
});

describe("a part of a month", () => {
  // A move on the 21st: 10 of 30 days. Kerala's slabs of 50 are 16.667 units, the 250 are 83.333.
  test("has narrower slabs and a part of the fixed charge", () => {
    const use = units(40, { days: 10, monthDays: 30 });
    expect(billed(shippedTariff("kerala-lt-1a"), use)).toEqual([
      ["Units 0 to 16.667", 5_417], // 16.667 × 3.25 = 54.16775
      ["Units 16.667 to 33.333", 6_750], // 16.666 × 4.05 = 67.4973
      ["Units 33.333 to 50", 3_400], // 6.667 × 5.10 = 34.0017
      ["Fixed charge", 2_833], // 85.00, for up to 150 units, × 10 of 30
      ["Electricity duty on the energy charge", 1_557], // 10 % of 155.67
      ["", 19_957],
    ]);
  });

  test("goes to one price for all units where its slabs end", () => {
    const all = (wh: number): string =>
      priceMonth(shippedTariff("kerala-lt-1a"), {
        ...units(0, { days: 10, monthDays: 30 }),
        energyWh: wh,
      })[0]!.label;
    expect([all(83_333), all(83_334)]).toEqual(["Units 0 to 16.667", "All units"]);
  });

  test("counts by the tariff's own days of a month where it has them", () => {
    const text = `${SLABS}partMonthDays: 30\n`;
    const fixed = (use: MonthUse): number =>
      totalOf(priceMonth(writtenTariff(text), use).filter(({ charge }) => charge === "fixed"));
    expect(fixed(units(0, { days: 10, monthDays: 31 }))).toBe(3_000); // 10 of 30 days of 90.00
    expect(fixed(units(0, { days: 31, monthDays: 31 }))).toBe(9_000); // a whole month is one
  });
});

describe("rebates", () => {
  const rebated = (rows: string): PostpaidTariff => writtenTariff(`${SLABS}rebates:\n${rows}`);
  const rebate = (rows: string, kWh: number, more: Partial<MonthUse> = {}): number =>
    totalOf(
      priceMonth(rebated(rows), units(kWh, more)).filter(({ charge }) => charge === "rebate"),
    );

  test("of so many free units take off their price and no more", () => {
    const rows = "  - { title: Free units, priceMilliMinorPerKWh: 400000, firstKWh: 100 }\n";
    expect(rebate(rows, 60)).toBe(-24_000);
    expect(rebate(rows, 250)).toBe(-40_000);
  });

  test("for small users end where their limit does", () => {
    const rows = "  - { title: Subsidy, percent: 50, on: energy-and-fixed, whereUptoKWh: 200 }\n";
    expect(rebate(rows, 200)).toBe(-64_500); // half of 400.00 + 800.00 + 90.00
    expect(rebate(rows, 201)).toBe(0);
  });

  test("never leave less than nothing", () => {
    const rows = "  - { title: Support, monthlyMinor: 100000 }\n";
    expect(rebate(rows, 10)).toBe(-13_000); // 40.00 + 90.00
    expect(totalOf(priceMonth(rebated(rows), units(10)))).toBe(0);
  });
});

test("net billing pays for export on top of the minimum, and the bill may be below nothing", () => {
  const tariff = writtenTariff(
    `${SLABS}minimumMinor: 20000\nexport: { kind: net-billing, priceMilliMinorPerKWh: 300000 }\n`,
  );
  expect(billed(tariff, units(0, { exportWh: 100_000 }))).toEqual([
    ["Fixed charge", 9_000],
    ["Up to the minimum bill", 11_000],
    ["Export", -30_000],
    ["", -10_000],
  ]);
});

test("a month of prices below zero pays the customer: without a minimum there is none", () => {
  const day = `pricesMilliMinorPerKWh: [${Array(48).fill(-2_000).join(", ")}]`;
  const tariff = writtenTariff(
    `kind: half-hourly\nid: t\ntitle: T\ncurrency: GBP\nslots: [{ from: "00:00", ${day} }]\n`,
  );
  const byRateWh = Array.from({ length: 48 }, () => 1_000);
  // 48 kWh × −2 p.
  expect(totalOf(priceMonth(tariff, { energyWh: 48_000, byRateWh, days: 30 }))).toBe(-96);
});

describe("a month divided by changes of the tariff", () => {
  const period = fc.record({
    days: fc.integer({ min: 1, max: 31 }),
    fromDay: fc.integer({ min: 0, max: 40 }),
    changes: fc.uniqueArray(fc.integer({ min: 0, max: 75 }), { maxLength: 4 }),
    wh: fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 2, maxLength: 2 }),
    exportWh: fc.integer({ min: 0, max: 900_000 }),
    marked: fc.array(
      fc.tuple(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        maxLength: 3,
      },
    ),
  });

  test("has parts that follow each other and sum to it, whatever was read within it", () => {
    const tariff = shippedTariff("economy-7");
    fc.assert(
      fc.property(period, ({ days, fromDay, changes, wh, exportWh, marked }) => {
        const marks = marked
          .filter(([day]) => day < days)
          .sort(([a], [b]) => a - b)
          .filter(([day], at, all) => at === 0 || all[at - 1]![0] < day)
          .map(([day], at, all) => {
            const share = [...all.map((each) => each[1])].sort((a, b) => a - b)[at]!;
            const byRateWh = wh.map((each) => Math.floor(each * share));
            return { days: day, energyWh: byRateWh[0]! + byRateWh[1]!, byRateWh };
          });
        const use = { energyWh: wh[0]! + wh[1]!, byRateWh: wh, days, fromDay, exportWh, marks };
        const sorted = [...changes].sort((a, b) => a - b);
        const versions = sorted.map((day) => ({ fromDay: day, tariff }));
        const parts = splitMonth({ ...tariff, changes: versions }, use).map((part) => part.use);
        const sum = (of: (part: MonthUse) => number): number =>
          parts.reduce((total, part) => total + of(part), 0);
        expect(sum((part) => part.days)).toBe(days);
        expect(sum((part) => part.energyWh)).toBe(use.energyWh);
        expect([0, 1].map((rate) => sum((part) => part.byRateWh[rate]!))).toEqual(wh);
        expect(sum((part) => part.exportWh!)).toBe(exportWh);
        expect(Math.min(...parts.flatMap(({ byRateWh }) => byRateWh))).toBeGreaterThanOrEqual(0);
        expect(parts[0]!.fromDay).toBe(fromDay);
      }),
      { seed: 20_260_112, numRuns: 500 },
    );
  });

  // Without prices for the whole use there is no cliff: only roundings of a Wh an edge and a coin a line are left.
  test("to the same prices costs the same, but for roundings", () => {
    const same = writtenTariff(`${SLABS}changes: [{ from: "2026-04-11", file: new.yaml }]\n`, {
      "new.yaml": SLABS,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900_000 }), (energyWh) => {
        const use = { ...april, energyWh, byRateWh: [] };
        const undivided = totalOf(priceMonth(writtenTariff(SLABS), use));
        expect(Math.abs(totalOf(priceMonth(same, use)) - undivided)).toBeLessThanOrEqual(10);
      }),
      { seed: 20_260_112, numRuns: 100 },
    );
  });
});

describe("Uttar Pradesh HV-1, every unit a kVAh", () => {
  const hv = shippedTariff("uttar-pradesh-hv-1");
  const month = (kVAh: number, demandKva: number): MonthUse =>
    units(0.96 * kVAh, {
      apparentVah: kVAh * 1000,
      demand: demandKva * 1000,
      contract: 20_000,
    });

  test("2400 kWh at a power factor of 0.96 are 2500 kVAh, and come to 29293.75 rupees", () => {
    expect(billed(hv, month(2500, 12.5))).toEqual([
      ["Units 0 to 2500", 2_080_000], // 2500 × 8.32
      ["Demand, 75 % of the contract", 645_000], // 15 kVA × 430
      ["Electricity duty", 204_375], // 7.5 % of 20800.00 + 6450.00 = 27250.00
      ["", 2_929_375],
    ]);
    expect(priceMonth(hv, month(2500, 12.5))[0]).toMatchObject({
      unit: "VAh",
      quantity: 2_500_000,
    });
  });

  test("3000 kVAh, and 22 kVA of a contract of 20, come to 38119.50 rupees", () => {
    expect(billed(hv, month(3000, 22))).toEqual([
      ["Units 0 to 2500", 2_080_000],
      ["Units above 2500", 434_000], // 500 × 8.68
      ["Demand, recorded", 860_000], // 20 kVA × 430
      ["Demand above the contract", 172_000], // 2 kVA × 860
      ["Electricity duty", 265_950], // 7.5 % of 35460.00
      ["", 3_811_950],
    ]);
  });

  test("what no register has measured is billed in kWh by the contract, and says so", () => {
    const lines = billed(hv, units(2400, { contract: 20_000, isUnmeasured: true }));
    expect(lines.slice(0, 3)).toEqual([
      ["Units 0 to 2500", 1_996_800], // 2400 × 8.32
      ["Demand, 75 % of the contract", 645_000],
      ["Demand and power factor were not measured: by the contract", 0],
    ]);
  });

  test("knows no prices by time, and no export", () => {
    const written = (more: string) => (): unknown =>
      writtenTariff(`id: t\ntitle: T\ncurrency: INR\nenergyUnit: kVAh\n${more}`);
    const slabs = "blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 1 }]\n";
    expect(written(`${slabs}export: { kind: net-metering }`)).toThrow(
      "t.yaml:4:1 energyUnit: what is fed in is counted in kWh; a tariff in kVAh has no export",
    );
    const times = `kind: time-of-use
rates: [{ id: a, title: A, priceMilliMinorPerKWh: 1 }, { id: b, title: B, priceMilliMinorPerKWh: 2 }]
otherwise: a
`;
    expect(written(times)).toThrow("a meter's kVAh register knows no rates");
  });
});

describe("Tamil Nadu LA-1A, a bill every two months", () => {
  const twoMonths = shippedTariff("tamil-nadu-la-1");
  const cycle = (kWh: number, days = 61): MonthUse => units(kWh, { days, monthDays: 61 });

  test("420 units come to 1569.00 rupees: the slabs of a month count twice", () => {
    expect(billed(twoMonths, cycle(420))).toEqual([
      ["Units 0 to 100", 0],
      ["Units 100 to 400", 144_000], // 300 × 4.80
      ["Units 400 to 500", 12_900], // 20 × 6.45
      ["", 156_900],
    ]);
  });

  test("1100 units reach the last slab and come to 7760.00 rupees", () => {
    // 300 × 4.80, 100 × 6.45, 100 × 8.55, 200 × 9.65, 200 × 10.70, 100 × 11.80.
    expect(totalOf(priceMonth(twoMonths, cycle(1100)))).toBe(
      144_000 + 64_500 + 85_500 + 193_000 + 214_000 + 118_000,
    );
  });

  test("twenty of its sixty-one days have slabs of that part", () => {
    expect(billed(twoMonths, cycle(40, 20))).toEqual([
      ["Units 0 to 32.787", 0], // 100 × 20 of 61
      ["Units 32.787 to 131.148", 3_462], // 7.213 × 4.80 = 34.6224
      ["", 3_462],
    ]);
  });

  test("charges and minimum of a month count twice too, and the line says it", () => {
    const tariff = writtenTariff(`${SLABS}cycleMonths: 2\nminimumMinor: 50000\n`);
    const lines = priceMonth(tariff, cycle(0));
    expect(lines[0]).toMatchObject({ label: "Fixed charge", amountMinor: 18_000 }); // 2 × 90.00
    expect(lines.at(-1)).toMatchObject({ charge: "minimum", amountMinor: 82_000 });
    expect(partText(lines[0]!.part!)).toBe(" × 2 months");
  });
});
