// A live run whose ledger lies in PostgreSQL: killed, cut off from its server and brought back, it loses nothing and writes
// nothing twice, and says no password.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { PaceView } from "../../sim/contract/frame.ts";
import type { LedgerVerdict } from "../../sim/host/ledger-check.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import {
  meterville,
  metervilleJson,
  type Serving,
  serveIn,
  temporaryFolder,
  withPath,
} from "../support/cli.ts";
import {
  hasPostgres,
  MISSING_POSTGRES,
  type PostgresServer,
  startPostgres,
} from "../support/postgres.ts";

const STREET = "scenarios/first-street.yaml";
/** The bills of January are made ten hours after this start. */
const START = "start=2026-01-31T20:00";
const HOMES = 60;
let server: PostgresServer | undefined;
let live: Serving | undefined;
let url = "";

beforeAll(() => {
  if (hasPostgres) server = startPostgres();
});
afterAll(() => server?.remove());
beforeEach((ctx) => {
  ctx.skip(!hasPostgres, MISSING_POSTGRES);
  // A server that trusts takes any password; nobody else may ever see it.
  url = server!.createDatabase().replace("meterville@", "meterville:secret@");
});
afterEach(async () => {
  live?.kill();
  await live?.gone;
  if (live !== undefined) rmSync(live.folder, { recursive: true, force: true });
  live = undefined;
});

const start = (args: readonly string[]): Promise<Serving> =>
  serveIn({}, ...args, "--no-mqtt", "--speed", "7200");
/** A process that ends by its own hand, but not before it has been paid and told to play. */
async function untilKilledAt(point: string, args: readonly string[], amountMinor: number) {
  const kill = { METERVILLE_KILL_AT: point };
  live = await serveIn(kill, ...args, "--no-mqtt", "--speed", "36000", "--paused");
  await pay(amountMinor);
  await play();
  await live.gone;
}
const play = (): Promise<unknown> => post("api/pace", { isPaused: false }).catch(() => undefined);
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(withPath(live!.url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const pay = async (amountMinor: number): Promise<void> => {
  const payment = { kind: "payment", target: "supply-05", amountMinor };
  expect((await post("api/inputs", payment)).status).toBe(202);
};
const paceOf = async (): Promise<PaceView> =>
  (await (await fetch(withPath(live!.url, "api/pace"))).json()) as PaceView;

async function until(isSo: (pace: PaceView) => boolean): Promise<PaceView> {
  for (let tries = 0; tries < 1_200; tries++) {
    const pace = await paceOf();
    if (isSo(pace)) return pace;
    await pause(50);
  }
  throw new Error(`it did not come within a minute: ${JSON.stringify(await paceOf())}`);
}

const paid = (): readonly string[] =>
  server!
    .query(
      url,
      "select amount_minor from meterville.postings where event_id like 'payment/hand/%' order by 1",
    )
    .split("\n");

async function stopWhole(): Promise<void> {
  const { exitCode, stderr } = await live!.stop();
  expect(exitCode, stderr).toBe(130);
  expect(stderr).not.toContain("secret");
  const check = await meterville("ledger", "check", "--store", url);
  expect(check).toMatchObject({ exitCode: 0, stderr: "" });
  const replay = await metervilleJson<ReplayResult>(
    ...["replay", join(live!.folder, "recording.mcap")],
  );
  expect(replay).toMatchObject({ verified: true, cutOffAtMs: null });
}

test("a run is killed within its bills, after them and anywhere, and comes back to the same ledger", async () => {
  await untilKilledAt("bill-posting:20", [STREET, "--set", START, "--store", url], 1_001);
  expect(server!.query(url, "select count(*) from meterville.bills")).toBe("0");
  expect(readFileSync(join(live!.folder, "run.json"), "utf8")).not.toContain("secret");
  const again = ["--resume", live!.runId];
  await untilKilledAt("bills-kept:1", again, 1_002);
  expect(server!.query(url, "select count(*) from meterville.bills")).toBe(String(HOMES));
  live = await start(again);
  await pay(1_003);
  const { simMs } = await paceOf();
  await until((pace) => pace.simMs > simMs + 600_000);
  live.kill();
  await live.gone;
  live = await start(again);
  expect((await paceOf()).simMs).toBeGreaterThanOrEqual(simMs + 600_000);
  await pay(1_004);
  const { simMs: paidMs } = await paceOf();
  await until((pace) => pace.simMs > paidMs + 600_000);
  await stopWhole();
  expect(paid()).toEqual(["1001", "1002", "1003", "1004"]);
});

test("a server that is away holds the twin until it is back and somebody presses play", async () => {
  live = await start([STREET, "--store", url]);
  await until(({ simMs }) => simMs > 600_000);
  server!.stop("immediate");
  const { held, simMs } = await until((pace) => pace.held !== null);
  expect(held).toMatch(
    /the ledger postgres:.* (cannot be reached|has stopped answering|does not answer)/,
  );
  expect(held).not.toContain("secret");
  await pay(777);
  const account = await fetch(withPath(live.url, "api/supplies/supply-05"));
  expect(account.status).toBe(503);
  await play();
  expect(await until((pace) => pace.held !== null), "still away").toMatchObject({ simMs });
  server!.start();
  await play();
  await until((pace) => pace.held === null && pace.simMs > simMs + 600_000);
  await stopWhole();
  expect(paid()).toEqual(["777"]);
});

test("a run to its end keeps the same ledger in PostgreSQL as in SQLite", async () => {
  const args = [STREET, "--days", "1", "--set", START];
  const folder = temporaryFolder();
  const stores = [url, join(folder.path, "same.db")];
  for (const store of stores) {
    expect((await meterville("run", ...args, "--store", store, "--json")).exitCode).toBe(0);
  }
  const checked = await Promise.all(
    stores.map((store) => metervilleJson<LedgerVerdict>("ledger", "check", "--store", store)),
  );
  expect(checked[0]).toEqual(checked[1]);
  expect(checked[0]!.postings).toBeGreaterThan(HOMES);
  expect(checked[0]!.bills).toBe(HOMES);
  folder.remove();
});
