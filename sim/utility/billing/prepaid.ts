// Prepaid accounts: the meter owns the supply and counts credit down, the ledger owns the money. What was paid is a
// debt of the company to the customer until it is used; at every reading the company works out what the credit must be.

import type { Payment } from "../../contract/billing.ts";
import type { MeterReading, PrepaidTerms } from "../../contract/reading.ts";
import { formatDay } from "../../core/calendar.ts";
import { type Minor, minor, roundToMinor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account, BillingState, CreditBase, LedgerState, PrepaidAccount } from "../state.ts";
import { type BillingOutputs, owedMinor, payItems } from "./accounts.ts";
import { book } from "./ledger.ts";
import type { PrepaidTariff } from "./tariff.ts";

/** Readings in a row that must disagree before a case is opened: one may have been taken while a token came. */
const STRIKES_MAX = 2;
/** Registers are whole Wh and a meter counts below them: a coin of difference is none. */
const ROUNDING_MILLI = 1_000;

/** Price of what each rate used, in millionths of the smallest coin: exact. Row: rate. */
export function usedMicro({ rates }: PrepaidTariff, byRateWh: readonly number[]): number {
  let micro = 0;
  byRateWh.forEach((wh, rate) => {
    micro += wh * rates[rate]!.priceMilliMinorPerKWh;
  });
  return micro;
}

/** What use and days cost in all, and what of it is tax: prices of a prepaid tariff include it. Row: rate. */
export function chargesOfUse(
  tariff: PrepaidTariff,
  byRateWh: readonly number[],
  days: number,
): { readonly energy: Minor; readonly fixed: Minor; readonly duty: Minor } {
  const { terms, taxPercent } = tariff;
  const energyMinor = roundToMinor(BigInt(usedMicro(tariff, byRateWh)), 1_000_000n);
  const fixedMinor = minor(days * terms.standingDailyMinor);
  const taxOf = (amount: number): Minor => roundToMinor(BigInt(amount) * BigInt(taxPercent), 100n);
  const duty = taxOf(energyMinor + fixedMinor);
  const fixed = minor(fixedMinor - taxOf(fixedMinor));
  return { energy: minor(energyMinor + fixedMinor - duty - fixed), fixed, duty };
}

/** Books a payment, a part of it for old debt; returns what becomes tokens for the meter, nothing where all of it did. */
export function vend(
  account: Account,
  prepaid: PrepaidAccount,
  tariff: PrepaidTariff,
  books: { readonly billing: BillingState; readonly ledger: LedgerState },
  payment: Payment,
  at: SimMs,
  out: BillingOutputs,
): Minor {
  const { supply, reference, amountMinor } = payment;
  const { billing, ledger } = books;
  const eventId = `payment/${reference}`;
  const reason = "Payment received";
  const share = roundToMinor(BigInt(amountMinor) * BigInt(tariff.debtPercent), 100n);
  const debtMinor = minor(Math.max(0, Math.min(share, owedMinor(account))));
  const tokenMinor = minor(amountMinor - debtMinor);
  const toDebt = { at, eventId: `${eventId}/debt`, debit: "bank", amountMinor: debtMinor, reason };
  book(ledger, { ...toDebt, credit: `receivable/${supply}` }, out.postings);
  const ahead = { at, eventId, debit: "bank", amountMinor: tokenMinor, reason };
  book(ledger, { ...ahead, credit: `prepaid/${supply}` }, out.postings);
  if (debtMinor > 0) payItems(account, debtMinor);
  billing.paidMinor += amountMinor;
  prepaid.vendedMinor += tokenMinor;
  const hasAlerts = tariff.alertPercents !== undefined;
  if (hasAlerts && tokenMinor > 0) prepaid.rechargeMinor = tokenMinor;
  out.events.push({ kind: "payment", at, supply, amountMinor });
  return tokenMinor;
}

/**
 * Books what was used up to the local midnight of `day`. What is booked in all is the price of everything used so
 * far, rounded once: days never add up roundings, and an estimate that was too high is booked back.
 */
