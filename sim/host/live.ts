// A live run: paced against the wall clock, steered by inputs that are journalled first, watched by sessions.

import {
  type BeliefEvent,
  type HostEvent,
  headline,
  type KnownEvent,
  type TruthEvent,
} from "../contract/event.ts";
import type { ChannelName, Frame, PaceView } from "../contract/frame.ts";
import { CHANNELS, FRAME_VERSION } from "../contract/frame.ts";
import type { JournalEntry, TwinInput } from "../contract/input.ts";
import type { SimMs } from "../core/time.ts";
import { checkInput } from "../engine/check-input.ts";
import { makeFrame } from "../engine/frames.ts";
import type { Boards } from "./boards.ts";
import { CallerError, explainFailure } from "./failure.ts";
import type { JournalFile } from "./journal.ts";
import type { Session } from "./session.ts";

/** Wall time that one turn of the loop may take, so that requests are answered meanwhile. */
const TURN_WALL_MS = 15;
/** Wall time between frames to the sessions. */
const FRAME_WALL_MS = 100;
/** A run this far behind its pace gives the difference up instead of racing after it. */
const BEHIND_WALL_MAX_MS = 500;
const EVENTS_REMEMBERED_MAX = 300;
const INPUTS_WAITING_MAX = 1_000;

export type Accepted =
  | { readonly ok: true; readonly seq: number; readonly takesEffectAtMs: number }
  | { readonly ok: false; readonly reason: string };

/** Somebody who watches: gets one text a frame, made once for all. */
export interface Watcher {
  readonly channels: ReadonlySet<ChannelName>;
  send(text: string): void;
}

/** Somebody in this process who follows the run: called in between, must neither wait nor throw. */
export interface Follower {
  /** After a step that began at `startMs`, while `twin.out` still holds what it handed out. */
  stepped(startMs: SimMs): void;
  /** As often as frames are sent: time to show what now is. */
  shown(): void;
}

export interface LiveRun {
  readonly session: Session;
  readonly watchers: Set<Watcher>;
  readonly followers: Set<Follower>;
  /** `command`: whose command of a broker it is. */
  input(raw: unknown, command?: string): Accepted;
  /** Tells those who watch of something that is no part of the run. */
  note(event: HostEvent): void;
  pace(change: { readonly speed?: number | null; readonly isPaused?: boolean }): PaceView;
  paceView(): PaceView;
  /** What a session gets at once for the channels that it asks for. */
  greet(watcher: Watcher): void;
  /** Runs until `stop`; resolves after the last whole step. */
  run(): Promise<void>;
  stop(): void;
}

export interface LiveOptions {
  readonly session: Session;
  readonly journal: JournalFile;
  readonly boards: Boards;
  readonly speed: number | null;
  readonly isPaused: boolean;
  readonly keptIn: string;
  /** Told when a run stops for good. */
  readonly onFailure: (text: string) => void;
}

/** A lost board ends the run where its scenario wants that. */
const stopsTheRun = (event: TruthEvent | BeliefEvent): boolean =>
  event.kind === "device-lost" && event.policy === "stop";

