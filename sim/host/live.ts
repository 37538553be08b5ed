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
import type { DeviceAnswer } from "../contract/meter-device.ts";
import type { SimMs } from "../core/time.ts";
import { checkInput } from "../engine/check-input.ts";
import { makeFrame } from "../engine/frames.ts";
import type { Boards, Placed } from "./boards.ts";
import { CallerError, explainFailure } from "./failure.ts";
import type { JournalFile } from "./journal.ts";
import type { Lateness } from "./lateness.ts";
import { createPacing, type PaceChange } from "./pacing.ts";
import type { Session } from "./session.ts";
import { StorageError } from "./storage-error.ts";

/** Wall time that one turn of the loop may take, so that requests are answered meanwhile. */
const TURN_WALL_MS = 15;
const WALL_REASON =
  "a board lives by the wall's clock: the twin keeps to 1× until it has gone from its slot";
/** Wall time between frames to the sessions. */
const FRAME_WALL_MS = 100;
const EVENTS_REMEMBERED_MAX = 300;
const INPUTS_WAITING_MAX = 1_000;

export type Accepted =
  | { readonly ok: true; readonly seq: number; readonly takesEffectAtMs: number }
  /** `isOurs`: the input is right, but it cannot be kept now. */
  | { readonly ok: false; readonly reason: string; readonly isOurs?: true };

/** Somebody who watches: gets one text a frame, made once for all. */
export interface Watcher {
  readonly channels: ReadonlySet<ChannelName>;
  send(text: string): void;
}

/** Somebody in this process who follows the run: called in between, must neither wait nor throw. */
export interface Follower {
  /**
   * After a step that began at `startMs`, while `twin.out` still holds what it handed out. None of it may leave the
   * process before `shown`.
   */
  stepped(startMs: SimMs): void;
  /** As often as frames are sent, and when the run ends: everything up to now is durable and may be shown. */
  shown(): void;
}

export interface LiveRun {
  readonly session: Session;
  readonly boards: Boards;
  readonly watchers: Set<Watcher>;
  readonly followers: Set<Follower>;
  /** `command`: whose command of a broker it is. */
  input(raw: unknown, command?: string): Accepted;
  /** Tells those who watch of something that is no part of the run. */
  note(event: HostEvent): void;
  pace(change: PaceChange): PaceView;
  paceView(): PaceView;
  /**
   * Whether what the twin is now may be shown or sent to anybody; makes that durable first, so that a run that is
   * killed comes back at least to here. False while the run is held.
   */
  publish(): boolean;
  /** Pauses until somebody has mended what the error says and presses play. */
  hold(error: StorageError): void;
  /** What a session gets at once for the channels that it asks for. */
  greet(watcher: Watcher): void;
  /** Of all steps that had a deadline. */
  readonly lateness: Lateness;
  /** Whether it has stopped for good: its last step may be half done. */
  readonly isStopped: boolean;
  /** Runs until `stop`; resolves after the last whole step, or with false where a step was held in its middle. */
  run(): Promise<boolean>;
  stop(): void;
}

export interface LiveOptions {
  readonly session: Session;
  readonly journal: JournalFile;
  readonly boards: Boards;
  readonly speed: number | null;
  readonly isPaused: boolean;
  readonly keptIn: string;
  /** Entries of the journal that have not taken effect yet, and the number of the next one. */
  readonly waiting?: readonly JournalEntry[];
  readonly nextSequence?: number;
  /** What is wrong with the name of a device that somebody wants to swap in. */
  readonly deviceProblem: (name: string) => string | undefined;
  /** Told when a run stops for good. */
  readonly onFailure: (text: string) => void;
  /** Told when a run is held. */
  readonly onHeld: (text: string) => void;
  /** Called when somebody presses play after that. */
  readonly onRetry: () => void;
  /** Called between steps, as often as there is time. */
  readonly betweenSteps: () => void;
}

/** A step whose inputs have taken effect, and what is still to be done of it. */
interface HalfStep {
  /** The boards' answers, until they are in the journal. */
  entry: JournalEntry | undefined;
  readonly answers: readonly DeviceAnswer[];
  readonly startMs: SimMs;
  isFinished: boolean;
}

/** A lost board ends the run where its scenario wants that. */
const stopsTheRun = (event: TruthEvent | BeliefEvent): boolean =>
  event.kind === "device-lost" && event.policy === "stop";