export function bookUse(
  supply: string,
  prepaid: PrepaidAccount,
  tariff: PrepaidTariff,
  ledger: LedgerState,
  used: { readonly byRateWh: readonly number[]; readonly day: number; readonly at: SimMs },
  out: BillingOutputs,
): void {
  const income = { energy: "revenue/energy", fixed: "revenue/fixed", duty: "duty" } as const;
  const due = chargesOfUse(tariff, used.byRateWh, used.day - prepaid.startDay);
  let moreInAllMinor = 0;
  for (const charge of ["energy", "fixed", "duty"] as const) {
    const moreMinor = due[charge] - prepaid.booked[charge];
    moreInAllMinor += moreMinor;
    const isMore = moreMinor >= 0;
    const entry = {
      at: used.at,
      eventId: `prepaid-use/${supply}/${formatDay(used.day - 1)}/${charge}`,
      debit: isMore ? `prepaid/${supply}` : income[charge],
      credit: isMore ? income[charge] : `prepaid/${supply}`,
      amountMinor: minor(Math.abs(moreMinor)),
      reason: "Used from what was paid ahead",
    };
    book(ledger, entry, out.postings);
    prepaid.booked[charge] = due[charge];
  }
  const days = used.day - prepaid.bookedDay;
  prepaid.bookedDay = used.day;
  if (days > 0) followPace(prepaid, Math.max(0, moreInAllMinor) / days);
}

/** Days of use left at which a customer is told, each once (facts: better than amounts, which last differently long). */
export const DAYS_TOLD: readonly number[] = [5, 3, 1];

/** The cost of a day, each new day with a weight of a quarter. */
function followPace(prepaid: PrepaidAccount, dayMinor: number): void {
  const before = prepaid.dailyMinor ?? dayMinor;
  prepaid.dailyMinor = Math.round((3 * before + dayMinor) / 4);
}

/** Tells who has so few days left that it has not been told yet; more credit than that begins anew. */
export function tellDaysLeft(
  supply: string,
  prepaid: PrepaidAccount,
  at: SimMs,
  { letters, events }: BillingOutputs,
): void {
  const { creditMinor, dailyMinor } = prepaid;
  if (creditMinor === null || dailyMinor === undefined || dailyMinor === 0) return;
  const left = creditMinor / dailyMinor;
  const reached = DAYS_TOLD.filter((days) => left <= days).at(-1);
  if (reached === undefined) {
    delete prepaid.toldDays;
    return;
  }
  // Who is in debt to the meter is told so, and not of days.
  if (creditMinor < 0 || reached >= (prepaid.toldDays ?? Number.POSITIVE_INFINITY)) return;
  prepaid.toldDays = reached;
  letters.push({ kind: "few-days-left", supply, at, owedMinor: minor(-creditMinor), dueAt: at });
  events.push({ kind: "few-days-left", at, supply, creditMinor, days: reached });
}

/**
 * Tells who has no more than a share of the last recharge left (Uttar Pradesh: 30 % and 10 %), each share once until
 * there is more again. Who has nothing left is told so, and not of a share.
 */
function tellShareLeft(
  supply: string,
  prepaid: PrepaidAccount,
  percents: readonly number[],
  at: SimMs,
  { letters, events }: BillingOutputs,
): void {
  const { creditMinor, rechargeMinor = prepaid.vendedMinor } = prepaid;
  if (creditMinor === null || rechargeMinor === 0) return;
  const reached = percents.filter((percent) => creditMinor * 100 <= rechargeMinor * percent);
  if (reached.length === 0) {
    delete prepaid.toldPercent;
    return;
  }
  const percent = Math.min(...reached);
  if (creditMinor <= 0 || percent >= (prepaid.toldPercent ?? Number.POSITIVE_INFINITY)) return;
  prepaid.toldPercent = percent;
  letters.push({ kind: "share-left", supply, at, owedMinor: minor(-creditMinor), dueAt: at });
  events.push({ kind: "share-left", at, supply, creditMinor, percent, rechargeMinor });
}

/** What came with a prepaid meter's newest reading, and what the company's rate registers make of it. */
export interface CreditReading {
  readonly reading: MeterReading;
  /** Local day of the reading. */
  readonly day: number;
  readonly usedMicro: number;
  readonly at: SimMs;
}

/** A credit that is off, and by how much. */
export interface CreditMismatch {
  readonly supply: string;
  readonly differenceMinor: number;
  readonly evidence: string;
}

/**
 * Takes what a prepaid meter says of its credit: tells the customer, and checks its books against ours. Whoever looks
 * into what does not agree is told by `noteMismatch`.
 */
