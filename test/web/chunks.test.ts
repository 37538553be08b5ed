import fc from "fast-check";
import { expect, test } from "vitest";
import { CABLE_HEXES, cableColour, cableLook } from "../../web/scene/cable-look.ts";
import { chooseLevels, createChunks, LEVEL, rowsAt } from "../../web/scene/chunks.ts";
import { LAYERS } from "../../web/scene/layers.ts";

const places = fc.array(
  fc.record({ x: fc.integer({ min: -3_000, max: 3_000 }), z: fc.integer({ min: -200, max: 900 }) }),
  { maxLength: 600 },
);
const limits = { alwaysMax: 40, fullM: 200, boxM: 600, fullMax: 120, boxMax: 200 };

test("every place is in one chunk, within its bounds", () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 200 }), (all, aChunk) => {
      const [xs, zs] = [all.map(({ x }) => x), all.map(({ z }) => z)];
      const { order, starts, count, x, z, radiusM } = createChunks(xs, zs, aChunk);
      expect([...order].sort((a, b) => a - b)).toEqual(all.map((_, row) => row));
      expect([starts[0], starts[count]]).toEqual([0, all.length]);
      for (let chunk = 0; chunk < count; chunk++) {
        expect(starts[chunk + 1]).toBeGreaterThan(starts[chunk]!);
        for (const row of order.subarray(starts[chunk], starts[chunk + 1])) {
          const away = Math.hypot(xs[row]! - x[chunk]!, zs[row]! - z[chunk]!);
          expect(away).toBeLessThanOrEqual(radiusM[chunk]! + 1e-6);
        }
      }
    }),
  );
});

test("of what is seen each place has one level, the fuller the nearer, and no more than there is room for", () => {
  fc.assert(
    fc.property(places, fc.integer({ min: -3_000, max: 3_000 }), (all, eyeX) => {
      const chunks = createChunks(
        all.map(({ x }) => x),
        all.map(({ z }) => z),
        25,
      );
      const levels = new Uint8Array(chunks.count);
      const sight = { x: eyeX, y: 30, z: 300, sees: (x: number) => x > eyeX - 900 };
      chooseLevels(chunks, sight, limits, levels);
      const at = (level: 0 | 1 | 2 | 3): number => rowsAt(chunks, levels, level).length;
      expect(at(0) + at(1) + at(2) + at(3)).toBe(all.length);
      if (all.length <= limits.alwaysMax) expect(at(LEVEL.full)).toBe(all.length);
      else {
        expect(at(LEVEL.full)).toBeLessThanOrEqual(limits.fullMax);
        expect(at(LEVEL.box)).toBeLessThanOrEqual(limits.boxMax);
        levels.forEach((level, chunk) => {
          const isSeen = chunks.x[chunk]! > eyeX - 900;
          expect(level === LEVEL.none).toBe(!isSeen);
        });
      }
      expect(chooseLevels(chunks, sight, limits, levels), "nothing has moved").toBe(false);
    }),
  );
});

test("a main has the same colour as a ribbon and as a tube", () => {
  const unknown = fc.option(fc.double({ min: 0, max: 2, noNaN: true }));
  fc.assert(
    fc.property(
      fc.constantFrom(...LAYERS),
      fc.integer({ min: 0, max: 7 }),
      unknown,
      fc.option(fc.oneof(fc.constant(0), fc.double({ min: 150, max: 280, noNaN: true }))),
      (layer, phases, loadingShare, voltageV) => {
        const { hex } = cableLook(layer, { phases }, { loadingShare, voltageV }, 230);
        const row = cableColour(
          layer,
          phases,
          loadingShare ?? Number.NaN,
          voltageV === null ? Number.NaN : voltageV / 230,
        );
        expect(CABLE_HEXES[row]).toBe(hex);
      },
    ),
  );
});
