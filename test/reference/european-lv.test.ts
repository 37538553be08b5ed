// The IEEE European Low Voltage Test Feeder at the grid's level, against three other programs. The origin of every
// file is in the data folder's feeders/SOURCES.md; the gates are the ones that the project set itself.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileFeeder, createGridState } from "../../sim/grid/feeder.ts";
import { type ImportedFeeder, importOpenDss } from "../../sim/grid/opendss.ts";
import {
  createElementLoads,
  type NodeVoltage,
  nodesOf,
  solveDay,
} from "../../sim/grid/solve-report.ts";
import { type SolveOptions, solveStep } from "../../sim/grid/sweep.ts";
import { createReadText } from "../../sim/host/files.ts";
import { dataFile, type Skipping } from "../support/data.ts";

const FOLDER = "feeders/ieee-european-lv";
/** Loads keep P and Q at every voltage; `Master.dss` is OpenDSS's own, whose loads turn at 1.05 pu. */
const CONSTANT_POWER = "Master_constPQ_derived.dss";
const UNTOUCHED = "Master.dss";
const MINUTES = [
  { minute: 1, snapshot: "1min_Initialization_Off_Peak" },
  { minute: 566, snapshot: "566min_On_Peak" },
  { minute: 1440, snapshot: "1440min_End" },
];
const KEEPS = ["all", "needed"] as const;
/** Tight, so that what is compared is the model and not where the iteration stopped. */
const TIGHT: SolveOptions = { tolerancePu: 1e-12, iterationsMax: 100, loadModel: "opendss" };

const imported = new Map<string, ImportedFeeder>();

function feederOf(context: Skipping, master: string): ImportedFeeder {
  const file = dataFile(context, `${FOLDER}/${master}`);
  const known = imported.get(file) ?? importOpenDss(file, createReadText());
  imported.set(file, known);
  return known;
}

/** Rows of a reference file, each split at its commas. */
function table(context: Skipping, name: string): readonly (readonly string[])[] {
  const text = readFileSync(dataFile(context, `${FOLDER}/reference/${name}`), "utf8");
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(",").map((cell) => cell.trim()));
}

function solved(
  feeder: ImportedFeeder,
  at: { readonly minute: number; readonly keep: "all" | "needed" },
  options: SolveOptions = TIGHT,
): ReadonlyMap<string, NodeVoltage> {
  const compiled = compileFeeder(feeder, { keep: at.keep });
  const state = createGridState(compiled);
  const loads = createElementLoads(feeder, compiled);
  loads.fill(at.minute);
  const { converged } = solveStep(compiled, state, loads.activeW, loads.reactiveVar, options);
  expect(converged).toBe(true);
  return new Map(nodesOf(compiled, state).map((node) => [node.node, node]));
}

/** The largest distance between ours and theirs over the nodes that both have, and how many those are. */
function worst(
  ours: ReadonlyMap<string, NodeVoltage>,
  theirs: readonly { readonly node: string; readonly offV: (ours: NodeVoltage) => number }[],
): { readonly nodes: number; readonly offV: number } {
  const off = theirs.flatMap(({ node, offV }) => {
    const found = ours.get(node);
    return found === undefined ? [] : [offV(found)];
  });
  return { nodes: off.length, offV: Math.max(...off) };
}

/** The published files leave the source out, or hold it before its impedance: 906 buses of three phases. */
const NODES = { all: 2718, needed: 615 };

