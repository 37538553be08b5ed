// What the steps of a case share: the bench, what was remembered and heard, and how a step says that it was not met.

import { BOARD_RESULTS } from "../../sim/contract/board-protocol.ts";
import { parseDurationMs } from "../../sim/core/time.ts";
import type { BoardSession } from "../board/session.ts";
import type { Image } from "../emulator/image.ts";
import type { MeterBench, Report } from "./meter-bench.ts";
import { NO_ANSWER } from "./step-fields.ts";
import type { BenchCase } from "./suite.ts";

export interface CaseOptions {
  readonly image: Image;
  readonly seed: number;
  /** Keeps what happened, byte by byte. */
  readonly isRecording?: boolean;
  /** Opens a board on the wall's clock in place of an emulated one. */
  readonly wall?: () => Promise<BoardSession>;
}

/** Energy that was counted against energy that flowed, as a step found it. */
export interface Measured {
  readonly register: string;
  readonly flowedWh: number;
  readonly countedWh: number;
  readonly limitWh: number;
}

export interface Scene {
  readonly bench: MeterBench;
  readonly marks: Map<string, Report>;
  /** By event: how many of them were answered for by a step. */
  readonly heard: Map<string, number>;
  readonly measured: Measured[];
  /** Board time of other boards than the bench's. */
  besideMs: number;
  readonly options: CaseOptions;
  readonly what: BenchCase;
}

export type Do = (scene: Scene, value: never) => Promise<void>;

export const newScene = (bench: MeterBench, options: CaseOptions, what: BenchCase): Scene => ({
  bench,
  marks: new Map(),
  heard: new Map(),
  measured: [],
  besideMs: 0,
  options,
  what,
});

/** A step that was not met. */
export class NotMet extends Error {
  readonly expected: string;
  readonly got: string;
  constructor(expected: string, got: string) {
    super(`${expected}: ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** How long something is waited for where a step does not say. */
export const WITHIN = "1s";

export const ms = (text: string): number => parseDurationMs(text) ?? 0;

export function expectAnswer(what: string, wish: string, code: number | undefined): void {
  const got = BOARD_RESULTS.find((result) => result.code === code)?.name ?? NO_ANSWER;
  if (got !== wish) throw new NotMet(`${what} to be answered ${wish}`, got);
}
