// The air between the meters' outboxes and the head-end's ear.

import { type Arrival, advance, type Deliveries, type Landing, post } from "../../comms/air.ts";
import { receiveTexts } from "../../comms/phones.ts";
import { setSupply } from "../../comms/registration.ts";
import type { AirState } from "../../comms/state.ts";
import type { UplinkMessage } from "../../contract/reading.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { CutState, MeterState } from "../../plant/state.ts";
import type { Clock, Model, StepOutputs } from "../world.ts";
import { truth } from "./event-log.ts";
import type { SentMessage } from "./meters.ts";

type Out = StepOutputs;

/** A command that lands in a step up to this long waits for the meters of the next one; see `Heard`. */
const WAITING_STEP_MAX_MS = MINUTE_MS;

/** What reached the company, and the commands that meters obey at the end of this very step. */
export interface Heard {
  readonly arrivals: readonly Arrival[];
  /** In a step of more than a minute, by the time of landing: nobody stays off for an hour because nobody watches. */
  readonly landed: readonly Landing[];
}

/**
 * Modems without supply are dark; outboxes fill and send; what arrives, arrives. What meters send goes to their modems at its own moment of the step, between what happens before
 * and after it, so that the length of the step changes nothing.
 */
export function airPhase(
  model: Model,
  air: AirState,
  { meters, cuts }: { readonly meters: MeterState; readonly cuts: CutState },
  clock: Clock,
  sent: readonly SentMessage[],
  out: Out,
): Heard {
  const { airSpec } = model;
  const endMs = clock.nowMs + clock.stepMs;
  supplyModems(model, air, cuts, clock.nowMs);
  const arrivals: Arrival[] = [];
  const landed: Landing[] = [];
  const waiting: Deliveries = {
    push: ({ row, message }) => meters.delivered.push({ row, message }),
  };
  const delivered = clock.stepMs > WAITING_STEP_MAX_MS ? landed : waiting;
  const inTime = [...sent].sort((a, b) => a.sentAt - b.sentAt); // stable: equal times in the order of rows
  let reachedMs = clock.nowMs;
  for (const { row, message, sentAt } of inTime) {
    if (sentAt > reachedMs) advance(airSpec, air, sentAt, arrivals, delivered);
    reachedMs = Math.max(reachedMs, sentAt);
    postOne(model, air, clock, { row, message, sentAt }, out);
  }
  advance(airSpec, air, endMs, arrivals, delivered);
  for (const { row, letter, at } of receiveTexts(airSpec, air, endMs)) {
    truth(clock, out, { kind: "text-received", at, supply: model.meters.ids[row]!, letter });
  }
  return { arrivals, landed };
}

/** What meters answer to commands that they have obeyed at the end of the step. */
export function postAnswers(
  model: Model,
  air: AirState,
  clock: Clock,
  answers: readonly SentMessage[],
  out: Out,
): void {
  for (const answer of answers) postOne(model, air, clock, answer, out);
}

function postOne(
  model: Model,
  air: AirState,
  clock: Clock,
  { row, message, sentAt }: SentMessage,
  out: Out,
): void {
  const dropped = post(model.airSpec, air, row, message, sentAt);
  const endMs = clock.nowMs + clock.stepMs;
  if (dropped.length > 0) sayDropped(model, clock, row, dropped, endMs, out);
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