/** A run that has not begun. */
export function createLiveRun(options: LiveOptions): LiveRun {
  const { session, journal, boards } = options;
  const { twin } = session;
  const { clock } = twin.world.engine;
  const watchers = new Set<Watcher>();
  const followers = new Set<Follower>();
  const waiting: JournalEntry[] = [];
  const remembered = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  const fresh = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  let { speed, isPaused } = options;
  let stopped: string | null = null;
  let isStopping = false;
  let isMidStep = false;
  let nextSequence = 1;
  let base = { wallMs: 0, simMs: 0 };
  let wake: (() => void) | undefined;
  let isStale = true;

  const rebase = (): void => {
    base = { wallMs: performance.now(), simMs: clock.nowMs };
  };
  const paceView = (): PaceView => ({
    speed,
    isPaused,
    simMs: clock.nowMs,
    stepMs: clock.stepMs,
    stopped,
    keptIn: options.keptIn,
  });
  const keepEvents = (): void => {
    for (const { side, event } of twin.out.events) {
      if (side === "truth") fresh.truth.push(event);
      else fresh.belief.push(event);
    }
  };
  const stepOnce = async (): Promise<void> => {
    const { nowMs } = clock;
    let due = 0;
    while (due < waiting.length && waiting[due]!.takesEffectAtMs <= nowMs) due++;
    isMidStep = true;
    const swapped = session.begin(waiting.splice(0, due));
    if (swapped.length === 0 && boards.openCount > 0) await boards.ask(twin, []);
    if (swapped.length > 0) {
      const answers = await boards.ask(twin, swapped);
      const entry: JournalEntry = {
        sequence: nextSequence++,
        takesEffectAtMs: nowMs,
        kind: "answers",
        answers,
      };
      journal.append(entry);
      session.noteEntry(entry);
      session.finish(answers);
    } else {
      session.finish([]);
    }
    isMidStep = false;
    isStale = true;
    keepEvents();
    for (const follower of followers) follower.stepped(nowMs);
    const lost = twin.out.events.find(({ event }) => stopsTheRun(event));
    if (lost !== undefined) throw new CallerError(headline(lost.event as TruthEvent));
  };
  const targetMs = (): number =>
    speed === null
      ? Number.POSITIVE_INFINITY
      : base.simMs + (performance.now() - base.wallMs) * speed;
  const turn = async (): Promise<void> => {
    const began = performance.now();
    const target = targetMs();
    while (!isStopping && !isPaused && clock.nowMs + clock.stepMs <= target) {
      await stepOnce();
      if (session.needsFlush) await session.flush();
      if (performance.now() - began > TURN_WALL_MS) break;
    }
    const behindMs = speed === null ? 0 : (targetMs() - clock.nowMs) / speed;
    if (
      behindMs > BEHIND_WALL_MAX_MS &&
      speed !== null &&
      speed * BEHIND_WALL_MAX_MS > clock.stepMs
    )
      rebase();
  };
  const broadcast = (): void => {
    const wanted = CHANNELS.filter((channel) => {
      for (const watcher of watchers) if (watcher.channels.has(channel)) return true;
      return false;
    });
    for (const channel of wanted) {
      const text = frameText(channel);
      if (text === undefined) continue;
      for (const watcher of watchers) if (watcher.channels.has(channel)) watcher.send(text);
    }
    for (const side of ["truth", "belief"] as const) {
      remembered[side].push(...(fresh[side] as (TruthEvent & KnownEvent)[]));
      remembered[side].splice(0, Math.max(0, remembered[side].length - EVENTS_REMEMBERED_MAX));
      fresh[side].length = 0;
    }
    const pace = JSON.stringify({ kind: "pace", pace: paceView() });
    for (const watcher of watchers) watcher.send(pace);
    for (const follower of followers) follower.shown();
  };
  const eventFrame = (
    channel: "truth/event" | "belief/event",
    events: readonly (TruthEvent | KnownEvent)[],
  ): string => {
    const frame = {
      version: FRAME_VERSION,
      channel,
      step: clock.step,
      simMs: clock.nowMs,
      data: events,
    };
    return JSON.stringify({ kind: "frame", frame });
  };
  const frameText = (channel: ChannelName): string | undefined => {
    if (channel === "truth/event" || channel === "belief/event") {
      const events = channel === "truth/event" ? fresh.truth : fresh.belief;
      return events.length === 0 ? undefined : eventFrame(channel, events);
    }
    const frame: Frame = makeFrame(twin, channel);
    return JSON.stringify({ kind: "frame", frame });
  };
  const nap = (wallMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, wallMs);
      function done(): void {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
      wake = done;
    });

  return {
    session,
    watchers,
    followers,
    paceView,
    note(event) {
      fresh.belief.push(event);
      isStale = true;
    },
    input(raw, command) {
      if (stopped !== null) return { ok: false, reason: `the run has stopped: ${stopped}` };
      const checked = checkInput(twin, raw);
      if (!checked.ok) return checked;
      if (waiting.length >= INPUTS_WAITING_MAX) {
        return { ok: false, reason: "too many inputs are waiting; let the twin run" };
      }
      const takesEffectAtMs = clock.nowMs + (isMidStep ? clock.stepMs : 0);
      const input: TwinInput = checked.input;
      const entry: JournalEntry = {
        sequence: nextSequence++,
        takesEffectAtMs,
        kind: "input",
        input,
        ...(command === undefined ? {} : { command }),
      };
      journal.append(entry);
      session.noteEntry(entry);
      waiting.push(entry);
      wake?.();
      return { ok: true, seq: entry.sequence, takesEffectAtMs };
    },
    pace(change) {
      if (change.speed !== undefined) speed = change.speed;
      if (change.isPaused !== undefined) isPaused = change.isPaused;
      rebase();
      // Sessions hear of a pause also where no step comes after it.
      isStale = true;
      wake?.();
      return paceView();
    },
    greet(watcher) {
      for (const channel of watcher.channels) {
        if (channel === "truth/event") watcher.send(eventFrame(channel, remembered.truth));
        else if (channel === "belief/event") watcher.send(eventFrame(channel, remembered.belief));
        else watcher.send(frameText(channel) ?? "");
      }
    },
    async run() {
      rebase();
      let lastFrameMs = 0;
      keepEvents();
      while (!isStopping) {
        try {
          if (stopped === null) await turn();
        } catch (error) {
          const { text } = explainFailure(error);
          const { name, seed } = twin.model.resolved;
          stopped = `${text} [scenario ${name}, seed ${seed}, step ${clock.step}]`;
          isPaused = true;
          isStale = true;
          options.onFailure(stopped);
        }
        const wallMs = performance.now();
        if (isStale && wallMs - lastFrameMs >= FRAME_WALL_MS) {
          broadcast();
          lastFrameMs = wallMs;
          isStale = false;
        }
        if (isStopping) break;
        const untilStep =
          isPaused || stopped !== null
            ? FRAME_WALL_MS
            : speed === null
              ? 0
              : Math.min(FRAME_WALL_MS, (clock.nowMs + clock.stepMs - targetMs()) / speed);
        if (untilStep > 1) await nap(untilStep);
        else await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await boards.close();
    },
    stop() {
      isStopping = true;
      wake?.();
    },
  };
}
