// `meterville report` on a recording, on one that was cut off, and what it refuses.

import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { meterville, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
const recording = join(folder.path, "street.mcap");
const [html, pdf] = [join(folder.path, "report.html"), join(folder.path, "report.pdf")];

beforeAll(async () => {
  const run = ["run", "scenarios/three-lanes.yaml", "--days", "4", "--step", "5min"];
  expect((await meterville(...run, "--out", recording)).exitCode).toBe(0);
});
afterAll(() => folder.remove());

const report = (...args: readonly string[]) => meterville("report", recording, ...args);

test("a report has plots, totals and the command that gives the run again, the same bytes each time", async () => {
  const { exitCode, stdout } = await report("--html", html, "--pdf", pdf);
  expect([exitCode, stdout]).toEqual([0, `${html}, ${pdf} written\n`]);
  const page = readFileSync(html, "utf8");
  expect(page.match(/<figure>/g)).toHaveLength(5);
  expect(page).toContain("4d from 2026-01-12 00:00 to 2026-01-16 00:00");
  expect(page).toContain("mast-1 is down");
  const again = /meterville (run [^\n#]+?) +#/.exec(page)![1]!.split(" ");
  const { stdout: json } = await meterville(...again, "--json");
  const { finalHash } = JSON.parse(json) as { finalHash: string };
  expect(page).toContain(`final hash ${finalHash}`);
  const first = readFileSync(pdf);
  expect(first.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(1);
  await report("--pdf", pdf);
  expect(readFileSync(pdf).equals(first)).toBe(true);
});

test("where the truth of a run is hidden, its report holds none", async () => {
  const hiding = { version: 1, isHidden: true, code: null };
  writeFileSync(join(folder.path, "hiding.json"), JSON.stringify(hiding));
  const secret = join(folder.path, "secret.html");
  const { exitCode } = await report("--html", secret);
  expect(exitCode).toBe(0);
  writeFileSync(join(folder.path, "hiding.json"), JSON.stringify({ ...hiding, isHidden: false }));
  const page = readFileSync(secret, "utf8");
  expect(page).toContain("The truth is hidden");
  for (const word of ["stolen", "at the source", "mast-1", "Voltage", "final hash"]) {
    expect(page, word).not.toContain(word);
  }
});

test("of a recording that was cut off, what is whole is told, and that totals are missing", async () => {
  const cut = join(folder.path, "cut.mcap");
  const bytes = readFileSync(recording);
  writeFileSync(cut, bytes);
  truncateSync(cut, Math.floor(bytes.length * 0.7));
  const out = join(folder.path, "cut.html");
  const { exitCode, stderr } = await meterville("report", cut, "--html", out);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("cut off at");
  expect(readFileSync(out, "utf8")).toContain("totals are missing");
});

test("what it cannot do it says", async () => {
  const none = await report();
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    "say where the report goes: --html report.html, --pdf report.pdf, or both\n",
  ]);
  const over = await report("--pdf", recording);
  expect(over.exitCode).toBe(2);
  expect(over.stderr).toContain("give another file");
  expect(readFileSync(recording).subarray(1, 5).toString()).toBe("MCAP");
  const gone = await meterville("report", join(folder.path, "gone.mcap"), "--html", html);
  expect(gone.exitCode).toBe(2);
  expect(gone.stderr).toContain("there is no file");
});
