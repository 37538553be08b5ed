// A town of any size: streets of one feeder each, a home every ten metres, so that figures of large runs have a run.

import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";

const HOMES_A_STREET = 100;
const STREETS_A_ROW = 40;

/** So many homes, in whole streets of a hundred, from six in the evening on. `more`: lines of the scenario. */
export function town(homes: number, more = "", step = "1s"): ResolvedScenario {
  const streets = Array.from({ length: Math.ceil(homes / HOMES_A_STREET) }, (_, street) => street);
  const feeders = streets.map((street) => {
    const east = 120 * (street % STREETS_A_ROW);
    const north = 1100 * Math.floor(street / STREETS_A_ROW);
    return `  - { id: street-${street + 1}, file: street-${street + 1}.dss, at: [${east}, ${north}] }`;
  });
  const scenario = `meterville: 1
name: town
title: Town
seed: 1
step: ${step}
days: 2
start: "2026-01-12T18:00"
zone: Asia/Kolkata
feeder:
${feeders.join("\n")}
customers: from-feeder
loads: { model: occupancy, profile: india }
meters: { interval: 30min }
${more}
`;
  return resolveScenario("town.yaml", (path) => {
    const street = /street-(\d+)\.dss$/.exec(path)?.[1];
    if (street !== undefined) return streetText(Number(street));
    if (path.endsWith("town.yaml")) return scenario;
    throw new Error(`the town has no file ${path}`);
  });
}

function streetText(street: number): string {
  const lines = ["New Line.trunk-1 Bus1=t0 Bus2=p1 Phases=3 Linecode=trunk Length=10 Units=m"];
  for (let home = 1; home <= HOMES_A_STREET; home++) {
    const phase = 1 + (home % 3);
    const id = `home-${street}-${home}`;
    const drop = `Bus1=p${home}.${phase} Bus2=h${home}.${phase} Phases=1 Linecode=drop Length=15`;
    lines.push(`New Line.drop-${home} ${drop} Units=m`);
    lines.push(`New Load.${id} Phases=1 Bus1=h${home}.${phase} kV=0.231 kW=1 PF=0.95 Model=1`);
    if (home === HOMES_A_STREET) break;
    const next = `Bus1=p${home} Bus2=p${home + 1} Phases=3 Linecode=trunk Length=10`;
    lines.push(`New Line.trunk-${home + 1} ${next} Units=m`);
  }
  return `Clear
Set DefaultBaseFrequency=50
New Circuit.Street${street}
Edit Vsource.Source BasekV=11 Pu=1.03 ISC3=3000 ISC1=1500
New LineCode.trunk nphases=3 R1=0.1 X1=0.07 R0=0.4 X0=0.3 C1=0 C0=0 Units=km Normamps=300
New LineCode.drop nphases=1 rmatrix=[6.16] xmatrix=[0.18] cmatrix=[0] Units=km Normamps=44
New Transformer.T1 Buses=[sourcebus t0] Conns=[Delta Wye] kVs=[11 0.4] kVAs=[250 250] XHL=4.5 %LoadLoss=1.5 Sub=y
${lines.join("\n")}
Set VoltageBases=[11 0.4]
CalcVoltageBases
Solve
`;
}
