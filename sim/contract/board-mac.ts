// SipHash-2-4 (Aumasson and Bernstein 2012), the MAC of board commands and credit tokens. Pure, and slow: a few a second.

import { littleEndian, signedBytes } from "./board-codec.ts";
import type { BoardMessage } from "./board-protocol.ts";

/** The key of a board that was never given one: public, so it proves nothing. Bytes 00 to 0F. */
export const BENCH_KEY: readonly number[] = Array.from({ length: 16 }, (_, index) => index);

const MASK = (1n << 64n) - 1n;

/** Key: 16 bytes. Result: 64 bits. */
export function sipHash(key: readonly number[], bytes: readonly number[]): bigint {
  if (key.length !== 16) throw new RangeError(`a key has 16 bytes, got ${key.length}`);
  const k0 = word(key, 0);
  const k1 = word(key, 8);
  const v: State = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const padded = [...bytes];
  while (padded.length % 8 !== 7) padded.push(0);
  padded.push(bytes.length % 256);
  for (let at = 0; at < padded.length; at += 8) {
    const block = word(padded, at);
    v[3] ^= block;
    mix(v, 2);
    v[0] ^= block;
  }
  v[2] ^= 0xffn;
  mix(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

type State = [bigint, bigint, bigint, bigint];

/** The message with its MAC: the lower 56 bits of the hash over serial, id and fields up to the counter. */
export function signBoardMessage<M extends SignedMessage>(
  message: M,
  { key, serial }: { readonly key: readonly number[]; readonly serial: number },
): M {
  const hash = sipHash(key, signedBytes(message, serial));
  const macLow = Number(hash & 0xfffffffn);
  return { ...message, macLow, macHigh: Number((hash >> 28n) & 0xfffffffn) };
}

export type SignedMessage = Extract<BoardMessage, { readonly macLow: number }>;

/** Tokens are 20 decimal digits: 64 bits of number (12), amount (20) and hash (32), the number highest. */
export interface TokenContent {
  /** Counts up per meter, 0 to 4,095; each is good once, and only if within 16 of the highest used. */
  readonly number: number;
  /** Whole hundreds of the smallest coin, 0 to 1,048,575. */
  readonly amountHundreds: number;
}

export function creditToken(
  { number, amountHundreds }: TokenContent,
  { key, serial }: { readonly key: readonly number[]; readonly serial: number },
): string {
  if (number < 0 || number > 4_095)
    throw new RangeError(`token number ${number} is not 0 to 4,095`);
  if (amountHundreds < 0 || amountHundreds > 1_048_575) {
    throw new RangeError(`an amount of ${amountHundreds} hundreds does not fit a token`);
  }
  const content = number * 0x100000 + amountHundreds;
  // After the serial stands 54h, which is no message's id: a token's hash is never a command's.
  const hash = sipHash(key, [...littleEndian(serial, 4), 0x54, ...littleEndian(content, 4)]);
  return ((BigInt(content) << 32n) | (hash & 0xffffffffn)).toString().padStart(20, "0");
}

function word(bytes: readonly number[], at: number): bigint {
  let value = 0n;
  for (let byte = 7; byte >= 0; byte--) value = (value << 8n) | BigInt(bytes[at + byte]!);
  return value;
}

const rotate = (value: bigint, bits: bigint): bigint =>
  ((value << bits) | (value >> (64n - bits))) & MASK;

function mix(v: State, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    v[0] = (v[0] + v[1]) & MASK;
    v[1] = rotate(v[1], 13n) ^ v[0];
    v[0] = rotate(v[0], 32n);
    v[2] = (v[2] + v[3]) & MASK;
    v[3] = rotate(v[3], 16n) ^ v[2];
    v[0] = (v[0] + v[3]) & MASK;
    v[3] = rotate(v[3], 21n) ^ v[0];
    v[2] = (v[2] + v[1]) & MASK;
    v[1] = rotate(v[1], 17n) ^ v[2];
    v[2] = rotate(v[2], 32n);
  }
}
