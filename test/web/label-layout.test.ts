import fc from "fast-check";
import { expect, test } from "vitest";
import { type LabelWish, layOutLabels } from "../../web/scene/label-layout.ts";

const SCREEN = { width: 800, height: 600 };
const wish = (rest: Partial<LabelWish>): LabelWish => ({
  row: 0,
  x: 400,
  y: 300,
  widthPx: 100,
  heightPx: 26,
  iconPx: 0,
  weight: 0,
  ...rest,
});

test("of two addresses in one place the weightier is left out", () => {
  const placed = layOutLabels([wish({ row: 1, weight: 5 }), wish({ row: 2, weight: 4 })], SCREEN);
  expect(placed.map(({ row }) => row)).toEqual([2]);
});

test("an address stands above its icon, and no other covers the icon or the roof under it", () => {
  const placed = layOutLabels(
    [wish({ row: 1, iconPx: 46 }), wish({ row: 2, y: 330, weight: 9 })],
    SCREEN,
  );
  expect(placed).toEqual([{ row: 1, upPx: 13 + 46 + 3 }]);
});

test("an address that would leave the picture is left out", () => {
  expect(layOutLabels([wish({ x: 20 }), wish({ row: 1, y: 10 })], SCREEN)).toEqual([]);
});

test("however homes stand, no two addresses overlap", () => {
  const anyWish = fc.record({
    x: fc.integer({ min: 0, max: SCREEN.width }),
    y: fc.integer({ min: 0, max: SCREEN.height }),
    widthPx: fc.integer({ min: 40, max: 160 }),
    iconPx: fc.constantFrom(0, 46),
    weight: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(anyWish, { maxLength: 40 }), (all) => {
      const wishes = all.map((each, row) => wish({ ...each, row }));
      const placed = layOutLabels(wishes, SCREEN).map(({ row, upPx }) => ({
        ...wishes[row]!,
        upPx,
      }));
      placed.forEach((a, at) => {
        for (const b of placed.slice(at + 1)) {
          const apartX = Math.abs(a.x - b.x) >= (a.widthPx + b.widthPx) / 2;
          const apartY = Math.abs(a.y - a.upPx - (b.y - b.upPx)) >= (a.heightPx + b.heightPx) / 2;
          expect(apartX || apartY).toBe(true);
        }
      });
    }),
  );
});
