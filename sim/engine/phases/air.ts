// The air between the meters' outboxes and the head-end's ear.

import { type Arrival, advance, post } from "../../comms/air.ts";
import { receiveTexts } from "../../comms/phones.ts";
import { setSupply } from "../../comms/registration.ts";
import type { AirState } from "../../comms/state.ts";
import type { UplinkMessage } from "../../contract/reading.ts";
import type { CutState, MeterState } from "../../plant/state.ts";
import type { Clock, Model, StepOutputs } from "../world.ts";
import { truth } from "./event-log.ts";
import type { SentMessage } from "./meters.ts";

type Out = StepOutputs;

/**
 * Modems without supply are dark; outboxes fill and send; what arrives, arrives. Commands that land wait for the meters
 * of the next step. What meters send goes to their modems at its own moment of the step, between what happens before
 * and after it, so that the length of the step changes nothing.
 */
export function airPhase(
  model: Model,
  air: AirState,
  { meters, cuts }: { readonly meters: MeterState; readonly cuts: CutState },
  clock: Clock,
  sent: readonly SentMessage[],
  out: Out,
): readonly Arrival[] {
  const { airSpec } = model;
  const endMs = clock.nowMs + clock.stepMs;
  supplyModems(model, air, cuts, clock.nowMs);
  const arrivals: Arrival[] = [];
  const inTime = [...sent].sort((a, b) => a.sentAt - b.sentAt); // stable: equal times in the order of rows
  let reachedMs = clock.nowMs;
  for (const { row, message, sentAt } of inTime) {
    if (sentAt > reachedMs) advance(airSpec, air, sentAt, arrivals, meters.delivered);
    reachedMs = Math.max(reachedMs, sentAt);
    const dropped = post(airSpec, air, row, message, sentAt);
    if (dropped.length > 0) sayDropped(model, clock, row, dropped, endMs, out);
  }
  advance(airSpec, air, endMs, arrivals, meters.delivered);
  for (const { row, letter, at } of receiveTexts(airSpec, air, endMs)) {
    truth(clock, out, { kind: "text-received", at, supply: model.meters.ids[row]!, letter });
  }
  return arrivals;
}

/** A meter has supply where neither its service cable nor its feeder is dead; an open relay is behind it. */
function supplyModems(model: Model, air: AirState, cuts: CutState, at: number): void {
  const { plantSpec, airSpec, feeders } = model;
  const { supplies } = plantSpec;
  for (let row = 0; row < supplies.length; row++) {
    const hasSupply = cuts.supply[row] === 0 && cuts.feeder[supplies[row]!.feeder] === 0;
    setSupply(airSpec, air, row, hasSupply, at);
  }
  for (let feeder = 0; feeder < feeders.length; feeder++) {
    setSupply(airSpec, air, feeders[feeder]!.meterRow, cuts.feeder[feeder] === 0, at);
  }
}

function sayDropped(
  model: Model,
  clock: Clock,
  row: number,
  dropped: readonly UplinkMessage[],
  at: number,
  out: Out,
): void {
  const supply = model.meters.ids[row]!;
  const count = dropped.filter(({ kind }) => kind === "reading").length;
  if (count > 0) truth(clock, out, { kind: "readings-dropped", at, supply, count });
  for (const { kind } of dropped) {
    if (kind !== "reading")
      truth(clock, out, { kind: "message-dropped", at, supply, message: kind });
  }
}
