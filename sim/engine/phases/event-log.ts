// How phases say what happened: numbered in the order of the run, each on its side of the wall.

import type { BeliefEvent, TruthEvent } from "../../contract/event.ts";
import { assert } from "../../core/assert.ts";
import type { PlantModel } from "../plant-model.ts";
import type { Clock, StepOutputs } from "../world.ts";

type Out = StepOutputs;

/** Something that physically happens. */
export function truth(engineClock: Clock, out: Out, event: TruthEvent): void {
  out.events.push({ side: "truth", sequence: engineClock.nextEvent++, event });
}

/** What the company came to know or did, in order. */
export function belief(engineClock: Clock, out: Out, events: readonly BeliefEvent[]): void {
  for (const event of events) {
    out.events.push({ side: "belief", sequence: engineClock.nextEvent++, event });
  }
}

/** The row of a supply point that an input, a letter or an answer names; whoever brought it in has checked it. */
export function rowOf(model: PlantModel, target: string): number {
  const row = model.rowOfSupply.get(target);
  assert(row !== undefined, `no supply point ${target}`);
  return row;
}
