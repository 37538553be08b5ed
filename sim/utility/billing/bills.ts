// Bills: a month at a time, each on the register at its end. A month that was billed on an estimate is priced again
// once a register after it has been read, and the next bill carries the difference, exact to the coin.

import {
  BILL_CHARGES,
  type Bill,
  type BillCharge,
  type BillDemand,
  type BillExport,
  type BillLine,
  type BillReadings,
} from "../../contract/billing.ts";
import { type Calendar, dateOfDay, formatDay, localTime, simOfLocal } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { SupplyRecord } from "../records.ts";
import {
  type Account,
  type BillingState,
  ESTIMATED_BILLS_MAX,
  type LedgerState,
  OPEN_MONTHS_MAX,
  type OpenMonth,
} from "../state.ts";
import { addItem, type BillingOutputs, letter, payItems } from "./accounts.ts";
import { metersBetween, readingsOfMonths, wholeOf } from "./bill-readings.ts";
import type { RegisterAt } from "./boundary.ts";
import { takeBudgetLine } from "./budget.ts";
import { carriedAfter, totalOf } from "./charge-lines.ts";
import { cycleDaysOf, cycleMonthsOf } from "./cycle.ts";
import {
  asksForApparent,
  type MeasuredDemand,
  measuredBetween,
  settleDemand,
} from "./demand-book.ts";
import { exportBetween, settleExport } from "./export-book.ts";
import { takeLateLines } from "./late-surcharge.ts";
import { book } from "./ledger.ts";
import { marksWithin } from "./month-notes.ts";
import { versionOn } from "./month-parts.ts";
import { holderPrefix } from "./moving-in.ts";
import type { Policy } from "./policy.ts";
import { type MonthUse, type PostpaidTariff, priceMonth, versionsOf } from "./tariff.ts";

/** What a bill is made with. */
export interface BillContext {
  readonly tariff: PostpaidTariff;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly supply: SupplyRecord;
  readonly account: Account;
  readonly billing: BillingState;
  readonly ledger: LedgerState;
}

/** Ledger account that a charge is income of. */
const INCOME: Readonly<Record<Exclude<BillLine["charge"], "budget">, string>> = {
  energy: "revenue/energy",
  fixed: "revenue/fixed",
  demand: "revenue/demand",
  surcharge: "revenue/surcharges",
  "power-factor": "revenue/power-factor",
  duty: "duty",
  rent: "revenue/rents",
  rebate: "revenue/rebates",
  minimum: "revenue/minimum",
  export: "revenue/export",
  rounding: "revenue/rounding",
  "late-surcharge": "revenue/late-surcharge",
  assessment: "revenue/assessments",
};
/** What a budget puts off is owed to or by one customer. */
const incomeOf = ({ charge }: BillLine, supply: string): string =>
  charge === "budget" ? `budget/${supply}` : INCOME[charge];

/**
 * Closes the month that ends at the local midnight of `billDay` and bills it. After ESTIMATED_BILLS_MAX bills on
 * estimates none is made until a register is read: the event says that somebody must go and look.
 */
export function makeBill(
  context: BillContext,
  end: RegisterAt,
  when: When,
  out: BillingOutputs,
): void {
  const { account, supply } = context;
  const isFinal = when.isFinal === true;
  if (isFinal && lastEnd(account).endDay >= when.billDay) return;
  closeMonth(context, end, when.billDay, when.demandW);
  const known = account.openMonths.findLastIndex(({ isRead }) => isRead);
  const estimates = account.openMonths.filter((month) => !month.isRead && month.billId !== "");
  if (!isFinal && !end.isRead && estimates.length >= ESTIMATED_BILLS_MAX) {
    const months = account.openMonths.length;
    out.events.push({ kind: "bill-held", at: when.now, supply: supply.id, months });
    return;
  }
  spreadUnknown(account, known);
  const priced = linesOf(context, known, end);
  issue(context, { ...priced, end, ...when }, out);
  settle(context, isFinal ? account.openMonths.length - 1 : known);
}

