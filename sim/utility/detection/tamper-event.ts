// What a meter tells of its own contacts. One short event is a child with a toy or a knock at the door; several, or
// one that comes again and again, are not.

import type { Signal } from "../../contract/frame.ts";
import type { MeterEventCode } from "../../contract/reading.ts";
import { exp } from "../../core/math.ts";
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { TamperWatch } from "../state.ts";
import { signal } from "./signal.ts";

interface TamperCode {
  readonly code: MeterEventCode;
  /** Tells that it is over; null: what has happened is not undone. */
  readonly goneCode: MeterEventCode | null;
  /** Log-odds of the first event, as if it were the only one. */
  readonly firstLogOdds: number;
  readonly words: string;
}

/** By the order of columns. Nobody opens a cover by chance; a magnet may be a loudspeaker's. */
export const TAMPER_CODES: readonly TamperCode[] = [
  { code: "cover-open", goneCode: null, firstLogOdds: 1.2, words: "its cover was opened" },
  { code: "magnet", goneCode: "magnet-gone", firstLogOdds: 1, words: "a magnet was at its case" },
  {
    code: "neutral-missing",
    goneCode: "neutral-restored",
    firstLogOdds: 0.8,
    words: "its neutral carried less than its phase",
  },
];

/** Repeats within this are one event: contacts bounce, and a meter tells again after a first breath. */
export const DEBOUNCE_MS: SimMs = 5 * MINUTE_MS;
/** An event counts half after this time. */
const HALF_LIFE_MS = 10 * DAY_MS;
/** The second event of a kind and further ones count less than the first; together no more than this. */
const REPEAT_LOG_ODDS = 0.6;
const LOG_ODDS_MAX = 3.5;
/** What lasts for an hour in all says this more, and no more than LONG_LOG_ODDS_MAX. */
const HOUR_LOG_ODDS = 0.5;
const LONG_LOG_ODDS_MAX = 2;

export function createTamperWatch(customers: number): TamperWatch {
  const rows = customers * TAMPER_CODES.length;
  return {
    openAt: new Float64Array(rows).fill(-1),
    goneAt: new Float64Array(rows).fill(-1),
    lastedMs: new Float64Array(rows),
    weight: new Float64Array(rows),
    count: new Float64Array(rows),
    lastAt: new Float64Array(rows).fill(-1),
    since: new Float64Array(rows).fill(-1),
  };
}

const halved = (forMs: number): number => exp((-Math.LN2 * Math.max(0, forMs)) / HALF_LIFE_MS);

/** Takes in an event; `at` is the meter's own time. True where it is counted. */
export function noteTamper(
  watch: TamperWatch,
  row: number,
  code: MeterEventCode,
  at: SimMs,
): boolean {
  const gone = TAMPER_CODES.findIndex((each) => each.goneCode === code);
  if (gone >= 0) return noteGone(watch, row * TAMPER_CODES.length + gone, at);
  const column = TAMPER_CODES.findIndex((each) => each.code === code);
  if (column < 0) return false;
  const index = row * TAMPER_CODES.length + column;
  const isLasting = TAMPER_CODES[column]!.goneCode !== null && at > watch.goneAt[index]!;
  if (isLasting && watch.openAt[index]! < 0) watch.openAt[index] = at;
  const lastAt = watch.lastAt[index]!;
  if (lastAt >= 0 && Math.abs(at - lastAt) < DEBOUNCE_MS) return false;
  if (lastAt < 0 || at >= lastAt) {
    watch.weight[index] = watch.weight[index]! * (lastAt < 0 ? 1 : halved(at - lastAt)) + 1;
    watch.lastAt[index] = at;
  } else watch.weight[index] = watch.weight[index]! + halved(lastAt - at);
  watch.count[index] = watch.count[index]! + 1;
  if (watch.since[index]! < 0 || at < watch.since[index]!) watch.since[index] = at;
  return true;
}

/** It is over. An end without its beginning came before it: nothing is counted for how long it was. */
function noteGone(watch: TamperWatch, index: number, at: SimMs): boolean {
  const openAt = watch.openAt[index]!;
  watch.goneAt[index] = Math.max(at, watch.goneAt[index]!);
  if (openAt < 0 || at < openAt) return false;
  watch.lastedMs[index] = watch.lastedMs[index]! + at - openAt;
  watch.openAt[index] = -1;
  return true;
}

export function forgetTamper(watch: TamperWatch, row: number): void {
  const first = row * TAMPER_CODES.length;
  for (let index = first; index < first + TAMPER_CODES.length; index++) {
    watch.openAt[index] = -1;
    watch.goneAt[index] = -1;
    watch.lastedMs[index] = 0;
    watch.weight[index] = 0;
    watch.count[index] = 0;
    watch.lastAt[index] = -1;
    watch.since[index] = -1;
  }
}

/** The numbers are how often each kind was counted, as `coverOpen`, `magnet` and `neutralMissing`. */
export function tamperSignal(watch: TamperWatch, row: number, now: SimMs): Signal | undefined {
  let logOdds = 0;
  let since = now;
  const words: string[] = [];
  const numbers: Record<string, number> = {};
  TAMPER_CODES.forEach(({ code, firstLogOdds, words: what }, column) => {
    const index = row * TAMPER_CODES.length + column;
    const count = watch.count[index]!;
    if (count === 0) return;
    const openAt = watch.openAt[index]!;
    const lastedMs = watch.lastedMs[index]! + (openAt < 0 ? 0 : Math.max(0, now - openAt));
    // What lasts is not forgotten.
    const aged = openAt < 0 ? halved(now - watch.lastAt[index]!) : 1;
    const weight = watch.weight[index]! * aged;
    logOdds += firstLogOdds * Math.min(1, weight) + REPEAT_LOG_ODDS * Math.max(0, weight - 1);
    logOdds += aged * Math.min(LONG_LOG_ODDS_MAX, (HOUR_LOG_ODDS * lastedMs) / HOUR_MS);
    since = Math.min(since, watch.since[index]!);
    numbers[camel(code)] = count;
    const often = count === 1 ? what : `${what} (${count} times)`;
    if (lastedMs === 0) words.push(often);
    else words.push(`${often}, for ${formatDuration(Math.ceil(lastedMs / MINUTE_MS) * MINUTE_MS)}`);
  });
  if (words.length === 0 || logOdds < LOG_ODDS_MIN) return undefined;
  const sentence = `Its meter told that ${words.join(", and that ")}.`;
  return signal("tamper-event", since, Math.min(LOG_ODDS_MAX, logOdds), sentence, numbers);
}

/** An event of long ago is no word any more. */
const LOG_ODDS_MIN = 0.1;

const camel = (code: string): string =>
  code.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
