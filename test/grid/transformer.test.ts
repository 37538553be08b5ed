import { expect, test } from "vitest";
import { importText, type Solved, solveOnce } from "../support/networks.ts";

/** 11 kV behind nothing, a transformer to bus `low`, and a load on each of its phases. */
function substation(transformer: string, activeW: readonly number[] = [0, 0, 0]): Solved {
  const loads = [1, 2, 3].map((k) => `New Load.h${k} Phases=1 Bus1=low.${k} kV=0.24 kW=1 PF=1`);
  const text = `Set DefaultBaseFrequency=50
New Circuit.c BasekV=11 R1=0 X1=0 R0=0 X0=0
New Transformer.t Buses=[sourcebus low] kVs=[11 0.416] kVAs=[800 800] ${transformer}
${loads.join("\n")}`;
  return solveOnce(importText(text), { activeW });
}

// IEC 60076-1:2011, clause 7: the clock number times 30° is how far the low side lags.
test.for([
  { group: "Dyn1", says: "Conns=[delta wye]", angleDeg: -30 },
  { group: "Dyn11", says: "Conns=[delta wye] LeadLag=lead", angleDeg: 30 },
  { group: "Dyn11, as OpenDSS's euro", says: "Conns=[delta wye] LeadLag=euro", angleDeg: 30 },
  { group: "YNyn0", says: "Conns=[wye wye]", angleDeg: 0 },
])("an unloaded $group transformer turns its low side by $angleDeg°", ({ says, angleDeg }) => {
  const { magnitudeV, angleDeg: angleOf } = substation(says);
  const turned = (angle: number) => ((((angle + angleDeg + 180) % 360) + 360) % 360) - 180;
  for (const [phase, angle] of [
    [1, 0],
    [2, -120],
    [3, 120],
  ] as const) {
    expect(magnitudeV(`low.${phase}`)).toBeCloseTo(416 / Math.sqrt(3), 9);
    expect(angleOf(`low.${phase}`)).toBeCloseTo(turned(angle), 9);
  }
});

test("taps move the no-load ratio", () => {
  const { magnitudeV } = substation("Conns=[delta wye] Taps=[1.025 0.95]");
  expect(magnitudeV("low.2")).toBeCloseTo((416 / Math.sqrt(3)) * (0.95 / 1.025), 9);
});

test("the short-circuit impedance is XHL and load losses of the rated base, seen from the low side", () => {
  const text = `New Circuit.c BasekV=11
New Transformer.t Buses=[sourcebus low] Conns=[delta wye] kVs=[11 0.416] kVAs=[800 800] XHL=4 %LoadLoss=1.5`;
  const [transformer] = importText(text).transformers;
  const baseOhm = 416 ** 2 / 800e3; // 0.21632 Ω
  expect(transformer?.reactanceOhm).toBeCloseTo(0.04 * baseOhm, 12);
  expect(transformer?.resistanceOhm).toBeCloseTo(0.015 * baseOhm, 12);
});

test("percent resistances of the windings add up where no load loss is given", () => {
  const text = `New Circuit.c BasekV=11
New Transformer.t Buses=[sourcebus low] kVs=[11 0.416] kVAs=[800 800] %Rs=[0.5 0.7]`;
  const baseOhm = 416 ** 2 / 800e3;
  expect(importText(text).transformers[0]?.resistanceOhm).toBeCloseTo(0.012 * baseOhm, 12);
});

test("windings may be told one after the other", () => {
  const text = `New Circuit.c BasekV=11
New Transformer.t Phases=3 Windings=2 XHL=4
~ wdg=1 bus=sourcebus conn=delta kV=11 kVA=800 %R=0.5
~ wdg=2 bus=low conn=wye kV=0.416 kVA=800 %R=0.7`;
  expect(importText(text).transformers[0]).toMatchObject({
    from: "sourcebus",
    to: "low",
    primary: "delta",
    ratedVa: 800_000,
    primaryWindingV: 11_000,
    secondaryWindingV: 416 / Math.sqrt(3),
  });
});

test("at rated current a transformer of 1.5 % load loss turns 1.5 % of its rating into heat", () => {
  // 800 kVA: 12 kW at rated current. A third of 800 kW a phase, taken at less than rated voltage, draws I = P/V.
  const solved = substation(
    "Conns=[delta wye] XHL=0.001 %LoadLoss=1.5",
    [266_667, 266_667, 266_667],
  );
  const ratedA = 800e3 / (Math.sqrt(3) * 416);
  const overload = solved.state.branchCurrentA[3]! / ratedA;
  expect(solved.result.lossesW / (overload * overload)).toBeCloseTo(12_000, 3);
});

// A winding across A and C carries no current of B: the low phase that it feeds draws from A and returns in C.
test.for([
  { group: "Dyn1", says: "", empty: 2 },
  { group: "Dyn11", says: "LeadLag=lead", empty: 3 },
])(
  "current of low phase 1 of a $group flows in two high phases and not in phase $empty",
  ({ says, empty }) => {
    const text = `New Circuit.c BasekV=11 R1=0 X1=0 R0=0 X0=0
New Line.cable Bus1=sourcebus Bus2=high R1=0.1 X1=0 R0=0.1 X0=0 C1=0 C0=0 Length=1
New Transformer.t Buses=[high low] Conns=[delta wye] kVs=[11 0.416] kVAs=[800 800] XHL=4 ${says}
New Load.h Phases=1 Bus1=low.1 kV=0.24 kW=1 PF=1`;
    const { state, feeder } = solveOnce(importText(text), { activeW: [10_000] });
    const atBus = (bus: string, phase: number) =>
      state.branchCurrentA[3 * feeder.busNames.indexOf(bus) + phase - 1]!;
    const highA = atBus("low", 1) / (11_000 / (416 / Math.sqrt(3)));
    for (const phase of [1, 2, 3]) {
      expect(atBus("high", phase)).toBeCloseTo(phase === empty ? 0 : highA, 9);
    }
  },
);
