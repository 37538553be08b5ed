// Raw deflate (RFC 1951), which Node and a browser's worker each do in their own way.

export interface Packing {
  deflate(bytes: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array): Uint8Array;
  /** UTF-8. */
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

export const packText = (packing: Packing, text: string): Uint8Array =>
  packing.deflate(packing.encode(text));

export const unpackText = (packing: Packing, bytes: Uint8Array): string =>
  packing.decode(packing.inflate(bytes));
