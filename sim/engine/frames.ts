// Frames: what a session may see of the twin, one function a channel. Truth channels read the plant and the
// air, belief channels read the belief; only the score reads both.

import { mastLoadShare } from "../comms/capacity.ts";
import { isUp } from "../comms/outages.ts";
import { levelOf, servingMast } from "../comms/registration.ts";
import type { AirState } from "../comms/state.ts";
import {
  type BeliefStreet,
  type BeliefSupplyColumns,
  type BoardFace,
  type ChannelName,
  FLIGHTS_SHOWN_MAX,
  type FlightView,
  FRAME_VERSION,
  type Frame,
  type ScoreStreet,
  type TruthBranchColumns,
  type TruthStreet,
  type TruthSupplyColumns,
  type UnsolvedView,
} from "../contract/frame.ts";
import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import { type Sky, skyAt } from "../contract/weather.ts";
import { HOUR_MS, type SimMs } from "../core/time.ts";
import { ownTime } from "../plant/meters/clock.ts";
import { meterDisplay } from "../plant/meters/display.ts";
import { readQuantities } from "../plant/meters/quantities.ts";
import { registerMilliWh } from "../plant/meters/registers.ts";
import type { PlantState } from "../plant/state.ts";
import { arrearsMinor, disputedMinor, owedMinor } from "../utility/billing/accounts.ts";
import { HISTORY, kindOf, registerAt, TRANSFORMER_ELEMENTS } from "../utility/history.ts";
import type { BeliefState } from "../utility/state.ts";
import { terminalColumns } from "./phases/plant.ts";
import { nodeVoltageV } from "./phases/protection.ts";
import { TOTALS_PER_FEEDER } from "./plant-model.ts";
import {
  billingReport,
  commandsReport,
  commsReport,
  detectionReport,
  energyReport,
  takenDownWh,
  unknownWh,
} from "./score.ts";
import { gatherPlant } from "./shards.ts";
import type { Model, Twin } from "./world.ts";

const W_MS_PER_WH = 3_600_000;

/** The frame of one channel now; events have their own way (`eventFrame`). */
export function makeFrame(
  twin: Twin,
  channel: Exclude<ChannelName, "truth/event" | "belief/event">,
): Frame {
  const { model, world } = twin;
  gatherPlant(twin);
  const { nowMs, step } = world.engine.clock;
  const head = { version: FRAME_VERSION, step, simMs: nowMs } as const;
  const { plant, air, belief } = world;
  switch (channel) {
    case "truth/supply":
      return { ...head, channel, data: truthSupply(twin, nowMs) };
    case "truth/branch":
      return { ...head, channel, data: truthBranch(model, plant) };
    case "truth/street":
      return { ...head, channel, data: truthStreet(model, plant, air, nowMs, takenDownWh(belief)) };
    case "belief/supply":
      return { ...head, channel, data: beliefSupply(model, belief, nowMs) };
    case "belief/street":
      return { ...head, channel, data: beliefStreet(model, belief, nowMs) };
    case "score/street":
      return { ...head, channel, data: scoreStreet({ model, world }) };
  }
}

/** Rounds to what a screen or a plot can use; frames are not state. */
const to = (value: number, decimals: number): number => {
  const scale = [1, 10, 100, 1000][decimals]!;
  return Math.round(value * scale) / scale;
};

