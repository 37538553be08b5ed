// Crews on the street: they see what is physically there, at the moment that they are there, and bring it to the
// company as a report. The one way on which truth comes to it without a meter.

import type { InspectionFinding } from "../../contract/inspection.ts";
import type { PlantState } from "../../plant/state.ts";
import { installedAt } from "../../plant/theft/thefts.ts";
import type { Model, StepOutputs, World } from "../world.ts";
import { truth } from "./event-log.ts";

/** Whether a crew is due now: the plant must be whole for it. */
export const isCrewDue = ({ engine }: Pick<World, "engine">): boolean =>
  engine.visits.some(({ visitAt }) => visitAt <= engine.clock.nowMs);

/** Crews that are there look, take away what they find where they may, and report. */
export function visitDue(
  model: Model,
  world: World,
  out: StepOutputs,
  remove: (row: number) => void,
): void {
  const { engine, plant } = world;
  const { visits, reports, clock } = engine;
  const at = clock.nowMs;
  const due = visits.filter(({ visitAt }) => visitAt <= at);
  if (due.length === 0) return;
  const later = visits.filter(({ visitAt }) => visitAt > at);
  visits.splice(0, visits.length, ...later);
  for (const { caseId, target, isRemoving } of due) {
    const rows = rowsToSee(model, target);
    const found = rows.flatMap((row) => seenAt(model, plant, row, target));
    truth(clock, out, { kind: "crew-visit", at, supply: target, found });
    const isRemoved = isRemoving && found.length > 0;
    if (isRemoved) {
      for (const row of rows) {
        if (found.some(({ supply }) => supply === model.meters.ids[row])) remove(row);
      }
    }
    reports.push({ kind: "inspection-report", caseId, target, at, found, isRemoved });
  }
}

/** A home; or every home of a feeder, seen from the street. */
function rowsToSee(model: Model, target: string): readonly number[] {
  const row = model.rowOfSupply.get(target);
  if (row !== undefined) return [row];
  const feeder = model.feeders.findIndex(({ id }) => id === target);
  return model.plantSpec.supplies.flatMap((supply, at) => (supply.feeder === feeder ? [at] : []));
}

/** From the street only what is tapped off the line is seen; what is inside a meter's box is not. */
function seenAt(
  model: Model,
  plant: PlantState,
  row: number,
  target: string,
): readonly InspectionFinding[] {
  const supply = model.meters.ids[row]!;
  const kinds = installedAt(plant.theft, row);
  const seen = supply === target ? kinds : kinds.filter((kind) => kind === "hook");
  return seen.map((technique) => ({ supply, technique }));
}
