// The phases of a step, each with only the parts of the world that it may see. `step.ts` reads them aloud:
// inputs, customers, loads, grid | meters, air, utility.

import { type Arrival, advance, post, sendDown, setMast } from "../comms/bearer.ts";
import type { AirState } from "../comms/state.ts";
import type { Payment } from "../contract/billing.ts";
import type { BeliefEvent, TruthEvent } from "../contract/event.ts";
import type { JournalEntry, TwinInput } from "../contract/input.ts";
import type { DeviceAnswer, MeterHandover } from "../contract/meter-device.ts";
import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import { assert, unreachable } from "../core/assert.ts";
import { firstDayOfNextMonth, localTime, simOfLocal } from "../core/calendar.ts";
import { atan2 } from "../core/math.ts";
import { minor } from "../core/money.ts";
import { HOUR_MS, MINUTE_MS, type SimMs } from "../core/time.ts";
import { solveStep } from "../grid/sweep.ts";
import { readLetter, takePayments } from "../plant/customers/paying.ts";
import { stepLoads } from "../plant/loads/loads.ts";
import { stepMeters } from "../plant/meters/meters.ts";
import { handoverOf, installRegisters } from "../plant/meters/one-meter.ts";
import type { MeterState, PlantState } from "../plant/state.ts";
import { setBypass } from "../plant/theft/bypass.ts";
import {
  type BillingOutputs,
  makeBill,
  noteReconnected,
  noteTripped,
  stepAccount,
  takePayment,
  type Wish,
} from "../utility/billing/accounts.ts";
import { acknowledge, order, sendDue, withdraw } from "../utility/commands.ts";
import { runDetection } from "../utility/detection/expectation.ts";
import { takeLoss, takeReading } from "../utility/headend/headend.ts";
import { HISTORY, kindOf, registerAt } from "../utility/history.ts";
import type { BeliefState } from "../utility/state.ts";
import { type DueEvent, takeDue } from "./queue.ts";
import type { SwappedMeter } from "./step.ts";
import type { Clock, EngineState, Model, StepOutputs, World } from "./world.ts";

/** The longest step while a board is in a slot. */
export const SWAPPED_STEP_MAX_MS = 1000;
const FREQUENCY_HZ = 50;

type Out = StepOutputs;

function truth(engineClock: Clock, out: Out, event: TruthEvent): void {
  out.events.push({ side: "truth", sequence: engineClock.nextEvent++, event });
}

function belief(engineClock: Clock, out: Out, events: readonly BeliefEvent[]): void {
  for (const event of events) {
    out.events.push({ side: "belief", sequence: engineClock.nextEvent++, event });
  }
}

// ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────

/** Due events and journalled inputs take effect, at a step boundary. */
export function inputsPhase(
  model: Model,
  world: World,
  entries: readonly JournalEntry[],
  out: Out,
): void {
  const { clock, queue } = world.engine;
  for (const event of takeDue(queue, clock.nowMs)) applyDue(model, world, event, out);
  for (const entry of entries) {
    assert(
      entry.takesEffectAtMs === clock.nowMs,
      `entry ${entry.sequence} is for ${entry.takesEffectAtMs} ms, the twin is at ${clock.nowMs} ms`,
    );
    if (entry.kind === "input") applyInput(model, world, entry.input, out);
  }
  settleStep(world, out);
}

function applyDue(model: Model, world: World, event: DueEvent, out: Out): void {
  switch (event.kind) {
    case "theft-start":
      return steal(model, world, event.row, event.share, out);
    case "theft-stop":
      return steal(model, world, event.row, 0, out);
    case "mast-down":
      return moveMast(model, world, event.row, "scenario", "down", out);
    case "mast-up":
      return moveMast(model, world, event.row, "scenario", "up", out);
    default:
      return unreachable(event);
  }
}

function steal(model: Model, world: World, row: number, share: number, out: Out): void {
  const { plant, engine } = world;
  const { clock, theftSince } = engine;
  setBypass(plant.theft, plant.meters, model.meters, row, share);
  const supply = model.meters.ids[row]!;
  if (share > 0 && theftSince[row]! < 0) theftSince[row] = clock.nowMs;
  const at = clock.nowMs;
  truth(
    clock,
    out,
    share > 0 ? { kind: "theft-start", at, supply, share } : { kind: "theft-stop", at, supply },
  );
}

