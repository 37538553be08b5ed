// The length of a step: who may change it, when it changes, and that nothing is missed meanwhile.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { beginStep, finalHash } from "../../sim/engine/step.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

const METERS = 25;
const INTERVAL_MS = 30 * MINUTE_MS;

/** Runs a street and returns at which moments which step began. */
function changes(
  twin: Twin,
  untilMs: number,
  entries: readonly JournalEntry[],
): [number, number][] {
  const found: [number, number][] = [];
  runUntil(twin, untilMs, entries, ({ out }) => {
    for (const { event } of out.events) {
      if (event.kind === "step-set") found.push([event.at, event.stepMs]);
    }
  });
  return found;
}

const swapIn = (target: string): TwinInput => ({ kind: "swap-in", target, device: "echo" });
const swapOut = (target: string): TwinInput => ({ kind: "swap-out", target });
// Boards that never answer stay in their slots.
const HOLD = ["deviceLost=hold"];

describe("a step that is asked for", () => {
  test("begins at once at a full minute, in mid-minute at the next one", () => {
    const twin = createTwin(street({ stepMs: 1000 }));
    const entries = journal([
      [10 * MINUTE_MS, { kind: "set-step", stepMs: 10_000 }],
      [12 * MINUTE_MS + 50_000, { kind: "set-step", stepMs: MINUTE_MS }],
    ]);
    expect(changes(twin, HOUR_MS, entries)).toEqual([
      [10 * MINUTE_MS, 10_000],
      [13 * MINUTE_MS, MINUTE_MS],
    ]);
  });

  test("begins where its own grid, from the start of the run on, meets a full minute", () => {
    const twin = createTwin(street());
    // Steps of nine seconds meet full minutes every 180 s, steps of five minutes every five.
    const entries = journal([
      [7 * MINUTE_MS, { kind: "set-step", stepMs: 9000 }],
      [12 * MINUTE_MS + 9000, { kind: "set-step", stepMs: 5 * MINUTE_MS }],
    ]);
    expect(changes(twin, HOUR_MS, entries)).toEqual([
      [9 * MINUTE_MS, 9000],
      [15 * MINUTE_MS, 5 * MINUTE_MS],
    ]);
  });

  test("is the last one asked for", () => {
    const twin = createTwin(street({ stepMs: 1000 }));
    const entries = journal([
      [1000, { kind: "set-step", stepMs: MINUTE_MS }],
      [2000, { kind: "set-step", stepMs: 30_000 }],
    ]);
    expect(changes(twin, 2 * MINUTE_MS, entries)).toEqual([[MINUTE_MS, 30_000]]);
  });

  test("is refused where it would miss the ends of the meters' intervals", () => {
    const twin = createTwin(street());
    expect(checkInput(twin, { kind: "set-step", stepMs: HOUR_MS })).toEqual({
      ok: false,
      reason: "meters are read every 30min; a step of 1h would miss them",
    });
    expect(checkInput(twin, { kind: "set-step", stepMs: INTERVAL_MS }).ok).toBe(true);
    expect(checkInput(twin, { kind: "set-step", stepMs: 7000 })).toMatchObject({ ok: false });
  });

  test("whatever it is and whenever it is asked for, no reading is missed", () => {
    const steps = [10_000, 12_500, 14_400, 45_000, MINUTE_MS, 90_000, 6 * MINUTE_MS, INTERVAL_MS];
    const asked = fc.record({
      atShare: fc.double({ min: 0, max: 1, noNaN: true }),
      stepMs: fc.constantFrom(...steps),
    });
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 4 }), (wishes) => {
        const twin = createTwin(street({ set: ["meters.clockDriftPpm=0"] }));
        const { clock } = twin.world.engine;
        let sequence = 1;
        for (const { atShare, stepMs } of [...wishes].sort((a, b) => a.atShare - b.atShare)) {
          runUntil(twin, Math.max(clock.nowMs, atShare * 2 * HOUR_MS));
          const input: TwinInput = { kind: "set-step", stepMs };
          const takesEffectAtMs = clock.nowMs;
          runUntil(twin, clock.nowMs + 1, [{ sequence, takesEffectAtMs, kind: "input", input }]);
          sequence++;
        }
        runUntil(twin, 3 * HOUR_MS);
        expect(clock.nowMs).toBe(3 * HOUR_MS);
        expect(twin.world.air.counts.made).toBe(6 * METERS);
      }),
      { numRuns: 20 },
    );
  });
});

