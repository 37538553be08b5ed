// The broker in our own process: strangers may subscribe and send commands, and nothing else. Whoever sends garbage,
// too much, or does not read what it asked for is cut off; the others go on.

import { timingSafeEqual } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { type Carrier, type CarrierEvents, OFFLINE, ONLINE } from "./carrier.ts";
import type { OutboundMessage } from "./outbound-queue.ts";
import { throughGate } from "./packet-gate.ts";
import {
  boundQueues,
  createSessions,
  type QueueingStore,
  SESSION_MESSAGES_MAX,
  SESSIONS_MAX,
  type Sessions,
} from "./session-bounds.ts";
import { quoted } from "./told-once.ts";
import { createTopics } from "./topics.ts";

export const CONNECTIONS_MAX = 512;
export const SUBSCRIPTIONS_MAX = 100;
const CONNECT_WALL_MAX_MS = 10_000;
/** A subscriber that has not read what it asked for within this time is cut off; until then the others wait. */
const DRAIN_WALL_MAX_MS = 3_000;
const COMMANDS_UNANSWERED_MAX = 20;
/** When the run ends, subscribers may read for this long what was sent to them. */
const FAREWELL_WALL_MAX_MS = 1_000;

export interface EmbeddedBrokerOptions {
  readonly street: string;
  readonly host: string;
  /** The first port that is free is taken; both 0 for any. */
  readonly firstPort: number;
  readonly lastPort: number;
  /** Password of every client, with any user name; null where none is needed. */
  readonly token: string | null;
  readonly events: CarrierEvents;
}

export interface EmbeddedBroker extends Carrier {
  readonly port: number;
}

/** Refused by a rule of ours; `kind` is what is told once. */
class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: string;
  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Opens the broker's port. Rejects with the system's error where no port of the range can be had. */
export async function openEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { events, street } = options;
  const topics = createTopics(street);
  const broker = await Aedes.createBroker({
    // Messages of one subscriber that does not read wait in its own socket and not in everybody's way.
    concurrency: 0,
    connectTimeout: CONNECT_WALL_MAX_MS,
    drainTimeout: DRAIN_WALL_MAX_MS,
    maxInflightInbound: COMMANDS_UNANSWERED_MAX,
    authenticate: (client, _username, password, done) => {
      const refusal = refuseClient(client, password, options.token, sessions);
      done(refusal ?? null, refusal === undefined);
    },
    authorizeSubscribe: subscriptionRule(events),
    authorizePublish(client, packet, done) {
      if (client === null || topics.commandTarget(packet.topic) === undefined) {
        const where = quoted(packet.topic);
        done(new Refusal("publish", `publishes to ${where}; only commands may be published`));
        return;
      }
      const isRetained = packet.retain;
      // A command is for now: nobody finds it here later.
      packet.retain = false;
      const payload = packet.payload.toString();
      events.command({ topic: packet.topic, payload, isRetained }, () => done(null));
    },
  });
  const { persistence, clients } = broker as unknown as AedesInside;
  const sessions = createSessions(persistence, (id) => clients[id] !== undefined);
  boundQueues(persistence, (clientId) =>
    events.misbehaved(
      "session-full",
      clientId,
      `MQTT client ${quoted(clientId)} has let ${SESSION_MESSAGES_MAX} messages pile up; it gets no more of them`,
    ),
  );
  /** A connection that has broken no longer knows where it came from. */
  const addresses = new WeakMap<object, string>();
  const cutOff = (client: Client | null, error: Error): void => {
    const told = explain(error);
    if (told === undefined) return;
    const who = client?.id ?? addresses.get(client?.conn ?? broker) ?? "somewhere";
    const name = client?.id ? `client ${quoted(client.id)}` : `connection from ${who}`;
    events.misbehaved(told.kind, who, `MQTT ${name} ${told.text}; it was cut off`);
  };
  broker.on("clientError", cutOff);
  broker.on("connectionError", cutOff);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    addresses.set(socket, socket.remoteAddress ?? "somewhere");
    socket.once("close", () => sockets.delete(socket));
    const gated = throughGate(socket, (reason) => {
      cutOff(clientOf(socket), new Refusal("packet", reason));
      socket.destroy();
    });
    broker.handle(gated);
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("drop", (from) =>
    events.misbehaved(
      "connections",
      from?.remoteAddress ?? "",
      `MQTT: ${CONNECTIONS_MAX} connections are open; more of them, from ${from?.remoteAddress}, are not let in`,
    ),
  );
  const port = await listen(server, options);
  const publish = (message: OutboundMessage, acknowledged: () => void): void => {
    const { topic, isRetained } = message;
    const payload = Buffer.from(message.payload);
    const packet = { cmd: "publish", topic, payload, qos: 1, dup: false } as const;
    // Stored beside, not by, the publication: one path for both kinds keeps the order of a topic.
    if (isRetained) void persistence.storeRetained({ ...packet, retain: true });
    broker.publish({ ...packet, retain: false }, acknowledged);
  };
  const say = (payload: string): Promise<void> =>
    new Promise((resolve) =>
      publish({ topic: topics.server, payload, isRetained: true }, () => resolve()),
    );
  await say(ONLINE);
  return {
    port,
    publish,
    async close() {
      await say(OFFLINE);
      server.close();
      await sayFarewell(sockets);
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

/** Ends our half of each connection behind what it still carries; who does not end the other is not waited for. */
async function sayFarewell(sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = [...sockets].map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.once("close", () => resolve());
        socket.end();
      }),
  );
  const tooLong = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL_WALL_MAX_MS));
  await Promise.race([Promise.all(closed), tooLong]);
}

