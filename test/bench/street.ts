// A street of 300 homes with the real firmware in every meter, each board behind its own Johnny-Five, through the slot
// that any board goes into. Alone: `node test/bench/street.ts [--homes N]`.

import { parseArgs } from "node:util";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { beginStep, finishStep } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { BOARD_DEADLINE_WALL_MS, createBoards } from "../../sim/host/boards.ts";
import { createDevice } from "../../sim/host/devices.ts";
import type { Measured } from "./measured.ts";

const HOMES = 300;
const CORES = 2;
/** Seconds of the street until the engine has compiled what the boards do; with 300 of them that is soon. */
const WARM_UP_STEPS = 20;
const RUN_STEPS = 5;
const RUNS = 5;

/** Board-seconds a second of processor time, times the cores, over the homes: from 1 on the street keeps up. */
export async function measureStreet(homes = HOMES): Promise<Measured> {
  const twin = createTwin(resolveScenario("street.yaml", (path) => fileOf(path, homes)));
  const boards = createBoards(createDevice, BOARD_DEADLINE_WALL_MS);
  const run = async (steps: number): Promise<void> => {
    for (let step = 0; step < steps; step++) {
      const swapped = beginStep(twin, []);
      const answers = await boards.ask(twin, swapped);
      const lost = answers.find(({ kind }) => kind === "no-answer");
      if (swapped.length !== homes || lost !== undefined) {
        throw new Error(`${swapped.length} of ${homes} homes have boards; ${JSON.stringify(lost)}`);
      }
      finishStep(twin, answers);
    }
  };
  try {
    await run(WARM_UP_STEPS);
    const perCpuSecond: number[] = [];
    for (let turn = 0; turn < RUNS; turn++) {
      const from = process.cpuUsage();
      await run(RUN_STEPS);
      const { user, system } = process.cpuUsage(from);
      perCpuSecond.push((homes * RUN_STEPS) / ((user + system) / 1e6));
    }
    const value = [...perCpuSecond].sort((a, b) => a - b)[RUNS >> 1]!;
    const ratio = (value * CORES) / homes;
    return {
      name: `street-of-${homes}-boards`,
      value,
      unit: "board-seconds a CPU-second",
      baseline: homes / CORES,
      ratio,
      spread: Math.max(...perCpuSecond) / Math.min(...perCpuSecond),
      target: `≥ real time on ${CORES} cores`,
      isMet: ratio >= 1,
    };
  } finally {
    await boards.close();
  }
}

/** The street's files: one trunk with a pole every ten metres, and a home at each, on L1 to L3 in turn. */
function fileOf(path: string, homes: number): string {
  const width = String(homes).length;
  const ids = Array.from(
    { length: homes },
    (_, at) => `supply-${String(at + 1).padStart(width, "0")}`,
  );
  if (path.endsWith("Master.dss")) return feederText(homes);
  if (!path.endsWith("street.yaml")) throw new Error(`the street has no file ${path}`);
  const boards = ids.map((target) => `  - { target: ${target}, device: emulated, from: 0s }`);
  return `meterville: 1
name: street
title: Street
seed: 1
step: 1s
days: 1
start: "2026-01-12T18:00"
zone: Asia/Kolkata
feeder: Master.dss
customers: from-feeder
loads: { model: occupancy, profile: india }
meters: { interval: 30min }
boards:
${boards.join("\n")}
`;
}

function feederText(homes: number): string {
  const lines = ["New Line.trunk-1 Bus1=t0 Bus2=p1 Phases=3 Linecode=trunk Length=10 Units=m"];
  for (let home = 1; home <= homes; home++) {
    const phase = 1 + (home % 3);
    const drop = `Bus1=p${home}.${phase} Bus2=h${home}.${phase} Phases=1 Linecode=drop Length=15`;
    lines.push(`New Line.drop-${home} ${drop} Units=m`);
    lines.push(
      `New Load.supply-${home} Phases=1 Bus1=h${home}.${phase} kV=0.231 kW=1 PF=0.95 Model=1`,
    );
    if (home === homes) break;
    const next = `Bus1=p${home} Bus2=p${home + 1} Phases=3 Linecode=trunk Length=10`;
    lines.push(`New Line.trunk-${home + 1} ${next} Units=m`);
  }
  return `Clear
Set DefaultBaseFrequency=50
New Circuit.Street
Edit Vsource.Source BasekV=11 Pu=1.03 ISC3=3000 ISC1=1500
New LineCode.trunk nphases=3 R1=0.02 X1=0.02 R0=0.08 X0=0.06 C1=0 C0=0 Units=km Normamps=800
New LineCode.drop nphases=1 rmatrix=[6.16] xmatrix=[0.18] cmatrix=[0] Units=km Normamps=44
New Transformer.T1 Buses=[sourcebus t0] Conns=[Delta Wye] kVs=[11 0.4] kVAs=[800 800] XHL=4.5 %LoadLoss=1.5 Sub=y
${lines.join("\n")}
Set VoltageBases=[11 0.4]
CalcVoltageBases
Solve
`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { homes: { type: "string" } } });
  const measured = await measureStreet(Number(values.homes ?? HOMES));
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}