function moveMast(
  model: Model,
  world: World,
  mast: number,
  reason: "scenario" | "hand",
  position: "down" | "up",
  out: Out,
): void {
  const { clock } = world.engine;
  if (!setMast(world.air, mast, reason, position)) return;
  const id = model.airSpec.masts[mast]!.id;
  truth(clock, out, {
    kind: position === "down" ? "mast-down" : "mast-up",
    at: clock.nowMs,
    mast: id,
  });
}

/** The row of a supply point that an input names; `checkInput` has looked before it was journalled. */
function rowOf(model: Model, target: string): number {
  const row = model.rowOfSupply.get(target);
  assert(row !== undefined, `no supply point ${target}`);
  return row;
}

function applyInput(model: Model, world: World, input: TwinInput, out: Out): void {
  const { clock, payments } = world.engine;
  switch (input.kind) {
    case "theft-start":
      return steal(model, world, rowOf(model, input.target), input.share, out);
    case "theft-stop":
      return steal(model, world, rowOf(model, input.target), 0, out);
    case "mast-down":
    case "mast-up": {
      const masts = model.airSpec.masts.map(({ id }) => id);
      const mast = input.target === undefined ? 0 : masts.indexOf(input.target);
      return moveMast(model, world, mast, "hand", input.kind === "mast-down" ? "down" : "up", out);
    }
    case "payment": {
      const reference = `hand/${clock.nextPayment++}`;
      const amountMinor = minor(input.amountMinor);
      payments.push({ kind: "payment", supply: input.target, amountMinor, reference });
      return;
    }
    case "trip":
    case "reconnect":
      return orderByHand(model, world.belief, clock, rowOf(model, input.target), input.kind, out);
    case "set-step":
      clock.wantedStepMs = input.stepMs;
      return;
    case "swap-in":
      return swapIn(world, rowOf(model, input.target), input.device, input.target, out);
    case "swap-out":
      return swapOut(world, rowOf(model, input.target), input.target, out);
    default:
      return unreachable(input);
  }
}

function swapIn(world: World, row: number, device: string, supply: string, out: Out): void {
  const { clock } = world.engine;
  world.plant.meters.devices[row] = device;
  truth(clock, out, { kind: "device-swapped-in", at: clock.nowMs, supply, device });
}

function swapOut(world: World, row: number, supply: string, out: Out): void {
  const { clock } = world.engine;
  world.plant.meters.devices[row] = "";
  truth(clock, out, { kind: "device-swapped-out", at: clock.nowMs, supply });
}

/**
 * Steps lie on a grid that begins at the start of the run, so that they meet minutes and meters' intervals. The step
 * that is wanted begins at a full minute of its own grid; a board does not wait for one, and shortens it at once.
 */
function settleStep({ plant, engine: { clock } }: World, out: Out): void {
  const isSwapped = plant.meters.devices.some((device) => device !== "");
  const wantedMs = Math.min(clock.wantedStepMs, isSwapped ? SWAPPED_STEP_MAX_MS : HOUR_MS);
  if (clock.stepMs === wantedMs) return;
  const isDue = clock.nowMs % MINUTE_MS === 0 && clock.nowMs % wantedMs === 0;
  const isTooLong = isSwapped && clock.stepMs > SWAPPED_STEP_MAX_MS;
  if (!isDue && !isTooLong) return;
  clock.stepMs = isDue ? wantedMs : commonDivisor(clock.nowMs, wantedMs);
  truth(clock, out, { kind: "step-set", at: clock.nowMs, stepMs: clock.stepMs });
}

/** The largest whole number that divides both (Euclid, Elements VII.2). */
function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** A person at the company orders a trip or a reconnection; the ladder waits until a payment or the next order. */
function orderByHand(
  model: Model,
  state: BeliefState,
  clock: Clock,
  row: number,
  action: "trip" | "reconnect",
  out: Out,
): void {
  const supply = model.meters.ids[row]!;
  const reason = "ordered by hand";
  const account = state.accounts[row];
  withdraw(state, row, action === "trip" ? "reconnect" : "trip");
  if (account !== undefined && action === "trip") {
    account.heldByHand = true;
    if (account.state !== "tripped") account.state = "tripping";
  }
  if (account !== undefined && action === "reconnect") {
    account.heldByHand = false;
    account.state = "reconnecting";
  }
  const text = action === "trip" ? "SUPPLY OFF" : "";
  order(state, model.records.commands, { row, supply, action, text, reason }, clock.nowMs);
  const kind = action === "trip" ? "trip-sent" : "reconnect-sent";
  belief(clock, out, [{ kind, at: clock.nowMs, supply, reason }]);
}

