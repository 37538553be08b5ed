// The commands as scripts use them: what stands on stdout, what comes back as exit code, what lies in files.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import { meterville, metervilleJson, temporaryFolder } from "../support/cli.ts";
import { dataFile } from "../support/data.ts";

const STREET = "scenarios/first-street.yaml";
const folder = temporaryFolder();
const file = (name: string): string => join(folder.path, name);
afterAll(() => folder.remove());

/** The keys that scripts rely on, and the kind of value behind each. */
const REPORT_SHAPE = {
  scenario: "string",
  seed: "number",
  simulatedMs: "number",
  finalHash: "string",
  timesRealTime: "number",
  provenance: {
    version: "string",
    commit: "string",
    scenarioSha256: "string",
    stepMs: "number",
    toleranceVoltagePu: "number",
    node: "string",
  },
  energy: {
    sourceKWh: "number",
    secondaryKWh: "number",
    lossesKWh: "number",
    deliveredKWh: "number",
    meteredKWh: "number",
    stolenKWh: "number",
    billedKWh: "number",
  },
  grid: { minVoltageV: "number", maxVoltageV: "number", failedSteps: "number" },
  comms: {
    made: "number",
    sent: "number",
    retried: "number",
    lostOnAir: "number",
    duplicated: "number",
    delivered: "number",
    late: "number",
    waiting: "number",
    reportedMissing: "number",
  },
  commands: {
    sent: "number",
    acknowledged: "number",
    retried: "number",
    expired: "number",
    waiting: "number",
  },
  billing: {
    currency: "string",
    bills: "number",
    billedMinor: "number",
    paidMinor: "number",
    arrearsMinor: "number",
    warnings: "number",
    trips: "number",
    reconnects: "number",
    ledgerBalanceMinor: "number",
  },
  detection: {
    cases: "number",
    found: "number",
    missed: "number",
    falseAlarms: "number",
    meanDelayMs: "number",
  },
  invariantsChecked: "number",
};

function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

describe("run", () => {
  test("--json prints one object with every key and nothing else", async () => {
    const { stdout, stderr, exitCode } = await meterville("run", STREET, "--json");
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toHaveLength(2);
    const report = JSON.parse(stdout) as RunReport;
    // Later keys may come; these stay.
    expect(shapeOf(report)).toMatchObject(REPORT_SHAPE);
    const { made, delivered, waiting, reportedMissing } = report.comms;
    expect(made).toBe(delivered + waiting + reportedMissing);
    const { sourceKWh, deliveredKWh, lossesKWh } = report.energy;
    expect(sourceKWh).toBeCloseTo(deliveredKWh + lossesKWh, 6);
  });

  test("of the European LV feeder gives the published energies, twice with one hash", async (context) => {
    dataFile(context, "feeders/ieee-european-lv/Master.dss");
    const [first, again] = [
      await metervilleJson<RunReport>("run", "scenarios/european-lv.yaml"),
      await metervilleJson<RunReport>("run", "scenarios/european-lv.yaml"),
    ];
    // OpenDSS and GridLAB-D: see grid-reference in test/reference.
    expect(first.energy.secondaryKWh).toBeCloseTo(488.386, 3);
    expect(first.energy.lossesKWh).toBeCloseTo(4.545, 3);
    expect(again.finalHash).toBe(first.finalHash);
  });

  test("tells a person what happened, and how to run it again", async () => {
    const { stdout, exitCode } = await meterville("run", STREET, "--until", "2026-01-13T06:00");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("First Street (first-street), seed 1");
    expect(stdout).toContain("1d6h in steps of 1min");
    expect(stdout).toMatch(/made = \d+ delivered \+ \d+ waiting \+ \d+ missing/);
    expect(stdout).toContain(`meterville run ${STREET} --seed 1`);
  });

  test("exits with 1 where an expectation fails, says which, and JUnit has a case for each", async () => {
    const junit = file("junit.xml");
    const { stderr, exitCode } = await meterville(
      ...["run", STREET, "--days", "12", "--junit", junit],
      ...["--set", "payments.enabled=false", "--set", "expect.0.above=5", "--json"],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/first-street\.yaml:\d+:\d+ .*billing\.trips is above 5, got 1/);
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain('failures="1"');
    expect(xml).toContain("<failure message=");
  });
});

