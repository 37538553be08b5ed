// Due events and journalled inputs take effect, at a step boundary; nothing else changes the circuit.

import { type OutageReason, setOutage } from "../../comms/outages.ts";
import { isAccountInput } from "../../contract/account-input.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { JournalEntry, TwinInput } from "../../contract/input.ts";
import { isOfMast, type OutageKind } from "../../contract/outage.ts";
import type { TheftKind } from "../../contract/theft.ts";
import { digitsOf } from "../../contract/token.ts";
import { assert, unreachable } from "../../core/assert.ts";
import { minor } from "../../core/money.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { type Installation, installTheft, removeTheft } from "../../plant/theft/thefts.ts";
import { closeDispute, openDispute } from "../../utility/billing/disputes.ts";
import { officialOf } from "../../utility/billing/trip-desk.ts";
import type { BeliefState } from "../../utility/state.ts";
import { type DueEvent, takeDue } from "../queue.ts";
import type { Clock, Model, StepOutputs, World } from "../world.ts";
import { applyAccountInput } from "./account-inputs.ts";
import { visitDue } from "./crews.ts";
import { belief, rowOf, truth } from "./event-log.ts";
import { decideTrips, orderByHand } from "./hand-orders.ts";
import { replaceByHand, shortCircuit } from "./protection.ts";
import { orderInspection } from "./theft-cases.ts";

/** The longest step while a board is in a slot. */
export const SWAPPED_STEP_MAX_MS = 1000;

type Out = StepOutputs;

/** Due events and journalled inputs take effect, at a step boundary. */
export function inputsPhase(
  model: Model,
  world: World,
  entries: readonly JournalEntry[],
  out: Out,
): void {
  const { clock, queue } = world.engine;
  for (const event of takeDue(queue, clock.nowMs)) applyDue(model, world, event, out);
  visitDue(model, world, out, (row) => stopStealing(model, world, row, undefined, out));
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
    case "theft-start": {
      const { kind, intensity, opensCover } = model.plantSpec.thefts[event.plan]!;
      const what = { kind, intensity, opensCover, plan: event.plan };
      return steal(model, world, event.row, what, out);
    }
    case "theft-stop":
      return stopStealing(model, world, event.row, model.plantSpec.thefts[event.plan]!.kind, out);
    case "power-cut":
    case "power-restored":
      return cutPower(model, world, event, "scenario", event.kind, out);
    case "outage-start":
      return moveOutage(model, world, { of: event.of, mast: event.row }, "scenario", "down", out);
    case "outage-end":
      return moveOutage(model, world, { of: event.of, mast: event.row }, "scenario", "up", out);
    case "swap-in":
      // By hand it may have a board already.
      if (world.plant.meters.devices[event.row] !== "") return;
      return swapIn(world, event.row, event.device, model.meters.ids[event.row]!, out);
    case "swap-out":
      if (world.plant.meters.devices[event.row] === "") return;
      return swapOut(world, event.row, model.meters.ids[event.row]!, out);
    default:
      return unreachable(event);
  }
}

function steal(model: Model, world: World, row: number, what: Installation, out: Out): void {
  const { plant, engine } = world;
  const { clock } = engine;
  const at = clock.nowMs;
  installTheft(plant.theft, row, what, at);
  const { kind: theft, intensity } = what;
  const size =
    theft === "hook" ? { share: null, powerW: intensity } : { share: intensity, powerW: null };
  truth(clock, out, { kind: "theft-start", at, supply: model.meters.ids[row]!, theft, ...size });
}

function stopStealing(
  model: Model,
  world: World,
  row: number,
  kind: TheftKind | undefined,
  out: Out,
): void {
  const { clock } = world.engine;
  const supply = model.meters.ids[row]!;
  for (const theft of removeTheft(world.plant.theft, row, kind)) {
    truth(clock, out, { kind: "theft-stop", at: clock.nowMs, supply, theft });
  }
}

