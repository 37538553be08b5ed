// What is wrong with a tariff file is said with file, line and column, and with what to write instead.

import { describe, expect, test } from "vitest";
import { ScenarioError } from "../../sim/engine/scenario/problem.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { priceMonth } from "../../sim/utility/billing/tariff.ts";
import { writtenTariff } from "../support/tariffs.ts";

const SLAB = `id: t
title: T
currency: INR
blocks:
  - { fromKWh: 0, uptoKWh: 100, priceMilliMinorPerKWh: 4000 }
  - { fromKWh: 100, uptoKWh: 250, priceMilliMinorPerKWh: 6000 }
wholeUse:
  - { uptoKWh: 400, priceMilliMinorPerKWh: 7000 }
  - { uptoKWh: null, priceMilliMinorPerKWh: 8000 }
fixed:
  - { uptoKWh: 50, monthlyMinor: 100 }
  - { uptoKWh: null, monthlyMinor: 200 }
`;
const TIMES = `kind: time-of-use
id: t
title: T
currency: INR
rates:
  - { id: day, title: Day, priceMilliMinorPerKWh: 7000 }
  - { id: night, title: Night, priceMilliMinorPerKWh: 4000 }
otherwise: day
seasons:
  - from: "04-01"
    until: "09-30"
    windows: [{ rate: night, from: "22:00", until: "06:00" }]
  - from: "10-01"
    until: "03-31"
    windows: [{ rate: night, from: "23:00", until: "07:00" }]
`;
const row = (price: number, count: number): string => Array(count).fill(price).join(", ");
const SLOTS = `kind: half-hourly
id: t
title: T
currency: GBP
slots:
  - { from: "00:00", pricesMilliMinorPerKWh: [${row(9000, 24)}] }
  - { from: "12:00", pricesMilliMinorPerKWh: [${row(-5000, 24)}] }
`;

