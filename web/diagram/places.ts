// Where each part of the single-line diagram is drawn: the trunk runs down, laterals run to the right, homes hang on
// busbars. Lines never cross: of the forks of a bar the one that leaves it last has the nearest row.

import type { LineNode } from "./one-line.ts";

/** Pixels. A home's cell is as wide and as high as a finger needs. */
export const CELL = { widthPx: 50, heightPx: 66 } as const;
const MARGIN_PX = 16;
/** From a bar to its homes. */
const DROP_PX = 16;
/** Above a lateral's line, for its name and for how full its cables are. */
const NAME_PX = 38;
/** A cable from bar to bar, and the distance between lines that leave a bar downwards. */
const STEP_PX = 52;
const FORK_PX = 9;
const TRUNK_X = MARGIN_PX + 44;
/** From source to transformer, and below it. */
const SYMBOL_PX = 60;
const MAST_PX = { left: 330, width: 230, height: 52 } as const;
const MASTS_A_ROW = 3;
/** Everything below a node as one box with its numbers. */
const FOLDED_WIDTH_PX = 440;
const FOLDED_PX = 26;
/** Half the height of the symbols, where lines end. */
export const HALF_PX = { source: 15, transformer: 21 } as const;

export type Point = readonly [x: number, y: number];

export interface Place {
  /** Index of the node. */
  readonly at: number;
  /** Middle of its symbol; of a cable, the beginning of the bar at its end. */
  readonly x: number;
  readonly y: number;
  /** The line that feeds it, corner by corner; empty where there is none. */
  readonly line: readonly Point[];
  /** Where the bar that its children hang on begins and ends; null without one. */
  readonly bar: readonly [from: number, to: number] | null;
  /** Everything below it is drawn as one box. */
  readonly isFolded: boolean;
  /** Begins a lateral: its name stands above its line. */
  readonly isHead: boolean;
}

