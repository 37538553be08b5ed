// The door of the server: who asks, whether that route is for them, and what goes into the audit log. It is registered
// before any route, and what no rule opens stays shut.

import { randomBytes, randomUUID } from "node:crypto";
import fastifyCsrf from "@fastify/csrf-protection";
import fastifyRateLimit from "@fastify/rate-limit";
import fastifySecureSession from "@fastify/secure-session";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditEntry } from "../../contract/audit.ts";
import { AT_THE_MACHINE, type Person } from "./person.ts";
import { createRevoked } from "./revoked.ts";
import { mayCall, ruleOf } from "./route-roles.ts";
import type { Users } from "./users.ts";

/** Who does nothing for so long has to sign in again, */
export const IDLE_WALL_MS = 30 * 60_000;
/** and everybody after this. */
export const SESSION_WALL_MAX_MS = 12 * 3_600_000;
/** The cookie is made anew this often. */
const REFRESH_WALL_MS = 60_000;
/** Requests of one address in a minute: a page asks about two a second. */
const REQUESTS_MAX = 3_000;
const MINUTE_WALL_MS = 60_000;
const TOO_MANY = 429;

/** What the encrypted cookie holds. */
export interface SignedIn {
  readonly name: string;
  /** Of the name, when this session began: another one ends it. */
  readonly counter: number;
  readonly id: string;
  readonly sinceWallMs: number;
  readonly seenWallMs: number;
  /** Id in the class of a learner, who has no account; and of all who play at this machine. */
  readonly learner?: string;
  readonly seats?: readonly string[];
}

declare module "@fastify/secure-session" {
  interface SessionData {
    signedIn: SignedIn;
  }
}
declare module "fastify" {
  interface FastifyInstance {
    /** Every route that was registered behind the door, `GET /api/me`. */
    routeNames: Set<string>;
  }
  interface FastifyRequest {
    /** Null: nobody has signed in, and nobody is let in without. */
    person: Person | null;
    /** What an act is about, where the route's own parameters do not say it. */
    actTarget: string | undefined;
    /** Why what an act wanted was refused, where its answer is no error: a tariff with mistakes in it. */
    actRefusal: string | undefined;
    /** Who an act is of, where that is not the person: somebody who tries to sign in. */
    actBy: string | undefined;
  }
}

export interface AccessOptions {
  readonly users: Users;
  /** Whether the person at the machine has to sign in too. */
  readonly needsSignIn: boolean;
  /** Whether a request shows the token that the server printed. */
  readonly holdsToken: (request: FastifyRequest) => boolean;
  /** Routes that ask for a password of their own, `GET /mqtt`. */
  readonly guardsItself?: readonly string[];
  /** Whether a customer by this number, of those who have lived there in turn, still lives at a supply point. */
  readonly livesAt?: (supply: string, customer: number) => boolean;
  /** A learner by the id in the class; undefined for who has left it. */
  readonly learnerOf?: (id: string) => Person | undefined;
  /** Keeps an act. */
  readonly note: (entry: Omit<AuditEntry, "atSimMs">) => void;
  readonly wallNow?: () => number;
}

export interface Access {
  /** Begins a session for an account. */
  signIn(request: FastifyRequest, user: { readonly name: string; readonly counter: number }): void;
  /** Begins a session for a learner; `seats`: all who play at this machine. */
  signInLearner(request: FastifyRequest, learner: string, seats: readonly string[]): void;
  /** Ids of the learners that play at this request's machine. */
  seatsOf(request: FastifyRequest): readonly string[];
  /** Who asks by now: a learner's role may be another than when a connection began. */
  personNow(request: FastifyRequest): Person | null;
  /** Ends the session of this request, in every copy of its cookie. */
  signOut(request: FastifyRequest): void;
  /** Whether whoever opened a long connection may still have it. */
  isStillIn(request: FastifyRequest): boolean;
}

