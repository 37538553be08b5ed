// HTTP and WebSocket of a live run. Loopback only unless a token guards it; Host and Origin are checked on both.

import { timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import {
  CHANNELS,
  type ChannelName,
  type ServerMessage,
  type SupplyAccountView,
} from "../contract/frame.ts";
import type { RunReport } from "../contract/report.ts";
import { PROJECT_ROOT } from "./files.ts";
import type { LiveRun, Watcher } from "./live.ts";
import { type BrokerAddress, bridgeToBroker } from "./mqtt/socket-bridge.ts";
import type { Store } from "./store.ts";

const BODY_MAX_BYTES = 64 * 1024;
const SOCKET_MESSAGE_MAX_BYTES = 16 * 1024;
/** A session that lets more than this pile up misses frames until it has read. */
const SOCKET_BACKLOG_MAX_BYTES = 1024 * 1024;
const SESSIONS_MAX = 256;
const GOING_AWAY = 1001;
const FAREWELL_WALL_MS = 200;

export interface ServerOptions {
  readonly run: LiveRun;
  readonly runId: string;
  readonly report: () => RunReport;
  readonly store: Store;
  /** Null on loopback. */
  readonly token: string | null;
  /** The embedded MQTT broker; null where there is none. */
  readonly broker: BrokerAddress | null;
}

/** A server that does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { run, runId, token } = options;
  const server = Fastify({ bodyLimit: BODY_MAX_BYTES, logger: false, forceCloseConnections: true });
  await server.register(fastifyWebsocket, {
    options: {
      maxPayload: SOCKET_MESSAGE_MAX_BYTES,
      handleProtocols: (protocols: Set<string>) => (protocols.has("mqtt") ? "mqtt" : false),
    },
    preClose(done) {
      const { clients } = server.websocketServer;
      for (const client of clients) client.close(GOING_AWAY, "the server stops");
      // Who does not answer within this time is not waited for.
      setTimeout(() => {
        for (const client of clients) client.terminate();
        server.websocketServer.close(done);
      }, FAREWELL_WALL_MS).unref();
    },
  });
  server.setErrorHandler(
    (error: { statusCode?: number; code?: string; message: string }, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status === 413) {
        // The rest of the body is let through and forgotten: who is cut off never reads the answer.
        reply.removeHeader("connection");
        request.raw.resume();
      }
      const text =
        error.code === "FST_ERR_CTP_BODY_TOO_LARGE"
          ? `the body is larger than ${BODY_MAX_BYTES / 1024} KiB; an input is a few dozen bytes`
          : status === 415
            ? "send JSON, with the header content-type: application/json"
            : status < 500
              ? request.method === "GET"
                ? `there is nothing at ${request.url.slice(0, 80)}`
                : `not readable as JSON: ${error.message}`
              : "the server failed at this request; the twin runs on";
      if (status >= 500) process.stderr.write(`request failed: ${error.message}\n`);
      void reply.status(status === 413 ? 413 : status < 500 ? 400 : 500).send({ error: text });
    },
  );
  server.addHook("onRequest", async (request, reply) => {
    const refusal = refuse(request, token);
    if (refusal !== undefined) await reply.status(refusal.status).send({ error: refusal.reason });
  });
  server.post("/api/inputs", async (request, reply) => {
    const accepted = run.input(request.body);
    if (!accepted.ok) {
      return reply.status(accepted.isOurs === true ? 503 : 400).send({ error: accepted.reason });
    }
    const { seq, takesEffectAtMs } = accepted;
    return reply.status(202).send({ seq, takesEffectAtMs });
  });
  server.post("/api/pace", async (request, reply) => {
    const change = readPace(request.body);
    if (typeof change === "string") return reply.status(400).send({ error: change });
    return run.pace(change);
  });
  server.get("/api/state", async (_request, reply) =>
    run.publish() ? options.report() : reply.status(503).send({ error: heldText(run) }),
  );
  server.get("/api/boards", async () => ({ boards: run.boards.views() }));
  server.get("/api/pace", async () => run.paceView());
  server.get<{ Params: { id: string } }>("/api/supplies/:id", async (request, reply) => {
    const view = accountView(options, request.params.id);
    if (!run.publish()) return reply.status(503).send({ error: heldText(run) });
    if (view === undefined)
      return reply.status(404).send({ error: "there is no such supply point" });
    return view;
  });
  server.get("/ws", { websocket: true }, (socket) => watch(run, runId, socket));
  const { broker } = options;
  if (broker !== null) {
    // The broker asks for the token itself, as the password of CONNECT.
    server.get("/mqtt", { websocket: true }, (socket) => bridgeToBroker(socket, broker));
  }
  const dist = join(PROJECT_ROOT, "web/dist");
  if (existsSync(dist)) await server.register(fastifyStatic, { root: dist });
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `there is nothing at ${request.url.slice(0, 80)}` }),
  );
  return server;
}

const heldText = (run: LiveRun): string => `the twin waits: ${run.paceView().held}`;

/** Why a request is not answered, if so. */
function refuse(
  request: FastifyRequest,
  token: string | null,
): { readonly status: number; readonly reason: string } | undefined {
  const host = request.headers.host ?? "";
  const name = host.replace(/:\d+$/, "");
  const isLoopbackName = ["127.0.0.1", "localhost", "[::1]"].includes(name);
  if (token === null && !isLoopbackName) {
    return {
      status: 403,
      reason: `this server answers to 127.0.0.1 and localhost, not to ${name.slice(0, 60)}`,
    };
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return { status: 403, reason: "requests from other sites' pages are refused" };
  }
  const isGuarded = request.url.startsWith("/api/") || request.url.startsWith("/ws");
  if (token !== null && isGuarded && !holdsToken(request, token)) {
    return {
      status: 401,
      reason: "the token is missing or wrong; open the address that the server printed",
    };
  }
  return undefined;
}

function holdsToken(request: FastifyRequest, token: string): boolean {
  const query = request.query as { token?: unknown };
  const given =
    request.headers.authorization?.replace(/^Bearer /, "") ??
    (typeof query.token === "string" ? query.token : "");
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function readPace(body: unknown): { speed?: number | null; isPaused?: boolean } | string {
  if (typeof body !== "object" || body === null) return 'write {"speed": 60} or {"isPaused": true}';
  const { speed, isPaused } = body as { speed?: unknown; isPaused?: unknown };
  const isSpeed = speed === null || (typeof speed === "number" && speed > 0 && speed <= 1e7);
  if (speed !== undefined && !isSpeed)
    return "speed is a number above 0, or null for as fast as possible";
  if (isPaused !== undefined && typeof isPaused !== "boolean") return "isPaused is true or false";
  return {
    ...(speed === undefined ? {} : { speed: speed as number | null }),
    ...(isPaused === undefined ? {} : { isPaused: isPaused as boolean }),
  };
}

function accountView({ run, store }: ServerOptions, id: string): SupplyAccountView | undefined {
  const { model, world } = run.session.twin;
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const account = world.belief.accounts[row];
  return {
    supply: id,
    bills: store.billsOf(id),
    openItems: (account?.items ?? []).map((item) => ({ ...item })),
  };
}

interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  on(event: "message", listener: (data: unknown) => void): void;
  on(event: "close" | "error", listener: () => void): void;
}

function watch(run: LiveRun, runId: string, socket: Socket): void {
  const say = (message: ServerMessage): void => socket.send(JSON.stringify(message));
  if (run.watchers.size >= SESSIONS_MAX) {
    say({ kind: "error", message: `${SESSIONS_MAX} sessions are watching already; close one` });
    socket.close(1013, "too many sessions");
    return;
  }
  const channels = new Set<ChannelName>();
  const watcher: Watcher = {
    channels,
    send(text) {
      if (text !== "" && socket.bufferedAmount < SOCKET_BACKLOG_MAX_BYTES) socket.send(text);
    },
  };
  run.watchers.add(watcher);
  const leave = (): void => void run.watchers.delete(watcher);
  socket.on("close", leave);
  socket.on("error", leave);
  const { layout } = run.session.twin.model.resolved;
  say({ kind: "hello", runId, layout, channels: CHANNELS });
  say({ kind: "pace", pace: run.paceView() });
  socket.on("message", (data) => {
    const message = parseMessage(String(data));
    if (message === undefined) {
      say({ kind: "error", message: 'write {"kind": "subscribe", "channels": ["belief/supply"]}' });
      return;
    }
    if (message.kind === "subscribe") {
      const wanted = message.channels;
      const unknown = wanted.find((name) => !CHANNELS.includes(name as ChannelName));
      if (unknown !== undefined) {
        say({
          kind: "error",
          message: `there is no channel ${unknown.slice(0, 40)}; known: ${CHANNELS.join(", ")}`,
        });
        return;
      }
      channels.clear();
      for (const name of CHANNELS) if (wanted.includes(name)) channels.add(name);
      run.greet(watcher);
      return;
    }
    const change = readPace(message);
    if (typeof change === "string") say({ kind: "error", message: change });
    else run.pace(change);
  });
}

function parseMessage(
  text: string,
): { kind: "subscribe"; channels: readonly string[] } | { kind: "pace" } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, channels } = value as { kind?: unknown; channels?: unknown };
  if (kind === "pace") return value as { kind: "pace" };
  const isList = Array.isArray(channels) && channels.every((name) => typeof name === "string");
  return kind === "subscribe" && isList ? { kind, channels } : undefined;
}
