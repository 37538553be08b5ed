// The physical half of a step: customers, loads, grid, and what the terminals of swapped meters carry.

import { TAMPER } from "../../contract/reading.ts";
import { atan2 } from "../../core/math.ts";
import type { SimMs } from "../../core/time.ts";
import { darkenGrid, TOTAL } from "../../grid/feeder.ts";
import { frequencyHz } from "../../grid/frequency.ts";
import { fitsPhases, silenceDead } from "../../grid/fuses.ts";
import { solveStep } from "../../grid/sweep.ts";
import { takeTyping } from "../../plant/customers/drawers.ts";
import { readLetter, takePayments } from "../../plant/customers/paying.ts";
import { stepLoads } from "../../plant/loads/loads.ts";
import type { TerminalColumns } from "../../plant/meters/metering.ts";
import type { PlantState, PowerColumns } from "../../plant/state.ts";
import { followThefts, HOOK_VAR_PER_W, spareSmallLoads } from "../../plant/theft/thefts.ts";
import { leaveTraces } from "../../plant/theft/traces.ts";
import { type FeederModel, type PlantModel, TOTALS_PER_FEEDER } from "../plant-model.ts";
import type { SwappedMeter } from "../step.ts";
import type { Clock, EngineState, StepOutputs } from "../world.ts";
import { rowOf, truth } from "./event-log.ts";
import { darkenBehindFuses } from "./protection.ts";

type Out = StepOutputs;

/** Customers read their letters and go to the bank. */
export function customersPhase(
  model: PlantModel,
  plant: PlantState,
  engine: EngineState,
  out: Out,
): void {
  const { clock, mailbox, payments } = engine;
  for (const letter of mailbox) {
    const row = rowOf(model, letter.supply);
    readLetter(plant.customers, row, letter, model.plantSpec.supplies[row]!.pays);
  }
  mailbox.length = 0;
  for (const { row, at, amountMinor } of takePayments(plant.customers, clock.nowMs)) {
    const supply = model.meters.ids[row]!;
    truth(clock, out, { kind: "payment-made", at, supply, amountMinor });
    const reference = `bank/${clock.nextPayment++}`;
    payments.push({ kind: "payment", supply, at, amountMinor, reference });
  }
  for (const { row, digits } of takeTyping(plant.customers, clock.nowMs)) {
    const message = { kind: "keypad-entry", digits, ifOff: true } as const;
    plant.meters.delivered.push({ row, message });
  }
}

/** What every element of the grid draws: the home's wish, or nothing behind an open relay, and hooks before it. */
export function loadsPhase(model: PlantModel, plant: PlantState, clock: Clock): void {
  const { loads, meters, power, cuts, theft } = plant;
  const { thefts: specs, calendar } = model.plantSpec;
  const { nowMs } = clock;
  followThefts(theft, { specs, calendar, nowMs, relayOpen: meters.relayOpen });
  for (let row = 0; row < loads.hasSupply.length; row++) {
    const { feeder } = model.plantSpec.supplies[row]!;
    const isRelayOpen = meters.relayOpen[row] === 1 && theft.isBridged[row] === 0;
    const isOff = isRelayOpen || cuts.supply[row] !== 0 || cuts.feeder[feeder] !== 0;
    loads.hasSupply[row] = isOff ? 0 : 1;
  }
  darkenBehindFuses(model, plant);
  stepLoads(model.loads, loads, clock.nowMs, clock.stepMs);
  const { supplyOfElement } = model;
  for (let element = 0; element < supplyOfElement.length; element++) {
    const row = supplyOfElement[element]!;
    const each = 1 / model.meters.elementCount[row]!;
    const share = loads.hasSupply[row] === 0 ? 0 : each;
    // A hook hangs behind the service's cable and before the relay.
    const hookW = cuts.supply[row] === 0 ? theft.hookW[row]! * each : 0;
    power.elementW[element] = loads.wantedW[row]! * share + hookW;
    power.elementVar[element] = loads.wantedVar[row]! * share + hookW * HOOK_VAR_PER_W;
  }
  spareSmallLoads(theft, specs, loads.wantedW);
  const { hasNeutralSensor } = model.plantSpec.meters;
  leaveTraces(theft, meters, model.meters, { hasNeutralSensor, at: nowMs });
}