describe("while a board is in a slot", () => {
  test("a step is a second from the swap on, and the old one comes back at the next full minute", () => {
    const twin = createTwin(street({ set: HOLD }));
    const entries = journal([
      [10 * MINUTE_MS, swapIn("supply-05")],
      [12 * MINUTE_MS + 37_000, swapOut("supply-05")],
    ]);
    expect(changes(twin, 20 * MINUTE_MS, entries)).toEqual([
      [10 * MINUTE_MS, 1000],
      [13 * MINUTE_MS, MINUTE_MS],
    ]);
    expect(twin.world.engine.clock.step).toBe(10 + 180 + 7);
  });

  test("the old step comes back also where the board is lost and the simulated meter takes over", () => {
    const twin = createTwin(street({ set: ["deviceLost=fall-back"] }));
    expect(changes(twin, 3 * MINUTE_MS, journal([[0, swapIn("supply-05")]]))).toEqual([
      [0, 1000],
      [MINUTE_MS, MINUTE_MS],
    ]);
  });

  test("the old step waits for the last one", () => {
    const twin = createTwin(street({ set: HOLD }));
    const entries = journal([
      [0, swapIn("supply-05")],
      [0, swapIn("supply-06")],
      [MINUTE_MS, swapOut("supply-05")],
      [3 * MINUTE_MS, swapOut("supply-06")],
    ]);
    expect(changes(twin, 5 * MINUTE_MS, entries)).toEqual([
      [0, 1000],
      [3 * MINUTE_MS, MINUTE_MS],
    ]);
  });

  test("the way back survives a snapshot", () => {
    const entries = journal([
      [0, swapIn("supply-05")],
      [MINUTE_MS + 37_000, swapOut("supply-05")],
    ]);
    const whole = runUntil(createTwin(street({ set: HOLD })), 5 * MINUTE_MS, entries);
    const half = runUntil(createTwin(street({ set: HOLD })), MINUTE_MS + 45_000, entries);
    const world = decodeSnapshot<World>(encodeSnapshot(half.world));
    const rest = runUntil(restoreTwin(street({ set: HOLD }), world), 5 * MINUTE_MS);
    expect(rest.world.engine.clock.stepMs).toBe(MINUTE_MS);
    expect(finalHash(rest)).toBe(finalHash(whole));
  });

  test("nobody may ask for longer ones, and one that was asked for in the same step waits", () => {
    const twin = createTwin(street({ stepMs: 1000, set: HOLD }));
    const entries = journal([
      [0, swapIn("supply-05")],
      [0, { kind: "set-step", stepMs: MINUTE_MS }],
      [90_000, swapOut("supply-05")],
    ]);
    beginStep(twin, entries.slice(0, 2));
    expect(twin.world.engine.clock.stepMs).toBe(1000);
    expect(checkInput(twin, { kind: "set-step", stepMs: MINUTE_MS })).toEqual({
      ok: false,
      reason: "while a board is swapped in, a step is at most one second",
    });
    expect(checkInput(twin, { kind: "set-step", stepMs: 500 }).ok).toBe(true);
    const other = createTwin(street({ stepMs: 1000, set: HOLD }));
    expect(changes(other, 3 * MINUTE_MS, entries)).toEqual([[2 * MINUTE_MS, MINUTE_MS]]);
  });

  test("steps meet full seconds also where the board comes between two", () => {
    const twin = createTwin(street({ stepMs: 14_400, set: HOLD }));
    const entries = journal([[14_400, swapIn("supply-05")]]);
    // 14.4 s and one second have 200 ms in common; from the next full minute on a step is a second.
    expect(changes(twin, 2 * MINUTE_MS, entries)).toEqual([
      [14_400, 200],
      [MINUTE_MS, 1000],
    ]);
  });

  test("a step that is shorter than a second stays as it is", () => {
    const twin = createTwin(street({ stepMs: 500, set: HOLD }));
    expect(changes(twin, MINUTE_MS, journal([[0, swapIn("supply-05")]]))).toEqual([]);
  });
});
