// How a browser's worker packs what can be looked back to.

import { deflateSync, inflateSync } from "fflate";
import type { Packing } from "../../sim/contract/packing.ts";

/** A fast and light step: ten times a second for every channel of the street. */
const LEVEL = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const FFLATE_PACKING: Packing = {
  deflate: (bytes) => deflateSync(bytes, { level: LEVEL }),
  inflate: (bytes) => inflateSync(bytes),
  encode: (text) => encoder.encode(text),
  decode: (bytes) => decoder.decode(bytes),
};
