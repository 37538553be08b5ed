// `meterville tariff try` as people and scripts use it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { BillLine } from "../../sim/contract/billing.ts";
import { meterville, metervilleJson, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const shipped = (name: string): string => `scenarios/tariffs/${name}.yaml`;
const tried = (...args: readonly string[]) => meterville("tariff", "try", ...args);

interface Tried {
  readonly tariff: string;
  readonly currency: string;
  readonly bills: readonly {
    readonly energyWh: number;
    readonly lines: readonly BillLine[];
    readonly totalMinor: number;
  }[];
}

describe("tariff try", () => {
  test("prints lines and total of each use with --json", async () => {
    const args = [shipped("kerala-lt-1a"), "--kwh", "220,250,251,280"];
    const found = await metervilleJson<Tried>("tariff", "try", ...args);
    expect(found).toMatchObject({ tariff: "kerala-lt-1a", currency: "INR" });
    const energy = found.bills.map(({ lines }) =>
      lines.reduce((sum, line) => sum + (line.charge === "energy" ? line.amountMinor : 0), 0),
    );
    // Kerala LT-1A from 1 November 2023, energy alone.
    expect(energy).toEqual([113_150, 137_750, 160_640, 179_200]);
    for (const { lines, totalMinor } of found.bills) {
      expect(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(totalMinor);
    }
  });

  test("prints a table with money as its currency is written", async () => {
    const { stdout, exitCode } = await tried(
      ...[shipped("economy-7"), "--by-rate", "200,100", "--days", "31"],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Two rates, .*: 300 kWh, 2026-01-01 to 2026-01-31$/m);
    expect(stdout).toMatch(/^ {2}Day units +200 kWh × £0\.285 +£57\.00$/m);
    expect(stdout).toMatch(/^ {2}VAT +5 % of £86\.63 +£4\.33$/m);
    expect(stdout).toMatch(/^ {2}Total +£90\.96$/m);
  });

  test("writes lakhs as they are written in India, and yen without decimals", async () => {
    const rupees = await tried(shipped("maharashtra-lt-1b"), "--kwh", "10000");
    expect(rupees.stdout).toMatch(/Total +₹2,\d\d,\d\d\d\.\d\d/);
    const file = join(folder.path, "yen.yaml");
    const blocks = "blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 29500 }]";
    writeFileSync(file, `id: yen\ntitle: Yen\ncurrency: JPY\n${blocks}\n`);
    const yen = await tried(file, "--kwh", "100");
    expect(yen.stdout).toMatch(/All units +100 kWh × ¥29\.5 +¥2,950$/m);
  });

  // Seven of 24 hours are cheap: of 240 kWh, 70.
  test("spreads use over the hours of each rate where nobody splits it", async () => {
    const { stdout } = await tried(shipped("economy-7"), "--kwh", "240");
    expect(stdout).toMatch(/Day units +170 kWh/);
    expect(stdout).toMatch(/Night units +70 kWh/);
  });

  test("takes demand, power factor, export, parts of a month and prepaid tariffs", async () => {
    const runs = [
      [
        ...[shipped("india-commercial-demand"), "--by-rate", "2400,3100,1250", "--demand-kva"],
        ...["46.2", "--contract", "40", "--power-factor", "0.87"],
      ],
      [shipped("kerala-net-metering"), "--kwh", "280", "--export-kwh", "110"],
      [shipped("kerala-lt-1a"), "--kwh", "40", "--days", "10", "--month-days", "30"],
      [shipped("india-prepaid"), "--kwh", "100"],
    ];
    const totals: number[] = [];
    for (const args of runs) {
      const { bills } = await metervilleJson<Tried>("tariff", "try", ...args);
      totals.push(bills[0]!.totalMinor);
    }
    // Worked by hand in test/utility/worked-bills.test.ts.
    expect(totals).toEqual([8_405_900, 109_528, 19_957, 78_000]);
  });

  test("divides a month in which the tariff changes", async () => {
    mkdirSync(join(folder.path, "changing"));
    const text = (price: number): string =>
      `id: t\ntitle: T\ncurrency: INR\nblocks: [{ uptoKWh: null, priceMilliMinorPerKWh: ${price} }]\n`;
    writeFileSync(join(folder.path, "changing/new.yaml"), text(600_000));
    const changes = 'changes: [{ from: "2026-04-11", file: new.yaml }]\n';
    const file = join(folder.path, "changing/old.yaml");
    writeFileSync(file, `${text(500_000)}${changes}`);
    const { stdout } = await tried(file, "--kwh", "300", "--from", "2026-04-01");
    expect(stdout).toMatch(/1 to 10 Apr: All units +100 kWh × ₹5\.00 +₹500\.00/);
    expect(stdout).toMatch(/11 to 30 Apr: All units +200 kWh × ₹6\.00 +₹1,200\.00/);
  });
});

describe("tariff try refuses with one sentence and exit code 2", () => {
  const KERALA = shipped("kerala-lt-1a");
  test.each([
    [[KERALA], "give --kwh 220, or --kwh 50,220,251"],
    [[KERALA, "--kwh", "-5"], "--kwh -5: write 0 or more, with at most three decimals"],
    [[KERALA, "--kwh", "5,,6"], "--kwh : write 0 or more"],
    [[KERALA, "--kwh", "lots"], "--kwh lots: write 0 or more"],
    [[KERALA, "--kwh", "1e99"], "--kwh 1e99: write 0 or more"],
    [[KERALA, "--kwh", "9999999999"], "--kwh 9999999999: write at most 10000000"],
    [[KERALA, "--by-rate", "1,2"], "--by-rate 1,2: kerala-lt-1a has no rates; give --kwh"],
    [[shipped("economy-7"), "--by-rate", "1"], "--by-rate 1: economy-7 has 2 rates: day, night"],
    [
      [shipped("economy-7"), "--by-rate", "1,2", "--kwh", "3"],
      "give --kwh, or --by-rate with the use of each rate, not both",
    ],
    [[KERALA, "--kwh", "5", "--days", "0"], "write a whole number, 1 or more"],
    [[KERALA, "--kwh", "5", "--days", "367"], "write at most 366"],
    [[KERALA, "--kwh", "5", "--from", "2026-02-30"], "--from 2026-02-30: there is no such day"],
    [[KERALA, "--kwh", "5", "--from", "soon"], "--from soon: there is no such day"],
    [[KERALA, "--kwh", "5", "--demand-kva", "3"], "--demand-kva: kerala-lt-1a charges no demand"],
    [
      [shipped("karnataka-lt-1"), "--kwh", "5", "--demand-kva", "3"],
      "--demand-kva: karnataka-lt-1 charges demand in kW; give --demand-kw",
    ],
    [
      [shipped("india-commercial-demand"), "--kwh", "5", "--power-factor", "87"],
      "--power-factor 87: write 0 to 1, such as 0.87",
    ],
    [[KERALA, "--kwh", "5", "--export-kwh", "3"], "--export-kwh: kerala-lt-1a pays nothing"],
    [["none.yaml", "--kwh", "5"], "there is no file none.yaml"],
    [["scenarios", "--kwh", "5"], "cannot read scenarios: it is a folder"],
    [["scenarios/first-street.yaml", "--kwh", "5"], "unknown key"],
  ])("%j", async (args, says) => {
    const { stdout, stderr, exitCode } = await tried(...args);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([exitCode, stdout]).toEqual([2, ""]);
  });

  test("slabs that overlap are told with file, line and column", async () => {
    const file = join(folder.path, "overlap.yaml");
    const rows = [
      "  - { uptoKWh: 100, priceMilliMinorPerKWh: 400000 }",
      "  - { fromKWh: 80, uptoKWh: null, priceMilliMinorPerKWh: 500000 }",
    ];
    writeFileSync(file, `id: t\ntitle: T\ncurrency: INR\nblocks:\n${rows.join("\n")}\n`);
    const { stderr, exitCode } = await tried(file, "--kwh", "5");
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `${file}:6:7 blocks.1.fromKWh: begins at 80, within what goes up to 100: these slabs overlap; write 100\n`,
    );
  });
});
