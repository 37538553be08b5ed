// The company's vending: money becomes tokens of twenty digits for one meter's key. Every token has a stamp of its own,
// what it gives beyond what was paid is booked, and a meter's key is renewed before its minutes run out.

import { AMOUNT_MAX, encodeToken, tokenAmount } from "../../contract/token.ts";
import {
  BASE_DATES,
  baseDateAt,
  deriveKey,
  type KeyProfile,
  meterNumberOf,
  profileOf,
  TOKEN_MINUTE_MAX,
  tokenMinute,
} from "../../contract/token-key.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account, LedgerState, PrepaidAccount, SoldToken, VendingState } from "../state.ts";
import { TOLD_TOKENS_MAX, WAITING_TOKENS_MAX } from "../state.ts";
import type { BillingOutputs } from "./accounts.ts";
import { book } from "./ledger.ts";

/** Tokens that one payment may become at once; the rest of the money follows on the next day. */
export const TOKENS_AT_ONCE_MAX = 16;
const STAMPS_PER_MINUTE = 16;
const MINUTES_PER_DAY = 1440;
/** 00:01 UTC is kept for tokens of the vending system itself (IEC 62055-41). [From memory.] */
const RESERVED_MINUTE = 1;

/** The meter that tokens are made for, and when the run's time began. */
export interface VendingMeter {
  readonly supply: string;
  readonly serial: string;
  readonly startEpochMs: number;
}

/** What the company knows of a meter's key and tokens; made at the first one, for the factory's key. */
export function vendingOf(account: Account, { startEpochMs }: VendingMeter): VendingState {
  account.vending ??= { baseDate: baseDateAt(startEpochMs), lastStamp: -1, waiting: [], told: [] };
  return account.vending;
}

const profileAt = ({ serial }: VendingMeter, baseDate: number): KeyProfile =>
  profileOf(meterNumberOf(serial), baseDate);

/**
 * The next stamp that was never given: of this minute, or where its sixteen are gone of the next. Undefined where the
 * base date has no minute left, or has not begun.
 */
function nextStamp(vending: VendingState, epochMs: number): number | undefined {
  const now = tokenMinute(vending.baseDate, epochMs);
  if (now === undefined) return undefined;
  let stamp = Math.max(now * STAMPS_PER_MINUTE, vending.lastStamp + 1);
  const minute = Math.floor(stamp / STAMPS_PER_MINUTE);
  if (minute % MINUTES_PER_DAY === RESERVED_MINUTE) stamp = (minute + 1) * STAMPS_PER_MINUTE;
  return stamp < (TOKEN_MINUTE_MAX + 1) * STAMPS_PER_MINUTE ? stamp : undefined;
}

/**
 * Makes tokens for money that is booked as paid ahead. What finds no room or no minute stays in `unsentMinor`. Gives
 * the tokens in the order of their stamps.
 */
export function makeTokens(
  account: Account,
  prepaid: PrepaidAccount,
  meter: VendingMeter,
  ledger: LedgerState,
  sale: { readonly amountMinor: number; readonly at: SimMs },
  out: BillingOutputs,
): readonly SoldToken[] {
  const vending = vendingOf(account, meter);
  const epochMs = meter.startEpochMs + sale.at;
  if (tokenMinute(baseDateAt(epochMs), epochMs) === undefined) {
    return sale.amountMinor > 0 ? [referenceOf(vending, meter, sale.amountMinor)] : [];
  }
  const key = deriveKey(profileAt(meter, vending.baseDate));
  const sold: SoldToken[] = [];
  let leftMinor = sale.amountMinor;
  while (leftMinor > 0 && sold.length < TOKENS_AT_ONCE_MAX) {
    const stamp = nextStamp(vending, epochMs);
    if (stamp === undefined || vending.waiting.length + sold.length >= WAITING_TOKENS_MAX) break;
    const paidMinor = Math.min(leftMinor, AMOUNT_MAX);
    const amountMinor = tokenAmount(paidMinor);
    leftMinor -= paidMinor;
    vending.lastStamp = stamp;
    const minute = Math.floor(stamp / STAMPS_PER_MINUTE);
    const random = stamp % STAMPS_PER_MINUTE;
    const token = encodeToken(
      { kind: "credit", unit: "coins", amount: amountMinor, minute, random },
      key,
    );
    sold.push({ token, amountMinor });
    prepaid.vendedMinor += amountMinor - paidMinor;
    const entry = {
      at: sale.at,
      eventId: `token/${meter.supply}/${BASE_DATES[vending.baseDate]!.year}/${stamp}/rounding`,
      debit: "rounding",
      credit: `prepaid/${meter.supply}`,
      amountMinor: minor(amountMinor - paidMinor),
      reason: "A token rounds up what was paid",
    };
    book(ledger, entry, out.postings);
  }
  prepaid.unsentMinor += leftMinor;
  return sold;
}

