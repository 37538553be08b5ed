// What meters make of a step: the kernel of the street, and the answers of boards in its slots.

import type {
  DeviceAnswer,
  MeterHandover,
  MeterLogs,
  MeterOutputs,
  MeterRegisters,
  PrepaidState,
} from "../../contract/meter-device.ts";
import { demandOf, type MeterDemand, restoreDemand } from "../../plant/meters/demand.ts";
import { addLogs, clearLogs } from "../../plant/meters/logs.ts";
import { type LandedCommand, obeyLanded, stepMeters } from "../../plant/meters/meters.ts";
import { handoverOf, installRegisters } from "../../plant/meters/one-meter.ts";
import type { SentByMeter } from "../../plant/meters/outgoing.ts";
import { areTermsValid } from "../../plant/meters/prepaid.ts";
import { isWatchWellFormed } from "../../plant/meters/tamper.ts";
import { areTokensWellFormed } from "../../plant/meters/tokens.ts";
import type { MeterState, PlantState } from "../../plant/state.ts";
import type { PlantModel } from "../plant-model.ts";
import type { Clock, StepOutputs } from "../world.ts";
import { rowOf, truth } from "./event-log.ts";
import { terminalColumns } from "./plant.ts";

type Out = StepOutputs;

export type SentMessage = SentByMeter;

/** Registers, relays, messages. A swapped meter takes its board's answer, a lost one follows the policy. */
export function metersPhase(
  model: PlantModel,
  plant: PlantState,
  clock: Clock,
  answers: readonly DeviceAnswer[],
  out: Out,
): readonly SentMessage[] {
  const { meters, power } = plant;
  const at = clock.nowMs + clock.stepMs;
  // In the order of rows, whatever landed first: feeders that are stepped apart then say the same in the same order.
  meters.delivered.sort((a, b) => a.row - b.row);
  const typed = meters.delivered.flatMap(({ row, message }) =>
    message.kind === "keypad-entry" ? [{ row, isSure: message.ifOff !== true }] : [],
  );
  const taken = answersOfSlots(model, meters, answers);
  const held = taken.map((answer) => heldBefore(model, plant, answer));
  const sent: SentMessage[] = [];
  const stepped = { at, stepMs: clock.stepMs, ...terminalColumns(power, clock.nowMs) };
  const before = held.length > 0 ? Uint8Array.from(meters.relayOpen) : undefined;
  const changes = stepMeters(model.meters, { state: meters, logs: plant.meterLogs }, stepped, sent);
  if (before === undefined) {
    for (const { row, position } of changes) {
      truth(clock, out, { kind: "relay", at, supply: model.meters.ids[row]!, position });
    }
    tellTyped(model, meters, clock, typed, out);
    return sent;
  }
  let messages: readonly SentMessage[] = sent;
  taken.forEach((answer, index) => {
    messages = takeAnswer(model, plant, clock, answer, held[index]!, messages, out);
  });
  for (let row = 0; row < before.length; row++) {
    if (meters.relayOpen[row] === before[row]) continue;
    const position = meters.relayOpen[row] === 1 ? "open" : "closed";
    truth(clock, out, { kind: "relay", at, supply: model.meters.ids[row]!, position });
  }
  // Typed at a board's own buttons, which nobody but the board knew before.
  for (const { row } of held) {
    const { at: shownAt, results = [] } = meters.tokens[row]?.shown ?? {};
    if (shownAt !== at || typed.some((each) => each.row === row)) continue;
    typed.push(...results.map(() => ({ row, isSure: true })));
  }
  tellTyped(model, meters, clock, typed, out);
  return messages;
}

/** Commands that landed in a long step are obeyed at its end. No board waits there: with one, steps are short. */
export function landedPhase(
  model: PlantModel,
  { meters, meterLogs, power }: PlantState,
  clock: Clock,
  landed: readonly LandedCommand[],
  out: Out,
): readonly SentMessage[] {
  const at = clock.nowMs + clock.stepMs;
  const sent: SentMessage[] = [];
  const stepped = { at, stepMs: clock.stepMs, ...terminalColumns(power, clock.nowMs) };
  const meter = { state: meters, logs: meterLogs };
  for (const { row, position } of obeyLanded(model.meters, meter, stepped, landed, sent)) {
    truth(clock, out, { kind: "relay", at, supply: model.meters.ids[row]!, position });
  }
  return sent;
}

/** What the display answered to each token that was typed in this step, in the order of typing. */
function tellTyped(
  model: PlantModel,
  { tokens }: MeterState,
  clock: Clock,
  typed: readonly { readonly row: number; readonly isSure: boolean }[],
  out: Out,
): void {
  const at = clock.nowMs + clock.stepMs;
  typed.forEach(({ row, isSure }, index) => {
    const shown = tokens[row]?.shown;
    const back = typed.slice(index).filter((other) => other.row === row).length;
    const result = shown?.at === at ? (shown.results.at(-back) ?? null) : null;
    if (result === null && !isSure) return;
    truth(clock, out, { kind: "token-typed", at, supply: model.meters.ids[row]!, result });
  });
}

/** One answer for each device in a slot, in the order of rows. Silence is one too; who has no slot is not heard. */
function answersOfSlots(
  model: PlantModel,
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
  /** The meter as it was before this step. */
  readonly before: MeterHandover;
  /** What no board counts: it stands still while one is in the slot. */
  readonly demand: MeterDemand | undefined;
}

