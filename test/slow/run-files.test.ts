// A live run's folder, left in the middle as a kill leaves it, and gone on from.

import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { runReport } from "../../sim/engine/report.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { createSupplyNotes } from "../../sim/host/portal/supply-notes.ts";
import { resimulate, withRecording } from "../../sim/host/resimulate.ts";
import { type RunFiles, resumeRunFiles, startRunFiles } from "../../sim/host/run-files.ts";
import { findRun, listRuns } from "../../sim/host/run-folder.ts";
import { temporaryFolder } from "../support/cli.ts";
import { runUntil, street } from "../support/street.ts";

const folder = temporaryFolder();
beforeAll(() => {
  process.env["METERVILLE_RUNS"] = folder.path;
});
afterAll(() => {
  delete process.env["METERVILLE_RUNS"];
  folder.remove();
});

const RESOLVED = street();
const PAY = {
  ...{ kind: "payment", target: "supply-05", amountMinor: 4321 },
} as const satisfies TwinInput;
let runs = 0;

const start = (): Promise<RunFiles> =>
  startRunFiles(RESOLVED, `${String(++runs).padStart(4, "0")}-test`, { speed: null });

/** Steps as the live run does; a payment is accepted in each step that begins between these moments. */
function advance(files: RunFiles, untilMs: number, payFromMs = -1, payUntilMs = payFromMs): void {
  const { session, journal } = files;
  const { clock } = session.twin.world.engine;
  let due: JournalEntry[] = files.waiting.filter((entry) => entry.takesEffectAtMs >= clock.nowMs);
  let sequence = files.nextSequence;
  while (clock.nowMs < untilMs) {
    if (clock.nowMs >= payFromMs && clock.nowMs <= payUntilMs) {
      const at = { sequence: sequence++, takesEffectAtMs: clock.nowMs };
      const entry = { ...at, kind: "input", input: PAY };
      journal.append(entry as JournalEntry);
      session.noteEntry(entry as JournalEntry);
      due = [...due, entry as JournalEntry];
    }
    const now = clock.nowMs;
    session.begin(due.filter(({ takesEffectAtMs }) => takesEffectAtMs === now));
    session.finish([]);
  }
}

/** Lets go of everything as it is: no checkpoint, no index; the lock is left. */
async function kill(files: RunFiles): Promise<void> {
  await files.session.flush();
  await files.abandon();
  writeFileSync(join(files.folder, "lock"), '{"pid":1,"startedAt":"before the last boot"}');
}

const resume = async (files: RunFiles, said: string[] = []): Promise<RunFiles> =>
  resumeRunFiles(findRun(files.facts.runId), (sentence) => said.push(sentence));

const close = (files: RunFiles): Promise<void> => {
  const facts = { version: "test", commit: "", node: "", timesRealTime: 0 };
  const report = runReport(files.session.twin, facts);
  return files.close(JSON.stringify(report), false, (sentence) => expect(sentence).toBe(""));
};

const hashWithout = (untilMs: number, journal: readonly JournalEntry[]): string =>
  finalHash(runUntil(createTwin(RESOLVED), untilMs, journal));

test("a run that was killed comes back at its mark, and ends as if nothing had been", async () => {
  const first = await start();
  advance(first, 7 * HOUR_MS, 3 * HOUR_MS);
  first.session.mark();
  await kill(first);
  expect(findRun("last").state).toBe("killed");
  const second = await resume(first);
  expect(second.session.twin.world.engine.clock.nowMs).toBe(7 * HOUR_MS);
  expect(second.journalled).toHaveLength(1);
  advance(second, DAY_MS + HOUR_MS, 9 * HOUR_MS);
  const { twin } = second.session;
  const count = second.store.postingCount();
  expect(second.store.balanceMinor("bank"), "each payment once").toBe(2 * PAY.amountMinor);
  await close(second);
  expect(count).toBeGreaterThan(2);
  const journal = readFileSync(join(second.folder, "journal.ndjson"), "utf8").trim().split("\n");
  const entries = journal.slice(1).map((line) => JSON.parse(line) as JournalEntry);
  expect(finalHash(twin)).toBe(hashWithout(DAY_MS + HOUR_MS, entries));
  const replay = await withRecording(join(second.folder, "recording.mcap"), (reader) =>
    resimulate(reader),
  );
  expect(replay).toMatchObject({ verified: true, steps: 25 * 60, firstDifference: null });
});

