// One run, killed with SIGKILL twenty times while a client pays twenty times a second. What was accepted is posted once,
// nothing else is, and the run ends as if nobody had touched it.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { PaceView, ServerMessage } from "../../sim/contract/frame.ts";
import type { JournalEntry } from "../../sim/contract/input.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { createFeed, stepByJournal } from "../../sim/engine/journal-feed.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import { meterville, metervilleJson, type Serving, serveIn, withPath } from "../support/cli.ts";

/** The bills of January are made ten hours after this start. */
const START = "start=2026-01-31T20:00";
const PAY_EVERY_MS = 50;
const SEED = 20260131;

/** How a process ends: by a signal from here after a while, at a 202, or by its own hand at a named place. */
type Kill =
  | { readonly kind: "after"; readonly delayMs: number }
  | { readonly kind: "at-202" }
  | { readonly kind: "at"; readonly point: string; readonly speed: string };

const at = (point: string, speed: string): Kill => ({ kind: "at", point, speed });
/** Seeded delays by the "minimal standard" generator of Park and Miller (1988). */
const delays = Array.from({ length: 5 }, (_, index) => {
  let state = SEED;
  for (let turn = 0; turn <= index; turn++) state = (48_271 * state) % 2_147_483_647;
  return 100 + (state % 900);
});
const KILLS: readonly Kill[] = [
  ...Array.from({ length: 5 }, (): Kill => ({ kind: "at-202" })),
  // Fast, since the bills and the keyframe of the recording are hours away.
  ...["bill-posting:1", "bill-posting:20", "bill:1", "bill:24", "bills-kept:1", "keyframe:1"].map(
    (point) => at(point, "36000"),
  ),
  // Two checkpoints of a process are written while it comes back; those after them in the middle of its life.
  ...["half-written:3", "written:3", "renamed:3", "half-written:4"].map((place) =>
    at(`checkpoint-${place}`, "7200"),
  ),
  ...delays.map((delayMs): Kill => ({ kind: "after", delayMs })),
];
/** While a process comes back from one of these, it is killed again before anybody can reach it. */
const WHILE_COMING_BACK = [
  "checkpoint-renamed:1",
  "recording-carried:1",
  "step-again:3",
  "checkpoint-half-written:1",
];

interface Payment {
  readonly amountMinor: number;
  /** HTTP status; undefined where no answer came. */
  status?: number;
}

let live: Serving | undefined;
let folder = "";
const payments: Payment[] = [];
let onAccepted: ((payment: Payment) => void) | undefined;
let isPaying = true;