interface Place {
  readonly what: "supply" | "feeder";
  readonly row: number;
}

/** The supply point or feeder of a name; every feeder without one. */
function placesOf(model: Model, target: string | undefined): readonly Place[] {
  const feeders = model.feeders.map(({ id }, row) => ({ id, what: "feeder" as const, row }));
  if (target === undefined) return feeders;
  const feeder = feeders.find(({ id }) => id === target);
  return [feeder ?? { what: "supply", row: rowOf(model, target) }];
}

const CUT_BITS = { scenario: 1, hand: 2 } as const;

/** Takes supply away or gives it back, for one reason; it is there when no reason is left, or when a person says so. */
function cutPower(
  model: Model,
  world: World,
  { what, row }: Place,
  reason: keyof typeof CUT_BITS,
  kind: "power-cut" | "power-restored",
  out: Out,
): void {
  const { clock } = world.engine;
  const column = world.plant.cuts[what];
  const before = column[row]!;
  const bit = CUT_BITS[reason];
  const after = kind === "power-cut" ? before | bit : reason === "hand" ? 0 : before & ~bit;
  column[row] = after;
  if ((before === 0) === (after === 0)) return;
  const target = what === "feeder" ? model.feeders[row]!.id : model.meters.ids[row]!;
  truth(clock, out, { kind, at: clock.nowMs, target });
}

/** Something of the mobile network goes or comes back. */
function moveOutage(
  model: Model,
  world: World,
  what: { readonly of: OutageKind; readonly mast: number },
  reason: OutageReason,
  position: "down" | "up",
  out: Out,
): void {
  const { clock } = world.engine;
  const at = clock.nowMs;
  if (!setOutage(model.airSpec, world.air, what, reason, position, at)) return;
  const { of } = what;
  const mast = model.airSpec.masts[what.mast]!.id;
  if (of === "mast") {
    truth(clock, out, { kind: position === "down" ? "mast-down" : "mast-up", at, mast });
    return;
  }
  const kind = position === "down" ? "outage-start" : "outage-end";
  truth(clock, out, { kind, at, of, mast: isOfMast(of) ? mast : null });
}

/** The row of a mast by its name; the first one without. */
function mastRow({ airSpec }: Model, target: string | undefined): number {
  return target === undefined ? 0 : airSpec.masts.findIndex(({ id }) => id === target);
}

