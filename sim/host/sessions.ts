// Sessions over WebSockets: who watches, with which channels, and what happens to those that read too slowly.

import type { ChannelName, PaceRequest, ServerMessage } from "../contract/frame.ts";
import { CHANNELS, paceFor } from "../contract/frame.ts";
import type { Side } from "../contract/moments.ts";
import { identityOf } from "../engine/scenario/identity.ts";
import type { Watcher } from "../engine/showing/showing.ts";
import type { Seen } from "./access/person.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import type { LiveRun } from "./live.ts";
import { readPaceRequest } from "./pace-request.ts";

/** A session that lets more than this pile up misses frames until it has read, */
export const SOCKET_BACKLOG_MAX_BYTES = 1024 * 1024;
/** packed ones already where about a keyframe of a large street waits: what is skipped comes whole later, */
export const PACKED_BACKLOG_MAX_BYTES = 256 * 1024;
/** and is let go when it has missed so many texts with events. */
export const EVENTS_HELD_MAX = 1_000;
const SESSIONS_MAX = 256;
const TRY_AGAIN = 1013;

export interface Socket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  on(event: "message", listener: (data: unknown) => void): void;
  on(event: "close" | "error", listener: () => void): void;
}

/** The run that is shown now; another one after a new start. */
export interface Shown {
  readonly run: LiveRun;
  readonly runId: string;
}

/** Who watches: what may be shown, and whether the pace may be changed. */
export interface Viewer {
  readonly seen: () => Seen;
  readonly maySteer: boolean;
  /** Told of what is done over the socket. */
  readonly acts: (act: string) => void;
}

export interface Sessions {
  /** Somebody comes. */
  accept(socket: Socket, viewer: Viewer): void;
  /** Everybody watches another run from now on. */
  moveTo(shown: Shown): void;
}

/** A watcher whose wishes come over its socket. */
export interface SocketWatcher extends Watcher {
  readonly channels: Set<ChannelName>;
  focus: string;
  sendPacked: NonNullable<Watcher["sendPacked"]> | null;
  /** Whether frames come packed from now on; all begin with a keyframe. */
  pack(isPacked: boolean): void;
  /** Its next packed frame of this channel is a keyframe. */
  forget(channel: ChannelName): void;
}

interface Session {
  readonly viewer: Viewer;
  readonly watcher: SocketWatcher;
  say(message: ServerMessage): void;
}

/** One watcher over a socket: frames are dropped where it lags, events wait. */
export function socketWatcher(socket: Socket, sides: () => readonly Side[]): SocketWatcher {
  const held: string[] = [];
  /** By channel, the number of the packed frame that the far end holds once it has read everything. */
  const sent = new Map<ChannelName, number>();
  const sendPacked: SocketWatcher["sendPacked"] = ({ channel, sequence, delta, keyframe }) => {
    if (socket.bufferedAmount >= PACKED_BACKLOG_MAX_BYTES) return;
    const before = sent.get(channel);
    if (before === sequence) return;
    sent.set(channel, sequence);
    socket.send(delta !== undefined && before === sequence - 1 ? delta : keyframe());
  };
  return {
    channels: new Set<ChannelName>(),
    sides,
    shownStep: -1,
    focus: "",
    sendPacked: null,
    pack(isPacked) {
      sent.clear();
      this.sendPacked = isPacked ? sendPacked : null;
    },
    forget: (channel) => void sent.delete(channel),
    send(text, kind) {
      if (socket.bufferedAmount < SOCKET_BACKLOG_MAX_BYTES) {
        for (const event of held.splice(0)) socket.send(event);
        socket.send(text);
        return;
      }
      if (kind !== "event") return;
      held.push(text);
      if (held.length > EVENTS_HELD_MAX) {
        held.length = 0;
        socket.close(TRY_AGAIN, "this session reads too slowly; connect again");
      }
    },
  };
}

