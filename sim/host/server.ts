// HTTP and WebSocket of a live run. Loopback only unless a token guards it; Host and Origin are checked on both.

import { timingSafeEqual } from "node:crypto";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { AuditEntry } from "../contract/audit.ts";
import { type BoardView, paceFor } from "../contract/frame.ts";
import type { Lesson } from "../contract/lesson.ts";
import type { RunReport } from "../contract/report.ts";
import type { TruthHistory } from "../engine/showing/truth-history.ts";
import { customerNumber } from "../utility/billing/moving-in.ts";
import { addAccess } from "./access/access.ts";
import type { AuditLog } from "./access/audit.ts";
import { maySteer, type Person, seenBy } from "./access/person.ts";
import { OFFICE_INPUTS, signedBy } from "./access/route-roles.ts";
import { addSignInRoutes } from "./access/sign-in-routes.ts";
import type { Users } from "./access/users.ts";
import { addAccountRoutes } from "./account-view.ts";
import { addBillRoutes } from "./bill-routes.ts";
import { addClassRoutes, learnersInput } from "./classroom/class-routes.ts";
import { type Classroom, createClassroom } from "./classroom/classroom.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import { addHidingRoutes } from "./hiding-routes.ts";
import type { LiveRun } from "./live.ts";
import { addMomentRoutes } from "./moment-routes.ts";
import { type BrokerAddress, bridgeToBroker } from "./mqtt/socket-bridge.ts";
import { readPaceRequest } from "./pace-request.ts";
import { addPages } from "./pages.ts";
import { addCustomerRoutes } from "./portal/customer-routes.ts";
import { addOfficeRoutes } from "./portal/office-routes.ts";
import type { PortalParts } from "./portal/parts.ts";
import { addReportRoutes } from "./report-routes.ts";
import { BetweenRuns, BODY_MAX_BYTES, mustBeShown, setErrors } from "./server-errors.ts";
import type { Sessions, Viewer } from "./sessions.ts";
import { addSourceRoute } from "./source-route.ts";
import { StorageError } from "./storage-error.ts";
import type { Store } from "./store.ts";

const SOCKET_MESSAGE_MAX_BYTES = 16 * 1024;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** Who signs out or is signed out keeps a socket at most so long. */
const STILL_IN_WALL_MS = 2_000;
const FAREWELL_WALL_MS = 200;

