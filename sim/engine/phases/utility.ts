// The company's half of a step: head-end, billing, dunning, detection, commands.

import type { Arrival } from "../../comms/air.ts";
import { sendDown } from "../../comms/bearer.ts";
import { sendText } from "../../comms/phones.ts";
import type { AirState } from "../../comms/state.ts";
import {
  type Letter,
  type Payment,
  TEXTED_LETTERS,
  type TextedLetter,
} from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { DownlinkMessage, MeterReading, UplinkMessage } from "../../contract/reading.ts";
import { unreachable } from "../../core/assert.ts";
import { firstDayOfNextMonth, localTime } from "../../core/calendar.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import { type BillingOutputs, takePayment, touch } from "../../utility/billing/accounts.ts";
import { correctMonth, makeBill } from "../../utility/billing/bills.ts";
import { isInHistory, registerAtEnd } from "../../utility/billing/boundary.ts";
import { isWithinBounds } from "../../utility/billing/bounds.ts";
import { isLeft } from "../../utility/billing/closing.ts";
import { isCycleEnd } from "../../utility/billing/cycle.ts";
import { sendEmails, writeEmail } from "../../utility/billing/email-outbox.ts";
import { reviewPlan } from "../../utility/billing/instalments.ts";
import {
  noteReconnected,
  noteTripped,
  noteUnanswered,
  stepAccount,
  type Wish,
} from "../../utility/billing/ladder.ts";
import { countLateDay } from "../../utility/billing/late-surcharge.ts";
import { continueReading, noteExchange } from "../../utility/billing/meters-on-file.ts";
import type { Policy } from "../../utility/billing/policy.ts";
import { settleJump, settleLeaving } from "../../utility/billing/rates.ts";
import { isRepeated } from "../../utility/billing/settlements.ts";
import type { Tariff } from "../../utility/billing/tariff.ts";
import { dropOfficialTrips } from "../../utility/billing/trip-desk.ts";
import {
  acknowledge,
  acknowledgeByReading,
  hurry,
  order,
  sendDue,
  withdraw,
} from "../../utility/commands.ts";
import { lookAtHome, runDetection } from "../../utility/detection/daily.ts";
import { watchEvent, watchReading } from "../../utility/detection/listen.ts";
import { suspectRegister } from "../../utility/detection/register-suspect.ts";
import { forgetOpened, noteStuckRelay, watchOpened } from "../../utility/detection/relay-stuck.ts";
import { lookAtClocks } from "../../utility/headend/clocks.ts";
import { noteRelay, takeLoss, takeReading } from "../../utility/headend/headend.ts";
import { lookAtOutages } from "../../utility/outages/board.ts";
import { noteMeterEvent, noteReadingOfSupply } from "../../utility/outages/signs.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState, PendingCommand } from "../../utility/state.ts";
import type { Mark } from "../step.ts";
import type { EngineState, Model, StepOutputs } from "../world.ts";
import {
  demandOfMonth,
  intervalOfDay,
  noteApparentOf,
  noteExportOf,
  noteForBill,
} from "./bill-notes.ts";
import { belief, rowOf } from "./event-log.ts";
import { makeFinalBills } from "./final-bills.ts";
import { releaseTrips } from "./hand-orders.ts";
import {
  bookPrepaidDay,
  keepRefused,
  prepaidRow,
  sendReconnectTokens,
  takePrepaidPayment,
  takePrepaidReading,
} from "./prepaid.ts";
import { casesStep, noteTripUnanswered } from "./theft-cases.ts";

type Out = StepOutputs;

