import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JournalEntry } from "../../sim/contract/input.ts";
import type { DeviceAnswer } from "../../sim/contract/meter-device.ts";
import { continueJournal, createJournal, readJournal } from "../../sim/host/journal.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const SCENARIO = { scenarioSha256: "ab".repeat(32), seed: 7 };
const ENTRY: JournalEntry = {
  sequence: 1,
  takesEffectAtMs: 60_000,
  kind: "input",
  input: { kind: "trip", target: "supply-05" },
};

function write(name: string, entries: readonly JournalEntry[]): string {
  const path = join(folder.path, name);
  const journal = createJournal(path, { version: 2, ...SCENARIO, runId: "run" });
  for (const entry of entries) journal.append(entry);
  journal.close();
  return path;
}

test("an entry is in the file before append returns", () => {
  const path = join(folder.path, "open.ndjson");
  const journal = createJournal(path, { version: 2, ...SCENARIO, runId: "run" });
  journal.append(ENTRY);
  expect(readFileSync(path, "utf8").trim().split("\n").at(-1)).toBe(JSON.stringify(ENTRY));
  journal.close();
});

test("what was written comes back in order", () => {
  const path = write("two.ndjson", [ENTRY, { ...ENTRY, sequence: 2 }]);
  expect(readJournal(path, SCENARIO)).toEqual([ENTRY, { ...ENTRY, sequence: 2 }]);
});

test("a last line that was cut off was never acknowledged and is left out", () => {
  const path = write("cut.ndjson", [ENTRY]);
  appendFileSync(path, '{"sequence":2,"takesEf');
  expect(readJournal(path, SCENARIO)).toEqual([ENTRY]);
});

test("a journal that goes on cuts away what was left of a line, and appends behind the whole ones", () => {
  const path = write("on.ndjson", [ENTRY]);
  appendFileSync(path, '{"sequence":2,"takesEf');
  const journal = continueJournal(path);
  expect(readFileSync(path, "utf8").endsWith("\n")).toBe(true);
  journal.append({ ...ENTRY, sequence: 2 });
  journal.close();
  expect(readJournal(path, SCENARIO).map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test("a damaged line in the middle is refused with its number", () => {
  const path = write("hole.ndjson", [ENTRY, { ...ENTRY, sequence: 2 }]);
  const lines = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, [lines[0], "{", ...lines.slice(2)].join("\n"));
  expect(() => readJournal(path, SCENARIO)).toThrow(/hole\.ndjson:2: not a line of a journal/);
});

const answered = (sequence: number, importWh: number): JournalEntry => ({
  sequence,
  takesEffectAtMs: 1000 * sequence,
  kind: "answers",
  answers: [
    { kind: "outputs", supply: "supply-05", outputs: { registers: { importWh } } },
  ] as unknown as readonly DeviceAnswer[],
});

test("answers of boards are short lines between the inputs, also where a journal goes on", () => {
  const entries = [answered(1, 70), answered(2, 71), { ...ENTRY, sequence: 3 }, answered(4, 73)];
  const path = write("answers.ndjson", entries);
  const journal = continueJournal(path);
  journal.append(answered(5, 74));
  journal.close();
  expect(readJournal(path, SCENARIO)).toEqual([...entries, answered(5, 74)]);
  expect(readFileSync(path, "utf8").trim().split("\n").at(-1)).toMatch(/^~.{8}$/);
});

test("an answer's line that was cut off or damaged is no answer", () => {
  const path = write("torn.ndjson", [answered(1, 70), answered(2, 71)]);
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, whole.slice(0, -3));
  expect(readJournal(path, SCENARIO)).toEqual([answered(1, 70)]);
  writeFileSync(path, `${whole.slice(0, -5)}\n`);
  expect(() => readJournal(path, SCENARIO)).toThrow(/torn\.ndjson:3: not a line of a journal/);
});

test("a journal of the first version, with answers as JSON, is read and gone on with", () => {
  const path = join(folder.path, "first.ndjson");
  const header = JSON.stringify({ version: 1, ...SCENARIO, runId: "x" });
  writeFileSync(path, `${header}\n${JSON.stringify(answered(1, 70))}\n`);
  const journal = continueJournal(path);
  journal.append(answered(2, 71));
  journal.close();
  expect(readJournal(path, SCENARIO)).toEqual([answered(1, 70), answered(2, 71)]);
});

test("a journal of another seed is refused", () => {
  const path = write("seed.ndjson", [ENTRY]);
  expect(() => readJournal(path, { ...SCENARIO, seed: 8 })).toThrow(/seed 7.*seed 8/);
});

test("a journal of a later version is refused", () => {
  const path = join(folder.path, "later.ndjson");
  writeFileSync(path, `${JSON.stringify({ version: 3, ...SCENARIO, runId: "x" })}\n`);
  expect(() => readJournal(path, SCENARIO)).toThrow(/not a journal of version 1 or 2/);
});
