// The one place that gets truth and belief together: to grade and to report, never to act.

import type { AirState } from "../comms/state.ts";
import type { TheftCase } from "../contract/frame.ts";
import type {
  BillingReport,
  CommandsReport,
  CommsReport,
  DetectionReport,
  EnergyReport,
  RunReport,
} from "../contract/report.ts";
import { THEFT_KINDS, type TheftKind } from "../contract/theft.ts";
import type { SimMs } from "../core/time.ts";
import { exportMilliWh, registerMilliWh } from "../plant/meters/registers.ts";
import { reliabilityOf } from "../plant/quality/interruptions.ts";
import type { PlantState } from "../plant/state.ts";
import { arrearsMinor, disputedMinor } from "../utility/billing/accounts.ts";
import { trialBalance } from "../utility/billing/ledger.ts";
import { takenDownWhOf } from "../utility/billing/meters-on-file.ts";
import type { BeliefState } from "../utility/state.ts";
import type { EngineState, Model, World } from "./world.ts";

const W_MS_PER_KWH = 3_600_000_000;

/** Energies since the start; metered is import less export. `removedWh`: what meters had counted that have been taken down. */
export function energyReport(
  model: Model,
  plant: PlantState,
  { billedWh, removedWh }: { readonly billedWh: number; readonly removedWh: number },
): EnergyReport {
  const { energy, meters } = plant;
  const supplies = model.plantSpec.supplies;
  let deliveredWMs = 0;
  let stolenWMs = 0;
  let meteredMilliWh = 1000 * removedWh;
  supplies.forEach(({ openingWh }, row) => {
    deliveredWMs += energy.deliveredWMs[row]!;
    stolenWMs += energy.stolenWMs[row]!;
    meteredMilliWh += registerMilliWh(model.meters, meters, row) - openingWh * 1000;
    meteredMilliWh -= exportMilliWh(model.meters, meters, row);
  });
  return {
    sourceKWh: sumOf(energy.sourceWMs) / W_MS_PER_KWH,
    secondaryKWh: sumOf(energy.secondaryWMs) / W_MS_PER_KWH,
    lossesKWh: sumOf(energy.lossesWMs) / W_MS_PER_KWH,
    deliveredKWh: deliveredWMs / W_MS_PER_KWH,
    meteredKWh: meteredMilliWh / 1e6,
    stolenKWh: stolenWMs / W_MS_PER_KWH,
    billedKWh: billedWh / 1000,
  };
}

/** What the meters that were taken down had counted, by the crews that read them. */
export function takenDownWh({ accounts }: BeliefState): number {
  return accounts.reduce((sum, account) => sum + takenDownWhOf(account), 0);
}

function sumOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
}

/** Voltages that supply points have had, power flows that did not converge, blown fuses, and interruptions. */
export function gridReport(model: Model, { plant, engine }: World): RunReport["grid"] {
  const { energy, interruptions } = plant;
  const { extremesV, failedSteps, unsolvedBus, unsolvedPu, fusesBlown } = energy;
  const { nowMs, step } = engine.clock;
  const hasRun = step > 0;
  const unsolved = unsolvedBus.findIndex((bus) => bus >= 0);
  let minVoltageV = Number.POSITIVE_INFINITY;
  let maxVoltageV = 0;
  for (let at = 0; at < extremesV.length; at += 2) {
    minVoltageV = Math.min(minVoltageV, extremesV[at]!);
    maxVoltageV = Math.max(maxVoltageV, extremesV[at + 1]!);
  }
  return {
    minVoltageV: hasRun && maxVoltageV > 0 ? minVoltageV : 0,
    maxVoltageV,
    failedSteps: sumOf(failedSteps),
    unsolvedBus: model.feeders[unsolved]?.feeder.busNames[unsolvedBus[unsolved]!] ?? "",
    unsolvedPu: unsolvedPu[unsolved] ?? 0,
    fusesBlown: sumOf(fusesBlown),
    ...reliabilityOf(interruptions, nowMs),
  };
}

/** Readings by fate. */
export function commsReport({ counts, waiting }: AirState): CommsReport {
  return { ...counts, waiting: sumOf(waiting) };
}

/** Commands by fate. */
export function commandsReport(belief: BeliefState): CommandsReport {
  const { sent, acknowledged, retried, expired } = belief.commandCounts;
  return { sent, acknowledged, retried, expired, waiting: belief.commands.length };
}

/** Money by fate. */
export function billingReport(model: Model, belief: BeliefState, nowMs: number): BillingReport {
  const { bills, estimatedBills, corrections, billedMinor, paidMinor } = belief.billing;
  const { warnings, trips, reconnects } = belief.billing;
  let [arrears, disputes, disputed, refused] = [0, 0, 0, 0];
  for (const account of belief.accounts) {
    arrears += arrearsMinor(account, nowMs);
    if (account.dispute === null) continue;
    disputes++;
    disputed += disputedMinor(account);
  }
  for (const count of belief.headend.refusedCount) refused += count;
  return {
    currency: model.records.billing?.tariffs[0]?.currency ?? "",
    bills,
    estimatedBills,
    corrections,
    billedMinor,
    paidMinor,
    arrearsMinor: arrears,
    disputes,
    disputedMinor: disputed,
    refusedReadings: refused,
    warnings,
    trips,
    reconnects,
    ledgerBalanceMinor: trialBalance(belief.ledger),
  };
}

