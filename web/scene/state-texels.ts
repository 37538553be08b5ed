// What the graphics card is told of each home: one texel of four bytes, in a plane for each view. Use, marks, and what
// the marks are about; body, roof, windows and rings read the same texel.

import type { OffReason } from "../../sim/contract/frame.ts";
import { VIEWS, type View } from "../player/views.ts";
import type { HomeState } from "./home-state.ts";

/** Texels in a row of the texture; a power of two, so that the shader divides exactly. */
export const TEXELS_WIDE = 64;
export const TEXEL_BYTES = 4;

const OFF_CODES: readonly OffReason[] = ["", "relay", "cut", "fuse"];

/** Rows of texels that a plane takes. */
export const planeRows = (homes: number): number => Math.max(1, Math.ceil(homes / TEXELS_WIDE));

/** The first row of a view's plane. */
export const planeOf = (view: View, homes: number): number =>
  VIEWS.indexOf(view) * planeRows(homes);

export const createTexels = (homes: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(VIEWS.length * planeRows(homes) * TEXELS_WIDE * TEXEL_BYTES);

const startOf = (view: View, homes: number, row: number): number =>
  (planeOf(view, homes) * TEXELS_WIDE + row) * TEXEL_BYTES;

/** Writes a view's plane: use, flags, reason and suspicion, kinds of theft. */
export function packHomes(texels: Uint8Array, view: View, states: readonly HomeState[]): void {
  let at = startOf(view, states.length, 0);
  for (const { lit, flags, off, suspicionStep, theftKinds } of states) {
    texels[at] = Math.round(lit * 255);
    texels[at + 1] = flags;
    texels[at + 2] = OFF_CODES.indexOf(off) | (suspicionStep << 2);
    texels[at + 3] = theftKinds;
    at += TEXEL_BYTES;
  }
}

/** Reads a home back from what was uploaded. */
export function unpackHome(
  texels: Uint8Array,
  { view, homes, row }: { readonly view: View; readonly homes: number; readonly row: number },
): HomeState {
  const at = startOf(view, homes, row);
  return {
    lit: (texels[at] ?? 0) / 255,
    flags: texels[at + 1] ?? 0,
    off: OFF_CODES[(texels[at + 2] ?? 0) & 3]!,
    suspicionStep: (texels[at + 2] ?? 0) >> 2,
    theftKinds: texels[at + 3] ?? 0,
  };
}