/** Power flow, energies, and what each meter's terminals carry, feeder by feeder. */
export function gridPhase(model: PlantModel, plant: PlantState, clock: Clock, out: Out): void {
  model.feeders.forEach((feederModel, row) => {
    solveFeeder(model, plant, feederModel, row, clock, out);
    accountFeeder(model, plant, feederModel, row, clock);
  });
}

function solveFeeder(
  model: PlantModel,
  plant: PlantState,
  { id, feeder, fuses, firstElement, elementCount }: FeederModel,
  row: number,
  clock: Clock,
  out: Out,
): void {
  const { power, energy, cuts } = plant;
  const grid = plant.grid[id]!;
  if (cuts.feeder[row] !== 0) {
    darkenGrid(grid);
    energy.unsolvedBus[row] = -1;
    return;
  }
  const end = firstElement + elementCount;
  const elementW = power.elementW.subarray(firstElement, end);
  const elementVar = power.elementVar.subarray(firstElement, end);
  if (fuses !== null) silenceDead(grid, elementW, elementVar);
  const options = {
    tolerancePu: model.plantSpec.tolerancePu,
    iterationsMax: 100,
    loadModel: "constant-power",
  } as const;
  const result = solveStep(feeder, grid, elementW, elementVar, options);
  energy.unsolvedBus[row] = -1;
  if (result.converged) return;
  energy.failedSteps[row] = energy.failedSteps[row]! + 1;
  const { worstBus: bus, worstMismatchPu: worst } = result;
  // JSON knows no NaN; a step that lost its voltages altogether is off by more than anything.
  const mismatchPu = Number.isFinite(worst) ? worst : Number.MAX_VALUE;
  energy.unsolvedBus[row] = feeder.busNames.indexOf(bus);
  energy.unsolvedPu[row] = mismatchPu;
  truth(clock, out, { kind: "step-failed", at: clock.nowMs, feeder: id, bus, mismatchPu });
  if (fitsPhases(grid)) return;
  // The last good solution is of other phases than are alive now: they have their voltage, and nothing flows.
  const nothing = new Float64Array(elementCount);
  solveStep(feeder, grid, nothing, nothing, options);
}

function accountFeeder(
  model: PlantModel,
  plant: PlantState,
  { id, firstElement, elementCount, meterRow }: FeederModel,
  row: number,
  { stepMs }: Clock,
): void {
  const { power, energy, theft, cuts } = plant;
  const { extremesV } = energy;
  const { supplyOfElement, meteredElement, meters } = model;
  const grid = plant.grid[id]!;
  const { totals } = grid;
  let deliveredW = 0;
  for (let at = 0; at < elementCount; at++) {
    const element = firstElement + at;
    const supply = supplyOfElement[element]!;
    const activeW = grid.elementActiveW[at]!;
    const metered = meteredElement[element]!;
    const voltageV = cuts.supply[supply] === 0 ? grid.elementVoltageV[at]! : 0;
    const reactiveVar = grid.elementReactiveVar[at]!;
    const askedHookW = theft.hookW[supply]! / meters.elementCount[supply]!;
    const hookedW = shareOf(askedHookW, power.elementW[element]!) * activeW;
    const hookedVar =
      shareOf(askedHookW * HOOK_VAR_PER_W, power.elementVar[element]!) * reactiveVar;
    power.hookW[supply] =
      (metered === meters.firstElement[supply] ? 0 : power.hookW[supply]!) + hookedW;
    power.hookVar[supply] =
      (metered === meters.firstElement[supply] ? 0 : power.hookVar[supply]!) + hookedVar;
    power.meteredW[metered] = activeW - hookedW;
    power.meteredVar[metered] = reactiveVar - hookedVar;
    power.meteredV[metered] = voltageV;
    deliveredW += activeW;
    const energyWMs = activeW * stepMs;
    energy.deliveredWMs[supply] = energy.deliveredWMs[supply]! + energyWMs;
    const hidden = 1 - plant.meters.sensedShare[metered]!;
    if (hidden > 0 || hookedW > 0) {
      const stolenW = hookedW + (activeW - hookedW) * hidden;
      energy.stolenWMs[supply] = energy.stolenWMs[supply]! + stolenW * stepMs;
    }
    // Of a home with several phases the last one that is alive.
    if (voltageV > 0 || metered === meters.firstElement[supply]) power.voltageV[supply] = voltageV;
    if (voltageV === 0) continue;
    if (voltageV < extremesV[2 * row]!) extremesV[2 * row] = voltageV;
    if (voltageV > extremesV[2 * row + 1]!) extremesV[2 * row + 1] = voltageV;
  }
  const first = meters.firstElement[meterRow]!;
  for (let phase = 0; phase < 3; phase++) {
    power.meteredW[first + phase] = totals[TOTAL.phaseW + phase]!;
    power.meteredVar[first + phase] = totals[TOTAL.phaseVar + phase]!;
    power.meteredV[first + phase] = totals[TOTAL.phaseV + phase]!;
  }
  const alive = [0, 1, 2].find((phase) => totals[TOTAL.phaseV + phase]! > 0) ?? 0;
  power.voltageV[meterRow] = totals[TOTAL.phaseV + alive]!;
  const base = TOTALS_PER_FEEDER * row;
  power.totals[base] = totals[TOTAL.sourceW]!;
  power.totals[base + 1] = totals[TOTAL.secondaryW]!;
  power.totals[base + 2] = totals[TOTAL.lossesW]!;
  power.totals[base + 3] = deliveredW;
  energy.sourceWMs[row] = energy.sourceWMs[row]! + totals[TOTAL.sourceW]! * stepMs;
  energy.secondaryWMs[row] = energy.secondaryWMs[row]! + totals[TOTAL.secondaryW]! * stepMs;
  energy.lossesWMs[row] = energy.lossesWMs[row]! + totals[TOTAL.lossesW]! * stepMs;
}