function truthSupply({ model, world, faces }: Twin, nowMs: SimMs): TruthSupplyColumns {
  const { plant, air } = world;
  const { meters, theft, power, energy } = plant;
  const rows = model.plantSpec.supplies.map((_, row) => row);
  const sumOver = (row: number, column: Float64Array): number => {
    let sum = 0;
    const first = model.meters.firstElement[row]!;
    for (let k = 0; k < model.meters.elementCount[row]!; k++) sum += column[first + k]!;
    return sum;
  };
  const meter = { state: meters, logs: plant.meterLogs };
  const faceOf = (row: number): BoardFace | undefined =>
    meters.devices[row] === "" ? undefined : faces.get(model.meters.ids[row]!);
  const terminals = terminalColumns(power, nowMs);
  const quantities = rows.map((row) => {
    const { firstElement, elementCount } = model.meters;
    const [first, count] = [firstElement[row]!, elementCount[row]!];
    return readQuantities(model.meters, terminals, meters, { row, first, count });
  });
  const throughMeterW = rows.map((row) => sumOver(row, power.meteredW));
  const activeW = rows.map((row) => throughMeterW[row]! + power.hookW[row]!);
  const reactiveVar = rows.map((row) => sumOver(row, power.meteredVar) + power.hookVar[row]!);
  return {
    voltageV: rows.map((row) => to(power.voltageV[row]!, 2)),
    currentA: rows.map((row) => {
      const voltageV = power.voltageV[row]!;
      const apparentVa = Math.sqrt(
        activeW[row]! * activeW[row]! + reactiveVar[row]! * reactiveVar[row]!,
      );
      return voltageV > 0 ? to(apparentVa / voltageV, 3) : 0;
    }),
    activePowerW: activeW.map((watts) => to(watts, 1)),
    deliveredWh: rows.map((row) => to(energy.deliveredWMs[row]! / W_MS_PER_WH, 1)),
    importWh: rows.map((row) => Math.floor(registerMilliWh(model.meters, meters, row) / 1000)),
    relayOpen: rows.map((row) => (meters.relayOpen[row] === 1 ? 1 : 0)),
    bypassShare: rows.map((row) => theft.bypassShare[row]!),
    theftKinds: rows.map((row) => theft.atWork[row]!),
    unmeteredW: rows.map((row) => {
      const hidden = 1 - meters.sensedShare[model.meters.firstElement[row]!]!;
      return to(power.hookW[row]! + throughMeterW[row]! * hidden, 1);
    }),
    offReason: rows.map((row) => {
      const { feeder } = model.plantSpec.supplies[row]!;
      if (plant.cuts.supply[row] !== 0 || plant.cuts.feeder[feeder] !== 0) return "cut";
      if (isDark(model, plant, row)) return "fuse";
      return meters.relayOpen[row] === 1 && theft.isBridged[row] === 0 ? "relay" : "";
    }),
    tamperFlags: rows.map((row) => meters.tamperFlags[row]!),
    waiting: rows.map((row) => air.waiting[row]!),
    servingMast: rows.map((row) => servingMast(air, row)),
    signalDbm: rows.map((row) => {
      const mast = servingMast(air, row);
      return mast < 0 ? null : to(levelOf(model.airSpec, row, mast), 1);
    }),
    displayText: rows.map(
      (row) => faceOf(row)?.displayText ?? meterDisplay(model.meters, meter, terminals, row, nowMs),
    ),
    neutralCurrentA: quantities.map(({ neutralCurrentA }) => neutralCurrentA),
    powerFactor: quantities.map(({ powerFactor }) => powerFactor),
    creditMinor: rows.map((row) =>
      meters.prepaid.isPrepaid[row] === 1
        ? Math.floor(meters.prepaid.creditMilliMinor[row]! / 1000)
        : null,
    ),
    clockOffsetMs: rows.map((row) => ownTime(model.meters, meters.clock, row, nowMs) - nowMs),
    device: rows.map((row) => meters.devices[row]!),
    boards: rows.flatMap((row) => faceOf(row) ?? []),
  };
}

function truthBranch(model: Model, plant: PlantState): TruthBranchColumns {
  const currentA = model.layoutBranch.map((_, row) => to(largestPhaseA(model, plant, row), 2));
  return {
    currentA,
    loadingShare: model.resolved.layout.branches.map(({ ratingA }, row) =>
      ratingA === null ? 0 : to(currentA[row]! / ratingA, 3),
    ),
    voltageV: model.layoutBranch.map((_, row) => to(lowestPhaseV(model, plant, row), 1)),
    fuseOpen: model.layoutBranch.map((_, row) => blownPhases(model, plant, row)),
  };
}