afterAll(() => {
  isPaying = false;
  live?.kill();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(withPath(live!.url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function pay(): Promise<void> {
  const payment: Payment = { amountMinor: 1_000_000 + payments.length };
  payments.push(payment);
  const target = `supply-${String(1 + (payments.length % 24)).padStart(2, "0")}`;
  try {
    const response = await post("api/inputs", { kind: "payment", target, ...payment });
    payment.status = response.status;
    if (response.status === 202) onAccepted?.(payment);
    await response.arrayBuffer();
  } catch {
    // The server is gone: it may have kept the payment or not.
  }
}

/** The last simulated time that anybody has been told. */
let seenMs = 0;

/** Payments of the company's events that a session has been sent. */
function watch(url: string): { readonly seen: Set<number>; readonly close: () => void } {
  const address = new URL(withPath(url, "ws"));
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const seen = new Set<number>();
  socket.onopen = () =>
    socket.send(JSON.stringify({ kind: "subscribe", channels: ["belief/event"] }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.kind === "frame") seenMs = Math.max(seenMs, message.frame.simMs);
    if (message.kind === "pace") seenMs = Math.max(seenMs, message.pace.simMs);
    if (message.kind !== "frame" || message.frame.channel !== "belief/event") return;
    for (const event of message.frame.data) {
      if (event.kind === "payment") seen.add(event.amountMinor);
    }
  };
  socket.onerror = () => undefined;
  return { seen, close: () => socket.close() };
}

/** Twenty minutes a second: time enough between the bills and the keyframe for the kills in between. */
const SPEED = "1200";

const start = (
  args: readonly string[],
  { point, speed = SPEED }: { readonly point?: string; readonly speed?: string } = {},
): Promise<Serving> =>
  serveIn(
    point === undefined ? {} : { METERVILLE_KILL_AT: point },
    ...[...args, "--speed", speed, "--no-mqtt"],
  );

/** The run as it should be: the same journal in a process that nobody kills. */
let reference: Twin | undefined;
const readResolved = (): ResolvedScenario =>
  JSON.parse(readFileSync(join(folder, "resolved-scenario.json"), "utf8")) as ResolvedScenario;
const entriesOf = (): readonly JournalEntry[] =>
  readFileSync(join(folder, "journal.ndjson"), "utf8")
    .split("\n")
    .slice(1, -1)
    .map((line) => JSON.parse(line) as JournalEntry);

const paceOf = async (): Promise<PaceView> =>
  (await (await fetch(withPath(live!.url, "api/pace"))).json()) as PaceView;

/** Waits for the next simulated minute and holds the run there. */
async function holdAtNextMinute(): Promise<void> {
  const { simMs } = await paceOf();
  while ((await paceOf()).simMs < simMs + MINUTE_MS) await pause(5);
  await post("api/pace", { isPaused: true });
}

/** Compares everything about a run that is paused with how it should be. */
async function verify(): Promise<void> {
  const state = (await (await fetch(withPath(live!.url, "api/state"))).json()) as RunReport;
  const untilMs = state.simulatedMs;
  const entries = entriesOf();
  reference ??= createTwin(readResolved());
  const { clock } = reference.world.engine;
  const feed = createFeed(entries.filter((entry) => entry.takesEffectAtMs >= clock.nowMs));
  while (clock.nowMs < untilMs) stepByJournal(reference, feed);
  expect(state.finalHash, `at ${untilMs} ms`).toBe(finalHash(reference));

  const journalled = entries.flatMap((entry) =>
    entry.kind === "input" && entry.input.kind === "payment"
      ? [{ amountMinor: entry.input.amountMinor, isDue: entry.takesEffectAtMs < untilMs }]
      : [],
  );
  const kept = new Set(journalled.map(({ amountMinor }) => amountMinor));
  expect(kept.size, "no payment is in the journal twice").toBe(journalled.length);
  for (const { amountMinor, status } of payments) {
    if (status === 202) expect(kept.has(amountMinor), `202 of ${amountMinor}`).toBe(true);
    else if (status !== undefined) expect(kept.has(amountMinor)).toBe(false);
  }
  const due = journalled.filter(({ isDue }) => isDue).map(({ amountMinor }) => amountMinor);
  expect(postedByHand()).toEqual(due.sort((a, b) => a - b));
  const store = join(folder, "store.db");
  const check = await meterville("ledger", "check", "--store", store);
  expect(check.stderr).toBe("");
  expect(check.exitCode).toBe(0);
}

/** Amounts of the payments by hand that the ledger holds, in order of size. */
function postedByHand(): number[] {
  const database = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
  const rows = database
    .prepare("select amount_minor from postings where event_id like 'payment/hand/%' order by 1")
    .all();
  database.close();
  return rows.map((row) => Number(row["amount_minor"]));
}

function billCount(): number {
  const database = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
  const row = database.prepare("select count(*) as count from bills").get();
  database.close();
  return Number(row?.["count"]);
}

/** Lets the process live until it is killed; true where a kill at a 202 was before the payment's frame. */
async function untilKilled(kill: Kill): Promise<boolean> {
  const { seen, close } = watch(live!.url);
  let hit: number | undefined;
  if (kill.kind === "after") {
    await pause(kill.delayMs);
    live!.kill();
  }
  // It may be gone before it has answered.
  await post("api/pace", { isPaused: false }).catch(() => undefined);
  if (kill.kind === "at-202") {
    await pause(150);
    onAccepted = ({ amountMinor }) => {
      live!.kill();
      hit = amountMinor;
      onAccepted = undefined;
    };
  }
  await live!.gone;
  onAccepted = undefined;
  close();
  return hit === undefined || !seen.has(hit);
}

test("twenty kills, and every 202 is posted once", async () => {
  live = await start(["scenarios/first-street.yaml", "--set", START]);
  ({ folder } = live);
  const again = ["--resume", live.runId];
  const paying = (async () => {
    while (isPaying) {
      void pay();
      await pause(PAY_EVERY_MS);
    }
  })();
  let kills = 0;
  let hits = 0;
  let before202 = 0;
  const comingBack = [...WHILE_COMING_BACK];
  const left = [...KILLS];
  for (let kill = left.shift(); kill !== undefined; ) {
    const isHit = await untilKilled(kill);
    kills++;
    if (kill.kind === "at-202" && isHit) before202++;
    if (kill.kind === "at" && kill.point.startsWith("bill")) {
      expect(billCount() > 0, `${kill.point}: all bills of a step or none`).toBe(
        kill.point === "bills-kept:1",
      );
    }
    // A frame may be faster than the signal; then there is one more.
    if (isHit) {
      kill = left.shift();
      hits++;
    }
    // Counted by hits, so that each place comes after the kill that leaves it something to do: steps again, for one.
    const place = isHit && hits % 5 === 0 ? comingBack.shift() : undefined;
    if (place !== undefined) {
      await expect(start(again, { point: place })).rejects.toThrow(/serve ended/);
    }
    // What ends at a named place of its next step must not take that step before it has been looked at.
    if (kill?.kind === "at") live = await start([...again, "--paused"], kill);
    else live = await start(again);
    expect((await paceOf()).simMs, "what was seen is not taken back").toBeGreaterThanOrEqual(
      seenMs,
    );
    if (kill?.kind !== "at") await holdAtNextMinute();
    await verify();
  }
  isPaying = false;
  await paying;
  expect(kills).toBeGreaterThanOrEqual(20);
  expect(before202).toBe(5);
  const { simulatedMs } = (await (
    await fetch(withPath(live.url, "api/state"))
  ).json()) as RunReport;
  const { exitCode, stderr } = await live.stop();
  expect(exitCode, stderr).toBe(130);
  const recording = join(folder, "recording.mcap");
  const replay = await metervilleJson<ReplayResult>("replay", recording);
  expect(replay).toMatchObject({ verified: true, firstDifference: null, cutOffAtMs: null });
  expect(replay.steps * MINUTE_MS).toBeGreaterThanOrEqual(simulatedMs);
  expect(payments.filter(({ status }) => status === 202).length).toBeGreaterThan(100);
});