/** Before 1993 and from 2067 on no token has a date: money goes over the air alone, under a name that is used once. */
function referenceOf(
  vending: VendingState,
  { supply }: VendingMeter,
  amountMinor: number,
): SoldToken {
  return { token: `${supply}/money/${++vending.lastStamp}`, amountMinor };
}

/** A token that the meter did not take and may take later goes out again with the next day's. */
export function keepToken(
  account: Account,
  prepaid: PrepaidAccount,
  meter: VendingMeter,
  sold: SoldToken,
): void {
  const { waiting } = vendingOf(account, meter);
  if (waiting.some(({ token }) => token === sold.token)) return;
  if (waiting.length < WAITING_TOKENS_MAX) waiting.push(sold);
  else prepaid.unsentMinor += sold.amountMinor;
}

/** The letter and the SMS with a token; its customer can look it up from then on. */
export function tellToken(
  account: Account,
  meter: VendingMeter,
  { token, amountMinor }: SoldToken,
  at: SimMs,
  { letters }: BillingOutputs,
): void {
  const { supply } = meter;
  const owedMinor = minor(-amountMinor);
  letters.push({ kind: "token", supply, at, owedMinor, dueAt: at, token });
  const { told } = vendingOf(account, meter);
  told.push({ token, amountMinor, at });
  if (told.length > TOLD_TOKENS_MAX) told.shift();
}

/** Takes the tokens that wait to be sent again, oldest first. */
export function takeWaiting(account: Account, meter: VendingMeter): readonly SoldToken[] {
  return vendingOf(account, meter).waiting.splice(0);
}

/**
 * Both halves of the next key, made under the one that holds; undefined where it is not time for it. `takeNextKey` then
 * makes the company use it.
 */
export function nextKeyTokens(
  account: Account,
  meter: VendingMeter,
  at: SimMs,
): readonly [string, string] | undefined {
  const { baseDate } = vendingOf(account, meter);
  const next = baseDateAt(meter.startEpochMs + at);
  if (next <= baseDate) return undefined;
  const key = deriveKey(profileAt(meter, baseDate));
  const profile = profileAt(meter, next);
  const { high, low } = deriveKey(profile);
  const { revision, keyType, tariffIndex } = profile;
  const head = { expiryHigh: 15, revision, rollsOver: true, keyType, keyHigh: high };
  return [
    encodeToken({ kind: "key-first", ...head }, key),
    encodeToken({ kind: "key-second", expiryLow: 15, tariffIndex, keyLow: low }, key),
  ];
}

/** From now on tokens are made under the next key, with minutes of its base date. */
export function takeNextKey(account: Account, meter: VendingMeter, at: SimMs): void {
  const vending = vendingOf(account, meter);
  vending.baseDate = baseDateAt(meter.startEpochMs + at);
  vending.lastStamp = -1;
}

/**
 * Twenty digits with which a customer closes the relay that the company has opened, where no order gets through. Good
 * once, and not after another trip. Undefined where the date is none that a token can carry.
 */
export function reconnectToken(
  account: Account,
  meter: VendingMeter,
  at: SimMs,
): string | undefined {
  const vending = vendingOf(account, meter);
  const stamp = nextStamp(vending, meter.startEpochMs + at);
  if (stamp === undefined) return undefined;
  vending.lastStamp = stamp;
  const minute = Math.floor(stamp / STAMPS_PER_MINUTE);
  const random = stamp % STAMPS_PER_MINUTE;
  const key = deriveKey(profileAt(meter, vending.baseDate));
  return encodeToken({ kind: "reconnect", minute, random }, key);
}
