import fc from "fast-check";
import { PerspectiveCamera, Vector3 } from "three";
import { expect, test } from "vitest";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { flightAt } from "../../web/scene/flights.ts";
import { FIELD_OF_VIEW_DEG, overviewOf } from "../../web/scene/overview.ts";
import { createPlan } from "../../web/scene/plan.ts";
import { streetNames } from "../../web/scene/street-names.ts";

/** Lanes of homes on both sides, 40 m apart. */
function street(lanes: number, pairs: number): StreetLayout {
  const supplies = Array.from({ length: lanes * pairs * 2 }, (_, row) => {
    const lane = Math.floor(row / (2 * pairs));
    const pair = Math.floor(row / 2) % pairs;
    const [x, y] = [lane * 40 + (row % 2) * 26, pair * 17];
    const address = `${(row % (2 * pairs)) + 1} Lane ${lane}`;
    return { id: `supply-${row}`, address, customer: "", phase: 1 as const, bus: "", x, y };
  });
  return {
    title: "",
    zone: "UTC",
    startEpochMs: 0,
    offsets: [],
    currency: "EUR",
    intervalMs: 1,
    supplies,
    branches: [],
    transformers: [{ feeder: "feeder", x: -14, y: 0, ratingVa: 1e5 }],
    masts: [{ id: "mast-1", x: -20, y: 60, coverageM: 9_000 }],
    nominalV: 230,
  };
}

test("every home is in the first picture, above what lies over its foot, and the street fills it", () => {
  const anyStreet = fc.record({
    lanes: fc.integer({ min: 3, max: 6 }),
    pairs: fc.integer({ min: 3, max: 9 }),
    aspect: fc.double({ min: 0.5, max: 2.6, noNaN: true }),
  });
  fc.assert(
    fc.property(anyStreet, ({ lanes, pairs, aspect }) => {
      const plan = createPlan({ ...street(lanes, pairs), masts: [] });
      const { eye, target } = overviewOf(plan, aspect);
      const camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG, aspect, 1, 20_000);
      camera.position.copy(eye);
      camera.lookAt(target);
      camera.updateMatrixWorld();
      const seen: Vector3[] = [];
      for (const { x, z } of plan.homes) {
        const point = new Vector3(x, 5, z).project(camera);
        expect(Math.abs(point.x)).toBeLessThan(1);
        expect(point.y).toBeGreaterThan(-0.75);
        expect(point.y).toBeLessThan(0.9);
        seen.push(point);
      }
      const extent = (of: "x" | "y"): number =>
        Math.max(...seen.map((point) => point[of])) - Math.min(...seen.map((point) => point[of]));
      // From −1 to 1; the homes' own size and the transformer come on top.
      expect(extent("x") > 1.1 || extent("y") > 0.7, `${extent("x")}, ${extent("y")}`).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("a lane's name is what its homes' addresses have in common; two homes are no lane", () => {
  const { supplies } = street(2, 3);
  expect(streetNames(supplies).map(({ name, rows }) => [name, rows.length])).toEqual([
    ["Lane 0", 6],
    ["Lane 1", 6],
  ]);
  expect(streetNames(supplies.slice(0, 2))).toEqual([]);
});

test("a message flies between its home and its mast, up and down, and is nowhere without a mast", () => {
  const plan = createPlan(street(2, 3));
  const flight = { row: 3, mast: 0, isUp: true, kind: "reading" } as const;
  const [home, mast] = [plan.homes[3]!, plan.masts[0]!];
  const toMast = (at: readonly number[]): number => Math.hypot(at[0]! - mast.x, at[2]! - mast.z);
  const whole = Math.hypot(home.x - mast.x, home.z - mast.z);
  for (let motionS = 0; motionS < 4; motionS += 0.1) {
    const at = flightAt(plan, flight, motionS)!;
    expect(toMast(at)).toBeLessThan(whole);
    expect(at[1]).toBeGreaterThan(8);
  }
  const [early, late] = [flightAt(plan, flight, 0.2)!, flightAt(plan, flight, 0.3)!];
  const down = { ...flight, isUp: false };
  const [first, then] = [flightAt(plan, down, 0.6)!, flightAt(plan, down, 0.65)!];
  expect(toMast(late)).not.toBe(toMast(early));
  expect(toMast(first)).not.toBe(toMast(then));
  expect(flightAt(plan, { ...flight, mast: -1 }, 1)).toBeNull();
});