function refusal(text: string, beside: Readonly<Record<string, string>> = {}): string {
  try {
    writtenTariff(text, beside);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
}

test("the dearest file and the largest use come to money that is still exact", () => {
  const rows = (text: string): string => Array(16).fill(text).join(", ");
  const dear = writtenTariff(
    `${SLAB.replace("8000", "1000000000")}` +
      `surcharges: [${rows("{ title: S, priceMilliMinorPerKWh: 1000000000 }")}]\n` +
      `taxes: [${rows("{ title: X, percent: 200, on: all }")}]\n`,
  );
  const lines = priceMonth(dear, { energyWh: 1e10, byRateWh: [], days: 30 });
  // 10⁷ kWh × 10⁶ coins, seventeen times, and 32 times that in taxes, and a fixed charge of 200 taxed alike.
  expect(totalOf(lines)).toBe(17 * 33 * 1e13 + 33 * 200);
});

test("the files that are spoilt below are right before", () => {
  expect([SLAB, TIMES, SLOTS].map((text) => refusal(text))).toEqual(["", "", ""]);
});

describe("slabs", () => {
  test.each([
    [
      "fromKWh: 100,",
      "fromKWh: 80,",
      "t.yaml:6:7 blocks.1.fromKWh: begins at 80, within what goes up to 100: these slabs overlap; write 100",
    ],
    [
      "fromKWh: 100,",
      "fromKWh: 120,",
      "t.yaml:6:7 blocks.1.fromKWh: begins at 120, and units 100 to 120 have no price; write 100, or add a slab between",
    ],
    [
      "fromKWh: 0, uptoKWh: 100",
      "fromKWh: 10, uptoKWh: 100",
      "t.yaml:5:7 blocks.0.fromKWh: begins at 10, and units 0 to 10 have no price",
    ],
    [
      "fromKWh: 100, uptoKWh: 250",
      "uptoKWh: 90",
      "t.yaml:6:7 blocks.1.uptoKWh: 90 is not above 100, where the one before it ends; write slabs in rising order",
    ],
    [
      "fromKWh: 100, uptoKWh: 250",
      "fromKWh: 100, uptoKWh: 60",
      "t.yaml:6:21 blocks.1.uptoKWh: ends at 60, where it has not begun: it begins at 100",
    ],
    ["uptoKWh: 250", "uptoKWh: -250", "blocks.1.uptoKWh: write kWh, more than 0"],
    ["uptoKWh: 400", "uptoKWh: 200", "t.yaml:8:7 wholeUse.0.uptoKWh: 200 is not above 250"],
    [
      "uptoKWh: null, priceMilli",
      "uptoKWh: 900, priceMilli",
      "t.yaml:9:7 wholeUse.1.uptoKWh: months above 900 units have no price; end the last row with uptoKWh: null",
    ],
    [
      "uptoKWh: 100,",
      "uptoKWh: null,",
      "t.yaml:6:21 blocks.1.uptoKWh: the row before it has no end (null), and only the last may have none",
    ],
    [
      "uptoKWh: 250",
      "uptoKWh: null",
      "t.yaml:7:1 wholeUse: its prices are never reached: the last of the blocks has no end; give it one",
    ],
    [
      "uptoKWh: null, monthly",
      "uptoKWh: 90, monthly",
      "t.yaml:12:7 fixed.1.uptoKWh: months above 90 units have no fixed charge",
    ],
    ["uptoKWh: 50,", "uptoKWh: null,", "fixed.1.uptoKWh: the row before it has no end"],
  ])("is refused where %s became %s, row %#", (from, to, says) => {
    expect(refusal(SLAB.replace(from, to))).toContain(says);
  });

  test("without an open end are refused where nothing else holds above them", () => {
    const closed = SLAB.replace(/wholeUse:[\s\S]*?(?=fixed:)/, "");
    expect(refusal(closed)).toBe(
      "t.yaml:6:21 blocks.1.uptoKWh: units above 250 have no price; end the last block with uptoKWh: null, or add wholeUse",
    );
  });

  test("tell everything that is wrong at once", () => {
    const both = SLAB.replace("fromKWh: 100,", "fromKWh: 80,").replace(
      "null, monthly",
      "9, monthly",
    );
    expect(refusal(both).split("\n").length).toBeGreaterThan(1);
  });
});

describe("seasons and windows", () => {
  test.each([
    [
      'from: "10-01"',
      'from: "09-16"',
      "t.yaml:13:5 seasons.1: 09-16 lies in season 0 too (04-01 to 09-30); let one end where the other begins",
    ],
    ['until: "03-31"', 'until: "04-02"', "seasons.1: 04-01 lies in season 0 too"],
    ['until: "09-30"', 'until: "09-31"', "seasons.0.until: there is no day 09-31 in any year"],
    [
      'until: "07:00" }',
      'until: "07:00" }, { rate: day, from: "06:30", until: "08:00" }',
      "seasons.1.windows.1: 06:30 to 08:00 overlaps window 0, 23:00 to 07:00 (night); let one end where the other begins",
    ],
    ["rate: night", "rate: nigth", "there is no rate nigth; did you mean night?"],
    ["4000 }", "-4000 }", "rates.1.priceMilliMinorPerKWh: a price is 0 or more"],
  ])("is refused where %s became %s, row %#", (from, to, says) => {
    expect(refusal(TIMES.replace(from, to))).toContain(says);
  });

  test("29 February is a day, and a season may lie across the turn of the year", () => {
    const leap = TIMES.replace('from: "10-01"', 'from: "10-01"').replace('"03-31"', '"02-29"');
    expect(refusal(leap)).toBe("");
  });

  test("windows of other days may share hours: the first that holds does", () => {
    const two = `{ rate: night, from: "00:00", until: "00:00", days: days-off }, { rate: day, from: "06:00", until: "22:00" }`;
    const text = TIMES.replace('[{ rate: night, from: "22:00", until: "06:00" }]', `[${two}]`);
    expect(refusal(text)).toBe("");
  });
});

describe("a day of slots", () => {
  test.each([
    [
      `[${row(9000, 24)}]`,
      `[${row(9000, 20)}]`,
      "t.yaml:7:7 slots.1.from: 10:00 to 12:00 has no price; begin this row at 10:00, or add one before it",
    ],
    [
      `[${row(9000, 24)}]`,
      `[${row(9000, 25)}]`,
      "t.yaml:7:7 slots.1.from: 12:00 to 12:30 has a price already; begin this row at 12:30",
    ],
    [
      `[${row(-5000, 24)}]`,
      `[${row(-5000, 22)}]`,
      "t.yaml:5:1 slots: 23:00 to 24:00 has no price; add 2 more, slots of 30 min",
    ],
    [
      `[${row(-5000, 24)}]`,
      `[${row(-5000, 26)}]`,
      "slots.1.pricesMilliMinorPerKWh: runs 2 slots past midnight; a day from 12:00 has room for 24",
    ],
    ["slots:", "slotMinutes: 15\nslots:", "to 24:00 has no price"],
    [
      "slots:",
      "slotMinutes: 15\nslots:",
      "slotMinutes: slots of 15 min are not made of whole intervals of the meters (30 min)",
    ],
    ["slots:", "slotMinutes: 20\nslots:", "slotMinutes:"],
  ])("is refused where %s became %s, row %#", (from, to, says) => {
    expect(refusal(SLOTS.replace(from, to))).toContain(says);
  });
});

describe("the rest of a bill", () => {
  test.each([
    ["rounding: { to: 100 }\nminimumMinor: 5050", "minimumMinor: write a multiple of 100"],
    ["rounding: { to: 0 }", "rounding.to:"],
    ["dutyPercent: 101", "dutyPercent: a part is at most 100 %"],
    ["dutyPercent: 1.0005", "dutyPercent: a percentage is 0 to 200, in thousandths at the finest"],
    ["surcharges: [{ title: Fuel, priceMilliMinorPerKWh: 0.5 }]", "write whole thousandths"],
    ["powerFactor: { penaltyBelow: 90 }", "powerFactor.penaltyBelow: a power factor is 0 to 1"],
    [
      "powerFactor: { penaltyBelow: 0.95, incentiveAbove: 0.9 }",
      "powerFactor.penaltyBelow: is above incentiveAbove (0.9)",
    ],
    ["demand: { priceMilliMinor: 1000, excessPercent: 50 }", "demand.excessPercent: write 100"],
    ["demand: { unit: kva, priceMilliMinor: 1000 }", "demand.unit:"],
    ["rebates: [{ title: R }]", "rebates.0: write exactly one of percent, priceMilliMinorPerKWh"],
    ["rebates: [{ title: R, percent: 5, monthlyMinor: 3 }]", "rebates.0: write exactly one of"],
    ["rebates: [{ title: R, percent: 5, firstKWh: 3 }]", "rebates.0.firstKWh: it limits a price"],
    ["export: { kind: feed-in }", "export"],
    ["surcharge: []", "surcharge: unknown key; did you mean surcharges?"],
  ])("is refused with %j", (line, says) => {
    const said = refusal(`${SLAB}${line}\n`);
    expect(said).toContain(says);
    expect(said).toMatch(/^t\.yaml:1[3-5]:/);
  });

  test("net metering is refused where prices go by time, and says what to write", () => {
    expect(refusal(`${TIMES}export: { kind: net-metering }\n`)).toMatch(
      /^t\.yaml:16:11 export\.kind: net metering .* write kind: net-billing$/,
    );
  });
});

describe("later versions", () => {
  const change = (from: string, file: string): string =>
    `${SLAB}changes: [{ from: "${from}", file: ${file} }]\n`;
  const newer = SLAB.replace("4000", "4500");
  test.each([
    [change("2026-02-30", "new.yaml"), "changes.0.from: there is no day 2026-02-30"],
    [change("1 April", "new.yaml"), "changes.0.from: write a date as 2026-04-01, in quotes"],
    [change("2026-04-01", "none.yaml"), "changes.0.file: there is no file none.yaml"],
    [change("2026-04-01", "t.yaml"), "changes.0.file: is this file itself"],
    [change("2026-04-01", "pounds.yaml"), "is in GBP; a tariff keeps its currency, INR"],
    [change("2026-04-01", "times.yaml"), "changes.0.file: is of another kind"],
    [change("2026-04-01", "more.yaml"), "more.yaml has changes of its own; list them here"],
    [change("2026-04-01", "bad.yaml"), "bad.yaml:6:7 blocks.1.fromKWh: begins at 80"],
    [
      `${SLAB}changes: [{ from: "2026-04-01", file: new.yaml }, { from: "2026-03-01", file: new.yaml }]\n`,
      "changes.1.from: 2026-03-01 is not after the change before it; write them in order",
    ],
    [
      `${TIMES}changes: [{ from: "2026-04-01", file: other.yaml }]\n`,
      "has the rates day, evening; registers go on only with the same ones: day, night",
    ],
  ])("are refused, row %#", (text, says) => {
    const beside = {
      "new.yaml": newer,
      "pounds.yaml": newer.replace("INR", "GBP"),
      "times.yaml": TIMES,
      "other.yaml": TIMES.replaceAll("night", "evening"),
      "more.yaml": change("2027-04-01", "new.yaml"),
      "bad.yaml": SLAB.replace("fromKWh: 100,", "fromKWh: 80,"),
    };
    expect(refusal(text, beside)).toContain(says);
  });

  test("are read from beside the file, by their dates", () => {
    const tariff = writtenTariff(change("2026-04-01", "new.yaml"), { "new.yaml": newer });
    expect(tariff.changes).toMatchObject([
      { fromDay: 20_544, tariff: { blocks: [{ priceMilliMinorPerKWh: 4500 }, {}] } },
    ]);
  });
});