function heldBefore(model: PlantModel, plant: PlantState, answer: DeviceAnswer): HeldMeter {
  const row = rowOf(model, answer.supply);
  const meter = { state: plant.meters, logs: plant.meterLogs };
  const demand = demandOf(plant.meters.demand, row);
  return { row, before: handoverOf(model.meters, meter, row), demand };
}

/** Takes back what the street's kernel wrote into a row whose meter is another one. */
function install(
  model: PlantModel,
  { meters, meterLogs }: PlantState,
  row: number,
  registers: MeterRegisters,
  logs: readonly MeterLogs[],
): void {
  installRegisters(model.meters, meters, row, registers);
  clearLogs(meterLogs, row);
  for (const each of logs) addLogs(meterLogs, row, model.meters.intervalMs, each);
}

function takeAnswer(
  model: PlantModel,
  plant: PlantState,
  clock: Clock,
  answer: DeviceAnswer,
  held: HeldMeter,
  messages: readonly SentMessage[],
  out: Out,
): readonly SentMessage[] {
  const { row, before } = held;
  const at = clock.nowMs + clock.stepMs;
  const { supply } = answer;
  if (answer.kind === "outputs" && isPlausible(answer.outputs, before)) {
    const { registers, sent, logged } = answer.outputs;
    install(model, plant, row, registers, [before.logs, logged]);
    restoreDemand(plant.meters.demand, row, held.demand);
    if (answer.isBack === true) truth(clock, out, { kind: "device-back", at, supply });
    const position = messages.findIndex((message) => message.row === row);
    const others = messages.filter((message) => message.row !== row);
    const own = sent.map((message) => ({ row, message, sentAt: at }));
    const next = position < 0 ? insertAt(others, row) : others.findIndex(({ row: r }) => r > row);
    const split = next < 0 ? others.length : next;
    return [...others.slice(0, split), ...own, ...others.slice(split)];
  }
  const policy = model.deviceLost;
  const isKnown = answer.kind === "no-answer" && answer.isStill === true;
  const reason = answer.kind === "no-answer" ? answer.reason : "what it says cannot be true";
  if (!isKnown) truth(clock, out, { kind: "device-lost", at, supply, policy, reason });
  if (policy === "fall-back") {
    plant.meters.devices[row] = "";
    return messages;
  }
  // The board is silent, not replaced: it neither counts nor obeys nor sends.
  install(model, plant, row, before, [before.logs]);
  restoreDemand(plant.meters.demand, row, held.demand);
  return messages.filter((message) => message.row !== row);
}

/** Registers that fell, or that are no registers of this program, are none: the board is lost. */
function isPlausible({ registers, logged, sent }: MeterOutputs, before: MeterRegisters): boolean {
  return (
    isWellFormed(registers) &&
    Array.isArray(logged?.profile) &&
    Array.isArray(logged.events) &&
    Array.isArray(sent) &&
    milliWhOf(registers) >= milliWhOf(before) &&
    exportMilliWhOf(registers) >= exportMilliWhOf(before)
  );
}

/** What a board answers comes from outside: a field that it does not know must not stop the street. */
function isWellFormed(registers: MeterRegisters): boolean {
  const { clock, supply, prepaid, limit } = registers;
  const counts = [
    milliWhOf(registers),
    registers.carryMilliWMs,
    exportMilliWhOf(registers),
    registers.exportCarryMilliWMs,
    registers.relayReasons,
    registers.tamperFlags,
    registers.tamperTold,
    registers.nextSequence,
    registers.nextEvent,
    clock?.lastInterval,
    clock?.intervalFlags,
  ];
  const moments = [clock?.setAt, clock?.offsetMs, supply?.darkSince, supply?.breathAt];
  return (
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    moments.every((moment) => Number.isFinite(moment)) &&
    Array.isArray(registers.obeyedCommands) &&
    isWatchWellFormed(registers.tamperWatch) &&
    areTokensWellFormed(registers.tokens) &&
    (prepaid === null || isPrepaidWellFormed(prepaid)) &&
    (limit === null || (Number.isFinite(limit?.limitW) && limit.limitW > 0))
  );
}

function isPrepaidWellFormed(prepaid: PrepaidState): boolean {
  const numbers = [
    prepaid?.creditMilliMinor,
    prepaid?.chargeCarry,
    prepaid?.chargedMilliWh,
    prepaid?.priceMilliMinorPerKWh,
    prepaid?.termsUntil,
    prepaid?.standingDay,
  ];
  return (
    numbers.every((value) => Number.isFinite(value)) &&
    Array.isArray(prepaid.tokens) &&
    Array.isArray(prepaid.terms?.rates) &&
    areTermsValid(prepaid.terms)
  );
}

const milliWhOf = ({ importWh, importBelowMilliWh }: MeterRegisters): number =>
  importWh * 1000 + importBelowMilliWh;
const exportMilliWhOf = ({ exportWh, exportBelowMilliWh }: MeterRegisters): number =>
  exportWh * 1000 + exportBelowMilliWh;

function insertAt(messages: readonly SentMessage[], row: number): number {
  return messages.findIndex((message) => message.row > row);
}
