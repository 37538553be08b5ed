// Fuses, faults, the transformer and voltages in a street that runs, and what frames and reports say of them.

import { describe, expect, test } from "vitest";
import type { TruthEvent } from "../../sim/contract/event.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { runReport } from "../../sim/engine/report.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, type StreetChanges, street } from "../support/street.ts";

const PROTECTED: StreetChanges = { set: ["protection={}"] };
const HOST = { version: "", commit: "", node: "", timesRealTime: 0 };

/** Runs a street with inputs and keeps its truth events. */
function play(
  changes: StreetChanges,
  untilMs: number,
  inputs: readonly (readonly [number, TwinInput])[] = [],
): { readonly twin: Twin; readonly truths: readonly TruthEvent[] } {
  const truths: TruthEvent[] = [];
  const twin = runUntil(createTwin(street(changes)), untilMs, journal(inputs), ({ out }) => {
    for (const { side, event } of out.events) if (side === "truth") truths.push(event);
  });
  return { twin, truths };
}
const ofKind = <Kind extends TruthEvent["kind"]>(events: readonly TruthEvent[], kind: Kind) =>
  events.filter((event): event is Extract<TruthEvent, { kind: Kind }> => event.kind === kind);
const dataOf = <Data>(twin: Twin, channel: Parameters<typeof makeFrame>[1]): Data =>
  makeFrame(twin, channel).data as Data;

const HOME_FAULT = { kind: "short-circuit", target: "supply-05" } as const;
const PHASE_FAULT = { kind: "short-circuit", target: "feeder/L2" } as const;

describe("a short circuit", () => {
  test("at a home melts its fuse in milliseconds, in the step that it happens in, and nobody else's", () => {
    const { twin, truths } = play(PROTECTED, 31 * MINUTE_MS, [[30 * MINUTE_MS, HOME_FAULT]]);
    const [fault] = ofKind(truths, "short-circuit");
    expect(fault!.currentA).toBeGreaterThan(150);
    expect(fault!.clearedMs).toBeLessThan(5000);
    expect(ofKind(truths, "fuse-blown")).toMatchObject([
      { target: "supply-05", fuse: "service", branch: "drop-05", phase: 2, ratingA: 40, homes: 1 },
    ]);
    const { offReason, voltageV } = dataOf<{ offReason: string[]; voltageV: number[] }>(
      twin,
      "truth/supply",
    );
    expect(offReason.filter((reason) => reason !== "")).toEqual(["fuse"]);
    expect([offReason[4], voltageV[4]]).toEqual(["fuse", 0]);
  });

  test("on a phase of the feeder melts the trunk's fuse; seen in the frames of branches", () => {
    const { twin, truths } = play(PROTECTED, 31 * MINUTE_MS, [[30 * MINUTE_MS, PHASE_FAULT]]);
    expect(ofKind(truths, "fuse-blown")).toMatchObject([
      { target: "feeder/L2", fuse: "feeder", branch: "trunk-1", phase: 2, ratingA: 80, homes: 8 },
    ]);
    const { branches } = twin.model.resolved.layout;
    const { fuseOpen, voltageV } = dataOf<{ fuseOpen: number[]; voltageV: number[] }>(
      twin,
      "truth/branch",
    );
    const at = (id: string): number => branches.findIndex((branch) => branch.id === id);
    expect(fuseOpen.filter((bits) => bits !== 0)).toEqual([2]);
    expect(fuseOpen[at("trunk-1")]).toBe(2);
    expect(voltageV[at("drop-05")]).toBe(0);
    expect(voltageV[at("drop-04")]).toBeGreaterThan(200);
    expect(voltageV[at("trunk-3")]).toBeGreaterThan(200);
  });

  test("is mended by a crew after the time that it needs, or at once by hand", () => {
    const set = ["protection={ repairAfter: 45min }"];
    const at = 30 * MINUTE_MS;
    const byItself = play({ set }, 2 * HOUR_MS, [[at, HOME_FAULT]]).truths;
    expect(ofKind(byItself, "fuse-replaced")).toMatchObject([
      { at: at + 45 * MINUTE_MS, target: "supply-05", homes: 1 },
    ]);
    const byHand = play({ set }, 2 * HOUR_MS, [
      [at, HOME_FAULT],
      [at + 5 * MINUTE_MS, { kind: "fuse-replace", target: "supply-05" }],
    ]).truths;
    expect(ofKind(byHand, "fuse-replaced").map((event) => event.at)).toEqual([at + 5 * MINUTE_MS]);
  });

  test("counts as interruptions of its homes: eight of 24 for two hours are 40 minutes a customer", () => {
    const { twin } = play(PROTECTED, 3 * HOUR_MS, [[30 * MINUTE_MS, PHASE_FAULT]]);
    const { grid } = runReport(twin, HOST);
    expect(grid).toMatchObject({ fusesBlown: 1, saifi: 8 / 24 });
    expect(grid.saidiMinutes).toBeCloseTo(40, 6);
    expect(grid.caidiMinutes).toBeCloseTo(120, 6);
  });

  test("takes one phase from a home with three, which goes on with two and is not out", () => {
    const first: StreetChanges = { scenario: "first-street" };
    const { twin } = play(first, 12 * MINUTE_MS, [
      [10 * MINUTE_MS, { kind: "short-circuit", target: "feeder/L3" }],
    ]);
    const row = twin.model.rowOfSupply.get("supply-20")!;
    const { offReason, voltageV } = dataOf<{ offReason: string[]; voltageV: number[] }>(
      twin,
      "truth/supply",
    );
    expect([offReason[row], voltageV[row]! > 200]).toEqual(["", true]);
    const element = twin.model.meters.firstElement[row]!;
    const volts = [...twin.world.plant.power.meteredV.slice(element, element + 3)];
    expect(volts.map((each) => each > 200)).toEqual([true, true, false]);
    expect(twin.world.plant.meters.supply.darkSince[row]).toBe(-1);
  });

  test("melts the transformer's fuse where that is the smaller one; its meter has two phases left", () => {
    const set = ["protection={ transformerFuseA: 40 }"];
    const { twin, truths } = play({ set }, 32 * MINUTE_MS, [[30 * MINUTE_MS, PHASE_FAULT]]);
    expect(ofKind(truths, "fuse-blown")).toMatchObject([
      { target: "feeder/L2", fuse: "transformer", branch: "t1", ratingA: 40, homes: 8 },
    ]);
    const { meterRow } = twin.model.feeders[0]!;
    const element = twin.model.meters.firstElement[meterRow]!;
    const volts = [...twin.world.plant.power.meteredV.slice(element, element + 3)];
    expect(volts.map((each) => each > 200)).toEqual([true, false, true]);
    expect(twin.world.plant.power.voltageV[meterRow]).toBeGreaterThan(200);
  });

  test("where it is dark already draws nothing", () => {
    const { truths } = play(PROTECTED, 40 * MINUTE_MS, [
      [30 * MINUTE_MS, HOME_FAULT],
      [35 * MINUTE_MS, HOME_FAULT],
    ]);
    expect(ofKind(truths, "short-circuit").at(-1)).toMatchObject({ currentA: 0, clearedMs: null });
    expect(ofKind(truths, "fuse-blown")).toHaveLength(1);
  });
});