/** Head-end, billing, dunning, detection; returns what goes back into the air. */
export function utilityPhase(
  model: Model,
  state: BeliefState,
  engine: EngineState,
  arrivals: readonly Arrival[],
  endMs: SimMs,
  out: Out,
  mark: Mark,
): (air: AirState) => void {
  const events: BeliefEvent[] = [];
  const down: { row: number; at: SimMs; message: DownlinkMessage }[] = [];
  const books: BillingOutputs = {
    postings: out.postings,
    bills: out.bills,
    letters: engine.mailbox,
    events,
  };
  // Money first: who paid before the trip was obeyed is not charged for it.
  const untaken = engine.payments.filter(
    (payment) => !takeOnePayment(model, state, payment, endMs, books),
  );
  engine.payments.splice(0, engine.payments.length, ...untaken);
  takeExchanges(model, state, engine, endMs, books);
  mark("billing");
  for (const arrival of arrivals) headendStep(model, state, arrival, books, out);
  mark("head-end");
  if (endMs % MINUTE_MS === 0) {
    events.push(...lookAtOutages(model.records, state.outages, endMs));
    billingStep(model, state, endMs, books);
    mark("billing");
    if (model.expectation !== null) {
      events.push(...runDetection(model.expectation, model.records, state, endMs));
    }
    casesStep(model, state, engine, endMs, books);
    mark("detection");
  }
  const supplyOf = (row: number) => model.meters.ids[row]!;
  const before = events.length;
  const due = sendDue(state, model.records.commands, supplyOf, endMs, events);
  sendReconnectTokens(model, state, events.slice(before), books);
  for (const { row, at, message } of due.sending) down.push({ row, at, message });
  for (const command of due.expired) noteExpired(state, command);
  mailStep(model, state, engine.mailbox, endMs, events);
  belief(engine.clock, out, events);
  return (air) => {
    for (const { row, at, message } of down) sendDown(model.airSpec, air, row, message, at);
    for (const { kind, supply, at, by } of engine.mailbox) {
      if (!isTexted(kind) || by?.includes("sms") === false) continue;
      sendText(model.airSpec, air, rowOf(model, supply), kind, wholeMinute(at));
    }
  };
}

/** Letters that go by e-mail, and once a minute what the mail server takes. */
function mailStep(
  { records, rowOfSupply }: Model,
  { dunning, accounts }: BeliefState,
  letters: readonly Letter[],
  now: SimMs,
  events: BeliefEvent[],
): void {
  if (dunning === undefined) return;
  for (const letter of letters) {
    const row = rowOfSupply.get(letter.supply) ?? -1;
    const { holder } = accounts[row] ?? {};
    const { email } = holder ?? records.supplies[row] ?? {};
    writeEmail(dunning, letter, email, events);
  }
  if (now % MINUTE_MS === 0) sendEmails(dunning, now, events);
}

const isTexted = (kind: Letter["kind"]): kind is TextedLetter =>
  (TEXTED_LETTERS as readonly string[]).includes(kind);

/** The company's texts leave once a minute, so that the length of a step changes nothing. */
const wholeMinute = (at: SimMs): SimMs => Math.ceil(at / MINUTE_MS) * MINUTE_MS;

/** Meters that were replaced: told by who did it, before their readings come. */
function takeExchanges(
  model: Model,
  { accounts }: BeliefState,
  { reports }: EngineState,
  now: SimMs,
  books: BillingOutputs,
): void {
  for (const report of reports) {
    if (report.kind !== "meter-exchange") continue;
    const row = rowOf(model, report.supply);
    const account = accounts[row];
    const { serial } = model.records.supplies[row]!;
    if (account !== undefined) noteExchange(account, serial, report, now, books);
  }
  const others = reports.filter(({ kind }) => kind !== "meter-exchange");
  if (others.length < reports.length) reports.splice(0, reports.length, ...others);
}

/** A customer's reading in the register of the company; a transformer's as it is. */
function continued(
  { records }: Model,
  { accounts, headend, detection }: BeliefState,
  row: number,
  reading: MeterReading,
  at: SimMs,
  books: BillingOutputs,
): MeterReading {
  const [account, supply] = [accounts[row], records.supplies[row]];
  if (account === undefined || supply === undefined) return reading;
  const { serial, sanctionedW } = supply;
  const lastWh = headend.lastImportWh[row]!;
  const lastMeasuredAt = headend.lastMeasuredAt[row]!;
  const known = { serial, sanctionedW, lastWh, lastMeasuredAt };
  return continueReading(account, known, reading, at, books, (fallen) =>
    suspectRegister(detection, fallen, at, books.events),
  );
}

