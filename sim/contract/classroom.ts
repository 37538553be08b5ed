// A class on a live server: what its teacher and its learners are told over HTTP.

import type { SimMs } from "../core/time.ts";
import type { AccountState } from "./frame.ts";
import type { InputKind } from "./input.ts";
import type { PlayRole } from "./lesson.ts";
import type { LessonProgress } from "./lesson-progress.ts";
import type { PortalClock } from "./portal.ts";

/** Learners of one class. */
export const LEARNERS_MAX = 60;
export const LEARNER_NAME_CHARACTERS_MAX = 30;

/** No letter or digit that looks like another one: no O and 0, I, L and 1, S and 5, B and 8, Z and 2. */
export const CODE_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679";
export const CODE_CHARACTERS = 6;

/** What somebody of each role may change; at the own home for a thief and a customer. */
export const PLAY_INPUTS: Readonly<Record<PlayRole, readonly InputKind[]>> = {
  // Lessons of the whole class ask for a payment and for a crew.
  watcher: ["payment", "inspect"],
  thief: ["theft-start", "theft-stop"],
  detective: ["inspect"],
  operator: ["mast-down", "mast-up"],
  customer: ["payment"],
};

/** Those who live in a home of the street. */
export const HOME_ROLES: readonly PlayRole[] = ["thief", "customer"];
/** Those who watch the street's page. */
export const STREET_ROLES: readonly PlayRole[] = ["watcher", "detective"];

/** `GET /api/class`, for the teacher. */
export interface ClassView {
  /** Null: there is no class. */
  readonly code: string | null;
  readonly lesson: string | null;
  /** Whether somebody may still join. */
  readonly isOpen: boolean;
  readonly learners: readonly LearnerRow[];
  readonly homes: readonly { readonly id: string; readonly address: string }[];
  readonly isPaused: boolean;
  readonly isHidden: boolean;
  readonly needsCode: boolean;
  readonly clock: PortalClock;
  /** Whether everybody at this server has to sign in; else whoever sits at the machine is no learner. */
  readonly needsSignIn: boolean;
}

export interface LearnerRow {
  readonly id: string;
  readonly name: string;
  readonly play: PlayRole;
  readonly supply: string | null;
  readonly progress: LessonProgress | null;
  /** Wall time since something was heard, s. */
  readonly silentSeconds: number;
}

/** `GET /api/class/me`, for a learner. */
export interface LearnerView {
  readonly name: string;
  readonly play: PlayRole;
  readonly supply: string | null;
  readonly address: string | null;
  readonly lesson: string | null;
  readonly progress: LessonProgress | null;
  readonly isPaused: boolean;
  readonly clock: PortalClock;
  readonly currency: string;
  /** What the role shows; null where it is the street's page. */
  readonly desk: Desk | null;
  /** Those who share this machine, the learner too. */
  readonly seats: readonly { readonly id: string; readonly name: string }[];
}

/** One role's own view. Each holds what that role would know, and nothing else. */
export type Desk =
  | {
      readonly role: "thief";
      readonly powerW: number;
      readonly unmeteredW: number;
      readonly displayText: string;
      readonly isStealing: boolean;
      readonly hasSupply: boolean;
    }
  | {
      readonly role: "operator";
      readonly masts: readonly {
        readonly id: string;
        readonly isUp: boolean;
        readonly meters: number;
        readonly loadShare: number;
      }[];
      readonly inFlight: number;
    }
  | {
      readonly role: "customer";
      readonly displayText: string;
      readonly hasSupply: boolean;
      readonly state: AccountState;
      readonly owedMinor: number;
      readonly prepaidMinor: number | null;
      readonly readAt: SimMs | null;
    };
