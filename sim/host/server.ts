// HTTP and WebSocket of a live run. Loopback only unless a token guards it; Host and Origin are checked on both.

import { timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { BoardView } from "../contract/frame.ts";
import type { RunReport } from "../contract/report.ts";
import { addAccountRoutes } from "./account-view.ts";
import { addBillRoutes } from "./bill-routes.ts";
import { PROJECT_ROOT } from "./files.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import { addHidingRoutes } from "./hiding-routes.ts";
import type { LiveRun } from "./live.ts";
import { addMomentRoutes } from "./moment-routes.ts";
import { type BrokerAddress, bridgeToBroker } from "./mqtt/socket-bridge.ts";
import { readPaceRequest } from "./pace-request.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";
import type { TruthHistory } from "./truth-history.ts";

const BODY_MAX_BYTES = 64 * 1024;
const SOCKET_MESSAGE_MAX_BYTES = 16 * 1024;
const GOING_AWAY = 1001;
const FAREWELL_WALL_MS = 200;

/** The run that is served now, with what answers for it. */
export interface Served {
  readonly run: LiveRun;
  readonly runId: string;
  readonly report: () => RunReport;
  readonly store: Store;
  readonly truthHistory: TruthHistory;
}

export interface ServerOptions {
  /** Another one after a new start; undefined while one ends and the next has not begun. */
  readonly served: () => Served | undefined;
  readonly sessions: Sessions;
  readonly hiding: Hiding;
  /** Resolves with the new run's id, or with the sentence that says why there is none. */
  readonly startOver: () => Promise<{ readonly runId: string } | string>;
  /** Null on loopback. */
  readonly token: string | null;
  /** The embedded MQTT broker; null where there is none. */
  readonly broker: BrokerAddress | null;
}

/** A server that does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { hiding, sessions, token } = options;
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
              : error instanceof BetweenRuns
                ? error.message
                : "the server failed at this request; the twin runs on";
      if (status >= 500 && !(error instanceof BetweenRuns))
        process.stderr.write(`request failed: ${error.message}\n`);
      void reply
        .status(status === 413 || status === 503 ? status : status < 500 ? 400 : 500)
        .send({ error: text });
    },
  );
  server.addHook("onRequest", async (request, reply) => {
    const refusal = refuse(request, token);
    if (refusal !== undefined) await reply.status(refusal.status).send({ error: refusal.reason });
  });
  // Between two runs nothing is there to answer for; it is a moment.
  const now = (): Served => {
    const served = options.served();
    if (served === undefined) throw new BetweenRuns();
    return served;
  };
  server.post("/api/inputs", async (request, reply) => {
    const accepted = now().run.input(request.body);
    if (!accepted.ok) {
      return reply.status(accepted.isOurs === true ? 503 : 400).send({ error: accepted.reason });
    }
    const { seq, takesEffectAtMs } = accepted;
    return reply.status(202).send({ seq, takesEffectAtMs });
  });
  server.post("/api/pace", async (request, reply) => {
    const change = readPaceRequest(request.body);
    if (typeof change === "string") return reply.status(400).send({ error: change });
    return now().run.pace(change);
  });
  server.get("/api/state", async (_request, reply) => {
    const { run, report } = now();
    if (!run.publish()) return reply.status(503).send({ error: heldText(run) });
    return hiding.view.isHidden ? companysReport(report()) : report();
  });
  server.get("/api/boards", async () => {
    const views = now().run.boards.views();
    return { boards: hiding.view.isHidden ? views.map(lineOf) : views };
  });
  server.get("/api/pace", async () => now().run.paceView());
  server.post("/api/start-over", async (_request, reply) => {
    const started = await options.startOver();
    return typeof started === "string"
      ? reply.status(503).send({ error: started })
      : reply.status(201).send(started);
  });
  addAccountRoutes(server, { now, hiding });
  addBillRoutes(server, now);
  addMomentRoutes(server, { now, hiding });
  addHidingRoutes(server, hiding);
  server.get("/ws", { websocket: true }, (socket) => sessions.accept(socket));
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

export const heldText = (run: LiveRun): string => `the twin waits: ${run.paceView().held}`;

class BetweenRuns extends Error {
  readonly statusCode = 503;

  constructor() {
    super("a run ends and the next one begins; ask again in a moment");
  }
}

/** Of a report what the company itself could write. */
function companysReport(report: RunReport): object {
  const { scenario, seed, simulatedMs, timesRealTime, provenance, commands, billing } = report;
  return {
    ...{ scenario, seed, simulatedMs, timesRealTime, provenance, commands, billing },
    detection: { cases: report.detection.cases },
    hidden: HIDDEN_TEXT,
  };
}

/** Of a board its line, without what it measures and shows. */
const lineOf = (view: BoardView): BoardView => ({
  ...view,
  ...{ relay: null, displayText: null, leds: null, faults: [] },
});

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
