// The time of one board and the timers that run on it. An emulated board's is moved by the twin, a real one's by the
// wall; whoever sets a timer cannot tell.

/** Fires a timer may cause while its clock moves by one millisecond, before it is told that it never ends. */
const FIRES_PER_MS_MAX = 10_000;

interface Timer {
  readonly id: number;
  dueMs: number;
  /** 0: once. */
  readonly everyMs: number;
  readonly fire: () => void;
}

export interface BoardClock {
  /** Since the board was opened. */
  readonly nowMs: number;
  /** Runs `fire` once after `delayMs`, or every `delayMs` (at least 1). Returns what `cancel` takes. */
  after(delayMs: number, fire: () => void): number;
  every(delayMs: number, fire: () => void): number;
  cancel(id: number): void;
  /** Moves to `nowMs`; what falls due on the way fires in order of its time, then of its making. */
  moveTo(nowMs: number): void;
  /** When the next timer is due; Infinity without one. */
  readonly nextDueMs: number;
  /** Forgets all timers: the board is gone. */
  clear(): void;
}

export function createBoardClock(): BoardClock {
  let nowMs = 0;
  let lastId = 0;
  let timers: Timer[] = [];
  const add = (delayMs: number, everyMs: number, fire: () => void): number => {
    const id = ++lastId;
    const delay = Number.isFinite(delayMs) ? Math.max(0, delayMs) : 0;
    timers.push({ id, dueMs: nowMs + delay, everyMs, fire });
    return id;
  };
  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    }
    return first;
  };
  const drop = (id: number): void => {
    timers = timers.filter((timer) => timer.id !== id);
  };
  return {
    get nowMs() {
      return nowMs;
    },
    after: (delayMs, fire) => add(delayMs, 0, fire),
    every: (delayMs, fire) => add(Math.max(1, delayMs), Math.max(1, delayMs), fire),
    cancel: drop,
    moveTo(untilMs) {
      const firesMax = FIRES_PER_MS_MAX * Math.max(1, Math.ceil(untilMs - nowMs));
      for (let fires = 0; ; fires++) {
        const timer = next();
        if (timer === undefined || timer.dueMs > untilMs) break;
        if (fires === firesMax) throw new Error(`${firesMax} timers fired before ${untilMs} ms`);
        nowMs = Math.max(nowMs, timer.dueMs);
        if (timer.everyMs === 0) drop(timer.id);
        else timer.dueMs += timer.everyMs;
        timer.fire();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    get nextDueMs() {
      return next()?.dueMs ?? Number.POSITIVE_INFINITY;
    },
    clear() {
      timers = [];
    },
  };
}
