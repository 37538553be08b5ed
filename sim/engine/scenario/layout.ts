// Where things stand and what they are called, from the company's records: the plan that views are drawn on.

import { coverageOf } from "../../comms/coverage.ts";
import type { StreetLayout } from "../../contract/frame.ts";
import type { Calendar } from "../../core/calendar.ts";
import type { ImportedFeeder } from "../../grid/opendss.ts";
import type { FeederSpec } from "../../plant/spec.ts";
import type { SupplyRecord } from "../../utility/records.ts";
import { transmittersOf } from "./air.ts";
import type { Scenario } from "./schema.ts";

/** Between phase and neutral. */
const NOMINAL_V = 230;
/** A trunk carries at least this share of all customers. */
const TRUNK_SHARE = 0.3;

/** The plan: every feeder's lines in the order of its file, then the transformers. Several feeders prefix their names. */
export function createLayout(
  scenario: Scenario,
  calendar: Calendar,
  feeders: readonly FeederSpec[],
  supplies: readonly SupplyRecord[],
): StreetLayout {
  const plans = feeders.map(planOf);
  return {
    title: scenario.title,
    zone: calendar.zone,
    startEpochMs: calendar.startEpochMs,
    offsets: calendar.offsets,
    currency: "",
    intervalMs: scenario.meters.interval,
    supplies: supplies.map(({ id, address, customer, load, phase, feeder }) => {
      const { busOfLoad, placeOf } = plans[feeder]!;
      const bus = busOfLoad.get(load) ?? "";
      const { x, y } = placeOf(bus);
      return { id, address, customer, phase: phase === 2 || phase === 3 ? phase : 1, bus, x, y };
    }),
    branches: [
      ...plans.flatMap(({ lines }) => lines),
      ...plans.flatMap((plan) => plan.transformers),
    ],
    transformers: plans.map(({ origin, ratingVa }, row) => ({
      feeder: feeders[row]!.id,
      ...origin,
      ratingVa,
    })),
    // Where nobody said, beside the first transformer.
    masts: transmittersOf(scenario.air, plans[0]?.origin ?? { x: 0, y: 0 }).map((mast) => {
      const coverageM = Math.round(coverageOf(mast, scenario.air));
      return { id: mast.id, x: mast.x, y: mast.y, coverageM };
    }),
    nominalV: NOMINAL_V,
  };
}

const phaseBits = (phases: readonly number[]): number =>
  phases.reduce((bits, phase) => bits | (1 << (phase - 1)), 0);

interface Point {
  readonly x: number;
  readonly y: number;
}

interface FeederPlan {
  readonly origin: Point;
  readonly ratingVa: number;
  readonly busOfLoad: ReadonlyMap<string, string>;
  readonly placeOf: (bus: string) => Point;
  readonly lines: StreetLayout["branches"];
  readonly transformers: StreetLayout["branches"];
}

/** One feeder on the plan; buses without coordinates stand at its transformer. */
function planOf({ network }: FeederSpec): FeederPlan {
  const buses = new Map(network.buses.map((bus) => [bus.name, bus]));
  const transformer = network.transformers[0];
  const home = buses.get(transformer?.to ?? network.source.bus);
  const origin = { x: home?.x ?? 0, y: home?.y ?? 0 };
  const placeOf = (bus: string): Point => {
    const found = buses.get(bus);
    return found?.x == null || found.y === null ? origin : { x: found.x, y: found.y };
  };
  const downstream = customersBelow(network);
  const loadBuses = new Set(network.loads.map(({ bus }) => bus));
  const lines = network.lines.map((line) => {
    const [a, b] = [placeOf(line.from), placeOf(line.to)];
    const below = downstream.get(line.id) ?? 0;
    const isService = below <= 1 && (line.phases.length === 1 || loadBuses.has(line.to));
    const isTrunk = below >= TRUNK_SHARE * network.loads.length;
    return {
      id: line.id,
      from: [a.x, a.y] as const,
      to: [b.x, b.y] as const,
      kind: isService ? ("service" as const) : isTrunk ? ("trunk" as const) : ("lateral" as const),
      ratingA: line.ratingA,
      phases: phaseBits(line.phases),
    };
  });
  const transformers = network.transformers.map(({ id, from, to, ratedVa, secondaryWindingV }) => {
    const [a, b] = [placeOf(from), placeOf(to)];
    const ratingA = ratedVa / 3 / secondaryWindingV;
    return {
      id,
      from: [a.x, a.y] as const,
      to: [b.x, b.y] as const,
      kind: "transformer" as const,
      ratingA,
      phases: phaseBits([1, 2, 3]),
    };
  });
  return {
    origin,
    ratingVa: transformer?.ratedVa ?? 0,
    busOfLoad: new Map(network.loads.map(({ id, bus }) => [id, bus])),
    placeOf,
    lines,
    transformers,
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
