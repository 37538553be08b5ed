// `meterville token`: makes and reads prepayment tokens of twenty digits for simulated meters. Not certified, not
// interoperable: the keys come from a public demo key, and no real meter takes them.

import {
  AMOUNT_MAX,
  decodeToken,
  digitsOf,
  encodeToken,
  groupedDigits,
  TOKEN_DISCLAIMER,
  TOKEN_TEXT_FIX,
  type Token,
  tokenAmount,
} from "../../contract/token.ts";
import {
  BASE_DATES,
  baseDateAt,
  DEMO_VENDING_KEY,
  deriveKey,
  epochOfMinute,
  isMeterNumber,
  type KeyProfile,
  luhnDigit,
  meterNumberOf,
  profileOf,
  tokenMinute,
} from "../../contract/token-key.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";

export interface VendOptions {
  readonly meter: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly amountMinor?: number;
  readonly kwh?: number;
  readonly limitW?: number;
  readonly clearCredit?: boolean;
  readonly clearTamper?: boolean;
  readonly reconnect?: boolean;
  readonly nextKey?: boolean;
  readonly test?: number;
}

export interface CheckOptions {
  readonly meter: string;
  readonly at?: string;
  readonly json?: boolean;
}

const TENTHS_PER_KWH = 10;
const TESTS = 36;
const KEY_EXPIRY_NEVER = 15;

/** Prints a token; two for a change of key. Throws CallerError. */
export async function tokenVendCommand(options: VendOptions): Promise<number> {
  const atEpochMs = momentOf(options.at);
  const profile = profileOf(meterNumber(options.meter), baseDateAt(atEpochMs));
  const tokens = tokensFor(options, profile, atEpochMs).map((token) => ({
    token: groupedDigits(encodeToken(token, deriveKey(profile))),
    ...described(token, profile),
  }));
  if (options.json === true) {
    const head = { meter: profile.meterNumber, ...keyFields(profile) };
    process.stdout.write(`${JSON.stringify({ ...head, tokens, note: TOKEN_DISCLAIMER })}\n`);
    return EXIT.done;
  }
  for (const { token, says } of tokens) process.stdout.write(`${token}\n  ${says}\n`);
  process.stderr.write(`${TOKEN_DISCLAIMER}\n`);
  return EXIT.done;
}

/** Reads a token as a meter would; 1 where it would reject it. Throws CallerError. */
export async function tokenCheckCommand(text: string, options: CheckOptions): Promise<number> {
  const digits = digitsOf(text);
  if (digits === undefined) throw new CallerError(`${clipped(text)}: ${TOKEN_TEXT_FIX}`);
  const profile = profileOf(meterNumber(options.meter), baseDateAt(momentOf(options.at)));
  const token = decodeToken(digits, deriveKey(profile));
  const isGood = token !== undefined;
  const says = isGood ? described(token, profile) : { says: REJECTED };
  if (options.json === true) {
    const head = { token: groupedDigits(digits), meter: profile.meterNumber, isGood };
    const tail = { ...keyFields(profile), note: TOKEN_DISCLAIMER };
    process.stdout.write(`${JSON.stringify({ ...head, ...says, ...tail })}\n`);
  } else {
    process.stdout.write(`${isGood ? "accept" : "reject"}: ${says.says}\n`);
    process.stderr.write(`${TOKEN_DISCLAIMER}\n`);
  }
  return isGood ? EXIT.done : EXIT.no;
}

const REJECTED = "it was not made for this meter, or a digit of it is wrong";
const clipped = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

const keyFields = ({ revision, tariffIndex, keyType, supplyGroup, baseDate }: KeyProfile) => ({
  vendingKey: DEMO_VENDING_KEY,
  ...{ keyRevision: revision, keyType, tariffIndex, supplyGroup },
  baseDate: BASE_DATES[baseDate]!.year,
});

function meterNumber(text: string): string {
  if (/^M-\d{1,8}$/.test(text)) return meterNumberOf(text);
  if (isMeterNumber(text)) return text;
  if (/^\d{11}$/.test(text)) {
    const right = `${text.slice(0, 10)}${luhnDigit(text.slice(0, 10))}`;
    throw new CallerError(
      `--meter ${text}: the last digit does not check the others; ${right} would`,
    );
  }
  throw new CallerError(
    `--meter ${clipped(text)}: a meter has eleven digits, such as ${meterNumberOf("M-0001")}, or a serial, such as M-0001`,
  );
}

/** Ms since 1970. */
function momentOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
  const epochMs = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) {
    throw new CallerError(
      `--at ${clipped(text)}: write a moment with its zone, such as 2026-01-12T09:30Z or 2026-01-12T15:00+05:30`,
    );
  }
  if (tokenMinute(baseDateAt(epochMs), epochMs) === undefined) {
    throw new CallerError(
      `--at ${text}: tokens count minutes from 1993-01-01T00:00Z to 2066-11-24T20:15Z`,
    );
  }
  return epochMs;
}

