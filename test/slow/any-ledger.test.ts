// Whatever the scenario and whoever pays, disputes, steals or is cut off: the books balance in every step, an event posts
// once, and the store has what the world decided, also where a run is played into it again.

import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { TwinInput } from "../../sim/contract/input.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { openStore, type StepRecord, type Store } from "../../sim/host/store.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import { temporaryFolder } from "../support/cli.ts";
import {
  RANDOM_END_MS,
  RANDOM_HOURS,
  type RandomRun,
  randomRun,
} from "../support/random-scenario.ts";
import { journal, runUntil } from "../support/street.ts";

const RUNS = { numRuns: 6, seed: 20_260_131 };
const folder = temporaryFolder();
afterAll(() => folder.remove());

type Act = "pay" | "pay-little" | "dispute" | "give-right" | "give-wrong" | "trip" | "reconnect";
const acts = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: RANDOM_HOURS * 60 - 1 }),
    home: fc.nat(15),
    act: fc.constantFrom<Act>(
      ...(["pay", "pay", "pay-little", "dispute"] as const),
      ...(["give-right", "give-wrong", "trip", "reconnect"] as const),
    ),
    amountMinor: fc.integer({ min: 1, max: 200_000 }),
  }),
  { minLength: 5, maxLength: 40 },
);

/** A random run in which money moves a good deal more. */
const busyRun = fc.tuple(randomRun, acts).map(([{ resolved, entries }, drawn]): RandomRun => {
  const supplies = resolved.layout.supplies.map(({ id }) => id);
  const before = entries.flatMap((entry): [number, TwinInput][] =>
    entry.kind === "input" ? [[entry.takesEffectAtMs, entry.input]] : [],
  );
  const more = drawn.map(({ at, home, act, amountMinor }): [number, TwinInput] => [
    at * MINUTE_MS,
    inputOf(act, supplies[home % supplies.length]!, amountMinor),
  ]);
  return { resolved, entries: journal([...before, ...more].sort((a, b) => a[0] - b[0])) };
});

function inputOf(act: Act, target: string, amountMinor: number): TwinInput {
  switch (act) {
    case "pay":
      return { kind: "payment", target, amountMinor };
    case "pay-little":
      return { kind: "payment", target, amountMinor: 1 + (amountMinor % 100) };
    case "dispute":
      return { kind: "dispute-open", target, amountMinor, reason: "too much" };
    case "give-right":
      return { kind: "dispute-close", target, upheld: true };
    case "give-wrong":
      return { kind: "dispute-close", target, upheld: false };
    case "trip":
      return { kind: "trip", target };
    case "reconnect":
      return { kind: "reconnect", target };
  }
}

interface Kept {
  readonly record: StepRecord;
  readonly simMs: number;
}

/** Plays a run into a store, looking at the books after every step. */
function playInto(
  store: Store,
  { resolved, entries }: RandomRun,
  { events, steps }: { readonly events: Set<string>; readonly steps: Kept[] },
): Twin {
  return runUntil(createTwin(resolved), RANDOM_END_MS, entries, ({ world, out }) => {
    if (trialBalance(world.belief.ledger) !== 0) expect.fail(`at ${world.engine.clock.nowMs} ms`);
    for (const { eventId, amountMinor } of out.postings) {
      expect(events.has(eventId), `${eventId} posts once`).toBe(false);
      expect(Number.isSafeInteger(amountMinor) && amountMinor > 0).toBe(true);
      events.add(eventId);
    }
    const { nowMs: simMs } = world.engine.clock;
    const { postings, bills, readings } = out;
    steps.push({ record: structuredClone({ postings, bills, readings }), simMs });
    store.append(out, simMs);
  });
}

function expectSame(store: Store, { world }: Twin): void {
  const { ledger } = world.belief;
  for (const account of ledger.accounts) {
    expect(store.balanceMinor(account), account).toBe(balanceOf(ledger, account));
  }
  expect(store.postingCount()).toBe(ledger.nextSequence - 1);
}

test("any history balances in every step, and the store has it, once, however often it is played", () => {
  let runs = 0;
  let posted = 0;
  fc.assert(
    fc.property(busyRun, (run) => {
      const path = join(folder.path, `${++runs}.db`);
      const store = openStore(path, { runId: "any", scenario: "random", seed: 1 });
      try {
        const events = new Set<string>();
        const steps: Kept[] = [];
        const twin = playInto(store, run, { events, steps });
        expectSame(store, twin);
        // As after a crash, from its beginning.
        for (const { record, simMs } of steps) store.append(record, simMs);
        expectSame(store, twin);
        posted += events.size;
        const kept = store.postingsAfter(0, Number.MAX_SAFE_INTEGER);
        expect(new Set(kept.map(({ eventId }) => eventId))).toEqual(events);
      } finally {
        store.close();
      }
      const verdict = checkLedger(path);
      expect(verdict.problem).toBeNull();
      expect(verdict).toMatchObject({ ok: true, balanceMinor: 0 });
    }),
    RUNS,
  );
  expect(posted, "there was something to post").toBeGreaterThan(10 * RUNS.numRuns);
});