function headendStep(
  model: Model,
  state: BeliefState,
  { row, at, message: came }: Arrival,
  books: BillingOutputs,
  out: Out,
): void {
  const message = came.kind === "reading" ? continued(model, state, row, came, at, books) : came;
  switch (message.kind) {
    case "reading": {
      if (!takeOneReading(model, state, row, message, at, books)) return;
      if (came.kind === "reading") {
        const readings = { kept: message, came };
        noteApparentOf(state, model.records, row, tariffOf(model.records, row), readings);
      }
      noteReadingOfSupply(state.outages, model.records.supplies.length, row, message, at);
      if (
        model.expectation !== null &&
        watchReading(state.detection, model.records, row, message)
      ) {
        lookAtHome(model.records, state, row, at, books.events);
      }
      const { supply, sequence, measuredAt, importWh, voltageV } = message;
      out.readings.push({ supply, sequence, measuredAt, receivedAt: at, importWh, voltageV });
      return;
    }
    case "readings-lost": {
      const missing = state.headend.missingIntervals[row]!;
      books.events.push(takeLoss(message, missing, at));
      return;
    }
    case "meter-event": {
      const { supply, code, value, at: measuredAt } = message;
      books.events.push({ kind: "meter-event", at, supply, code, measuredAt, value });
      noteMeterEvent(state.outages, row, code, measuredAt, at);
      if (model.expectation !== null && watchEvent(state.detection, row, code, measuredAt)) {
        lookAtHome(model.records, state, row, at, books.events);
      }
      if (code === "clock-invalid")
        setClock(model, state, row, "it lost the time", at, books.events);
      return;
    }
    case "profile":
      return;
    case "command-ack":
      return commandStep(model, state, row, message, at, books);
    default:
      return unreachable(message);
  }
}

/** A reading, what it moves between the rate registers of its customer, and what it says of the relay. */
function takeOneReading(
  { records }: Model,
  state: BeliefState,
  row: number,
  reading: MeterReading,
  at: SimMs,
  books: BillingOutputs,
): boolean {
  const { headend, rates } = state;
  const { events } = books;
  const tariff = tariffOf(records, row);
  if (tariff === undefined) return takeReading(headend, records, row, reading, at, events);
  const isNew = takeReading(headend, records, row, reading, at, events, (_, interval) =>
    settleLeaving(rates, headend, records, tariff, row, interval),
  );
  if (!isNew) return false;
  noteExportOf(state, records, row, tariff, reading);
  settleJump(rates, headend, records, tariff, row);
  const here = prepaidRow(records, state, row);
  const isNewest = reading.sequence === headend.lastSequence[row];
  if (here !== undefined && isNewest) takePrepaidReading(records, state, here, reading, at, books);
  hurry(state, records.commands, row, at);
  showObeyed(records, state, row, reading, at, books);
  holdAgainstTrip(records, state, row, reading, at, events);
  const stray = state.accounts[row]!.strayTrip;
  if (stray === null) return true;
  if (headend.relay[row] === 1) reconnectAfterStray(records, state, row, at, events);
  else if (reading.measuredAt > stray.expiresAt) state.accounts[row]!.strayTrip = null;
  return true;
}

/** A supply that is off by its meter's own word must show it; once it is told to close, nothing is asked of it. */
function holdAgainstTrip(
  { calendar }: Records,
  { dunning, detection, accounts }: BeliefState,
  row: number,
  reading: MeterReading,
  at: SimMs,
  events: BeliefEvent[],
): void {
  if (dunning === undefined || dunning.opened.length === 0) return;
  if (accounts[row]!.state !== "tripped") return forgetOpened(dunning, row);
  noteStuckRelay(dunning, detection, calendar, row, reading, at, events);
}

/** An answer may be lost; a relay that stands where the last order wants it is one too. */
function showObeyed(
  records: Records,
  state: BeliefState,
  row: number,
  { relay, measuredAt }: MeterReading,
  at: SimMs,
  books: BillingOutputs,
): void {
  const account = state.accounts[row]!;
  const action = relay === "open" ? "trip" : "reconnect";
  const isAwaited = account.state === (action === "trip" ? "tripping" : "reconnecting");
  if (!isAwaited || measuredAt < state.headend.relayAt[row]!) return;
  const command = acknowledgeByReading(state, row, action, measuredAt);
  if (command !== undefined) noteObeyed(records, state, command, { at, doneAt: measuredAt }, books);
}

