// Messages under way, as points on arcs between homes and masts. How far one has come is not told by the twin: it
// goes at an even pace while the twin runs, each from a place of its own, and comes again while it is under way.

import type { FlightView } from "../../sim/contract/frame.ts";
import { MAST_M, type Point3, type StreetPlan, scatter } from "./plan.ts";

const FROM_M = 8;
/** One way, at every distance. */
const FLIGHT_S = 1.6;
/** How high an arc rises over the straight line, of its length. */
const RISE_SHARE = 0.16;

/** Where a message is after so many seconds of motion; null where no mast serves its meter. */
export function flightAt(
  plan: StreetPlan,
  { row, mast, isUp }: FlightView,
  motionS: number,
): Point3 | null {
  const [home, tower] = [plan.homes[row], plan.masts[mast]];
  if (home === undefined || tower === undefined) return null;
  const gone = (motionS / FLIGHT_S + scatter(row, isUp ? 21 : 22)) % 1;
  // Neither on the roof nor on the tower, where it would be hidden.
  const share = 0.12 + 0.76 * (isUp ? gone : 1 - gone);
  const length = Math.hypot(tower.x - home.x, tower.z - home.z);
  const rise = RISE_SHARE * length * 4 * share * (1 - share);
  return [
    home.x + (tower.x - home.x) * share,
    FROM_M + (MAST_M - FROM_M) * share + rise,
    home.z + (tower.z - home.z) * share,
  ];
}
