// The street on the ground: metres east (x) and south (z) around the middle of the plan, from the layout alone.

import type { StreetLayout } from "../../sim/contract/frame.ts";

/** Cables hang beside the road that they follow. */
const ROADSIDE_M = 4.4;
/** Up to so many branches a feeder is taken to follow its roads. */
const BY_ROAD_MAX = 400;
export const POLE_M = 7.2;
export const MAST_M = 26;
/** Of a house of full size. */
const EAVES_M = 4.4;

export type Point3 = readonly [x: number, y: number, z: number];

export interface HomePlace {
  readonly row: number;
  readonly x: number;
  readonly z: number;
  /** Turn around the vertical, so that the door looks at the road. */
  readonly headingRad: number;
  /** Size of the house against its full one: smaller where the next home stands close. */
  readonly scale: number;
}

export interface CablePlace {
  readonly row: number;
  readonly from: Point3;
  readonly to: Point3;
  readonly sagM: number;
  readonly kind: StreetLayout["branches"][number]["kind"];
  /** Of a service cable, the home at its end; −1 for others. */
  readonly home: number;
  /** Row of the cable before it, on the way from the source; −1 where there is none. */
  readonly before: number;
}

export interface RoadPlace {
  readonly from: readonly [x: number, z: number];
  readonly to: readonly [x: number, z: number];
  readonly widthM: number;
}

export interface StreetPlan {
  readonly homes: readonly HomePlace[];
  readonly cables: readonly CablePlace[];
  readonly roads: readonly RoadPlace[];
  readonly poles: readonly (readonly [x: number, z: number])[];
  readonly trees: readonly { readonly x: number; readonly z: number; readonly scale: number }[];
  readonly transformers: readonly (readonly [x: number, z: number])[];
  readonly masts: readonly { readonly id: string; readonly x: number; readonly z: number }[];
  /** Half the extent of everything that is drawn close. */
  readonly halfWidthM: number;
  readonly halfDepthM: number;
}

/** A number in [0, 1) that belongs to an index; scenery needs no seed. */
export function scatter(index: number, salt: number): number {
  const value = Math.sin(index * 127.1 + salt * 311.7) * 43758.5453;
  return value - Math.floor(value);
}

export function createPlan(layout: StreetLayout): StreetPlan {
  const grounded = [...layout.supplies, ...layout.transformers];
  const [left, right] = rangeOf(grounded.map(({ x }) => x));
  const [bottom, top] = rangeOf(grounded.map(({ y }) => y));
  const middle = { x: (left + right) / 2, y: (bottom + top) / 2 };
  const at = (x: number, y: number): [x: number, z: number] => [x - middle.x, middle.y - y];
  const dropAt = new Map(
    layout.branches.flatMap((branch) =>
      branch.kind === "service" ? [[branch.to.join(), branch] as const] : [],
    ),
  );
  const gapM = nearestGapsM(layout.supplies);
  const mains = layout.branches.filter(({ kind }) => kind === "trunk" || kind === "lateral");
  // A large feeder that follows the land has no straight roads to draw.
  const isDrawnByRoad = layout.branches.length <= BY_ROAD_MAX || isGrid(mains);
  const roadside = isDrawnByRoad ? ROADSIDE_M : 0;
  const homes = layout.supplies.map((supply, row) => {
    const [x, z] = at(supply.x, supply.y);
    const drop = dropAt.get(`${supply.x},${supply.y}`);
    const [poleX, poleZ] = drop === undefined ? [x, z + 1] : at(drop.from[0], drop.from[1]);
    const headingRad = Math.atan2(poleX - x, (poleZ - z) * 0.2);
    return { row, x, z, headingRad, scale: Math.max(SCALE.min, gapM[row]! / FULL_SIZE_GAP_M) };
  });
  const homeAt = new Map(layout.supplies.map(({ x, y }, row) => [`${x},${y}`, row]));
  const endAt = new Map(layout.branches.map(({ to }, row) => [to.join(), row]));
  const cables = layout.branches.map((branch, row) => {
    const [ax, az] = at(branch.from[0], branch.from[1]);
    const [bx, bz] = at(branch.to[0], branch.to[1]);
    const isService = branch.kind === "service";
    const home = isService ? (homeAt.get(branch.to.join()) ?? -1) : -1;
    const length = Math.hypot(bx - ax, bz - az);
    const from: Point3 = [ax + roadside, POLE_M, az + roadside];
    const eavesM = EAVES_M * (homes[home]?.scale ?? 1);
    const to: Point3 = isService ? [bx, eavesM, bz] : [bx + roadside, POLE_M, bz + roadside];
    return {
      row,
      from,
      to,
      sagM: Math.min(1.2, length * 0.035),
      kind: branch.kind,
      home,
      before: endAt.get(branch.from.join()) ?? -1,
    };
  });
  const roads = isDrawnByRoad ? roadsAlong(mains, at) : [];
  const poleKeys = new Map<string, readonly [number, number]>();
  for (const { from, to } of isDrawnByRoad ? mains : []) {
    for (const [x, y] of [from, to]) {
      const [px, pz] = at(x, y);
      poleKeys.set(`${px}/${pz}`, [px + roadside, pz + roadside]);
    }
  }
  const halfWidthM = (right - left) / 2 + 14;
  const halfDepthM = (top - bottom) / 2 + 14;
  const masts = layout.masts.map(({ id, x, y }) => {
    const [mx, mz] = at(x, y);
    return { id, x: mx, z: mz };
  });
  const plan = {
    homes,
    cables,
    roads,
    poles: [...poleKeys.values()],
    halfWidthM,
    halfDepthM,
    masts,
  };
  const transformers = layout.transformers.map(({ x, y }): readonly [x: number, z: number] => {
    const [tx, tz] = at(x, y);
    return [tx + roadside, tz + roadside];
  });
  return { ...plan, transformers, trees: plantTrees(plan) };
}

