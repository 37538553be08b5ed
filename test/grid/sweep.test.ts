import { describe, expect, test } from "vitest";
import { compileFeeder, createGridState, TOTAL } from "../../sim/grid/feeder.ts";
import { nodesCsv, solveDay, solveFeeder } from "../../sim/grid/solve-report.ts";
import { type SolveOptions, solveStep } from "../../sim/grid/sweep.ts";
import { HEAD, importText, solveOnce } from "../support/networks.ts";

// Worked backwards by hand: 200 V at the load and 10 A lagging by acos 0.8, so 8 − j6 A. Over 1 + j0.1 Ω the drop is
// 8.6 − j5.2 V, and the source has |208.6 − j5.2| = √43541 V.
const SOURCE_V = Math.sqrt(43_541);
const TWO_BUSES = `Set DefaultBaseFrequency=50
New Circuit.c BasekV=${(SOURCE_V * Math.sqrt(3)) / 1000} R1=0 X1=0 R0=0 X0=0
New Line.a Bus1=sourcebus Bus2=b R1=1 X1=0.1 R0=1 X0=0.1 C1=0 C0=0 Length=1
New Load.h Phases=1 Bus1=b.1 kV=0.2 kW=1.6 kvar=1.2`;

describe("two buses", () => {
  const solved = solveOnce(importText(TWO_BUSES), { activeW: [1600], reactiveVar: [1200] });

  test("1600 W and 1200 var behind 1 + j0.1 Ω stand at 200 V and draw 10 A", () => {
    expect(solved.magnitudeV("b.1")).toBeCloseTo(200, 9);
    expect(solved.state.elementVoltageV[0]).toBeCloseTo(200, 9);
    expect(solved.state.elementCurrentA[0]).toBeCloseTo(10, 9);
    expect(solved.state.branchCurrentA[3]).toBeCloseTo(10, 9);
  });

  test("10 A heat 1 Ω with 100 W, and the source gives both", () => {
    expect(solved.state.branchLossW[1]).toBeCloseTo(100, 9);
    expect(solved.result.lossesW).toBeCloseTo(100, 9);
    expect(solved.result.sourceW).toBeCloseTo(1700, 9);
    expect(solved.result.sourceVar).toBeCloseTo(1210, 9);
  });

  test("phases without load keep the source's voltage", () => {
    expect(solved.magnitudeV("b.2")).toBeCloseTo(SOURCE_V, 9);
    expect(solved.angleDeg("b.3")).toBeCloseTo(120, 9);
  });

  test("without a transformer the secondary is the source's bus", () => {
    expect(solved.result.secondaryW).toBe(solved.result.sourceW);
    expect(solved.result.secondaryPhaseW[0]).toBeCloseTo(1700, 9);
    expect(solved.result.secondaryVoltageV).toBeCloseTo(SOURCE_V, 9);
  });
});

test("current in one phase lowers the others by the mutual impedance", () => {
  const text = `${HEAD}New Line.a Bus1=sourcebus Bus2=b rmatrix=[1|0.3 1|0.2 0.3 1] xmatrix=[0|0 0|0 0 0] cmatrix=[0|0 0|0 0 0] Length=1
New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1`;
  const solved = solveOnce(importText(text), { activeW: [2000] });
  // The load is resistive and the line too: its current lies in phase with phase 1.
  const currentA = solved.state.branchCurrentA[3]!;
  const [second, third] = [4, 5].map((node) => solved.state.voltageRe[node]!);
  expect(second).toBeCloseTo(-200 / Math.sqrt(3) - 0.3 * currentA, 9);
  expect(third).toBeCloseTo(-200 / Math.sqrt(3) - 0.2 * currentA, 9);
});

test("a load between two phases draws from one and gives back to the other", () => {
  const text = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=1 Units=m
New Load.h Phases=1 Bus1=b.1.2 kV=0.4 kW=4 PF=1`;
  const { state } = solveOnce(importText(text), { activeW: [4000] });
  expect(state.elementVoltageV[0]).toBeCloseTo(400, 0); // 1 mΩ lets 0.02 V drop
  expect(state.branchCurrentA[3]).toBeCloseTo(state.elementCurrentA[0]!, 9);
  expect(state.branchCurrentA[4]).toBeCloseTo(state.elementCurrentA[0]!, 9);
  expect(state.branchCurrentA[5]).toBeCloseTo(0, 9);
});

test("a balanced three-phase load draws √3 times less over 400 V than over 231 V", () => {
  const text = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=0.001 Units=m
New Load.d Phases=3 Conn=delta Bus1=b kV=0.4 kW=12 PF=1
New Load.y Phases=3 Bus1=b kV=0.4 kW=12 PF=1`;
  const third = [4000, 4000, 4000];
  const { state } = solveOnce(importText(text), { activeW: [...third, ...third] });
  // 4 kW at 400 V are 10 A in each delta branch, at 400/√3 V they are 17.32 A; on the line both are 17.32 A.
  expect(state.elementCurrentA[0]).toBeCloseTo(10, 4);
  expect(state.elementCurrentA[3]).toBeCloseTo(10 * Math.sqrt(3), 4);
  expect(state.branchCurrentA[3]).toBeCloseTo(20 * Math.sqrt(3), 4);
});