export function createSessions(first: Shown, hiding: Hiding): Sessions {
  let shown = first;
  const sessions = new Set<Session>();
  const hello = ({ say, viewer }: Session): void => {
    const { run, runId } = shown;
    const { resolved } = run.session.twin.model;
    const { layout } = resolved;
    const { sides, channels, view } = viewer.seen();
    const identity = identityOf(resolved);
    const scenario = sides.includes("truth") ? identity : { ...identity, sha256: null };
    say({ kind: "hello", runId, layout, scenario, channels, hiding: view });
    say({ kind: "pace", pace: paceFor(run.paceView(), sides) });
  };
  hiding.listeners.add(() => {
    for (const { watcher, say, viewer } of sessions) {
      const { channels, view } = viewer.seen();
      const mayShow = new Set(channels);
      for (const channel of watcher.channels) {
        if (!mayShow.has(channel)) watcher.channels.delete(channel);
      }
      say({ kind: "hiding", hiding: view });
    }
  });
  return {
    accept(socket, viewer) {
      const say = (message: ServerMessage): void => socket.send(JSON.stringify(message));
      if (sessions.size >= SESSIONS_MAX) {
        say({ kind: "error", message: `${SESSIONS_MAX} sessions are watching already; close one` });
        socket.close(TRY_AGAIN, "too many sessions");
        return;
      }
      const watcher = socketWatcher(socket, () => viewer.seen().sides);
      const session: Session = { watcher, say, viewer };
      sessions.add(session);
      shown.run.enter(watcher);
      const leave = (): void => {
        sessions.delete(session);
        shown.run.leave(watcher);
      };
      socket.on("close", leave);
      socket.on("error", leave);
      hello(session);
      socket.on("message", (data) => {
        const refusal = obey(String(data), { session, shown });
        if (refusal !== null) say({ kind: "error", message: refusal });
      });
    },
    moveTo(next) {
      for (const { watcher } of sessions) shown.run.leave(watcher);
      shown = next;
      for (const session of sessions) {
        const { watcher } = session;
        watcher.shownStep = -1;
        watcher.pack(watcher.sendPacked !== null);
        next.run.enter(session.watcher);
        hello(session);
        next.run.greet(session.watcher);
      }
    },
  };
}

interface Context {
  readonly session: Session;
  readonly shown: Shown;
}

/** Does what a session says; the sentence that says why not, or null. */
function obey(text: string, { session, shown }: Context): string | null {
  const message = parseMessage(text);
  if (message === undefined) return 'write {"kind": "subscribe", "channels": ["belief/supply"]}';
  if (message.kind === "pace") {
    const change: PaceRequest | string = readPaceRequest(message);
    if (typeof change === "string") return change;
    if (!session.viewer.maySteer) return "the pace is not an official's to change";
    shown.run.pace(change);
    session.viewer.acts("pace");
    return null;
  }
  const { watcher } = session;
  if (message.kind === "focus") {
    watcher.focus = message.home;
    shown.run.refocus();
    return null;
  }
  const { channels } = watcher;
  if (message.kind === "keyframe") {
    const channel = message.channel as ChannelName;
    if (!channels.has(channel)) return `subscribe to ${message.channel.slice(0, 40)} first`;
    watcher.forget(channel);
    shown.run.resend(watcher, channel);
    return null;
  }
  const unknown = message.channels.find((name) => !CHANNELS.includes(name as ChannelName));
  if (unknown !== undefined) {
    return `there is no channel ${unknown.slice(0, 40)}; known: ${CHANNELS.join(", ")}`;
  }
  channels.clear();
  for (const name of session.viewer.seen().channels)
    if (message.channels.includes(name)) channels.add(name);
  watcher.pack(message.encoding === "packed");
  shown.run.greet(watcher);
  const refused = message.channels.filter((name) => !channels.has(name as ChannelName));
  return refused.length === 0 ? null : `${refused.join(", ")}: ${HIDDEN_TEXT}`;
}

type Parsed =
  | { readonly kind: "subscribe"; readonly channels: readonly string[]; readonly encoding: string }
  | { readonly kind: "focus"; readonly home: string }
  | { readonly kind: "keyframe"; readonly channel: string }
  | { readonly kind: "pace" };

function parseMessage(text: string): Parsed | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, channels, encoding, home, channel } = value as Record<string, unknown>;
  if (kind === "pace") return value as { kind: "pace" };
  if (kind === "focus" && typeof home === "string") return { kind, home };
  if (kind === "keyframe" && typeof channel === "string") return { kind, channel };
  const isList = Array.isArray(channels) && channels.every((name) => typeof name === "string");
  if (kind !== "subscribe" || !isList) return undefined;
  return { kind, channels, encoding: encoding === "packed" ? encoding : "json" };
}
