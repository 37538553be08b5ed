// The street as an electrical tree, from the plan alone: transformers, the buses that cables end at, homes. Cables that
// only pass current on are one; the branch with most homes goes straight on, the others are laterals. Pure.

import type { StreetLayout } from "../../sim/contract/frame.ts";

export interface Bus {
  /** `feeder/0` is the transformer's own; stable for a layout. */
  readonly key: string;
  readonly feeder: number;
  /** Index of the bus upstream in `buses`; −1 for a transformer's own. */
  readonly upstream: number;
  /** Rows of the cables that lead here from there, in the order of the flow; of the transformer, its own. */
  readonly cables: readonly number[];
  readonly homes: readonly HomePoint[];
  /** Buses downstream, laterals first, the one that goes straight on last. */
  downstream: readonly number[];
  /** Homes here and further down are `order[firstHome … endHome)`. */
  firstHome: number;
  endHome: number;
}

export interface HomePoint {
  /** Row of the supply point. */
  readonly row: number;
  /** Rows of the cables of its service drop; empty where it sits on the bus itself. */
  readonly cables: readonly number[];
}

export interface Topology {
  /** Transformers' buses first, one a feeder, in the layout's order; each bus stands after the one upstream. */
  readonly buses: readonly Bus[];
  /** Rows of supply points in the order of the tree. */
  readonly order: readonly number[];
  /** Row: supply point. The bus that it hangs on. */
  readonly busOfHome: readonly number[];
}

interface Way {
  readonly to: string;
  readonly row: number;
}

/** The plan says where cables end and not what they are called; what ends at one place is connected there. */
export function createTopology(layout: StreetLayout): Topology {
  const feederOf = feederReader(layout);
  const ways = waysOf(layout, feederOf);
  const homesAt = new Map<string, number[]>();
  layout.supplies.forEach(({ bus, x, y }, row) => {
    const key = `${feederOf(bus)}:${x},${y}`;
    homesAt.set(key, [...(homesAt.get(key) ?? []), row]);
  });
  const buses: Draft[] = layout.transformers.map((_, feeder) => ({
    ...{ key: `${feeder}/0`, feeder, upstream: -1, homes: [], downstream: [] },
    cables: transformerRows(layout, feeder),
    firstHome: 0,
    endHome: 0,
  }));
  const busOfHome = layout.supplies.map(() => -1);
  const seen = new Set<string>();
  const open: { readonly point: string; readonly bus: number }[] = [];
  const hang = (bus: number, cables: readonly number[], rows: readonly number[]): void => {
    for (const row of rows) {
      buses[bus]!.homes.push({ row, cables });
      busOfHome[row] = bus;
    }
  };
  layout.transformers.forEach(({ x, y }, feeder) => {
    const point = `${feederOf(layout.transformers[feeder]!.feeder)}:${x},${y}`;
    seen.add(point);
    hang(feeder, [], homesAt.get(point) ?? []);
    open.push({ point, bus: feeder });
  });
  for (let at = 0; at < open.length; at++) {
    const { point, bus } = open[at]!;
    for (const way of ways.get(point) ?? []) {
      const run = follow(way, ways, homesAt, seen);
      if (run === null) continue;
      const homes = homesAt.get(run.end) ?? [];
      if (run.isEnd && homes.length > 0) hang(bus, run.cables, homes);
      else if (!run.isEnd) {
        const next = buses.length;
        const { feeder } = buses[bus]!;
        buses.push({
          ...{ key: `${feeder}/${run.cables.at(-1)}`, feeder, upstream: bus, cables: run.cables },
          ...{ homes: [], downstream: [], firstHome: 0, endHome: 0 },
        });
        buses[bus]!.downstream.push(next);
        hang(next, [], homes);
        open.push({ point: run.end, bus: next });
      }
    }
  }
  // What no cable reaches on the plan is shown at the first transformer, rather than not at all.
  if (buses.length > 0) {
    busOfHome.forEach((bus, row) => {
      if (bus < 0) hang(0, [], [row]);
    });
  }
  return { buses, order: orderHomes(buses), busOfHome };
}