export function takeCredit(
  account: Account,
  prepaid: PrepaidAccount,
  { terms, alertPercents = [] }: PrepaidTariff,
  came: CreditReading,
  out: BillingOutputs,
  noteMismatch: (mismatch: CreditMismatch) => void,
): void {
  const { reading, day, usedMicro: used, at } = came;
  const said = reading.prepaid;
  if (said === null) return;
  const { supply } = reading;
  prepaid.creditMinor = Math.floor(said.creditMilliMinor / 1000);
  tellCredit(account, prepaid, terms, { supply, isOpen: reading.relay === "open", at }, out);
  // A token that is still on its way is no credit yet, and the old one no share of it.
  const hasAll = said.toppedUpMinor >= prepaid.vendedMinor;
  if (hasAll) tellShareLeft(supply, prepaid, alertPercents, at, out);
  prepaid.base ??= {
    usedMicro: used,
    day,
    creditMilliMinor: said.creditMilliMinor,
    toppedUpMinor: said.toppedUpMinor,
  };
  const differenceMilli = creditDifference(prepaid.base, terms, said, used, day);
  // One interval's worth: the register is of its end, a token or the day's charge may be of its middle.
  const intervalMilli = (used - prepaid.lastMicro) / 1000;
  const toleranceMilli = intervalMilli + terms.standingDailyMinor * 1000 + ROUNDING_MILLI;
  prepaid.lastMicro = used;
  const isTooMuch = said.toppedUpMinor > prepaid.vendedMinor;
  const isOff = isTooMuch || Math.abs(differenceMilli) > toleranceMilli;
  prepaid.strikes = isOff ? prepaid.strikes + 1 : 0;
  if (prepaid.strikes < STRIKES_MAX) return;
  const evidence = isTooMuch
    ? `The meter says that it took tokens worth ${said.toppedUpMinor}; the company sold ${prepaid.vendedMinor}.`
    : `The meter's credit is off by ${Math.round(differenceMilli / 1000)} from what its register, its tokens and the days make it.`;
  noteMismatch({ supply, differenceMinor: Math.round(differenceMilli / 1000), evidence });
}

/** What the meter says minus what its registers, its tokens and the days since the first reading make of the credit. */
function creditDifference(
  base: CreditBase,
  terms: PrepaidTerms,
  said: { readonly creditMilliMinor: number; readonly toppedUpMinor: number },
  used: number,
  day: number,
): number {
  const usedMilli = (used - base.usedMicro) / 1000;
  const toppedUpMilli = (said.toppedUpMinor - base.toppedUpMinor) * 1000;
  const daysMilli = (day - base.day) * terms.standingDailyMinor * 1000;
  return said.creditMilliMinor - (base.creditMilliMinor + toppedUpMilli - usedMilli - daysMilli);
}

/** Low, gone, and back: each is told once. */
function tellCredit(
  account: Account,
  prepaid: PrepaidAccount,
  terms: PrepaidTerms,
  heard: { readonly supply: string; readonly isOpen: boolean; readonly at: SimMs },
  { letters, events }: BillingOutputs,
): void {
  const { supply, isOpen, at } = heard;
  const creditMinor = prepaid.creditMinor!;
  const tell = (kind: "low-credit" | "no-credit" | "emergency-credit"): void => {
    letters.push({ kind, supply, at, owedMinor: minor(-creditMinor), dueAt: at });
    events.push({ kind, at, supply, creditMinor });
  };
  const isOff = isOpen && creditMinor <= -terms.emergencyCreditMinor;
  const wasOff = account.state === "no-credit";
  if (isOff && !wasOff) tell("no-credit");
  if (!isOff && wasOff && !isOpen)
    events.push({ kind: "credit-restored", at, supply, creditMinor });
  if (creditMinor > terms.lowCreditMinor) prepaid.isToldLow = false;
  else if (!prepaid.isToldLow) {
    prepaid.isToldLow = true;
    if (!isOff) tell("low-credit");
  }
  const isOnLoan = !isOff && !isOpen && creditMinor < 0;
  if (isOnLoan && account.state !== "emergency" && !isMeantElsewhere(account)) {
    tell("emergency-credit");
  }
  if (isOff || (wasOff && isOpen)) account.state = "no-credit";
  else if (!isMeantElsewhere(account)) account.state = creditMinor < 0 ? "emergency" : "active";
}

/** A person has ordered something about this supply. */
const isMeantElsewhere = ({ state }: Account): boolean =>
  state === "tripping" || state === "tripped" || state === "reconnecting";
