import { crc32 as zlibCrc32 } from "node:zlib";
import { expect, test } from "vitest";
import { crc32 } from "../../sim/recording/crc.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

// The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms (reveng).
test("nine digits have the checksum that the catalogue names", () => {
  expect(crc32(bytesOf("123456789"))).toBe(0xcbf43926);
});

test("nothing has the checksum zero", () => {
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("bytes in pieces have the checksum of the whole, which is zlib's", () => {
  const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => (at * at + 7 * at) % 256);
  for (const cut of [0, 1, 2_047, 5_000]) {
    const inPieces = crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)));
    expect(inPieces).toBe(zlibCrc32(bytes));
  }
});