function largestPhaseA(model: Model, plant: PlantState, row: number): number {
  const { feeder, branch } = model.layoutBranch[row]!;
  const { branchCurrentA } = plant.grid[model.feeders[feeder]!.id]!;
  return Math.max(
    branchCurrentA[3 * branch]!,
    branchCurrentA[3 * branch + 1]!,
    branchCurrentA[3 * branch + 2]!,
  );
}

/** At the far end of a branch, of its lowest phase that is alive; on a folded chain that of the chain's end. */
function lowestPhaseV(model: Model, plant: PlantState, row: number): number {
  const { feeder, branch } = model.layoutBranch[row]!;
  if (plant.cuts.feeder[feeder] !== 0) return 0;
  const phases = model.resolved.layout.branches[row]!.phases;
  let lowestV = 0;
  for (let phase = 0; phase < 3; phase++) {
    if ((phases & (1 << phase)) === 0) continue;
    const voltageV = nodeVoltageV(plant, model.feeders[feeder]!.id, 3 * branch + phase);
    if (voltageV > 0 && (lowestV === 0 || voltageV < lowestV)) lowestV = voltageV;
  }
  return lowestV;
}

/** Whether blown fuses leave a home without any phase. */
function isDark(model: Model, plant: PlantState, row: number): boolean {
  const { feeder } = model.plantSpec.supplies[row]!;
  const { id, firstElement, fuses } = model.feeders[feeder]!;
  if (fuses === null) return false;
  return plant.grid[id]!.deadElement.every(
    (dead, at) => dead === 1 || model.supplyOfElement[firstElement + at] !== row,
  );
}

/** Bits of the phases whose fuse at the near end of a branch has blown. */
function blownPhases(model: Model, plant: PlantState, row: number): number {
  const { id, fuses } = model.feeders[model.layoutBranch[row]!.feeder]!;
  const { blownAt } = plant.fuses[id]!;
  return model.layoutFuses[row]!.reduce(
    (bits, fuse) => (blownAt[fuse]! < 0 ? bits : bits | (1 << fuses!.phase[fuse]!)),
    0,
  );
}

function truthStreet(
  model: Model,
  plant: PlantState,
  air: AirState,
  nowMs: SimMs,
  removedWh: number,
): TruthStreet {
  const { totals } = plant.power;
  const supplies = model.plantSpec.supplies.length;
  let minVoltageV = Number.POSITIVE_INFINITY;
  let maxVoltageV = 0;
  for (let row = 0; row < supplies; row++) {
    if (plant.power.voltageV[row] === 0) continue;
    minVoltageV = Math.min(minVoltageV, plant.power.voltageV[row]!);
    maxVoltageV = Math.max(maxVoltageV, plant.power.voltageV[row]!);
  }
  let [sourceW, lossesW, loadingShare] = [0, 0, 0];
  model.resolved.layout.transformers.forEach(({ ratingVa }, feeder) => {
    const at = TOTALS_PER_FEEDER * feeder;
    sourceW += totals[at]!;
    lossesW += totals[at + 2]!;
    if (ratingVa > 0) loadingShare = Math.max(loadingShare, totals[at + 1]! / ratingVa);
  });
  return {
    sourceW: to(sourceW, 1),
    lossesW: to(lossesW, 1),
    transformerLoadingShare: to(loadingShare, 3),
    minVoltageV: to(Math.min(minVoltageV, maxVoltageV), 2),
    maxVoltageV: to(maxVoltageV, 2),
    ...networkView(model, air, nowMs),
    inFlight: air.flights.length,
    flights: flightViews(air),
    transformers: model.resolved.layout.transformers.map(({ ratingVa }, feeder) => ({
      loadingShare: ratingVa > 0 ? to(totals[TOTALS_PER_FEEDER * feeder + 1]! / ratingVa, 3) : 0,
      hotSpotC: hotSpotC(plant, feeder),
      topOilC: topOilC(plant, feeder),
      isOverloaded: plant.protection.isOverloaded[feeder] === 1,
    })),
    unsolved: unsolvedViews(model, plant),
    energy: energyReport(model, plant, { billedWh: 0, removedWh }),
    ...weatherNow(model, nowMs),
  };
}

