// A million bills as columns are the bills that priceMonth makes one by one, to the coin and charge by charge.

import fc from "fast-check";
import { expect, test } from "vitest";
import { BILL_CHARGES } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { createBills, priceColumns } from "../../sim/utility/billing/bulk.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import {
  type PostpaidTariff,
  priceMonth,
  type SlabTariff,
  type TimeOfUseTariff,
} from "../../sim/utility/billing/tariff.ts";
import type { BillTerms, Tax } from "../../sim/utility/billing/terms.ts";
import { shippedTariff, writtenTariff } from "../support/tariffs.ts";

const price = fc.oneof(
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
);
const coins = fc.integer({ min: 0, max: 100_000 }).map(minor);
const percent = fc.integer({ min: 0, max: 30_000 }).map((thousandths) => thousandths / 1000);
const taxes: fc.Arbitrary<readonly Tax[]> = fc.array(
  fc.record({
    title: fc.constant("Tax"),
    percent,
    on: fc.constantFrom("energy", "energy-and-surcharges", "energy-and-fixed", "all"),
  }),
  { maxLength: 3 },
);
const surcharge = fc.record({ title: fc.constant("S"), priceMilliMinorPerKWh: price });
const rent = fc.record({ title: fc.constant("R"), monthlyMinor: coins, taxPercent: percent });
const plain = {
  surcharges: fc.array(surcharge, { maxLength: 2 }),
  rents: fc.array(rent, { maxLength: 2 }),
  minimumMinor: coins,
  roundToMinor: fc.constantFrom(1, 5, 50, 100),
  partMonthDays: fc.constantFrom(28, 30, 31),
};
/** What goes through priceMonth row by row. */
const others = {
  demand: fc.constant({
    ...{ unit: "VA", priceMilliMinorPerKilo: 30_000, contractPercent: 80, excessPercent: 150 },
  } as const),
  export: fc.constant({ kind: "net-billing", title: "E", priceMilliMinorPerKWh: 3 } as const),
};
const terms = fc.record({ ...plain, ...others }, { requiredKeys: [] }) as fc.Arbitrary<BillTerms>;
const plainTerms = fc.record(plain, { requiredKeys: [] }) as fc.Arbitrary<BillTerms>;
const someTerms = fc.oneof({ weight: 4, arbitrary: plainTerms }, { weight: 1, arbitrary: terms });

const head = { id: "t", title: "T", currency: "INR" };
/** Rising edges; the last is open. */
const edges = fc
  .uniqueArray(fc.integer({ min: 1, max: 600 }), { minLength: 0, maxLength: 5 })
  .map((list): readonly (number | null)[] => [...list.sort((a, b) => a - b), null]);
const steps = <Value>(value: fc.Arbitrary<Value>) =>
  edges.chain((upto) =>
    fc.tuple(...upto.map((uptoKWh) => value.map((each) => ({ uptoKWh, value: each })))),
  );
const blocks = steps(price).map((rows) =>
  rows.map(({ uptoKWh, value }) => ({ uptoKWh, priceMilliMinorPerKWh: value })),
);
const slabs: fc.Arbitrary<SlabTariff> = fc
  .record({ blocks, isWhole: fc.boolean(), fixed: steps(coins), dutyPercent: percent, taxes })
  .chain(({ isWhole, fixed, ...rest }) =>
    someTerms.map((of) => ({
      ...head,
      ...rest,
      kind: "slab" as const,
      terms: of,
      fixed: fixed.map(({ uptoKWh, value }) => ({ uptoKWh, monthlyMinor: value })),
      // With prices for the whole use the slabs end where the first of them begins.
      blocks: isWhole && rest.blocks.length > 1 ? rest.blocks.slice(0, -1) : rest.blocks,
      wholeUse: isWhole && rest.blocks.length > 1 ? rest.blocks.slice(-1) : [],
    })),
  );
const byTime: fc.Arbitrary<TimeOfUseTariff> = fc
  .record({
    prices: fc.array(price, { minLength: 1, maxLength: 8 }),
    dailyMilliMinor: fc.integer({ min: 0, max: 100_000 }),
    monthlyMinor: coins,
    taxes,
    terms: someTerms,
  })
  .map(({ prices, ...rest }) => ({
    ...head,
    ...rest,
    kind: "time-of-use" as const,
    rates: prices.map((each, row) => {
      return { id: `r${row}`, title: `R${row}`, priceMilliMinorPerKWh: each };
    }),
    ...{ otherwise: 0, clock: "local" as const, seasons: [] },
  }));

