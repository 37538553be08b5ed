// Whether the truth is hidden from everybody who watches a run: kept in the run's folder, so that neither a reload nor
// a restart reveals it. Hiding keeps from a class what the teacher's machine holds; it is no lock on the files.

import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHANNELS, type ChannelName, type HidingView } from "../contract/frame.ts";
import type { Side } from "../contract/moments.ts";
import { CallerError } from "./failure.ts";
import { writeWhole } from "./files.ts";
import { RUN_FILE } from "./run-folder.ts";

const HIDING_VERSION = 1;
const KEY_BYTES = 32;
export const CODE_MAX_CHARACTERS = 100;
/** A guess that was wrong is followed by so much silence. */
const WRONG_CODE_WALL_MS = 1_000;

interface HidingFile {
  readonly version: typeof HIDING_VERSION;
  readonly isHidden: boolean;
  /** Salt and scrypt of the code, hexadecimal; null where everybody may reveal. */
  readonly code: { readonly salt: string; readonly key: string } | null;
}

export interface Hiding {
  readonly view: HidingView;
  /** The sides that may be shown now. */
  readonly sides: readonly Side[];
  readonly channels: readonly ChannelName[];
  /** `code` replaces the one that guards the reveal. */
  hide(code?: string): Promise<void>;
  /** Resolves with the sentence that says why not, or with null. */
  reveal(code: string | undefined): Promise<string | null>;
  /** Told after each change. */
  readonly listeners: Set<() => void>;
  /** The same, kept in another run's folder from now on. */
  moveTo(folder: string): Promise<void>;
}

const ALL_SIDES: readonly Side[] = ["truth", "belief"];
const HIDDEN_SIDES: readonly Side[] = ["belief"];
const NONE: HidingFile = { version: HIDING_VERSION, isHidden: false, code: null };
const keyOf = (code: string, salt: string): Buffer =>
  scryptSync(code, Buffer.from(salt, "hex"), KEY_BYTES);

/** Opens what a run's folder says; `asked` comes from the command line. */
export async function openHiding(
  folder: string,
  asked: { readonly isHidden?: boolean | undefined; readonly code?: string | undefined },
  wallNow: () => number = () => performance.now(),
): Promise<Hiding> {
  let place = folder;
  let state = readHiding(folder);
  let wrongMs = Number.NEGATIVE_INFINITY;
  const listeners = new Set<() => void>();
  const set = async (next: HidingFile): Promise<void> => {
    const text = Buffer.from(`${JSON.stringify(next, undefined, 2)}\n`);
    await writeWhole(join(place, RUN_FILE.hiding), text, "hiding");
    state = next;
    for (const listener of listeners) listener();
  };
  const coded = (code: string | undefined): HidingFile["code"] => {
    if (code === undefined) return state.code;
    const salt = randomBytes(16).toString("hex");
    return { salt, key: keyOf(code, salt).toString("hex") };
  };
  if (asked.isHidden === true || asked.code !== undefined) {
    await set({
      ...state,
      isHidden: asked.isHidden === true || state.isHidden,
      code: coded(asked.code),
    });
  }
  return {
    get view() {
      return { isHidden: state.isHidden, needsCode: state.code !== null };
    },
    get sides() {
      return state.isHidden ? HIDDEN_SIDES : ALL_SIDES;
    },
    get channels() {
      return state.isHidden ? CHANNELS.filter((name) => name.startsWith("belief/")) : CHANNELS;
    },
    async hide(code) {
      // Who does not know the code may not put another in its place.
      const mayReplace = state.code === null;
      await set({ ...state, isHidden: true, code: mayReplace ? coded(code) : state.code });
    },
    async reveal(code) {
      if (state.code !== null) {
        if (wallNow() - wrongMs < WRONG_CODE_WALL_MS) return "wait a second before the next code";
        if (code === undefined || code === "") return "revealing needs the code; write it";
        const [right, given] = [Buffer.from(state.code.key, "hex"), keyOf(code, state.code.salt)];
        if (right.length !== given.length || !timingSafeEqual(right, given)) {
          wrongMs = wallNow();
          return "this is not the code; the truth stays hidden";
        }
      }
      await set({ ...state, isHidden: false });
      return null;
    },
    listeners,
    async moveTo(next) {
      place = next;
      if (state.isHidden || state.code !== null) await set(state);
    },
  };
}

function readHiding(folder: string): HidingFile {
  const path = join(folder, RUN_FILE.hiding);
  if (!existsSync(path)) return NONE;
  try {
    const file = JSON.parse(readFileSync(path, "utf8")) as HidingFile;
    if (file.version === HIDING_VERSION && typeof file.isHidden === "boolean") return file;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  // What cannot be read must not reveal anything.
  throw new CallerError(
    `${path}: is damaged, so it is not known whether the truth is hidden; remove the file to show everything`,
  );
}

/** Whether the truth of the run in a folder is hidden; of a folder that is none, it is not. */
export const isTruthHiddenIn = (folder: string): boolean => readHiding(folder).isHidden;

export const HIDDEN_TEXT = "the truth is hidden until somebody reveals it";
