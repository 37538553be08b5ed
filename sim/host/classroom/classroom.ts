// A class: its code, its learners with their roles, and how far each has come. Kept while the server runs; a server
// that starts anew has signed everybody out, and a new class begins.

import { randomInt, randomUUID } from "node:crypto";
import {
  CODE_ALPHABET,
  CODE_CHARACTERS,
  HOME_ROLES,
  LEARNERS_MAX,
} from "../../contract/classroom.ts";
import type { PlayRole } from "../../contract/lesson.ts";
import type { LessonProgress } from "../../contract/lesson-progress.ts";

/** A class that nobody has ended ends by itself. */
export const CLASS_WALL_MAX_MS = 8 * 3_600_000;
/** So long may somebody join with a code. */
export const CODE_WALL_MAX_MS = 2 * 3_600_000;

export interface Learner {
  readonly id: string;
  readonly name: string;
  play: PlayRole;
  /** The home of a thief or a customer; null for all others. */
  supply: string | null;
  progress: LessonProgress | null;
  seenWallMs: number;
}

export interface Classroom {
  /** Null while there is none. */
  readonly code: string | null;
  readonly lesson: string | null;
  readonly isOpen: boolean;
  readonly learners: readonly Learner[];
  /** Begins a class; the one before ends, and its learners are signed out. */
  start(lesson: string | null): string;
  end(): void;
  /** A learner, or the sentence that says why not. */
  join(code: string, name: string): Learner | string;
  find(id: string): Learner | undefined;
  /** Null, or the sentence that says why not. */
  assign(id: string, play: PlayRole, supply: string | null): string | null;
  remove(id: string): boolean;
  choose(lesson: string | null): void;
  /** Told whenever somebody's role, or the class, has changed: what may be shown is another now. */
  readonly listeners: Set<() => void>;
}

/** Small and large letters, and accents written in two ways, are one name. */
const keyOf = (name: string): string => name.trim().toLowerCase().normalize("NFC");

/** As somebody may type it: small letters, blanks and hyphens do not count. */
export const plainCode = (code: string): string => code.toUpperCase().replace(/[\s-]/g, "");

function newCode(): string {
  let code = "";
  for (let at = 0; at < CODE_CHARACTERS; at++)
    code += CODE_ALPHABET[randomInt(CODE_ALPHABET.length)];
  return code;
}

const NO_CLASS = "there is no class with this code; ask your teacher for the code of today";

export function createClassroom(wallNow: () => number = Date.now): Classroom {
  let code: string | null = null;
  let lesson: string | null = null;
  let sinceWallMs = 0;
  let learners = new Map<string, Learner>();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const end = (): void => {
    code = null;
    lesson = null;
    learners = new Map();
    changed();
  };
  /** Ends a class that has lasted too long. */
  const look = (): void => {
    if (code !== null && wallNow() - sinceWallMs > CLASS_WALL_MAX_MS) end();
  };
  const isOpen = (): boolean => code !== null && wallNow() - sinceWallMs <= CODE_WALL_MAX_MS;
  return {
    get code() {
      look();
      return code;
    },
    get lesson() {
      return lesson;
    },
    get isOpen() {
      return isOpen();
    },
    get learners() {
      look();
      return [...learners.values()];
    },
    start(chosen) {
      end();
      code = newCode();
      lesson = chosen;
      sinceWallMs = wallNow();
      return code;
    },
    end,
    join(given, name) {
      look();
      if (code === null || plainCode(given) !== code) return NO_CLASS;
      if (!isOpen())
        return "this code is too old to join with; ask your teacher to start the class anew";
      if (learners.size >= LEARNERS_MAX)
        return `the class is full: ${LEARNERS_MAX} learners are in it`;
      const isTaken = [...learners.values()].some((each) => keyOf(each.name) === keyOf(name));
      if (isTaken) return "somebody of this name is in the class already; add a letter to yours";
      const id = randomUUID();
      const learner: Learner = {
        ...{ id, name: name.trim(), play: "watcher", supply: null, progress: null },
        seenWallMs: wallNow(),
      };
      learners.set(id, learner);
      return learner;
    },
    find(id) {
      look();
      return learners.get(id);
    },
    assign(id, play, supply) {
      const learner = learners.get(id);
      if (learner === undefined) return "this learner has left the class";
      const hasHome = HOME_ROLES.includes(play);
      if (hasHome && supply === null) return `a ${play} lives somewhere; choose a home`;
      learner.play = play;
      learner.supply = hasHome ? supply : null;
      changed();
      return null;
    },
    remove(id) {
      const isGone = learners.delete(id);
      if (isGone) changed();
      return isGone;
    },
    choose(chosen) {
      lesson = chosen;
      for (const learner of learners.values()) learner.progress = null;
    },
    listeners,
  };
}
