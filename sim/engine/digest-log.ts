// Gathers the digests of an hour for the recording: enough to verify every minute and to name the part that parts.

import { hexOf } from "../core/digest.ts";
import type { StepEnd } from "./step.ts";
import type { Twin } from "./world.ts";

const MINUTES = 60;
const CHAIN_HEAD_DIGITS = 16;

/** The same shape as `sim/recording/topics.ts` writes. */
export interface DigestHourRow {
  readonly names: readonly string[];
  readonly simMs: number[];
  readonly chains: string[];
  parts: string;
  chain: string;
}

export interface DigestLog {
  /** Notes a step; returns a full hour when one is complete. */
  note(twin: Twin, end: StepEnd): DigestHourRow | undefined;
  /** What is left of the last hour, if anything. */
  rest(): DigestHourRow | undefined;
}

/** A log that begins at the twin's present; `begun` is what an earlier one had of the hour. */
export function createDigestLog(twin: Twin, begun?: DigestHourRow): DigestLog {
  const { names } = twin.model.deciding;
  const fresh = (): DigestHourRow => ({ names, simMs: [], chains: [], parts: "", chain: "" });
  let hour = begun ?? fresh();
  return {
    note(now, { simMs, minuteChain }) {
      if (minuteChain === null) return undefined;
      hour.simMs.push(simMs);
      hour.chains.push(minuteChain.slice(0, CHAIN_HEAD_DIGITS));
      hour.parts += minuteParts(now);
      hour.chain = minuteChain;
      if (hour.simMs.length < MINUTES) return undefined;
      const full = hour;
      hour = fresh();
      return full;
    },
    rest() {
      return hour.simMs.length > 0 ? hour : undefined;
    },
  };
}

/** The first 32 bits of each deciding part's digest, as recorded for the minute that the twin has just ended. */
export function minuteParts({ model }: Twin): string {
  const { names, words } = model.deciding;
  const firstWords = Uint32Array.from(names, (_, part) => words[4 * part]!);
  return hexOf(new Uint8Array(firstWords.buffer));
}

/** Where two hours of digests part first. */
export interface DigestDifference {
  readonly simMs: number;
  /** Name of the first part that differs; empty where only the chain does. */
  readonly part: string;
}

/** Compares an hour as recorded with the same hour as run again. */
export function compareHours(
  recorded: DigestHourRow,
  again: DigestHourRow,
): DigestDifference | undefined {
  const count = Math.max(recorded.simMs.length, again.simMs.length);
  const digits = 8 * again.names.length;
  for (let minute = 0; minute < count; minute++) {
    const simMs = again.simMs[minute] ?? recorded.simMs[minute] ?? 0;
    const [a, b] = [recorded, again].map(({ parts }) =>
      parts.slice(minute * digits, (minute + 1) * digits),
    );
    const sameParts = a === b;
    const sameChain =
      recorded.chains[minute] === again.chains[minute] && recorded.simMs[minute] === simMs;
    if (sameParts && sameChain) continue;
    for (let part = 0; part < again.names.length; part++) {
      if (a!.slice(8 * part, 8 * part + 8) !== b!.slice(8 * part, 8 * part + 8)) {
        return { simMs, part: again.names[part]! };
      }
    }
    return { simMs, part: "" };
  }
  if (recorded.chain !== again.chain) return { simMs: again.simMs.at(-1) ?? 0, part: "" };
  return undefined;
}