/** What aedes has and its types leave out. */
interface AedesInside {
  readonly persistence: QueueingStore & { storeRetained(packet: unknown): Promise<void> };
  readonly clients: Readonly<Record<string, Client>>;
}

/** aedes leaves its client on the socket. */
const clientOf = (socket: Socket): Client | null =>
  (socket as Socket & { readonly client?: Client }).client ?? null;

/** What is told of a broken connection; nothing where a client merely went away. */
function explain(
  error: Error & { readonly code?: string },
): { readonly kind: string; readonly text: string } | undefined {
  if (error instanceof Refusal) return { kind: error.kind, text: error.message };
  if (error.code !== undefined && /^(ECONN|EPIPE|ERR_STREAM)/.test(error.code)) return undefined;
  switch (error.message) {
    case "keep alive timeout":
    case "connection closed":
      return undefined;
    case "drain timeout":
      return { kind: "not-reading", text: "does not read what it subscribed to" };
    case "connect did not arrive in time":
      return { kind: "silent", text: "says nothing" };
    case "bad user name or password":
    case "not authorized":
      return { kind: "token", text: "has no or a wrong password; it is the token of the page" };
    case "unacceptable protocol version":
      return { kind: "version", text: "speaks another version than MQTT 3.1 or 3.1.1" };
    default:
      return { kind: "protocol", text: `sends what is not MQTT (${error.message.slice(0, 80)})` };
  }
}

type AuthorizeSubscribe = NonNullable<ConstructorParameters<typeof Aedes>[0]>["authorizeSubscribe"];

const BAD_USER_NAME_OR_PASSWORD = 4;
const SERVER_UNAVAILABLE = 3;

/** Why a client is not let in, with the code that CONNACK has for it (MQTT 3.1.1, 3.2.2.3). */
function refuseClient(
  client: Client,
  password: Buffer | undefined,
  token: string | null,
  sessions: Sessions,
): AuthenticateError | undefined {
  if (token !== null && !isEqual(password ?? Buffer.alloc(0), Buffer.from(token))) {
    return withReturnCode(new Error("bad user name or password"), BAD_USER_NAME_OR_PASSWORD);
  }
  if (sessions.admit(client.id, !client.clean)) return undefined;
  const text = `wants to be remembered, as ${SESSIONS_MAX} others that are here do already`;
  return withReturnCode(new Refusal("sessions", text), SERVER_UNAVAILABLE);
}

const withReturnCode = (error: Error, returnCode: number): AuthenticateError =>
  Object.assign(error, { returnCode }) as AuthenticateError;

const isEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

function subscriptionRule(events: CarrierEvents): NonNullable<AuthorizeSubscribe> {
  const counts = new WeakMap<Client, number>();
  return (client, subscription, done) => {
    const count = (counts.get(client) ?? 0) + 1;
    if (count > SUBSCRIPTIONS_MAX) {
      const text = `MQTT client ${quoted(client.id)} subscribes more than ${SUBSCRIPTIONS_MAX} times; the rest is refused`;
      events.misbehaved("subscriptions", client.id, text);
      done(null, null);
      return;
    }
    counts.set(client, count);
    done(null, subscription);
  };
}

async function listen(server: Server, options: EmbeddedBrokerOptions): Promise<number> {
  const { host, firstPort, lastPort } = options;
  for (let port = firstPort; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ port, host }, () => {
          server.removeListener("error", reject);
          resolve();
        });
      });
      return (server.address() as { readonly port: number }).port;
    } catch (error) {
      if ((error as { code?: string }).code !== "EADDRINUSE" || port >= lastPort) throw error;
    }
  }
}
