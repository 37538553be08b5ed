// What strangers may do to the embedded broker, and what the twin makes of it: nothing.

import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { PaceView } from "../../sim/contract/frame.ts";
import { CONNECTIONS_MAX, SUBSCRIPTIONS_MAX } from "../../sim/host/mqtt/embedded-broker.ts";
import { type Serving, serve, temporaryFolder, withPath } from "../support/cli.ts";
import {
  hasMosquitto,
  type Listener,
  listenTo,
  MISSING,
  publish,
  waitFor,
} from "../support/mosquitto.ts";

const STREET = "scenarios/first-street.yaml";
const TOPIC = "meterville/first-street";

let live: Serving;
let observer: Listener;
const scratch = temporaryFolder();
beforeAll(async () => {
  live = await serve(STREET, "--speed", "max");
});
afterAll(async () => {
  const { exitCode } = await live.stop();
  rmSync(live.folder, { recursive: true, force: true });
  scratch.remove();
  expect(exitCode).toBe(130);
});
beforeEach((ctx) => {
  ctx.skip(!hasMosquitto, MISSING);
  observer = listenTo(live.mqttUrl!, "-t", `${TOPIC}/+/reading`);
});
/** After each attack the twin goes on, and an honest subscriber hears of it. */
afterEach(async () => {
  if (observer === undefined) return;
  const before = await simMs();
  const heard = observer.heard.length;
  await observer.until((all) => all.length > heard + 100);
  expect(await simMs()).toBeGreaterThan(before);
  await observer.stop();
});

async function simMs(): Promise<number> {
  return ((await (await fetch(withPath(live.url, "api/pace"))).json()) as PaceView).simMs;
}

const port = (): number => Number(new URL(live.mqttUrl!).port);

/** A bare connection; whatever is sent to it is thrown away, unless nobody reads. */
async function bare(): Promise<Socket> {
  const socket = connect(port(), "127.0.0.1");
  socket.on("error", () => {});
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return socket;
}

/** An MQTT string: its length in two bytes, then itself. */
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
/** MQTT 3.1.1, 3.1: a clean session without keep-alive. */
const connectPacket = (clientId: string): Buffer => {
  const variable = Buffer.concat([text("MQTT"), Buffer.from([4, 2, 0, 0]), text(clientId)]);
  return Buffer.concat([Buffer.from([0x10, variable.length]), variable]);
};
/** MQTT 3.1.1, 3.8: one filter with QoS 0. */
const subscribePacket = (filter: string): Buffer => {
  const variable = Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([0])]);
  return Buffer.concat([Buffer.from([0x82, variable.length]), variable]);
};

const toldLines = (about: RegExp): readonly string[] =>
  live
    .stderr()
    .split("\n")
    .filter((line) => about.test(line));

test("garbage on the port is cut off and told once", async () => {
  for (let visit = 0; visit < 200; visit++) {
    const socket = await bare();
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.resume();
    socket.write(visit % 2 === 0 ? "GET / HTTP/1.1\r\n\r\n" : Buffer.alloc(4_096, 0xff));
    await closed;
  }
  await waitFor(() => toldLines(/not MQTT/).length > 0, live.stderr);
  expect(toldLines(/connection from 127\.0\.0\.1 sends what is not MQTT/)).toHaveLength(1);
});

test("random bytes behind a right greeting end that connection alone", async () => {
  for (let visit = 0; visit < 100; visit++) {
    const socket = await bare();
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.resume();
    socket.write(connectPacket("fuzz"));
    // A packet that asks for more than comes is waited for; the end of the stream ends the wait.
    socket.end(randomBytes(2_048));
    await closed;
  }
  expect(toldLines(/"fuzz"/).length).toBeLessThanOrEqual(6); // once a kind
});

test("a packet of 10 MB is cut off before it is taken in, and told once", async () => {
  const file = join(scratch.path, "ten-megabytes");
  writeFileSync(file, Buffer.alloc(10_000_000, "x"));
  const topic = ["-t", `${TOPIC}/supply-12/command`, "-i", "heavy", "-f", file];
  await publish(live.mqttUrl!, ...topic);
  await publish(live.mqttUrl!, ...topic, "-q", "1");
  await waitFor(() => toldLines(/"heavy"/).length > 0, live.stderr);
  expect(toldLines(/"heavy"/)).toEqual([
    'MQTT client "heavy" sends a packet of more than 16 KiB; it was cut off',
  ]);
});

