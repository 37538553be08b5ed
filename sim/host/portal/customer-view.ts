// One customer's account, as the company's books have it, for that customer's own page.

import type { SupplyAccountView } from "../../contract/account.ts";
import type {
  CustomerView,
  PortalClock,
  PrepaidView,
  RunningBill,
  TokenView,
} from "../../contract/portal.ts";
import { groupedDigits } from "../../contract/token.ts";
import { booksOf } from "../../engine/showing/account-view.ts";
import { arrearsMinor, disputedMinor, owedMinor } from "../../utility/billing/accounts.ts";
import { totalOf } from "../../utility/billing/charge-lines.ts";
import { cycleNow } from "../../utility/billing/forecast.ts";
import type { Served } from "../server.ts";
import { tenureOf } from "./tenure.ts";

const RELAY_CLOSED = 0;
const RELAY_UNKNOWN = 2;

export function clockOf({ run }: Pick<Served, "run">): PortalClock {
  const { model, world } = run.session.twin;
  const { startEpochMs, offsets } = model.resolved.layout;
  return { nowMs: world.engine.clock.nowMs, startEpochMs, offsets };
}

/** Undefined for nobody. */
export function customerView(served: Served, id: string): CustomerView | undefined {
  const { model, world } = served.run.session.twin;
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const { nowMs } = world.engine.clock;
  const account = world.belief.accounts[row];
  const { address, customer: first } = model.records.supplies[row]!;
  const customer = tenureOf(served, row).name ?? first;
  const books = booksOf(served.run.session.twin, id)!;
  const relay = world.belief.headend.relay[row]!;
  return {
    ...{ supply: id, address, customer, clock: clockOf(served) },
    currency: model.resolved.layout.currency,
    tariff: books.outlook?.tariff ?? null,
    state: account?.state ?? "active",
    owedMinor: account === undefined ? 0 : owedMinor(account),
    arrearsMinor: account === undefined ? 0 : arrearsMinor(account, nowMs),
    disputedMinor: account === undefined ? 0 : disputedMinor(account),
    openItems: books.openItems.map(({ label, amountMinor, dueAt }) => ({
      ...{ label, amountMinor, dueAt },
    })),
    outlook: books.outlook,
    running: runningBill(served, row),
    prepaid: prepaidView(served, row),
    tokens: tokensOf(books, served.portal),
    isOut: world.belief.outages.isOut[row] === 1,
    relayOpen: relay === RELAY_UNKNOWN ? null : relay !== RELAY_CLOSED,
  };
}

function runningBill({ run }: Served, row: number): RunningBill | null {
  const { model, world } = run.session.twin;
  const { records } = model;
  const account = world.belief.accounts[row];
  const tariff = records.billing?.tariffs[records.supplies[row]!.tariff];
  if (account === undefined || tariff === undefined || tariff.kind === "prepaid") return null;
  const { billing, headend, rates } = world.belief;
  const cycle = cycleNow(
    { records, tariff, account, billing, headend, rates, row },
    world.engine.clock.nowMs,
  );
  if (cycle === undefined) return null;
  const { fromMs, toMs, readAtMs, used, forecast, beganOnEstimate } = cycle;
  return {
    ...{ fromMs, toMs, readAtMs, energyWh: used.energyWh, lines: used.lines },
    amountMinor: totalOf(used.lines),
    forecastWh: forecast.energyWh,
    forecastMinor: totalOf(forecast.lines),
    forecastLines: forecast.lines,
    assumptions: [
      "What has been used is taken from the readings that have arrived.",
      "For every hour to come it takes the mean of the same hour on days of the same kind, working days or days off, of the last twelve days that were read.",
      `The price is that of ${tariff.title}, with the fixed charges of the whole cycle and no change of tariff.`,
      ...(beganOnEstimate
        ? ["The cycle began on an estimate; when the meter is read, this changes with it."]
        : []),
    ],
  };
}

function prepaidView({ run }: Served, row: number): PrepaidView | null {
  const { model, world } = run.session.twin;
  const { records } = model;
  const tariff = records.billing?.tariffs[records.supplies[row]!.tariff];
  const prepaid = world.belief.accounts[row]?.prepaid;
  if (tariff?.kind !== "prepaid" || prepaid === null || prepaid === undefined) return null;
  return {
    creditMinor: prepaid.creditMinor,
    emergencyCreditMinor: tariff.terms.emergencyCreditMinor,
    lowCreditMinor: tariff.terms.lowCreditMinor,
  };
}

/** As the company's books have them; what is still on its way is known from the meter's answers. */
function tokensOf(
  { tokens = [], supply }: Omit<SupplyAccountView, "bills">,
  { notes }: Served["portal"],
): readonly TokenView[] {
  const events = notes.of(supply);
  const taken = new Set(
    events.flatMap((event) => (event.kind === "token-taken" ? groupedDigits(event.token) : [])),
  );
  const isRenewal = (moment: number): boolean =>
    events.some(({ kind, at }) => kind === "key-renewed" && at === moment);
  return [...tokens].reverse().map((told) => ({
    ...told,
    purpose: told.amountMinor > 0 ? "money" : isRenewal(told.at) ? "key" : "reconnect",
    isTaken: taken.has(told.token),
  }));
}
