// Laws that hold on every radial feeder, tried on random ones: trees of up to fourteen buses with one- to three-phase
// lines, mutual coupling, capacitance, chains without customers, and loads to ground and between phases.

import fc from "fast-check";
import { expect, test } from "vitest";
import { compileFeeder, createGridState } from "../../sim/grid/feeder.ts";
import type { ImportedFeeder, ImportedLine } from "../../sim/grid/opendss.ts";
import { solveStep } from "../../sim/grid/sweep.ts";
import { HEAD, importText, type Solved, solveOnce } from "../support/networks.ts";

const CHECK: fc.Parameters<unknown> = { seed: 20_260_112, numRuns: 200 };

interface RandomBus {
  /** Which earlier bus it hangs on: a share of those. */
  readonly parent: number;
  readonly lengthM: number;
  /** One phase of 1 to 3, or 0 for all. */
  readonly phase: number;
  readonly nanoFarad: number;
  readonly loads: readonly { readonly watts: number; readonly vars: number; readonly at: number }[];
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const load = fc.record({
  watts: fc.integer({ min: -2000, max: 4000 }),
  vars: fc.integer({ min: -1000, max: 2000 }),
  at: share,
});
const randomBuses: fc.Arbitrary<readonly RandomBus[]> = fc.array(
  fc.record({
    parent: share,
    lengthM: fc.integer({ min: 1, max: 60 }),
    phase: fc.constantFrom(0, 0, 0, 1, 2, 3),
    nanoFarad: fc.constantFrom(0, 0, 0, 250),
    loads: fc.array(load, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Street {
  readonly imported: ImportedFeeder;
  readonly activeW: readonly number[];
  readonly reactiveVar: readonly number[];
}

/** Writes random buses as a script; a line has the phases that it is given, as far as its upper end has them. */
function streetOf(buses: readonly RandomBus[]): Street {
  const phasesAt: number[][] = [[1, 2, 3]];
  const lines: string[] = [];
  const loads: string[] = [];
  const activeW: number[] = [];
  const reactiveVar: number[] = [];
  buses.forEach((bus, index) => {
    const parent = Math.floor(bus.parent * phasesAt.length);
    const above = phasesAt[parent]!;
    const phases = above.includes(bus.phase) ? [bus.phase] : above;
    phasesAt.push(phases);
    const dots = phases.map((phase) => `.${phase}`).join("");
    const from = parent === 0 ? "sourcebus" : `n${parent}`;
    const matrix =
      phases.length === 3
        ? "rmatrix=[0.6|0.2 0.6|0.2 0.2 0.6] xmatrix=[0.3|0.1 0.3|0.15 0.1 0.3]"
        : "rmatrix=[0.8] xmatrix=[0.2]";
    const c = bus.nanoFarad;
    const shunt = phases.length === 3 ? `[${c}|${-c / 5} ${c}|${-c / 5} ${-c / 5} ${c}]` : `[${c}]`;
    lines.push(
      `New LineCode.c${index} nphases=${phases.length} ${matrix} cmatrix=${shunt} Units=km`,
      `New Line.l${index} Bus1=${from}${dots} Bus2=n${index + 1}${dots} Phases=${phases.length} Linecode=c${index} Length=${bus.lengthM} Units=m`,
    );
    bus.loads.forEach(({ watts, vars, at }, k) => {
      const first = Math.floor(at * phases.length);
      const isBetween = phases.length === 3 && watts % 5 === 0;
      const nodes = isBetween ? `.${first + 1}.${((first + 1) % 3) + 1}` : `.${phases[first]}`;
      loads.push(`New Load.h${index}-${k} Phases=1 Bus1=n${index + 1}${nodes} kV=0.23 kW=1 PF=1`);
      activeW.push(watts);
      reactiveVar.push(vars);
    });
  });
  const text = `${HEAD}Edit Vsource.Source R1=0.02 X1=0.02 R0=0.03 X0=0.04\n${[...lines, ...loads].join("\n")}`;
  return { imported: importText(text), activeW, reactiveVar };
}

const street = randomBuses.map(streetOf);
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

test("what the source gives is what the loads take and the lines heat", () => {
  fc.assert(
    fc.property(street, ({ imported, ...loads }) => {
      const { state, result } = solveOnce(imported, loads);
      expect(result.converged).toBe(true);
      const off = result.sourceW - sum(state.elementActiveW) - result.lossesW;
      expect(Math.abs(off)).toBeLessThan(1e-6 * Math.abs(result.sourceW) + 1e-3); // the design's invariant
      expect(sum(state.branchLossW)).toBeCloseTo(result.lossesW, 9);
    }),
    CHECK,
  );
});

test("every load takes what was asked of it", () => {
  fc.assert(
    fc.property(street, ({ imported, activeW, reactiveVar }) => {
      const { state } = solveOnce(imported, { activeW, reactiveVar });
      // 1e-12 of voltage is 1e-12 of up to 4 kW.
      for (const row of activeW.keys()) {
        expect(state.elementActiveW[row]).toBeCloseTo(activeW[row]!, 6);
        expect(state.elementReactiveVar[row]).toBeCloseTo(reactiveVar[row]!, 6);
      }
    }),
    CHECK,
  );
});

interface Phasor {
  re: number;
  im: number;
}

/** A node's voltage by name, as the solver left it. */
function voltageAt({ feeder, state }: Solved, bus: string, phase: number): Phasor {
  const node = 3 * feeder.busNames.indexOf(bus) + phase - 1;
  return { re: state.voltageRe[node]!, im: state.voltageIm[node]! };
}

/**
 * Currents into the lower end of every line by Kirchhoff's first law: what the loads and half-line capacitances of
 * all buses below it draw. Built from the imported network, not from the compiled one.
 */
function lineCurrents(
  solved: Solved,
  imported: ImportedFeeder,
  loads: readonly Phasor[],
): Phasor[][] {
  const drawn = new Map<string, Phasor[]>();
  const at = (bus: string): Phasor[] => {
    const known = drawn.get(bus) ?? [1, 2, 3].map(() => ({ re: 0, im: 0 }));
    drawn.set(bus, known);
    return known;
  };
  const add = (to: Phasor, re: number, im: number): void => {
    to.re += re;
    to.im += im;
  };
  solved.feeder.elements.forEach(({ bus, phase, otherPhase }, row) => {
    const { re, im } = loads[row]!;
    add(at(solved.feeder.busNames[bus]!)[phase - 1]!, re, im);
    if (otherPhase > 0) add(at(solved.feeder.busNames[bus]!)[otherPhase - 1]!, -re, -im);
  });
  for (const line of imported.lines) {
    for (const end of [line.from, line.to]) {
      for (const row of line.phases) {
        for (const column of line.phases) {
          const { re, im } = voltageAt(solved, end, column);
          const halfSiemens = line.shuntSiemens[3 * (row - 1) + column - 1]! / 2;
          add(at(end)[row - 1]!, -halfSiemens * im, halfSiemens * re);
        }
      }
    }
  }
  const below = (line: ImportedLine): Phasor[] =>
    imported.lines
      .filter(({ from }) => from === line.to)
      .map(below)
      .reduce(
        (total, more) =>
          total.map((here, k) => ({ re: here.re + more[k]!.re, im: here.im + more[k]!.im })),
        at(line.to).map((here) => ({ ...here })),
      );
  return imported.lines.map(below);
}

test("the voltages satisfy Kirchhoff's laws, worked out again from the imported network", () => {
  fc.assert(
    fc.property(street, ({ imported, activeW, reactiveVar }) => {
      const solved = solveOnce(imported, { activeW, reactiveVar });
      const loads = solved.feeder.elements.map(({ bus, phase, otherPhase }, row) => {
        const name = solved.feeder.busNames[bus]!;
        const here = voltageAt(solved, name, phase);
        const other = otherPhase > 0 ? voltageAt(solved, name, otherPhase) : { re: 0, im: 0 };
        const [re, im] = [here.re - other.re, here.im - other.im];
        const square = re * re + im * im; // I = conj(S ÷ V)
        return {
          re: (activeW[row]! * re + reactiveVar[row]! * im) / square,
          im: (activeW[row]! * im - reactiveVar[row]! * re) / square,
        };
      });
      const currents = lineCurrents(solved, imported, loads);
      imported.lines.forEach((line, index) => {
        for (const phase of line.phases) {
          const upper = voltageAt(solved, line.from, phase);
          const lower = voltageAt(solved, line.to, phase);
          let [re, im] = [upper.re - lower.re, upper.im - lower.im];
          for (const other of line.phases) {
            const entry = 3 * (phase - 1) + other - 1;
            const [ohm, reactance] = [line.seriesOhm[entry]!, line.seriesReactanceOhm[entry]!];
            const current = currents[index]![other - 1]!;
            re -= ohm * current.re - reactance * current.im;
            im -= ohm * current.im + reactance * current.re;
          }
          // Solved to 1e-12 of 231 V; what is left is rounding in sums of up to fourteen buses.
          expect(Math.hypot(re, im)).toBeLessThan(1e-8);
        }
      });
    }),
    CHECK,
  );
});

test("without loads nothing flows but what charges the lines, and that is 90° ahead", () => {
  fc.assert(
    fc.property(street, ({ imported }) => {
      const { state, result, feeder } = solveOnce(imported);
      const isCharged = imported.lines.some(({ shuntSiemens }) =>
        shuntSiemens.some((s) => s !== 0),
      );
      expect(feeder.hasShunt).toBe(isCharged);
      expect(Math.abs(result.sourceW - result.lossesW)).toBeLessThan(1e-9);
      if (isCharged) expect(result.sourceVar).toBeLessThan(0);
      else expect(Math.max(...state.branchCurrentA)).toBe(0);
    }),
    CHECK,
  );
});

test("leaving out buses that nothing hangs on changes no voltage, loss or source power", () => {
  fc.assert(
    fc.property(street, ({ imported, ...loads }) => {
      const all = solveOnce(imported, { ...loads, keep: "all" });
      const sourceW = all.result.sourceW;
      const needed = solveOnce(imported, { ...loads, keep: "needed" });
      expect(needed.feeder.busNames.length).toBeLessThanOrEqual(all.feeder.busNames.length);
      expect(needed.result.sourceW).toBeCloseTo(sourceW, 7);
      expect(needed.result.lossesW).toBeCloseTo(all.result.lossesW, 7);
      expect(needed.result.sourceVar).toBeCloseTo(all.result.sourceVar, 7);
      for (const bus of needed.feeder.busNames) {
        for (const phase of [1, 2, 3]) {
          const [a, b] = [voltageAt(all, bus, phase), voltageAt(needed, bus, phase)];
          expect(Math.hypot(a.re - b.re, a.im - b.im)).toBeLessThan(1e-9);
        }
      }
      imported.lines.forEach((_, line) => {
        const [allRow, neededRow] = [all, needed].map(
          ({ feeder }) => 3 * feeder.branchOfLine[line]!,
        );
        for (const phase of [0, 1, 2]) {
          const ours = needed.state.branchCurrentA[neededRow! + phase]!;
          expect(ours).toBeCloseTo(all.state.branchCurrentA[allRow! + phase]!, 7);
        }
      });
    }),
    CHECK,
  );
});

test("the order of the loads in the file changes no result by more than rounding", () => {
  fc.assert(
    fc.property(randomBuses, (buses) => {
      const { imported, activeW, reactiveVar } = streetOf(buses);
      const forward = solveOnce(imported, { activeW, reactiveVar });
      const { sourceW } = forward.result;
      const backward = solveOnce(
        { ...imported, loads: imported.loads.toReversed() },
        { activeW: activeW.toReversed(), reactiveVar: reactiveVar.toReversed() },
      );
      expect(backward.result.sourceW).toBeCloseTo(sourceW, 7);
    }),
    CHECK,
  );
});

test("a solution found from the last step's is the one found from the start, to the tolerance", () => {
  fc.assert(
    fc.property(street, fc.array(share, { minLength: 1, maxLength: 5 }), (random, shares) => {
      const { imported, activeW, reactiveVar } = random;
      const feeder = compileFeeder(imported, { keep: "needed" });
      const warm = createGridState(feeder);
      const options = {
        tolerancePu: 1e-9,
        iterationsMax: 100,
        loadModel: "constant-power",
      } as const;
      for (const part of [...shares, 1]) {
        const watts = Float64Array.from(activeW, (value) => value * part);
        const vars = Float64Array.from(reactiveVar, (value) => value * part);
        solveStep(feeder, warm, watts, vars, options);
      }
      const cold = solveOnce(imported, { activeW, reactiveVar, keep: "needed" });
      for (let node = 0; node < warm.voltageRe.length; node++) {
        // Each sweep shrinks the error at least by half here, so it is of the size of the last change: 1e-9 · 231 V.
        expect(Math.abs(warm.voltageRe[node]! - cold.state.voltageRe[node]!)).toBeLessThan(5e-7);
      }
    }),
    CHECK,
  );
});

test("every step ends: loads far beyond what the lines can carry are reported, with finite voltages kept", () => {
  fc.assert(
    fc.property(
      street,
      fc.integer({ min: 1, max: 9 }),
      ({ imported, activeW, reactiveVar }, power) => {
        const scale = 10 ** power;
        const { result, state } = solveOnce(imported, {
          activeW: activeW.map((watts) => watts * scale),
          reactiveVar,
          options: { iterationsMax: 50 },
        });
        expect(result.iterations).toBeLessThanOrEqual(50);
        expect([...state.voltageRe, ...state.voltageIm].every(Number.isFinite)).toBe(true);
        if (!result.converged) expect(result.worstBus).not.toBe("");
      },
    ),
    CHECK,
  );
});
