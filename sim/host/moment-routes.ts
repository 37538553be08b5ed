// Looking back over HTTP: which moments and marks there are, the frames of one, and of a block of them.

import type { FastifyInstance } from "fastify";
import { CHANNELS, type ChannelName } from "../contract/frame.ts";
import { type MomentView, type Side, TRACK_NAMES } from "../contract/moments.ts";
import { momentBlock, momentsView } from "../engine/showing/moments-view.ts";
import { type Seen, seenBy } from "./access/person.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";
import { ZLIB_PACKING } from "./zlib-packing.ts";

const NOTHING_YET = "there is no moment to look back to yet";
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
  readonly finest?: unknown;
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
    const channels = readChannels(request.query.channels, seenBy(request.person, hiding));
    if ("error" in channels) return reply.status(channels.status).send({ error: channels.error });
    const place = run.moments.at(ms);
    if (place === undefined) return reply.status(404).send({ error: NOTHING_YET });
    const { simMs, step } = place.moment;
    const frames = channels.names.flatMap((channel) => run.moments.frame(place, channel) ?? []);
    return { runId, simMs, step, frames } satisfies MomentView;
  });
  server.get<{ Querystring: Query }>("/api/moments/block", async (request, reply) => {
    const { run, runId } = now();
    mustBeShown(run);
    const ms = readMs(request.query.ms);
    if (ms === undefined) return reply.status(400).send({ error: msFix("ms") });
    const finest = TRACK_NAMES.find((name) => name === (request.query.finest ?? "second"));
    if (finest === undefined) {
      return reply.status(400).send({ error: `finest is one of ${TRACK_NAMES.join(", ")}` });
    }
    const channels = readChannels(request.query.channels, seenBy(request.person, hiding));
    if ("error" in channels) return reply.status(channels.status).send({ error: channels.error });
    const wanted = { ms, finest, channels: channels.names };
    const block = momentBlock(run.moments, runId, wanted, ZLIB_PACKING);
    if (block === undefined) return reply.status(404).send({ error: NOTHING_YET });
    return reply.header("content-type", "application/octet-stream").send(Buffer.from(block.buffer));
  });
}

/** Channels of state by their names, all that may be seen where none is named; or what is wrong with them. */
function readChannels(
  text: unknown,
  seen: Seen,
):
  | { readonly names: readonly ChannelName[] }
  | { readonly status: number; readonly error: string } {
  const wanted = String(text ?? seen.channels.filter(isState).join(","))
    .split(",")
    .filter((name) => name !== "");
  const unknown = wanted.find((name) => !(CHANNELS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const known = CHANNELS.filter(isState).join(", ");
    return { status: 400, error: `there is no channel ${unknown.slice(0, 40)}; known: ${known}` };
  }
  const names = wanted as readonly ChannelName[];
  if (!names.every(isState)) return { status: 400, error: EVENTS_SENTENCE };
  const maySee = names.every((name) => seen.channels.includes(name));
  return maySee ? { names } : { status: 403, error: HIDDEN_TEXT };
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