describe("a recording", () => {
  const recording = file("street.mcap");
  test("replays to the same digests, and its CSV agrees with the report", async () => {
    const store = file("street.db");
    const report = await metervilleJson<RunReport>(
      ...["run", STREET, "--days", "11", "--out", recording, "--store", store],
    );
    const replay = await metervilleJson<ReplayResult>("replay", recording);
    expect(replay).toMatchObject({ verified: true, firstDifference: null, steps: 11 * 1440 });
    expect(replay.digestsChecked).toBeGreaterThan(11 * 1440);

    const csv = file("csv");
    const { exitCode } = await meterville("export", recording, "--csv", csv);
    expect(exitCode).toBe(0);
    const registers = rowsOf(join(csv, "belief-supply-12.csv"));
    const lastWh = Number(registers.at(-1)!["importWh"]);
    const meters = rowsOf(join(csv, "truth-supply-12.csv"));
    expect(Math.abs(Number(meters.at(-1)!["importWh"]) - lastWh)).toBeLessThan(3000);
    expect(readdirSync(csv).filter((name) => name.startsWith("belief-supply-"))).toHaveLength(60);

    const database = new DatabaseSync(store, { readOnly: true });
    const [{ n: trips }] = database
      .prepare("select count(*) as n from postings where reason like '%econnection%'")
      .all() as [{ n: number }];
    expect(trips).toBeGreaterThanOrEqual(1);
    const { last, count } = database
      .prepare("select max(sequence) as last, count(*) as count from postings")
      .get() as { last: number; count: number };
    expect(last, "no posting is missing").toBe(count);
    const { paid } = database
      .prepare("select sum(amount_minor) as paid from postings where debit = 'bank'")
      .get() as { paid: number };
    expect(paid).toBe(report.billing.paidMinor);
    database.close();
  });
});

/** A CSV file without quoted commas in the columns that are looked at. */
function rowsOf(path: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(path, "utf8").trim().split("\r\n");
  const columns = head!.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""]));
  });
}

describe("solve", () => {
  const MASTER = "scenarios/first-street/Master.dss";

  test("writes one row a node, named bus.phase in lower case", async () => {
    const csv = file("nodes.csv");
    const { stdout, exitCode } = await meterville("solve", MASTER, "--csv", csv, "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ converged: true });
    const [head, ...rows] = readFileSync(csv, "utf8").trim().split(/\r?\n/);
    expect(head).toBe("node,re_V,im_V,mag_V,ang_deg");
    for (const row of rows) {
      const [node, re, im, magnitude, angle] = row.split(",");
      expect(node).toMatch(/^[a-z0-9-]+\.[123]$/);
      expect(Number(magnitude)).toBeCloseTo(Math.hypot(Number(re), Number(im)), 6);
      expect(Number(angle)).toBeCloseTo((Math.atan2(Number(im), Number(re)) * 180) / Math.PI, 6);
    }
  });

  test("exits with 1 where no voltage carries the load", async () => {
    const master = file("heavy.dss");
    writeFileSync(
      master,
      `Set DefaultBaseFrequency=50
New Circuit.heavy BasekV=0.4 R1=0 X1=0.0001 R0=0 X0=0.0001
New Linecode.c nphases=3 R1=1 X1=0.1 R0=4 X0=0.4 C1=0 C0=0 Units=km
New Line.l Bus1=sourcebus Bus2=b Linecode=c Length=1 Units=km
New Load.big Phases=3 Bus1=b kV=0.4 kW=9000 PF=0.9
`,
    );
    const { stdout, exitCode } = await meterville(
      ...["solve", master, "--load-model", "constant-power", "--json"],
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ converged: false });
  });

  test("--day adds up a day of the European LV feeder in constant power", async (context) => {
    const master = dataFile(context, "feeders/ieee-european-lv/Master.dss");
    const { stdout, exitCode } = await meterville(
      ...["solve", master, "--day", "--load-model", "constant-power", "--json"],
    );
    expect(exitCode).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain("488.38");
  });
});

test("every command says what it does, with an example", async () => {
  for (const command of [
    "run",
    "serve",
    "replay",
    "export",
    "solve",
    "validate",
    "scenarios",
    "compare",
    "runs",
    "ledger",
    "token",
    "board",
    "hil",
  ]) {
    const { stdout, exitCode } = await meterville(command, "--help");
    expect(exitCode, command).toBe(0);
    expect(stdout).toContain(`Usage: meterville ${command}`);
    expect(stdout).toContain("Example:");
  }
});