/** A meter obeyed a trip that was taken back or given up: it is told anew, under a new number, to close. */
function reconnectAfterStray(
  { commands, supplies }: Records,
  state: BeliefState,
  row: number,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const account = state.accounts[row]!;
  account.strayTrip = null;
  const isMeantOff = account.heldByHand || account.heldForCase !== "";
  if (isMeantOff || account.state === "tripped" || account.state === "tripping") return;
  const supply = supplies[row]!.id;
  const reason = "its meter obeyed a trip that was taken back";
  withdraw(state, row, "reconnect");
  const what = { row, supply, order: { action: "reconnect" }, text: "", reason } as const;
  const id = order(state, commands, what, at, events);
  account.state = id === undefined ? "tripped" : "reconnecting";
  touch(account);
  if (id !== undefined) events.push({ kind: "reconnect-sent", at, supply, reason });
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
  const account = state.accounts[row];
  if (account === undefined) return;
  noteRelay(state.headend, row, ack.relay, ack.doneAt);
  if (account.strayTrip?.commandId === ack.commandId) {
    reconnectAfterStray(model.records, state, row, at, books.events);
  }
  if (command === undefined) return;
  if (ack.result === "refused") {
    const { action } = command.order;
    const reason = ack.reason ?? "it says no more";
    books.events.push({ kind: "command-refused", at, supply: ack.supply, action, reason });
    keepRefused(model.records, prepaidRow(model.records, state, row), command, ack.reason);
    if (action === "trip") noteTripUnanswered(state, row);
    return noteUnanswered(account, action);
  }
  noteObeyed(model.records, state, command, { at, doneAt: ack.doneAt }, books);
}

/** What an order that was obeyed means for the account. */
function noteObeyed(
  { billing: rules, supplies }: Records,
  { accounts, billing, ledger, dunning }: BeliefState,
  { row, order: what }: PendingCommand,
  obeyed: { readonly at: SimMs; readonly doneAt: SimMs },
  books: BillingOutputs,
): void {
  const { action } = what;
  const account = accounts[row]!;
  const supply = supplies[row]!.id;
  const { at, doneAt } = obeyed;
  if (action === "notice") {
    account.noticeServedAt = doneAt;
    touch(account);
    books.events.push({ kind: "notice-served", at, supply, servedAt: doneAt });
  }
  if (action === "trip") {
    const policy = rules?.policy ?? null;
    const wasTripped = account.state === "tripped";
    noteTripped(policy, supply, account, { billing, ledger }, { at, doneAt }, books);
    if (dunning !== undefined && !wasTripped) watchOpened(dunning, row, doneAt);
  }
  if (action === "reconnect") {
    if (dunning !== undefined) forgetOpened(dunning, row);
    noteReconnected(supply, account, billing, at, books, rules?.policy ?? null);
  }
  if (what.action === "top-up") {
    books.events.push({ kind: "token-taken", at, supply, token: what.token });
  }
}

/** An order that nobody answered: the ladder may try again. A trip may have been obeyed all the same. */
function noteExpired(
  state: BeliefState,
  { row, order: what, id, expiresAt }: PendingCommand,
): void {
  const { action } = what;
  const account = state.accounts[row];
  if (account === undefined) return;
  if (action === "trip") {
    account.strayTrip = { commandId: id, expiresAt };
    noteTripUnanswered(state, row);
  }
  noteUnanswered(account, action);
}

/** False for a payment that has to wait, because the books could not count it exactly. */
function takeOnePayment(
  model: Model,
  state: BeliefState,
  payment: Payment,
  at: SimMs,
  books: BillingOutputs,
): boolean {
  const row = rowOf(model, payment.supply);
  const account = state.accounts[row];
  if (account === undefined) return true;
  if (!isWithinBounds(state.ledger, account, payment)) return false;
  if (isRepeated(account, payment, at, books)) return true;
  touch(account);
  if (state.dunning !== undefined) dropOfficialTrips(state.dunning, row);
  const here = prepaidRow(model.records, state, row);
  if (here !== undefined) {
    takePrepaidPayment(model.records, state, here, payment, at, books);
    return true;
  }
  const arrearsMinMinor = model.records.billing?.policy.arrearsMinMinor ?? 1;
  const received = { at, arrearsMinMinor };
  takePayment(account, state.billing, state.ledger, payment, received, books);
  return true;
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
    setClocks(model, state, policy, now, books.events);
    const midnight = { day: local.day, interval: intervalOfDay(model.records, local.day) };
    for (let row = 0; row < accounts.length; row++) {
      const here = prepaidRow(model.records, state, row);
      if (here !== undefined) bookPrepaidDay(model.records, state, here, midnight, now, books);
      else {
        if (policy.lateMilliPercent !== undefined) countLateDay(accounts[row]!, now);
        noteForBill(model.records, state, row, tariffOf(model.records, row), local.day);
      }
    }
    makeFinalBills(model.records, state, local.day, now, books);
  }
  if (local.day >= billing.nextBillDay && isBillTime) {
    makeBills(model, state, billing.nextBillDay, now, books);
    billing.nextBillDay = firstDayOfNextMonth(billing.nextBillDay);
  }
  releaseTrips(model.records, state, now, books.events);
  for (let row = 0; row < accounts.length; row++) {
    const account = accounts[row]!;
    if (account.lookAt > now) continue;
    const supply = supplies[row]!;
    reviewPlan(supply.id, account, now, books);
    const heardAt = headend.lastReceivedAt[row]!;
    const wish = stepAccount(
      { policy, calendar, row, supply, account, billing, heardAt, dunning: state.dunning },
      now,
      books,
    );
    if (wish !== undefined) fulfil(state, commands, supply.id, wish, now, books);
  }
}