export interface Places {
  readonly all: readonly Place[];
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Whether a node can be folded: what has homes below, and is no home itself. */
export const canFold = ({ kind, homes }: LineNode): boolean =>
  (kind === "cable" || kind === "transformer") && homes.length > 0;

/** Places of all nodes that are shown. `folded` holds keys. */
export function placesOf(nodes: readonly LineNode[], folded: ReadonlySet<string>): Places {
  const all: Place[] = [];
  let widthPx = 0;
  const put = (
    at: number,
    [x, y]: Point,
    line: readonly Point[],
    {
      isHead = false,
      isFolded = false,
      bar = null,
    }: Partial<Pick<Place, "isHead" | "isFolded" | "bar">> = {},
  ): void => {
    all.push({ at, x, y, line, bar, isFolded, isHead });
    widthPx = Math.max(widthPx, isFolded ? x + FOLDED_WIDTH_PX : (bar?.[1] ?? x) + CELL.widthPx);
  };
  const homesOf = (at: number): readonly number[] =>
    nodes[at]!.children.filter((child) => nodes[child]!.kind === "home");
  const cablesOf = (at: number): readonly number[] =>
    nodes[at]!.children.filter((child) => nodes[child]!.kind !== "home");
  const isFolded = (at: number): boolean => folded.has(nodes[at]!.key) && canFold(nodes[at]!);

  /** Homes side by side below a bar at `y`, from `x` on. */
  const hang = (at: number, x: number, y: number): void => {
    homesOf(at).forEach((home, index) => {
      const middle = x + (index + 0.5) * CELL.widthPx;
      put(
        home,
        [middle, y + DROP_PX + CELL.heightPx / 2],
        [
          [middle, y],
          [middle, y + DROP_PX],
        ],
      );
    });
  };
  const widthOf = (at: number): number => homesOf(at).length * CELL.widthPx;
  /** A lateral that leaves a bar at `[forkX, forkY]`, its line at `y`; the lowest pixel that it needs. */
  const layLateral = (head: number, [forkX, forkY]: Point, y: number): number => {
    const forked: { readonly x: number; readonly fork: number }[] = [];
    let x = forkX;
    let isFirst = true;
    let bottom = y + DROP_PX;
    for (let at: number | undefined = head; at !== undefined; ) {
      const corner: readonly Point[] = isFirst && forkY !== y ? [[forkX, forkY]] : [];
      const from: readonly Point[] = [...corner, [x, y]];
      x += STEP_PX;
      if (isFolded(at)) {
        put(at, [x, y], [...from, [x, y]], { isHead: isFirst, isFolded: true });
        bottom = Math.max(bottom, y + FOLDED_PX);
        break;
      }
      const [next, ...forks]: readonly number[] = cablesOf(at);
      const begin = x;
      forks.forEach((fork, index) => {
        forked.push({ x: x + index * FORK_PX, fork });
      });
      x += Math.max(0, forks.length - 1) * FORK_PX;
      const end = x + Math.max(widthOf(at), FORK_PX);
      put(at, [begin, y], [...from, [begin, y]], { isHead: isFirst, bar: [begin, end] });
      hang(at, x, y);
      if (widthOf(at) > 0) bottom = y + DROP_PX + CELL.heightPx;
      isFirst = false;
      x = end;
      at = next;
    }
    for (const { x: at, fork } of forked.reverse()) {
      bottom = layLateral(fork, [at, y], bottom + NAME_PX);
    }
    return bottom;
  };
  /** What leaves a transformer, downwards from `free`, the lowest pixel that is taken; where it ends. */
  const layTrunk = (transformer: number, transformerY: number, free: number): number => {
    let bottom = free;
    let y = transformerY;
    for (let at: number | undefined = transformer; at !== undefined; ) {
      const [next, ...forks]: readonly number[] = cablesOf(at);
      const isTop = at === transformer;
      const isFree = widthOf(at) === 0 && !isTop;
      const sideways = isFree ? forks[0] : undefined;
      const down = isFree ? forks.slice(1) : forks;
      const begin = TRUNK_X + FORK_PX;
      const x = begin + down.length * FORK_PX;
      const end = x + widthOf(at);
      const fromY = isTop ? y + HALF_PX.transformer : y;
      if (!isTop) {
        y = bottom + NAME_PX;
        const line: readonly Point[] = [
          [TRUNK_X, fromY],
          [TRUNK_X, y],
        ];
        const isBox = isFolded(at);
        put(at, [TRUNK_X, y], line, {
          isFolded: isBox,
          bar: isBox ? null : [TRUNK_X - FORK_PX, end],
        });
        bottom = y + (isBox ? FOLDED_PX : DROP_PX);
        if (isBox) return bottom;
      } else y = fromY;
      const barY = isTop ? bottom : y;
      if (widthOf(at) > 0) {
        hang(at, x, barY);
        bottom = barY + DROP_PX + CELL.heightPx;
      }
      if (sideways !== undefined) bottom = layLateral(sideways, [end, y], y);
      down.forEach((fork, index) => {
        const fromX = begin + (down.length - 1 - index) * FORK_PX;
        bottom = layLateral(fork, [isTop ? TRUNK_X : fromX, y], bottom + NAME_PX);
      });
      at = next;
    }
    return bottom;
  };
  const masts = nodes.flatMap(({ kind }, at) => (kind === "mast" ? [at] : []));
  masts.forEach((at, index) => {
    const x = MAST_PX.left + (index % MASTS_A_ROW) * MAST_PX.width;
    const y = MARGIN_PX + 24 + Math.floor(index / MASTS_A_ROW) * MAST_PX.height;
    put(at, [x, y], []);
    widthPx = Math.max(widthPx, x + MAST_PX.width);
  });
  const mastsEnd = MARGIN_PX + Math.ceil(masts.length / MASTS_A_ROW) * MAST_PX.height;
  let bottom = MARGIN_PX;
  nodes.forEach((node, at) => {
    if (node.kind !== "source") return;
    const top = bottom + 24;
    put(at, [TRUNK_X, top], []);
    bottom = top + SYMBOL_PX;
    for (const child of node.children) {
      const isTransformer = nodes[child]!.kind === "transformer";
      if (isTransformer) {
        const y = top + SYMBOL_PX;
        const line: readonly Point[] = [
          [TRUNK_X, top + HALF_PX.source],
          [TRUNK_X, y - HALF_PX.transformer],
        ];
        put(child, [TRUNK_X, y], line, { isFolded: isFolded(child) });
        bottom = Math.max(y + SYMBOL_PX / 2, node.feeder === 0 ? mastsEnd : 0);
        if (!isFolded(child)) bottom = layTrunk(child, y, bottom);
      } else if (nodes[child]!.kind === "cable") {
        bottom = layLateral(child, [TRUNK_X, top], bottom + NAME_PX);
      }
    }
    if (homesOf(at).length > 0) {
      hang(at, TRUNK_X, bottom);
      bottom += DROP_PX + CELL.heightPx;
    }
    bottom += MARGIN_PX;
  });
  all.sort((a, b) => a.at - b.at);
  return { all, widthPx: widthPx + MARGIN_PX, heightPx: Math.max(bottom, mastsEnd) + MARGIN_PX };
}