test("an entry that was accepted last takes effect in the step that it was promised for", async () => {
  const first = await start();
  advance(first, HOUR_MS);
  const entry = { sequence: 1, takesEffectAtMs: HOUR_MS, kind: "input", input: PAY } as const;
  first.journal.append(entry);
  await kill(first);
  const second = await resume(first);
  expect(second.waiting).toEqual([entry]);
  expect(second.nextSequence).toBe(2);
  expect(second.session.twin.world.engine.clock.nowMs).toBe(HOUR_MS);
  advance(second, 2 * HOUR_MS);
  expect(second.store.balanceMinor("bank")).toBe(PAY.amountMinor);
  await close(second);
});

test("killed again and again, whatever checkpoint is lost, the recording stays one and whole", async () => {
  let files = await start();
  const said: string[] = [];
  for (let hours = 30; hours <= 150; hours += 30) {
    advance(files, hours * HOUR_MS);
    files.session.mark();
    await kill(files);
    const checkpoints = join(files.folder, "checkpoints");
    const names = readdirSync(checkpoints).sort((a, b) => (a < b ? 1 : -1));
    if (hours === 90) writeFileSync(join(checkpoints, names[0]!), "torn");
    if (hours === 120) for (const name of names) rmSync(join(checkpoints, name));
    files = await resume(files, said);
  }
  expect(said.join("\n")).toMatch(/is no checkpoint; the one before it is taken/);
  await close(files);
  const replay = await withRecording(join(files.folder, "recording.mcap"), (reader) =>
    resimulate(reader),
  );
  expect(replay).toMatchObject({ verified: true, steps: 150 * 60 });
});

test("what happened to each customer is whole after a kill, a clean stop, and a checkpoint that is lost", async () => {
  const first = await start();
  advance(first, 30 * HOUR_MS, 3 * HOUR_MS);
  first.session.mark();
  await kill(first);
  const second = await resume(first);
  advance(second, 60 * HOUR_MS, 40 * HOUR_MS);
  await close(second);
  const third = await resume(second);
  advance(third, 90 * HOUR_MS, 70 * HOUR_MS);
  third.session.mark();
  await kill(third);
  const [newest] = readdirSync(join(third.folder, "checkpoints")).sort().reverse();
  writeFileSync(join(third.folder, "checkpoints", newest!), "torn");
  const fourth = await resume(third);
  const whole = createSupplyNotes();
  runUntil(createTwin(RESOLVED), 90 * HOUR_MS, fourth.journalled, ({ out }) => {
    for (const { side, event } of out.events) if (side === "belief") whole.note(event);
  });
  const pays = whole.of(PAY.target).filter(({ kind }) => kind === "payment");
  expect(pays.map(({ at }) => at)).toEqual([3, 40, 70].map((hour) => hour * HOUR_MS + MINUTE_MS));
  for (const { id } of RESOLVED.records.supplies) {
    expect(fourth.notes.of(id), id).toEqual(whole.of(id));
    expect(fourth.notes.isComplete(id)).toBe(true);
  }
  await close(fourth);
});

