// What a person at the company does at an account or its meter takes effect; what makes no sense any more is an event.

import type { AccountEvent } from "../../contract/account-event.ts";
import type { AccountInput } from "../../contract/account-input.ts";
import { unreachable } from "../../core/assert.ts";
import { localTime, simOfLocal } from "../../core/calendar.ts";
import { DAY_MS } from "../../core/time.ts";
import { exchangeMeter } from "../../plant/meters/exchange.ts";
import type { BillingOutputs } from "../../utility/billing/accounts.ts";
import { registerAtEnd } from "../../utility/billing/boundary.ts";
import {
  beginBudget,
  endBudget,
  monthlyAmountMinor,
  refusalOfBudget,
} from "../../utility/billing/budget.ts";
import { moveOut, refusalOfMoveOut } from "../../utility/billing/closing.ts";
import { markExport } from "../../utility/billing/export-book.ts";
import { agreeInstalments, refusalOfPlan } from "../../utility/billing/instalments.ts";
import {
  moveIn,
  refusalOfMoveIn,
  refusalOfSettling,
  settleFormer,
} from "../../utility/billing/moving-in.ts";
import {
  refund,
  refusalOfRefund,
  refusalOfWriteOff,
  writeOff,
} from "../../utility/billing/settlements.ts";
import { dropOfficialTrips, dropTrip } from "../../utility/billing/trip-desk.ts";
import { withdraw } from "../../utility/commands.ts";
import type { Records } from "../../utility/records.ts";
import type { Account } from "../../utility/state.ts";
import type { Model, StepOutputs, World } from "../world.ts";
import { intervalOfDay } from "./bill-notes.ts";
import { belief, rowOf, truth } from "./event-log.ts";
import { giveBack } from "./theft-cases.ts";

/** Why an input about an account cannot be done now; undefined where it can. */
export function refusalOf(
  account: Account | undefined,
  input: AccountInput,
  { nowMs, isSwapped }: { readonly nowMs: number; readonly isSwapped: boolean },
): string | undefined {
  if (account === undefined) return "there is no account";
  switch (input.kind) {
    case "instalments":
      return refusalOfPlan(account, input.months, nowMs);
    case "write-off":
      return refusalOfWriteOff(account, input.amountMinor);
    case "refund":
      return refusalOfRefund(account, input.amountMinor);
    case "replace-meter":
      if (isSwapped) return "a board is in its slot; swap it out first";
      if (account.prepaid !== null) return "the credit of a prepaid customer is in the meter";
      return undefined;
    case "move-out":
      return refusalOfMoveOut(account);
    case "move-in":
      return refusalOfMoveIn(account);
    case "settle-former":
      return refusalOfSettling(account, input);
    case "budget-billing":
      return refusalOfBudget(account, input.isOn);
    default:
      return unreachable(input);
  }
}

/** Does what was asked, or says why not. */
export function applyAccountInput(
  model: Model,
  world: World,
  input: AccountInput,
  out: StepOutputs,
): void {
  const { clock } = world.engine;
  const at = clock.nowMs;
  const row = rowOf(model, input.target);
  const account = world.belief.accounts[row];
  const isSwapped = world.plant.meters.devices[row] !== "";
  const events: BillingOutputs["events"] = [];
  const reason = refusalOf(account, input, { nowMs: at, isSwapped });
  if (reason !== undefined || account === undefined) {
    const refused: AccountEvent = {
      kind: "act-refused",
      at,
      supply: input.target,
      act: input.kind,
      reason: reason ?? "there is no account",
    };
    return belief(clock, out, [refused]);
  }
  if (input.kind === "replace-meter") return replaceMeter(model, world, row, out);
  const { postings, bills } = out;
  const books = { postings, bills, letters: world.engine.mailbox, events };
  if (input.kind === "budget-billing") budget(model, world, account, row, input, books);
  else if (input.kind === "move-in") takeOver(model, world, row, input, books);
  else act(model, world, account, input, books);
  belief(clock, out, events);
}

/** Somebody goes there with another meter; what they read off both reaches the company in this step. */
function replaceMeter(model: Model, { plant, engine }: World, row: number, out: StepOutputs): void {
  const { clock, reports } = engine;
  const supply = model.meters.ids[row]!;
  const meter = { state: plant.meters, logs: plant.meterLogs };
  const exchanged = exchangeMeter(model.meters, meter, row);
  const at = clock.nowMs;
  reports.push({ kind: "meter-exchange", supply, at, ...exchanged });
  truth(clock, out, { kind: "meter-exchanged", at, supply, serial: exchanged.newSerial });
}

