// What hides and guards the bits of a prepayment token: CRC-16, our own 64-bit Feistel network, and the transposition
// of the class. "In the manner of STS" (IEC 62055-41): the ciphers of that standard are licensed and not here, so a
// token of ours is good at no real meter. Nobody has reviewed this cipher: it guards simulated money only.

/** A decoder key: 64 bits in two halves, as key-change tokens carry them. Both are whole, 0 to 2^32 − 1. */
export interface DecoderKey {
  readonly high: number;
  readonly low: number;
}

const ROUNDS = 16;
const GOLDEN = 0x9e3779b9;
const MASK_32 = 0xffffffffn;
const CRC_BYTES = 7;

/** CRC-16 (x^16 + x^15 + x^2 + 1, reflected, start FFFF) of seven bytes, the highest first: IEC 62055-41 for credit. */
export function tokenCrc(value: bigint): number {
  let crc = 0xffff;
  for (let byte = CRC_BYTES - 1; byte >= 0; byte--) {
    crc ^= Number((value >> BigInt(8 * byte)) & 0xffn);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

/** Wellons' lowbias32 (2018, public domain): every bit of the word depends on every other. */
function mix(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

const roundKey = ({ high, low }: DecoderKey, round: number): number =>
  mix((round % 2 === 0 ? low : high) + Math.imul(GOLDEN, round + 1));

/** 64 bits under a key. */
export function encrypt(key: DecoderKey, plain: bigint): bigint {
  let left = Number(plain >> 32n);
  let right = Number(plain & MASK_32);
  for (let round = 0; round < ROUNDS; round++) {
    const next = (left ^ mix(right ^ roundKey(key, round))) >>> 0;
    left = right;
    right = next;
  }
  return (BigInt(left) << 32n) | BigInt(right);
}

/** Undoes `encrypt`. */
export function decrypt(key: DecoderKey, cipher: bigint): bigint {
  let left = Number(cipher >> 32n);
  let right = Number(cipher & MASK_32);
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const before = (right ^ mix(left ^ roundKey(key, round))) >>> 0;
    right = left;
    left = before;
  }
  return (BigInt(left) << 32n) | BigInt(right);
}

/** Places of the class in the printed number; the bits that stood there go to 65 and 64. [From memory of IEC 62055-41.] */
const CLASS_HIGH = 28n;
const CLASS_LOW = 27n;

const bitAt = (value: bigint, at: bigint): bigint => (value >> at) & 1n;

function withBit(value: bigint, at: bigint, bit: bigint): bigint {
  return (value & ~(1n << at)) | (bit << at);
}

/** 66 bits as printed: the class is hidden in the middle of the others. `tokenClass` is 0 to 3. */
export function transpose(tokenClass: number, data: bigint): bigint {
  const displaced = (bitAt(data, CLASS_HIGH) << 65n) | (bitAt(data, CLASS_LOW) << 64n);
  const high = BigInt((tokenClass >> 1) & 1);
  const placed = withBit(withBit(data, CLASS_HIGH, high), CLASS_LOW, BigInt(tokenClass & 1));
  return displaced | placed;
}

/** Undoes `transpose`. */
export function untranspose(printed: bigint): {
  readonly tokenClass: number;
  readonly data: bigint;
} {
  const tokenClass = Number((bitAt(printed, CLASS_HIGH) << 1n) | bitAt(printed, CLASS_LOW));
  const low = printed & ((1n << 64n) - 1n);
  const data = withBit(
    withBit(low, CLASS_HIGH, bitAt(printed, 65n)),
    CLASS_LOW,
    bitAt(printed, 64n),
  );
  return { tokenClass, data };
}
