// Looking back over HTTP: which moments and marks there are, and the frames of one.

import type { FastifyInstance } from "fastify";
import { CHANNELS, type ChannelName } from "../contract/frame.ts";
import type { Side } from "../contract/moments.ts";
import { momentsView } from "../engine/showing/moments-view.ts";
import { type Seen, seenBy } from "./access/person.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

const EVENTS_SENTENCE = "events are no state; GET /api/moments has them as marks";

export interface MomentRoutes {
  readonly now: () => Served;
  readonly hiding: Hiding;
}

interface Query {
  readonly sides?: unknown;
  readonly afterMs?: unknown;
  readonly ms?: unknown;
  readonly channels?: unknown;
}

export function addMomentRoutes(server: FastifyInstance, { now, hiding }: MomentRoutes): void {
  server.get<{ Querystring: Query }>("/api/moments", async (request, reply) => {
    const { run, runId } = now();
    mustBeShown(run);
    const seen = seenBy(request.person, hiding);
    const sides = readSides(request.query.sides, seen);
    if (typeof sides === "string") return reply.status(400).send({ error: sides });
    const hidden = sides.find((side) => !seen.sides.includes(side));
    if (hidden !== undefined) return reply.status(403).send({ error: HIDDEN_TEXT });
    const afterMs = readMs(request.query.afterMs ?? "-1");
    if (afterMs === undefined) return reply.status(400).send({ error: msFix("afterMs") });
    return momentsView(run, runId, sides, afterMs);
  });
  server.get<{ Querystring: Query }>("/api/moments/at", async (request, reply) => {
    const { run, runId } = now();
    mustBeShown(run);
    const ms = readMs(request.query.ms);
    if (ms === undefined) return reply.status(400).send({ error: msFix("ms") });
    const seen = seenBy(request.person, hiding);
    const names = String(request.query.channels ?? seen.channels.filter(isState).join(","));
    const wanted = names.split(",").filter((name) => name !== "");
    const unknown = wanted.find((name) => !(CHANNELS as readonly string[]).includes(name));
    if (unknown !== undefined) {
      const error = `there is no channel ${unknown.slice(0, 40)}; known: ${CHANNELS.filter(isState).join(", ")}`;
      return reply.status(400).send({ error });
    }
    const channels = wanted as readonly ChannelName[];
    if (!channels.every(isState)) return reply.status(400).send({ error: EVENTS_SENTENCE });
    if (!channels.every((name) => seen.channels.includes(name))) {
      return reply.status(403).send({ error: HIDDEN_TEXT });
    }
    const moment = run.moments.at(ms);
    if (moment === undefined) {
      return reply.status(404).send({ error: "there is no moment to look back to yet" });
    }
    const frames = channels.flatMap((channel) => run.moments.frameJson(moment, channel) ?? []);
    const head = JSON.stringify({ runId, simMs: moment.simMs, step: moment.step });
    return reply
      .header("content-type", "application/json; charset=utf-8")
      .send(`${head.slice(0, -1)},"frames":[${frames.join(",")}]}`);
  });
}

const isState = (name: ChannelName): boolean => !name.endsWith("/event");
const msFix = (name: string): string =>
  `${name} is a moment: whole milliseconds since the scenario's start`;

function readMs(text: unknown): number | undefined {
  const ms = typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

function readSides(text: unknown, seen: Seen): readonly Side[] | string {
  if (text === undefined) return seen.sides;
  const names = String(text).split(",");
  const isRight = names.every((name) => name === "truth" || name === "belief");
  return isRight ? (names as Side[]) : "sides is truth, belief, or truth,belief";
}
