// What came of a mutation check: which case found which fault, and what nothing found.

import { parseDurationMs } from "../../sim/core/time.ts";
import type { BenchCase } from "./suite.ts";

/** One fault, and what found it. */
export interface MutantVerdict {
  readonly id: string;
  readonly file: string;
  readonly says: string;
  /** The first case that fails; null where none does. */
  readonly killedBy: string | null;
  /** Cases that were run, that one included. */
  readonly cases: number;
}

/** Printed by `hil mutants --json`. */
export interface MutantReport {
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly { readonly id: string; readonly says: string }[];
  readonly verdicts: readonly MutantVerdict[];
  /** Faults of a rule in whose place the next was drawn, and why. */
  readonly replaced: readonly {
    readonly id: string;
    readonly says: string;
    readonly why: string;
  }[];
  /** Of all the suites. */
  readonly cases: number;
  readonly seed: number;
  readonly firmwareSha256: string;
  readonly wallMs: number;
}

/** So large a share must be found. */
export const KILLED_SHARE_MIN = 0.95;

export function mutantReport(
  verdicts: readonly MutantVerdict[],
  facts: Pick<MutantReport, "replaced" | "cases" | "seed" | "firmwareSha256" | "wallMs">,
): MutantReport {
  const survivors = verdicts.filter(({ killedBy }) => killedBy === null);
  return {
    mutants: verdicts.length,
    killed: verdicts.length - survivors.length,
    survivors: survivors.map(({ id, says }) => ({ id, says })),
    verdicts,
    ...facts,
  };
}

/** The table for a person. */
export function mutantText(report: MutantReport): string {
  const rows = report.verdicts.map(
    ({ id, says, killedBy, cases }) =>
      `${id.padEnd(9)} ${(killedBy ?? "SURVIVED").padEnd(10)} ${`${cases}`.padStart(4)}  ${says}`,
  );
  return [
    `${"mutant".padEnd(9)} ${"killed by".padEnd(10)} after  what is wrong`,
    ...rows,
    summary(report),
  ].join("\n");
}

/** What a table or a page would take for its own. */
const cell = (text: string): string => text.replaceAll(/[|*_<]/g, (sign) => `\\${sign}`);

/** The same for a document. */
export function mutantMarkdown(report: MutantReport): string {
  const rows = report.verdicts.map(
    ({ id, file, says, killedBy, cases }) =>
      `| ${id} | ${file} | ${cell(says)} | ${killedBy ?? "**survived**"} | ${cases} |`,
  );
  return [
    "| mutant | file | what is wrong | killed by | after cases |",
    "|---|---|---|---|---:|",
    ...rows,
    "",
    `${summary(report)} Seed ${report.seed}, ${report.cases} cases, firmware (SHA-256 of its hex) ${report.firmwareSha256}.`,
    "",
  ].join("\n");
}

const summary = ({ mutants, killed, wallMs }: MutantReport): string =>
  `${killed} of ${mutants} mutants killed, in ${Math.round(wallMs / 1000)} s.`;

/** A save has about so many bytes, and each is cut on a board of its own. */
const CUTS_MS = 60_000;
/** Twenty digits of 4.5 on the average. */
const TYPED_MS = 25_000;
/** From one turned bit to the next. */
const FLIP_MS = 3_500;
/** For a step that waits for something and does not say how long. */
const STEP_MS = 100;

/** About how long a case takes on the board's clock: short ones go first. */
export function boardTimeMs({ steps }: Pick<BenchCase, "steps">): number {
  let sum = 0;
  for (const { kind, value } of steps) {
    if (kind === "wait") sum += parseDurationMs(value as string) ?? 0;
    else if (kind === "cutInEverySave") sum += CUTS_MS;
    else if (typeof value === "object") {
      const { for: lasting, ramp, bytes } = value;
      if (typeof lasting === "string") sum += parseDurationMs(lasting) ?? 0;
      if (typeof ramp === "string") sum += parseDurationMs(ramp) ?? 0;
      if (kind === "typed") sum += TYPED_MS;
      if (kind === "flips") sum += Number(value["count"]) * FLIP_MS;
      if (kind === "noise") sum += Number(bytes);
    }
    sum += STEP_MS;
  }
  return sum;
}