/** Once a day: clocks that are off are set, and all of them every so many days. */
function setClocks(
  model: Model,
  state: BeliefState,
  { clockLimitMs, clockEveryDays }: Policy,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { records, meters } = model;
  const { day } = localTime(records.calendar, at);
  const set = (row: number, reason: string): void =>
    setClock(model, state, row, reason, at, events);
  for (const { row, offMs } of lookAtClocks(state.headend, clockLimitMs)) {
    events.push({ kind: "clock-off", at, supply: meters.ids[row]!, offMs });
    set(row, "its clock is off");
  }
  if (clockEveryDays === null || day % clockEveryDays !== 0) return;
  for (let row = 0; row < meters.ids.length; row++) set(row, "clocks are set from time to time");
}

function setClock(
  { records, meters }: Model,
  state: BeliefState,
  row: number,
  reason: string,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const what = { action: "set-clock", clockMs: at } as const;
  const supply = meters.ids[row]!;
  order(state, records.commands, { row, supply, order: what, text: "", reason }, at, events);
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
    if (rules === null || tariff === undefined || tariff.kind === "prepaid") return;
    if (!isCycleEnd(tariff, billDay)) return;
    const account = accounts[row]!;
    if (isLeft(account, billDay)) return;
    const end = registerAtEnd(headend, rates, records, tariff, row, interval);
    const context = { tariff, policy: rules.policy, calendar, supply, account, billing, ledger };
    const demand = demandOfMonth(records, state, row, tariff, interval);
    makeBill(context, end, { billDay, now, ...demand }, books);
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

function fulfil(
  state: BeliefState,
  rules: { readonly retryMs: number; readonly expireMs: number },
  supply: string,
  { row, action, reason, expiresAt, batch = "" }: Wish,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { events } = books;
  const account = state.accounts[row]!;
  if (action === "cancel-trip") {
    // It may have been obeyed already: a reconnection makes sure, and closes nothing that is closed.
    const trip = withdraw(state, row, "trip");
    if (trip !== undefined) account.strayTrip = { commandId: trip.id, expiresAt: trip.expiresAt };
    const closing = { action: "reconnect" } as const;
    order(state, rules, { row, supply, order: closing, text: "", reason }, at, events);
    return;
  }
  const text = TEXTS[action];
  // A meter's display knows one kind of words about money; the newest stand there.
  if (action === "warning") withdraw(state, row, "reminder");
  const shown = action === "warning" ? "reminder" : action;
  const what = { row, supply, order: { action: shown }, text, reason, expiresAt };
  if (order(state, rules, what, at, events) === undefined) {
    noteUnanswered(account, action);
    return;
  }
  if (action === "trip") {
    const by = "ladder";
    events.push({ kind: "trip-sent", at, supply, reason, by, batch });
  }
  if (action === "reconnect") events.push({ kind: "reconnect-sent", at, supply, reason });
}

/** What the meter's display shows until the next order. */
const TEXTS = {
  trip: "SUPPLY OFF",
  reconnect: "",
  reminder: "BILL IS OVERDUE",
  warning: "PAY NOW OR NOTICE",
  notice: "CUT-OFF NOTICE",
} as const;