/** Homes closer than this to each other are drawn smaller, down to a third; where there is room, larger. */
const FULL_SIZE_GAP_M = 11.5;
const SCALE = { min: 1 / 3, max: 1.4 } as const;

/** Row: distance to the nearest other home in m, at most what the largest house needs. */
function nearestGapsM(supplies: StreetLayout["supplies"]): Float64Array {
  const mostM = SCALE.max * FULL_SIZE_GAP_M;
  const fieldOf = (metres: number): number => Math.floor(metres / mostM);
  const fields = new Map<string, number[]>();
  supplies.forEach(({ x, y }, row) => {
    const key = `${fieldOf(x)}/${fieldOf(y)}`;
    const rows = fields.get(key);
    if (rows === undefined) fields.set(key, [row]);
    else rows.push(row);
  });
  return Float64Array.from(supplies, ({ x, y }, row) => {
    let nearestM = mostM;
    for (let east = -1; east <= 1; east++) {
      for (let north = -1; north <= 1; north++) {
        for (const other of fields.get(`${fieldOf(x) + east}/${fieldOf(y) + north}`) ?? []) {
          if (other === row) continue;
          const { x: otherX, y: otherY } = supplies[other]!;
          nearestM = Math.min(nearestM, Math.hypot(otherX - x, otherY - y));
        }
      }
    }
    return nearestM;
  });
}

/** Of a town's mains at least so many run east or north where it is built on a grid. */
const GRID_SHARE = 0.95;

function isGrid(mains: StreetLayout["branches"]): boolean {
  const straight = mains.filter(
    ({ from, to }) => Math.min(Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])) < 0.5,
  );
  return straight.length >= GRID_SHARE * mains.length;
}