test("garbage on command topics is answered, and the next command is carried out", async () => {
  const client = await mqtt.connectAsync(live.mqttUrl!, { reconnectPeriod: 0 });
  const answers = new Map<string, string>();
  client.on("message", (topic, payload) => {
    answers.set(topic.slice(`${TOPIC}/`.length), payload.toString());
  });
  await client.subscribeAsync(`${TOPIC}/+/command/+`, { qos: 1 });
  const garbage: (string | Buffer)[] = [
    "trip",
    "[]",
    "null",
    "1e999",
    '{"kind": {"__proto__": 1}, "id": "g1"}',
    '{"__proto__": {"kind": "trip"}, "id": "g2"}',
    '{"kind": "trip", "id": "../../../etc"}',
    '{"kind": "trip", "id": "g3", "target": ["supply-12"]}',
    `${"[".repeat(4_000)}`,
    `{"kind": "${"x".repeat(3_000)}", "id": "g4"}`,
    randomBytes(3_000),
    Buffer.from([0xc3, 0x28, 0xff]),
  ];
  for (const payload of garbage) {
    await client.publishAsync(`${TOPIC}/supply-12/command`, payload, { qos: 1 });
    await client.publishAsync(`${TOPIC}/\u0007bell/command`, payload, { qos: 1 });
  }
  await client.publishAsync(
    `${TOPIC}/supply-12/command`,
    '{"kind": "pay", "amountMinor": 100, "id": "honest"}',
    { qos: 1 },
  );
  await waitFor(
    () => /"state":"done"/.test(answers.get("supply-12/command/honest") ?? ""),
    () => JSON.stringify([...answers]),
  );
  for (const [topic, answer] of answers) {
    if (!topic.endsWith("/honest")) expect(answer, topic).toMatch(/"ok":false,"error":"[^"]/);
  }
  expect(answers.get("supply-12/command/no-id")).toBeDefined();
  expect(answers.get("supply-12/command/g4")).toMatch(/there is no input kind/);
  await client.endAsync();
});

test("a thousand connections: the first five hundred are served, the rest is told of once", async () => {
  const sockets: Socket[] = [];
  let greeted = 0;
  let refused = 0;
  for (let number = 0; number < 1_000; number++) {
    const socket = connect(port(), "127.0.0.1");
    socket.on("error", () => {});
    socket.on("close", () => refused++);
    // CONNACK (MQTT 3.1.1, 3.2)
    socket.on("data", (data) => {
      if (data[0] === 0x20 && data[3] === 0) greeted++;
    });
    socket.write(connectPacket(`crowd-${number}`));
    sockets.push(socket);
  }
  await waitFor(
    () => greeted + refused === 1_000,
    () => `${greeted} greeted, ${refused} refused`,
  );
  // The observer has one, and some that have just ended may still be counted.
  expect(greeted).toBeLessThan(CONNECTIONS_MAX);
  expect(greeted).toBeGreaterThan(CONNECTIONS_MAX - 20);
  await waitFor(() => toldLines(/connections are open/).length > 0, live.stderr);
  expect(toldLines(/512 connections are open/)).toHaveLength(1);
  for (const socket of sockets) socket.destroy();
  // Once they are gone there is room again.
  const later = listenTo(live.mqttUrl!, "-t", `${TOPIC}/server`);
  await later.until((heard) => heard[0]?.payload === "online");
  await later.stop();
});

test("a client that subscribes without end is refused what is too much", async () => {
  const client = await mqtt.connectAsync(live.mqttUrl!, {
    clientId: "greedy",
    reconnectPeriod: 0,
  });
  const filters = Array.from({ length: SUBSCRIPTIONS_MAX + 20 }, (_, index) => `x/${index}`);
  const granted = await client
    .subscribeAsync(filters)
    .catch((error: { packet?: { granted: number[] } }) =>
      (error.packet?.granted ?? []).map((qos) => ({ qos })),
    );
  expect(granted.filter(({ qos }) => (qos as number) === 128)).toHaveLength(20);
  await waitFor(() => toldLines(/"greedy"/).length > 0, live.stderr);
  expect(toldLines(/"greedy" subscribes more than 100 times/)).toHaveLength(1);
  await client.endAsync();
});

test("a subscriber that never reads is cut off, and keeps nobody waiting for long", async () => {
  const sleeper = await bare();
  const closed = new Promise<void>((resolve) => sleeper.once("close", () => resolve()));
  sleeper.write(connectPacket("sleeper"));
  await new Promise<void>((resolve) => sleeper.once("data", () => resolve()));
  sleeper.pause();
  sleeper.write(subscribePacket("#"));
  await waitFor(() => toldLines(/"sleeper"/).length > 0, live.stderr);
  expect(toldLines(/"sleeper"/)).toEqual([
    'MQTT client "sleeper" does not read what it subscribed to; it was cut off',
  ]);
  sleeper.destroy();
  await closed;
});
