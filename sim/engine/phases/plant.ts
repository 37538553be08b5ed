// The physical half of a step: customers, loads, grid, and what the terminals of swapped meters carry.

import { atan2 } from "../../core/math.ts";
import { solveStep } from "../../grid/sweep.ts";
import { readLetter, takePayments } from "../../plant/customers/paying.ts";
import { stepLoads } from "../../plant/loads/loads.ts";
import type { PlantState } from "../../plant/state.ts";
import type { SwappedMeter } from "../step.ts";
import type { Clock, EngineState, Model, StepOutputs } from "../world.ts";
import { rowOf, truth } from "./event-log.ts";

const FREQUENCY_HZ = 50;

type Out = StepOutputs;

/** Customers read their letters and go to the bank. */
export function customersPhase(
  model: Model,
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
    payments.push({ kind: "payment", supply, amountMinor, reference });
  }
}
/** What every element of the grid draws: the home's wish, or nothing behind an open relay. */
export function loadsPhase(model: Model, plant: PlantState, clock: Clock): void {
  const { loads, meters, power } = plant;
  stepLoads(model.loads, loads, clock.nowMs, clock.stepMs);
  const { supplyOfElement } = model;
  for (let element = 0; element < supplyOfElement.length; element++) {
    const row = supplyOfElement[element]!;
    const share = meters.relayOpen[row] === 1 ? 0 : 1 / model.meters.elementCount[row]!;
    power.elementW[element] = loads.wantedW[row]! * share;
    power.elementVar[element] = loads.wantedVar[row]! * share;
  }
}

/** Power flow, energies, and what each meter's terminals carry. */
export function gridPhase(model: Model, plant: PlantState, clock: Clock, out: Out): void {
  const { feeder } = model;
  const { grid, power, energy, theft } = plant;
  const result = solveStep(feeder, grid, power.elementW, power.elementVar, {
    tolerancePu: model.plantSpec.tolerancePu,
    iterationsMax: 100,
    loadModel: "constant-power",
  });
  const { stepMs } = clock;
  if (!result.converged) {
    energy.failedSteps[0] = energy.failedSteps[0]! + 1;
    const { worstBus: bus, worstMismatchPu: worst } = result;
    // JSON knows no NaN; a step that lost its voltages altogether is off by more than anything.
    const mismatchPu = Number.isFinite(worst) ? worst : Number.MAX_VALUE;
    truth(clock, out, { kind: "step-failed", at: clock.nowMs, bus, mismatchPu });
  }
  let deliveredW = 0;
  const { supplyOfElement, meters } = model;
  const supplies = meters.ids.length - 1;
  for (let element = 0; element < supplyOfElement.length; element++) {
    const row = supplyOfElement[element]!;
    const activeW = grid.elementActiveW[element]!;
    deliveredW += activeW;
    const energyWMs = activeW * stepMs;
    energy.deliveredWMs[row] = energy.deliveredWMs[row]! + energyWMs;
    const stolen = theft.bypassShare[row]!;
    if (stolen > 0) energy.stolenWMs[row] = energy.stolenWMs[row]! + energyWMs * stolen;
    const voltageV = grid.elementVoltageV[element]!;
    power.voltageV[row] = voltageV;
    if (voltageV < energy.extremesV[0]!) energy.extremesV[0] = voltageV;
    if (voltageV > energy.extremesV[1]!) energy.extremesV[1] = voltageV;
  }
  meteredPower(model, plant);
  const first = meters.firstElement[supplies]!;
  for (let phase = 0; phase < 3; phase++) {
    power.meteredW[first + phase] = result.secondaryPhaseW[phase]!;
  }
  power.voltageV[supplies] = result.secondaryVoltageV;
  power.totals[0] = result.sourceW;
  power.totals[1] = result.secondaryW;
  power.totals[2] = result.lossesW;
  power.totals[3] = deliveredW;
  energy.sourceWMs[0] = energy.sourceWMs[0]! + result.sourceW * stepMs;
  energy.secondaryWMs[0] = energy.secondaryWMs[0]! + result.secondaryW * stepMs;
  energy.lossesWMs[0] = energy.lossesWMs[0]! + result.lossesW * stepMs;
}

/** Sorts the grid's elements into the meters' order. */
function meteredPower(model: Model, plant: PlantState): void {
  const { meteredElement } = model;
  for (let element = 0; element < meteredElement.length; element++) {
    plant.power.meteredW[meteredElement[element]!] = plant.grid.elementActiveW[element]!;
  }
}

/** What the swapped meters meet at their terminals. */
export function terminalsOf(
  model: Model,
  plant: PlantState,
  clock: Clock,
): readonly SwappedMeter[] {
  const swapped: SwappedMeter[] = [];
  const { meters, power } = plant;
  for (let row = 0; row < meters.devices.length; row++) {
    const device = meters.devices[row]!;
    if (device === "") continue;
    const element = model.meters.firstElement[row]!;
    const seenW = power.meteredW[element]! * meters.sensedShare[element]!;
    const wantedVar = meters.relayOpen[row] === 1 ? 0 : plant.loads.wantedVar[row]!;
    const seenVar = wantedVar * meters.sensedShare[element]!;
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
        neutralCurrentA: currentA,
        angleRad: atan2(seenVar, seenW),
        activePowerW: seenW,
        frequencyHz: FREQUENCY_HZ,
        supplyPresent: voltageV > 0,
        tamperContacts: { coverOpen: false, magnetPresent: false },
        delivered: meters.delivered
          .filter((delivery) => delivery.row === row)
          .map(({ message }) => message),
      },
    });
  }
  return swapped;
}
