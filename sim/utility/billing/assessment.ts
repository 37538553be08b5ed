// What a confirmed theft costs. Units by the formula of most supply codes, L × D × H × F: load in kW, days, hours a day,
// demand factor, less what was metered in those days, at a multiple of the tariff: twice by the Electricity Act 2003 (IN),
// s. 126(6), for the whole period or, where that is unknown, twelve months, s. 126(5). The formula itself and its usual
// hours and factors are as remembered, not looked up. It is a provisional bill: it can be disputed, and is settled with that.

import type { AssessmentBasis, Bill, BillLine } from "../../contract/billing.ts";
import type { TheftCase } from "../../contract/frame.ts";
import { type Calendar, formatDay, localTime } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import type { SupplyRecord } from "../records.ts";
import type { Account, LedgerState } from "../state.ts";
import { addItem, type BillingOutputs } from "./accounts.ts";
import { totalOf } from "./charge-lines.ts";
import { energyLines } from "./energy-lines.ts";
import { book } from "./ledger.ts";
import { versionOn } from "./month-parts.ts";
import type { AssessmentPolicy } from "./policy.ts";
import { energyCharge, type Tariff } from "./tariff.ts";

const DAYS_OF_YEAR = 365;

/** What is known when a case is confirmed. */
export interface Assessed {
  readonly caseId: string;
  readonly known: TheftCase | undefined;
  /** In the register of the company, and when it was read. */
  readonly registerWh: number;
  readonly registerAt: SimMs;
  readonly now: SimMs;
}

/** From how far back: the first sign in the case, or a year where the policy says so or nothing is known. */
function assessedDays({ days }: AssessmentPolicy, { known, now }: Assessed): number {
  if (days !== "case") return days;
  if (known === undefined) return DAYS_OF_YEAR;
  const since = known.signals.reduce((first, each) => Math.min(first, each.since), known.openedAt);
  return Math.max(1, Math.min(DAYS_OF_YEAR, Math.ceil((now - since) / DAY_MS)));
}

/** Units of an assessment. The load is the sanctioned one: no crew counts what is plugged in. */
export function basisOf(
  rules: AssessmentPolicy,
  supply: Pick<SupplyRecord, "sanctionedW" | "account">,
  what: Assessed,
): AssessmentBasis {
  const { hoursPerDay, demandFactor, timesTariff } = rules;
  const days = assessedDays(rules, what);
  const { billedThrough, billedThroughWh } = supply.account;
  const knownDays = Math.max(1, (what.registerAt - billedThrough) / DAY_MS);
  const meteredWh = Math.round((Math.max(0, what.registerWh - billedThroughWh) * days) / knownDays);
  const loadW = Math.round(supply.sanctionedW);
  const assessedWh = Math.round(loadW * days * hoursPerDay * demandFactor);
  return { loadW, days, hoursPerDay, demandFactor, assessedWh, meteredWh, timesTariff };
}

/** Lines for units that were not metered: the same use in each month, at a multiple of each price. */
export function assessmentLines(
  tariff: Tariff,
  { days, assessedWh, meteredWh, timesTariff }: AssessmentBasis,
): readonly BillLine[] {
  const months = Math.max(1, Math.round((days * 12) / DAYS_OF_YEAR));
  const monthlyWh = Math.floor(Math.max(0, assessedWh - meteredWh) / months);
  if (monthlyWh === 0) return [];
  const span = `${months} ${months === 1 ? "month" : "months"}`;
  return energyPrices(tariff, monthlyWh).map(({ label, quantity, priceMilliMinor }) => {
    const price = priceMilliMinor * timesTariff;
    return {
      label: `${label}, ${span}, ${timesTariff} times the tariff`,
      charge: "assessment",
      quantity: quantity * months,
      unit: "Wh",
      priceMilliMinor: price,
      amountMinor: energyCharge(quantity * months, price),
    };
  });
}

/** Where the hour decides the price, it is the one that holds when no window does. */
function energyPrices(tariff: Tariff, energyWh: number): readonly BillLine[] {
  if (tariff.kind === "slab")
    return energyLines(tariff, { energyWh, byRateWh: [], part: undefined });
  const byRateWh = tariff.rates.map((_, rate) => (rate === tariff.otherwise ? energyWh : 0));
  if (tariff.kind === "time-of-use") {
    return energyLines(tariff, { energyWh, byRateWh, part: undefined });
  }
  const { title, priceMilliMinorPerKWh: priceMilliMinor } = tariff.rates[tariff.otherwise]!;
  const amountMinor = energyCharge(energyWh, priceMilliMinor);
  const what = { charge: "energy", unit: "Wh", quantity: energyWh } as const;
  return [{ label: title, ...what, priceMilliMinor, amountMinor }];
}

/** Bills what a theft took; false where nothing is left to be billed. Due at once: with it paid the supply comes back. */
export function assess(
  context: {
    readonly supply: SupplyRecord;
    readonly tariff: Tariff;
    readonly calendar: Calendar;
    readonly account: Account;
    readonly ledger: LedgerState;
  },
  rules: AssessmentPolicy,
  what: Assessed,
  out: BillingOutputs,
): boolean {
  const { supply, tariff, calendar, account, ledger } = context;
  const { caseId, now, registerWh } = what;
  const basis = basisOf(rules, supply, what);
  const inForce =
    tariff.kind === "prepaid" ? tariff : versionOn(tariff, localTime(calendar, now).day);
  const lines = assessmentLines(inForce, basis);
  const amountMinor = totalOf(lines);
  if (amountMinor === 0) return false;
  const id = `${supply.id}/assessment/${caseId}`;
  lines.forEach((line, index) => {
    const entry = {
      at: now,
      eventId: `bill/${id}/${index + 1}`,
      debit: `receivable/${supply.id}`,
      credit: "revenue/assessments",
      amountMinor: line.amountMinor,
      reason: `Assessment after ${caseId}: ${line.label}`,
    };
    book(ledger, entry, out.postings);
  });
  addItem(account, `Assessment after ${caseId}`, amountMinor, now - 1);
  const { day } = localTime(calendar, now);
  const today = formatDay(day);
  const bill: Bill = {
    id,
    supply: supply.id,
    issuedAt: now,
    dueAt: now,
    fromMs: now - basis.days * DAY_MS,
    toMs: now,
    startWh: registerWh,
    endWh: registerWh,
    energyWh: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    isEstimated: true,
    tariff: tariff.id,
    lines,
    amountMinor: minor(amountMinor),
    currency: tariff.currency,
    period: { from: formatDay(day - basis.days), until: today, due: today },
    kind: "assessment",
    basis,
  };
  out.bills.push(bill);
  out.events.push({ kind: "assessed", at: now, supply: supply.id, amountMinor });
  return true;
}
