// A live run: paced against the wall clock, steered by inputs that are journalled first, watched by sessions.

import { type BeliefEvent, type HostEvent, headline, type TruthEvent } from "../contract/event.ts";
import {
  type ChannelName,
  type Frame,
  type PaceRequest,
  type PaceView,
  paceFor,
} from "../contract/frame.ts";
import type { JournalEntry, TwinInput } from "../contract/input.ts";
import type { DeviceAnswer } from "../contract/meter-device.ts";
import type { Side } from "../contract/moments.ts";
import { formatDuration, type SimMs } from "../core/time.ts";
import { checkInput } from "../engine/check-input.ts";
import { createAttention } from "../engine/showing/attention.ts";
import type { Follower } from "../engine/showing/follower.ts";
import type { Lateness } from "../engine/showing/lateness.ts";
import { createPacing } from "../engine/showing/pacing.ts";
import { createShowing, type Showing, type Watcher } from "../engine/showing/showing.ts";
import type { Boards, Placed } from "./boards.ts";
import { CallerError, explainFailure } from "./failure.ts";
import type { JournalFile } from "./journal.ts";
import type { Session } from "./session.ts";
import { StorageError } from "./storage-error.ts";
import { ZLIB_PACKING } from "./zlib-packing.ts";

/** Wall time that one turn of the loop may take, so that requests are answered meanwhile. */
const TURN_WALL_MS = 15;
const WALL_REASON =
  "a board lives by the wall's clock: the twin keeps to 1× until it has gone from its slot";
/** Every step that lasts at least as long, by the wall, gets frames of its own. */
const FRAME_WALL_MS = 33;
/** Wall time between the frames of faster steps: nobody sees them one by one, and a page has to read each. */
const MERGED_WALL_MS = 100;
/** Wall time between two looks at whether anything has changed, while the twin stands still. */
const STILL_WALL_MS = 100;
/** A session that has heard nothing for longer than this, and some, has lost its line. */
export const HEARTBEAT_WALL_MS = 5_000;
const INPUTS_WAITING_MAX = 1_000;

export type Accepted =
  | { readonly ok: true; readonly seq: number; readonly takesEffectAtMs: number }
  /** `isOurs`: the input is right, but it cannot be kept now. */
  | { readonly ok: false; readonly reason: string; readonly isOurs?: true };

export interface LiveRun {
  readonly session: Session;
  readonly boards: Boards;
  /** Begins to show the run to somebody. */
  enter(watcher: Watcher): void;
  leave(watcher: Watcher): void;
  /** For looking back; nothing of it may leave the process before `publish`. */
  readonly moments: Showing["moments"];
  readonly events: Showing["events"];
  /** A frame of a moment that has been, undefined where none is kept; from now on the frame of now. */
  frameAt(simMs: SimMs, channel: ChannelName): Frame | undefined;
  readonly marks: Showing["marks"];
  /** Why there is nothing before the oldest moment; null where that is the start. */
  readonly momentsMissing: string | null;
  readonly followers: Set<Follower>;
  /** Where every input is kept. */
  readonly journalPath: string;
  /** `command`: whose command of a broker it is. */
  input(raw: unknown, command?: string): Accepted;
  /** Tells those who watch of something that is no part of the run. */
  note(event: HostEvent): void;
  pace(change: PaceRequest): PaceView;
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
  /** One channel's frame of now once more. */
  resend(watcher: Watcher, channel: ChannelName): void;
  /** Somebody looks at another home. */
  refocus(): void;
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
  /** The sides that may be shown; what happens on others neither pauses nor slows the run. */
  readonly sidesShown: () => readonly Side[];
  readonly pauseAtEvent?: boolean;
  readonly slowAtTheft?: boolean;
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
  const beganMs = clock.nowMs;
  const showing = createShowing(twin, () => performance.now(), ZLIB_PACKING);
  const followers = new Set<Follower>();
  const waiting: JournalEntry[] = [...(options.waiting ?? [])];
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
  const attention = createAttention(twin, pacing, options.sidesShown, options);

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
    ...attention.view,
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
  /** Whether steps come slowly enough for each to be shown. */
  const isPaced = (): boolean => pacing.isPaused || pacing.stepWallMs >= FRAME_WALL_MS;
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
    showing.noteStep();
    attention.heed();
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
      if (isPaced() || performance.now() - began > TURN_WALL_MS) break;
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
    if (publish()) {
      showing.show(isPaced());
      for (const follower of followers) follower.shown();
    }
    const pace = paceView();
    const textFor = (sides: readonly Side[]): string =>
      JSON.stringify({ kind: "pace", pace: paceFor(pace, sides) });
    const texts = { whole: JSON.stringify({ kind: "pace", pace }), belief: textFor(["belief"]) };
    for (const watcher of showing.watchers) {
      watcher.send(watcher.sides().includes("truth") ? texts.whole : texts.belief, "word");
    }
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
    enter: showing.enter,
    leave: showing.leave,
    moments: showing.moments,
    events: showing.events,
    frameAt(simMs, channel) {
      if (simMs >= clock.nowMs) return showing.frame(channel);
      const place = showing.moments.at(simMs);
      return place === undefined ? undefined : showing.moments.frame(place, channel);
    },
    marks: showing.marks,
    momentsMissing:
      beganMs === 0
        ? null
        : `the server was started again at ${formatDuration(beganMs)}; what was before cannot be looked at`,
    followers,
    journalPath: journal.path,
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
      showing.note(event);
      isStale = true;
    },
    input,
    pace(change) {
      attention.wish(change);
      const { speed, steps } = change;
      if (speed === undefined && steps === undefined && change.isPaused === undefined) {
        isStale = true;
        wake?.();
        return paceView();
      }
      attention.forgetCause();
      attention.standAt(change.untilMs ?? null);
      if (speed !== undefined && wishedSpeed !== undefined) wishedSpeed = speed;
      pacing.change({
        ...change,
        ...(steps === undefined ? {} : { isPaused: true }),
        ...(wishedSpeed === undefined ? {} : { speed: 1 }),
      });
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
      if (publish()) showing.greet(watcher);
    },
    resend(watcher, channel) {
      if (publish()) showing.resend(watcher, channel);
    },
    refocus() {
      if (publish()) showing.refocus();
    },
    async run() {
      pacing.rebase();
      let lastFrameMs = 0;
      showing.noteStep();
      while (!isStopping) {
        try {
          if (stopped === null) await turn();
          if (half === undefined && held === null && stopped === null) options.betweenSteps();
        } catch (error) {
          stopForGood(error);
        }
        const wallMs = performance.now();
        const sinceFrameMs = wallMs - lastFrameMs;
        const everyMs = isPaced() ? FRAME_WALL_MS : MERGED_WALL_MS;
        const isFrameDue = isStale && (sinceFrameMs >= everyMs || (isPaced() && showing.isBehind));
        if (isFrameDue || sinceFrameMs >= HEARTBEAT_WALL_MS) {
          broadcast();
          lastFrameMs = wallMs;
          isStale = false;
        }
        if (isStopping) break;
        const isWaiting = (pacing.isPaused && !pacing.isDue) || stopped !== null;
        const untilFrame = isStale ? everyMs - sinceFrameMs : STILL_WALL_MS;
        const untilStep = isWaiting ? untilFrame : Math.min(untilFrame, pacing.untilDueMs);
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