/** Puts the door before everything that is registered later. */
export async function addAccess(server: FastifyInstance, options: AccessOptions): Promise<Access> {
  const { users, needsSignIn, holdsToken, wallNow = Date.now } = options;
  const revoked = createRevoked(SESSION_WALL_MAX_MS, wallNow);
  const routeNames = new Set<string>();
  server.decorate("routeNames", routeNames);
  server.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) if (each !== "HEAD") routeNames.add(`${each} ${url}`);
  });
  server.decorateRequest("person", null);
  server.decorateRequest("actTarget", undefined);
  server.decorateRequest("actRefusal", undefined);
  server.decorateRequest("actBy", undefined);
  await server.register(fastifySecureSession, {
    // A key of this process: a restart signs everybody out.
    key: randomBytes(32),
    cookieName: "meterville",
    expiry: IDLE_WALL_MS / 1000,
    cookie: { path: "/", httpOnly: true, sameSite: "strict", secure: "auto" },
  });
  await server.register(fastifyCsrf, {
    sessionPlugin: "@fastify/secure-session",
    getToken: ({ headers }) => headers["csrf-token"] as string | undefined,
  });
  await server.register(fastifyRateLimit, {
    // Counted at the door, so that what is refused there counts too.
    global: false,
    max: REQUESTS_MAX,
    timeWindow: MINUTE_WALL_MS,
    // Who sits at the machine may ask as much as the machine takes.
    allowList: ({ person }) => person?.isSignedIn === false,
    errorResponseBuilder: (_request, { after }) =>
      Object.assign(new Error(`too many requests; wait ${after}`), { statusCode: 429 }),
  });

  const accountOf = (request: FastifyRequest): Person | null => {
    const signedIn = request.session.get("signedIn");
    if (signedIn === undefined) return null;
    const isOld = wallNow() - signedIn.sinceWallMs > SESSION_WALL_MAX_MS;
    if (signedIn.learner !== undefined) {
      if (isOld || revoked.has(signedIn.id)) return null;
      return options.learnerOf?.(signedIn.learner) ?? null;
    }
    const found = users.find(signedIn.name);
    if (isOld || found?.counter !== signedIn.counter || revoked.has(signedIn.id)) return null;
    const { name, role, supply = null, customer } = found.user;
    const number = customer === undefined ? {} : { customer };
    return { name, role, supply, isSignedIn: true, ...number };
  };
  const personOf = (request: FastifyRequest): Person | null => {
    const account = accountOf(request);
    if (account !== null) return account;
    // Who is sent out of a class does not become the person at the machine.
    if (request.session.get("signedIn")?.learner !== undefined) return null;
    // Who is not signed in any more is whoever opens the address without a cookie.
    return holdsToken(request) || !needsSignIn ? AT_THE_MACHINE : null;
  };

  const countOf = server.createRateLimit();
  server.addHook("onRequest", async (request, reply) => {
    request.person = personOf(request);
    const count = await countOf(request);
    if (!count.isAllowed && count.isExceeded) {
      const error = `too many requests; wait ${count.ttlInSeconds} s`;
      return reply.status(TOO_MANY).header("retry-after", count.ttlInSeconds).send({ error });
    }
    const refusal = refusalOf(request, options);
    if (refusal !== undefined) {
      return reply.status(refusal.status).send({ error: refusal.reason });
    }
    const signedIn = request.session.get("signedIn");
    if (request.person?.isSignedIn !== true || signedIn === undefined) return undefined;
    if (wallNow() - signedIn.seenWallMs > REFRESH_WALL_MS) {
      request.session.set("signedIn", { ...signedIn, seenWallMs: wallNow() });
    }
    return undefined;
  });
  server.addHook("onRequest", (request, reply, done) => {
    // Only a cookie is sent along by a browser that was led here from elsewhere.
    const isRead = ["GET", "HEAD", "OPTIONS"].includes(request.method);
    if (isRead || request.person?.isSignedIn !== true) done();
    else server.csrfProtection(request, reply, done);
  });
  server.addHook("onSend", async (request, reply, payload) => {
    addHeaders(request, reply);
    noteAct(request, reply, payload, options);
    return payload;
  });
  return {
    signIn(request, { name, counter }) {
      request.session.regenerate();
      const now = wallNow();
      const since = { sinceWallMs: now, seenWallMs: now };
      request.session.set("signedIn", { name, counter, id: randomUUID(), ...since });
    },
    signInLearner(request, learner, seats) {
      request.session.regenerate();
      const now = wallNow();
      const since = { sinceWallMs: now, seenWallMs: now };
      const counted = { name: "", counter: 0, id: randomUUID() };
      request.session.set("signedIn", { ...counted, learner, seats, ...since });
    },
    seatsOf: (request) => request.session.get("signedIn")?.seats ?? [],
    personNow: personOf,
    signOut(request) {
      const signedIn = request.session.get("signedIn");
      if (signedIn === undefined) return;
      if (!revoked.add(signedIn.id) && signedIn.learner === undefined) {
        users.signOutEverywhere(signedIn.name);
      }
      request.session.delete();
    },
    isStillIn(request) {
      const [now, then] = [personOf(request), request.person];
      return now?.role === then?.role && now?.play === then?.play;
    },
  };
}