function applyInput(model: Model, world: World, input: TwinInput, out: Out): void {
  if (isAccountInput(input)) return applyAccountInput(model, world, input, out);
  const { clock, payments } = world.engine;
  switch (input.kind) {
    case "theft-start": {
      const { theft: kind = "partial-bypass", share, powerW, opensCover = false } = input;
      const intensity = kind === "hook" ? (powerW ?? 0) : (share ?? 1);
      const what = { kind, intensity, opensCover, plan: -1 };
      return steal(model, world, rowOf(model, input.target), what, out);
    }
    case "theft-stop":
      return stopStealing(model, world, rowOf(model, input.target), input.theft, out);
    case "mast-down":
    case "mast-up": {
      const what = { of: "mast", mast: mastRow(model, input.target) } as const;
      return moveOutage(
        model,
        world,
        what,
        "hand",
        input.kind === "mast-down" ? "down" : "up",
        out,
      );
    }
    case "outage-start":
    case "outage-end": {
      const what = { of: input.of, mast: mastRow(model, input.target) };
      const position = input.kind === "outage-start" ? "down" : "up";
      return moveOutage(model, world, what, "hand", position, out);
    }
    case "power-cut":
    case "power-restore": {
      const kind = input.kind === "power-cut" ? "power-cut" : "power-restored";
      for (const place of placesOf(model, input.target)) {
        cutPower(model, world, place, "hand", kind, out);
      }
      return;
    }
    case "short-circuit":
      return shortCircuit(model, world.plant, input.target, clock, out);
    case "fuse-replace":
      return replaceByHand(model, world.plant, input.target, clock, out);
    case "payment": {
      const { target: supply, receipt } = input;
      const amountMinor = minor(input.amountMinor);
      const what = { kind: "payment", supply, at: clock.nowMs, amountMinor } as const;
      if (receipt === undefined) {
        payments.push({ ...what, reference: `hand/${clock.nextPayment++}` });
      } else payments.push({ ...what, reference: `receipt/${supply}/${receipt}`, receipt });
      return;
    }
    case "dispute-open":
    case "dispute-close":
      return dispute(model, world.belief, clock, input, out);
    case "trip":
    case "reconnect":
    case "approve-trips":
    case "refuse-trips":
      return official(model, world, input, out);
    case "inspect":
      return inspectByHand(model, world, input.target, input.by, out);
    case "set-step":
      clock.wantedStepMs = input.stepMs;
      return;
    case "swap-in":
      return swapIn(world, rowOf(model, input.target), input.device, input.target, out);
    case "swap-out":
      return swapOut(world, rowOf(model, input.target), input.target, out);
    case "press-button": {
      const { target: supply, button } = input;
      return truth(clock, out, { kind: "button-pressed", at: clock.nowMs, supply, button });
    }
    case "enter-token": {
      const message = { kind: "keypad-entry", digits: digitsOf(input.token) ?? "" } as const;
      world.plant.meters.delivered.push({ row: rowOf(model, input.target), message });
      return;
    }
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

/** A customer doubts what is owed, or the company decides about it. */
function dispute(
  model: Model,
  state: BeliefState,
  clock: Clock,
  input: Extract<TwinInput, { kind: "dispute-open" | "dispute-close" }>,
  out: Out,
): void {
  const supply = input.target;
  const account = state.accounts[rowOf(model, supply)];
  if (account === undefined) return;
  const arrearsMinMinor = model.records.billing?.policy.arrearsMinMinor ?? 1;
  const at = clock.nowMs;
  const events: BeliefEvent[] = [];
  const { postings, bills } = out;
  const books = { postings, bills, letters: [], events };
  if (input.kind === "dispute-close") {
    const how = { upheld: input.upheld, at, arrearsMinMinor };
    closeDispute(supply, account, state.ledger, how, books);
  } else if (account.dispute === null && account.items.length > 0) {
    const amountMinor = input.amountMinor ?? Number.MAX_SAFE_INTEGER;
    const what = { amountMinor, reason: input.reason, at, arrearsMinMinor };
    openDispute(supply, account, state.billing, what, books);
  }
  belief(clock, out, events);
}

/** An official's word about supplies. */
function official(
  { records, meters, rowOfSupply }: Model,
  { belief: state, engine: { clock } }: World,
  input: Extract<TwinInput, { kind: "trip" | "reconnect" | "approve-trips" | "refuse-trips" }>,
  out: Out,
): void {
  const events: BeliefEvent[] = [];
  const at = clock.nowMs;
  if (input.kind === "approve-trips" || input.kind === "refuse-trips") {
    const { batch, by } = input;
    const isApproved = input.kind === "approve-trips";
    decideTrips(records, state, { batch, by, isApproved }, at, events);
  } else {
    const row = rowOfSupply.get(input.target)!;
    const supply = meters.ids[row]!;
    const hand = { row, supply, action: input.kind, by: officialOf(input.by) };
    orderByHand(records, state, hand, at, events);
  }
  belief(clock, out, events);
}

/** A person at the company sends a crew to a home, a feeder or the place of a case. */
function inspectByHand(
  model: Model,
  world: World,
  target: string,
  by: string | undefined,
  out: Out,
): void {
  const { clock } = world.engine;
  const known = world.belief.detection.cases.find(({ id }) => id === target);
  const events: BeliefEvent[] = [];
  const reason = by === undefined ? "ordered by hand" : `ordered by ${by}`;
  const place = known?.supply ?? target;
  orderInspection(model, world.belief, world.engine, place, reason, clock.nowMs, events);
  belief(clock, out, events);
}