const wh = fc.oneof(
  fc.integer({ min: 0, max: 900_000 }),
  // Around edges, and beyond what a double multiplies exactly.
  fc.integer({ min: 0, max: 600 }).map((kWh) => kWh * 1000),
  fc.integer({ min: 0, max: 2_000_000_000 }),
);
const length = fc.record(
  { days: fc.integer({ min: 1, max: 31 }), monthDays: fc.integer({ min: 28, max: 31 }) },
  { requiredKeys: ["days"] },
);

function compare(
  tariff: PostpaidTariff,
  rows: readonly (readonly number[])[],
  period: { readonly days: number; readonly monthDays?: number; readonly fromDay?: number },
): void {
  const isSlab = tariff.kind === "slab";
  const energyOf = (row: readonly number[]): number => row.reduce((sum, each) => sum + each, 0);
  const bills = createBills(rows.length);
  for (const column of Object.values(bills)) column.fill(7); // of a month before
  const energyWh = Float64Array.from(rows, energyOf);
  const byRateWh = isSlab ? new Float64Array(0) : Float64Array.from(rows.flat());
  priceColumns(tariff, { energyWh, byRateWh, ...period }, bills);
  rows.forEach((row, at) => {
    const byRate = isSlab ? [] : row;
    const lines = priceMonth(tariff, { energyWh: energyOf(row), byRateWh: byRate, ...period });
    for (const charge of BILL_CHARGES) {
      const expected = totalOf(lines.filter((line) => line.charge === charge));
      expect(bills[charge][at], charge).toBe(expected);
    }
    expect(bills.total[at]).toBe(totalOf(lines));
  });
}

test("slabs come to the same coins as bill by bill, whatever the tariff and the use", () => {
  fc.assert(
    fc.property(slabs, fc.array(fc.tuple(wh), { minLength: 1, maxLength: 6 }), length, compare),
    { seed: 20_260_112, numRuns: 600 },
  );
});

test("rates come to the same coins as bill by bill, whatever the tariff and the use", () => {
  const pair = byTime.chain((tariff) => {
    const count = tariff.rates.length;
    const row = fc.array(wh, { minLength: count, maxLength: count });
    return fc.tuple(fc.constant(tariff), fc.array(row, { minLength: 1, maxLength: 6 }));
  });
  fc.assert(
    fc.property(pair, length, ([tariff, rows], period) => compare(tariff, rows, period)),
    { seed: 20_260_112, numRuns: 600 },
  );
});

test.each([
  ["kerala-lt-1a", 1],
  ["maharashtra-lt-1b", 1],
  ["karnataka-lt-1", 1],
  ["kerala-net-metering", 1],
  ["economy-7", 2],
  ["india-tod", 3],
  ["india-commercial-demand", 3],
  ["gb-half-hourly", 48],
])("%s comes to the same coins as bill by bill", (name, rates) => {
  const rows = [0, 1, 39_999, 250_000, 250_001, 613_219].map((each) =>
    Array.from({ length: rates }, (_, rate) => each + 17 * rate),
  );
  compare(shippedTariff(name), rows, { days: 30 });
  compare(shippedTariff(name), rows, { days: 11, monthDays: 30 });
});

test("a tariff that changes within the month does too, and one that changes after it", () => {
  const text = `id: t
title: T
currency: INR
blocks: [{ uptoKWh: 100, priceMilliMinorPerKWh: 4000 }, { uptoKWh: null, priceMilliMinorPerKWh: 9000 }]
`;
  const changing = `${text}changes: [{ from: "2026-04-11", file: new.yaml }]\n`;
  const tariff = writtenTariff(changing, { "new.yaml": text.replace("9000", "9900") });
  const april = 20_544;
  for (const fromDay of [april - 31, april, april + 30]) {
    compare(tariff, [[250_000], [90_001]], { fromDay, days: 30, monthDays: 30 });
  }
});

test("columns of other lengths than the customers are refused", () => {
  const use = { energyWh: new Float64Array(3), byRateWh: new Float64Array(3), days: 30 };
  expect(() => priceColumns(shippedTariff("economy-7"), use, createBills(3))).toThrow(
    "columns of 3 customers and 2 rates expected",
  );
});