// ── customers ────────────────────────────────────────────────────────────────────────────────────────────

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

// ── loads and grid ───────────────────────────────────────────────────────────────────────────────────────

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

// ── meters ───────────────────────────────────────────────────────────────────────────────────────────────

export interface SentMessage {
  readonly row: number;
  readonly message: UplinkMessage;
}

/** Registers, relays, messages. A swapped meter takes its board's answer, a lost one follows the policy. */
export function metersPhase(
  model: Model,
  plant: PlantState,
  clock: Clock,
  answers: readonly DeviceAnswer[],
  out: Out,
): readonly SentMessage[] {
  const { meters, power } = plant;
  const at = clock.nowMs + clock.stepMs;
  const taken = answersOfSlots(model, meters, answers);
  const held = taken.map((answer) => heldBefore(model, meters, answer));
  const sent: SentMessage[] = [];
  const stepped = { at, stepMs: clock.stepMs, activeW: power.meteredW, voltageV: power.voltageV };
  const before = held.length > 0 ? Uint8Array.from(meters.relayOpen) : undefined;
  const changes = stepMeters(model.meters, meters, stepped, sent);
  if (before === undefined) {
    for (const { row, position } of changes) {
      truth(clock, out, { kind: "relay", at, supply: model.meters.ids[row]!, position });
    }
    return sent;
  }
  let messages: readonly SentMessage[] = sent;
  taken.forEach((answer, index) => {
    messages = takeAnswer(model, meters, clock, answer, held[index]!, messages, out);
  });
  for (let row = 0; row < before.length; row++) {
    if (meters.relayOpen[row] === before[row]) continue;
    const position = meters.relayOpen[row] === 1 ? "open" : "closed";
    truth(clock, out, { kind: "relay", at, supply: model.meters.ids[row]!, position });
  }
  return messages;
}

/** One answer for each device in a slot, in the order of rows. Silence is one too; who has no slot is not heard. */
function answersOfSlots(
  model: Model,
  meters: MeterState,
  answers: readonly DeviceAnswer[],
): readonly DeviceAnswer[] {
  const taken: DeviceAnswer[] = [];
  for (let row = 0; row < meters.devices.length; row++) {
    if (meters.devices[row] === "") continue;
    const supply = model.meters.ids[row]!;
    const answer = answers.find((each) => each.supply === supply);
    taken.push(answer ?? { kind: "no-answer", supply, reason: "nothing was answered" });
  }
  return taken;
}

interface HeldMeter {
  readonly row: number;
  readonly element: number;
  /** The meter as it was before this step. */
  readonly before: MeterHandover;
}

function heldBefore(model: Model, meters: MeterState, answer: DeviceAnswer): HeldMeter {
  const row = rowOf(model, answer.supply);
  const element = model.meters.firstElement[row]!;
  return { row, element, before: handoverOf(model.meters, meters, row) };
}

function takeAnswer(
  model: Model,
  meters: MeterState,
  clock: Clock,
  answer: DeviceAnswer,
  held: HeldMeter,
  messages: readonly SentMessage[],
  out: Out,
): readonly SentMessage[] {
  const { row, element } = held;
  if (answer.kind === "outputs" && isPlausible(answer.outputs.registers, held.before)) {
    const { registers, sent } = answer.outputs;
    installRegisters(meters, row, element, registers);
    const position = messages.findIndex((message) => message.row === row);
    const others = messages.filter((message) => message.row !== row);
    const own = sent.map((message) => ({ row, message }));
    const at = position < 0 ? insertAt(others, row) : others.findIndex(({ row: r }) => r > row);
    const split = at < 0 ? others.length : at;
    return [...others.slice(0, split), ...own, ...others.slice(split)];
  }
  const policy = model.resolved.deviceLost;
  const at = clock.nowMs + clock.stepMs;
  truth(clock, out, { kind: "device-lost", at, supply: answer.supply, policy });
  if (policy === "fall-back") {
    meters.devices[row] = "";
    return messages;
  }
  // The board is silent, not replaced: it neither counts nor obeys nor sends.
  installRegisters(meters, row, element, held.before);
  return messages.filter((message) => message.row !== row);
}

