// A lesson: steps with a text, a task, hints, and conditions on what the learner did and what the twin shows. Data
// only: what reads a lesson's file is `sim/engine/scenario/lesson-file.ts`, what judges it is `lesson-progress.ts`.

import type { SimMs } from "../core/time.ts";
import type { BeliefEvent, TruthEvent } from "./event.ts";
import type { Side } from "./moments.ts";

export const LESSON_LANGUAGES = ["en", "hi"] as const;
export type LessonLanguage = (typeof LESSON_LANGUAGES)[number];
/** The same text in every language. */
export type Text = Readonly<Record<LessonLanguage, string>>;

/** The page's views, as `web/player/views.ts` names them. */
export const LESSON_VIEWS = ["truth", "company", "difference"] as const;
export type LessonView = (typeof LESSON_VIEWS)[number];

/** Who the learner is in a lesson; `watcher` sees whatever the page may show. */
export const PLAY_ROLES = ["watcher", "thief", "detective", "operator", "customer"] as const;
export type PlayRole = (typeof PLAY_ROLES)[number];

/** Parts of the page that a lesson can ask to open: the close view of a meter, the table of homes. */
export const LESSON_PANELS = ["meter", "table"] as const;
export type LessonPanel = (typeof LESSON_PANELS)[number];

/** Columns of homes that a lesson can ask about; those of `truth/…` are none of a detective's. */
export const VALUE_FIELDS = {
  "truth/supply": [
    ...(["voltageV", "currentA", "activePowerW", "importWh", "unmeteredW", "relayOpen"] as const),
    ...(["waiting", "creditMinor", "powerFactor"] as const),
  ],
  "belief/supply": [
    ...(["importWh", "activePowerW", "voltageV", "isLate", "missingIntervals"] as const),
    ...(["owedMinor", "prepaidMinor", "suspicion"] as const),
  ],
} as const;
export type ValueChannel = keyof typeof VALUE_FIELDS;

export const TRUTH_EVENT_KINDS = [
  ...(["theft-start", "theft-stop", "mast-down", "mast-up", "relay", "power-cut"] as const),
  ...(["power-restored", "payment-made", "crew-visit", "text-received", "token-typed"] as const),
] as const satisfies readonly TruthEvent["kind"][];
export const BELIEF_EVENT_KINDS = [
  ...(["meter-event", "bill", "low-credit", "no-credit", "token-sent", "token-taken"] as const),
  ...(["gap-estimated", "case-opened", "case-updated", "inspection-done"] as const),
] as const satisfies readonly BeliefEvent["kind"][];
export type LessonEventKind =
  | (typeof TRUTH_EVENT_KINDS)[number]
  | (typeof BELIEF_EVENT_KINDS)[number];

/** One number of one home as a channel shows it at the moment that the page shows. */
export interface ValuePlace {
  readonly channel: ValueChannel;
  readonly field: string;
  readonly home: string;
}

/** A condition. Once it has held it counts as met until the step is left. */
export type Check =
  | { readonly is: "selected"; readonly home: string }
  | { readonly is: "view"; readonly view: LessonView }
  | { readonly is: "opened"; readonly panel: LessonPanel }
  /** The page shows a moment of this range that is in the past. */
  | { readonly is: "looked-back"; readonly from: SimMs; readonly until: SimMs }
  /** The run has come to this moment. */
  | { readonly is: "reached"; readonly at: SimMs }
  | {
      readonly is: "event";
      readonly event: LessonEventKind;
      readonly home?: string | undefined;
      readonly from?: SimMs | undefined;
      readonly until?: SimMs | undefined;
    }
  | ({
      readonly is: "value";
      readonly above?: number | undefined;
      readonly below?: number | undefined;
    } & ValuePlace)
  | NumberQuestion
  | ChoiceQuestion
  | HomeQuestion;

export interface NumberQuestion {
  readonly is: "number";
  /** What is right, in `unit`; missing where it is read `from` the twin. */
  readonly value?: number | undefined;
  /** What the twin shows then, times `scale`. */
  readonly from?: ValuePlace | undefined;
  readonly scale: number;
  /** Half-width of what counts as right, in `unit`. */
  readonly within: number;
  readonly unit: string;
}
export interface ChoiceQuestion {
  readonly is: "choice";
  readonly options: readonly Text[];
  /** Row of the right one, from 0. */
  readonly right: number;
}
export interface HomeQuestion {
  readonly is: "home";
  readonly right: string;
}
export type Question = NumberQuestion | ChoiceQuestion | HomeQuestion;

export interface LessonStep {
  readonly text: Text;
  readonly task: Text;
  readonly hints: readonly Text[];
  /** All of them; at most one is a question. */
  readonly checks: readonly Check[];
  /** The run has to be here at least before the step makes sense. */
  readonly at?: SimMs | undefined;
  /** Said when the step is done. */
  readonly done: Text;
}

export interface Lesson {
  readonly id: string;
  /** Place in the list. */
  readonly order: number;
  readonly title: Text;
  readonly summary: Text;
  readonly minutes: number;
  /** Name of the scenario that it is played in, as its file says. */
  readonly scenario: string;
  /** Of that scenario, as `ScenarioIdentity` has it. */
  readonly scenarioSha256: string | null;
  readonly role: PlayRole;
  /** Whether it only makes sense where the truth is kept from the learner. */
  readonly hidesTruth: boolean;
  readonly start: {
    readonly at: SimMs;
    readonly view: LessonView;
    readonly home?: string | undefined;
  };
  readonly steps: readonly LessonStep[];
}

export const isQuestion = (check: Check): check is Question =>
  check.is === "number" || check.is === "choice" || check.is === "home";

/** Of which side of the wall an event kind is. */
export const sideOfEvent = (kind: LessonEventKind): Side =>
  (TRUTH_EVENT_KINDS as readonly string[]).includes(kind) ? "truth" : "belief";