test("an overloaded phase melts its fuse in the same minute in steps of ten seconds as of one minute", () => {
  const of = (stepMs: number) =>
    play({ scenario: "evening-overload", stepMs }, 22 * HOUR_MS).truths;
  const [fine, coarse] = [of(10_000), of(60_000)].map(
    (truths) => ofKind(truths, "fuse-blown")[0]!.at,
  );
  expect(Math.abs(fine! - coarse!)).toBeLessThan(MINUTE_MS);
});

test("a new fuse on the same overload melts again", () => {
  // 25 A a phase for a whole lane: every evening is too much.
  const set = ["protection={ feederFuseA: 20, repairAfter: 20min }", "start=2026-01-12T17:00"];
  const { truths } = play({ set }, 6 * HOUR_MS);
  expect(ofKind(truths, "fuse-blown").length).toBeGreaterThan(2);
  expect(ofKind(truths, "fuse-replaced").length).toBeGreaterThan(1);
});

test("without protection no fuse is there, and an input about one says what to write", () => {
  const twin = createTwin(street());
  expect(checkInput(twin, HOME_FAULT)).toEqual({
    ok: false,
    reason: "short-circuit: this scenario has no fuses; write protection: {} into it",
  });
});

test.for([
  [{ kind: "short-circuit", target: "feeder/L4" }, /no supply point or phase of a feeder/],
  [{ kind: "short-circuit", target: "supply-5" }, /no supply point or phase of a feeder/],
  [{ kind: "fuse-replace", target: "supply-05" }, /no fuse of supply-05 has blown/],
  [{ kind: "short-circuit" }, /a target is a supply point/],
] as const)("the input %o is refused with a sentence", ([input, says]) => {
  const checked = checkInput(createTwin(street(PROTECTED)), input);
  expect(checked).toMatchObject({ ok: false, reason: expect.stringMatching(says) });
});

