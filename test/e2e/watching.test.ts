// Watching a live run: every step's frame once, fifty sessions at once, steps, moments, the hidden truth, starting over.

import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Frame, PaceView, ServerMessage } from "../../sim/contract/frame.ts";
import { CHANNELS } from "../../sim/contract/frame.ts";
import {
  createFrameDecoder,
  type FrameDecoder,
} from "../../sim/contract/frame-codec/frame-decoder.ts";
import { splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import type { MomentsView, MomentView } from "../../sim/contract/moments.ts";
import { ZLIB_PACKING } from "../../sim/host/zlib-packing.ts";
import { type Serving, serve, withPath } from "../support/cli.ts";

const STREET = "scenarios/first-street.yaml";
const THIEF = "supply-12";

async function post(url: string, path: string, body: unknown): Promise<Response> {
  return fetch(withPath(url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function get<Value>(url: string, path: string, query = ""): Promise<Value> {
  return (await (await fetch(`${withPath(url, path)}${query}`)).json()) as Value;
}

async function until<Value>(
  read: () => Value | Promise<Value>,
  isThere: (value: Value) => boolean,
): Promise<Value> {
  for (let tries = 0; tries < 600; tries++) {
    const value = await read();
    if (isThere(value)) return value;
    await pause(50);
  }
  throw new Error("it did not come within 30 s");
}

interface Session {
  readonly messages: ServerMessage[];
  readonly texts: string[];
  /** Frames that came packed. */
  readonly packed: Uint8Array[];
  readonly frames: () => readonly Frame[];
  say(message: unknown): void;
  close(): void;
}

async function watch(
  url: string,
  channels: readonly string[] = CHANNELS,
  encoding = "json",
): Promise<Session> {
  const address = new URL(withPath(url, "ws"));
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const session: Session = {
    messages: [],
    texts: [],
    packed: [],
    frames: () =>
      session.messages.flatMap((message) => (message.kind === "frame" ? [message.frame] : [])),
    say: (message) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
  };
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      session.packed.push(new Uint8Array(data as ArrayBuffer));
      return;
    }
    session.texts.push(String(data));
    session.messages.push(JSON.parse(String(data)) as ServerMessage);
  };
  await once(socket, "open");
  session.say({ kind: "subscribe", channels, encoding });
  return session;
}

const stepsOf = (session: Session, channel: string): readonly number[] =>
  session
    .frames()
    .filter((frame) => frame.channel === channel)
    .map(({ step }) => step);

const paceOf = (url: string): Promise<PaceView> => get(url, "api/pace");

describe("a run that stands still", () => {
  let live: Serving;
  beforeAll(async () => {
    live = await serve(STREET, "--paused", "--step", "1min", "--no-mqtt");
  });
  afterAll(async () => {
    await live.stop();
    rmSync(live.folder, { recursive: true, force: true });
  });

  test("takes ten steps when it is asked for ten, and each reaches every one of fifty sessions once", async () => {
    const sessions = await Promise.all(
      Array.from({ length: 50 }, () => watch(live.url, ["truth/street", "belief/supply"])),
    );
    await until(
      () => sessions.every((session) => session.frames().length === 2),
      (isThere) => isThere,
    );
    const { simMs } = await paceOf(live.url);
    await post(live.url, "api/pace", { steps: 10 });
    await until(
      () => paceOf(live.url),
      (pace) => pace.simMs === simMs + 600_000,
    );
    const last = simMs / 60_000 + 10;
    await until(
      () => sessions.every((session) => stepsOf(session, "truth/street").at(-1) === last),
      (isThere) => isThere,
    );
    const expected = Array.from({ length: 11 }, (_, row) => last - 10 + row);
    for (const session of sessions) {
      expect(stepsOf(session, "truth/street")).toEqual(expected);
      expect(stepsOf(session, "belief/supply")).toEqual(expected);
      session.close();
    }
    expect((await paceOf(live.url)).isPaused).toBe(true);
  });

  test("packed frames are the frames as they are, one delta a step after a keyframe, whole again when asked for", async () => {
    const plain = await watch(live.url, ["truth/supply", "belief/street"]);
    const packed = await watch(live.url, ["truth/supply", "belief/street"], "packed");
    const count = 2;
    await until(
      () => packed.packed.length,
      (length) => length === count,
    );
    await post(live.url, "api/pace", { steps: 5 });
    await until(
      () => packed.packed.length + plain.frames().length,
      (length) => length === 2 * 6 * count,
    );
    packed.say({ kind: "keyframe", channel: "truth/supply" });
    packed.say({ kind: "keyframe", channel: "truth/branch" });
    await until(
      () => packed.packed.length,
      (length) => length === 6 * count + 1,
    );
    const decoders = new Map<string, FrameDecoder>();
    const heads = packed.packed.map((bytes) => splitMessage(bytes));
    const read = heads.map(({ head, body }) => {
      const { channel } = head;
      const decoder = decoders.get(channel) ?? createFrameDecoder(channel, ZLIB_PACKING);
      decoders.set(channel, decoder);
      return decoder.take(head, ZLIB_PACKING.inflate(body));
    });
    expect(read.slice(0, -1)).toEqual(plain.frames());
    expect(read.at(-1)).toEqual(
      plain.frames().findLast(({ channel }) => channel === "truth/supply"),
    );
    const wholes = heads.filter(({ head }) => head.base === 0).length;
    expect(wholes).toBe(count + 1);
    const errors = packed.messages.flatMap((each) => (each.kind === "error" ? each.message : []));
    expect(errors).toEqual(["subscribe to truth/branch first"]);
    plain.close();
    packed.close();
  });

  test("refuses what is no pace with a sentence, over HTTP and over a socket, and goes on", async () => {
    const response = await post(live.url, "api/pace", { steps: 0 });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "steps is a whole number from 1 to 1000" });
    const session = await watch(live.url, []);
    session.say({ kind: "pace", speed: -1 });
    session.say({ kind: "subscribe", channels: ["truth/secrets"] });
    session.say({ kind: "pace", pauseAtEvent: true });
    const pace = await until(
      () => session.messages.findLast((each) => each.kind === "pace")?.pace,
      (each) => each?.pauseAtEvent === true,
    );
    expect(pace).toMatchObject({ isPaused: true, slowAtTheft: false });
    const errors = session.messages.flatMap((each) => (each.kind === "error" ? each.message : []));
    expect(errors[0]).toMatch(/speed is a number above 0/);
    expect(errors[1]).toMatch(/there is no channel truth\/secrets; known: truth\/supply/);
    session.close();
  });

  test("pauses at the next event, and falls back to 1× when a theft starts, and says why", async () => {
    await post(live.url, "api/inputs", { kind: "theft-start", target: THIEF, share: 0.6 });
    await post(live.url, "api/pace", {
      ...{ pauseAtEvent: true, slowAtTheft: true, speed: 3_600, isPaused: false },
    });
    const pace = await until(
      () => paceOf(live.url),
      ({ isPaused }) => isPaused,
    );
    expect(pace.speed).toBe(1);
    expect(pace.becauseOf).toContain(THIEF);
    const { marks } = await get<MomentsView>(live.url, "api/moments");
    expect(marks).toMatchObject([{ kind: "theft", side: "truth", supply: THIEF, count: 1 }]);
    await post(live.url, "api/pace", { pauseAtEvent: false, slowAtTheft: false, speed: 60 });
    expect((await paceOf(live.url)).becauseOf).toBeNull();
  });

  test("can be looked back to in every step that was taken one by one, with the frames of then", async () => {
    const session = await watch(live.url, ["truth/supply"]);
    await post(live.url, "api/pace", { steps: 5 });
    await until(
      () => session.frames().length,
      (count) => count === 6,
    );
    for (const then of session.frames()) {
      const query = `?ms=${then.simMs + 1}&channels=truth/supply`;
      const moment = await get<MomentView>(live.url, "api/moments/at", query);
      expect(moment).toEqual({
        ...{ runId: live.runId, simMs: then.simMs, step: then.step, frames: [then] },
      });
    }
    session.close();
  });

  test.for([
    { query: "?ms=soon", status: 400, error: /ms is a moment: whole milliseconds/ },
    { query: "?ms=0&channels=truth/x", status: 400, error: /there is no channel truth\/x; known/ },
    { query: "?ms=0&channels=truth/event", status: 400, error: /events are no state/ },
  ])("a look at $query is refused with a sentence", async ({ query, status, error }) => {
    const response = await fetch(`${withPath(live.url, "api/moments/at")}${query}`);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toMatch(error);
  });
});