/** What is asked for: one thing, or both halves of a key. */
function tokensFor(options: VendOptions, profile: KeyProfile, atEpochMs: number): readonly Token[] {
  const { amountMinor, kwh, limitW, clearCredit, clearTamper, reconnect, nextKey, test } = options;
  const stamp = { minute: tokenMinute(profile.baseDate, atEpochMs)!, random: atEpochMs % 16 };
  const asked: (readonly Token[])[] = [];
  if (amountMinor !== undefined) {
    const amount = within("--amount-minor", amountMinor);
    asked.push([{ kind: "credit", unit: "coins", amount, ...stamp }]);
  }
  if (kwh !== undefined) {
    const amount = within("--kwh", Math.ceil(kwh * TENTHS_PER_KWH - 1e-9), TENTHS_PER_KWH);
    asked.push([{ kind: "credit", unit: "tenths-of-kWh", amount, ...stamp }]);
  }
  if (limitW !== undefined) {
    const limit = limitW === 0 ? 0 : within("--limit-w", limitW);
    asked.push([{ kind: "power-limit", limitW: limit, ...stamp }]);
  }
  if (clearCredit === true) asked.push([{ kind: "clear-credit", register: 0, ...stamp }]);
  if (clearTamper === true) asked.push([{ kind: "clear-tamper", ...stamp }]);
  if (reconnect === true) asked.push([{ kind: "reconnect", ...stamp }]);
  if (nextKey === true) asked.push(keyHalves(profile));
  if (test !== undefined) {
    if (test >= TESTS) throw new CallerError(`--test ${test}: tests are 0 to ${TESTS - 1}`);
    asked.push([{ kind: "test", tests: 2 ** test, maker: 0 }]);
  }
  const [only] = asked;
  if (only === undefined || asked.length > 1) {
    throw new CallerError(
      "say what the token is for, one of: --amount-minor, --kwh, --limit-w, --clear-credit, --clear-tamper, --reconnect, --next-key, --test",
    );
  }
  return only;
}

function within(option: string, amount: number, perUnit = 1): number {
  if (amount > 0 && amount <= AMOUNT_MAX) return tokenAmount(amount);
  const max = AMOUNT_MAX / perUnit;
  throw new CallerError(
    `${option} ${amount / perUnit}: a token carries above 0 and at most ${max}; buy several`,
  );
}

function keyHalves(profile: KeyProfile): readonly Token[] {
  if (profile.baseDate + 1 >= BASE_DATES.length) {
    throw new CallerError("--next-key: there is no base date after that of 2035");
  }
  const next = profileOf(profile.meterNumber, profile.baseDate + 1);
  const { high, low } = deriveKey(next);
  const { revision, keyType, tariffIndex } = next;
  const head = { expiryHigh: KEY_EXPIRY_NEVER, revision, rollsOver: true, keyType, keyHigh: high };
  return [
    { kind: "key-first", ...head },
    { kind: "key-second", expiryLow: KEY_EXPIRY_NEVER, tariffIndex, keyLow: low },
  ];
}

/** What a token says, as fields and as a sentence. */
function described(token: Token, { baseDate }: KeyProfile) {
  const { says, tokenClass, ...fields } = contentOf(token);
  const madeAt =
    "minute" in token ? new Date(epochOfMinute(baseDate, token.minute)).toISOString() : null;
  const when = madeAt === null ? "" : `, made ${madeAt.slice(0, 16)}Z`;
  return { class: tokenClass, kind: token.kind, ...fields, madeAt, says: `${says}${when}` };
}

function contentOf(token: Token) {
  switch (token.kind) {
    case "credit": {
      if (token.unit === "coins") {
        const says = `credit of ${token.amount} of the smallest coin`;
        return { tokenClass: 0, amountMinor: token.amount, says };
      }
      const kWh = token.amount / TENTHS_PER_KWH;
      return { tokenClass: 0, energyKWh: kWh, says: `credit of ${kWh} kWh` };
    }
    case "test": {
      const first = token.tests.toString(2).split("").reverse().indexOf("1");
      return { tokenClass: 1, test: first, says: `test ${first}, good at every meter` };
    }
    case "power-limit": {
      const says = token.limitW === 0 ? "no power limit" : `power limit of ${token.limitW} W`;
      return { tokenClass: 2, limitW: token.limitW, says };
    }
    case "clear-credit":
      return { tokenClass: 2, register: token.register, says: "clears the credit" };
    case "clear-tamper":
      return { tokenClass: 2, says: "clears the meter's suspicions" };
    case "reconnect":
      return { tokenClass: 2, says: "closes the relay" };
    case "key-first":
      return {
        tokenClass: 2,
        nextKeyRevision: token.revision,
        says: `first half of key ${token.revision}; enter both`,
      };
    case "key-second":
      return { tokenClass: 2, says: "second half of a key; enter both" };
  }
}
