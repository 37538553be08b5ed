// The live server as programs use it: inputs, state, frames, and who is let in.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PaceView, ServerMessage } from "../../sim/contract/frame.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import { meterville, metervilleJson, type Serving, serve, withPath } from "../support/cli.ts";

const STREET = "scenarios/first-street.yaml";

async function post(url: string, path: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(withPath(url, path), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const stateOf = async (url: string): Promise<RunReport> =>
  (await (await fetch(withPath(url, "api/state"))).json()) as RunReport;

async function until<Value>(read: () => Promise<Value>, isThere: (value: Value) => boolean) {
  for (let tries = 0; tries < 400; tries++) {
    const value = await read();
    if (isThere(value)) return value;
    await pause(50);
  }
  throw new Error("it did not come within 20 s");
}

/** Messages of one socket until it has been still, or closed. */
async function listen(
  url: string,
  say: readonly unknown[],
  enough: (messages: readonly ServerMessage[]) => boolean,
): Promise<readonly ServerMessage[]> {
  const address = new URL(withPath(url, "ws"));
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const messages: ServerMessage[] = [];
  const done = new Promise<void>((resolve) => {
    socket.onmessage = ({ data }) => {
      messages.push(JSON.parse(String(data)) as ServerMessage);
      if (enough(messages)) resolve();
    };
    socket.onclose = () => resolve();
  });
  await once(socket, "open");
  for (const message of say) {
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }
  await done;
  socket.close();
  return messages;
}

describe("a live run", () => {
  let live: Serving;
  beforeAll(async () => {
    live = await serve(STREET, "--speed", "3600", "--step", "1s");
  });
  afterAll(async () => {
    await live.stop();
    rmSync(live.folder, { recursive: true, force: true });
  });

  test("takes every kind of input once its journal has it", async () => {
    const inputs = [
      { kind: "theft-start", target: "supply-12", share: 0.6 },
      { kind: "theft-stop", target: "supply-12" },
      { kind: "mast-down" },
      { kind: "mast-up", target: "mast-1" },
      { kind: "payment", target: "supply-05", amountMinor: 100 },
      { kind: "trip", target: "supply-05" },
      { kind: "reconnect", target: "supply-05" },
    ];
    for (const input of inputs) {
      const response = await post(live.url, "api/inputs", input);
      expect(response.status, input.kind).toBe(202);
      const { seq, takesEffectAtMs } = (await response.json()) as Record<string, number>;
      const journal = readFileSync(join(live.folder, "journal.ndjson"), "utf8");
      const entry = journal
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as { sequence?: number })
        .find(({ sequence }) => sequence === seq);
      expect(entry).toEqual({ sequence: seq, takesEffectAtMs, kind: "input", input });
    }
  });

  test("refuses nonsense with a sentence and status 400", async () => {
    const rows: readonly (readonly [body: unknown, sentence: RegExp])[] = [
      [{ kind: "steal" }, /there is no input kind "steal"; known: theft-start,/],
      [{ kind: "trip", target: "supply-99" }, /there is no supply point "supply-99"; did you mean/],
      [{ kind: "theft-start", target: "supply-12", share: 60 }, /for 60 % write 0\.6/],
      [{ kind: "payment", target: "supply-12", amountMinor: 1.5 }, /positive whole number/],
      [{ kind: "trip", target: "supply-12", why: "x" }, /why/],
      [[], /an input is a JSON object such as/],
    ];
    for (const [body, sentence] of rows) {
      const response = await post(live.url, "api/inputs", body);
      expect(response.status, JSON.stringify(body)).toBe(400);
      expect(((await response.json()) as { error: string }).error).toMatch(sentence);
    }
  });

  test("gives run --json's object for now, and its time goes on", async () => {
    const first = await stateOf(live.url);
    const keys = Object.keys(await metervilleJson<RunReport>("run", STREET, "--until", "2min"));
    expect(Object.keys(first)).toEqual(keys);
    expect(first.provenance.stepMs).toBe(1000);
    await until(
      () => stateOf(live.url),
      ({ simulatedMs }) => simulatedMs > first.simulatedMs,
    );
  });

  test("streams the channels that were asked for and no other", async () => {
    const messages = await listen(
      live.url,
      [{ kind: "subscribe", channels: ["belief/supply", "belief/street"] }],
      (all) => all.filter(({ kind }) => kind === "frame").length >= 8,
    );
    expect(messages[0]).toMatchObject({ kind: "hello", runId: live.runId });
    const channels = messages.flatMap((message) =>
      message.kind === "frame" ? [message.frame.channel] : [],
    );
    expect(new Set(channels)).toEqual(new Set(["belief/supply", "belief/street"]));
  });

  test("pauses and goes on", async () => {
    await post(live.url, "api/pace", { isPaused: true });
    const { simulatedMs } = await stateOf(live.url);
    await pause(400);
    expect((await stateOf(live.url)).simulatedMs).toBe(simulatedMs);
    const pace = (await (await post(live.url, "api/pace", { isPaused: false })).json()) as PaceView;
    expect(pace).toMatchObject({ isPaused: false, speed: 3600 });
    await until(
      () => stateOf(live.url),
      (state) => state.simulatedMs > simulatedMs,
    );
  });

  test("tells every session of another pace, also where no step comes after it", async () => {
    await post(live.url, "api/pace", { isPaused: true });
    await pause(300);
    const heard = listen(live.url, [], (all) =>
      all.some((each) => each.kind === "pace" && each.pace.speed === 1234),
    );
    await pause(300);
    await post(live.url, "api/pace", { speed: 1234 });
    expect((await heard).at(-1)).toMatchObject({ pace: { isPaused: true, speed: 1234 } });
    await post(live.url, "api/pace", { isPaused: false, speed: 3600 });
  }, 20_000);

  test("serves the page and its own favicon", async () => {
    const page = await fetch(live.url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>Meterville</title>");
    expect((await fetch(withPath(live.url, "favicon.svg"))).status).toBe(200);
  });

  test("keeps what a home was billed", async () => {
    const account = await (await fetch(withPath(live.url, "api/supplies/supply-05"))).json();
    expect(account).toMatchObject({ supply: "supply-05" });
    expect((await fetch(withPath(live.url, "api/supplies/nobody"))).status).toBe(404);
  });

  test("is closed to other hosts' names and other sites' pages", async () => {
    const statusFor = (headers: Record<string, string>, path = "/api/state"): Promise<number> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(live.url);
        const ask = request({ hostname, port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        ask.on("upgrade", (response, socket) => {
          resolve(response.statusCode ?? 0);
          socket.destroy();
        });
        ask.on("error", (error: NodeJS.ErrnoException) =>
          // A refused upgrade may be cut before its answer is read.
          error.code === "ECONNRESET" ? resolve(403) : reject(error),
        );
        ask.end();
      });
    const { host } = new URL(live.url);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    expect(await statusFor({ host })).toBe(200);
    expect(await statusFor({ host: "evil.example" })).toBe(403);
    expect(await statusFor({ host, origin: "http://evil.example" })).toBe(403);
    expect(await statusFor({ host, ...upgrade }, "/ws")).toBe(101);
    expect(await statusFor({ host, origin: `http://${host}`, ...upgrade }, "/ws")).toBe(101);
    expect(await statusFor({ host, origin: "http://evil.example", ...upgrade }, "/ws")).toBe(403);
    expect(await statusFor({ host: "evil.example", ...upgrade }, "/ws")).toBe(403);
    expect(await statusFor({ host, origin: "http://evil.example", ...upgrade }, "/mqtt")).toBe(403);
    expect(await statusFor({ host: "evil.example", ...upgrade }, "/mqtt")).toBe(403);
  });
});

test("an interrupted run has a whole recording, and its journal gives the same run again", async () => {
  const live = await serve(STREET, "--speed", "max", "--step", "1s", "--seed", "3");
  await post(live.url, "api/inputs", { kind: "swap-in", target: "supply-07", device: "simulated" });
  await until(
    () => stateOf(live.url),
    ({ simulatedMs }) => simulatedMs > 600_000,
  );
  await post(live.url, "api/inputs", { kind: "mast-down" });
  await post(live.url, "api/inputs", { kind: "swap-out", target: "supply-07" });
  const { simulatedMs } = await stateOf(live.url);
  await until(
    () => stateOf(live.url),
    (state) => state.simulatedMs > simulatedMs + 3_600_000,
  );
  const { exitCode, stderr } = await live.stop();
  expect(exitCode).toBe(130);
  expect(stderr).toContain("replay it with: meterville replay");
  const recording = join(live.folder, "recording.mcap");
  const replay = await metervilleJson<ReplayResult>("replay", recording);
  expect(replay).toMatchObject({ verified: true, firstDifference: null });
  const again = await metervilleJson<RunReport>(
    ...["run", STREET, "--seed", "3", "--step", "1s", "--until", `${replay.steps}s`],
    ...["--journal", join(live.folder, "journal.ndjson")],
  );
  const out = join(live.folder, "again.mcap");
  await metervilleJson<RunReport>(
    ...["run", STREET, "--seed", "3", "--step", "1s", "--until", `${replay.steps}s`],
    ...["--journal", join(live.folder, "journal.ndjson"), "--out", out],
  );
  expect((await metervilleJson<ReplayResult>("replay", out)).verified).toBe(true);
  expect(again.simulatedMs).toBe(replay.steps * 1000);
  expect(again.finalHash).toBe(await hashIn(live));
  rmSync(live.folder, { recursive: true, force: true });
});

/** The final hash that the recording of a live run ends with. */
async function hashIn({ folder }: Serving): Promise<string> {
  const { withRecording } = await import("../../sim/host/resimulate.ts");
  return withRecording(join(folder, "recording.mcap"), async ({ resultText }) => {
    const { finalHash } = JSON.parse(resultText) as RunReport;
    return finalHash;
  });
}

describe("who is let in", () => {
  test("from other machines only with the token of the printed address", async () => {
    const live = await serve(STREET, "--host", "0.0.0.0", "--paused");
    const bare = new URL(live.url);
    const token = bare.searchParams.get("token");
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    bare.search = "";
    const without = withPath(bare.href, "api/state");
    expect((await fetch(without)).status).toBe(401);
    expect((await fetch(`${without}?token=${"0".repeat(32)}`)).status).toBe(401);
    expect((await fetch(withPath(live.url, "api/state"))).status).toBe(200);
    const bearer = { authorization: `Bearer ${token}` };
    expect((await fetch(without, { headers: bearer })).status).toBe(200);
    await live.stop();
    rmSync(live.folder, { recursive: true, force: true });
  });

  test("a port that is taken is left alone: the default gives way, a given one is refused", async () => {
    const holder = createServer();
    const busy = await new Promise<boolean>((resolve) => {
      holder.once("error", () => resolve(true));
      holder.listen(4380, "127.0.0.1", () => resolve(false));
    });
    const child = spawn(
      process.execPath,
      [join(PROJECT_ROOT, "sim/host/main.ts"), "serve", STREET, "--paused", "--json"],
      { cwd: PROJECT_ROOT, stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    expect(Number(new URL(url).port)).toBeGreaterThan(4380);
    const { keptIn } = (await (await fetch(withPath(url, "api/pace"))).json()) as PaceView;
    child.kill("SIGINT");
    await once(child, "close");
    rmSync(join(PROJECT_ROOT, keptIn), { recursive: true, force: true });
    const refused = await meterville("serve", STREET, "--port", "4380");
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/port 4380 is in use; give another with --port/);
    if (!busy) await new Promise((resolve) => holder.close(resolve));
    expect(existsSync(join(PROJECT_ROOT, keptIn))).toBe(false);
  });
});