/** Public, so that truth and belief have the same. */
function weatherNow({ resolved }: Model, nowMs: SimMs): { readonly weather?: Sky } {
  const sky = skyAt(resolved.weather ?? [], nowMs);
  return sky === null ? {} : { weather: sky };
}

function hotSpotC({ protection }: PlantState, feeder: number): number | null {
  const { topOilC, gradientK } = protection;
  return topOilC.length === 0 ? null : to(topOilC[feeder]! + gradientK[feeder]!, 1);
}

function topOilC({ protection }: PlantState, feeder: number): number | null {
  const oilC = protection.topOilC[feeder];
  return oilC === undefined ? null : to(oilC, 1);
}

/** Feeders whose last step has not converged. */
export function unsolvedViews(model: Model, { energy }: PlantState): readonly UnsolvedView[] {
  return model.feeders.flatMap(({ id, feeder }, row) => {
    const bus = energy.unsolvedBus[row]!;
    if (bus < 0) return [];
    return [{ feeder: id, bus: feeder.busNames[bus]!, mismatchPu: energy.unsolvedPu[row]! }];
  });
}

/** The newest messages under way, oldest first. */
function flightViews(air: AirState): readonly FlightView[] {
  return [...air.flights]
    .sort((a, b) => a.sequence - b.sequence)
    .slice(-FLIGHTS_SHOWN_MAX)
    .map(({ row, uplink, downlink }) => ({
      row,
      mast: servingMast(air, row),
      isUp: uplink !== null,
      kind: flightKind(uplink, downlink),
    }));
}

function flightKind(
  uplink: UplinkMessage | null,
  downlink: DownlinkMessage | null,
): FlightView["kind"] {
  if (uplink === null) return downlink?.kind === "command" ? "order" : "other";
  if (uplink.kind === "reading") return "reading";
  if (uplink.kind === "meter-event") return "event";
  return uplink.kind === "command-ack" ? "answer" : "other";
}

type NetworkView = Pick<
  TruthStreet,
  "mastUp" | "backhaulUp" | "mastMeters" | "mastLoadShare" | "coreUp" | "smsUp" | "dataUp"
>;

/** What of the mobile network is up, and how full it is. */
function networkView({ airSpec }: Model, air: AirState, nowMs: SimMs): NetworkView {
  const upOf = (bits: number): 0 | 1 => (bits === 0 ? 1 : 0);
  const mastMeters = airSpec.masts.map(() => 0);
  for (let row = 0; row < air.waiting.length; row++) {
    const mast = servingMast(air, row);
    if (mast >= 0) mastMeters[mast] = mastMeters[mast]! + 1;
  }
  return {
    mastUp: Array.from(air.mastDown, upOf),
    backhaulUp: Array.from(air.backhaulDown, upOf),
    mastMeters,
    mastLoadShare: mastMeters.map((_, mast) => to(mastLoadShare(airSpec, air, mast, nowMs), 3)),
    coreUp: isUp(air, "core") ? 1 : 0,
    smsUp: isUp(air, "sms") ? 1 : 0,
    dataUp: isUp(air, "data") ? 1 : 0,
  };
}

