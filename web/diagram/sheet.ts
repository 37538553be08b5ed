// Where everything of the diagram stands: rows and columns as of a drawing board. The way straight on runs down a
// column, laterals leave it to the right, homes stand beside their bus. Pure; knows no state of the twin.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import type { Topology } from "./topology.ts";

export interface SheetNode {
  readonly key: string;
  readonly kind: "transformer" | "bus" | "home" | "mast";
  /** Index of a bus, row of a supply point or of a mast. */
  readonly at: number;
  /** Rows of the cables that lead here. */
  readonly cables: readonly number[];
  /** Key of the node upstream; empty for transformers and masts. */
  readonly upstream: string;
  /** Keys in the order in which arrows walk them; empty where it is closed. */
  readonly downstream: readonly string[];
  readonly level: number;
  readonly isClosed: boolean;
  /** Homes below it. */
  readonly homes: number;
  /** Left edge and middle, px. */
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  /** Where the cable leaves the bar upstream; null where none is drawn. */
  readonly from: { readonly x: number; readonly y: number } | null;
  /** How far the bar of a bus goes down. */
  readonly barEndY: number;
}

export interface Sheet {
  readonly nodes: readonly SheetNode[];
  readonly byKey: ReadonlyMap<string, SheetNode>;
  readonly widthPx: number;
  readonly heightPx: number;
}

export const ROW_PX = 52;
export const HOME_PX = 176;
export const BUS_PX = 200;
const INDENT_PX = 34;
const LEFT_PX = 26;
const TAP_PX = 26;
/** With more homes than this, what is below a lateral or a transformer opens on demand. */
const OPEN_HOMES_MAX = 150;

export const homeKey = (row: number): string => `home-${row}`;
export const busKey = (key: string): string => `bus-${key}`;
const mastKey = (row: number): string => `mast-${row}`;

/** What is closed by itself in a layout: with many homes every transformer, and every lateral. */
export function closedAtFirst({ buses, order }: Topology): ReadonlySet<string> {
  if (order.length <= OPEN_HOMES_MAX) return new Set();
  const closed = new Set<string>();
  const transformers = buses.filter(({ upstream }) => upstream < 0).length;
  buses.forEach((bus, at) => {
    if (bus.upstream < 0) {
      if (transformers > 1) closed.add(busKey(bus.key));
    } else if (buses[bus.upstream]!.downstream.at(-1) !== at) closed.add(busKey(bus.key));
  });
  return closed;
}

/** Keys to open so that a home is seen. */
export function waysTo({ buses, busOfHome }: Topology, row: number): readonly string[] {
  const keys: string[] = [];
  for (let at = busOfHome[row] ?? -1; at >= 0; at = buses[at]!.upstream)
    keys.push(busKey(buses[at]!.key));
  return keys;
}

