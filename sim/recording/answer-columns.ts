// The answers of boards as bytes: of each answer only what has changed since the same board's last one, so that a
// board-second costs a few bytes. Who reads must have read everything before.
//
// One entry: flags, then the fields that they announce, then an answer for each board, in the order of the entry.
// One answer: 0 and the whole answer as JSON; or 1 where the same leaves have changed as last time, 2 + their count and
// their places elsewhere; then each change. A text is cut from one of the texts before it: a display turns its pages.
// All counts are varints of seven bits a byte, lowest first; signed ones zigzag.

import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer } from "../contract/meter-device.ts";
import { textOfUtf8, utf8Bytes } from "../core/digest.ts";

export type AnswersEntry = Extract<JournalEntry, { readonly kind: "answers" }>;

/** One side of a stream of entries; both sides know what has passed so far. */
export interface AnswerColumns {
  /** Changes nothing here: what could not be written has not passed. */
  encode(entry: AnswersEntry): Uint8Array;
  /** The entry has passed. */
  accept(entry: AnswersEntry): void;
  /** Reads the next entry and accepts it. Throws where the bytes are no entry. */
  decode(bytes: Uint8Array): AnswersEntry;
}

const FLAG = { sequence: 1, step: 2, supplies: 4 } as const;

/** Pages of a display that are remembered. */
const TEXTS_MAX = 32;

/** What has passed of one board. */
interface Passed {
  readonly last: Unfolded;
  /** Which of its leaves had changed, ascending. */
  readonly places: readonly number[];
  /** Newest first. */
  readonly texts: readonly string[];
}

/** What is no object with keys: arrays too. */
type Leaf = unknown;

export function createAnswerColumns(): AnswerColumns {
  const passed = new Map<string, Passed>();
  let sequence = 0;
  let takesEffectAtMs = 0;
  let stepMs = 0;
  let supplies = "";
  const lastLike = ({ supply, kind }: Pick<DeviceAnswer, "supply" | "kind">) =>
    passed.get(`${kind} ${supply}`);
  const accept = (entry: AnswersEntry): void => {
    sequence = entry.sequence;
    stepMs = entry.takesEffectAtMs - takesEffectAtMs;
    takesEffectAtMs = entry.takesEffectAtMs;
    supplies = namesOf(entry.answers);
    for (const answer of entry.answers) {
      const before = lastLike(answer);
      const last = unfold(answer);
      const places = before?.last.shape === last.shape ? changedPlaces(before.last, last) : [];
      const texts = newestTexts(last, before?.texts ?? []);
      passed.set(`${answer.kind} ${answer.supply}`, { last, places, texts });
    }
  };
  return {
    encode(entry) {
      const out = createBytes();
      const names = namesOf(entry.answers);
      const jump = entry.sequence - sequence - 1;
      const change = entry.takesEffectAtMs - takesEffectAtMs - stepMs;
      out.count(
        (jump === 0 ? 0 : FLAG.sequence) |
          (change === 0 ? 0 : FLAG.step) |
          (names === supplies ? 0 : FLAG.supplies),
      );
      if (jump !== 0) out.count(zigzag(jump));
      if (change !== 0) out.count(zigzag(change));
      if (names !== supplies) out.text(names);
      for (const answer of entry.answers) writeAnswer(out, answer, lastLike(answer));
      return out.bytes();
    },
    accept,
    decode(bytes) {
      const from = createReading(bytes);
      const flags = from.count();
      const jump = flags & FLAG.sequence ? unzigzag(from.count()) : 0;
      const change = flags & FLAG.step ? unzigzag(from.count()) : 0;
      const names = flags & FLAG.supplies ? from.text() : supplies;
      const entry: AnswersEntry = {
        sequence: sequence + 1 + jump,
        takesEffectAtMs: takesEffectAtMs + stepMs + change,
        kind: "answers",
        answers: (JSON.parse(names || "[]") as readonly NameOf[]).map(([supply, kind]) =>
          readAnswer(from, lastLike({ supply, kind })),
        ),
      };
      if (!from.isAtEnd()) throw new Error("more bytes than an entry has");
      accept(entry);
      return entry;
    },
  };
}

type NameOf = readonly [supply: string, kind: DeviceAnswer["kind"]];
const namesOf = (answers: readonly DeviceAnswer[]): string =>
  answers.length === 0 ? "" : JSON.stringify(answers.map(({ supply, kind }) => [supply, kind]));

function newestTexts({ leaves }: Unfolded, before: readonly string[]): readonly string[] {
  const now = leaves.filter((leaf) => typeof leaf === "string" && !before.includes(leaf));
  return now.length === 0 ? before : [...(now as string[]), ...before].slice(0, TEXTS_MAX);
}

const WHOLE = 0;
const SAME_PLACES = 1;
const PLACES = 2;

const changedPlaces = (before: Unfolded, now: Unfolded): readonly number[] =>
  now.leaves.flatMap((leaf, place) => (isSame(leaf, before.leaves[place]) ? [] : [place]));

function writeAnswer(out: Bytes, answer: DeviceAnswer, passed: Passed | undefined): void {
  const now = unfold(answer);
  if (passed === undefined || passed.last.shape !== now.shape) {
    out.count(WHOLE);
    out.text(JSON.stringify(answer));
    return;
  }
  const { last, texts } = passed;
  const places = changedPlaces(last, now);
  if (places.length > 0 && isSame(places, passed.places)) out.count(SAME_PLACES);
  else {
    out.count(PLACES + places.length);
    // Each as its distance to the one before.
    places.forEach((place, index) => {
      out.count(place - (places[index - 1] ?? -1) - 1);
    });
  }
  for (const place of places) writeChange(out, last.leaves[place], now.leaves[place], texts);
}

