// Digests: a fast 128-bit one for the parts of a state, SHA-256 for the chain that names a run.

import { sha256 } from "@noble/hashes/sha2.js";
import { assert } from "./assert.ts";

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

function finalMix(value: number): number {
  let h = value;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * MurmurHash3_x86_128 (Appleby 2011, public domain) of `bytes`, written as four words into `out`
 * at `offset`. Not cryptographic: it finds differences, it does not resist an attacker.
 */
export function digest128(bytes: Uint8Array, out: Uint32Array, offset: number): void {
  const length = bytes.length;
  const blockCount = length >>> 4;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const aligned = (bytes.byteOffset & 3) === 0;
  const words = aligned ? new Uint32Array(bytes.buffer, bytes.byteOffset, blockCount << 2) : null;
  const word = (index: number): number => {
    const at = index << 2;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  };
  for (let block = 0; block < blockCount; block++) {
    const at = block << 2;
    const k1 = words === null ? word(at) : words[at]!;
    const k2 = words === null ? word(at + 1) : words[at + 1]!;
    const k3 = words === null ? word(at + 2) : words[at + 2]!;
    const k4 = words === null ? word(at + 3) : words[at + 3]!;
    h1 ^= Math.imul(rotl(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const tail = new Uint8Array(16);
  tail.set(bytes.subarray(blockCount << 4));
  finish([h1, h2, h3, h4], new Uint32Array(tail.buffer), length, out, offset);
}

/** `digest128` of a text's UTF-16 code units, little-endian: four words into `out` at `offset`. */
export function digestUtf16(text: string, out: Uint32Array, offset: number): void {
  const blockCount = text.length >>> 3;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let block = 0; block < blockCount; block++) {
    const at = block << 3;
    const k1 = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    const k2 = text.charCodeAt(at + 2) | (text.charCodeAt(at + 3) << 16);
    const k3 = text.charCodeAt(at + 4) | (text.charCodeAt(at + 5) << 16);
    const k4 = text.charCodeAt(at + 6) | (text.charCodeAt(at + 7) << 16);
    h1 ^= Math.imul(rotl(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const tail = new Uint32Array(4);
  for (let at = blockCount << 3; at < text.length; at++) {
    const word = (at & 7) >>> 1;
    tail[word] = tail[word]! | (text.charCodeAt(at) << (16 * (at & 1)));
  }
  finish([h1, h2, h3, h4], tail, 2 * text.length, out, offset);
}

/** The tail of less than a block, padded with zeros, and the length; four words into `out` at `offset`. */
function finish(
  mixed: readonly [number, number, number, number],
  tail: Uint32Array,
  length: number,
  out: Uint32Array,
  offset: number,
): void {
  let [h1, h2, h3, h4] = mixed;
  h4 ^= Math.imul(rotl(Math.imul(tail[3]!, C4), 18), C1);
  h3 ^= Math.imul(rotl(Math.imul(tail[2]!, C3), 17), C4);
  h2 ^= Math.imul(rotl(Math.imul(tail[1]!, C2), 16), C3);
  h1 ^= Math.imul(rotl(Math.imul(tail[0]!, C1), 15), C2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[offset] = h1;
  out[offset + 1] = h2 + h1;
  out[offset + 2] = h3 + h1;
  out[offset + 3] = h4 + h1;
}

/** SHA-256 of `bytes`. */
export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. */
export function sha256Text(text: string): string {
  return hexOf(sha256(utf8Bytes(text)));
}

/** Lower-case hexadecimal of `bytes`. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}

/** Bytes of a hexadecimal text of even length. */
export function bytesOfHex(hex: string): Uint8Array {
  assert(hex.length % 2 === 0, `even length expected, got ${hex.length}`);
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}

/** UTF-8 bytes of a text (no TextEncoder: the pure folders have no platform); lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  let bytes = new Uint8Array(text.length * 3);
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code < 0x80) {
      bytes[size++] = code;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
      const isPair = code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
      code = isPair ? 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd;
      if (isPair) at++;
    }
    if (code < 0x800) {
      bytes[size++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[size++] = 0xe0 | (code >> 12);
      } else {
        bytes[size++] = 0xf0 | (code >> 18);
        bytes[size++] = 0x80 | ((code >> 12) & 63);
      }
      bytes[size++] = 0x80 | ((code >> 6) & 63);
    }
    bytes[size++] = 0x80 | (code & 63);
  }
  bytes = bytes.subarray(0, size);
  return bytes;
}

/** Text of UTF-8 bytes that `utf8Bytes` wrote. */
export function textOfUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++]!;
    let code = first;
    const extra = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (extra > 0) code = first & (0x3f >> extra);
    for (let k = 0; k < extra; k++) code = (code << 6) | (bytes[at++]! & 63);
    codes.push(code);
    if (codes.length === 4096) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join("");
}
