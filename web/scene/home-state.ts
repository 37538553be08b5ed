// What each home shows in a view: its use, its marks and their reasons. Scene, list and probe read the same.

import type { OffReason } from "../../sim/contract/frame.ts";
import { formatEnergy } from "../player/format.ts";
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
  /** Bits of `DIFFERS_IN`; 0 but where truth and belief are compared. */
  readonly differsIn: number;
}

/** What can differ at a home, as masks of `differenceBits`; the gravest first. */
export const DIFFERS_IN = {
  theft: 1 | 2,
  supply: 16 | 32,
  relay: 4 | 8,
  register: 64 | 128,
} as const;
export type DiffersIn = keyof typeof DIFFERS_IN;

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

export const litBy = (watts: number | null | undefined): number =>
  watts == null ? 0 : Math.min(1, Math.sqrt(Math.max(0, watts) / FULL_LIGHT_W));

const PLAIN: HomeState = {
  lit: 0,
  flags: 0,
  off: "",
  theftKinds: 0,
  suspicionStep: 0,
  differsIn: 0,
};

/** State of one home in a view, from that view's own frames. */
export function homeState(view: View, frames: TwinFrames, row: number): HomeState {
  switch (view) {
    case "truth":
      return trueState(frames, row);
    case "company":
      return knownState(frames, row);
    case "difference": {
      const differsIn = differenceBits(frames, row);
      return { ...PLAIN, flags: differsIn !== 0 ? FLAG.differs : 0, differsIn };
    }
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
    differsIn: 0,
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
    differsIn: 0,
  };
}

const DIFFERENCE_WORDS = [
  "steals, and the company does not know",
  "is suspected without cause",
  "is off, the company thinks it is on",
  "is on, the company thinks it is off",
  "has no supply, and the company does not know",
  "has supply again, and the company does not know",
  "has used {register} more than the company has heard of",
  "has used {register} less than the company takes it",
] as const;

/** Bit by bit what differs at one home, in the order of its sentences; makes nothing, so that it serves whole towns. */
export function differenceBits(
  { truthSupply, beliefSupply, score }: TwinFrames,
  row: number,
): number {
  if (truthSupply === null || beliefSupply === null) return 0;
  const isTheft = (truthSupply.theftKinds[row] ?? 0) !== 0;
  const isSuspected = beliefSupply.caseId[row] !== "";
  let bits = 0;
  if (isTheft && !isSuspected) bits |= 1;
  if (!isTheft && isSuspected && (score?.stolenWh[row] ?? 0) === 0) bits |= 2;
  const [open, believed] = [truthSupply.relayOpen[row], beliefSupply.relayOpen[row]];
  if (believed !== null && open !== believed) bits |= open === 1 ? 4 : 8;
  const reason = truthSupply.offReason[row] ?? "";
  const isOut = reason === "cut" || reason === "fuse";
  const isThoughtOut = beliefSupply.isOut[row] === 1;
  if (isOut && !isThoughtOut) bits |= 16;
  if (!isOut && isThoughtOut) bits |= 32;
  const unknownWh = score?.unknownWh[row] ?? 0;
  if (unknownWh > DIFFERS_WH) bits |= 64;
  if (unknownWh < -DIFFERS_WH) bits |= 128;
  return bits;
}

/** What differs between truth and belief at one home, as short sentences; empty where nothing does. */
export function differences(frames: TwinFrames, row: number): string[] {
  const bits = differenceBits(frames, row);
  const register = formatEnergy(Math.abs(frames.score?.unknownWh[row] ?? 0));
  return DIFFERENCE_WORDS.filter((_, bit) => (bits & (1 << bit)) !== 0).map((words) =>
    words.replace("{register}", register),
  );
}
