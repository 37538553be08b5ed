// Somebody else's broker: Debian's Mosquitto, killed and started again while the twin runs on.

import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KnownEvent } from "../../sim/contract/event.ts";
import type { PaceView, ServerMessage } from "../../sim/contract/frame.ts";
import { type Serving, serve, withPath } from "../support/cli.ts";
import {
  type Heard,
  hasMosquitto,
  type Listener,
  listenTo,
  MISSING,
  type MosquittoBroker,
  publish,
  startMosquitto,
  waitFor,
} from "../support/mosquitto.ts";

const STREET = "scenarios/three-lanes.yaml";
const TOPIC = "meterville/three-lanes";

let broker: MosquittoBroker;
let live: Serving | undefined;
const listeners: Listener[] = [];
beforeEach(async (ctx) => {
  ctx.skip(!hasMosquitto, MISSING);
  broker = await startMosquitto();
});
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.stop();
  await live?.stop();
  if (live !== undefined) rmSync(live.folder, { recursive: true, force: true });
  live = undefined;
  await broker?.remove();
});

/** A subscriber that the broker remembers, under a name of its own. */
async function keeper(name: string, ...topics: readonly string[]): Promise<Listener> {
  const filters = [...topics, `${TOPIC}/keeper`].flatMap((topic) => ["-t", topic]);
  // -R: what was retained before a subscription is no part of the stream.
  const listener = listenTo(broker.url, "-i", name, "-c", "-q", "1", "-R", ...filters);
  listeners.push(listener);
  // Whoever hears this has subscribed; asked again, since the question may come too early.
  for (let tries = 0; tries < 40 && listener.heard.length === 0; tries++) {
    await publish(broker.url, "-q", "1", "-t", `${TOPIC}/keeper`, "-m", "there?");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await broker.save();
  return listener;
}

async function setPace(change: Record<string, unknown>): Promise<PaceView> {
  const response = await fetch(withPath(live!.url, "api/pace"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(change),
  });
  return (await response.json()) as PaceView;
}

async function simMs(): Promise<number> {
  return ((await (await fetch(withPath(live!.url, "api/pace"))).json()) as PaceView).simMs;
}

/** Resolves once the twin has gone on by so much. */
async function goneOn(byMs: number): Promise<void> {
  const from = await simMs();
  let now = from;
  const poll = async () => {
    now = await simMs();
  };
  for (let tries = 0; tries < 600 && now < from + byMs; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    await poll();
  }
  expect(now).toBeGreaterThanOrEqual(from + byMs);
}

const readingsIn = (heard: readonly Heard[]): Heard[] =>
  heard.filter(({ topic }) => topic.endsWith("/reading"));
const countSaid = (sentence: RegExp): number => live!.stderr().match(sentence)?.length ?? 0;
const countAway = (): number => countSaid(/the MQTT broker is away/g);
const countBack = (): number => countSaid(/the MQTT broker is there/g);
const isLast = (payload: string) => (heard: readonly Heard[]) =>
  heard.some((each) => each.topic === `${TOPIC}/server` && each.payload === payload);

/** What the company has stored, supply by supply in the order of arrival. */
function storedReadings(): readonly string[] {
  const store = new DatabaseSync(join(live!.folder, "store.db"), { readOnly: true });
  const rows = store
    .prepare("select supply, sequence from readings order by supply, received_at_ms, sequence")
    .all();
  store.close();
  return rows.map((row) => `${row["supply"]} ${row["sequence"]}`);
}

/** Nothing is lost, nothing is out of order, and a second copy is the first one's equal. */
function expectEveryReading(heard: readonly Heard[]): void {
  const copies = new Map<string, string>();
  for (const { payload } of readingsIn(heard)) {
    const { supply, sequence } = JSON.parse(payload) as { supply: string; sequence: number };
    const key = `${supply} ${sequence}`;
    expect(copies.get(key) ?? payload).toBe(payload);
    copies.set(key, payload);
  }
  const firstCopies = [...copies].map(([key, payload]) => {
    const { supply, sequence, receivedAtMs } = JSON.parse(payload);
    return { key, supply, sequence, receivedAtMs } as const;
  });
  const arrivals = new Map<string, number>();
  for (const { supply, receivedAtMs } of firstCopies) {
    expect(receivedAtMs).toBeGreaterThanOrEqual(arrivals.get(supply) ?? 0);
    arrivals.set(supply, receivedAtMs);
  }
  const sorted = firstCopies.sort(
    (a, b) =>
      (a.supply < b.supply ? -1 : a.supply > b.supply ? 1 : 0) ||
      a.receivedAtMs - b.receivedAtMs ||
      a.sequence - b.sequence,
  );
  expect(sorted.map(({ key }) => key)).toEqual(storedReadings());
}

test("a broker that is killed and comes back three times has lost no reading", async () => {
  const kept = await keeper("keeper-1", `${TOPIC}/+/reading`, `${TOPIC}/server`);
  live = await serve(STREET, "--broker", broker.url, "--paused", "--speed", "7200");
  expect(live.mqttUrl).toBe(broker.url);
  await kept.until(isLast("online"));
  const pageEvents = watchEvents(live.url);
  await setPace({ isPaused: false });
  await kept.until((heard) => readingsIn(heard).length > 300);
  for (const [index, pauseMs] of [7_200_000, 1_800_000, 14_400_000].entries()) {
    await broker.kill();
    await waitFor(() => countAway() > index, live.stderr);
    await goneOn(pauseMs);
    const heardBefore = kept.heard.length;
    await broker.start();
    await waitFor(() => countBack() > index, live.stderr);
    // The next kill comes in the middle of what waited.
    await kept.until((heard) => heard.length > heardBefore + 50);
  }
  await goneOn(3_600_000);
  await live.stop();
  await kept.until(isLast("offline"));
  expectEveryReading(kept.heard);
  expect((await pageEvents).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["broker-away", "broker-back"]),
  );
});