/** Which thieves have a case, and who is accused without cause. */
export function detectionReport(model: Model, world: World): DetectionReport {
  const theftCases = world.belief.detection.cases.filter((each) => each.kind === "theft");
  // Those without a signal a person opened.
  const cases = theftCases.filter(({ signals }) => signals.length > 0);
  const thefts = theftsOf(model, world);
  const delays = new Map<number, number>();
  let falseAlarms = 0;
  for (const each of cases) {
    const right = thefts.filter((theft) => theft.since <= each.openedAt && isOn(each, theft));
    if (right.length === 0) falseAlarms++;
    for (const { row, since } of right.filter((theft) => isFoundBy(each, theft))) {
      const delayMs = each.openedAt - since;
      if (!delays.has(row)) delays.set(row, delayMs);
    }
  }
  const accused = theftCases.filter(({ supply, toldAt, switchedOffAt, closedAt, openedAt }) => {
    const row = model.rowOfSupply.get(supply);
    const isAccused = toldAt !== null || switchedOffAt !== null;
    const isThief = thefts.some(
      (theft) => theft.row === row && theft.since <= (closedAt ?? openedAt),
    );
    return row !== undefined && isAccused && !isThief;
  });
  const thieves = new Set(thefts.map(({ row }) => row)).size;
  return {
    cases: cases.length,
    found: delays.size,
    missed: thieves - delays.size,
    falseAlarms,
    meanDelayMs: meanOf([...delays.values()].sort((a, b) => a - b)),
    inspections: theftCases.filter(
      ({ inspectionAt, closedAt }) => inspectionAt !== null && closedAt !== null,
    ).length,
    wrongAccusations: accused.length,
    byTechnique: byTechnique(cases, thefts),
  };
}

/** When a home's first theft of any kind was at work; −1 never. Row: supply. */
export function theftSince({ theftKindSince }: EngineState, row: number): SimMs {
  const first = row * THEFT_KINDS.length;
  const since = theftKindSince.subarray(first, first + THEFT_KINDS.length).filter((at) => at >= 0);
  return since.length === 0 ? -1 : Math.min(...since);
}

/** A home's theft of one kind, with what is needed to tell whether a case is about it. */
interface TrueTheft {
  readonly row: number;
  readonly supply: string;
  readonly feeder: string;
  /** 0: on three phases. */
  readonly phase: number;
  readonly kind: TheftKind;
  /** When it was first there. */
  readonly since: number;
}

function theftsOf({ records, plantSpec }: Model, { engine }: World): readonly TrueTheft[] {
  return plantSpec.supplies.flatMap(({ id, feeder }, row) =>
    THEFT_KINDS.flatMap((kind, index) => {
      const since = engine.theftKindSince[row * THEFT_KINDS.length + index]!;
      if (since < 0) return [];
      const feederId = records.feeders[feeder]!.id;
      const { phase } = records.supplies[row]!;
      return [{ row, supply: id, feeder: feederId, phase, kind, since }];
    }),
  );
}

/** Whether a case is against this thief, or against the phase on which the theft is. */
function isOn({ supply, signals }: TheftCase, theft: TrueTheft): boolean {
  if (supply === theft.supply) return true;
  if (supply !== theft.feeder) return false;
  return theft.phase === 0 || signals[0]?.numbers["phase"] === theft.phase;
}

/** A case against a phase finds a hook there; of other thieves it says nothing yet. */
const isFoundBy = (each: TheftCase, theft: TrueTheft): boolean =>
  isOn(each, theft) && (each.supply === theft.supply || theft.kind === "hook");

function byTechnique(
  cases: readonly TheftCase[],
  thefts: readonly TrueTheft[],
): DetectionReport["byTechnique"] {
  const reportOf = (kind: TheftKind) => {
    const own = thefts.filter((theft) => theft.kind === kind);
    const found = own.map((theft) =>
      cases.filter((each) => each.openedAt >= theft.since && isFoundBy(each, theft)),
    );
    const delays = found.flatMap(([first], at) =>
      first === undefined ? [] : [first.openedAt - own[at]!.since],
    );
    return {
      thieves: own.length,
      found: delays.length,
      named: found.filter((of) => of.some(({ technique }) => technique === kind)).length,
      meanDelayMs: meanOf(delays),
    };
  };
  return Object.fromEntries(
    THEFT_KINDS.map((kind) => [kind, reportOf(kind)] as const),
  ) as DetectionReport["byTechnique"];
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Row: supply. What the register says now beyond what the company knows, in Wh; null before the first reading. */
export function unknownWh(model: Model, world: World): (number | null)[] {
  const { headend } = world.belief;
  return model.plantSpec.supplies.map((_, row) => {
    if (headend.lastMeasuredAt[row]! < 0) return null;
    const ownWh = Math.floor(registerMilliWh(model.meters, world.plant.meters, row) / 1000);
    const registerWh = ownWh + takenDownWhOf(world.belief.accounts[row]);
    return registerWh - headend.lastImportWh[row]!;
  });
}
