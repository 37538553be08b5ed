// A process of its own that appends a made-up history to a store, step by step, and says of each that it was kept.
// It goes on from wherever an earlier one was killed, doing its last steps again as a run that comes back does.

import { writeSync } from "node:fs";
import { minor } from "../../sim/core/money.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { openStore, type StepRecord } from "../../sim/host/store.ts";
import { bill, posting, RUN, reading } from "../contract/store.ts";

export const SEED = 20260131;
const STEPS_AGAIN = 5;
export const STEP_MS = 60_000;

/** What step `at` of the history hands out: one to twelve postings, a bill now and then, a few readings. */
export function historyStep(at: number): StepRecord {
  const whole = (index: number, below: number): number =>
    Math.floor(drawUniform(SEED, at, index, 0) * below);
  const simMs = at * STEP_MS;
  const first = firstSequence(at);
  const postings = Array.from({ length: postingCount(at) }, (_, line) => {
    const customer = `receivable/supply-${whole(line, 50)}`;
    const isPayment = whole(line + 20, 2) === 0;
    const sides = isPayment
      ? { debit: "bank", credit: customer }
      : { debit: customer, credit: "fees" };
    return posting(first + line, {
      ...sides,
      at: simMs,
      eventId: `step-${at}/${line}`,
      amountMinor: minor(1 + whole(line + 40, 10_000)),
    });
  });
  return {
    postings,
    bills: at % 7 === 0 ? [{ ...bill(`bill-${at}`, simMs), amountMinor: minor(0) }] : [],
    readings: [0, 1, 2].map((row) => reading(`supply-${row}`, at, simMs)),
  };
}

const postingCount = (at: number): number => 1 + Math.floor(drawUniform(SEED, at, 99, 0) * 12);

const firsts: number[] = [1];
/** Number of the first posting of a step. */
export function firstSequence(at: number): number {
  for (let step = firsts.length; step <= at; step++) {
    firsts.push(firsts[step - 1]! + postingCount(step - 1));
  }
  return firsts[at]!;
}

/** Appends until `until`, or until somebody ends it. */
function write(url: string, until: number): void {
  const store = openStore(url, RUN);
  const reached = store.markedMs() / STEP_MS;
  for (let at = Math.max(0, reached - STEPS_AGAIN); at <= until; at++) {
    store.append(historyStep(at), at * STEP_MS);
    // Not through a stream: what was said is said, also when the next thing is a kill.
    writeSync(1, `${at}\n`);
  }
  store.close();
}

if (import.meta.main) write(process.argv[2]!, Number(process.argv[3]));