test("a broker that is not there when the run begins gets everything when it comes", async () => {
  const kept = await keeper("keeper-2", `${TOPIC}/+/reading`, `${TOPIC}/server`);
  await broker.kill();
  live = await serve(STREET, "--broker", broker.url, "--speed", "7200");
  await waitFor(() => countAway() === 1, live.stderr);
  await goneOn(7_200_000);
  await broker.start();
  await waitFor(() => countBack() === 1, live.stderr);
  await live.stop();
  await kept.until(isLast("offline"));
  expectEveryReading(kept.heard);
});

test("a server that is killed is offline at the broker, by its will", async () => {
  const kept = await keeper("keeper-3", `${TOPIC}/server`);
  live = await serve(STREET, "--broker", broker.url);
  await kept.until(isLast("online"));
  live.kill();
  await kept.until(isLast("offline"));
});

test("a server that is killed and goes on loses no reading and executes no command twice", async () => {
  const kept = await keeper(
    "keeper-5",
    ...[`${TOPIC}/+/reading`, `${TOPIC}/+/command/+`, `${TOPIC}/server`],
  );
  const order = () =>
    publish(
      broker.url,
      ...["-q", "1", "-t", `${TOPIC}/supply-04/command`],
      ...["-m", '{"kind": "pay", "amountMinor": 777, "id": "receipt-1"}'],
    );
  const answers = (heard: readonly Heard[]) =>
    heard.filter(({ topic }) => topic === `${TOPIC}/supply-04/command/receipt-1`);
  live = await serve(STREET, "--broker", broker.url, "--speed", "14400");
  await kept.until((heard) => readingsIn(heard).length > 100);
  await order();
  await kept.until((heard) => answers(heard).length === 2);
  await goneOn(3_600_000);
  live.kill();
  await live.stop();
  live = await serve("--resume", live.runId, "--broker", broker.url);
  await order();
  await kept.until((heard) => answers(heard).length === 3);
  await goneOn(7_200_000);
  await live.stop();
  await kept.until((heard) => heard.filter(({ payload }) => payload === "offline").length === 2);
  expectEveryReading(kept.heard);
  const [first, , again] = answers(kept.heard);
  expect(again).toEqual(first);
  const journal = readFileSync(join(live.folder, "journal.ndjson"), "utf8");
  expect(journal.match(/"amountMinor":777/g)).toHaveLength(1);
});

