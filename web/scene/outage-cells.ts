// Where supply has failed, as cells of ground: each cell once, so that areas lie side by side and nothing is shaded twice.

import type { StreetPlan } from "./plan.ts";
import { TEXEL_BYTES } from "./state-texels.ts";

export const CELLS_MAX = 3_000;
/** Of a street, and of a town, whose areas are seen from further away. */
const CELL_M = { street: 8, town: 24 } as const;
const TOWN_HOMES_MIN = 400;
/** How far around a home without supply the ground is shaded. */
const REACH_M = 13;
/** Of the third byte of a texel: its reason, and which of them are outages before the meter. */
const REASON_BITS = 3;
const CUT = 2;

export interface OutageCells {
  readonly cellM: number;
  /** Middles of cells: east and south in turn. */
  readonly places: readonly number[];
}

/** A relay that is open is no outage: only homes whose supply fails before the meter count. */
export function outageCells({ homes }: StreetPlan, texels: Uint8Array): OutageCells {
  const cellM = homes.length > TOWN_HOMES_MIN ? CELL_M.town : CELL_M.street;
  const seen = new Set<string>();
  const places: number[] = [];
  const around = Math.ceil(REACH_M / cellM);
  for (const { row, x, z } of homes) {
    if ((texels[row * TEXEL_BYTES + 2]! & REASON_BITS) < CUT) continue;
    const [east, south] = [Math.floor(x / cellM), Math.floor(z / cellM)];
    for (let dx = -around; dx <= around; dx++) {
      for (let dz = -around; dz <= around; dz++) {
        const [cellX, cellZ] = [(east + dx + 0.5) * cellM, (south + dz + 0.5) * cellM];
        if (Math.hypot(cellX - x, cellZ - z) > REACH_M + cellM / 2) continue;
        const key = `${east + dx}/${south + dz}`;
        if (seen.has(key)) continue;
        if (seen.size >= CELLS_MAX) return { cellM, places };
        seen.add(key);
        places.push(cellX, cellZ);
      }
    }
  }
  return { cellM, places };
}
