// What each home shows in a view: one byte of use, one of flags. The scene, the list and the probe read the same.

import type { TwinFrames } from "../player/store.ts";
import type { View } from "../player/views.ts";

export const FLAG = { dark: 1, theft: 2, late: 4, suspected: 8, differs: 16 } as const;

/** Use at which every window is lit. */
const FULL_LIGHT_W = 2_500;
/** Difference between truth and belief that is worth a colour: relay, or this much unknown energy. */
const DIFFERS_WH = 2_000;

export interface HomeState {
  /** 0 to 1. */
  readonly lit: number;
  readonly flags: number;
}

const litBy = (watts: number | null | undefined): number =>
  watts == null ? 0 : Math.min(1, Math.sqrt(Math.max(0, watts) / FULL_LIGHT_W));

/** State of one home in a view, from that view's own frames. */
export function homeState(view: View, frames: TwinFrames, row: number): HomeState {
  const { truthSupply, beliefSupply } = frames;
  if (view === "truth") {
    const isDark = truthSupply?.relayOpen[row] === 1;
    const isTheft = (truthSupply?.bypassShare[row] ?? 0) > 0;
    return {
      lit: isDark ? 0 : litBy(truthSupply?.activePowerW[row]),
      flags: (isDark ? FLAG.dark : 0) | (isTheft ? FLAG.theft : 0),
    };
  }
  const isOff = beliefSupply?.relayOpen[row] === 1;
  const isSuspected = (beliefSupply?.caseId[row] ?? "") !== "";
  const isLate = beliefSupply?.isLate[row] === 1;
  const known =
    (isOff ? FLAG.dark : 0) | (isSuspected ? FLAG.suspected : 0) | (isLate ? FLAG.late : 0);
  if (view === "company")
    return { lit: isOff ? 0 : litBy(beliefSupply?.activePowerW[row]), flags: known };
  return { lit: 0, flags: differences(frames, row).length > 0 ? FLAG.differs : 0 };
}

/** What differs between truth and belief at one home, as short sentences; empty where nothing does. */
export function differences(frames: TwinFrames, row: number): string[] {
  const { truthSupply, beliefSupply, score } = frames;
  if (truthSupply === null || beliefSupply === null) return [];
  const found: string[] = [];
  const isTheft = (truthSupply.bypassShare[row] ?? 0) > 0;
  const isSuspected = beliefSupply.caseId[row] !== "";
  if (isTheft && !isSuspected) found.push("steals, and the company does not know");
  if (!isTheft && isSuspected && (score?.stolenWh[row] ?? 0) === 0)
    found.push("is suspected without cause");
  const [open, believed] = [truthSupply.relayOpen[row], beliefSupply.relayOpen[row]];
  if (believed !== null && open !== believed) {
    found.push(
      open === 1 ? "is off, the company thinks it is on" : "is on, the company thinks it is off",
    );
  }
  const unknownWh = score?.unknownWh[row] ?? 0;
  if ((unknownWh ?? 0) > DIFFERS_WH) found.push("has used more than the company has heard of");
  return found;
}