test("killed before the new recording had its name, the run takes that one and not its namesake", async () => {
  const first = await start();
  advance(first, 10 * HOUR_MS);
  await close(first);
  const second = await resume(first);
  // Whole chunks beyond the checkpoint, with entries of the journal in their middle.
  advance(second, 60 * HOUR_MS, 20 * HOUR_MS, 58 * HOUR_MS);
  second.session.mark();
  await kill(second);
  const recording = join(first.folder, "recording.mcap");
  const old = readFileSync(recording);
  // The third process notes those entries before everything else: its messages have other numbers.
  const third = await resume(first);
  await kill(third);
  renameSync(recording, `${recording}.carried-third`);
  writeFileSync(recording, old);
  const fourth = await resume(first);
  advance(fourth, 61 * HOUR_MS);
  await close(fourth);
  const replay = await withRecording(recording, (reader) => resimulate(reader));
  expect(replay).toMatchObject({ verified: true, steps: 61 * 60, firstDifference: null });
  expect(readdirSync(first.folder).filter((name) => name.includes("carried"))).toEqual([]);
});

test("a recording that was lost is made again from the start", async () => {
  const first = await start();
  advance(first, 5 * DAY_MS);
  first.session.mark();
  await kill(first);
  const second = await resume(first);
  advance(second, 6 * DAY_MS);
  second.session.mark();
  await kill(second);
  writeFileSync(join(first.folder, "recording.mcap"), "");
  const said: string[] = [];
  const third = await resume(first, said);
  expect(said[0]).toMatch(/the recording lacks messages before the checkpoint/);
  await close(third);
  const replay = await withRecording(join(first.folder, "recording.mcap"), (reader) =>
    resimulate(reader),
  );
  expect(replay).toMatchObject({ verified: true, steps: 6 * 1440 });
}, 60_000);

test("a ledger that was lost is written again from the start, posting for posting", async () => {
  const first = await start();
  advance(first, 5 * HOUR_MS, HOUR_MS);
  await close(first);
  const second = await resume(first);
  const postings = second.store.lastSequence();
  expect(postings).toBeGreaterThan(1);
  await second.abandon();
  for (const suffix of ["", "-wal", "-shm"]) {
    rmSync(join(first.folder, `store.db${suffix}`), { force: true });
  }
  const said: string[] = [];
  const third = await resume(first, said);
  expect(said[0]).toMatch(/the ledger has 0 of the \d+ postings before the checkpoint at 5h/);
  advance(third, 5 * HOUR_MS);
  expect(third.store.lastSequence()).toBe(postings);
  expect(third.store.balanceMinor("bank")).toBe(PAY.amountMinor);
  await close(third);
  const replay = await withRecording(join(first.folder, "recording.mcap"), (reader) =>
    resimulate(reader),
  );
  expect(replay).toMatchObject({ verified: true, steps: 300 });
});

test("a run that was stopped cleanly goes on too, from where it stopped", async () => {
  const first = await start();
  advance(first, 100 * MINUTE_MS);
  await close(first);
  expect(findRun(first.facts.runId)).toMatchObject({ state: "stopped" });
  const second = await resume(first);
  expect(second.session.twin.world.engine.clock.nowMs).toBe(100 * MINUTE_MS);
  expect(findRun(first.facts.runId)).toMatchObject({ state: "running", pid: process.pid });
  advance(second, 3 * HOUR_MS);
  await close(second);
  const replay = await withRecording(join(first.folder, "recording.mcap"), (reader) =>
    resimulate(reader),
  );
  expect(replay).toMatchObject({ verified: true, steps: 180 });
});

test("a run in progress is not gone on with a second time", async () => {
  const first = await start();
  await expect(resume(first)).rejects.toThrow(
    `this run is in progress as process ${process.pid}; stop that one first`,
  );
  await first.abandon();
});

test("a run is found by the beginning of its id or name, and a wrong one is said", () => {
  expect(listRuns().length).toBeGreaterThan(3);
  expect(findRun("0001").facts?.runId).toBe("0001-test");
  expect(() => findRun("00")).toThrow(/00 fits \d runs \(three-lanes-/);
  expect(() => findRun("nothing")).toThrow("there is no run nothing; meterville runs lists");
});
