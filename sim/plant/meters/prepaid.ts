// Prepaid credit, counted by the meter itself: it owns the supply, the ledger owns the money. Rates, days and friendly
// hours go by the meter's own clock. Everything is whole numbers, so that any step length comes to the same credit.

import type { PrepaidReport, PrepaidTerms } from "../../contract/reading.ts";
import { isWorkingDay, localTime } from "../../core/calendar.ts";
import { HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { MeterState, PrepaidColumns } from "../state.ts";
import type { MeterModel } from "./model.ts";
import { type MeterScene, tell } from "./outgoing.ts";
import { holdRelay, isHeldBy } from "./relay.ts";

/** Tokens that a meter remembers as used; payment meters after IEC 62055-41 keep about as many. */
export const TOKENS_REMEMBERED_MAX = 50;
const RATES_MAX = 48;
const AMOUNT_MAX_MINOR = 1e12;
/** A credit has no room for more. */
export const CREDIT_MAX_MINOR = AMOUNT_MAX_MINOR;
const PRICE_MAX = 1e9;
const MINUTES_PER_DAY = 1440;
const MILLI_WH_PER_KWH = 1_000_000;
const LEVEL = { well: 0, low: 1, emergency: 2, out: 3 } as const;

/** Nobody is prepaid. */
export function createPrepaid(meterCount: number): PrepaidColumns {
  const column = () => new Float64Array(meterCount);
  return {
    isPrepaid: new Uint8Array(meterCount),
    creditMilliMinor: column(),
    chargeCarry: column(),
    chargedMilliWh: column(),
    priceMilliMinorPerKWh: column(),
    termsUntil: column(),
    mayCut: new Uint8Array(meterCount),
    standingDay: column(),
    level: new Uint8Array(meterCount),
    toppedUpMinor: column(),
    terms: Array.from({ length: meterCount }, () => null),
    tokens: Array.from({ length: meterCount }, () => []),
  };
}

const isMinuteOfDay = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= MINUTES_PER_DAY;

/** Whether an amount is whole coins, and no more than anyone pays. */
export const isAmount = (minor: number): boolean =>
  Number.isSafeInteger(minor) && minor >= 0 && minor <= AMOUNT_MAX_MINOR;

/** Whether a meter can count by these terms. */
export function areTermsValid(terms: PrepaidTerms): boolean {
  const { rates, cutFromMinute, cutUntilMinute } = terms;
  const areRates =
    rates.length > 0 &&
    rates.length <= RATES_MAX &&
    rates.every(
      ({ fromMinute, priceMilliMinorPerKWh: price }, index) =>
        Number.isSafeInteger(price) &&
        price >= 0 &&
        price <= PRICE_MAX &&
        (index === 0
          ? fromMinute === 0
          : isMinuteOfDay(fromMinute) && fromMinute > rates[index - 1]!.fromMinute),
    );
  const amounts = [terms.standingDailyMinor, terms.emergencyCreditMinor, terms.lowCreditMinor];
  return (
    areRates &&
    amounts.every(isAmount) &&
    isMinuteOfDay(cutFromMinute) &&
    isMinuteOfDay(cutUntilMinute)
  );
}

/** Charges the energy up to a register, in mWh, at the rate that holds. */
export function chargeEnergy(prepaid: PrepaidColumns, row: number, registerMilliWh: number): void {
  const milliWh = registerMilliWh - prepaid.chargedMilliWh[row]!;
  if (milliWh <= 0) return;
  prepaid.chargedMilliWh[row] = registerMilliWh;
  const total = prepaid.chargeCarry[row]! + milliWh * prepaid.priceMilliMinorPerKWh[row]!;
  const whole = Math.floor(total / MILLI_WH_PER_KWH);
  prepaid.creditMilliMinor[row] = prepaid.creditMilliMinor[row]! - whole;
  prepaid.chargeCarry[row] = total - whole * MILLI_WH_PER_KWH;
}

/** Takes what the terms say for an own time: standing charges of days begun since, the rate, and when that ends. */
export function followTerms(
  model: MeterModel,
  prepaid: PrepaidColumns,
  row: number,
  ownMs: SimMs,
): void {
  const terms = prepaid.terms[row];
  if (terms === null || terms === undefined) return;
  const { calendar } = model;
  const local = localTime(calendar, ownMs);
  const days = local.day - prepaid.standingDay[row]!;
  if (days > 0) {
    const takenMilliMinor = days * terms.standingDailyMinor * 1000;
    prepaid.creditMilliMinor[row] = prepaid.creditMilliMinor[row]! - takenMilliMinor;
    prepaid.standingDay[row] = local.day;
  }
  const minute = local.minuteOfDay;
  let nextMinute = MINUTES_PER_DAY;
  for (const { fromMinute, priceMilliMinorPerKWh } of terms.rates) {
    if (fromMinute <= minute) prepaid.priceMilliMinorPerKWh[row] = priceMilliMinorPerKWh;
    else nextMinute = Math.min(nextMinute, fromMinute);
  }
  const { cutFromMinute: from, cutUntilMinute: until } = terms;
  for (const edge of [from, until]) if (edge > minute) nextMinute = Math.min(nextMinute, edge);
  const isInWindow =
    from <= until ? minute >= from && minute < until : minute >= from || minute < until;
  const isDay = !terms.isWorkingDaysOnly || isWorkingDay(calendar, local);
  prepaid.mayCut[row] = isInWindow && isDay ? 1 : 0;
  // Offsets of zones are whole minutes and change at full hours: what holds longer is looked at again then.
  const sinceEpochMs = calendar.startEpochMs + ownMs;
  const minuteStart = ownMs - (((sinceEpochMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS);
  const hourEnd = ownMs - (((sinceEpochMs % HOUR_MS) + HOUR_MS) % HOUR_MS) + HOUR_MS;
  prepaid.termsUntil[row] = Math.min(minuteStart + (nextMinute - minute) * MINUTE_MS, hourEnd);
}

/** The meter counts by these terms from now on; what was charged before stays. */
export function startPrepaid(
  model: MeterModel,
  prepaid: PrepaidColumns,
  row: number,
  terms: PrepaidTerms,
  now: { readonly ownMs: SimMs; readonly registerMilliWh: number },
): void {
  if (prepaid.isPrepaid[row] === 0) {
    prepaid.isPrepaid[row] = 1;
    prepaid.chargedMilliWh[row] = now.registerMilliWh;
    prepaid.standingDay[row] = localTime(model.calendar, now.ownMs).day;
  } else chargeEnergy(prepaid, row, now.registerMilliWh);
  prepaid.terms[row] = terms;
  followTerms(model, prepaid, row, now.ownMs);
}

/** The meter is postpaid again and forgets its credit. */
export function endPrepaid(prepaid: PrepaidColumns, row: number): void {
  for (const column of [
    prepaid.isPrepaid,
    prepaid.creditMilliMinor,
    prepaid.chargeCarry,
    prepaid.chargedMilliWh,
    prepaid.priceMilliMinorPerKWh,
    prepaid.termsUntil,
    prepaid.mayCut,
    prepaid.standingDay,
    prepaid.level,
    prepaid.toppedUpMinor,
  ]) {
    column[row] = 0;
  }
  prepaid.terms[row] = null;
  prepaid.tokens[row]!.length = 0;
}

/** Adds money to the credit. */
export function addCredit(prepaid: PrepaidColumns, row: number, amountMinor: number): void {
  prepaid.creditMilliMinor[row] = prepaid.creditMilliMinor[row]! + amountMinor * 1000;
  prepaid.toppedUpMinor[row] = prepaid.toppedUpMinor[row]! + amountMinor;
}

/** Accepts a reference once; false for one that was used. */
export function takeToken(prepaid: PrepaidColumns, row: number, token: string): boolean {
  if (prepaid.tokens[row]!.includes(token)) return false;
  rememberToken(prepaid, row, token);
  return true;
}

/** Writes down what was accepted, to be told with the next reading. */
export function rememberToken(prepaid: PrepaidColumns, row: number, token: string): void {
  const tokens = prepaid.tokens[row]!;
  tokens.push(token);
  if (tokens.length > TOKENS_REMEMBERED_MAX) tokens.shift();
}

function levelOf(terms: PrepaidTerms, creditMilliMinor: number): number {
  if (creditMilliMinor <= -terms.emergencyCreditMinor * 1000) return LEVEL.out;
  if (creditMilliMinor < 0) return LEVEL.emergency;
  return creditMilliMinor <= terms.lowCreditMinor * 1000 ? LEVEL.low : LEVEL.well;
}

/**
 * Warns, opens and closes by the credit. It opens at the limit of the emergency credit, outside the friendly hours, and
 * closes again once all that was borrowed is paid back.
 */
export function settleCredit(scene: MeterScene, row: number, at: SimMs): void {
  const { state } = scene;
  const { prepaid } = state;
  const terms = prepaid.terms[row];
  if (terms === null || terms === undefined) {
    if (isHeldBy(state, row, "credit")) holdRelay(scene, row, "credit", "closed", at);
    return;
  }
  const credit = prepaid.creditMilliMinor[row]!;
  const before = prepaid.level[row]!;
  const level = levelOf(terms, credit);
  prepaid.level[row] = level;
  if (level > before && level === LEVEL.low) tell(scene, row, at, "credit-low", credit);
  if (level > before && level === LEVEL.emergency) tell(scene, row, at, "credit-emergency", credit);
  if (isHeldBy(state, row, "credit")) {
    if (credit > 0) holdRelay(scene, row, "credit", "closed", at);
    return;
  }
  if (level !== LEVEL.out || prepaid.mayCut[row] === 0) return;
  tell(scene, row, at, "credit-out", credit);
  const isOvershot = before < LEVEL.out && credit < -terms.emergencyCreditMinor * 1000;
  if (isOvershot) tell(scene, row, at, "credit-overshoot", credit);
  holdRelay(scene, row, "credit", "open", at);
}

/** What goes with every reading; null for a postpaid meter. */
export function prepaidReport({ prepaid }: MeterState, row: number): PrepaidReport | null {
  const terms = prepaid.terms[row];
  if (terms === null || terms === undefined) return null;
  return {
    creditMilliMinor: prepaid.creditMilliMinor[row]!,
    isEmergency: prepaid.creditMilliMinor[row]! < 0,
    termsVersion: terms.version,
    lastToken: prepaid.tokens[row]!.at(-1) ?? "",
    toppedUpMinor: prepaid.toppedUpMinor[row]!,
  };
}