/** When a bill is made, and up to which local midnight. A final one is for a part of a month, and nothing follows it. */
interface When {
  readonly billDay: number;
  readonly now: SimMs;
  /** Largest mean of half an hour in the month, where the tariff charges it. */
  readonly demandW?: number;
  readonly isFinal?: true;
}

function closeMonth(context: BillContext, end: RegisterAt, endDay: number, demandW?: number): void {
  const { account } = context;
  const { openMonths } = account;
  // Two years without a reading: the oldest estimate stands, so that the list stays short.
  if (openMonths.length >= OPEN_MONTHS_MAX) {
    const isRead = openMonths[0]!.isRead;
    settle(context, 0);
    if (!isRead) account.isSettledOnEstimate = true;
  }
  const settled = settledRegister(account);
  const lowest = end.isRead ? settled : (openMonths.at(-1) ?? settled);
  const isLower = end.wh < lowest.endWh; // than an estimate: no use is billed until a reading is above it
  openMonths.push({
    endDay,
    endWh: isLower ? lowest.endWh : end.wh,
    byRateWh: [...(isLower ? lowest : end).byRateWh],
    isRead: end.isRead,
    billId: "",
    billedWh: 0,
    ...(demandW === undefined ? {} : { demandW }),
    billedMinor: { energy: 0, fixed: 0, duty: 0 },
  });
}

/** A register that was read late after all: the month that ends there is known now. */
export function correctMonth(month: OpenMonth, end: RegisterAt): void {
  month.endWh = end.wh;
  month.byRateWh = [...end.byRateWh];
  month.isRead = end.isRead;
}

/** Between registers that were read, use is spread evenly over the days of the months: slabs apply to each of them. */
function spreadUnknown(account: Account, known: number): void {
  const { openMonths } = account;
  let from = settledRegister(account);
  for (let at = 0; at <= known; at++) {
    if (openMonths[at]!.isRead) {
      from = openMonths[at]!;
      continue;
    }
    const to = openMonths.slice(at).find(({ isRead }) => isRead)!;
    const month = openMonths[at]!;
    const part = month.endDay - from.endDay;
    const whole = to.endDay - from.endDay;
    const between = (a: number, b: number): number => a + Math.floor(((b - a) * part) / whole);
    month.byRateWh = month.byRateWh.map((_, r) => between(from.byRateWh[r]!, to.byRateWh[r]!));
    month.endWh = between(from.endWh, to.endWh);
    if (month.byRateWh.length > 0) {
      // Rates are cut off one by one; the register follows them, so that they still sum to it.
      const offWh = to.endWh - sumOf(to.byRateWh);
      month.endWh = sumOf(month.byRateWh) + offWh;
    }
  }
}

type MonthEnd = Pick<OpenMonth, "endDay" | "endWh" | "byRateWh">;
/** Where the last closed month ended, and the running one begins. */
export const lastEnd = (account: Account): MonthEnd =>
  account.openMonths.at(-1) ?? settledRegister(account);
const settledRegister = (account: Account): MonthEnd => ({
  endDay: account.settledDay,
  endWh: account.settledWh,
  byRateWh: account.settledByRateWh,
});
const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

interface Priced {
  readonly lines: BillLine[];
  readonly wh: number;
  readonly fromDay: number;
  /** From the first register that a line comes from to the last. */
  readonly readings: BillReadings | undefined;
  readonly exports: readonly BillExport[];
  readonly demands: readonly BillDemand[];
}

