// A run that lives in one place with those who watch it, a browser's worker: paced, steered, shown and looked back to,
// with its journal in memory. What a server adds (stores, boards, who may do what) is not here.

import type { HistoryView, SupplyAccountView } from "../../contract/account.ts";
import { type PaceRequest, type PaceView, paceFor } from "../../contract/frame.ts";
import type { JournalEntry } from "../../contract/input.ts";
import type { MomentsView, Side } from "../../contract/moments.ts";
import type { Packing } from "../../contract/packing.ts";
import type { SimMs } from "../../core/time.ts";
import { checkInput } from "../check-input.ts";
import { createFeed } from "../journal-feed.ts";
import { beginStep, finalHash, finishStep } from "../step.ts";
import type { Twin } from "../world.ts";
import { accountView, historyView, type Watched } from "./account-view.ts";
import { createAttention } from "./attention.ts";
import { createMemoryBooks } from "./memory-books.ts";
import type { Moments } from "./moments.ts";
import { momentsView } from "./moments-view.ts";
import { createPacing } from "./pacing.ts";
import { createShowing, type Watcher } from "./showing.ts";
import { createTruthHistory } from "./truth-history.ts";

/** Wall time that one turn may take, so that requests are answered meanwhile. */
const TURN_WALL_MS = 15;
/** Every step that lasts at least as long, by the wall, gets frames of its own. */
const FRAME_WALL_MS = 33;
/** Wall time between the frames of faster steps. */
const MERGED_WALL_MS = 100;
/** Wall time between two looks while the run stands still; an input or a pace wakes it at once. */
const STILL_WALL_MS = 500;
const INPUTS_WAITING_MAX = 1_000;
const BOTH_SIDES: readonly Side[] = ["truth", "belief"];

export interface WatchedRunOptions {
  readonly twin: Twin;
  readonly runId: string;
  /** What happened before and what takes effect later, in the order of its numbers. */
  readonly journal: readonly JournalEntry[];
  readonly speed: number | null;
  readonly isPaused: boolean;
  /** It goes as fast as it can up to this moment, and keeps the pace from there; 0 for none. */
  readonly untilMs: SimMs;
  /** It pauses by itself when it comes to this moment. */
  readonly pauseAtMs?: SimMs;
  readonly wallNow: () => number;
  readonly packing: Packing;
  /** What is said of where the run is kept. */
  readonly keptIn: string;
}

export type Taken =
  | { readonly ok: true; readonly seq: number; readonly takesEffectAtMs: SimMs }
  | { readonly ok: false; readonly reason: string };

export interface WatchedRun {
  readonly twin: Twin;
  readonly runId: string;
  /** Every input so far, also those that have not taken effect. */
  readonly journal: readonly JournalEntry[];
  readonly moments: Moments;
  enter(watcher: Watcher): void;
  leave(watcher: Watcher): void;
  greet(watcher: Watcher): void;
  input(raw: unknown): Taken;
  pace(change: PaceRequest): PaceView;
  paceView(): PaceView;
  /** Goes as fast as it can up to this moment and stands still there. */
  goTo(ms: SimMs): void;
  /** Whether it is on its way to a moment that was asked for. */
  readonly isCatchingUp: boolean;
  /** Takes the steps that are due and shows them; how long the caller may sleep, ms of wall time. */
  turn(): number;
  momentsView(sides: readonly Side[], afterMs: SimMs): MomentsView;
  account(supply: string): SupplyAccountView | undefined;
  history(supply: string, days: number): HistoryView | undefined;
  finalHash(): string;
}

