// The homes that are near enough for marks, rings and addresses: in a street all of them. Written by the houses as they
// choose how fine each is drawn, read by what stands over them in the same picture.

import { type Chunks, LEVEL } from "./chunks.ts";

export const nearHomes = {
  rows: new Uint32Array(0),
  /** Grows with every change. */
  version: 0,
  /** Takes the homes that are drawn as bodies. */
  take({ order, starts, count }: Chunks, levels: Uint8Array): void {
    const rows: number[] = [];
    for (let chunk = 0; chunk < count; chunk++) {
      if (levels[chunk] !== LEVEL.full && levels[chunk] !== LEVEL.box) continue;
      for (let at = starts[chunk]!; at < starts[chunk + 1]!; at++) rows.push(order[at]!);
    }
    nearHomes.rows = Uint32Array.from(rows).sort();
    nearHomes.version++;
  },
};

/** Rows of the cables that are drawn as tubes. Written by the tubes, read by the ribbons that stand in for the others. */
export const nearCables: { rows: readonly number[]; version: number } = { rows: [], version: 0 };
