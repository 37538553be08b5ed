// Whose key a prepayment token is made under: meter numbers, base dates and the derivation of a meter's decoder key from
// a simulated vending key. Both the company and its meters know this; a key-change token moves a meter to the next one.

import { sha256Bytes, utf8Bytes } from "../core/digest.ts";
import { MINUTE_MS } from "../core/time.ts";
import type { DecoderKey } from "./token-cipher.ts";

/** The vending key comes from this name: public, so tokens prove nothing outside a simulation. */
export const DEMO_VENDING_KEY = "meterville-demo";
/** Six digits that name a group of supplies with one vending key. */
export const DEMO_SUPPLY_GROUP = "123456";
/** Issuer of the numbers that meters are known by in vending (IEC 62055-41). */
const ISSUER = "600727";

/** 0 of the factory, 1 default, 2 of one meter, 3 of a whole group. [Numbers from memory of IEC 62055-41.] */
export type KeyType = 0 | 1 | 2 | 3;

/** What a decoder key is derived from. */
export interface KeyProfile {
  /** Eleven digits, the last one Luhn's. */
  readonly meterNumber: string;
  readonly keyType: KeyType;
  /** 0 to 99. */
  readonly tariffIndex: number;
  /** Six digits. */
  readonly supplyGroup: string;
  /** 1 to 9. */
  readonly revision: number;
  /** Row of BASE_DATES from which the minutes of tokens are counted. */
  readonly baseDate: number;
}

/** Midnights (UTC) from which tokens count minutes: 1993, 2014 and 2035 (IEC 62055-41). */
export const BASE_DATES = [
  { year: 1993, epochMs: 725_846_400_000 },
  { year: 2014, epochMs: 1_388_534_400_000 },
  { year: 2035, epochMs: 2_051_222_400_000 },
] as const;
/** The last minute that 24 bits can count: 24 November 2024, 20:15 UTC for the base of 1993. */
export const TOKEN_MINUTE_MAX = 0xffffff;
/** Keys are changed so long before their base date has no minute left. */
const CHANGE_BEFORE_MS = 90 * 24 * 60 * MINUTE_MS;

/** Whole minutes since a base date; undefined before it, and where 24 bits cannot count them. */
export function tokenMinute(baseDate: number, epochMs: number): number | undefined {
  const minute = Math.floor((epochMs - BASE_DATES[baseDate]!.epochMs) / MINUTE_MS);
  return minute >= 0 && minute <= TOKEN_MINUTE_MAX ? minute : undefined;
}

/** The moment that a token's minute stands for, in ms since 1970. */
export const epochOfMinute = (baseDate: number, minute: number): number =>
  BASE_DATES[baseDate]!.epochMs + minute * MINUTE_MS;

/** The base date for tokens made now: the next one 90 days before the minutes of one run out. */
export function baseDateAt(epochMs: number): number {
  const isOver = ({ epochMs: base }: { readonly epochMs: number }): boolean =>
    epochMs >= base + (TOKEN_MINUTE_MAX + 1) * MINUTE_MS - CHANGE_BEFORE_MS;
  let row = 0;
  while (row < BASE_DATES.length - 1 && isOver(BASE_DATES[row]!)) row++;
  return row;
}

/** Luhn's check digit (ISO/IEC 7812-1, annex B) of a text of digits. */
export function luhnDigit(digits: string): number {
  let sum = 0;
  for (let back = 0; back < digits.length; back++) {
    const digit = Number(digits[digits.length - 1 - back]);
    const doubled = back % 2 === 0 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether a text is a meter's number: eleven digits with the right check digit. */
export const isMeterNumber = (text: string): boolean =>
  /^\d{11}$/.test(text) && luhnDigit(text.slice(0, 10)) === Number(text[10]);

/**
 * The eleven digits by which a meter is known in vending: maker 01 and the digits of a serial such as M-0042, maker 02
 * and eight digits of its hash for any other serial; then the check digit.
 */
export function meterNumberOf(serial: string): string {
  const plain = /^M-(\d{1,8})$/.exec(serial)?.[1];
  const hash = (): string => {
    const [a, b, c, d] = sha256Bytes(utf8Bytes(serial));
    return String((((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0) % 100_000_000);
  };
  const ten = plain === undefined ? `02${hash().padStart(8, "0")}` : `01${plain.padStart(8, "0")}`;
  return `${ten}${luhnDigit(ten)}`;
}

/** The profile of a meter as it leaves the factory: revision 1 for the base of 1993, 2 for 2014, 3 for 2035. */
export function factoryProfile(serial: string, epochMs: number): KeyProfile {
  return profileOf(meterNumberOf(serial), baseDateAt(epochMs));
}

/** The profile of a meter number under a base date, for everything else as usual. */
export function profileOf(meterNumber: string, baseDate: number): KeyProfile {
  return {
    meterNumber,
    keyType: 2,
    tariffIndex: 7,
    supplyGroup: DEMO_SUPPLY_GROUP,
    revision: baseDate + 1,
    baseDate,
  };
}

const BLOCK_BYTES = 64;

/** HMAC-SHA-256 (RFC 2104) of `text` under a key of at most 64 bytes. */
export function hmacSha256(key: Uint8Array, text: Uint8Array): Uint8Array {
  if (key.length > BLOCK_BYTES)
    throw new RangeError(`a key has at most 64 bytes, got ${key.length}`);
  const padded = (byte: number): Uint8Array => {
    const block = new Uint8Array(BLOCK_BYTES).fill(byte);
    key.forEach((each, at) => {
      block[at] = each ^ byte;
    });
    return block;
  };
  const inner = sha256Bytes(joined(padded(0x36), text));
  return sha256Bytes(joined(padded(0x5c), inner));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a, 0);
  bytes.set(b, a.length);
  return bytes;
}

/**
 * The decoder key of a profile: the first 64 bits of HMAC-SHA-256 over its fields, as DKGA04 of the standard does, with
 * a layout of our own. `vendingKey` names the simulated vending key.
 */
export function deriveKey(profile: KeyProfile, vendingKey: string = DEMO_VENDING_KEY): DecoderKey {
  const { meterNumber, keyType, tariffIndex, supplyGroup, revision, baseDate } = profile;
  const account = `${ISSUER}${meterNumber}`;
  const fields = [
    `${account}${luhnDigit(account)}`,
    keyType,
    tariffIndex,
    supplyGroup,
    revision,
    BASE_DATES[baseDate]!.year,
  ];
  const key = sha256Bytes(utf8Bytes(`vending key ${vendingKey}`));
  const [a, b, c, d, e, f, g, h] = hmacSha256(key, utf8Bytes(fields.join("/")));
  return {
    high: ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0,
    low: ((e! << 24) | (f! << 16) | (g! << 8) | h!) >>> 0,
  };
}
