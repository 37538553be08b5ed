// What the company does about prepaid meters: terms and tokens over the air, use booked day by day.

import type { Payment } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { CommandOrder, MeterReading, RefusalReason } from "../../contract/reading.ts";
import { digitsOf } from "../../contract/token.ts";
import { localTime } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { BillingOutputs } from "../../utility/billing/accounts.ts";
import { registerAtEnd } from "../../utility/billing/boundary.ts";
import { serialNow } from "../../utility/billing/meters-on-file.ts";
import {
  bookUse,
  takeCredit,
  tellDaysLeft,
  usedMicro,
  vend,
} from "../../utility/billing/prepaid.ts";
import { ratesAt } from "../../utility/billing/rates.ts";
import type { PrepaidTariff } from "../../utility/billing/tariff.ts";
import {
  keepToken,
  makeTokens,
  nextKeyTokens,
  reconnectToken,
  takeNextKey,
  takeWaiting,
  tellToken,
  type VendingMeter,
  vendingOf,
} from "../../utility/billing/vending.ts";
import { order } from "../../utility/commands.ts";
import { suspectCredit } from "../../utility/detection/credit-mismatch.ts";
import type { Records } from "../../utility/records.ts";
import type {
  Account,
  BeliefState,
  PendingCommand,
  PrepaidAccount,
  SoldToken,
} from "../../utility/state.ts";
import type { Model } from "../world.ts";

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

const GIVE_REASONS: Partial<Record<CommandOrder["action"], string>> = {
  "top-up": "money was paid",
  "take-token": "its key for tokens is renewed",
};

/** Such an order waits on the desk until the meter has answered it; false where the desk has no room. */
function give(
  { commands }: Records,
  state: BeliefState,
  { row, supply }: PrepaidRow,
  what: CommandOrder,
  at: SimMs,
  events: BeliefEvent[],
): boolean {
  const reason = GIVE_REASONS[what.action] ?? "the supply is prepaid";
  return (
    order(state, commands, { row, supply, order: what, text: "", reason }, at, events) !== undefined
  );
}

/** A payment for a prepaid supply: what is not for old debt goes to the meter, and to the customer, as tokens. */
export function takePrepaidPayment(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  payment: Payment,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { account, prepaid, tariff } = here;
  account.heldByHand = false;
  const amountMinor = vend(account, prepaid, tariff, state, payment, at, books);
  sellTokens(records, state, here, amountMinor, at, books);
}

const meterOf = (
  { calendar, supplies }: Records,
  { row, supply, account }: PrepaidRow,
): VendingMeter => ({
  supply,
  serial: serialNow(account, supplies[row]!.serial),
  startEpochMs: calendar.startEpochMs,
});

/** Tokens for money, each to the meter over the air and to the customer by letter and SMS: one of the two is enough. */
function sellTokens(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  amountMinor: number,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { account, prepaid } = here;
  const meter = meterOf(records, here);
  renewKey(records, state, here, at, books);
  for (const sold of makeTokens(
    account,
    prepaid,
    meter,
    state.ledger,
    { amountMinor, at },
    books,
  )) {
    if (digitsOf(sold.token) === sold.token) tellToken(account, meter, sold, at, books);
    sendToken(records, state, here, sold, at, books.events);
  }
}

function sendToken(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  sold: SoldToken,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { supply, prepaid } = here;
  if (give(records, state, here, { action: "top-up", ...sold }, at, events)) {
    events.push({ kind: "token-sent", at, supply, ...sold });
  } else keepToken(here.account, prepaid, meterOf(records, here), sold);
}

/**
 * A new key where the base date is about to run out of minutes: both halves to the meter and to the customer. Tokens
 * under the old key would be worth nothing after it, so it waits until the meter has taken all of them.
 */