interface Draft extends Bus {
  readonly homes: HomePoint[];
  downstream: number[];
}

/** Several feeders prefix the names of what is theirs: `north/line3`. */
function feederReader({ transformers }: StreetLayout): (id: string) => string {
  if (transformers.length < 2) return () => "";
  const names = new Set(transformers.map(({ feeder }) => feeder));
  return (id) => {
    const head = id.split("/")[0]!;
    return names.has(head) ? head : "";
  };
}

function transformerRows({ branches, transformers }: StreetLayout, feeder: number): number[] {
  const rows = branches.flatMap(({ kind }, row) => (kind === "transformer" ? [row] : []));
  // One a feeder, in order, as far as the file of the feeder has one.
  if (rows.length === transformers.length) return [rows[feeder]!];
  const name = transformers[feeder]!.feeder;
  return rows.filter((row) => branches[row]!.id.startsWith(`${name}/`));
}

function waysOf(
  { branches }: StreetLayout,
  feederOf: (id: string) => string,
): ReadonlyMap<string, readonly Way[]> {
  const ways = new Map<string, Way[]>();
  const add = (from: string, to: string, row: number): void => {
    const list = ways.get(from);
    if (list === undefined) ways.set(from, [{ to, row }]);
    else list.push({ to, row });
  };
  branches.forEach(({ id, from, to, kind }, row) => {
    if (kind === "transformer") return;
    const [a, b] = [from, to].map(([x, y]) => `${feederOf(id)}:${x},${y}`) as [string, string];
    if (a === b) return;
    add(a, b, row);
    add(b, a, row);
  });
  return ways;
}

/** Along cables that only pass current on, to where something hangs or ends; null where somebody has been. */
function follow(
  first: Way,
  ways: ReadonlyMap<string, readonly Way[]>,
  homesAt: ReadonlyMap<string, readonly number[]>,
  seen: Set<string>,
): { readonly end: string; readonly cables: readonly number[]; readonly isEnd: boolean } | null {
  if (seen.has(first.to)) return null;
  const cables: number[] = [];
  let way = first;
  for (;;) {
    seen.add(way.to);
    cables.push(way.row);
    const onward = (ways.get(way.to) ?? []).filter(({ to }) => !seen.has(to));
    if (onward.length !== 1 || homesAt.has(way.to)) {
      return { end: way.to, cables, isEnd: onward.length === 0 };
    }
    way = onward[0]!;
  }
}

/** Puts laterals before the way straight on, and numbers homes so that those below a bus follow each other. */
function orderHomes(buses: readonly Draft[]): readonly number[] {
  const counts = buses.map(({ homes }) => homes.length);
  for (let at = buses.length - 1; at >= 0; at--) {
    const { upstream } = buses[at]!;
    if (upstream >= 0) counts[upstream] = counts[upstream]! + counts[at]!;
  }
  const order: number[] = [];
  for (const bus of buses) {
    const most = Math.max(...bus.downstream.map((each) => counts[each]!));
    const on = bus.downstream.find((each) => counts[each] === most);
    // What feeds nobody is not drawn.
    bus.downstream = bus.downstream.filter((each) => each !== on && counts[each]! > 0);
    if (on !== undefined && most > 0) bus.downstream.push(on);
  }
  const stack = buses.flatMap(({ upstream }, at) => (upstream < 0 ? [at] : [])).reverse();
  while (stack.length > 0) {
    const at = stack.pop()!;
    const bus = buses[at]!;
    bus.firstHome = order.length;
    bus.endHome = order.length + counts[at]!;
    for (const { row } of bus.homes) order.push(row);
    stack.push(...bus.downstream.toReversed());
  }
  return order;
}
