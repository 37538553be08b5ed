// Where a feeder's fuses are, what hangs on them, and what a fault draws.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultCurrentA, faultImpedance } from "../../sim/grid/fault.ts";
import { compileFeeder, createGridState, TOTAL } from "../../sim/grid/feeder.ts";
import {
  blow,
  clearFault,
  createFuseState,
  createFuses,
  fusesAbove,
  markDead,
  replace,
  silenceDead,
  wearFuses,
} from "../../sim/grid/fuses.ts";
import { solveStep } from "../../sim/grid/sweep.ts";
import { HEAD, importText } from "../support/networks.ts";

const LANE = `${HEAD}New LineCode.trunk nphases=3 R1=0.4 X1=0.1 R0=1.6 X0=0.3 C1=0 C0=0 Units=km Normamps=170
New LineCode.drop nphases=1 rmatrix=[6] xmatrix=[0.2] cmatrix=[0] Units=km Normamps=44
New Line.trunk Bus1=sourcebus Bus2=p Linecode=trunk Length=50 Units=m
New Line.drop-1 Bus1=p.1 Bus2=h1.1 Phases=1 Linecode=drop Length=20 Units=m
New Line.drop-2 Bus1=p.2 Bus2=h2.2 Phases=1 Linecode=drop Length=20 Units=m
New Load.a Phases=1 Bus1=h1.1 kV=0.23 kW=1 PF=1
New Load.b Phases=1 Bus1=h2.2 kV=0.23 kW=1 PF=1
New Load.c Phases=3 Bus1=p kV=0.4 kW=3 PF=1`;
const network = importText(LANE);
const feeder = compileFeeder(network, { keep: "needed" });
const BY_CABLE = { serviceFuseA: null, feederFuseA: null, transformerFuseA: null };
const fuses = createFuses(network, feeder, BY_CABLE);
const options = { tolerancePu: 1e-9, iterationsMax: 60, loadModel: "constant-power" } as const;
const rowOf = (branch: string, phase: number): number =>
  fuses.branch.findIndex((name, row) => name === branch && fuses.phase[row] === phase - 1);
const solved = (watts: readonly number[], state = createGridState(feeder)) => {
  const loadW = Float64Array.from(watts);
  const loadVar = new Float64Array(watts.length);
  silenceDead(state, loadW, loadVar);
  expect(solveStep(feeder, state, loadW, loadVar, options).converged).toBe(true);
  return state;
};

test("ratings follow from the cables: 40 A behind 44 A, 160 A behind 170 A, 63 A where a home has no cable", () => {
  const ratings = fuses.kind.map((kind, row) => `${kind} ${fuses.curve[row]!.ratingA}`);
  expect(ratings).toEqual([
    ...["service 40", "service 40", "service 63", "service 63", "service 63"],
    ...["feeder 160", "feeder 160", "feeder 160"],
  ]);
  expect(fuses.branch.slice(0, 3)).toEqual(["drop-1", "drop-2", ""]);
});

test("ratings that are given go before the cables'", () => {
  const given = createFuses(network, feeder, {
    serviceFuseA: 25,
    feederFuseA: 80,
    transformerFuseA: null,
  });
  expect(given.curve.map(({ ratingA }) => ratingA)).toEqual([25, 25, 25, 25, 25, 80, 80, 80]);
});

describe("a blown fuse", () => {
  test("of the trunk's L1 leaves homes of L1 dead and the others as they were; what comes in is what is used and lost", () => {
    const state = createFuseState(fuses);
    const grid = solved([1000, 1000, 1000, 1000, 1000]);
    const before = [...grid.elementVoltageV];
    blow(state, rowOf("trunk", 1), 0);
    markDead(fuses, state, feeder, grid);
    solved([1000, 1000, 1000, 1000, 1000], grid);
    expect([...grid.deadElement]).toEqual([1, 0, 1, 0, 0]);
    expect(grid.elementVoltageV[0]).toBe(0);
    expect(grid.elementVoltageV[1]).toBeGreaterThan(0.99 * before[1]!);
    const delivered = grid.elementActiveW.reduce((sum, watts) => sum + watts, 0);
    expect(delivered).toBeCloseTo(3000, 6);
    expect(grid.totals[TOTAL.sourceW]! - grid.totals[TOTAL.lossesW]!).toBeCloseTo(delivered, 5);
  });

  test("of a home's own cable takes away that home alone, until it is replaced", () => {
    const state = createFuseState(fuses);
    const grid = solved([1000, 1000, 1000, 1000, 1000]);
    blow(state, rowOf("drop-2", 2), 0);
    markDead(fuses, state, feeder, grid);
    expect(
      [...solved([1000, 1000, 1000, 1000, 1000], grid).elementActiveW].map(Math.round),
    ).toEqual([1000, 0, 1000, 1000, 1000]);
    replace(state, rowOf("drop-2", 2));
    markDead(fuses, state, feeder, grid);
    expect(Math.round(solved([1000, 1000, 1000, 1000, 1000], grid).elementActiveW[1]!)).toBe(1000);
  });
});

