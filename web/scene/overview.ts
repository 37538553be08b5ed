// The place from which a street fills the picture: a long lens, three quarters on, low enough for a strip of sky.

import { PerspectiveCamera, Vector3 } from "three";
import { MAST_M, type StreetPlan } from "./plan.ts";

export const FIELD_OF_VIEW_DEG = 28;
/** The lowest place is the finest; a narrow picture is filled from higher up. */
const ELEVATION_DEG = { min: 23, step: 1.5, maxWide: 31, maxTall: 46 } as const;
const TALL_ASPECT = 1.05;
const BEARING_DEG = 27;
/** What the homes and what stands among them fill, from −1 to 1: free below, sky above. */
const FRAME = { left: -0.955, right: 0.955, low: -0.68, high: 0.74 } as const;
/** Part of the frame's height that is enough. */
const TALL_ENOUGH = 0.93;
const FIT_ROUNDS = 28;
const HOME_HALF_M = 6;
const HOME_M = 9;

export interface Place {
  readonly eye: Vector3;
  readonly target: Vector3;
}

/** From what is looked at towards the eye. */
export function directionOf(bearingDeg: number, elevationDeg: number): Vector3 {
  const [bearing, elevation] = [(bearingDeg * Math.PI) / 180, (elevationDeg * Math.PI) / 180];
  return new Vector3(
    -Math.sin(bearing) * Math.cos(elevation),
    Math.sin(elevation),
    Math.cos(bearing) * Math.cos(elevation),
  );
}

/** Directions in which a town's outermost homes are looked for; between them none is further out by much. */
const DIRECTIONS = 48;

/** The homes that decide how far away one has to be: of a street all, of a town the outermost. */
function outermost(homes: StreetPlan["homes"]): StreetPlan["homes"] {
  if (homes.length <= 8 * DIRECTIONS) return homes;
  const rows = new Set<number>();
  for (let turn = 0; turn < DIRECTIONS; turn++) {
    const angle = (2 * Math.PI * turn) / DIRECTIONS;
    const [east, south] = [Math.cos(angle), Math.sin(angle)];
    let [outer, mostM] = [0, Number.NEGATIVE_INFINITY];
    homes.forEach(({ x, z }, row) => {
      const outM = x * east + z * south;
      if (outM > mostM) [outer, mostM] = [row, outM];
    });
    rows.add(outer);
  }
  return [...rows].map((row) => homes[row]!);
}

function pointsOf(plan: StreetPlan): Vector3[] {
  return [
    ...outermost(plan.homes).flatMap(({ x, z, scale }) => {
      const half = HOME_HALF_M * scale;
      return [
        [-half, 0],
        [half, 0],
        [0, -half],
        [0, half],
      ].flatMap(([dx, dz]) => [
        new Vector3(x + dx!, 0, z + dz!),
        new Vector3(x + dx!, HOME_M * scale, z + dz!),
      ]);
    }),
    ...plan.transformers.map(([x, z]) => new Vector3(x - 3, 0, z + 3)),
    // Of a mast its foot and most of it; its top may reach into the sky.
    ...plan.masts.flatMap(({ x, z }) =>
      isNear(plan, x, z) ? [new Vector3(x, 0, z), new Vector3(x, MAST_M * 0.6, z)] : [],
    ),
  ];
}

/** A mast far outside the street does not push the street into the distance. */
const isNear = (plan: StreetPlan, x: number, z: number): boolean =>
  Math.abs(x) < plan.halfWidthM + 25 && Math.abs(z) < plan.halfDepthM + 25;

/** The nearest place that holds the street in the frame, from the lowest elevation that fills it. */
export function overviewOf(plan: StreetPlan, aspect: number): Place {
  const points = pointsOf(plan);
  const highest = aspect < TALL_ASPECT ? ELEVATION_DEG.maxTall : ELEVATION_DEG.maxWide;
  let best = fitAt(points, plan, { aspect, elevationDeg: ELEVATION_DEG.min });
  for (
    let elevationDeg = ELEVATION_DEG.min + ELEVATION_DEG.step;
    elevationDeg <= highest && best.filled < TALL_ENOUGH;
    elevationDeg += ELEVATION_DEG.step
  ) {
    best = fitAt(points, plan, { aspect, elevationDeg });
  }
  return best;
}

function fitAt(
  points: readonly Vector3[],
  plan: StreetPlan,
  { aspect, elevationDeg }: { readonly aspect: number; readonly elevationDeg: number },
): Place & { readonly filled: number } {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG, aspect, 1, 100_000);
  const [away, target] = [directionOf(BEARING_DEG, elevationDeg), new Vector3(0, 0, 0)];
  const ahead = new Vector3(-away.x, 0, -away.z).normalize();
  const aside = new Vector3();
  const spot = new Vector3();
  const frame = { width: FRAME.right - FRAME.left, height: FRAME.high - FRAME.low };
  const middle = (FRAME.high + FRAME.low) / 2;
  let distance = 2 * (plan.halfWidthM + plan.halfDepthM);
  let filled = 0;
  for (let round = 0; round < FIT_ROUNDS; round++) {
    camera.position.copy(target).addScaledVector(away, distance);
    camera.lookAt(target);
    camera.updateMatrixWorld();
    let [left, right, low, high] = [1e9, -1e9, 1e9, -1e9];
    for (const point of points) {
      const { x, y } = spot.copy(point).project(camera);
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [low, high] = [Math.min(low, y), Math.max(high, y)];
    }
    const half = Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360) * distance;
    aside.setFromMatrixColumn(camera.matrixWorld, 0);
    target.addScaledVector(aside, ((left + right) / 2) * half * aspect);
    target.addScaledVector(ahead, (((low + high) / 2 - middle) * half) / away.y);
    filled = (high - low) / frame.height;
    distance *= 1 + 0.8 * (Math.max((right - left) / frame.width, filled) - 1);
  }
  return { eye: target.clone().addScaledVector(away, distance), target, filled };
}
