// The answers of boards as bytes: of each answer only what has changed since the same board's last one, so that a
// board-second costs a few bytes. Who reads must have read everything before.
//
// One entry: flags, then the fields that they announce, then an answer for each board, in the order of the entry.
// One answer: 0 and the whole answer as JSON, or 1 + the count of its changed leaves, each with the distance to the last
// changed leaf and its change. All counts are varints of seven bits a byte, lowest first; signed ones zigzag.

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
const CHANGE = { difference: 0, json: 1, text: 2 } as const;
const CHANGE_KINDS = 4;

/** A branch is an object with keys; all else is a leaf, arrays too. */
type Leaf = unknown;
type Branch = Readonly<Record<string, unknown>>;

export function createAnswerColumns(): AnswerColumns {
  const lastOf = new Map<string, DeviceAnswer>();
  let sequence = 0;
  let takesEffectAtMs = 0;
  let stepMs = 0;
  let supplies = "";
  const lastLike = ({ supply, kind }: Pick<DeviceAnswer, "supply" | "kind">) =>
    lastOf.get(`${kind} ${supply}`);
  const accept = (entry: AnswersEntry): void => {
    sequence = entry.sequence;
    stepMs = entry.takesEffectAtMs - takesEffectAtMs;
    takesEffectAtMs = entry.takesEffectAtMs;
    supplies = namesOf(entry.answers);
    for (const answer of entry.answers) lastOf.set(`${answer.kind} ${answer.supply}`, answer);
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
      if (jump !== 0) out.signed(jump);
      if (change !== 0) out.signed(change);
      if (names !== supplies) out.text(names);
      for (const answer of entry.answers) writeAnswer(out, answer, lastLike(answer));
      return out.bytes();
    },
    accept,
    decode(bytes) {
      const from = createReading(bytes);
      const flags = from.count();
      const jump = flags & FLAG.sequence ? from.signed() : 0;
      const change = flags & FLAG.step ? from.signed() : 0;
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

function writeAnswer(out: Bytes, answer: DeviceAnswer, last: DeviceAnswer | undefined): void {
  if (last === undefined || shapeOf(last) !== shapeOf(answer)) {
    out.count(0);
    out.text(JSON.stringify(answer));
    return;
  }
  const before = leavesOf(last);
  const now = leavesOf(answer);
  const changed = now.flatMap((leaf, index) => (isSame(leaf, before[index]) ? [] : [index]));
  out.count(1 + changed.length);
  let previous = -1;
  for (const index of changed) {
    writeChange(out, index - previous - 1, before[index], now[index]);
    previous = index;
  }
}

function readAnswer(from: Reading, last: DeviceAnswer | undefined): DeviceAnswer {
  const count = from.count();
  if (count === 0) return JSON.parse(from.text()) as DeviceAnswer;
  if (last === undefined) throw new Error("a change of nothing");
  const leaves = leavesOf(last);
  let index = -1;
  for (let left = count - 1; left > 0; left--) {
    const head = from.count();
    index += 1 + Math.floor(head / CHANGE_KINDS);
    if (index >= leaves.length) throw new Error("a change beyond the last value");
    leaves[index] = readChange(from, head % CHANGE_KINDS, leaves[index]);
  }
  return withLeaves(last, leaves.values()) as DeviceAnswer;
}

function writeChange(out: Bytes, distance: number, before: Leaf, now: Leaf): void {
  const head = distance * CHANGE_KINDS;
  if (isCount(before) && isCount(now) && Number.isSafeInteger(2 * (now - before))) {
    out.count(head + CHANGE.difference);
    out.signed(now - before);
  } else if (typeof before === "string" && typeof now === "string") {
    out.count(head + CHANGE.text);
    const [kept, keptAtEnd] = commonEnds(before, now);
    out.count(kept);
    out.count(keptAtEnd);
    out.text(JSON.stringify(now.slice(kept, now.length - keptAtEnd)).slice(1, -1));
  } else {
    out.count(head + CHANGE.json);
    out.text(JSON.stringify(now));
  }
}

function readChange(from: Reading, kind: number, before: Leaf): Leaf {
  if (kind === CHANGE.difference) {
    if (!isCount(before)) throw new Error("a difference from what is no number");
    return before + from.signed();
  }
  if (kind === CHANGE.json) return JSON.parse(from.text());
  if (kind !== CHANGE.text || typeof before !== "string") throw new Error("no such change");
  const kept = from.count();
  const keptAtEnd = from.count();
  const middle = JSON.parse(`"${from.text()}"`) as string;
  return before.slice(0, kept) + middle + before.slice(before.length - keptAtEnd);
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number.isSafeInteger(2 * (value as number));

/** How many characters two texts share at the beginning, and then at the end. */
function commonEnds(one: string, other: string): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return [start, end];
}

const isBranch = (value: unknown): value is Branch =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What JSON would write of a branch. */
const entriesOf = (branch: Branch): [string, unknown][] =>
  Object.entries(branch).filter(([, value]) => value !== undefined);

/** The names of all leaves: two answers of one shape differ in their values only. */
function shapeOf(value: unknown): string {
  if (!isBranch(value)) return "";
  return `{${entriesOf(value).map(([key, each]) => `${JSON.stringify(key)}${shapeOf(each)}`)}}`;
}

function leavesOf(value: unknown, into: Leaf[] = []): Leaf[] {
  if (isBranch(value)) for (const [, each] of entriesOf(value)) leavesOf(each, into);
  else into.push(value);
  return into;
}

function withLeaves(value: unknown, leaves: Iterator<Leaf>): unknown {
  if (!isBranch(value)) return leaves.next().value;
  return Object.fromEntries(entriesOf(value).map(([key, each]) => [key, withLeaves(each, leaves)]));
}

/** As they are in JSON. */
const isSame = (one: Leaf, other: Leaf): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

interface Bytes {
  count(value: number): void;
  signed(value: number): void;
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
    signed: (value) => count(value < 0 ? -2 * value - 1 : 2 * value),
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
  signed(): number;
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
    signed() {
      const value = count();
      return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    },
    text() {
      const length = count();
      if (at + length > bytes.length) throw new Error("fewer bytes than an entry has");
      at += length;
      return textOfUtf8(bytes.subarray(at - length, at));
    },
    isAtEnd: () => at === bytes.length,
  };
}