/** A run at the start of its scenario, with a journal that may reach beyond now. */
export function createWatchedRun(options: WatchedRunOptions): WatchedRun {
  const { twin, runId, wallNow } = options;
  const { clock } = twin.world.engine;
  const pacing = createPacing({ speed: options.speed, isPaused: false, clock, wallNow });
  const showing = createShowing(twin, wallNow, options.packing);
  const attention = createAttention(twin, pacing, () => BOTH_SIDES);
  const books = createMemoryBooks();
  const truthHistory = createTruthHistory(twin);
  const watched: Watched = { twin, books, truthHistory };
  const journal: JournalEntry[] = [...options.journal];
  let feed = createFeed(journal);
  let nextSequence = 1 + journal.reduce((last, { sequence }) => Math.max(last, sequence), 0);
  let stopped: string | null = null;
  let isStale = true;
  let lastFrameMs = Number.NEGATIVE_INFINITY;
  let { untilMs, isPaused: isPausedThere } = options;
  let isCatchingUp = untilMs > clock.nowMs;
  if (!isCatchingUp) pacing.change({ isPaused: isPausedThere });

  const isPaced = (): boolean =>
    !isCatchingUp && (pacing.isPaused || pacing.stepWallMs >= FRAME_WALL_MS);
  const paceView = (): PaceView => ({
    speed: pacing.speed,
    isPaused: pacing.isPaused,
    simMs: clock.nowMs,
    stepMs: clock.stepMs,
    stopped,
    held: null,
    latenessMedianMs: pacing.lateness.quantileMs(0.5),
    latenessP99Ms: pacing.lateness.quantileMs(0.99),
    keptIn: options.keptIn,
    ...(isCatchingUp ? { speedReason: "the run goes to the moment that was asked for" } : {}),
    ...attention.view,
  });
  const takeStep = (): void => {
    const startMs = clock.nowMs;
    beginStep(twin, feed.inputsAt(startMs));
    finishStep(twin, feed.answersAt(startMs));
    isStale = true;
    if (clock.nowMs === options.pauseAtMs) pacing.change({ isPaused: true });
    books.note(twin.out);
    truthHistory.stepped(startMs);
    showing.noteStep();
    if (isCatchingUp) {
      if (clock.nowMs < untilMs) return;
      isCatchingUp = false;
      pacing.change({ isPaused: isPausedThere });
      return;
    }
    pacing.noteStep();
    attention.heed();
  };
  const step = (): boolean => {
    try {
      takeStep();
      return true;
    } catch (error) {
      const { name, seed } = twin.model.resolved;
      const text = error instanceof Error ? error.message : String(error);
      stopped = `${text} [scenario ${name}, seed ${seed}, step ${clock.step}]`;
      pacing.change({ isPaused: true });
      isCatchingUp = false;
      isStale = true;
      return false;
    }
  };
  const show = (wallMs: number): void => {
    showing.show(isPaced());
    const pace = paceView();
    for (const watcher of showing.watchers) {
      const text = JSON.stringify({ kind: "pace", pace: paceFor(pace, watcher.sides()) });
      watcher.send(text, "word");
    }
    lastFrameMs = wallMs;
    isStale = false;
  };
  books.note(twin.out);
  showing.noteStep();
  return {
    twin,
    runId,
    journal,
    moments: showing.moments,
    enter: showing.enter,
    leave: showing.leave,
    greet(watcher) {
      showing.greet(watcher);
      const pace = paceFor(paceView(), watcher.sides());
      watcher.send(JSON.stringify({ kind: "pace", pace }), "word");
    },
    input(raw) {
      if (stopped !== null) return { ok: false, reason: `the run has stopped: ${stopped}` };
      const waiting = journal.filter(({ takesEffectAtMs }) => takesEffectAtMs >= clock.nowMs);
      const checked = checkInput(twin, raw, waiting);
      if (!checked.ok) return checked;
      const { input } = checked;
      if (input.kind === "swap-in" || input.kind === "press-button") {
        const reason =
          "boards need a server: start one with npm start, and swap the board in there";
        return { ok: false, reason };
      }
      if (waiting.length >= INPUTS_WAITING_MAX) {
        return { ok: false, reason: "too many inputs are waiting; let the twin run" };
      }
      const takesEffectAtMs = clock.nowMs;
      const entry: JournalEntry = {
        ...{ sequence: nextSequence++, takesEffectAtMs, kind: "input" },
        input,
      };
      journal.push(entry);
      feed = createFeed(journal.filter((each) => each.takesEffectAtMs >= clock.nowMs));
      return { ok: true, seq: entry.sequence, takesEffectAtMs };
    },
    pace(change) {
      attention.wish(change);
      isStale = true;
      const { untilMs: standsAtMs, ...paced } = change;
      const { speed, steps, isPaused } = change;
      if (speed === undefined && steps === undefined && isPaused === undefined) return paceView();
      attention.forgetCause();
      attention.standAt(standsAtMs ?? null);
      isCatchingUp = false;
      pacing.change({ ...paced, ...(steps === undefined ? {} : { isPaused: true }) });
      return paceView();
    },
    paceView,
    goTo(ms) {
      isStale = true;
      isPausedThere = true;
      if (ms <= clock.nowMs) return void pacing.change({ isPaused: true });
      untilMs = ms;
      isCatchingUp = true;
    },
    get isCatchingUp() {
      return isCatchingUp;
    },
    turn() {
      const began = wallNow();
      const isDue = (): boolean => stopped === null && (isCatchingUp || pacing.isDue);
      while (isDue()) {
        if (!step() || isPaced() || wallNow() - began > TURN_WALL_MS) break;
      }
      pacing.letGo();
      const wallMs = wallNow();
      const everyMs = isPaced() ? FRAME_WALL_MS : MERGED_WALL_MS;
      if (isStale && (wallMs - lastFrameMs >= everyMs || (isPaced() && showing.isBehind))) {
        show(wallMs);
      }
      if (isDue()) return 0;
      const untilFrame = isStale ? Math.max(1, everyMs - (wallMs - lastFrameMs)) : STILL_WALL_MS;
      return pacing.isPaused || stopped !== null
        ? untilFrame
        : Math.min(untilFrame, pacing.untilDueMs);
    },
    momentsView: (sides, afterMs) =>
      momentsView(
        { moments: showing.moments, marks: showing.marks, momentsMissing: null },
        ...([runId, sides, afterMs] as const),
      ),
    account: (supply) => accountView(watched, supply),
    history: (supply, days) => historyView(watched, supply, days, true),
    finalHash: () => finalHash(twin),
  };
}