/** A run that has not begun. */
export function createLiveRun(options: LiveOptions): LiveRun {
  const { session, journal, boards } = options;
  const { twin } = session;
  const { clock } = twin.world.engine;
  const pacing = createPacing({
    speed: options.speed,
    isPaused: options.isPaused,
    clock,
    wallNow: () => performance.now(),
  });
  const watchers = new Set<Watcher>();
  const followers = new Set<Follower>();
  const waiting: JournalEntry[] = [...(options.waiting ?? [])];
  const remembered = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  const fresh = { truth: [] as TruthEvent[], belief: [] as KnownEvent[] };
  let stopped: string | null = null;
  let held: string | null = null;
  let isStopping = false;
  let half: HalfStep | undefined;
  let nextSequence = options.nextSequence ?? 1;
  let wake: (() => void) | undefined;
  let stopWaiting: (() => void) | undefined;
  let isStale = true;
  /** What speed is wished for while boards keep the twin to the wall. */
  let wishedSpeed: number | null | undefined;

  const paceView = (): PaceView => ({
    speed: pacing.speed,
    isPaused: pacing.isPaused,
    simMs: held === null ? clock.nowMs : session.markedMs,
    stepMs: clock.stepMs,
    stopped,
    held,
    latenessMedianMs: pacing.lateness.quantileMs(0.5),
    latenessP99Ms: pacing.lateness.quantileMs(0.99),
    keptIn: options.keptIn,
    ...(wishedSpeed === undefined ? {} : { speedReason: WALL_REASON }),
  });
  const hold = (error: StorageError): void => {
    const isNew = held !== error.message;
    held = error.message;
    pacing.change({ isPaused: true });
    isStale = true;
    stopWaiting?.();
    if (isNew) options.onHeld(error.message);
  };
  /** Does what may be held; true where it was done. */
  const unlessHeld = (work: () => void): boolean => {
    if (held !== null) return false;
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      hold(error);
      return false;
    }
  };
  const publish = (): boolean => unlessHeld(() => session.mark());
  const keepEvents = (): void => {
    for (const { side, event } of twin.out.events) {
      if (side === "truth") fresh.truth.push(event);
      else fresh.belief.push(event);
    }
  };
  const beginOne = async (): Promise<HalfStep> => {
    const { nowMs } = clock;
    let due = 0;
    while (due < waiting.length && waiting[due]!.takesEffectAtMs <= nowMs) due++;
    const step: HalfStep = { entry: undefined, answers: [], startMs: nowMs, isFinished: false };
    half = step;
    const swapped = session.begin(waiting.splice(0, due));
    if (swapped.length === 0 && boards.openCount === 0) return step;
    const answers = await boards.ask(twin, swapped);
    if (swapped.length === 0) return step;
    const sequence = nextSequence++;
    half = {
      entry: { sequence, takesEffectAtMs: nowMs, kind: "answers", answers },
      answers,
      startMs: nowMs,
      isFinished: false,
    };
    return half;
  };
  /** Goes on with a step where it was held, so that nothing of it is done twice or left out. */
  const completeStep = (step: HalfStep): void => {
    if (step.entry !== undefined) {
      journal.append(step.entry);
      session.noteEntry(step.entry);
      step.entry = undefined;
    }
    if (step.isFinished) session.settle();
    else {
      step.isFinished = true;
      session.finish(step.answers);
    }
    half = undefined;
    isStale = true;
    pacing.noteStep();
    keepEvents();
    for (const follower of followers) follower.stepped(step.startMs);
    const lost = twin.out.events.find(({ event }) => stopsTheRun(event));
    if (lost !== undefined) throw new CallerError(headline(lost.event as TruthEvent));
  };
  /** Waits for the recording, but not while it is held. */
  const flush = async (): Promise<void> => {
    const isHeld = new Promise<void>((resolve) => {
      stopWaiting = resolve;
    });
    await Promise.race([session.flush(), isHeld]);
    stopWaiting = undefined;
  };
  /** Boards that live by the wall's clock make the twin do so; what was wished for comes back when the last has gone. */
  const keepToWall = (): void => {
    const { isOnWall } = boards;
    if (isOnWall === (wishedSpeed !== undefined)) return;
    const speed = isOnWall ? 1 : wishedSpeed;
    wishedSpeed = isOnWall ? pacing.speed : undefined;
    pacing.change({ speed: speed ?? null, takesItsTime: isOnWall });
    isStale = true;
  };
  const takeReturned = (): void => {
    for (const { supply, device } of boards.takeReturned()) {
      input({ kind: "swap-in", target: supply, device });
    }
  };
  const turn = async (): Promise<void> => {
    const began = performance.now();
    keepToWall();
    takeReturned();
    while (!isStopping && held === null && pacing.isDue) {
      const step = half ?? (await beginOne());
      if (!unlessHeld(() => completeStep(step))) return;
      if (session.needsFlush) await flush();
      if (performance.now() - began > TURN_WALL_MS) break;
    }
    pacing.letGo();
  };
  const stopForGood = (error: unknown): void => {
    const { text } = explainFailure(error);
    const { name, seed } = twin.model.resolved;
    stopped = `${text} [scenario ${name}, seed ${seed}, step ${clock.step}]`;
    pacing.change({ isPaused: true });
    isStale = true;
    options.onFailure(stopped);
  };
  /** Who stops a run that is held gives its step one more chance; true where no step is left half done. */
  const endStep = (): boolean => {
    const step = half;
    if (step?.isFinished !== true) return step === undefined;
    held = null;
    try {
      return unlessHeld(() => completeStep(step));
    } catch (error) {
      stopForGood(error);
      return true;
    }
  };
  /** Devices whose swap-in is accepted and has not taken effect. */
  const planned = (): readonly Placed[] =>
    waiting.flatMap((entry) =>
      entry.kind === "input" && entry.input.kind === "swap-in"
        ? [{ supply: entry.input.target, device: entry.input.device }]
        : [],
    );
  const input = (raw: unknown, command?: string): Accepted => {
    if (stopped !== null) return { ok: false, reason: `the run has stopped: ${stopped}` };
    const checked = checkInput(twin, raw, waiting);
    if (!checked.ok) return checked;
    if (checked.input.kind === "swap-in") {
      const { target: supply, device } = checked.input;
      const reason =
        options.deviceProblem(device) ?? boards.swapProblem({ supply, device }, planned());
      if (reason !== undefined) return { ok: false, reason };
    }
    if (checked.input.kind === "press-button") {
      const reason = boards.pressProblem(checked.input.target);
      if (reason !== undefined) return { ok: false, reason };
    }
    if (waiting.length >= INPUTS_WAITING_MAX) {
      return { ok: false, reason: "too many inputs are waiting; let the twin run" };
    }
    const isMidStep = half !== undefined && !half.isFinished;
    const takesEffectAtMs = clock.nowMs + (isMidStep ? clock.stepMs : 0);
    const input: TwinInput = checked.input;
    const entry: JournalEntry = {
      sequence: nextSequence,
      takesEffectAtMs,
      kind: "input",
      input,
      ...(command === undefined ? {} : { command }),
    };
    try {
      journal.append(entry);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      return { ok: false, reason: `${error.message}, then send it again`, isOurs: true };
    }
    nextSequence++;
    session.noteEntry(entry);
    waiting.push(entry);
    wake?.();
    return { ok: true, seq: entry.sequence, takesEffectAtMs };
  };
  const broadcast = (): void => {
    if (publish()) broadcastFrames();
    const pace = JSON.stringify({ kind: "pace", pace: paceView() });
    for (const watcher of watchers) watcher.send(pace);
  };
  const broadcastFrames = (): void => {
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
    boards,
    watchers,
    followers,
    paceView() {
      publish();
      return paceView();
    },
    publish,
    hold,
    lateness: pacing.latenessOfAll,
    get isStopped() {
      return stopped !== null;
    },
    note(event) {
      fresh.belief.push(event);
      isStale = true;
    },
    input,
    pace(change) {
      if (wishedSpeed === undefined) pacing.change(change);
      else {
        if (change.speed !== undefined) wishedSpeed = change.speed;
        pacing.change({ ...change, speed: 1 });
      }
      boards.restart();
      if (change.isPaused === false && held !== null) {
        held = null;
        options.onRetry();
      }
      // Sessions hear of a pause also where no step comes after it.
      isStale = true;
      wake?.();
      return paceView();
    },
    greet(watcher) {
      if (!publish()) return;
      for (const channel of watcher.channels) {
        if (channel === "truth/event") watcher.send(eventFrame(channel, remembered.truth));
        else if (channel === "belief/event") watcher.send(eventFrame(channel, remembered.belief));
        else watcher.send(frameText(channel) ?? "");
      }
    },
    async run() {
      pacing.rebase();
      let lastFrameMs = 0;
      keepEvents();
      while (!isStopping) {
        try {
          if (stopped === null) await turn();
          if (half === undefined && held === null && stopped === null) options.betweenSteps();
        } catch (error) {
          stopForGood(error);
        }
        const wallMs = performance.now();
        if (isStale && wallMs - lastFrameMs >= FRAME_WALL_MS) {
          broadcast();
          lastFrameMs = wallMs;
          isStale = false;
        }
        if (isStopping) break;
        const isWaiting = pacing.isPaused || stopped !== null;
        const untilStep = isWaiting ? FRAME_WALL_MS : Math.min(FRAME_WALL_MS, pacing.untilDueMs);
        if (untilStep > 1) await nap(untilStep);
        else await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await boards.close();
      return stopped !== null || endStep();
    },
    stop() {
      isStopping = true;
      wake?.();
    },
  };
}
