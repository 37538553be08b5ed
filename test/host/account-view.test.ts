// What the page asks the server of one customer: bills, outlook and use over time, while the run is held, hidden, or new.

import { join } from "node:path";
import fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HistoryView, SupplyAccountView } from "../../sim/contract/account.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { createFeed } from "../../sim/engine/journal-feed.ts";
import { createTruthHistory } from "../../sim/engine/showing/truth-history.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { AT_THE_MACHINE } from "../../sim/host/access/person.ts";
import { addAccountRoutes } from "../../sim/host/account-view.ts";
import type { Hiding } from "../../sim/host/hiding.ts";
import type { Served } from "../../sim/host/server.ts";
import { setErrors } from "../../sim/host/server-errors.ts";
import { createSession } from "../../sim/host/session.ts";
import { openStore } from "../../sim/host/store.ts";
import { temporaryFolder } from "../support/cli.ts";
import { journal, street } from "../support/street.ts";

const DAYS = 2;
const THIEF = "supply-12";
const SHARE = 0.6;
const folder = temporaryFolder();
const store = openStore(join(folder.path, "a.db"), {
  ...{ runId: "run-1", scenario: "three-lanes", seed: 1 },
});
const twin = createTwin(street({ stepMs: 60_000 }));
const session = createSession({ twin, store });
const { clock } = twin.world.engine;
const truthHistory = createTruthHistory(twin);
let isDurable = true;
let isHidden = false;
const run = {
  session,
  publish: () => isDurable,
  paceView: () => ({ held: "the disk is full" }),
} as unknown as Served["run"];
const server = fastify();
server.decorateRequest("person", { getter: () => AT_THE_MACHINE });
setErrors(server);
addAccountRoutes(server, {
  now: () => ({ run, store, truthHistory }) as Served,
  hiding: {
    get view() {
      return { isHidden };
    },
  } as unknown as Hiding,
});

const get = async <View>(path: string): Promise<{ status: number; body: View }> => {
  const response = await server.inject(path);
  return { status: response.statusCode, body: response.json() as View };
};
const history = async (query = ""): Promise<HistoryView> =>
  (await get<HistoryView>(`/api/supplies/${THIEF}/history${query}`)).body;

beforeAll(async () => {
  const feed = createFeed(
    journal([[DAY_MS, { kind: "theft-start", target: THIEF, share: SHARE }]]),
  );
  while (clock.nowMs < DAYS * DAY_MS + HOUR_MS) {
    const startMs = clock.nowMs;
    session.begin(feed.inputsAt(startMs));
    session.finish(feed.answersAt(startMs));
    truthHistory.stepped(startMs);
  }
});
afterAll(async () => {
  await server.close();
  store.close();
  folder.remove();
});

test("a thief's readings fall behind what flowed from the hour of the theft on, and agree before", async () => {
  const { intervalMs, endMs, knownW, trueW } = await history();
  const share = (fromMs: number, toMs: number): number => {
    let [known, flowed] = [0, 0];
    endMs.forEach((end, at) => {
      if (end <= fromMs || end > toMs || knownW[at] == null) return;
      known += knownW[at];
      flowed += trueW![at]!;
    });
    return known / flowed;
  };
  expect(intervalMs).toBe(HOUR_MS / 2);
  // A meter of class 1: within 1 % and what it does not see below its starting current.
  expect(Math.abs(share(0, DAY_MS) - 1)).toBeLessThan(0.02);
  expect(Math.abs(share(DAY_MS, 2 * DAY_MS) - (1 - SHARE))).toBeLessThan(0.02);
});

test("intervals come in order without a hole between them, the newest last", async () => {
  const { endMs, knownW, intervalMs } = await history();
  expect(endMs[0]).toBe(intervalMs);
  expect(endMs.at(-1)).toBe(clock.nowMs);
  endMs.slice(1).forEach((end, at) => {
    expect(end - endMs[at]!).toBe(intervalMs);
  });
  expect(knownW).toHaveLength(endMs.length);
  const lastRead = knownW.findLastIndex((watts) => watts !== null);
  expect(lastRead, "most readings have arrived").toBeGreaterThan(DAYS * 48 - 4);
});