test("a fuse melts after the curve's time, in steps of one second as in steps of one minute", () => {
  const grid = solved([15_000, 0, 0, 0, 0]);
  const meltAt = (stepMs: number): number => {
    const state = createFuseState(fuses);
    for (let now = 0; ; now += stepMs) {
      const [melted] = wearFuses(fuses, state, grid, stepMs);
      if (melted !== undefined) return now + melted.afterMs;
    }
  };
  // 15 kW at about 228 V are 66 A, 1.65 times the rating.
  expect(meltAt(1000)).toBeCloseTo(meltAt(60_000), 2);
  expect(meltAt(60_000)).toBeGreaterThan(60_000);
  expect(meltAt(60_000)).toBeLessThan(3_600_000);
});

describe("a short circuit", () => {
  test("behind cables alone draws the voltage over their impedance with the neutral's return", () => {
    const h1 = feeder.busNames.indexOf("h1");
    // Zs = (2 Z1 + Z0)/3 of 50 m trunk, and 20 m of the drop.
    const r = (0.05 * (2 * 0.4 + 1.6)) / 3 + 0.02 * 6;
    const x = (0.05 * (2 * 0.1 + 0.3)) / 3 + 0.02 * 0.2;
    const [resistanceOhm, reactanceOhm] = faultImpedance(feeder, h1, 0);
    expect(resistanceOhm).toBeCloseTo(r, 9);
    expect(reactanceOhm).toBeCloseTo(x, 9);
    expect(faultCurrentA(feeder, createGridState(feeder), h1, 0)).toBeCloseTo(
      400 / Math.sqrt(3) / Math.hypot(r, x),
      3,
    );
  });

  test("behind a Dyn transformer draws what the sweep finds for a load of that impedance", () => {
    const text = `Set DefaultBaseFrequency=50
New Circuit.street BasekV=11 ISC3=3000 ISC1=1500
New LineCode.one nphases=3 R1=0.4 X1=0.1 R0=1.6 X0=0.3 C1=0 C0=0 Units=km
New Transformer.t Buses=[sourcebus s] Conns=[Delta Wye] kVs=[11 0.4] kVAs=[100 100] XHL=4.5 %LoadLoss=1.7 Sub=y
New Line.a Bus1=s Bus2=b Linecode=one Length=100 Units=m
New Load.x Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1`;
    const imported = importText(text);
    const dyn = compileFeeder(imported, { keep: "all" });
    const grid = createGridState(dyn);
    const b = dyn.busNames.indexOf("b");
    const node = 3 * b;
    const openV = Math.hypot(grid.voltageRe[node]!, grid.voltageIm[node]!);
    const [r, x] = faultImpedance(dyn, b, 0);
    // A load of 20 kW, and the same circuit as a voltage behind r + jx: V = E − Z·I with I = conj(S/V).
    expect(
      solveStep(dyn, grid, Float64Array.of(20_000), Float64Array.of(0), options).converged,
    ).toBe(true);
    const re = grid.voltageRe[node]!;
    const im = grid.voltageIm[node]!;
    const square = re * re + im * im;
    const [i, j] = [(20_000 * re) / square, (20_000 * im) / square];
    const behind = Math.hypot(re + r * i - x * j, im + r * j + x * i);
    expect(behind).toBeCloseTo(openV, 5);
  });

  test("melts the home's fuse first; the trunk's keeps the damage of that time", () => {
    const state = createFuseState(fuses);
    const h1 = feeder.busNames.indexOf("h1");
    const currentA = faultCurrentA(feeder, createGridState(feeder), h1, 0);
    const rows = [0, ...fusesAbove(fuses, feeder, h1, 0)];
    expect(rows).toEqual([0, rowOf("trunk", 1)]);
    const melted = clearFault(fuses, state, rows, currentA, 60_000);
    expect(melted?.row).toBe(0);
    expect(melted!.afterMs).toBeLessThan(10);
    expect(state.damage[rowOf("trunk", 1)]).toBeGreaterThan(0);
    expect(state.damage[rowOf("trunk", 1)]).toBeLessThan(0.2);
  });
});

test("whatever fuses have blown and whatever is asked: what comes in is what is used and lost, and nothing flows on dead phases", () => {
  const watts = fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 5, maxLength: 5 });
  const blown = fc.uniqueArray(fc.nat(fuses.kind.length - 1));
  fc.assert(
    fc.property(watts, blown, (asked, rows) => {
      const state = createFuseState(fuses);
      const grid = createGridState(feeder);
      for (const row of rows) blow(state, row, 0);
      markDead(fuses, state, feeder, grid);
      solved(asked, grid);
      const delivered = grid.elementActiveW.reduce((sum, each) => sum + each, 0);
      expect(grid.totals[TOTAL.sourceW]! - grid.totals[TOTAL.lossesW]!).toBeCloseTo(delivered, 4);
      for (const row of rows) {
        const isService = fuses.kind[row] === "service";
        const currentA = isService
          ? grid.elementCurrentA[fuses.at[row]!]!
          : grid.branchCurrentA[3 * fuses.at[row]! + fuses.phase[row]!]!;
        expect(currentA).toBe(0);
      }
    }),
  );
});