/** What a hook asks for of all that an element asks for. */
const shareOf = (part: number, all: number): number => (part === 0 || all === 0 ? 0 : part / all);

/** What flows at the meters' terminals in the step that begins at `fromMs`. */
export function terminalColumns(power: PowerColumns, fromMs: SimMs): TerminalColumns {
  return {
    activeW: power.meteredW,
    reactiveVar: power.meteredVar,
    elementVoltageV: power.meteredV,
    frequencyHz: frequencyHz(fromMs),
  };
}

/** What the swapped meters meet at their terminals. */
export function terminalsOf(
  model: PlantModel,
  plant: PlantState,
  clock: Clock,
): readonly Omit<SwappedMeter, "pressed">[] {
  const swapped: Omit<SwappedMeter, "pressed">[] = [];
  const { meters, power } = plant;
  for (let row = 0; row < meters.devices.length; row++) {
    const device = meters.devices[row]!;
    if (device === "") continue;
    const element = model.meters.firstElement[row]!;
    const seenW = power.meteredW[element]! * meters.sensedShare[element]!;
    const seenVar = power.meteredVar[element]! * meters.sensedShare[element]!;
    const voltageV = power.voltageV[row]!;
    const currentA = voltageV > 0 ? Math.sqrt(seenW * seenW + seenVar * seenVar) / voltageV : 0;
    swapped.push({
      supply: model.meters.ids[row]!,
      device,
      terminals: {
        at: clock.nowMs + clock.stepMs,
        stepMs: clock.stepMs,
        voltageV,
        phaseCurrentA: currentA,
        neutralCurrentA: currentA * meters.neutralShare[row]!,
        angleRad: atan2(seenVar, seenW),
        activePowerW: seenW,
        reactivePowerVar: seenVar,
        frequencyHz: voltageV > 0 ? frequencyHz(clock.nowMs) : 0,
        supplyPresent: voltageV > 0,
        tamperContacts: {
          coverOpen: (meters.contacts[row]! & TAMPER.cover) !== 0,
          magnetPresent: (meters.contacts[row]! & TAMPER.magnet) !== 0,
        },
        loadSideLive: (meters.contacts[row]! & TAMPER.load) !== 0,
        delivered: meters.delivered
          .filter((delivery) => delivery.row === row)
          .map(({ message }) => message),
      },
    });
  }
  return swapped;
}