test("a run that goes on as fast as it can sends no step twice and loses no event", async () => {
  const live = await serve(STREET, "--speed", "max", "--step", "1min", "--no-mqtt");
  const session = await watch(live.url);
  await until(
    () => session.frames().length,
    (count) => count > 300,
  );
  for (const channel of CHANNELS.filter((name) => !name.endsWith("/event"))) {
    const steps = stepsOf(session, channel);
    expect(new Set(steps).size, channel).toBe(steps.length);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  }
  await post(live.url, "api/inputs", { kind: "theft-start", target: THIEF, share: 0.6 });
  const isTheft = (frame: Frame): boolean =>
    frame.channel === "truth/event" && frame.data.some(({ kind }) => kind === "theft-start");
  await until(
    () => session.frames().some(isTheft),
    (isThere) => isThere,
  );
  expect(session.frames().filter(isTheft)).toHaveLength(1);
  session.close();
  await live.stop();
  rmSync(live.folder, { recursive: true, force: true });
});

describe("while the truth is hidden", () => {
  let live: Serving;
  let startedOver: string | undefined;
  beforeAll(async () => {
    live = await serve(
      ...[STREET, "--speed", "3600", "--step", "1min", "--no-mqtt", "--hide-truth"],
      ...["--reveal-code", "kirsche"],
    );
    await post(live.url, "api/inputs", { kind: "theft-start", target: THIEF, share: 0.613 });
  });
  afterAll(async () => {
    await live.stop();
    for (const folder of [live.folder, ...(startedOver === undefined ? [] : [startedOver])])
      rmSync(folder, { recursive: true, force: true });
  });

  test("no truth reaches a socket, whatever it subscribes to", async () => {
    const session = await watch(live.url);
    await until(
      () => session.frames().length,
      (count) => count > 60,
    );
    const channels = new Set(session.frames().map(({ channel }) => channel));
    expect([...channels].filter((name) => !name.startsWith("belief/"))).toEqual([]);
    const all = session.texts.join("\n");
    expect(all).not.toMatch(/0\.613|theft-start|bypassShare|sourceW|deliveredWh|stolenWh/);
    expect(session.messages[0]).toMatchObject({
      kind: "hello",
      channels: ["belief/supply", "belief/street", "belief/event"],
      hiding: { isHidden: true, needsCode: true },
    });
    const errors = session.messages.flatMap((each) => (each.kind === "error" ? each.message : []));
    expect(errors).toEqual([
      expect.stringMatching(/^truth\/supply.*score\/street: the truth is hidden/),
    ]);
    session.close();
  });

  test("no answer over HTTP holds it", async () => {
    const state = await get<Record<string, unknown>>(live.url, "api/state");
    expect(Object.keys(state)).not.toContain("energy");
    expect(state["detection"]).toEqual({ cases: expect.any(Number) });
    const refused = async (path: string): Promise<number> =>
      (await fetch(`${withPath(live.url, path.split("?")[0]!)}?${path.split("?")[1]}`)).status;
    expect(await refused("api/moments?sides=truth,belief")).toBe(403);
    expect(await refused("api/moments/at?ms=0&channels=belief/supply,truth/supply")).toBe(403);
    expect(await refused("api/moments/at?ms=0&channels=score/street")).toBe(403);
    const moments = await get<MomentsView>(live.url, "api/moments");
    expect(moments.moments.every(({ sourceW }) => sourceW === null)).toBe(true);
    expect(moments.marks.every(({ side }) => side === "belief")).toBe(true);
    const then = await get<MomentView>(live.url, "api/moments/at", "?ms=60000");
    expect(then.frames.map(({ channel }) => channel)).toEqual(["belief/supply", "belief/street"]);
  });

  test("a board's line is told, not what it shows", async () => {
    await post(live.url, "api/inputs", {
      kind: "swap-in",
      target: "supply-07",
      device: "simulated",
    });
    const { boards } = await until(
      () => get<{ boards: readonly Record<string, unknown>[] }>(live.url, "api/boards"),
      (answer) => answer.boards.length > 0,
    );
    expect(boards[0]).toMatchObject({ relay: null, displayText: null, leds: null, faults: [] });
    await post(live.url, "api/inputs", { kind: "swap-out", target: "supply-07" });
  });

  test("a run that starts over is hidden as well, in a folder of its own, for the same sessions", async () => {
    const session = await watch(live.url);
    await until(
      () => session.messages.length,
      (count) => count > 5,
    );
    const response = await post(live.url, "api/start-over", {});
    expect(response.status).toBe(201);
    const { runId } = (await response.json()) as { runId: string };
    expect(runId).not.toBe(live.runId);
    const hellos = await until(
      () => session.messages.filter(({ kind }) => kind === "hello"),
      (all) => all.length === 2,
    );
    expect(hellos[1]).toMatchObject({ runId, hiding: { isHidden: true } });
    const after = session.messages.indexOf(hellos[1]!);
    await until(
      () => session.messages.slice(after).filter(({ kind }) => kind === "frame").length,
      (count) => count > 6,
    );
    const { keptIn, simMs } = await paceOf(live.url);
    expect(simMs).toBeLessThan(20 * 3_600_000);
    expect(keptIn).not.toBe(live.folder);
    expect(existsSync(join(live.folder, "recording.mcap"))).toBe(true);
    session.close();
    startedOver = keptIn;
  });

  test("only who knows the code reveals it, and then everything comes", async () => {
    const session = await watch(live.url);
    const wrong = await post(live.url, "api/truth", { isHidden: false, code: "apfel" });
    expect(wrong.status).toBe(403);
    await pause(1_100);
    const right = await post(live.url, "api/truth", { isHidden: false, code: "kirsche" });
    expect(await right.json()).toEqual({ isHidden: false, needsCode: true });
    await until(
      () => session.messages.some((each) => each.kind === "hiding" && !each.hiding.isHidden),
      (isThere) => isThere,
    );
    session.say({ kind: "subscribe", channels: ["truth/supply"] });
    await until(
      () => session.frames().some(({ channel }) => channel === "truth/supply"),
      (isThere) => isThere,
    );
    await post(live.url, "api/truth", { isHidden: true });
    const hiddenAt = await until(
      () =>
        session.messages.findLastIndex((each) => each.kind === "hiding" && each.hiding.isHidden),
      (row) => row >= 0,
    );
    await pause(500);
    const since = session.messages.slice(hiddenAt).filter(({ kind }) => kind === "frame");
    expect(since).toEqual([]);
    session.close();
  });
});

test("a run that is gone on with says from when on it can be looked back to, and stays hidden", async () => {
  const first = await serve(STREET, "--speed", "max", "--no-mqtt", "--hide-truth");
  await until(
    () => paceOf(first.url),
    ({ simMs }) => simMs > 3_600_000,
  );
  await first.stop();
  const second = await serve("--resume", first.runId, "--paused", "--no-mqtt");
  const { fromMs, missing } = await until(
    () => get<MomentsView>(second.url, "api/moments"),
    (view) => view.fromMs !== null,
  );
  expect(fromMs).toBeGreaterThan(3_600_000);
  expect(missing).toMatch(/^the server was started again at \d.*cannot be looked at$/);
  expect(await get(second.url, "api/truth")).toEqual({ isHidden: true, needsCode: false });
  await second.stop();
  rmSync(first.folder, { recursive: true, force: true });
});
