// A prepayment token: twenty digits that say what a meter shall do, in the manner of STS (IEC 62055-41): its fields,
// ranges and checks, with keys and a cipher of our own. NOT CERTIFIED, NOT INTEROPERABLE: no real meter takes it, and it
// must not be sold. Fields whose place the standard has and we know from memory alone are marked so.

import {
  type DecoderKey,
  decrypt,
  encrypt,
  tokenCrc,
  transpose,
  untranspose,
} from "./token-cipher.ts";

/** Said wherever tokens are shown to people. */
export const TOKEN_DISCLAIMER =
  "Simulated: in the manner of STS, not certified, not interoperable; good at no real meter.";

/** What tells tokens apart: the minute since the base date (24 bits), and four bits for several in one minute. */
export interface TokenStamp {
  readonly minute: number;
  readonly random: number;
}

/** Smallest coins, or tenths of a kWh. */
export type CreditUnit = "coins" | "tenths-of-kWh";

export type Token =
  /** Class 0. `amount` in whole units; see AMOUNT_MAX. */
  | ({ readonly kind: "credit"; readonly unit: CreditUnit; readonly amount: number } & TokenStamp)
  /** Class 1: bit n of `tests` (36 bits) runs test n; good at every meter, and never used up. */
  | { readonly kind: "test"; readonly tests: number; readonly maker: number }
  /** Class 2. In W, coded as amounts are; 0 takes the limit away. */
  | ({ readonly kind: "power-limit"; readonly limitW: number } & TokenStamp)
  | ({ readonly kind: "clear-credit"; readonly register: number } & TokenStamp)
  | ({ readonly kind: "clear-tamper" } & TokenStamp)
  /** Closes the relay that the company opened before this minute; the standard has none, so the number is ours. */
  | ({ readonly kind: "reconnect" } & TokenStamp)
  | KeyToken;

/** Halves of a new key. `expiry` (8 bits, four in each) is compared with the highest 8 bits of a token's minute. */
export type KeyToken =
  | {
      readonly kind: "key-first";
      readonly expiryHigh: number;
      readonly revision: number;
      /** The meter forgets which tokens it has seen: minutes begin anew with another base date. */
      readonly rollsOver: boolean;
      readonly keyType: number;
      readonly keyHigh: number;
    }
  | {
      readonly kind: "key-second";
      readonly expiryLow: number;
      readonly tariffIndex: number;
      readonly keyLow: number;
    };

export const TOKEN_DIGITS = 20;
/** The largest amount that a token can carry. */
export const AMOUNT_MAX = 18_201_624;
const CODE_BITS = 14;
const MANTISSA_COUNT = 1 << CODE_BITS;
const PRINTED_COUNT = 1n << 66n;

/** First amount of each exponent: 2^14 · Σ 10^(n − 1). [Formula from memory; the ranges agree with the standard's.] */
const FIRST_OF_EXPONENT = [0, 16_384, 180_224, 1_818_624] as const;
const STEP_OF_EXPONENT = [1, 10, 100, 1_000] as const;

/** The code of an amount, rounded up, in the customer's favour. Throws RangeError where it is none. */
export function amountCode(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0 || amount > AMOUNT_MAX) {
    throw new RangeError(`an amount is a whole number of 0 to ${AMOUNT_MAX}, got ${amount}`);
  }
  for (let exponent = 0; exponent < FIRST_OF_EXPONENT.length; exponent++) {
    const above = Math.max(0, amount - FIRST_OF_EXPONENT[exponent]!);
    const mantissa = Math.ceil(above / STEP_OF_EXPONENT[exponent]!);
    if (mantissa < MANTISSA_COUNT) return (exponent << CODE_BITS) | mantissa;
  }
  throw new RangeError(`no code for ${amount}`);
}

/** What a code of 16 bits stands for. */
export function amountOfCode(code: number): number {
  const exponent = code >> CODE_BITS;
  return FIRST_OF_EXPONENT[exponent]! + STEP_OF_EXPONENT[exponent]! * (code % MANTISSA_COUNT);
}

/** What a token over `amount` gives: never less. */
export const tokenAmount = (amount: number): number => amountOfCode(amountCode(amount));

type Field = readonly [value: number, bits: number];

/** Fields from the highest bit on. */
function pack(fields: readonly Field[]): bigint {
  let packed = 0n;
  for (const [value, bits] of fields) {
    if (!Number.isSafeInteger(value) || value < 0 || BigInt(value) >> BigInt(bits) !== 0n) {
      throw new RangeError(`${value} does not fit into ${bits} bits of a token`);
    }
    packed = (packed << BigInt(bits)) | BigInt(value);
  }
  return packed;
}

/** Bits of a field that ends `below` bits above the lowest. */
const take = (packed: bigint, below: number, bits: number): number =>
  Number((packed >> BigInt(below)) & ((1n << BigInt(bits)) - 1n));

/** Class 0; numbers of the currency ones from memory of the standard. */
const CREDIT_SUBCLASS: Readonly<Record<CreditUnit, number>> = { "tenths-of-kWh": 0, coins: 4 };
/** Class 2, numbers from memory. */
const SUBCLASS = {
  powerLimit: 0,
  clearCredit: 1,
  keyFirst: 3,
  keySecond: 4,
  clearTamper: 5,
  reconnect: 11,
} as const;

interface Shape {
  readonly tokenClass: number;
  readonly subclass: number;
  /** 44 bits. */
  readonly body: bigint;
}

const stamped = ({ random, minute }: TokenStamp, value: number): bigint =>
  pack([
    [random, 4],
    [minute, 24],
    [value, 16],
  ]);

