// Where icons and texts stand in the street, and which of them is wanted; sizes on the screen come from the camera.

import type { StreetLayout, TruthBranchColumns } from "../../sim/contract/frame.ts";
import type { StreetStore } from "../player/store.ts";
import { DIFFERS_IN, type DiffersIn, FLAG, type HomeState } from "./home-state.ts";
import { type Icon, theftIcon } from "./icons.ts";
import { POLE_M, type Point3, type StreetPlan } from "./plan.ts";
import { type StreetName, streetNames } from "./street-names.ts";

export const ROOF_TOP_M = 7.6;
/** The marks of blown fuses that are shown. */
export const FUSES_SHOWN_MAX = 24;
/** How far beyond its last home a lane's name stands. */
const BEYOND_M = 13;

interface Mark {
  readonly icon: Icon;
  readonly scale: number;
}

const SCALE = { theft: 0.92, case: 0.88, differs: 0.66, off: 0.6 } as const;

/** A wrong belief about theft has the plain mark, and so has what differs in several ways. */
function differsIcon(differsIn: number): Icon {
  const kinds = (Object.keys(DIFFERS_IN) as DiffersIn[]).filter(
    (kind) => (differsIn & DIFFERS_IN[kind]) !== 0,
  );
  const only = kinds.length === 1 ? kinds[0]! : "theft";
  return only === "theft" ? "differs" : `differs-${only}`;
}

/** The icon above a home, the gravest first. */
export function markOf({
  flags,
  off,
  theftKinds,
  suspicionStep,
  differsIn,
}: HomeState): Mark | null {
  if ((flags & FLAG.theft) !== 0) return { icon: theftIcon(theftKinds), scale: SCALE.theft };
  if ((flags & FLAG.suspected) !== 0)
    return { icon: `case-${Math.max(1, suspicionStep)}` as Icon, scale: SCALE.case };
  if ((flags & FLAG.differs) !== 0) return { icon: differsIcon(differsIn), scale: SCALE.differs };
  if ((flags & FLAG.dark) !== 0)
    return { icon: off === "relay" || off === "" ? "power" : off, scale: SCALE.off };
  return null;
}

/** Where the fuses sit that have blown: at the near ends of their cables. */
export function fusePlaces(
  plan: StreetPlan,
  truthBranch: TruthBranchColumns | null,
): readonly Point3[] {
  if (truthBranch === null) return [];
  const places: Point3[] = [];
  const { fuseOpen } = truthBranch;
  for (let row = 0; row < fuseOpen.length; row++) {
    const cable = plan.cables[row];
    if (fuseOpen[row] === 0 || cable === undefined) continue;
    const { from, to } = cable;
    // A little along its cable, so that two fuses of one pole are two marks.
    const along = (index: 0 | 1 | 2): number => from[index] + 0.12 * (to[index] - from[index]);
    places.push([along(0), POLE_M + 0.6, along(2)]);
    if (places.length === FUSES_SHOWN_MAX) break;
  }
  return places;
}

/** Loading of a transformer as the view knows it; null where it does not. */
export function transformerLoading(
  { view, truthStreet, beliefStreet }: StreetStore,
  { transformers }: StreetLayout,
  index: number,
): number | null {
  if (view === "truth") return truthStreet?.transformers[index]?.loadingShare ?? null;
  // The company's figure is of all its transformers together.
  const knownW = transformers.length === 1 ? beliefStreet?.transformerPowerW : null;
  return view === "company" && knownW != null
    ? Math.max(0, knownW) / transformers[index]!.ratingVa
    : null;
}

/** Of every transformer. */
export const transformerLoadings = (
  store: StreetStore,
  layout: StreetLayout,
): readonly (number | null)[] =>
  layout.transformers.map((_, index) => transformerLoading(store, layout, index));

/** A text and where it stands. */
export interface PlacedText {
  readonly name: string;
  readonly at: Point3;
}

export interface PlacedName extends StreetName, PlacedText {}

/** Names of feeders at their transformers. */
export const placeFeeders = (plan: StreetPlan, layout: StreetLayout): readonly PlacedText[] =>
  layout.transformers.map(({ feeder }, index) => {
    const [x, z] = plan.transformers[index]!;
    return { name: feeder, at: [x, 0, z] };
  });

/** Lanes' names at their ends, away from the transformer. */
export function placeNames(plan: StreetPlan, layout: StreetLayout): readonly PlacedName[] {
  const [originX, originZ] = plan.transformers[0] ?? [0, 0];
  return streetNames(layout.supplies).map((street) => {
    const homes = street.rows.map((row) => plan.homes[row]!);
    const away = (x: number, z: number): number => Math.hypot(x - originX, z - originZ);
    const ends = [...homes].sort((a, b) => away(b.x, b.z) - away(a.x, a.z)).slice(0, 2);
    const mean = (all: typeof homes, of: "x" | "z"): number =>
      all.reduce((sum, home) => sum + home[of], 0) / all.length;
    const [x, z] = [mean(ends, "x"), mean(ends, "z")];
    const [dx, dz] = [x - mean(homes, "x"), z - mean(homes, "z")];
    const length = Math.hypot(dx, dz) || 1;
    return { ...street, at: [x + (dx / length) * BEYOND_M, 0, z + (dz / length) * BEYOND_M] };
  });
}
