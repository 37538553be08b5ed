// What the graphics card is told of each home: one texel of four bytes, of the view that is shown. Use, marks, and what
// the marks are about (the last byte: kinds of theft, or what differs); body, roof, windows and rings read the same texel.

import type {
  BeliefSupplyColumns,
  OffReason,
  TruthSupplyColumns,
} from "../../sim/contract/frame.ts";
import type { TwinFrames } from "../player/store.ts";
import type { View } from "../player/views.ts";
import { differenceBits, FLAG, type HomeState, litBy, suspicionStep } from "./home-state.ts";

/** Texels in a row of the texture; a power of two, so that the shader divides exactly. */
export const TEXELS_WIDE = 256;
export const TEXEL_BYTES = 4;

const OFF_CODES: readonly OffReason[] = ["", "relay", "cut", "fuse"];

/** Rows of texels that so many homes take. */
export const texelRows = (homes: number): number => Math.max(1, Math.ceil(homes / TEXELS_WIDE));

/** Bytes of a texture for so many homes, in whole rows of texels. */
export const createTexels = (homes: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(texelRows(homes) * TEXELS_WIDE * TEXEL_BYTES);

/**
 * Every home as the view knows it, four bytes each: use, flags, reason and suspicion, kinds of theft. The same as
 * `homeState` row by row, straight from the columns, because a town has 100,000 rows a second.
 */
export function packHomes(view: View, frames: TwinFrames, homes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(homes * TEXEL_BYTES);
  if (view === "truth") packTruth(bytes, frames.truthSupply);
  else if (view === "company") packBelief(bytes, frames.beliefSupply);
  else {
    for (let row = 0; row < homes; row++)
      packDifference(bytes, row * TEXEL_BYTES, differenceBits(frames, row));
  }
  return bytes;
}

function packDifference(bytes: Uint8Array, at: number, differsIn: number): void {
  if (differsIn === 0) return;
  bytes[at + 1] = FLAG.differs;
  bytes[at + 3] = differsIn;
}

function packTruth(bytes: Uint8Array, truth: TruthSupplyColumns | null): void {
  if (truth === null) return;
  const { offReason, theftKinds, activePowerW } = truth;
  for (let at = 0, row = 0; at < bytes.length; at += TEXEL_BYTES, row++) {
    const off = offReason[row] ?? "";
    const kinds = theftKinds[row] ?? 0;
    const flags = kinds === 0 ? 0 : FLAG.theft;
    if (off === "") {
      bytes[at] = Math.round(litBy(activePowerW[row]) * 255);
      bytes[at + 1] = flags;
    } else {
      bytes[at + 1] = flags | FLAG.dark;
      bytes[at + 2] = OFF_CODES.indexOf(off);
    }
    bytes[at + 3] = kinds;
  }
}

function packBelief(bytes: Uint8Array, belief: BeliefSupplyColumns | null): void {
  if (belief === null) return;
  const { isOut, relayOpen, caseId, isLate, suspicion, activePowerW } = belief;
  for (let at = 0, row = 0; at < bytes.length; at += TEXEL_BYTES, row++) {
    const off = isOut[row] === 1 ? 2 : relayOpen[row] === 1 ? 1 : 0;
    const hasCase = (caseId[row] ?? "") !== "";
    if (off === 0) bytes[at] = Math.round(litBy(activePowerW[row]) * 255);
    bytes[at + 1] =
      (off === 0 ? 0 : FLAG.dark) |
      (hasCase ? FLAG.suspected : 0) |
      (isLate[row] === 1 ? FLAG.late : 0);
    bytes[at + 2] = off | ((hasCase ? suspicionStep(suspicion[row] ?? 0) : 0) << 2);
  }
}

/** The home whose four bytes begin here. */
export function homeAt(texels: Uint8Array, at: number): HomeState {
  const flags = texels[at + 1] ?? 0;
  const last = texels[at + 3] ?? 0;
  const isCompared = (flags & FLAG.differs) !== 0;
  return {
    lit: (texels[at] ?? 0) / 255,
    flags,
    off: OFF_CODES[(texels[at + 2] ?? 0) & 3]!,
    suspicionStep: (texels[at + 2] ?? 0) >> 2,
    theftKinds: isCompared ? 0 : last,
    differsIn: isCompared ? last : 0,
  };
}
