import fc from "fast-check";
import { expect, test } from "vitest";
import type { PaceView } from "../../../sim/contract/frame.ts";
import type { TwinInput } from "../../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../sim/core/time.ts";
import { createWatchedRun, type WatchedRun } from "../../../sim/engine/showing/watched-run.ts";
import { finalHash } from "../../../sim/engine/step.ts";
import { createTwin } from "../../../sim/engine/world.ts";
import { ZLIB_PACKING } from "../../../sim/host/zlib-packing.ts";
import { journal, runUntil, street } from "../../support/street.ts";

const resolved = street();

interface Opened {
  readonly run: WatchedRun;
  /** Lets wall time pass. */
  pass(wallMs: number): void;
  readonly words: string[];
}

function open(options: Partial<Parameters<typeof createWatchedRun>[0]> = {}): Opened {
  let wallMs = 0;
  const words: string[] = [];
  const run = createWatchedRun({
    ...{ twin: createTwin(resolved), runId: "a", journal: [], speed: 60, isPaused: false },
    ...{ untilMs: 0, packing: ZLIB_PACKING, keptIn: "a test" },
    // Each look at the clock is a little later, so that no turn is without an end.
    wallNow: () => (wallMs += 0.01),
    ...options,
  });
  run.enter({
    channels: new Set(),
    sides: () => ["truth", "belief"],
    shownStep: -1,
    send: (text) => void words.push(typeof text === "string" ? text : ""),
  });
  return {
    run,
    words,
    pass(ms) {
      const endMs = wallMs + ms;
      while (wallMs < endMs) {
        const waitMs = run.turn();
        wallMs = Math.min(endMs, wallMs + Math.max(waitMs, 0.01));
      }
    },
  };
}

const goTo = ({ run }: Opened, ms: number): void => {
  run.goTo(ms);
  while (run.isCatchingUp) run.turn();
};

test("a run that hurries keeps a moment of each quarter of an hour, to plot and to look back to", () => {
  const opened = open();
  goTo(opened, 6 * HOUR_MS);
  const kept = opened.run.momentsView(["truth"], -1).moments.map(({ simMs }) => simMs);
  const quarters = new Set(kept.map((ms) => Math.floor(ms / (15 * MINUTE_MS))));
  expect([...quarters].slice(0, 24)).toEqual(Array.from({ length: 24 }, (_, quarter) => quarter));
});

test("what is kept of a quarter of an hour in a hurry is missing nowhere on finer tracks, where steps are shown", () => {
  const opened = open({ speed: 600 });
  opened.pass(10_000);
  const { moments } = opened.run;
  const quarterMs = 15 * MINUTE_MS;
  expect(moments.at(quarterMs)).toMatchObject({ track: "second", moment: { simMs: quarterMs } });
  expect(moments.at(quarterMs, "minute")).toMatchObject({ track: "minute" });
});

test("a run keeps its pace: a minute of the twin a second of the wall at 60×", () => {
  const opened = open();
  opened.pass(10_000);
  const { nowMs } = opened.run.twin.world.engine.clock;
  expect(nowMs / MINUTE_MS).toBeGreaterThanOrEqual(9);
  expect(nowMs / MINUTE_MS).toBeLessThanOrEqual(11);
});

test("while it is paused nothing passes, and a step is one step", () => {
  const opened = open({ isPaused: true });
  opened.pass(5_000);
  expect(opened.run.twin.world.engine.clock.nowMs).toBe(0);
  opened.run.pace({ steps: 3 });
  opened.pass(5_000);
  expect(opened.run.twin.world.engine.clock.nowMs).toBe(3 * MINUTE_MS);
});

test("steered from outside at any moments it is the run that its journal gives elsewhere", () => {
  const moments = fc.array(fc.integer({ min: 1, max: 30 * 60 }), { minLength: 1, maxLength: 5 });
  const inputs = fc.constantFrom<TwinInput>(
    { kind: "theft-start", target: "supply-07", share: 0.5 },
    { kind: "theft-stop", target: "supply-07" },
    { kind: "mast-down" },
    { kind: "mast-up" },
    { kind: "trip", target: "supply-03" },
    { kind: "payment", target: "supply-03", amountMinor: 1_000 },
  );
  fc.assert(
    fc.property(moments, fc.array(inputs, { minLength: 5, maxLength: 5 }), (minutes, acts) => {
      const opened = open();
      const { run } = opened;
      [...minutes]
        .sort((a, b) => a - b)
        .forEach((minute, index) => {
          goTo(opened, minute * MINUTE_MS);
          run.input(acts[index]);
        });
      goTo(opened, 31 * HOUR_MS);
      const again = runUntil(createTwin(resolved), 31 * HOUR_MS, run.journal);
      expect(run.finalHash()).toBe(finalHash(again));
    }),
    { numRuns: 6 },
  );
});

test("a journal that reaches beyond now takes effect when its time comes, and is continued in number", () => {
  const ahead = journal([[HOUR_MS, { kind: "mast-down" }]]);
  const opened = open({ journal: ahead });
  expect(opened.run.input({ kind: "theft-start", target: "supply-07", share: 0.5 })).toMatchObject({
    ok: true,
    seq: 2,
  });
  goTo(opened, 2 * HOUR_MS);
  const { world } = opened.run.twin;
  expect(world.air.mastDown[0]).toBeGreaterThan(0);
  const order = [...opened.run.journal].sort((a, b) => a.takesEffectAtMs - b.takesEffectAtMs);
  expect(order.map(({ kind }) => kind)).toEqual(["input", "input"]);
});

test("what makes no sense is refused with a sentence and leaves no trace", () => {
  const { run } = open();
  const refused = (raw: unknown): string => {
    const taken = run.input(raw);
    return taken.ok ? "taken" : taken.reason;
  };
  expect(refused({ kind: "trip", target: "supply-99" })).toContain("supply-99");
  expect(refused("nonsense")).not.toBe("taken");
  expect(refused({ kind: "swap-in", target: "supply-01", device: "emulated" })).toContain(
    "boards need a server",
  );
  expect(run.journal).toEqual([]);
});

test("it goes to a moment that was asked for, says so on the way, and stands still there", () => {
  const opened = open({ untilMs: DAY_MS, isPaused: true });
  expect(opened.run.isCatchingUp).toBe(true);
  expect(opened.run.paceView().speedReason).toContain("the moment that was asked for");
  opened.pass(60_000);
  expect(opened.run.paceView()).toMatchObject({ simMs: DAY_MS, isPaused: true });
  opened.run.goTo(HOUR_MS);
  opened.pass(1_000);
  expect(opened.run.twin.world.engine.clock.nowMs).toBe(DAY_MS);
});

test("who watches is told of the pace whenever something has changed", () => {
  const opened = open({ isPaused: true });
  opened.pass(1_000);
  opened.words.length = 0;
  opened.pass(5_000);
  expect(opened.words).toEqual([]);
  opened.run.pace({ speed: 600 });
  opened.pass(200);
  const paces = opened.words.map((text) => JSON.parse(text) as { pace?: PaceView });
  expect(paces.at(-1)?.pace?.speed).toBe(600);
});

test("a home's bills and use are there without a store", () => {
  const opened = open();
  goTo(opened, 2 * DAY_MS);
  const history = opened.run.history("supply-05", 1);
  const known = history?.knownW.filter((watts) => watts !== null) ?? [];
  expect(known.length).toBeGreaterThan(40);
  expect(history?.trueW?.length).toBe(history?.endMs.length);
  expect(opened.run.account("supply-05")?.supply).toBe("supply-05");
  expect(opened.run.account("nobody")).toBeUndefined();
});
