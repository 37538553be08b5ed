// What a view knows of one cable. Picture and single-line diagram read the same.

import type { StreetStore } from "../player/store.ts";
import { type CableKnown, NOTHING_KNOWN } from "./cable-look.ts";

/** The company's readings tell the voltage at the homes, and nothing of the mains. `home` is −1 where none hangs on it. */
export function cableKnown(
  { view, truthBranch, beliefSupply }: StreetStore,
  { row, home }: { readonly row: number; readonly home: number },
): CableKnown {
  if (view === "truth" && truthBranch !== null) {
    return {
      loadingShare: truthBranch.loadingShare[row] ?? null,
      voltageV: truthBranch.voltageV[row] ?? null,
    };
  }
  if (view !== "company" || home < 0 || beliefSupply === null) return NOTHING_KNOWN;
  const voltageV = beliefSupply.voltageV[home] ?? null;
  // A meter that is switched off still reads the voltage; one whose reading says none has had an outage.
  return { loadingShare: null, voltageV: voltageV === 0 ? null : voltageV };
}