function renewKey(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { account, supply, row } = here;
  const meter = meterOf(records, here);
  const halves = nextKeyTokens(account, meter, at);
  if (halves === undefined || vendingOf(account, meter).waiting.length > 0) return;
  const isOwed = (order: CommandOrder): boolean => order.action === "top-up";
  if (state.commands.some((command) => command.row === row && isOwed(command.order))) return;
  const areSent = halves
    .map((token) => give(records, state, here, { action: "take-token", token }, at, books.events))
    .every((isSent) => isSent);
  if (!areSent) return;
  takeNextKey(account, meter, at);
  for (const token of halves) {
    tellToken(account, meter, { token, amountMinor: 0 }, at, books);
  }
  books.events.push({ kind: "key-renewed", at, supply });
}

/** A token that the meter would not take goes out again with the next day's; one that it can never take, as another. */
export function keepRefused(
  records: Records,
  here: PrepaidRow | undefined,
  { order: what }: PendingCommand,
  reason: RefusalReason | null,
): void {
  if (here === undefined || what.action !== "top-up") return;
  const { token, amountMinor } = what;
  if (reason === "dead-token") here.prepaid.unsentMinor += amountMinor;
  else keepToken(here.account, here.prepaid, meterOf(records, here), { token, amountMinor });
}

/** Once a day: what was used up to the last midnight, and tokens and money that found no room before. */
export function bookPrepaidDay(
  records: Records,
  state: BeliefState,
  here: PrepaidRow,
  midnight: { readonly day: number; readonly interval: number },
  at: SimMs,
  books: BillingOutputs,
): void {
  const { row, supply, account, prepaid, tariff } = here;
  const { day, interval } = midnight;
  const wasTold = prepaid.toldDays !== undefined;
  if (day > prepaid.bookedDay) {
    const end = registerAtEnd(state.headend, state.rates, records, tariff, row, interval);
    const used = { byRateWh: end.byRateWh, day, at };
    bookUse(supply, prepaid, tariff, state.ledger, used, books);
    tellDaysLeft(supply, prepaid, at, books);
  }
  if (account.vending !== undefined) {
    renewKey(records, state, here, at, books);
    for (const sold of takeWaiting(account, meterOf(records, here))) {
      sendToken(records, state, here, sold, at, books.events);
    }
  }
  const { unsentMinor } = prepaid;
  if (unsentMinor !== 0) {
    prepaid.unsentMinor = 0;
    sellTokens(records, state, here, unsentMinor, at, books);
  }
  // V8 keeps an object that has lost a property as a slow one, and JSON of all accounts takes three times as long.
  if (wasTold && prepaid.toldDays === undefined) account.prepaid = { ...prepaid };
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
  takeCredit(account, prepaid, tariff, came, books, (mismatch) =>
    suspectCredit(detection, mismatch, at, books.events),
  );
}

/** The order to reconnect has gone out so often without an answer that its customer gets a token for it as well. */
const TOKEN_AT_ATTEMPT = 3;

/** Who has paid and whose meter cannot be reached is not left in the dark: twenty digits close the relay by hand. */
export function sendReconnectTokens(
  { records, rowOfSupply }: Pick<Model, "records" | "rowOfSupply">,
  { accounts, commands }: BeliefState,
  retried: readonly BeliefEvent[],
  books: BillingOutputs,
): void {
  for (const event of retried) {
    if (event.kind !== "command-retried" || event.attempt !== TOKEN_AT_ATTEMPT) continue;
    if (event.action !== "reconnect") continue;
    const { supply, at } = event;
    const row = rowOfSupply.get(supply) ?? -1;
    const account = accounts[row];
    const isWaiting = commands.some(
      (each) => each.row === row && each.order.action === "reconnect",
    );
    if (account === undefined || !isWaiting) continue;
    const serial = serialNow(account, records.supplies[row]!.serial);
    const meter = { supply, serial, startEpochMs: records.calendar.startEpochMs };
    const token = reconnectToken(account, meter, at);
    if (token === undefined) continue;
    tellToken(account, meter, { token, amountMinor: 0 }, at, books);
    books.events.push({ kind: "reconnect-token", at, supply });
  }
}