/** A register that fell, or that is no whole number of mWh, is no register: the board is lost. */
function isPlausible(registers: MeterHandover, before: MeterHandover): boolean {
  const milliWh = milliWhOf(registers);
  const isWhole = Number.isSafeInteger(milliWh);
  return isWhole && milliWh >= milliWhOf(before) && registers.carryMilliWMs >= 0;
}

const milliWhOf = ({ importWh, importBelowMilliWh }: MeterHandover): number =>
  importWh * 1000 + importBelowMilliWh;

function insertAt(messages: readonly SentMessage[], row: number): number {
  return messages.findIndex((message) => message.row > row);
}

// ── air ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Outboxes fill and send; what arrives, arrives. Commands that land wait for the meters of the next step. */
export function airPhase(
  model: Model,
  air: AirState,
  meters: MeterState,
  clock: Clock,
  sent: readonly SentMessage[],
  out: Out,
): readonly Arrival[] {
  const endMs = clock.nowMs + clock.stepMs;
  for (const { row, message } of sent) {
    const count = post(model.airSpec, air, row, message, endMs);
    if (count === 0) continue;
    const supply = model.meters.ids[row]!;
    truth(clock, out, { kind: "readings-dropped", at: endMs, supply, count });
  }
  const arrivals: Arrival[] = [];
  advance(model.airSpec, air, endMs, arrivals, meters.delivered);
  return arrivals;
}

// ── utility ──────────────────────────────────────────────────────────────────────────────────────────────

/** Head-end, billing, dunning, detection; returns what goes back into the air. */
export function utilityPhase(
  model: Model,
  state: BeliefState,
  engine: EngineState,
  arrivals: readonly Arrival[],
  endMs: SimMs,
  out: Out,
): (air: AirState) => void {
  const events: BeliefEvent[] = [];
  const down: { row: number; at: SimMs; message: DownlinkMessage }[] = [];
  const books: BillingOutputs = {
    postings: out.postings,
    bills: out.bills,
    letters: engine.mailbox,
    events,
  };
  for (const arrival of arrivals) headendStep(model, state, arrival, books, out);
  for (const payment of engine.payments) takeOnePayment(model, state, payment, endMs, books);
  engine.payments.length = 0;
  if (endMs % MINUTE_MS === 0) {
    billingStep(model, state, endMs, books);
    if (model.expectation !== null) {
      events.push(...runDetection(model.expectation, model.records, state, endMs));
    }
  }
  const supplyOf = (row: number) => model.meters.ids[row]!;
  const due = sendDue(state, model.records.commands, supplyOf, endMs, events);
  for (const { row, at, message } of due.sending) down.push({ row, at, message });
  for (const { row, action } of due.expired) noteExpired(state, row, action);
  belief(engine.clock, out, events);
  return (air) => {
    for (const { row, at, message } of down) sendDown(model.airSpec, air, row, message, at);
  };
}

function headendStep(
  model: Model,
  state: BeliefState,
  { row, at, message }: Arrival,
  books: BillingOutputs,
  out: Out,
): void {
  switch (message.kind) {
    case "reading": {
      const { intervalMs } = model.records;
      const isNew = takeReading(state.headend, row, message, at, intervalMs, books.events);
      if (!isNew) return;
      const { supply, sequence, measuredAt, importWh, voltageV } = message;
      out.readings.push({ supply, sequence, measuredAt, receivedAt: at, importWh, voltageV });
      return;
    }
    case "readings-lost": {
      const missing = state.headend.missingIntervals[row]!;
      books.events.push(takeLoss(message, missing, at));
      return;
    }
    case "command-ack":
      return commandStep(model, state, row, message, at, books);
    default:
      return unreachable(message);
  }
}

function commandStep(
  model: Model,
  state: BeliefState,
  row: number,
  ack: Extract<UplinkMessage, { kind: "command-ack" }>,
  at: SimMs,
  books: BillingOutputs,
): void {
  const command = acknowledge(state, ack);
  if (command === undefined) return;
  const account = state.accounts[row];
  if (account === undefined) return;
  const supply = ack.supply;
  const policy = model.records.billing?.policy ?? null;
  if (command.action === "notice") {
    account.noticeServedAt = ack.doneAt;
    books.events.push({ kind: "notice-served", at, supply });
  }
  if (command.action === "trip") {
    noteTripped(policy, supply, account, state.billing, state.ledger, at, books);
    state.headend.relay[row] = 1;
  }
  if (command.action === "reconnect") {
    noteReconnected(supply, account, state.billing, at, books);
    state.headend.relay[row] = 0;
  }
}

