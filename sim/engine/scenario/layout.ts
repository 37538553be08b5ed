// Where things stand and what they are called, from the company's records: the plan that views are drawn on.

import type { StreetLayout } from "../../contract/frame.ts";
import type { Calendar } from "../../core/calendar.ts";
import type { ImportedFeeder } from "../../grid/opendss.ts";
import type { SupplyRecord } from "../../utility/records.ts";
import type { Scenario } from "./schema.ts";

/** A trunk carries at least this share of all customers. */
const TRUNK_SHARE = 0.3;

/** The plan; buses without coordinates stand at the transformer. Lines first, in the order of the file, then transformers. */
export function createLayout(
  scenario: Scenario,
  calendar: Calendar,
  feeder: ImportedFeeder,
  supplies: readonly SupplyRecord[],
): StreetLayout {
  const buses = new Map(feeder.buses.map((bus) => [bus.name, bus]));
  const transformer = feeder.transformers[0];
  const home = buses.get(transformer?.to ?? feeder.source.bus);
  const origin = { x: home?.x ?? 0, y: home?.y ?? 0 };
  const placeOf = (bus: string): { x: number; y: number } => {
    const found = buses.get(bus);
    return found?.x == null || found.y === null ? origin : { x: found.x, y: found.y };
  };
  const busOfLoad = new Map(feeder.loads.map(({ id, bus }) => [id, bus]));
  const downstream = customersBelow(feeder);
  const lines = feeder.lines.map((line) => {
    const [a, b] = [placeOf(line.from), placeOf(line.to)];
    const below = downstream.get(line.id) ?? 0;
    const isService = below <= 1 && line.phases.length === 1;
    const isTrunk = below >= TRUNK_SHARE * feeder.loads.length;
    return {
      id: line.id,
      from: [a.x, a.y] as const,
      to: [b.x, b.y] as const,
      kind: isService ? ("service" as const) : isTrunk ? ("trunk" as const) : ("lateral" as const),
      ratingA: line.ratingA,
    };
  });
  const transformers = feeder.transformers.map(({ id, from, to, ratedVa, secondaryWindingV }) => {
    const [a, b] = [placeOf(from), placeOf(to)];
    const ratingA = ratedVa / 3 / secondaryWindingV;
    return {
      id,
      from: [a.x, a.y] as const,
      to: [b.x, b.y] as const,
      kind: "transformer" as const,
      ratingA,
    };
  });
  return {
    title: scenario.title,
    zone: calendar.zone,
    startEpochMs: calendar.startEpochMs,
    offsets: calendar.offsets,
    currency: "",
    intervalMs: scenario.meters.interval,
    supplies: supplies.map(({ id, address, customer, load, phase }) => {
      const bus = busOfLoad.get(load) ?? "";
      const { x, y } = placeOf(bus);
      return { id, address, customer, phase: phase === 2 || phase === 3 ? phase : 1, bus, x, y };
    }),
    branches: [...lines, ...transformers],
    transformer: { ...origin, ratingVa: transformer?.ratedVa ?? 0 },
    masts: scenario.air.masts,
  };
}

/** Row: line id. How many loads it feeds. */
function customersBelow(feeder: ImportedFeeder): ReadonlyMap<string, number> {
  const loadsAt = new Map<string, number>();
  for (const { bus } of feeder.loads) loadsAt.set(bus, (loadsAt.get(bus) ?? 0) + 1);
  const around = new Map<string, { readonly to: string; readonly id: string }[]>();
  const connect = (from: string, to: string, id: string): void => {
    const list = around.get(from);
    if (list === undefined) around.set(from, [{ to, id }]);
    else list.push({ to, id });
  };
  for (const { id, from, to } of [...feeder.lines, ...feeder.transformers]) {
    connect(from, to, id);
    connect(to, from, id);
  }
  const order = [{ bus: feeder.source.bus, parent: -1, id: "" }];
  const seen = new Set([feeder.source.bus]);
  for (let at = 0; at < order.length; at++) {
    for (const { to, id } of around.get(order[at]!.bus) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      order.push({ bus: to, parent: at, id });
    }
  }
  const sums = order.map(({ bus }) => loadsAt.get(bus) ?? 0);
  for (let at = order.length - 1; at > 0; at--) {
    sums[order[at]!.parent] = sums[order[at]!.parent]! + sums[at]!;
  }
  return new Map(order.map(({ id }, at) => [id, sums[at]!]));
}
