// What a page and its worker say to each other. Frames, paces and greetings come as the server's own messages.

import type { HistoryView, SupplyAccountView } from "../../sim/contract/account.ts";
import type { RunComparison } from "../../sim/contract/comparison.ts";
import type { ChannelName, PaceRequest } from "../../sim/contract/frame.ts";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import type { MomentsView, Side, TrackName } from "../../sim/contract/moments.ts";
import type { PriceChange } from "../../sim/contract/price-change.ts";
import type { RunPage } from "../../sim/contract/run-page.ts";

/** Of what a run in the page is made. */
export interface TwinSource {
  /** A file of `scenarios/`, such as `first-street`, or the name of what somebody has opened. */
  readonly scenario: string;
  /** Instead of that file's own text. */
  readonly text?: string;
  readonly seed?: number;
  /** A resolved scenario, from a recording or a server; then nothing else of the scenario counts. */
  readonly resolvedText?: string;
  readonly journal: readonly JournalEntry[];
  /** Other prices than the scenario's, of a branch. */
  readonly prices?: PriceChange;
  /** Where a recording ends: the run pauses there. */
  readonly endMs?: number;
}

export interface OpenRequest {
  readonly source: TwinSource;
  readonly speed: number | null;
  readonly isPaused: boolean;
  /** It goes as fast as it can up to this moment. */
  readonly untilMs: number;
}

/** A scenario that comes with the program. */
export interface ShippedScenario {
  readonly name: string;
  readonly title: string;
  /** What its file says of it, a few sentences. */
  readonly about: string;
  /** It runs on data that does not come with the program, so not in a browser. */
  readonly needsData: boolean;
}

/** What is wrong with a scenario, for a person. */
export interface ScenarioProblem {
  /** Whether it is in the scenario's own text, and not in a file that it names. */
  readonly isHere: boolean;
  /** From 1; 0 where it has no place. */
  readonly line: number;
  readonly column: number;
  /** After the last letter that is wrong, where that is known. */
  readonly endColumn?: number;
  readonly sentence: string;
}

/** Questions of the page, by name: what is given and what is answered. */
export interface Questions {
  open: { readonly given: OpenRequest; readonly answer: string | null };
  send: { readonly given: TwinInput; readonly answer: string | null };
  moments: {
    readonly given: { readonly sides: readonly Side[]; readonly afterMs: number };
    readonly answer: MomentsView | null;
  };
  block: {
    readonly given: {
      readonly ms: number;
      readonly finest: TrackName;
      readonly channels: readonly ChannelName[];
    };
    readonly answer: Uint8Array | string;
  };
  account: { readonly given: string; readonly answer: SupplyAccountView | null };
  history: {
    readonly given: { readonly supply: string; readonly days: number };
    readonly answer: HistoryView | null;
  };
  /** One page on the run so far; null before there is one. */
  report: { readonly given: null; readonly answer: RunPage | null };
  /** What is needed to have the same run elsewhere, and its hash up to now. */
  source: {
    readonly given: null;
    readonly answer: {
      readonly source: TwinSource;
      readonly simMs: number;
      readonly finalHash: string;
    } | null;
  };
  /** Null while it is not there yet: ask again. */
  compare: { readonly given: CompareRequest; readonly answer: RunComparison | null };
  /** Takes the run to this moment as fast as it goes, and pauses there; one that has passed changes nothing. */
  "go-to": { readonly given: number; readonly answer: null };
  scenarios: { readonly given: null; readonly answer: readonly ShippedScenario[] };
  /** What a recording is made of; it is run again from there. */
  recording: {
    readonly given: { readonly name: string; readonly bytes: Uint8Array };
    readonly answer: TwinSource;
  };
  /** Nothing where it is right. */
  check: {
    readonly given: { readonly name: string; readonly text: string };
    readonly answer: readonly ScenarioProblem[];
  };
  /** Shipped files, by their place in `scenarios/`. */
  files: { readonly given: null; readonly answer: readonly string[] };
  /** The text of a shipped file, such as `first-street.yaml` or `tariffs/economy-7.yaml`. */
  file: { readonly given: string; readonly answer: string | null };
}
/** Two runs side by side, up to this moment. */
export interface CompareRequest {
  readonly a: TwinSource;
  readonly b: TwinSource;
  readonly untilMs: number;
}
export type QuestionName = keyof Questions;

export type ToWorker =
  | { readonly kind: "subscribe"; readonly channels: readonly ChannelName[] }
  | ({ readonly kind: "pace" } & PaceRequest)
  | {
      readonly [Name in QuestionName]: {
        readonly kind: "ask";
        readonly id: number;
        readonly name: Name;
        readonly given: Questions[Name]["given"];
      };
    }[QuestionName];

export type FromWorker =
  /** A message as a server would send it, in JSON. */
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  /** On the way to the moment that was asked for, before there is anything to see. */
  | { readonly kind: "progress"; readonly simMs: number; readonly untilMs: number }
  /** What the worker could not do, and did not answer. */
  | { readonly kind: "failed"; readonly id: number; readonly sentence: string };