/** The run that is served now, with what answers for it. */
export interface Served {
  readonly run: LiveRun;
  readonly runId: string;
  readonly report: () => RunReport;
  readonly store: Store;
  readonly truthHistory: TruthHistory;
  readonly audit: AuditLog;
  readonly portal: PortalParts;
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
  readonly users: Users;
  /** An empty one unless given. */
  readonly classroom?: Classroom;
  readonly lessons?: () => readonly Lesson[];
  /** Whether the person at the machine has to sign in too. */
  readonly needsSignIn: boolean;
  /** The embedded MQTT broker; null where there is none. */
  readonly broker: BrokerAddress | null;
  /** Whether it asks for a password itself. */
  readonly brokerHasPassword: boolean;
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
  setErrors(server);
  server.addHook("onRequest", async (request, reply) => {
    const refusal = refuse(request, token);
    if (refusal !== undefined) await reply.status(refusal.status).send({ error: refusal.reason });
  });
  const { classroom = createClassroom() } = options;
  // Whoever has another role now keeps no channel of the one before.
  classroom.listeners.add(() => {
    for (const listener of hiding.listeners) listener();
  });
  const access = await addAccess(server, {
    users: options.users,
    needsSignIn: options.needsSignIn || token !== null,
    // Where everybody signs in, the address is no key.
    holdsToken: (request) => !options.needsSignIn && token !== null && holdsToken(request, token),
    // The broker asks for its password itself, in CONNECT.
    guardsItself: options.brokerHasPassword ? ["GET /mqtt"] : [],
    livesAt: (supply, customer) => livesAt(options.served(), supply, customer),
    learnerOf: (id) => personOf(classroom, id),
    note: (entry) => noteAct(options.served(), entry),
  });
  await addSignInRoutes(server, { users: options.users, access });
  // Between two runs nothing is there to answer for; it is a moment.
  const now = (): Served => {
    const served = options.served();
    if (served === undefined) throw new BetweenRuns();
    return served;
  };
  server.post("/api/inputs", async (request, reply) => {
    const { kind } = (request.body ?? {}) as { readonly kind?: unknown };
    if (request.person?.role === "learner") {
      const learners = learnersInput(request.person, request.body);
      if (typeof learners === "string") return reply.status(403).send({ error: learners });
    }
    const isOffice = (OFFICE_INPUTS as readonly unknown[]).includes(kind);
    if (!maySteer(request.person) && !isOffice) {
      return reply
        .status(403)
        .send({ error: `an official's inputs are ${OFFICE_INPUTS.join(", ")}` });
    }
    const { person } = request;
    const input = person === null ? request.body : signedBy(person, request.body);
    const accepted = now().run.input(input);
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
  server.get("/api/state", async (request) => {
    const { run, report } = now();
    mustBeShown(run);
    return seenBy(request.person, hiding).view.isHidden ? companysReport(report()) : report();
  });
  server.get("/api/boards", async () => {
    const views = now().run.boards.views();
    return { boards: hiding.view.isHidden ? views.map(lineOf) : views };
  });
  server.get("/api/pace", async ({ person }) =>
    paceFor(now().run.paceView(), seenBy(person, hiding).sides),
  );
  server.post("/api/start-over", async (_request, reply) => {
    const started = await options.startOver();
    return typeof started === "string"
      ? reply.status(503).send({ error: started })
      : reply.status(201).send(started);
  });
  addAccountRoutes(server, { now, hiding });
  addBillRoutes(server, now);
  addMomentRoutes(server, { now, hiding });
  addSourceRoute(server, { now, hiding });
  addHidingRoutes(server, hiding);
  addReportRoutes(server, { now, hiding });
  addCustomerRoutes(server, now);
  addOfficeRoutes(server, now);
  const { lessons = () => [], needsSignIn } = options;
  addClassRoutes(server, { classroom, access, hiding, lessons, now, needsSignIn });
  server.get("/ws", { websocket: true }, (socket, request) => {
    const viewer: Viewer = {
      seen: () => seenBy(access.personNow(request), hiding),
      maySteer: maySteer(request.person),
      acts: (act) => noteAct(options.served(), actOf(request, act)),
    };
    sessions.accept(socket, viewer);
    const look = setInterval(() => {
      if (!access.isStillIn(request)) socket.close(POLICY_VIOLATION, "signed out");
    }, STILL_IN_WALL_MS).unref();
    socket.on("close", () => clearInterval(look));
  });
  const { broker } = options;
  if (broker !== null) {
    server.get("/mqtt", { websocket: true }, (socket) => bridgeToBroker(socket, broker));
  }
  await addPages(server);
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ error: `there is nothing at ${request.url.slice(0, 80)}` }),
  );
  return server;
}

/** A learner as the door knows them. */
function personOf(classroom: Classroom, id: string): Person | undefined {
  const learner = classroom.find(id);
  if (learner === undefined) return undefined;
  const { name, supply, play } = learner;
  return { name, role: "learner", supply, learner: id, play, isSignedIn: true };
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

type Act = Omit<AuditEntry, "atSimMs">;

/** An act over a socket. */
function actOf({ person }: FastifyRequest, act: string): Act {
  return {
    ...{ atWallMs: Date.now(), who: person?.name ?? "nobody", role: person?.role ?? "nobody" },
    ...{ act, target: "", outcome: "done", detail: "" },
  };
}

/** Where acts that have been done cannot be kept any more, the run waits until they can. */
function noteAct(served: Served | undefined, act: Act): void {
  if (served === undefined) return;
  const atSimMs = served.run.session.twin.world.engine.clock.nowMs;
  try {
    served.audit.append({ ...act, atSimMs });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (act.outcome === "done") served.run.hold(error);
    else process.stderr.write(`${error.message}\n`);
  }
}

/** Between two runs nobody has moved out; there is nothing to see then either. */
function livesAt(served: Served | undefined, supply: string, customer: number): boolean {
  if (served === undefined) return true;
  const { model, world } = served.run.session.twin;
  const account = world.belief.accounts[model.rowOfSupply.get(supply) ?? -1];
  return account === undefined || customerNumber(account) === customer;
}

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