test("commands come from there too: also one sent while the server was away, but none retained", async () => {
  const retained = ["-r", "-q", "1", "-t", `${TOPIC}/supply-03/command`];
  await publish(broker.url, ...retained, "-m", '{"kind": "trip", "id": "old-1"}');
  const kept = await keeper("keeper-4", `${TOPIC}/+/command/+`);
  live = await serve(STREET, "--broker", broker.url, "--speed", "600", "--step", "1s");
  const answers = (id: string) => (heard: readonly Heard[]) =>
    heard.filter(({ topic }) => topic.endsWith(`/command/${id}`));
  await kept.until((heard) => answers("old-1")(heard).length > 0);
  expect(answers("old-1")(kept.heard)[0]?.payload).toMatch(/"ok":false.*without the retain flag/);
  const order = (id: string) =>
    publish(
      broker.url,
      ...["-q", "1", "-t", `${TOPIC}/supply-04/command`],
      ...["-m", `{"kind": "trip", "id": "${id}"}`],
    );
  await order("new-1");
  await kept.until((heard) => answers("new-1")(heard).length > 1);
  expect(answers("new-1")(kept.heard)[0]?.payload).toContain('"state":"accepted"');
  expect(answers("new-1")(kept.heard)[1]?.payload).toContain('"state":"done"');
  // The broker knows the server's session again after its death: what it did not write down is lost.
  await broker.save();
  await broker.kill();
  await waitFor(() => countAway() === 1, live.stderr);
  await broker.start();
  await order("new-2");
  await kept.until((heard) => answers("new-2")(heard).length > 0);
  expect(answers("new-2")(kept.heard)[0]?.payload).toContain('"state":"accepted"');
  // The same id from before the broker's death is not executed again.
  await order("new-1");
  await kept.until((heard) => answers("new-1")(heard).length > 3);
  await publish(broker.url, ...retained, "-n");
});

test("more than may wait drops the oldest and is told once, on the terminal and in the page's log", async () => {
  await broker.kill();
  live = await serve(STREET, "--broker", broker.url, "--paused", "--speed", "max");
  const pageEvents = watchEvents(live.url);
  await waitFor(() => countAway() === 1, live.stderr);
  await setPace({ isPaused: false });
  await fetch(withPath(live.url, "api/inputs"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"kind": "set-step", "stepMs": 900000}',
  });
  const isTold = /more than 50000 messages wait; the oldest are dropped/g;
  await waitFor(() => isTold.test(live!.stderr()), live.stderr);
  await goneOn(86_400_000);
  await live.stop();
  expect(live.stderr().match(isTold)).toHaveLength(1);
  const overflows = (await pageEvents).filter(({ kind }) => kind === "broker-overflow");
  expect(overflows).toHaveLength(1);
});

/** Every event that a page hears until its server ends. */
async function watchEvents(url: string): Promise<readonly KnownEvent[]> {
  const address = new URL(withPath(url, "ws"));
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const events: KnownEvent[] = [];
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.kind === "frame" && message.frame.channel === "belief/event") {
      events.push(...message.frame.data);
    }
  };
  const closed = once(socket, "close");
  await once(socket, "open");
  socket.send(JSON.stringify({ kind: "subscribe", channels: ["belief/event"] }));
  await closed;
  return events;
}