function shapeOf(token: Token): Shape {
  switch (token.kind) {
    case "credit": {
      const body = stamped(token, amountCode(token.amount));
      return { tokenClass: 0, subclass: CREDIT_SUBCLASS[token.unit], body };
    }
    case "test": {
      const body = pack([
        [token.tests, 36],
        [token.maker, 8],
      ]);
      return { tokenClass: 1, subclass: 0, body };
    }
    case "power-limit": {
      const body = stamped(token, amountCode(token.limitW));
      return { tokenClass: 2, subclass: SUBCLASS.powerLimit, body };
    }
    case "clear-credit": {
      const body = stamped(token, token.register);
      return { tokenClass: 2, subclass: SUBCLASS.clearCredit, body };
    }
    case "clear-tamper":
      return { tokenClass: 2, subclass: SUBCLASS.clearTamper, body: stamped(token, 0) };
    case "reconnect":
      return { tokenClass: 2, subclass: SUBCLASS.reconnect, body: stamped(token, 0) };
    case "key-first": {
      const body = pack([
        [token.expiryHigh, 4],
        [token.revision, 4],
        [token.rollsOver ? 1 : 0, 1],
        [0, 1],
        [token.keyType, 2],
        [token.keyHigh, 32],
      ]);
      return { tokenClass: 2, subclass: SUBCLASS.keyFirst, body };
    }
    case "key-second": {
      const body = pack([
        [token.expiryLow, 4],
        [token.tariffIndex, 8],
        [token.keyLow, 32],
      ]);
      return { tokenClass: 2, subclass: SUBCLASS.keySecond, body };
    }
  }
}

/** The check of money tokens differs from that of units (CRC_C in the standard; ours is the complement). */
function checkOf({ tokenClass, subclass, body }: Shape): number {
  const crc = tokenCrc((BigInt((tokenClass << 4) | subclass) << 44n) | body);
  return tokenClass === 0 && subclass >= 4 ? crc ^ 0xffff : crc;
}

/** Twenty digits for the meter of a key; a test is not encrypted. Throws RangeError for a field out of its range. */
export function encodeToken(token: Token, key: DecoderKey): string {
  const shape = shapeOf(token);
  const { tokenClass, subclass, body } = shape;
  const data = (BigInt(subclass) << 60n) | (body << 16n) | BigInt(checkOf(shape));
  const hidden = tokenClass === 1 ? data : encrypt(key, data);
  return transpose(tokenClass, hidden).toString().padStart(TOKEN_DIGITS, "0");
}

/** Reads twenty digits with a meter's key; undefined for what was not made for it, or is no token at all. */
export function decodeToken(digits: string, key: DecoderKey): Token | undefined {
  const printed = BigInt(digits);
  if (digits.length !== TOKEN_DIGITS || printed >= PRINTED_COUNT) return undefined;
  const { tokenClass, data } = untranspose(printed);
  const plain = tokenClass === 1 ? data : decrypt(key, data);
  const shape = {
    tokenClass,
    subclass: take(plain, 60, 4),
    body: (plain >> 16n) & ((1n << 44n) - 1n),
  };
  return checkOf(shape) === take(plain, 0, 16) ? tokenOf(shape) : undefined;
}

function tokenOf({ tokenClass, subclass, body }: Shape): Token | undefined {
  const stamp = { random: take(body, 40, 4), minute: take(body, 16, 24) };
  const value = take(body, 0, 16);
  if (tokenClass === 0) {
    const amount = amountOfCode(value);
    if (subclass === CREDIT_SUBCLASS.coins) {
      return { kind: "credit", unit: "coins", amount, ...stamp };
    }
    if (subclass !== CREDIT_SUBCLASS["tenths-of-kWh"]) return undefined;
    return { kind: "credit", unit: "tenths-of-kWh", amount, ...stamp };
  }
  if (tokenClass === 1) {
    if (subclass !== 0) return undefined;
    return { kind: "test", tests: take(body, 8, 36), maker: take(body, 0, 8) };
  }
  if (tokenClass !== 2) return undefined;
  switch (subclass) {
    case SUBCLASS.powerLimit:
      return { kind: "power-limit", limitW: amountOfCode(value), ...stamp };
    case SUBCLASS.clearCredit:
      return { kind: "clear-credit", register: value, ...stamp };
    case SUBCLASS.clearTamper:
      return value === 0 ? { kind: "clear-tamper", ...stamp } : undefined;
    case SUBCLASS.reconnect:
      return value === 0 ? { kind: "reconnect", ...stamp } : undefined;
    case SUBCLASS.keyFirst:
      return {
        kind: "key-first",
        expiryHigh: take(body, 40, 4),
        revision: take(body, 36, 4),
        rollsOver: take(body, 35, 1) === 1,
        keyType: take(body, 32, 2),
        keyHigh: take(body, 0, 32),
      };
    case SUBCLASS.keySecond:
      return {
        kind: "key-second",
        expiryLow: take(body, 40, 4),
        tariffIndex: take(body, 32, 8),
        keyLow: take(body, 0, 32),
      };
    default:
      return undefined;
  }
}

/** A typed text as twenty digits: spaces and dashes are let alone. Undefined for anything else. */
export function digitsOf(text: string): string | undefined {
  const digits = text.replace(/[ -]/g, "");
  return /^\d{20}$/.test(digits) ? digits : undefined;
}

/** For people: `1234 5678 9012 3456 7890`. */
export const groupedDigits = (digits: string): string => digits.replace(/(\d{4})(?=\d)/g, "$1 ");

/** What is said of a text that cannot be a token. Which digit is wrong is never told. */
export const TOKEN_TEXT_FIX =
  "a token has 20 digits, such as 1234 5678 9012 3456 7890; spaces and dashes between them are fine";
