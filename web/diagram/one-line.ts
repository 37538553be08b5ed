// The street as a single-line diagram sees it: source, transformer, cables, homes, each below what feeds it. From the
// layout alone. Cables in series without a home or a fork between them are one node with several rows.

import type { StreetLayout } from "../../sim/contract/frame.ts";

export interface LineNode {
  /** `source/0`, `transformer/0`, `cable/12`, `home/7`, `mast/0`. */
  readonly key: string;
  readonly kind: "source" | "transformer" | "cable" | "home" | "mast";
  /** Index of the node that feeds it; −1 for sources and masts. */
  readonly parent: number;
  /** Indexes of what it feeds: homes first, then cables, those with most homes first. */
  readonly children: readonly number[];
  /** Rows of the layout's branches: cables in series, a home's service drop, a transformer. */
  readonly rows: readonly number[];
  /** Row of the supply point of a home, of the transformer, or of the mast; −1 for others. */
  readonly row: number;
  readonly feeder: number;
  /** Rows of the supply points at it and below it, in the layout's order. */
  readonly homes: readonly number[];
}

interface Draft {
  readonly key: string;
  readonly kind: LineNode["kind"];
  parent: number;
  readonly children: number[];
  readonly rows: number[];
  readonly row: number;
  readonly feeder: number;
  readonly homes: number[];
}

interface Edge {
  readonly row: number;
  readonly to: string;
}

/** The tree of a layout; parents come before their children, masts last. */
export function oneLineOf(layout: StreetLayout): readonly LineNode[] {
  const { branches, supplies, transformers, masts } = layout;
  const feederOf = feederReader(layout);
  const placeOf = (feeder: number, [x, y]: readonly [number, number]): string =>
    `${feeder}|${x},${y}`;
  const around = new Map<string, Edge[]>();
  /** What is as long as nothing: it joins two buses at one place, and is part of what feeds that place. */
  const pointLike = new Map<string, number[]>();
  const push = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [value]);
    else list.push(value);
  };
  /** By feeder, so that a town of many is not gone through again for each: its windings, and where lines begin. */
  const windingsOf = new Map<number, number[]>();
  const startsOf = new Map<number, string[]>();
  branches.forEach(({ id, from, to, kind }, row) => {
    if (kind === "transformer") {
      const feeder = feederOf(id);
      push(windingsOf, feeder, row);
      push(startsOf, feeder, placeOf(feeder, from));
      return;
    }
    const feeder = feederOf(id);
    const [a, b] = [placeOf(feeder, from), placeOf(feeder, to)];
    push(startsOf, feeder, a);
    if (a === b) push(pointLike, a, row);
    else {
      push(around, a, { row, to: b });
      push(around, b, { row, to: a });
    }
  });
  const homesAt = new Map<string, number[]>();
  const homePlacesOf = new Map<number, string[]>();
  supplies.forEach(({ bus, x, y }, row) => {
    const feeder = feederOf(bus);
    const place = placeOf(feeder, [x, y]);
    push(homesAt, place, row);
    push(homePlacesOf, feeder, place);
  });

  const nodes: Draft[] = [];
  const add = (draft: Pick<Draft, "key" | "kind" | "parent" | "row" | "feeder">): number => {
    nodes.push({ ...draft, children: [], rows: [], homes: [] });
    nodes[draft.parent]?.children.push(nodes.length - 1);
    return nodes.length - 1;
  };
  const seen = new Set<string>();
  const isUsed = new Set<number>();
  const grow = (root: string, under: number, feeder: number): void => {
    const waiting = [{ place: root, under }];
    seen.add(root);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { place } = next;
      for (const row of pointLike.get(place) ?? []) {
        nodes[next.under]!.rows.push(row);
        isUsed.add(row);
      }
      const edges = (around.get(place) ?? []).filter(({ row }) => !isUsed.has(row));
      const homes = homesAt.get(place) ?? [];
      const parent = nodes[next.under]!;
      const far = new Map<string, number[]>();
      for (const { row, to } of edges) {
        isUsed.add(row);
        // Two cables between the same two places, or one that closes a ring, carry with what is there already.
        if (seen.has(to) && !far.has(to)) parent.rows.push(row);
        else {
          seen.add(to);
          push(far, to, row);
        }
      }
      const ends = [...far];
      const first = ends[0]?.[1][0] ?? -1;
      const isInSeries =
        ends.length === 1 &&
        homes.length === 0 &&
        parent.kind === "cable" &&
        branches[parent.rows[0]!]?.phases === branches[first]?.phases;
      if (isInSeries) {
        parent.rows.push(...ends[0]![1]);
        waiting.push({ place: ends[0]![0], under: next.under });
        continue;
      }
      for (const row of homes)
        add({ key: `home/${row}`, kind: "home", parent: next.under, row, feeder });
      for (const [to, rows] of ends) {
        const key = `cable/${rows[0]}`;
        const cable = add({ key, kind: "cable", parent: next.under, row: -1, feeder });
        nodes[cable]!.rows.push(...rows);
        waiting.push({ place: to, under: cable });
      }
    }
  };
  transformers.forEach(({ x, y }, feeder) => {
    const source = add({
      ...{ key: `source/${feeder}`, kind: "source", parent: -1, row: feeder, feeder },
    });
    const windings = windingsOf.get(feeder) ?? [];
    const transformer = add({
      ...{ key: `transformer/${feeder}`, kind: "transformer", parent: source },
      ...{ row: feeder, feeder },
    });
    nodes[transformer]!.rows.push(...windings);
    const root = placeOf(feeder, windings.length > 0 ? branches[windings[0]!]!.to : [x, y]);
    grow(root, transformer, feeder);
    // What the transformer does not reach hangs on the source: lines before it, and islands of a broken file.
    for (const place of [...(startsOf.get(feeder) ?? []), ...(homePlacesOf.get(feeder) ?? [])]) {
      if (!seen.has(place)) grow(place, source, feeder);
    }
  });
  masts.forEach((_, row) => {
    add({ key: `mast/${row}`, kind: "mast", parent: -1, row, feeder: -1 });
  });
  return inOrder(withServices(nodes));
}

