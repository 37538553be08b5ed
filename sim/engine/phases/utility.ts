// The company's half of a step: head-end, billing, dunning, detection, commands.

import { type Arrival, sendDown } from "../../comms/bearer.ts";
import type { AirState } from "../../comms/state.ts";
import type { Payment } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { DownlinkMessage, MeterReading, UplinkMessage } from "../../contract/reading.ts";
import { unreachable } from "../../core/assert.ts";
import { firstDayOfNextMonth, localTime, simOfLocal } from "../../core/calendar.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import {
  type BillingOutputs,
  noteReconnected,
  noteTripped,
  stepAccount,
  takePayment,
  type Wish,
} from "../../utility/billing/accounts.ts";
import { correctMonth, makeBill } from "../../utility/billing/bills.ts";
import { isInHistory, registerAtEnd } from "../../utility/billing/boundary.ts";
import { settleJump, settleLeaving } from "../../utility/billing/rates.ts";
import type { Tariff } from "../../utility/billing/tariff.ts";
import { acknowledge, order, sendDue, withdraw } from "../../utility/commands.ts";
import { runDetection } from "../../utility/detection/expectation.ts";
import { takeLoss, takeReading } from "../../utility/headend/headend.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState } from "../../utility/state.ts";
import type { EngineState, Model, StepOutputs } from "../world.ts";
import { belief, rowOf } from "./event-log.ts";

type Out = StepOutputs;

/** Head-end, billing, dunning, detection; returns what goes back into the air. */
export function utilityPhase(
  model: Model,
  state: BeliefState,
  engine: EngineState,
  arrivals: readonly Arrival[],
  endMs: SimMs,
  out: Out,
): (air: AirState) => void {
  const events: BeliefEvent[] = [];
  const down: { row: number; at: SimMs; message: DownlinkMessage }[] = [];
  const books: BillingOutputs = {
    postings: out.postings,
    bills: out.bills,
    letters: engine.mailbox,
    events,
  };
  for (const arrival of arrivals) headendStep(model, state, arrival, books, out);
  for (const payment of engine.payments) takeOnePayment(model, state, payment, endMs, books);
  engine.payments.length = 0;
  if (endMs % MINUTE_MS === 0) {
    billingStep(model, state, endMs, books);
    if (model.expectation !== null) {
      events.push(...runDetection(model.expectation, model.records, state, endMs));
    }
  }
  const supplyOf = (row: number) => model.meters.ids[row]!;
  const due = sendDue(state, model.records.commands, supplyOf, endMs, events);
  for (const { row, at, message } of due.sending) down.push({ row, at, message });
  for (const { row, action } of due.expired) noteExpired(state, row, action);
  belief(engine.clock, out, events);
  return (air) => {
    for (const { row, at, message } of down) sendDown(model.airSpec, air, row, message, at);
  };
}

function headendStep(
  model: Model,
  state: BeliefState,
  { row, at, message }: Arrival,
  books: BillingOutputs,
  out: Out,
): void {
  switch (message.kind) {
    case "reading": {
      if (!takeOneReading(model, state, row, message, at, books)) return;
      const { supply, sequence, measuredAt, importWh, voltageV } = message;
      out.readings.push({ supply, sequence, measuredAt, receivedAt: at, importWh, voltageV });
      return;
    }
    case "readings-lost": {
      const missing = state.headend.missingIntervals[row]!;
      books.events.push(takeLoss(message, missing, at));
      return;
    }
    case "command-ack":
      return commandStep(model, state, row, message, at, books);
    default:
      return unreachable(message);
  }
}

/** A reading, and what it moves between the rate registers of its customer. */
function takeOneReading(
  { records }: Model,
  { headend, rates }: BeliefState,
  row: number,
  reading: MeterReading,
  at: SimMs,
  { events }: BillingOutputs,
): boolean {
  const tariff = tariffOf(records, row);
  if (tariff === undefined) return takeReading(headend, records, row, reading, at, events);
  const isNew = takeReading(headend, records, row, reading, at, events, (_, interval) =>
    settleLeaving(rates, headend, records, tariff, row, interval),
  );
  if (isNew) settleJump(rates, headend, records, tariff, row);
  return isNew;
}

/** The tariff of a customer; undefined for a transformer's meter, and where nobody is billed. */
function tariffOf({ billing, supplies }: Records, row: number): Tariff | undefined {
  return billing?.tariffs[supplies[row]?.tariff ?? -1];
}

