import fc from "fast-check";
import { expect, test } from "vitest";
import { outageCells } from "../../web/scene/outage-cells.ts";
import type { StreetPlan } from "../../web/scene/plan.ts";

const place = fc.record({
  x: fc.integer({ min: -300, max: 300 }),
  z: fc.integer({ min: -300, max: 300 }),
  reason: fc.integer({ min: 0, max: 3 }),
});

test("every home whose supply fails lies in a shaded cell, none far from one, and no cell is shaded twice", () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 80 }), (all) => {
      const homes = all.map(({ x, z }, row) => ({ row, x, z, headingRad: 0, scale: 1 }));
      const texels = Uint8Array.from(all.flatMap(({ reason }) => [0, 0, reason, 0]));
      const { cellM, places } = outageCells({ homes } as unknown as StreetPlan, texels);
      const cells = Array.from({ length: places.length / 2 }, (_, at) => ({
        x: places[2 * at]!,
        z: places[2 * at + 1]!,
      }));
      expect(new Set(cells.map(({ x, z }) => `${x}/${z}`)).size).toBe(cells.length);
      // Of a relay (1) or with supply (0) there is no outage.
      const out = all.filter(({ reason }) => reason >= 2);
      for (const { x, z } of out) {
        const isShaded = cells.some(
          (cell) => Math.max(Math.abs(cell.x - x), Math.abs(cell.z - z)) <= cellM / 2,
        );
        expect(isShaded).toBe(true);
      }
      for (const cell of cells)
        expect(out.some(({ x, z }) => Math.hypot(cell.x - x, cell.z - z) < 30)).toBe(true);
    }),
  );
});