describe("IEEE European LV feeder", () => {
  for (const keep of KEEPS) {
    test.for(MINUTES)(
      `GridLAB-D's published voltages hold at minute $minute, keeping ${keep} buses`,
      ({ minute, snapshot }, context) => {
        const ours = solved(feederOf(context, CONSTANT_POWER), { minute, keep });
        const rows = table(context, `GridLAB-D__Snapshot_${snapshot}__Voltages.csv`).slice(2);
        const theirs = rows.flatMap(([name, ...cells]) =>
          [0, 1, 2].map((phase) => ({
            node: `${name!.replace("Bus", "")}.${phase + 1}`,
            offV: ({ magV }: NodeVoltage) => Math.abs(magV - Number(cells[2 * phase])),
          })),
        );
        const { nodes, offV } = worst(ours, theirs);
        expect(nodes).toBe(NODES[keep]);
        // The file has six decimals; GridLAB-D's own stopping rule leaves a few of the last of them open.
        expect(offV).toBeLessThan(1e-4);
      },
    );

    test.for(MINUTES)(
      `OpenDSS's published voltages hold at minute $minute, keeping ${keep} buses`,
      ({ minute, snapshot }, context) => {
        const ours = solved(feederOf(context, CONSTANT_POWER), { minute, keep });
        const rows = table(context, `OpenDSS__Snapshot_${snapshot}__Voltages.csv`).slice(1);
        const theirs = rows.slice(1).flatMap((cells) =>
          [0, 1, 2].map((phase) => ({
            node: `${cells[0]}.${cells[2 + 4 * phase]}`,
            offV: ({ magV }: NodeVoltage) => Math.abs(magV - Number(cells[3 + 4 * phase])),
          })),
        );
        const { nodes, offV } = worst(ours, theirs);
        expect(nodes).toBe(NODES[keep]);
        // Six digits, 0.5 mV of rounding, and solved with OpenDSS's default tolerance of 1e-4: up to 2 mV off.
        expect(offV).toBeLessThan(2e-3);
      },
    );

    test.for(
      [1, 566, 900, 1440].flatMap((minute) => [
        { minute, loads: "constant power", master: CONSTANT_POWER, reference: "constPQ_tol1e-9" },
        { minute, loads: "OpenDSS's own band", master: UNTOUCHED, reference: "tol1e-9" },
      ]),
    )(
      `OpenDSS at tolerance 1e-9 and we agree in every phasor: minute $minute, $loads, ${keep} buses`,
      ({ minute, master, reference }, context) => {
        const ours = solved(feederOf(context, master), { minute, keep });
        const rows = table(context, `opendss-eulv_${reference}_t${minute}.csv`).slice(1);
        const theirs = rows.map(([node, re, im]) => ({
          node: node!,
          offV: ({ reV, imV }: NodeVoltage) => Math.hypot(reV - Number(re), imV - Number(im)),
        }));
        const { nodes, offV } = worst(ours, theirs);
        expect(nodes).toBe(NODES[keep] + 3);
        // OpenDSS puts a millionth of a transformer's rating to ground so that a delta does not float.
        expect(offV).toBeLessThan(1e-3);
      },
    );
  }

  test("constant power written into the loads and asked of the solver give the same bits", (context) => {
    const feeder = feederOf(context, CONSTANT_POWER);
    const written = solved(feeder, { minute: 566, keep: "needed" });
    const asked = solved(
      feeder,
      { minute: 566, keep: "needed" },
      { ...TIGHT, loadModel: "constant-power" },
    );
    expect(asked).toEqual(written);
  });

  test.for(KEEPS)(
    "the day's energies at constant power are the reference's, keeping %s buses",
    (keep, context) => {
      const feeder = feederOf(context, CONSTANT_POWER);
      const day = solveDay(feeder, { loadModel: "constant-power", tolerancePu: 1e-7 }, keep);
      expect(day.failedMinutes).toEqual([]);
      // OpenDSS at tolerance 1e-9, summed over its 1,440 minutes; ± 0.001 is the project's gate.
      expect(Math.abs(day.sourceKWh - 488.45917)).toBeLessThan(0.001);
      expect(Math.abs(day.secondaryKWh - 488.3861)).toBeLessThan(0.001);
      expect(Math.abs(day.secondaryKvarh - 159.72051)).toBeLessThan(0.001);
      expect(Math.abs(day.lossesKWh - 4.54502)).toBeLessThan(0.001);
    },
  );

  test.for(KEEPS)(
    "the day's energy with OpenDSS's load behaviour is OpenDSS's, keeping %s buses",
    (keep, context) => {
      const feeder = feederOf(context, UNTOUCHED);
      const day = solveDay(feeder, { loadModel: "opendss", tolerancePu: 1e-7 }, keep);
      expect(day.failedMinutes).toEqual([]);
      expect(Math.abs(day.sourceKWh - 522.36836)).toBeLessThan(0.01);
    },
  );

  test.for([
    { loads: "constant power", master: CONSTANT_POWER, reference: "constPQ_tol1e-9" },
    { loads: "OpenDSS's own band", master: UNTOUCHED, reference: "tol1e-9" },
  ])(
    "OpenDSS's source power and losses hold in all 1,440 minutes: $loads",
    ({ master, reference }, context) => {
      const feeder = feederOf(context, master);
      const compiled = compileFeeder(feeder, { keep: "needed" });
      const state = createGridState(compiled);
      const loads = createElementLoads(feeder, compiled);
      const rows = table(context, `opendss-eulv_${reference}_totals.csv`).slice(1);
      expect(rows).toHaveLength(1440);
      let worstSourceW = 0;
      let worstLossesW = 0;
      for (const [minute, sourceKW, , lossesW] of rows) {
        loads.fill(Number(minute));
        const minuteResult = solveStep(compiled, state, loads.activeW, loads.reactiveVar, TIGHT);
        worstSourceW = Math.max(
          worstSourceW,
          Math.abs(minuteResult.sourceW - 1000 * Number(sourceKW)),
        );
        worstLossesW = Math.max(worstLossesW, Math.abs(minuteResult.lossesW - Number(lossesW)));
      }
      // Nine digits of up to 60 kW; OpenDSS's tolerance 1e-9 of voltage lets the power go by some milliwatts.
      expect(worstSourceW).toBeLessThan(0.01);
      expect(worstLossesW).toBeLessThan(0.001);
    },
  );

  test("GridLAB-D's power out of the transformer holds in all 1,440 minutes", (context) => {
    const feeder = feederOf(context, CONSTANT_POWER);
    const compiled = compileFeeder(feeder, { keep: "needed" });
    const state = createGridState(compiled);
    const loads = createElementLoads(feeder, compiled);
    const rows = table(context, "GridLAB-D__Powers_Transformer_Secondary_24hr.csv").slice(1);
    expect(rows).toHaveLength(1440);
    let worstShare = 0;
    rows.forEach(([, watts, vars], index) => {
      loads.fill(index + 1);
      const { secondaryW, secondaryVar } = solveStep(
        compiled,
        state,
        loads.activeW,
        loads.reactiveVar,
        TIGHT,
      );
      worstShare = Math.max(worstShare, Math.abs(secondaryW / Number(watts) - 1));
      worstShare = Math.max(worstShare, Math.abs(secondaryVar / Number(vars) - 1));
    });
    expect(worstShare).toBeLessThan(1e-5); // the file has six digits
  });

  test.for(KEEPS)(
    "GridLAB-D's current flows in every line at the peak, keeping %s buses",
    (keep, context) => {
      const feeder = feederOf(context, CONSTANT_POWER);
      const compiled = compileFeeder(feeder, { keep });
      const state = createGridState(compiled);
      const loads = createElementLoads(feeder, compiled);
      loads.fill(566);
      solveStep(compiled, state, loads.activeW, loads.reactiveVar, TIGHT);
      const rows = table(context, "GridLAB-D__Snapshot_566min_On_Peak__Currents.csv");
      const lines = new Map(rows.map((cells) => [cells[0]!.toLowerCase(), cells]));
      const offA = feeder.lines.flatMap(({ id }, line) =>
        [0, 1, 2].map((phase) => {
          const ourA = state.branchCurrentA[3 * compiled.branchOfLine[line]! + phase]!;
          return Math.abs(ourA - Number(lines.get(id)![1 + 2 * phase]));
        }),
      );
      expect(offA).toHaveLength(3 * 905);
      expect(Math.max(...offA)).toBeLessThan(1e-4); // six decimals, and GridLAB-D's stopping rule
    },
  );

  test("OpenDSS's published voltages at loads 1, 32 and 53 hold in all 1,440 minutes", (context) => {
    const feeder = feederOf(context, CONSTANT_POWER);
    const compiled = compileFeeder(feeder, { keep: "needed" });
    const state = createGridState(compiled);
    const loads = createElementLoads(feeder, compiled);
    const watched = [1, 32, 53].map((load) => ({
      element: compiled.elements.findIndex((element) => element.load === `load${load}`),
      rows: table(
        context,
        `OpenDSS__Voltages_and_Currents_Load__1__32__53_24hr__Load_${load}.csv`,
      ).slice(1),
    }));
    let worstV = 0;
    for (let minute = 1; minute <= 1440; minute++) {
      loads.fill(minute);
      solveStep(compiled, state, loads.activeW, loads.reactiveVar, TIGHT);
      for (const { element, rows } of watched) {
        const theirs = Number(rows[minute - 1]![2]);
        worstV = Math.max(worstV, Math.abs(state.elementVoltageV[element]! - theirs));
      }
    }
    expect(worstV).toBeLessThan(5e-3); // solved with OpenDSS's default tolerance of 1e-4
  });
});