/** Lines of every month that was not billed yet, and what months that are known now differ from their bills. */
function linesOf(context: BillContext, known: number, end: RegisterAt): Priced {
  const { tariff, account } = context;
  const readings = readingsOfMonths(context.calendar, account, known, end);
  const used: BillReadings[] = [];
  const { openMonths } = account;
  const unbilled = openMonths.filter(({ billId }) => billId === "");
  const lines: BillLine[] = [];
  let billWh = 0;
  let fromDay = openMonths.at(-1)!.endDay;
  let start = settledRegister(account);
  const uses = usesOf(context);
  const exports: BillExport[] = [];
  const demands: BillDemand[] = [];
  openMonths.forEach((month, at) => {
    const use = uses[at]!;
    const { energyWh } = use;
    const isNew = month.billId === "";
    if (isNew || at <= known) {
      const priced = priceMonth(tariff, use);
      const name = nameOfMonth(month.endDay);
      const prefix = unbilled.length > 1 ? `${name}: ` : "";
      const made = isNew
        ? priced.map((line) => ({ ...line, label: `${prefix}${line.label}` }))
        : corrections(month, energyWh, priced, name);
      lines.push(...made.map((line) => ({ ...line, readings: readings[at]! })));
      if (isNew) fromDay = Math.min(fromDay, start.endDay);
      if (made.length > 0) used.push(readings[at]!);
      if (made.length > 0) exports.push(...exportOf(context, use, readings[at]!, name));
      const measured = measuredOf(context, month.endDay - use.days, month.endDay);
      if (made.length > 0 && measured !== undefined) demands.push({ month: name, ...measured });
      billWh += energyWh - month.billedWh;
      month.billedWh = energyWh;
      for (const charge of BILL_CHARGES) noteBilled(month, charge, chargeOf(priced, charge));
    }
    start = month;
  });
  return { lines, wh: billWh, fromDay, readings: wholeOf(used), exports, demands };
}

type UseContext = Pick<BillContext, "tariff" | "account" | "supply" | "calendar">;

/** What the meter has written down of a month; undefined where nothing covers it. */
function measuredOf(
  { account, calendar }: Pick<BillContext, "account" | "calendar">,
  fromDay: number,
  toDay: number,
): MeasuredDemand | undefined {
  const { demand: book } = account;
  if (book === undefined) return undefined;
  return measuredBetween(book, simOfLocal(calendar, fromDay, 0), simOfLocal(calendar, toDay, 0));
}

/** Demand, power factor and kVAh, where the tariff asks for them. What is billed beyond what the meter spans goes by its ratio. */
function apparentUse(
  tariff: PostpaidTariff,
  measured: MeasuredDemand | undefined,
  energyWh: number,
): Pick<MonthUse, "demand" | "powerFactor" | "apparentVah" | "isUnmeasured"> {
  if (!asksForApparent(tariff)) return {};
  if (measured === undefined) return { isUnmeasured: true };
  const { demandVa, energy } = measured;
  const isInVa = versionsOf(tariff).some(({ terms }) => terms?.demand?.unit === "VA");
  const demand = isInVa ? { demand: demandVa } : {};
  if (energy === undefined || energy.wh <= 0 || energy.vah <= 0) return demand;
  const { wh, vah } = energy;
  const apparentVah = wh === energyWh ? vah : Math.round((energyWh * vah) / wh);
  return { ...demand, powerFactor: Math.min(1, wh / vah), apparentVah };
}

/** The use of every open month as it is known now; what export leaves over goes from each to the next. */
export function usesOf(context: UseContext): readonly MonthUse[] {
  const { tariff, account, supply } = context;
  const { exports: book } = account;
  let start = settledRegister(account);
  let carriedWh = book?.carriedWh ?? 0;
  return account.openMonths.map((month) => {
    const use: MonthUse = {
      energyWh: month.endWh - start.endWh,
      byRateWh: month.byRateWh.map((wh, rate) => wh - start.byRateWh[rate]!),
      ...daysOf(tariff, start.endDay, month.endDay),
      ...{ contract: supply.sanctionedW, marks: marksWithin(account, start, month) },
      ...(month.demandW === undefined ? {} : { demand: month.demandW }),
      ...apparentUse(
        tariff,
        measuredOf(context, start.endDay, month.endDay),
        month.endWh - start.endWh,
      ),
      ...(book === undefined
        ? {}
        : {
            exportWh: exportBetween(book, start.endDay, month.endDay) ?? 0,
            carriedExportWh: carriedWh,
          }),
    };
    carriedWh = carriedAfter(tariff, use);
    start = month;
    return use;
  });
}

