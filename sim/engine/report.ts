// The report of a run, without what only a host knows.

import type { RunReport } from "../contract/report.ts";
import {
  billingReport,
  commandsReport,
  commsReport,
  detectionReport,
  energyReport,
  gridReport,
  takenDownWh,
} from "./score.ts";
import { finalHash } from "./step.ts";
import type { Twin } from "./world.ts";

/** What the host adds: its versions and how fast it went. */
export interface HostFacts {
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  readonly timesRealTime: number;
}

/** The object of `run --json`, for the twin as it stands. Changes nothing. */
export function runReport(twin: Twin, host: HostFacts): RunReport {
  const { model, world } = twin;
  const { plant, air, belief, engine } = world;
  return {
    scenario: model.resolved.name,
    seed: model.resolved.seed,
    simulatedMs: engine.clock.nowMs,
    finalHash: finalHash(twin),
    timesRealTime: host.timesRealTime,
    provenance: {
      version: host.version,
      commit: host.commit,
      scenarioSha256: model.scenarioSha256,
      stepMs: engine.clock.stepMs,
      toleranceVoltagePu: model.plantSpec.tolerancePu,
      node: host.node,
    },
    energy: energyReport(model, plant, {
      billedWh: belief.billing.billedWh,
      removedWh: takenDownWh(belief),
    }),
    grid: gridReport(model, world),
    outages: { told: belief.outages.next - 1, open: belief.outages.open.length },
    comms: commsReport(air),
    commands: commandsReport(belief),
    billing: billingReport(model, belief, engine.clock.nowMs),
    detection: detectionReport(model, world),
    invariantsChecked: engine.clock.invariantsChecked,
  };
}