// Hand-calculated from OpenDSS's rules with vminpu 0.95, vmaxpu 1.05 and vlowpu 0.5. Below the band the current runs
// straight from the edge (1/0.95 = 1.0526 of the rated one, for constant current 1) to 0.5 at half the voltage.
describe("OpenDSS's load models", () => {
  test.for([
    { model: 1, pu: 1.0, share: 1 },
    { model: 1, pu: 1.1, share: 1.1 ** 2 / 1.05 ** 2 },
    { model: 1, pu: 0.9, share: 0.8921052631578947 },
    { model: 1, pu: 0.4, share: 0.16 },
    { model: 2, pu: 0.9, share: 0.81 },
    { model: 2, pu: 1.1, share: 1.21 },
    { model: 5, pu: 1.0, share: 1 },
    { model: 5, pu: 1.02, share: 1.02 },
    { model: 5, pu: 1.1, share: 1.21 / 1.05 },
    { model: 5, pu: 0.9, share: 0.85 },
  ])("a load of model $model takes $share of its power at $pu of its voltage", (row) => {
    const text = `New Circuit.c BasekV=${(row.pu * 0.23 * Math.sqrt(3)).toFixed(12)} R1=0 X1=0 R0=0 X0=0
New Line.a Bus1=sourcebus Bus2=b R1=1e-9 X1=0 R0=1e-9 X0=0 C1=0 C0=0 Length=1
New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1 Model=${row.model}`;
    const options: Partial<SolveOptions> = { loadModel: "opendss" };
    const { state } = solveOnce(importText(text), { activeW: [1000], options });
    expect(state.elementActiveW[0]! / 1000).toBeCloseTo(row.share, 7); // 1 nΩ and twelve digits of kV
  });

  test("the constant-power form takes its power at every voltage, whatever the model says", () => {
    const text = TWO_BUSES.replace("kvar=1.2", "kvar=1.2 Model=2");
    const { state } = solveOnce(importText(text), { activeW: [1600], reactiveVar: [1200] });
    expect(state.elementActiveW[0]).toBeCloseTo(1600, 9);
  });
});

describe("a step that does not converge", () => {
  // 208.7 V behind 1 + j0.1 Ω give at most V²/(2(|Z| + R)) = 43541/4.00998 = 10858 W at unity power factor.
  const options: SolveOptions = {
    tolerancePu: 1e-9,
    iterationsMax: 60,
    loadModel: "constant-power",
  };
  const feeder = compileFeeder(importText(TWO_BUSES), { keep: "all" });
  const none = Float64Array.of(0);

  test.for([10_900, 20_000, 1e9, Number.NaN])(
    "%d W are reported with the worst bus and not thrown",
    (watts) => {
      const state = createGridState(feeder);
      const result = solveStep(feeder, state, Float64Array.of(watts), none, options);
      expect(result).toMatchObject({ converged: false, iterations: 60, worstBus: "b" });
      expect(result.worstMismatchPu).not.toBeLessThanOrEqual(options.tolerancePu);
    },
  );

  test("10,800 W still converge", () => {
    const state = createGridState(feeder);
    const patient = { ...options, iterationsMax: 500 };
    expect(solveStep(feeder, state, Float64Array.of(10_800), none, patient).converged).toBe(true);
  });

  test("keeps the last good solution, and the next step goes on from it", () => {
    const state = createGridState(feeder);
    solveStep(feeder, state, Float64Array.of(1600), Float64Array.of(1200), options);
    const good = structuredClone(state);
    const failed = solveStep(feeder, state, Float64Array.of(1e6), none, options);
    expect({ ...state, askedW: good.askedW }).toEqual(good);
    expect(failed.sourceW).toBe(good.totals[TOTAL.sourceW]);
    const next = solveStep(feeder, state, Float64Array.of(1600), Float64Array.of(1200), options);
    expect(next.converged).toBe(true);
    expect(state.elementVoltageV[0]).toBeCloseTo(200, 6);
  });

  test("is not taken for solved when the same is asked again", () => {
    const state = createGridState(feeder);
    for (const _ of [1, 2]) {
      expect(solveStep(feeder, state, Float64Array.of(1e6), none, options).converged).toBe(false);
    }
  });
});