/** What a bill says of a month's export; nothing where the tariff does not ask for it. */
function exportOf(
  { tariff }: BillContext,
  use: MonthUse,
  { from, to }: BillReadings,
  month: string,
): readonly BillExport[] {
  if (from.exported === undefined || to.exported === undefined) return [];
  const { energyWh: importWh, exportWh = 0, carriedExportWh: carriedWh = 0 } = use;
  const leftWh = carriedAfter(tariff, use);
  const isNet = versionsOf(tariff).some(({ terms }) => terms?.export?.kind === "net-metering");
  const setOffWh = isNet ? exportWh + carriedWh - leftWh : 0;
  const [fromWh, toWh] = [from.exported.wh, to.exported.wh];
  return [{ month, fromWh, toWh, importWh, carriedWh, setOffWh, leftWh }];
}

/** Days of a month, and of the calendar month or cycle that it ends in: what is shorter or longer is charged by days. */
function daysOf(tariff: PostpaidTariff, fromDay: number, endDay: number) {
  return { fromDay, days: endDay - fromDay, monthDays: cycleDaysOf(tariff, endDay) };
}

const chargeOf = (lines: readonly BillLine[], charge: BillCharge): number =>
  totalOf(lines.filter((line) => line.charge === charge));

/** Charges that a month never had stand nowhere. */
function noteBilled({ billedMinor }: OpenMonth, charge: BillCharge, amountMinor: number): void {
  if (amountMinor !== 0 || charge in billedMinor) billedMinor[charge] = amountMinor;
}

function corrections(
  month: OpenMonth,
  energyWh: number,
  priced: readonly BillLine[],
  name: string,
): BillLine[] {
  return BILL_CHARGES.flatMap((charge): BillLine[] => {
    const pricedAnew = priced.filter((line) => line.charge === charge);
    const billedMinor = minor(month.billedMinor[charge] ?? 0);
    const amountMinor = minor(chargeOf(priced, charge) - billedMinor);
    const quantity = charge === "energy" ? energyWh - month.billedWh : 1;
    const isSame = amountMinor === 0 && (charge !== "energy" || quantity === 0);
    if (isSame) return [];
    const unit = charge === "energy" ? "Wh" : "correction";
    const label = `Correction of ${name}: ${charge}`;
    const anew = { corrects: month.billId, billedMinor, pricedAnew };
    return [{ label, charge, quantity, unit, priceMilliMinor: 0, amountMinor, ...anew }];
  });
}

/** `2026-01`: the month that ends before this day. */
function nameOfMonth(endDay: number): string {
  const { year, month } = dateOfDay(endDay - 1);
  return `${year}-${String(month).padStart(2, "0")}`;
}