function beliefSupply(model: Model, belief: BeliefState, nowMs: SimMs): BeliefSupplyColumns {
  const { headend, accounts, detection } = belief;
  const { intervalMs, supplies } = model.records;
  const rows = supplies.map((_, row) => row);
  const openCases = supplies.map(({ id }) =>
    detection.cases.find(
      (each) => each.supply === id && (each.kind !== "theft" || each.state !== "cleared"),
    ),
  );
  const known = (row: number, column: Float64Array): number | null =>
    headend.lastMeasuredAt[row]! < 0 ? null : column[row]!;
  return {
    importWh: rows.map((row) => headend.lastImportWh[row]!),
    activePowerW: rows.map((row) => lastPowerW(belief, row, intervalMs)),
    voltageV: rows.map((row) => known(row, headend.lastVoltageV)),
    measuredAt: rows.map((row) => known(row, headend.lastMeasuredAt)),
    receivedAt: rows.map((row) => known(row, headend.lastReceivedAt)),
    isLate: rows.map((row) => {
      const lastAt = Math.max(0, headend.lastMeasuredAt[row]!);
      return nowMs - lastAt > 2 * intervalMs ? 1 : 0;
    }),
    missingIntervals: rows.map((row) => headend.missingIntervals[row]!),
    relayOpen: rows.map((row) => {
      const relay = headend.relay[row]!;
      return relay === 2 ? null : relay === 1 ? 1 : 0;
    }),
    accountState: rows.map((row) => accounts[row]!.state),
    owedMinor: rows.map((row) => owedMinor(accounts[row]!)),
    arrearsMinor: rows.map((row) => arrearsMinor(accounts[row]!, nowMs)),
    disputedMinor: accounts.map(disputedMinor),
    prepaidMinor: accounts.map(({ prepaid }) => prepaid?.creditMinor ?? null),
    caseId: openCases.map((found) => found?.id ?? ""),
    suspicion: openCases.map((found) => (found?.kind === "theft" ? to(found.probability, 3) : 0)),
    isOut: rows.map((row) => (belief.outages.isOut[row] === 1 ? 1 : 0)),
  };
}

/** Mean power over the newest interval whose two ends are known. */
function lastPowerW(belief: BeliefState, historyRow: number, intervalMs: number): number | null {
  const { headend } = belief;
  const end = headend.historyEnd[historyRow]!;
  if (end < 1 || kindOf(headend, historyRow, end - 1) === HISTORY.unknown) return null;
  const energyWh = registerAt(headend, historyRow, end) - registerAt(headend, historyRow, end - 1);
  return to((energyWh * HOUR_MS) / intervalMs, 0);
}

function beliefStreet(model: Model, belief: BeliefState, nowMs: SimMs): BeliefStreet {
  const { detection } = belief;
  const { intervalMs, supplies } = model.records;
  let transformerPowerW: number | null = 0;
  const transformerRows = TRANSFORMER_ELEMENTS * model.records.feeders.length;
  for (let element = 0; element < transformerRows; element++) {
    const phaseW = lastPowerW(belief, supplies.length + element, intervalMs);
    transformerPowerW =
      phaseW === null || transformerPowerW === null ? null : transformerPowerW + phaseW;
  }
  return {
    cases: detection.cases,
    outages: belief.outages.open.map(({ id, where, since, rows, sentence }) => ({
      id,
      where,
      since,
      homes: rows.length,
      sentence,
    })),
    unexplainedWh: detection.unexplainedWh === null ? null : to(detection.unexplainedWh, 0),
    expectedLossesWh:
      detection.expectedLossesWh === null ? null : to(detection.expectedLossesWh, 0),
    transformerPowerW,
    commands: commandsReport(belief),
    billing: billingReport(model, belief, nowMs),
    ...weatherNow(model, nowMs),
  };
}

function scoreStreet({ model, world }: Pick<Twin, "model" | "world">): ScoreStreet {
  const { energy } = world.plant;
  return {
    comms: commsReport(world.air),
    detection: detectionReport(model, world),
    stolenWh: Array.from(energy.stolenWMs, (wms) => to(wms / W_MS_PER_WH, 1)),
    unknownWh: unknownWh(model, world),
  };
}
