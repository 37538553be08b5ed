// What the company does about prepaid meters: terms and tokens over the air, use booked day by day.

import type { Payment } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { CommandOrder, MeterReading } from "../../contract/reading.ts";
import { localTime } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { BillingOutputs } from "../../utility/billing/accounts.ts";
import { registerAtEnd } from "../../utility/billing/boundary.ts";
import { bookUse, takeCredit, usedMicro, vend } from "../../utility/billing/prepaid.ts";
import { ratesAt } from "../../utility/billing/rates.ts";
import type { PrepaidTariff } from "../../utility/billing/tariff.ts";
import { order } from "../../utility/commands.ts";
import type { Records } from "../../utility/records.ts";
import type { Account, BeliefState, PendingCommand, PrepaidAccount } from "../../utility/state.ts";

/** A prepaid customer's row with everything that its books need. */
export interface PrepaidRow {
  readonly row: number;
  readonly supply: string;
  readonly account: Account;
  readonly prepaid: PrepaidAccount;
  readonly tariff: PrepaidTariff;
}

/** The prepaid books of a row; undefined for every other meter. */
export function prepaidRow(
  { billing, supplies }: Records,
  { accounts }: BeliefState,
  row: number,
): PrepaidRow | undefined {
  const account = accounts[row];
  const supply = supplies[row];
  if (account === undefined || supply === undefined || account.prepaid === null) return undefined;
  const tariff = billing?.tariffs[supply.tariff];
  if (tariff?.kind !== "prepaid") return undefined;
  return { row, supply: supply.id, account, prepaid: account.prepaid, tariff };
}

/** At the start every prepaid meter is told its terms, and what is paid ahead by then. */
export function sendTerms(records: Records, state: BeliefState, at: SimMs): BeliefEvent[] {
  const events: BeliefEvent[] = [];
  records.supplies.forEach((_, row) => {
    const here = prepaidRow(records, state, row);
    if (here === undefined) return;
    const { terms } = here.tariff;
    const openingCreditMinor = here.prepaid.vendedMinor;
    give(records, state, here, { action: "set-prepaid", terms, openingCreditMinor }, at, events);
  });
  return events;
}

/** Such an order waits on the desk until the meter has answered it; false where the desk has no room. */
function give(
  { commands }: Records,
  state: BeliefState,
  { row, supply }: PrepaidRow,
  what: CommandOrder,
  at: SimMs,
  events: BeliefEvent[],
): boolean {
  const reason = what.action === "top-up" ? "money was paid" : "the supply is prepaid";
  return (
    order(state, commands, { row, supply, order: what, text: "", reason }, at, events) !== undefined
  );
}

/** A payment for a prepaid supply: what is not for old debt goes to the meter as a token. */
export function takePrepaidPayment(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  payment: Payment,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { account, prepaid, tariff, supply } = here;
  account.heldByHand = false;
  const vended = vend(account, prepaid, tariff, state, payment, at, books);
  if (vended === undefined) return;
  const { token, amountMinor } = vended;
  if (!sendToken(records, state, here, token, amountMinor, at, books.events)) {
    prepaid.unsentMinor += amountMinor;
    return;
  }
  books.events.push({ kind: "token-sent", at, supply, token, amountMinor });
}

function sendToken(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  token: string,
  amountMinor: number,
  at: SimMs,
  events: BeliefEvent[],
): boolean {
  return give(records, state, here, { action: "top-up", token, amountMinor }, at, events);
}

/** Money that the meter would not take goes out again with the next day's. */
export function keepRefused(here: PrepaidRow | undefined, { order: what }: PendingCommand): void {
  if (here !== undefined && what.action === "top-up") here.prepaid.unsentMinor += what.amountMinor;
}

/** Once a day: what was used up to the last midnight, and money that found no room on the desk before. */
export function bookPrepaidDay(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  midnight: { readonly day: number; readonly interval: number },
  at: SimMs,
  books: BillingOutputs,
): void {
  const { row, supply, prepaid, tariff } = here;
  const { day, interval } = midnight;
  if (day > prepaid.bookedDay) {
    const end = registerAtEnd(state.headend, state.rates, records, tariff, row, interval);
    const used = { byRateWh: end.byRateWh, day, at };
    bookUse(supply, prepaid, tariff, state.ledger, used, books);
  }
  const { unsentMinor } = prepaid;
  if (unsentMinor === 0) return;
  const token = `${supply}/carried/${day}`;
  if (!sendToken(records, state, here, token, unsentMinor, at, books.events)) return;
  prepaid.unsentMinor = 0;
  books.events.push({ kind: "token-sent", at, supply, token, amountMinor: unsentMinor });
}

/** What the meter says of its credit with its newest reading. */
export function takePrepaidReading(
  records: Records,
  { headend, rates, detection }: BeliefState,
  { row, account, prepaid, tariff }: PrepaidRow,
  reading: MeterReading,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { calendar, intervalMs } = records;
  const interval = Math.round(reading.measuredAt / intervalMs);
  const byRateWh = ratesAt(rates, headend, records, tariff, row, interval);
  const { day } = localTime(calendar, reading.measuredAt);
  const came = { reading, day, usedMicro: usedMicro(tariff, byRateWh), at };
  takeCredit(account, prepaid, tariff, came, detection, books);
}
