// JSON for an address: deflated, in the letters of base64 that a link may hold.

import { deflateSync, inflateSync, strFromU8, strToU8 } from "fflate";

const LETTERS = [
  ["+", "-"],
  ["/", "_"],
] as const;

export function packJson(value: unknown): string {
  const bytes = deflateSync(strToU8(JSON.stringify(value)), { level: 9 });
  let text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  for (const [letter, other] of LETTERS) text = text.replaceAll(letter, other);
  return text.replaceAll("=", "");
}

/** Throws where the text is no such JSON. */
export function unpackJson(packed: string): unknown {
  let text = packed;
  for (const [letter, other] of LETTERS) text = text.replaceAll(other, letter);
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return JSON.parse(strFromU8(inflateSync(bytes)));
}