function readAnswer(from: Reading, passed: Passed | undefined): DeviceAnswer {
  const count = from.count();
  if (count === WHOLE) return JSON.parse(from.text()) as DeviceAnswer;
  if (passed === undefined) throw new Error("a change of nothing");
  const { shape, leaves } = passed.last;
  const now = [...leaves];
  const places = count === SAME_PLACES ? passed.places : readPlaces(from, count - PLACES);
  for (const place of places) {
    if (place >= now.length) throw new Error("a change beyond the last value");
    now[place] = readChange(from, now[place], passed.texts);
  }
  return fold({ shape, leaves: now });
}

function readPlaces(from: Reading, count: number): readonly number[] {
  const places: number[] = [];
  while (places.length < count) places.push((places.at(-1) ?? -1) + 1 + from.count());
  return places;
}

/** What stands where a difference or a text is announced, and JSON follows. */
const JSON_FOLLOWS = 0;

/** A number after a number is 1 + their difference, a text after a text 1 + where it is cut from; all else is JSON. */
function writeChange(out: Bytes, before: Leaf, now: Leaf, texts: readonly string[]): void {
  if (isCount(before) && isCount(now)) {
    out.count(1 + zigzag(now - before));
  } else if (typeof before === "string" && typeof now === "string" && texts.length > 0) {
    writeText(out, now, texts);
  } else {
    if (isCount(before) || typeof before === "string") out.count(JSON_FOLLOWS);
    out.text(JSON.stringify(now));
  }
}

/** From which of the texts, how much of its beginning and its end is kept, and what is between. */
function writeText(out: Bytes, now: string, texts: readonly string[]): void {
  const ends = texts.map((text) => commonEnds(text, now));
  const kept = ends.map(([start, end]) => start + end);
  const best = kept.indexOf(Math.max(...kept));
  const [start, end] = ends[best]!;
  for (const value of [1 + best, start, end]) out.count(value);
  out.text(JSON.stringify(now.slice(start, now.length - end)).slice(1, -1));
}

function readChange(from: Reading, before: Leaf, texts: readonly string[]): Leaf {
  const isNumber = isCount(before);
  const head = isNumber || typeof before === "string" ? from.count() : JSON_FOLLOWS;
  if (head === JSON_FOLLOWS) return JSON.parse(from.text());
  if (isNumber) return before + unzigzag(head - 1);
  const text = texts[head - 1];
  if (text === undefined) throw new Error("a text from none before it");
  const [start, end] = [from.count(), from.count()];
  const middle = JSON.parse(`"${from.text()}"`) as string;
  return text.slice(0, start) + middle + text.slice(text.length - end);
}

/** Two such numbers differ by one that fits a count. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER / 8;
const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) <= COUNT_MAX;

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

/** How many characters two texts share at the beginning, and then at the end. */
function commonEnds(one: string, other: string): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return [start, end];
}

/** An answer's names in their order, as JSON with 0 for each leaf, and the leaves. */
interface Unfolded {
  readonly shape: string;
  readonly leaves: Leaf[];
}

const isBranch = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unfold(answer: DeviceAnswer): Unfolded {
  const leaves: Leaf[] = [];
  const shape = JSON.stringify(answer, (_, value: unknown) => {
    if (value === undefined || isBranch(value)) return value;
    leaves.push(value);
    return 0;
  });
  return { shape, leaves };
}

function fold({ shape, leaves }: Unfolded): DeviceAnswer {
  let next = 0;
  return JSON.parse(shape, (_, value: unknown) =>
    isBranch(value) ? value : leaves[next++],
  ) as DeviceAnswer;
}

/** As they are in JSON. */
const isSame = (one: Leaf, other: Leaf): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

interface Bytes {
  count(value: number): void;
  text(value: string): void;
  bytes(): Uint8Array;
}

const HIGH_BIT = 0x80;

function createBytes(): Bytes {
  const bytes: number[] = [];
  const count = (value: number): void => {
    let left = value;
    while (left >= HIGH_BIT) {
      bytes.push((left % HIGH_BIT) | HIGH_BIT);
      left = Math.floor(left / HIGH_BIT);
    }
    bytes.push(left);
  };
  return {
    count,
    text(value) {
      const encoded = utf8Bytes(value);
      count(encoded.length);
      bytes.push(...encoded);
    },
    bytes: () => Uint8Array.from(bytes),
  };
}

interface Reading {
  count(): number;
  text(): string;
  isAtEnd(): boolean;
}

function createReading(bytes: Uint8Array): Reading {
  let at = 0;
  const count = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= HIGH_BIT) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("fewer bytes than an entry has");
      value += (byte & ~HIGH_BIT) * scale;
      if (byte < HIGH_BIT) break;
    }
    if (!Number.isSafeInteger(value)) throw new Error("a count out of bounds");
    return value;
  };
  return {
    count,
    text() {
      const length = count();
      if (at + length > bytes.length) throw new Error("fewer bytes than an entry has");
      at += length;
      return textOfUtf8(bytes.subarray(at - length, at));
    },
    isAtEnd: () => at === bytes.length,
  };
}