/** Several feeders prefix the names of what is theirs; what has no such name counts as the first one's. */
function feederReader({ transformers }: StreetLayout): (name: string) => number {
  if (transformers.length === 1) return () => 0;
  const rowOf = new Map(transformers.map(({ feeder }, row) => [feeder, row]));
  return (name) => {
    for (let end = name.indexOf("/"); end >= 0; end = name.indexOf("/", end + 1)) {
      const row = rowOf.get(name.slice(0, end));
      if (row !== undefined) return row;
    }
    return 0;
  };
}

/** A cable that ends in one home and nothing else is that home's service drop. */
function withServices(nodes: readonly Draft[]): readonly Draft[] {
  const gone = new Set<number>();
  nodes.forEach((node, at) => {
    const [only] = node.children;
    const home = node.children.length === 1 ? nodes[only!]! : undefined;
    if (node.kind !== "cable" || home?.kind !== "home") return;
    gone.add(at);
    home.rows.push(...node.rows);
    home.parent = node.parent;
    const { children } = nodes[node.parent]!;
    children[children.indexOf(at)] = only!;
  });
  const place = new Map<number, number>();
  nodes.forEach((_, at) => {
    if (!gone.has(at)) place.set(at, place.size);
  });
  return nodes.flatMap((node, at) =>
    gone.has(at)
      ? []
      : [
          {
            ...node,
            parent: node.parent < 0 ? -1 : place.get(node.parent)!,
            children: node.children.map((child) => place.get(child)!),
          },
        ],
  );
}

function inOrder(nodes: readonly Draft[]): readonly LineNode[] {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    if (node.kind === "home") node.homes.push(node.row);
    node.homes.sort((a, b) => a - b);
    if (node.parent >= 0) for (const row of node.homes) nodes[node.parent]!.homes.push(row);
  }
  const rank = (at: number): number => (nodes[at]!.kind === "home" ? 0 : 1);
  for (const { children } of nodes) {
    children.sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (rank(a) === 0 ? nodes[a]!.row - nodes[b]!.row : 0) ||
        nodes[b]!.homes.length - nodes[a]!.homes.length ||
        a - b,
    );
  }
  return nodes;
}
