// The air between the meters' outboxes and the head-end's ear.

import { type Arrival, advance, post } from "../../comms/bearer.ts";
import type { AirState } from "../../comms/state.ts";
import type { MeterState } from "../../plant/state.ts";
import type { Clock, Model, StepOutputs } from "../world.ts";
import { truth } from "./event-log.ts";
import type { SentMessage } from "./meters.ts";

type Out = StepOutputs;

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
