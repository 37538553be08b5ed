// What each home shows in a view: its use, its marks and their reasons. Scene, list and probe read the same.

import type { OffReason } from "../../sim/contract/frame.ts";
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
  /** Why it is dark, as far as the view knows; a company takes every outage before the meter for a cut. */
  readonly off: OffReason;
  /** Bits of `theftBit`; 0 where the view may not know. */
  readonly theftKinds: number;
  /** Of `SUSPICION_STEPS`, 0 without a case. */
  readonly suspicionStep: number;
}

/** Probability of theft in steps that can be told apart as marks; a step begins where the one before ends. */
export const SUSPICION_STEPS = [
  { label: "under 50 %", below: 0.5 },
  { label: "50 – 80 %", below: 0.8 },
  { label: "80 – 95 %", below: 0.95 },
  { label: "over 95 %", below: Number.POSITIVE_INFINITY },
] as const;

/** 1 to 4. */
export const suspicionStep = (probability: number): number =>
  1 + SUSPICION_STEPS.findIndex(({ below }) => probability < below);

const litBy = (watts: number | null | undefined): number =>
  watts == null ? 0 : Math.min(1, Math.sqrt(Math.max(0, watts) / FULL_LIGHT_W));

const PLAIN: HomeState = { lit: 0, flags: 0, off: "", theftKinds: 0, suspicionStep: 0 };

/** State of one home in a view, from that view's own frames. */
export function homeState(view: View, frames: TwinFrames, row: number): HomeState {
  switch (view) {
    case "truth":
      return trueState(frames, row);
    case "company":
      return knownState(frames, row);
    case "difference":
      return { ...PLAIN, flags: differences(frames, row).length > 0 ? FLAG.differs : 0 };
  }
}

function trueState({ truthSupply: truth }: TwinFrames, row: number): HomeState {
  if (truth === null) return PLAIN;
  const off = truth.offReason[row] ?? "";
  const theftKinds = truth.theftKinds[row] ?? 0;
  return {
    lit: off === "" ? litBy(truth.activePowerW[row]) : 0,
    flags: (off === "" ? 0 : FLAG.dark) | (theftKinds === 0 ? 0 : FLAG.theft),
    off,
    theftKinds,
    suspicionStep: 0,
  };
}

function knownState({ beliefSupply: belief }: TwinFrames, row: number): HomeState {
  if (belief === null) return PLAIN;
  const off: OffReason =
    belief.isOut[row] === 1 ? "cut" : belief.relayOpen[row] === 1 ? "relay" : "";
  const hasCase = (belief.caseId[row] ?? "") !== "";
  return {
    lit: off === "" ? litBy(belief.activePowerW[row]) : 0,
    flags:
      (off === "" ? 0 : FLAG.dark) |
      (hasCase ? FLAG.suspected : 0) |
      (belief.isLate[row] === 1 ? FLAG.late : 0),
    off,
    theftKinds: 0,
    suspicionStep: hasCase ? suspicionStep(belief.suspicion[row] ?? 0) : 0,
  };
}

/** What differs between truth and belief at one home, as short sentences; empty where nothing does. */
export function differences(frames: TwinFrames, row: number): string[] {
  const { truthSupply, beliefSupply, score } = frames;
  if (truthSupply === null || beliefSupply === null) return [];
  const found: string[] = [];
  const isTheft = (truthSupply.theftKinds[row] ?? 0) !== 0;
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
  const reason = truthSupply.offReason[row] ?? "";
  const isOut = reason === "cut" || reason === "fuse";
  const isThoughtOut = beliefSupply.isOut[row] === 1;
  if (isOut && !isThoughtOut) found.push("has no supply, and the company does not know");
  if (!isOut && isThoughtOut) found.push("has supply again, and the company does not know");
  const unknownWh = score?.unknownWh[row] ?? 0;
  if ((unknownWh ?? 0) > DIFFERS_WH) found.push("has used more than the company has heard of");
  return found;
}
