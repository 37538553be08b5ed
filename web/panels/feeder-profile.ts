// Where along a feeder each cable and home lies, in metres of cable from the transformer, and what the view knows of the
// voltage there.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import type { LineNode } from "../diagram/one-line.ts";
import type { StreetStore } from "../player/store.ts";

export interface ProfilePart {
  /** Row of the branch that ends here; `before` is the one that it goes on from, −1 where none is. */
  readonly row: number;
  readonly before: number;
  readonly fromM: number;
  readonly toM: number;
}

export interface FeederProfile {
  readonly parts: readonly ProfilePart[];
  /** Homes with their way from the transformer. */
  readonly homes: readonly { readonly row: number; readonly atM: number }[];
  readonly lengthM: number;
}

/** The feeder's cables and homes; what its transformer does not reach is left out. */
export function feederProfile(
  nodes: readonly LineNode[],
  { branches }: StreetLayout,
  feeder: number,
): FeederProfile {
  const parts: ProfilePart[] = [];
  const homes: { row: number; atM: number }[] = [];
  const ends = new Map<number, { readonly atM: number; readonly row: number }>();
  let lengthM = 0;
  nodes.forEach((node, index) => {
    if (node.feeder !== feeder) return;
    if (node.kind === "transformer") ends.set(index, { atM: 0, row: node.rows[0] ?? -1 });
    const start = ends.get(node.parent);
    if ((node.kind !== "cable" && node.kind !== "home") || start === undefined) return;
    let { atM, row: before } = start;
    let lastWay = "";
    for (const row of node.rows) {
      const { from, to } = branches[row]!;
      const way = [from.join(), to.join()].sort().join(" ");
      // Two cables side by side are one way.
      if (way === lastWay) continue;
      lastWay = way;
      const toM = atM + Math.hypot(to[0] - from[0], to[1] - from[1]);
      parts.push({ row, before, fromM: atM, toM });
      [atM, before] = [toM, row];
    }
    ends.set(index, { atM, row: before });
    if (node.kind === "home") homes.push({ row: node.row, atM });
    lengthM = Math.max(lengthM, atM);
  });
  return { parts, homes, lengthM };
}

/** A line between two voltages, V over m. */
export interface ProfileLine {
  readonly fromM: number;
  readonly toM: number;
  readonly fromV: number;
  readonly toV: number;
}

export interface KnownProfile {
  /** Only where the view knows the mains. */
  readonly lines: readonly ProfileLine[];
  readonly dots: readonly { readonly row: number; readonly atM: number; readonly volts: number }[];
}

/** In truth along every live cable, in the company's view at the homes that have sent a voltage. */
export function knownProfile(
  { parts, homes }: FeederProfile,
  {
    view,
    truthBranch,
    truthSupply,
    beliefSupply,
  }: Pick<StreetStore, "view" | "truthBranch" | "truthSupply" | "beliefSupply">,
): KnownProfile {
  const volts = view === "company" ? beliefSupply?.voltageV : truthSupply?.voltageV;
  const dots = homes.flatMap(({ row, atM }) => {
    const here = volts?.[row] ?? 0;
    return here > 0 ? [{ row, atM, volts: here }] : [];
  });
  if (view === "company" || truthBranch === null) return { lines: [], dots };
  const lines = parts.flatMap(({ row, before, fromM, toM }) => {
    const toV = truthBranch.voltageV[row] ?? 0;
    const fromV = before < 0 ? toV : (truthBranch.voltageV[before] ?? 0);
    return toV > 0 && fromV > 0 ? [{ fromM, toM, fromV, toV }] : [];
  });
  return { lines, dots };
}
