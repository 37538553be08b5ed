// A live run whose disk is full or whose ledger is locked: it says so once, waits, loses nothing, and goes on.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PaceView, ServerMessage } from "../../sim/contract/frame.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import {
  meterville,
  metervilleJson,
  type Serving,
  serveIn,
  temporaryFolder,
  withPath,
} from "../support/cli.ts";
import { type SmallDisk, smallDisk } from "../support/small-disk.ts";

const STREET = "scenarios/first-street.yaml";
let disk: SmallDisk;
let elsewhere: ReturnType<typeof temporaryFolder>;
let live: Serving | undefined;
beforeEach(() => {
  disk = smallDisk();
  elsewhere = temporaryFolder();
});
afterEach(async () => {
  live?.kill();
  await live?.gone;
  disk.remove();
  elsewhere.remove();
});

const start = (...args: readonly string[]): Promise<Serving> =>
  serveIn({ METERVILLE_RUNS: disk.path }, STREET, "--no-mqtt", ...args);

const post = async (path: string, body: unknown): Promise<Response> =>
  fetch(withPath(live!.url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const play = (): Promise<Response> => post("api/pace", { isPaused: false });
const get = (path: string): Promise<Response> => fetch(withPath(live!.url, path));
const paceOf = async (): Promise<PaceView> => (await (await get("api/pace")).json()) as PaceView;

async function until(isSo: (pace: PaceView) => boolean): Promise<PaceView> {
  for (let tries = 0; tries < 1_200; tries++) {
    const pace = await paceOf();
    if (isSo(pace)) return pace;
    await pause(50);
  }
  throw new Error(`it did not come within a minute: ${JSON.stringify(await paceOf())}`);
}

const isHeld = ({ held, isPaused }: PaceView): boolean => held !== null && isPaused;
const isBeyond = (simMs: number) => (pace: PaceView) => pace.held === null && pace.simMs > simMs;
const heldLines = (): readonly string[] =>
  live!
    .stderr()
    .split("\n")
    .filter((line) => line.startsWith("the twin waits:"));

/** Pays until the answer is another one; gives the amounts that were accepted, and the last answer. */
async function payUntil(status: number) {
  const accepted: number[] = [];
  for (let amountMinor = 1_000_001; amountMinor < 1_000_500; amountMinor++) {
    const response = await post("api/inputs", {
      kind: "payment",
      target: "supply-05",
      amountMinor,
    });
    if (response.status === status) return { accepted, refused: amountMinor, response };
    expect(response.status).toBe(202);
    accepted.push(amountMinor);
  }
  throw new Error(`no answer was ${status}`);
}

/** What a new session is told that asks for a channel, and then for one that is not there. */
async function kindsSaid(): Promise<readonly string[]> {
  const address = new URL(withPath(live!.url, "ws"));
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const kinds: string[] = [];
  await new Promise<void>((resolve) => {
    socket.onopen = () => {
      for (const channel of ["belief/street", "nowhere"]) {
        socket.send(JSON.stringify({ kind: "subscribe", channels: [channel] }));
      }
    };
    socket.onmessage = ({ data }) => {
      const { kind } = JSON.parse(String(data)) as ServerMessage;
      // The pace is also told as time goes by.
      if (kind !== kinds.at(-1)) kinds.push(kind);
      if (kind === "error") resolve();
    };
  });
  socket.close();
  return kinds;
}

/** Stops the run; recording, journal and ledger must be whole. */
async function stopWhole(store = join(live!.folder, "store.db")): Promise<ReplayResult> {
  const { exitCode, stderr } = await live!.stop();
  expect(exitCode, stderr).toBe(130);
  expect((await meterville("ledger", "check", "--store", store)).stderr).toBe("");
  const replay = await metervilleJson<ReplayResult>(
    ...["replay", join(live!.folder, "recording.mcap")],
  );
  expect(replay).toMatchObject({ verified: true, cutOffAtMs: null });
  return replay;
}

function paidMinor(store: string): number[] {
  const database = new DatabaseSync(store, { readOnly: true });
  const rows = database
    .prepare("select amount_minor from postings where event_id like 'payment/hand/%' order by 1")
    .all();
  database.close();
  return rows.map((row) => Number(row["amount_minor"]));
}

test("on a full disk the twin waits, takes no payment that it cannot keep, and loses none", async () => {
  live = await start("--speed", "600");
  await until(isBeyond(600_000));
  disk.fill(live.pid);
  const { held, simMs } = await until(isHeld);
  expect(held).toMatch(/cannot be written.*(make room|check disk)/);
  const { accepted, refused, response } = await payUntil(503);
  expect(((await response.json()) as { error: string }).error).toMatch(
    /the journal .*journal\.ndjson cannot be written: the disk is full; make room, then send it again/,
  );
  const journal = readFileSync(join(live.folder, "journal.ndjson"), "utf8");
  expect(journal.endsWith("\n"), "whole lines only").toBe(true);
  expect(journal).not.toContain(String(refused));
  const state = await get("api/state");
  expect(state.status, "a step that is not kept is not shown").toBe(503);
  expect(await state.json()).toEqual({ error: expect.stringContaining("the twin waits: ") });
  await play();
  expect(await until(isHeld), "still full").toMatchObject({ simMs });
  expect(new Set(heldLines()).size).toBe(1);
  disk.mend(live.pid);
  await play();
  await until(isBeyond(simMs + 600_000));
  await stopWhole();
  expect(paidMinor(join(live.folder, "store.db"))).toEqual(accepted);
});

test("a full disk under recording and checkpoints alone holds the twin too, and leaves no gap", async () => {
  const store = join(elsewhere.path, "ledger.db");
  live = await start("--speed", "max", "--store", store);
  await until(isBeyond(600_000));
  disk.fill(live.pid);
  const { held, simMs } = await until(isHeld);
  expect(held).toMatch(/(recording\.mcap|checkpoint-\d+\.bin|ledger\.db) cannot be written/);
  disk.mend(live.pid);
  await play();
  await until(isBeyond(simMs + 3_600_000));
  const { steps } = await stopWhole(store);
  expect(steps).toBeGreaterThan(simMs / 60_000);
});

test("a locked ledger holds the twin until it is free and somebody presses play", async () => {
  const store = join(elsewhere.path, "ledger.db");
  live = await start("--speed", "600", "--store", store);
  await until(isBeyond(600_000));
  const other = new DatabaseSync(store);
  other.exec("begin immediate");
  const { held, simMs } = await until(isHeld);
  expect(held).toMatch(/ledger\.db is locked by another program; stop that$/);
  const payment = { kind: "payment", target: "supply-05", amountMinor: 777 };
  const response = await post("api/inputs", payment);
  expect(response.status, "the journal is free: it is kept, and waits").toBe(202);
  expect(await kindsSaid(), "no frame of a step that is not kept").toEqual([
    "hello",
    "pace",
    "error",
  ]);
  await play();
  expect(await until(isHeld), "still locked").toMatchObject({ simMs });
  other.exec("rollback");
  other.close();
  await play();
  await until(isBeyond(simMs + 600_000));
  await stopWhole(store);
  expect(paidMinor(store)).toEqual([777]);
  expect(heldLines()).toHaveLength(2);
});

test("who stops a run while its ledger is locked is told how to go on, and nothing is lost", async () => {
  const store = join(elsewhere.path, "ledger.db");
  live = await start("--speed", "600", "--store", store);
  await until(isBeyond(600_000));
  const other = new DatabaseSync(store);
  other.exec("begin immediate");
  const { simMs } = await until(isHeld);
  const { exitCode, stderr } = await live.stop();
  expect(exitCode).toBe(130);
  const [, again] = /go on with it: meterville (serve --resume \w+)/.exec(stderr)!;
  other.close();
  const { url } = live;
  live = await serveIn({ METERVILLE_RUNS: disk.path }, ...again!.split(" ").slice(1), "--no-mqtt");
  expect(live.url).not.toBe(url);
  await until(isBeyond(simMs + 60_000));
  await stopWhole(store);
});