function commandStep(
  model: Model,
  state: BeliefState,
  row: number,
  ack: Extract<UplinkMessage, { kind: "command-ack" }>,
  at: SimMs,
  books: BillingOutputs,
): void {
  const command = acknowledge(state, ack);
  if (command === undefined) return;
  const account = state.accounts[row];
  if (account === undefined) return;
  const supply = ack.supply;
  const policy = model.records.billing?.policy ?? null;
  if (command.action === "notice") {
    account.noticeServedAt = ack.doneAt;
    books.events.push({ kind: "notice-served", at, supply });
  }
  if (command.action === "trip") {
    noteTripped(policy, supply, account, state.billing, state.ledger, at, books);
    state.headend.relay[row] = 1;
  }
  if (command.action === "reconnect") {
    noteReconnected(supply, account, state.billing, at, books);
    state.headend.relay[row] = 0;
  }
}

/** An order that nobody answered: the ladder may try again. */
function noteExpired(state: BeliefState, row: number, action: string): void {
  const account = state.accounts[row];
  if (account === undefined) return;
  if (action === "trip" && account.state === "tripping") account.state = "noticed";
  if (action === "reconnect" && account.state === "reconnecting") account.state = "tripped";
  if (action === "notice") account.noticeSentAt = null;
}

function takeOnePayment(
  model: Model,
  state: BeliefState,
  payment: Payment,
  at: SimMs,
  books: BillingOutputs,
): void {
  const account = state.accounts[rowOf(model, payment.supply)];
  if (account === undefined) return;
  takePayment(account, state.billing, state.ledger, payment, at, books);
}

function billingStep(model: Model, state: BeliefState, now: SimMs, books: BillingOutputs): void {
  const { billing: rules, calendar, supplies, commands } = model.records;
  if (rules === null) return;
  const { policy } = rules;
  const { billing, headend, accounts } = state;
  const local = localTime(calendar, now);
  const isBillTime = local.minuteOfDay >= policy.billAtMinute;
  if (local.day >= billing.nextRefreshDay && isBillTime) {
    billing.nextRefreshDay = local.day + 1;
    refreshMonths(model, state);
  }
  if (local.day >= billing.nextBillDay && isBillTime) {
    makeBills(model, state, billing.nextBillDay, now, books);
    billing.nextBillDay = firstDayOfNextMonth(billing.nextBillDay);
  }
  for (let row = 0; row < accounts.length; row++) {
    const supply = supplies[row]!.id;
    const heardAt = headend.lastReceivedAt[row]!;
    const account = accounts[row]!;
    const wish = stepAccount(policy, calendar, row, supply, account, heardAt, now, books, billing);
    if (wish !== undefined) fulfil(state, commands, supply, wish, now, books);
  }
}

/** Bills of the month that ended at the midnight of `billDay`. */
function makeBills(
  { records }: Model,
  state: BeliefState,
  billDay: number,
  now: SimMs,
  books: BillingOutputs,
): void {
  const { billing, ledger, accounts, headend, rates } = state;
  const { calendar, supplies, billing: rules } = records;
  const interval = intervalOfDay(records, billDay);
  supplies.forEach((supply, row) => {
    const tariff = tariffOf(records, row);
    if (rules === null || tariff === undefined) return;
    const end = registerAtEnd(headend, rates, records, tariff, row, interval);
    const account = accounts[row]!;
    const context = { tariff, policy: rules.policy, calendar, supply, account, billing, ledger };
    makeBill(context, end, { billDay, now }, books);
  });
}

/** Ends of months that were estimated and have been read since, as long as the history goes back to them. */
function refreshMonths({ records }: Model, { accounts, headend, rates }: BeliefState): void {
  accounts.forEach(({ openMonths }, row) => {
    const tariff = tariffOf(records, row);
    if (openMonths.length === 0 || tariff === undefined) return;
    for (const month of openMonths) {
      const interval = intervalOfDay(records, month.endDay);
      if (month.isRead || !isInHistory(headend, row, interval)) continue;
      correctMonth(month, registerAtEnd(headend, rates, records, tariff, row, interval));
    }
  });
}

const intervalOfDay = ({ calendar, intervalMs }: Records, day: number): number =>
  Math.round(simOfLocal(calendar, day, 0) / intervalMs);

function fulfil(
  state: BeliefState,
  rules: { readonly retryMs: number; readonly expireMs: number },
  supply: string,
  { row, action, reason }: Wish,
  at: SimMs,
  books: BillingOutputs,
): void {
  if (action === "cancel-trip") {
    // It may have been obeyed already: a reconnection makes sure, and closes nothing that is closed.
    withdraw(state, row, "trip");
    order(state, rules, { row, supply, action: "reconnect", text: "", reason }, at);
    return;
  }
  const text = {
    trip: "SUPPLY OFF",
    reconnect: "",
    reminder: "BILL IS OVERDUE",
    notice: "CUT-OFF NOTICE",
  };
  order(state, rules, { row, supply, action, text: text[action], reason }, at);
  if (action === "trip") books.events.push({ kind: "trip-sent", at, supply, reason });
  if (action === "reconnect") books.events.push({ kind: "reconnect-sent", at, supply, reason });
}