function rangeOf(values: readonly number[]): [least: number, most: number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** One straight road under each run of mains in a line, and a little further. */
function roadsAlong(
  mains: StreetLayout["branches"],
  at: (x: number, y: number) => [x: number, z: number],
): RoadPlace[] {
  const runs = new Map<
    string,
    { min: number; max: number; isEast: boolean; fixed: number; isTrunk: boolean }
  >();
  for (const { from, to, kind } of mains) {
    const [ax, az] = at(from[0], from[1]);
    const [bx, bz] = at(to[0], to[1]);
    const isEast = Math.abs(bx - ax) >= Math.abs(bz - az);
    const fixed = isEast ? az : ax;
    const key = `${isEast}/${Math.round(fixed)}`;
    const [a, b] = isEast ? [ax, bx] : [az, bz];
    const run = runs.get(key);
    if (run === undefined)
      runs.set(key, {
        min: Math.min(a, b),
        max: Math.max(a, b),
        isEast,
        fixed,
        isTrunk: kind === "trunk",
      });
    else {
      run.min = Math.min(run.min, a, b);
      run.max = Math.max(run.max, a, b);
      run.isTrunk ||= kind === "trunk";
    }
  }
  return [...runs.values()].map(({ min, max, isEast, fixed, isTrunk }) => {
    const beyond = isTrunk && isEast ? 60 : 9;
    const [a, b] = isEast ? [min - beyond, max + beyond] : [min - 9, max + (isTrunk ? 0 : 0)];
    return {
      from: isEast ? [a, fixed] : [fixed, a],
      to: isEast ? [b, fixed] : [fixed, b],
      widthM: isEast ? 6.4 : 5,
    };
  });
}

interface Obstacles {
  readonly homes: readonly HomePlace[];
  readonly roads: readonly RoadPlace[];
  readonly poles: readonly (readonly [x: number, z: number])[];
  readonly halfWidthM: number;
  readonly halfDepthM: number;
  readonly masts: readonly { readonly x: number; readonly z: number }[];
}

const TREES = { tried: 1_400, max: 300 } as const;

function plantTrees(plan: Obstacles): StreetPlan["trees"] {
  const trees: { x: number; z: number; scale: number }[] = [];
  const homesNear = nearestOf(plan.homes);
  const polesNear = nearestOf(plan.poles.map(([x, z]) => ({ x, z })));
  const reachX = plan.halfWidthM * 2.6;
  const reachZ = plan.halfDepthM * 3.4;
  for (let index = 0; index < TREES.tried && trees.length < TREES.max; index++) {
    let x = (scatter(index, 1) * 2 - 1) * reachX;
    let z = (scatter(index, 2) * 2 - 1) * reachZ;
    const isInside = Math.abs(x) < plan.halfWidthM && Math.abs(z) < plan.halfDepthM;
    // Every second try is among the homes, where gardens are.
    if (index % 2 === 0 && !isInside) {
      x *= 0.36;
      z *= 0.28;
    }
    const isFree =
      homesNear(x, z).every(
        (home) => Math.hypot(home.x - x, home.z - z) > 6.6 * home.scale + 1.2,
      ) &&
      plan.roads.every((road) => distanceToRoad(road, x, z) > road.widthM / 2 + 2.4) &&
      polesNear(x, z).every((pole) => Math.hypot(pole.x - x, pole.z - z) > 4) &&
      plan.masts.every((mast) => Math.hypot(mast.x - x, mast.z - z) > 7) &&
      trees.every((tree) => Math.hypot(tree.x - x, tree.z - z) > 3.6);
    if (!isFree) continue;
    const isGarden = Math.abs(x) < plan.halfWidthM && Math.abs(z) < plan.halfDepthM;
    trees.push({ x, z, scale: (isGarden ? 0.55 : 0.8) + 0.55 * scatter(index, 4) });
  }
  return trees;
}

/** What stands within some ten metres of a place, and a little more; looked up by field. */
function nearestOf<Thing extends { readonly x: number; readonly z: number }>(
  things: readonly Thing[],
): (x: number, z: number) => readonly Thing[] {
  const fieldM = 12;
  const fieldOf = (metres: number): number => Math.floor(metres / fieldM);
  const fields = new Map<string, Thing[]>();
  for (const thing of things) {
    const key = `${fieldOf(thing.x)}/${fieldOf(thing.z)}`;
    const others = fields.get(key);
    if (others === undefined) fields.set(key, [thing]);
    else others.push(thing);
  }
  return (x, z) => {
    const found: Thing[] = [];
    for (let east = -1; east <= 1; east++)
      for (let south = -1; south <= 1; south++)
        found.push(...(fields.get(`${fieldOf(x) + east}/${fieldOf(z) + south}`) ?? []));
    return found;
  };
}

function distanceToRoad({ from, to }: RoadPlace, x: number, z: number): number {
  const [dx, dz] = [to[0] - from[0], to[1] - from[1]];
  const along = ((x - from[0]) * dx + (z - from[1]) * dz) / (dx * dx + dz * dz || 1);
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(from[0] + share * dx - x, from[1] + share * dz - z);
}