/** A new customer: an account that begins at the last midnight, and a supply that is on. */
function takeOver(
  { records }: Model,
  { belief: state, engine }: World,
  row: number,
  { target: supply, name, email, depositMinor = 0 }: Extract<AccountInput, { kind: "move-in" }>,
  books: BillingOutputs,
): void {
  const tariff = records.billing?.tariffs[records.supplies[row]!.tariff];
  if (tariff === undefined) return;
  const { accounts, headend, rates, ledger } = state;
  const at = engine.clock.nowMs;
  const { day } = localTime(records.calendar, at);
  const interval = Math.max(0, intervalOfDay(records, day));
  const opening = registerAtEnd(headend, rates, records, tariff, row, interval);
  const what = { name, email, depositMinor, day, opening, at };
  accounts[row] = moveIn(supply, accounts[row]!, ledger, what, books);
  const next = accounts[row]!;
  // What was on its way is about the former's debt.
  for (const action of ["reminder", "notice"] as const) withdraw(state, row, action);
  if (state.dunning !== undefined) dropTrip(state.dunning, row);
  const isOff = ["tripping", "tripped", "reconnecting"].includes(next.state);
  if (isOff) giveBack(records, state, row, `${name} has moved in`, at, books);
  else next.state = "active";
}

/** From what was used since the last bill before the run, or since the customer moved in. */
function budget(
  { records }: Model,
  { belief: { headend, rates }, engine }: World,
  account: Account,
  row: number,
  { isOn, target: supply }: Extract<AccountInput, { kind: "budget-billing" }>,
  books: BillingOutputs,
): void {
  if (!isOn) return endBudget(account);
  const at = engine.clock.nowMs;
  const record = records.supplies[row]!;
  const tariff = records.billing?.tariffs[record.tariff];
  const { holder } = account;
  const billedThrough =
    holder === undefined
      ? record.account.billedThrough
      : simOfLocal(records.calendar, holder.day, 0);
  const billedThroughWh = holder?.openingWh ?? record.account.billedThroughWh;
  const newest = headend.historyEnd[row]!;
  const days = (newest * records.intervalMs - billedThrough) / DAY_MS;
  let amountMinor: number | undefined;
  if (tariff !== undefined && tariff.kind !== "prepaid") {
    const end = registerAtEnd(headend, rates, records, tariff, row, newest);
    const byRateWh = end.byRateWh.map((wh, rate) => wh - (holder?.openingByRateWh[rate] ?? 0));
    const used = { wh: end.wh - billedThroughWh, byRateWh };
    const fromDay = localTime(records.calendar, at).day;
    const month = { fromDay, contract: record.sanctionedW };
    amountMinor = monthlyAmountMinor(tariff, used, days, month);
  }
  if (amountMinor !== undefined) return beginBudget(supply, account, amountMinor, at, books);
  const reason = tariff === undefined ? "nobody is billed" : "less than a week of its use is known";
  books.events.push({ kind: "act-refused", at, supply, act: "budget-billing", reason });
}

/** What is fed in up to the last midnight stands on the final bill. */
function markLeaving(records: Records, { exports: book, leaving }: Account): void {
  if (book === undefined || leaving === undefined) return;
  markExport(book, leaving.endDay, intervalOfDay(records, leaving.endDay));
}

function act(
  model: Model,
  { belief: state, engine }: World,
  account: Account,
  input: Exclude<AccountInput, { kind: "replace-meter" | "budget-billing" | "move-in" }>,
  books: BillingOutputs,
): void {
  const { records } = model;
  const { ledger } = state;
  const supply = input.target;
  const at = engine.clock.nowMs;
  const arrearsMinMinor = records.billing?.policy.arrearsMinMinor ?? 1;
  switch (input.kind) {
    case "instalments": {
      const what = { months: input.months, at, arrearsMinMinor };
      if (state.dunning !== undefined) dropOfficialTrips(state.dunning, rowOf(model, supply));
      return agreeInstalments(supply, account, records.calendar, what, books);
    }
    case "write-off": {
      const { amountMinor, reason } = input;
      const what = { amountMinor, reason, at, arrearsMinMinor };
      return writeOff(supply, account, ledger, what, books);
    }
    case "refund":
      return refund(supply, account, ledger, { amountMinor: input.amountMinor, at }, books);
    case "settle-former": {
      const { customer, amountMinor, how } = input;
      if (how === "paid") state.billing.paidMinor += amountMinor;
      return settleFormer(supply, account, ledger, { customer, amountMinor, how, at }, books);
    }
    case "move-out":
      moveOut(supply, account, localTime(records.calendar, at).day, at, books);
      return markLeaving(records, account);
    default:
      return unreachable(input);
  }
}