/** An order that nobody answered: the ladder may try again. */
function noteExpired(state: BeliefState, row: number, action: string): void {
  const account = state.accounts[row];
  if (account === undefined) return;
  if (action === "trip" && account.state === "tripping") account.state = "noticed";
  if (action === "reconnect" && account.state === "reconnecting") account.state = "tripped";
  if (action === "notice") account.noticeSentAt = null;
}

function takeOnePayment(
  model: Model,
  state: BeliefState,
  payment: Payment,
  at: SimMs,
  books: BillingOutputs,
): void {
  const account = state.accounts[rowOf(model, payment.supply)];
  if (account === undefined) return;
  takePayment(account, state.billing, state.ledger, payment, at, books);
}

function billingStep(model: Model, state: BeliefState, now: SimMs, books: BillingOutputs): void {
  const { billing: rules, calendar, supplies, commands } = model.records;
  if (rules === null) return;
  const { policy } = rules;
  const { billing, headend, ledger, accounts } = state;
  const local = localTime(calendar, now);
  if (local.day >= billing.nextBillDay && local.minuteOfDay >= policy.billAtMinute) {
    const billDay = billing.nextBillDay;
    supplies.forEach((supply, row) => {
      const end = registerAtMidnight(model, state, row, simOfLocal(calendar, billDay, 0));
      const period = { ...end, billDay, now };
      makeBill(rules, calendar, supply, accounts[row]!, billing, ledger, period, books);
    });
    billing.nextBillDay = firstDayOfNextMonth(billDay);
  }
  for (let row = 0; row < accounts.length; row++) {
    const supply = supplies[row]!.id;
    const heardAt = headend.lastReceivedAt[row]!;
    const account = accounts[row]!;
    const wish = stepAccount(policy, calendar, row, supply, account, heardAt, now, books, billing);
    if (wish !== undefined) fulfil(state, commands, supply, wish, now, books);
  }
}

function fulfil(
  state: BeliefState,
  rules: { readonly retryMs: number; readonly expireMs: number },
  supply: string,
  { row, action, reason }: Wish,
  at: SimMs,
  books: BillingOutputs,
): void {
  if (action === "cancel-trip") {
    // It may have been obeyed already: a reconnection makes sure, and closes nothing that is closed.
    withdraw(state, row, "trip");
    order(state, rules, { row, supply, action: "reconnect", text: "", reason }, at);
    return;
  }
  const text = {
    trip: "SUPPLY OFF",
    reconnect: "",
    reminder: "BILL IS OVERDUE",
    notice: "CUT-OFF NOTICE",
  };
  order(state, rules, { row, supply, action, text: text[action], reason }, at);
  if (action === "trip") books.events.push({ kind: "trip-sent", at, supply, reason });
  if (action === "reconnect") books.events.push({ kind: "reconnect-sent", at, supply, reason });
}

/** The register at a billing boundary: read, or estimated from the last one and the mean use since it was billed. */
function registerAtMidnight(
  model: Model,
  state: BeliefState,
  row: number,
  midnight: SimMs,
): { readonly endWh: number; readonly isEstimated: boolean } {
  const { headend, accounts } = state;
  const interval = Math.round(midnight / model.records.intervalMs);
  const kind = kindOf(headend, row, interval);
  if (kind !== HISTORY.unknown) {
    return { endWh: registerAt(headend, row, interval), isEstimated: kind === HISTORY.estimated };
  }
  const account = accounts[row]!;
  const lastWh = headend.lastImportWh[row]!;
  const lastAt = headend.lastMeasuredAt[row]!;
  const spanMs = lastAt - account.billedThrough;
  if (lastAt < 0 || spanMs < HOUR_MS || lastAt > midnight)
    return { endWh: lastWh, isEstimated: true };
  const meanWhPerMs = (lastWh - account.billedThroughWh) / spanMs;
  return { endWh: Math.floor(lastWh + meanWhPerMs * (midnight - lastAt)), isEstimated: true };
}