function issue(
  context: BillContext,
  made: Priced & When & { readonly end: RegisterAt },
  out: BillingOutputs,
): void {
  const { supply, account, billing, ledger, policy, calendar, tariff } = context;
  const { now, billDay } = made;
  const late = takeLateLines(account, policy.lateMilliPercent ?? 0);
  const isFinal = made.isFinal === true;
  const usedMinor = totalOf(made.lines);
  const cycles = account.openMonths.filter(({ billId }) => billId === "").length;
  const months = cycles * cycleMonthsOf(tariff);
  const charged = { chargesMinor: usedMinor, months, isFinal };
  const budget = takeBudgetLine(supply.id, account, charged, now, out);
  const lines = [...made.lines, ...budget, ...late];
  const month = nameOfMonth(billDay);
  const id = `${supply.id}/${holderPrefix(account)}${month}`;
  const amountMinor = totalOf(lines);
  const dueAt = simOfLocal(calendar, billDay + policy.dueDays, 23 * 60 + 59);
  const receivable = `receivable/${supply.id}`;
  lines.forEach((line, index) => {
    const isOwed = line.amountMinor >= 0;
    const entry = {
      at: now,
      eventId: `bill/${id}/${index + 1}`,
      debit: isOwed ? receivable : incomeOf(line, supply.id),
      credit: isOwed ? incomeOf(line, supply.id) : receivable,
      amountMinor: minor(Math.abs(line.amountMinor)),
      reason: line.label,
    };
    book(ledger, entry, out.postings);
  });
  const lateMinor = totalOf(late);
  const chargesMinor = amountMinor - lateMinor;
  if (chargesMinor >= 0) addItem(account, `Bill ${month}`, chargesMinor, dueAt);
  else payItems(account, -chargesMinor);
  if (lateMinor > 0) addItem(account, `Late payment, bill ${month}`, lateMinor, dueAt, "late");
  const endWh = account.openMonths.at(-1)!.endWh;
  const bill: Bill = {
    id,
    heading: {
      customer: account.holder?.name ?? supply.customer,
      address: supply.address,
      tariffTitle: tariff.title,
      through: formatDay(billDay - 1),
      issued: formatDay(localTime(calendar, now).day),
    },
    supply: supply.id,
    issuedAt: now,
    dueAt,
    fromMs: simOfLocal(calendar, made.fromDay, 0),
    toMs: simOfLocal(calendar, billDay, 0),
    startWh: endWh - made.wh,
    endWh,
    energyWh: made.wh,
    isEstimated: !made.end.isRead,
    tariff: versionOn(tariff, billDay - 1).id,
    lines,
    amountMinor,
    ...restsOn(context, made),
    ...(isFinal ? { kind: "final" } : {}),
  };
  out.bills.push(bill);
  for (const open of account.openMonths) if (open.billId === "") open.billId = id;
  account.billCount++;
  billing.bills++;
  billing.billedMinor += amountMinor;
  billing.billedWh += made.wh;
  if (bill.isEstimated) billing.estimatedBills++;
  const correctedMinor = totalOf(lines.filter(({ corrects }) => corrects !== undefined));
  if (lines.some(({ corrects }) => corrects !== undefined)) {
    billing.corrections++;
    out.events.push({
      kind: "bill-corrected",
      at: now,
      supply: supply.id,
      billId: id,
      amountMinor: correctedMinor,
    });
  }
  out.events.push({ kind: "bill", at: now, supply: supply.id, billId: id, amountMinor });
  out.letters.push(letter("bill", supply.id, now, account, dueAt));
}

/** What makes a bill readable by itself. */
function restsOn(
  { supply, account, tariff, policy }: BillContext,
  { readings, fromDay, billDay, exports, demands }: Priced & { readonly billDay: number },
): Pick<Bill, "readings" | "meters" | "currency" | "period" | "exports" | "demands"> {
  const period = {
    from: formatDay(fromDay),
    until: formatDay(billDay),
    due: formatDay(billDay + policy.dueDays),
  };
  const { currency } = tariff;
  if (readings === undefined) return { currency, period };
  const meters = metersBetween(account.meters, supply.serial, readings);
  const fed = {
    ...(exports.length === 0 ? {} : { exports }),
    ...(demands.length === 0 ? {} : { demands }),
  };
  return { readings, meters, currency, period, ...fed };
}

/** Everything up to a known register is billed for good. */
function settle(context: BillContext, known: number): void {
  if (known < 0) return;
  const { account, tariff, calendar } = context;
  if (account.exports !== undefined) {
    const use = usesOf(context)[known]!;
    settleExport(account, account.openMonths[known]!.endDay, carriedAfter(tariff, use));
  }
  if (account.demand !== undefined) {
    settleDemand(account.demand, simOfLocal(calendar, account.openMonths[known]!.endDay, 0));
  }
  delete account.isSettledOnEstimate;
  const { endDay, endWh, byRateWh } = account.openMonths[known]!;
  account.settledDay = endDay;
  account.settledWh = endWh;
  account.settledByRateWh = byRateWh;
  account.openMonths.splice(0, known + 1);
}
