// CRC-32 as MCAP, PNG and zlib have it: reflected, polynomial 0x04C11DB7, all ones before and after (ISO 3309).

const REFLECTED_POLYNOMIAL = 0xedb88320;

/** Row: a byte. What it does to the remainder. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? REFLECTED_POLYNOMIAL : 0);
  }
  return remainder;
});

/** The checksum of `before` and then `bytes`; `before` is what this gave for the bytes so far, 0 at the beginning. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let remainder = ~before;
  for (let at = 0; at < bytes.length; at++) {
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ bytes[at]!) & 0xff]!;
  }
  return ~remainder >>> 0;
}