const NOT_SIGNED_IN = "sign in first; the page is /sign-in";
/** The same for what is not there and for what is somebody else's. */
export const NOTHING_HERE = "there is nothing here for you";

const MOVED_OUT =
  "you have moved out and another customer lives there now; write to the company for your own bills and data";

function refusalOf(
  { person, method, url, routeOptions, params }: FastifyRequest,
  { guardsItself = [], livesAt = () => true }: AccessOptions,
): { readonly status: number; readonly reason: string } | undefined {
  const route = routeOptions.url;
  if (guardsItself.includes(`${method} ${route}`)) return undefined;
  const isPage = !/^\/(api|ws|mqtt)\b/.test(url);
  if (route === undefined && (person !== null || isPage)) {
    return (person?.role === "customer" || person?.role === "learner") && !isPage
      ? { status: 404, reason: NOTHING_HERE }
      : undefined; // the server says what is not there
  }
  const rule = route === undefined ? undefined : ruleOf(method, route);
  if (mayCall(rule, person?.role ?? null)) {
    const { supply } = (params ?? {}) as { supply?: string };
    const isOwn = rule?.roles === "anybody" || supply === person?.supply;
    if (person?.role === "learner" && rule?.plays?.includes(person.play ?? "watcher") === false) {
      return { status: 403, reason: `this is not for a ${person.play} of the class` };
    }
    if (person?.role !== "customer") return undefined;
    if (!isOwn) return { status: 404, reason: NOTHING_HERE };
    if (supply === undefined || person.customer === undefined) return undefined;
    return livesAt(supply, person.customer) ? undefined : { status: 403, reason: MOVED_OUT };
  }
  if (person === null) return { status: 401, reason: NOT_SIGNED_IN };
  const article = /^[aeo]/.test(person.role) ? "an" : "a";
  return { status: 403, reason: `this is not for ${article} ${person.role}` };
}

function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'none'",
  });
  if (request.url.startsWith("/api/")) void reply.header("cache-control", "no-store");
}

function noteAct(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  { note }: AccessOptions,
): void {
  const { person, routeOptions } = request;
  const rule =
    routeOptions.url === undefined ? undefined : ruleOf(request.method, routeOptions.url);
  if (rule?.act === undefined) return;
  // Whoever is nobody could fill the log at will, and so could who is told to wait.
  const isNobodys = person === null && rule.act !== "sign-in";
  if (isNobodys || reply.statusCode === TOO_MANY) return;
  const body = (request.body ?? {}) as { kind?: unknown; target?: unknown };
  const { supply } = (request.params ?? {}) as { supply?: string };
  // An input is named by its kind, `trip`: that is the act.
  const isKind = rule.act === "input" && typeof body.kind === "string" && body.kind !== "";
  const act = isKind ? (body.kind as string) : rule.act;
  const target =
    request.actTarget ?? supply ?? (typeof body.target === "string" ? body.target : "");
  const { statusCode: status } = reply;
  note({
    atWallMs: Date.now(),
    who: (request.actBy ?? person?.name ?? "nobody").slice(0, 100),
    role: person?.role ?? "nobody",
    act: act.slice(0, 60),
    target: target.slice(0, 100),
    ...outcomeOf(request.actRefusal, payload, status),
  });
}

const REASON_MAX_CHARACTERS = 200;

function outcomeOf(
  refusal: string | undefined,
  payload: unknown,
  status: number,
): Pick<AuditEntry, "outcome" | "detail"> {
  if (status >= 500) return { outcome: "failed", detail: reasonOf(payload, status) };
  if (status >= 400) return { outcome: "refused", detail: reasonOf(payload, status) };
  if (refusal === undefined) return { outcome: "done", detail: "" };
  return { outcome: "refused", detail: refusal.slice(0, REASON_MAX_CHARACTERS) };
}

function reasonOf(payload: unknown, status: number): string {
  const found = typeof payload === "string" ? /^\{"error":"(.*)"\}$/.exec(payload) : null;
  const reason = found?.[1]?.replaceAll('\\"', '"').slice(0, REASON_MAX_CHARACTERS);
  return reason ?? `answered with status ${status}`;
}