/** The drawing for a width in px: homes wrap where there is no room. */
export function createSheet(
  layout: StreetLayout,
  topology: Topology,
  closed: ReadonlySet<string>,
  widthPx: number,
): Sheet {
  const nodes: SheetNode[] = [];
  let row = 0;
  const y = (line: number): number => line * ROW_PX + ROW_PX / 2 + 6;
  const stack: Task[] = [];
  topology.buses.forEach(({ upstream }, at) => {
    if (upstream < 0)
      stack.push({ at, column: 0, level: 1, upstream: "", from: null, tapOf: null });
  });
  stack.reverse();
  // A bar ends where its last lateral leaves it, which is known once that lateral has its row.
  const bars = new Map<string, number>();
  while (stack.length > 0) {
    const task = stack.pop()!;
    const { at, column, level } = task;
    const bus = topology.buses[at]!;
    const key = busKey(bus.key);
    const isClosed = closed.has(key);
    const x = LEFT_PX + column * INDENT_PX;
    const top = row;
    const from = task.from ?? (task.tapOf === null ? null : { x: task.tapOf.x, y: y(top) });
    if (task.tapOf !== null) bars.set(task.tapOf.key, y(top));
    row++;
    const on = bus.downstream.at(-1) ?? -1;
    const laterals = bus.downstream.slice(0, -1);
    const homeKeys = bus.homes.map((home) => homeKey(home.row));
    const busKeys = bus.downstream.map((each) => busKey(topology.buses[each]!.key));
    nodes.push({
      ...{ key, at, cables: bus.cables, upstream: task.upstream, level, isClosed },
      kind: bus.upstream < 0 ? "transformer" : "bus",
      downstream: isClosed ? [] : [...homeKeys, ...busKeys],
      homes: bus.endHome - bus.firstHome,
      ...{ x, y: y(top), widthPx: BUS_PX, from, barEndY: y(top) },
    });
    if (isClosed) continue;
    const homesX = x + BUS_PX + TAP_PX;
    const perRow = Math.max(1, Math.floor((widthPx - homesX) / HOME_PX));
    // On a narrow screen homes stand under their bus.
    const isBelow = homesX + HOME_PX > widthPx;
    const firstX = isBelow ? x + TAP_PX : homesX;
    const wide = isBelow ? Math.max(1, Math.floor((widthPx - firstX) / HOME_PX)) : perRow;
    bus.homes.forEach((home, index) => {
      const line = top + (isBelow ? 1 : 0) + Math.floor(index / wide);
      const left = firstX + (index % wide) * HOME_PX;
      nodes.push({
        ...{ key: homeKeys[index]!, kind: "home", at: home.row, cables: home.cables },
        ...{ upstream: key, downstream: [], level: level + 1, isClosed: false, homes: 0 },
        ...{ x: left, y: y(line), widthPx: HOME_PX - TAP_PX },
        from:
          index % wide === 0 && line === top ? { x: x + BUS_PX, y: y(line) } : { x, y: y(line) },
        barEndY: y(line),
      });
    });
    const homeLines = Math.ceil(bus.homes.length / wide);
    row = Math.max(row, top + (isBelow ? 1 : 0) + homeLines);
    const lastHomeLine = top + (isBelow ? 1 : 0) + homeLines - 1;
    if (homeLines > 0 && lastHomeLine > top) bars.set(key, y(lastHomeLine));
    // The way on is drawn last, from the bar's end.
    if (on >= 0) {
      stack.push({
        at: on,
        column,
        level: level + 1,
        upstream: key,
        from: { x, y: -1 },
        tapOf: null,
      });
    }
    for (const lateral of laterals.toReversed()) {
      stack.push({
        ...{ at: lateral, column: column + 1, level: level + 1, upstream: key, from: null },
        tapOf: { key, x },
      });
    }
  }
  layout.masts.forEach((_, at) => {
    nodes.push({
      ...{ key: mastKey(at), kind: "mast", at, cables: [], upstream: "", downstream: [], level: 1 },
      ...{ isClosed: false, homes: 0, x: LEFT_PX, y: y(row), widthPx: BUS_PX, from: null },
      barEndY: y(row),
    });
    row++;
  });
  const ended = nodes.map((node) => ({ ...node, barEndY: bars.get(node.key) ?? node.barEndY }));
  const byKey = new Map(ended.map((node) => [node.key, node]));
  const drawn = ended.map((node) =>
    node.from?.y === -1
      ? { ...node, from: { x: node.x, y: byKey.get(node.upstream)!.barEndY } }
      : node,
  );
  return {
    nodes: drawn,
    byKey: new Map(drawn.map((node) => [node.key, node])),
    widthPx: Math.max(widthPx, ...drawn.map(({ x, widthPx: wide }) => x + wide + 12)),
    heightPx: y(row) - ROW_PX / 2 + 6,
  };
}

interface Task {
  readonly at: number;
  readonly column: number;
  readonly level: number;
  readonly upstream: string;
  /** `y` −1: the end of the bar upstream. */
  readonly from: { readonly x: number; readonly y: number } | null;
  readonly tapOf: { readonly key: string; readonly x: number } | null;
}

/** The node that an arrow leads to; undefined where that is none. */
export function neighbour(sheet: Sheet, key: string, pressed: string): string | undefined {
  const node = sheet.byKey.get(key);
  if (node === undefined) return sheet.nodes[0]?.key;
  const upstream = sheet.byKey.get(node.upstream);
  const beside =
    upstream?.downstream ?? sheet.nodes.filter(({ level }) => level === 1).map((each) => each.key);
  const index = beside.indexOf(key);
  switch (pressed) {
    case "ArrowUp":
      return upstream?.key;
    case "ArrowDown":
      return node.downstream[0];
    case "ArrowLeft":
      return beside[index - 1];
    case "ArrowRight":
      return beside[index + 1];
    case "Home":
      return sheet.nodes[0]?.key;
    case "End":
      return sheet.nodes.at(-1)?.key;
    default:
      return undefined;
  }
}