describe("a transformer", () => {
  test("that carries twice its rating for an evening is overloaded, and cools in the night", () => {
    const { truths } = play({ scenario: "evening-overload" }, DAY_MS);
    const [start] = ofKind(truths, "transformer-overload");
    const [end] = ofKind(truths, "transformer-cooled");
    expect(start!.hotSpotC).toBeGreaterThan(120);
    expect(end!.hotSpotC).toBeLessThan(115);
    expect(end!.at).toBeGreaterThan(start!.at);
  });

  test("shows its hottest spot in the frames, and none without protection", () => {
    const { twin } = play(PROTECTED, HOUR_MS);
    const seen = dataOf<{ transformers: unknown[] }>(twin, "truth/street");
    expect(seen.transformers).toMatchObject([{ isOverloaded: false }]);
    const { topOilC, gradientK } = twin.world.plant.protection;
    expect(topOilC[0]! + gradientK[0]!).toBeGreaterThan(30);
    const bare = dataOf<{ transformers: unknown[] }>(play({}, HOUR_MS).twin, "truth/street");
    expect(bare.transformers).toMatchObject([{ hotSpotC: null, isOverloaded: false }]);
  });
});

describe("limits of voltage", () => {
  const NARROW: StreetChanges = {
    set: ["protection={ voltage: { nominalV: 235, lowPercent: 1, highPercent: 1 } }"],
  };
  test("are held by means of ten minutes, told once a feeder, and by each meter after five minutes", () => {
    const meterEvents: string[] = [];
    const truths: TruthEvent[] = [];
    runUntil(createTwin(street(NARROW)), 4 * HOUR_MS, [], ({ out }) => {
      for (const { side, event } of out.events) {
        if (side === "truth") truths.push(event);
        else if (event.kind === "meter-event") meterEvents.push(event.code);
      }
    });
    const outside = ofKind(truths, "voltage-outside");
    expect(outside.length).toBeGreaterThan(0);
    expect(outside.every(({ at }) => at % (10 * MINUTE_MS) === 0)).toBe(true);
    const within = ofKind(truths, "voltage-within");
    for (const side of ["low", "high"] as const) {
      const starts = outside.filter((event) => event.side === side).length;
      const ends = within.filter((event) => event.side === side).length;
      expect(starts - ends === 0 || starts - ends === 1).toBe(true);
    }
    expect(meterEvents.filter((code) => code.startsWith("voltage-")).length).toBeGreaterThan(0);
  });

  test("of ten percent are kept all day by a street that is sized for its homes", () => {
    const { truths } = play(PROTECTED, DAY_MS);
    expect(ofKind(truths, "voltage-outside")).toEqual([]);
  });
});

describe("a step that does not converge", () => {
  const set = ["loads.scale=200", "protection={}"];
  test("is named in the street's frame and in the report while it lasts, with the worst bus", () => {
    const { twin, truths } = play({ set: ["loads.scale=200"] }, 30 * MINUTE_MS);
    const [view] = dataOf<{ unsolved: { feeder: string; bus: string; mismatchPu: number }[] }>(
      twin,
      "truth/street",
    ).unsolved;
    const last = ofKind(truths, "step-failed").at(-1)!;
    expect(view).toEqual({ feeder: "feeder", bus: last.bus, mismatchPu: last.mismatchPu });
    const { grid } = runReport(twin, HOST);
    expect(grid).toMatchObject({ failedSteps: 30, unsolvedBus: last.bus });
    expect(twin.model.feeders[0]!.feeder.busNames).toContain(last.bus);
  });

  test("is marked as long as its last step failed, and no longer", () => {
    const marks: boolean[] = [];
    const set = ["loads.scale=25", "start=2026-01-12T18:00"];
    runUntil(createTwin(street({ set })), HOUR_MS, [], (twin) => {
      const hasFailed = twin.out.events.some(({ event }) => event.kind === "step-failed");
      const { unsolved } = dataOf<{ unsolved: unknown[] }>(twin, "truth/street");
      expect(unsolved.length).toBe(hasFailed ? 1 : 0);
      marks.push(hasFailed);
    });
    expect(new Set(marks)).toEqual(new Set([true, false]));
  });

  test("after a fuse has blown keeps no power on the dead phase: energies balance and the run goes on", () => {
    const { twin, truths } = play({ set }, HOUR_MS, [[30 * MINUTE_MS, PHASE_FAULT]]);
    expect(ofKind(truths, "step-failed")).toHaveLength(60);
    const { deadElement, elementActiveW, elementVoltageV } = twin.world.plant.grid["feeder"]!;
    expect([...deadElement].filter((dead) => dead === 1)).toHaveLength(8);
    deadElement.forEach((dead, element) => {
      if (dead === 1) expect([elementActiveW[element], elementVoltageV[element]]).toEqual([0, 0]);
      else expect(elementVoltageV[element]).toBeGreaterThan(200);
    });
  });
});

test("a run with blown fuses is the same twice, and another than without the fault", () => {
  const fault = [[30 * MINUTE_MS, PHASE_FAULT]] as const;
  const hashes = [fault, fault, []].map((inputs) =>
    finalHash(play(PROTECTED, 2 * HOUR_MS, inputs).twin),
  );
  expect(hashes[0]).toBe(hashes[1]);
  expect(hashes[0]).not.toBe(hashes[2]);
});