test("an interval of which an end has not been read is a gap, and no other is", async () => {
  const { endMs, intervalMs, knownW } = await history();
  const read = new Set(store.registersOf(THIEF, 0).map(({ measuredAt }) => measuredAt));
  const gaps = endMs.filter((end) => !read.has(end) || !read.has(end - intervalMs));
  expect(endMs.filter((_, at) => knownW[at] === null)).toEqual(gaps);
  // The newest interval has ended just now: its reading is still to be sent.
  expect(knownW.at(-1)).toBeNull();
});

test("a day is asked for by its number, and a number that makes no sense is told", async () => {
  expect((await history("?days=1")).endMs).toHaveLength(48);
  for (const days of ["0", "36", "1.5", "all", "1&days=2"]) {
    const { status, body } = await get<{ error: string }>(
      `/api/supplies/${THIEF}/history?days=${days}`,
    );
    expect([days, status]).toEqual([days, 400]);
    expect(body.error).toContain("such as 31");
  }
});

test("while the truth is hidden nothing of it leaves, and what is known does", async () => {
  const open = await history();
  isHidden = true;
  const hidden = await history();
  isHidden = false;
  expect(hidden.trueW).toBeNull();
  expect(hidden.knownW).toEqual(open.knownW);
});

test("the tokens that a customer was told stand in the account in fours, and nothing where there are none", async () => {
  const row = twin.model.rowOfSupply.get(THIEF)!;
  const told = [{ token: "01234567890123456789", amountMinor: 50_004, at: DAY_MS }];
  const view = async () => (await get<SupplyAccountView>(`/api/supplies/${THIEF}`)).body;
  expect(await view()).not.toHaveProperty("tokens");
  twin.world.belief.accounts[row]!.vending = { baseDate: 1, lastStamp: 5, waiting: [], told };
  expect((await view()).tokens).toEqual([{ ...told[0], token: "0123 4567 8901 2345 6789" }]);
  delete twin.world.belief.accounts[row]!.vending;
});

test("a home that is not there is a sentence, for its account and for its history", async () => {
  for (const path of ["/api/supplies/supply-99", "/api/supplies/supply-99/history"]) {
    const { status, body } = await get<{ error: string }>(path);
    expect([status, body.error]).toEqual([404, "there is no such supply point"]);
  }
});

test("nothing is told before it is durable", async () => {
  isDurable = false;
  const paths = [`/api/supplies/${THIEF}`, `/api/supplies/${THIEF}/history`, "/api/disconnections"];
  for (const path of paths) {
    const { status, body } = await get<{ error: string }>(path);
    expect([status, body.error]).toEqual([503, "the twin waits: the disk is full"]);
  }
  isDurable = true;
});

test("an account has its open items and its rungs in the order of their days", async () => {
  const debtor = twin.world.belief.accounts.findIndex(({ items }) => items.length > 0);
  const { id } = twin.model.records.supplies[debtor]!;
  const { body } = await get<SupplyAccountView>(`/api/supplies/${id}`);
  expect(body.supply).toBe(id);
  expect(body.openItems.length).toBeGreaterThan(0);
  const { steps, tariff, policy } = body.outlook!;
  expect(tariff).not.toBe("");
  expect(policy).not.toBe("");
  const days = steps.flatMap(({ at }) => (at === null ? [] : [at]));
  expect(days).toEqual([...days].sort((a, b) => a - b));
});

test("a run that goes on after a restart has its readings again; what flowed before is not made up", () => {
  const again = createTruthHistory(twin);
  expect(again.meanW(0, clock.nowMs)).toBeNull();
  expect(truthHistory.meanW(0, clock.nowMs)).not.toBeNull();
  expect(again.meanW(0, -HOUR_MS)).toBeNull();
});