describe("a step that asks the same as the last", () => {
  const options: SolveOptions = {
    tolerancePu: 1e-9,
    iterationsMax: 60,
    loadModel: "constant-power",
  };
  const feeder = compileFeeder(importText(TWO_BUSES), { keep: "all" });

  test("is answered without sweeping, with the same bits", () => {
    const state = createGridState(feeder);
    const loads = [Float64Array.of(1600), Float64Array.of(1200)] as const;
    solveStep(feeder, state, ...loads, options);
    const before = structuredClone(state);
    const again = solveStep(feeder, state, ...loads, options);
    expect(again).toMatchObject({
      converged: true,
      iterations: 0,
      sourceW: before.totals[TOTAL.sourceW],
    });
    expect(state).toEqual(before);
  });

  test("the very first step is solved also where a home gives exactly 1 W back", () => {
    const state = createGridState(feeder);
    const result = solveStep(feeder, state, Float64Array.of(-1), Float64Array.of(-1), options);
    expect(result.iterations).toBeGreaterThan(0);
    expect(state.elementActiveW[0]).toBeCloseTo(-1, 9);
  });

  test("a step for another number of elements is refused", () => {
    const state = createGridState(feeder);
    const tooMany = new Float64Array(2);
    expect(() => solveStep(feeder, state, tooMany, tooMany, options)).toThrow(
      "1 elements expected",
    );
  });
});

describe("what the solve command says", () => {
  const shaped = importText(`${HEAD}New Loadshape.s npts=3 interval=8 mult=[0 1 0.5]
New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=1 Units=mm
New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1 Yearly=s`);
  const settings = { loadModel: "constant-power", tolerancePu: 1e-9 } as const;

  test("a day adds up its shape: 8 h of nothing, 8 h of 1 kW, 8 h of half", () => {
    const day = solveDay(shaped, settings);
    expect(day.failedMinutes).toEqual([]);
    expect(day.sourceKWh - day.lossesKWh).toBeCloseTo(12, 9);
  });

  test.for([
    { minute: 1, kW: 0 },
    { minute: 480, kW: 0 },
    { minute: 481, kW: 1 },
    { minute: 1440, kW: 0.5 },
  ])("sample k holds from k − 1 to k intervals: minute $minute has $kW kW", ({ minute, kW }) => {
    expect(solveFeeder(shaped, { ...settings, minute }).sourceKW).toBeCloseTo(kW, 4); // 1 µΩ of line
  });

  test("a shape of actual kW replaces the load's own", () => {
    const text = `${HEAD}New Loadshape.s npts=1 mult=[3] useactual=yes
New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=1 Units=mm
New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=2 PF=0.8 Yearly=s`;
    const snapshot = solveFeeder(importText(text), { ...settings, minute: 1 });
    expect(snapshot.sourceKW).toBeCloseTo(3, 4);
    expect(snapshot.sourceKvar).toBeCloseTo(2.25, 4); // 3 kW at tan φ = 0.75
  });

  test("minutes that fail are named and the day goes on", () => {
    const heavy = importText(`${HEAD}New Loadshape.s npts=2 interval=12 mult=[0.1 100]
New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=1 Units=km
New Load.h Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=1 Yearly=s`);
    const day = solveDay(heavy, settings);
    expect(day.converged).toBe(false);
    expect(day.failedMinutes).toEqual(Array.from({ length: 720 }, (_, k) => 721 + k));
  });

  test("nodes are written as RFC 4180 rows in the buses' order, one a phase", () => {
    const { nodes } = solveFeeder(shaped, settings);
    const rows = nodesCsv(nodes).split("\n");
    expect(rows[0]).toBe("node,re_V,im_V,mag_V,ang_deg");
    expect(rows.slice(1, -1).map((row) => row.split(",")[0])).toEqual([
      "sourcebus.1",
      "sourcebus.2",
      "sourcebus.3",
      "b.1",
      "b.2",
      "b.3",
    ]);
    expect(Number(rows[2]?.split(",")[4])).toBeCloseTo(-120, 6);
  });
});
