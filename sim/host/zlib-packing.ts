// How a server packs what can be looked back to.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Packing } from "../contract/packing.ts";

/** A fast and light step: ten times a second for every channel of the street. */
const LEVEL = 1;

export const ZLIB_PACKING: Packing = {
  deflate: (bytes) => deflateRawSync(bytes, { level: LEVEL }),
  inflate: (bytes) => inflateRawSync(bytes),
  encode: (text) => Buffer.from(text),
  decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"),
};
