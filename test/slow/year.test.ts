// A whole year of 60 homes: postpaid, prepaid, protected, disputing, thieving. The ledger balances at every month's end,
// every bill comes out of the stored readings to the coin, and every disconnection was lawful by its policy.

import { beforeAll, describe, expect, test } from "vitest";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import { firstDayOfNextMonth, localTime, simOfLocal } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { beginStep, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { disconnectionQueue } from "../../sim/utility/billing/disconnection-queue.ts";
import { type Disconnection, lawfulness } from "../../sim/utility/billing/lawfulness.ts";
import { trialBalance } from "../../sim/utility/billing/ledger.ts";
import { rateOfInterval } from "../../sim/utility/billing/rates.ts";
import { type PostpaidTariff, priceMonth } from "../../sim/utility/billing/tariff.ts";
import { street } from "../support/street.ts";

const DAYS = 365;

const resolved = street({ scenario: "year" });
const twin: Twin = createTwin(resolved);
const { records } = twin.model;
const { calendar, supplies, intervalMs } = records;
const policy = records.billing!.policy;
const events: BeliefEvent[] = [];
/** When relays truly closed: an answer may come later. */
const closings: { readonly supply: string; readonly at: number }[] = [];
const postings: Posting[] = [];
const bills: Bill[] = [];
/** Row: supply × intervals. Registers as the store keeps them, in Wh; NaN where no reading came. */
const intervals = Math.round((DAYS * DAY_MS) / intervalMs) + 1;
const registersWh = new Float64Array(supplies.length * intervals).fill(Number.NaN);
const months: { readonly balance: number; readonly day: number }[] = [];
let found: readonly Disconnection[] = [];

/** Moments in days: who disputes a bill, and what comes of it; what officials order by themselves. */
const STORY: readonly (readonly [number, TwinInput])[] = [
  [35, { kind: "dispute-open", target: "supply-53", reason: "the meter is too fast" }],
  [75, { kind: "dispute-close", target: "supply-53", upheld: true }],
  [36, { kind: "dispute-open", target: "supply-54", amountMinor: 5_000, reason: "an estimate" }],
  [120, { kind: "dispute-close", target: "supply-54", upheld: false }],
  [65, { kind: "dispute-open", target: "supply-55", reason: "not my debt" }],
  [140, { kind: "dispute-close", target: "supply-55", upheld: false }],
];

function takeOut({ out, model }: Twin): void {
  postings.push(...out.postings);
  bills.push(...out.bills);
  for (const { side, event } of out.events) {
    if (side === "belief") events.push(event);
    else if (event.kind === "relay" && event.position === "closed") closings.push(event);
  }
  for (const { supply, measuredAt, importWh } of out.readings) {
    const row = model.rowOfSupply.get(supply);
    if (row !== undefined) registersWh[row * intervals + measuredAt / intervalMs] = importWh;
  }
}

/** An official comes in at ten and approves what waits. */
function approvals(now: number): readonly TwinInput[] {
  if (localTime(calendar, now).minuteOfDay !== 10 * 60) return [];
  const waiting = disconnectionQueue(records, twin.world.belief, now)
    .filter(({ state }) => state === "waiting-approval")
    .map(({ batch }) => batch);
  return [...new Set(waiting)].map((batch) => ({ kind: "approve-trips", by: "S. Rao", batch }));
}

function stepOnce(story: (readonly [number, TwinInput])[]): void {
  const { nowMs } = twin.world.engine.clock;
  const inputs = [...approvals(nowMs)];
  while (story.length > 0 && story[0]![0] * DAY_MS <= nowMs) inputs.push(story.shift()![1]);
  const entries: JournalEntry[] = inputs.map((input, at) => {
    const checked = checkInput(twin, input);
    if (!checked.ok) expect.fail(`day ${nowMs / DAY_MS}: ${checked.reason}`);
    return { sequence: at + 1, takesEffectAtMs: nowMs, kind: "input", input: checked.input };
  });
  beginStep(twin, entries);
  finishStep(twin, []);
  takeOut(twin);
}

beforeAll(() => {
  const story = [...STORY].sort((a, b) => a[0] - b[0]);
  let monthDay = firstDayOfNextMonth(localTime(calendar, 0).day);
  const { clock } = twin.world.engine;
  while (clock.nowMs < DAYS * DAY_MS) {
    stepOnce(story);
    if (localTime(calendar, clock.nowMs).day < monthDay) continue;
    months.push({ balance: trialBalance(twin.world.belief.ledger), day: monthDay });
    monthDay = firstDayOfNextMonth(monthDay);
  }
  found = lawfulness(policy, calendar, { supplies, events, postings, bills });
}, 600_000);

const count = (kind: BeliefEvent["kind"]): number =>
  events.filter((event) => event.kind === kind).length;

describe("the ledger", () => {
  test("sums to zero at the end of every month, by its balances and by its postings", () => {
    expect(months).toHaveLength(12);
    for (const { balance } of months) expect(balance).toBe(0);
    const sums = new Map<string, number>();
    for (const { debit, credit, amountMinor } of postings) {
      sums.set(debit, (sums.get(debit) ?? 0) + amountMinor);
      sums.set(credit, (sums.get(credit) ?? 0) - amountMinor);
    }
    const { accounts, balanceMinor } = twin.world.belief.ledger;
    expect(new Map(accounts.map((name, at) => [name, balanceMinor[at]]))).toEqual(sums);
  });

  test("has each event once", () => {
    expect(new Set(postings.map(({ eventId }) => eventId)).size).toBe(postings.length);
  });
});

/** Price of the month that ends at a local midnight, from stored readings alone; undefined where one is missing. */
function priceOf(row: number, fromDay: number, endDay: number): number | undefined {
  const tariff = records.billing!.tariffs[supplies[row]!.tariff] as PostpaidTariff;
  const wholeWh = (interval: number): number =>
    Math.floor(
      interval === 0 ? supplies[row]!.openingWh : registersWh[row * intervals + interval]!,
    );
  const [from, end] = [fromDay, endDay].map((day) => simOfLocal(calendar, day, 0) / intervalMs) as [
    number,
    number,
  ];
  const energyWh = wholeWh(end) - wholeWh(from);
  if (Number.isNaN(energyWh)) return undefined;
  const days = endDay - fromDay;
  if (tariff.kind === "slab") return totalOf(priceMonth(tariff, { energyWh, byRateWh: [], days }));
  const byRateWh = tariff.rates.map(() => 0);
  for (let interval = from + 1; interval <= end; interval++) {
    const rate = rateOfInterval(tariff, calendar, interval, intervalMs);
    byRateWh[rate] = byRateWh[rate]! + wholeWh(interval) - wholeWh(interval - 1);
  }
  if (byRateWh.some(Number.isNaN)) return undefined;
  return totalOf(priceMonth(tariff, { energyWh, byRateWh, days }));
}

test("every bill comes out of the stored readings to the coin, estimates with their corrections", () => {
  let [exact, estimated] = [0, 0];
  supplies.forEach(({ id }, row) => {
    if (records.billing!.tariffs[supplies[row]!.tariff]!.kind === "prepaid") return;
    let [billedMinor, recomputedMinor] = [0, 0];
    let fromDay = localTime(calendar, 0).day;
    for (const bill of bills.filter(({ supply }) => supply === id)) {
      billedMinor += bill.amountMinor;
      expect(totalOf(bill.lines)).toBe(bill.amountMinor);
      for (const endDay = localTime(calendar, bill.toMs).day; fromDay < endDay; ) {
        const next = firstDayOfNextMonth(fromDay);
        recomputedMinor += priceOf(row, fromDay, next) ?? Number.NaN;
        fromDay = next;
      }
      if (bill.isEstimated) estimated++;
      else {
        expect(billedMinor, `${bill.id} and what was billed before it`).toBe(recomputedMinor);
        exact++;
      }
    }
  });
  // 50 postpaid homes, eleven months that end within the year; one of them on estimates.
  expect(exact).toBe(50 * 10);
  expect(estimated, "the outage at a month's end").toBe(50);
});

describe("every disconnection", () => {
  test("was lawful by its policy, judged from events and postings alone", () => {
    const unlawful = found.filter(({ isLawful }) => !isLawful);
    expect(
      unlawful.map(({ supply, verdicts }) => [supply, verdicts.filter((v) => !v.isKept)]),
    ).toEqual([]);
    expect(found.length).toBeGreaterThan(20);
    expect(found.length).toBe(count("tripped"));
  });

  test("leaves the protected alone, and there were some who owed", () => {
    const cut = new Set(found.map(({ supply }) => supply));
    const isProtected = supplies.filter((supply) => supply.protected !== null);
    for (const { id } of isProtected) expect(cut).not.toContain(id);
    expect(count("protected")).toBeGreaterThan(3);
  });

  test("more than two on a day waited for a second official", () => {
    expect(count("trips-approved")).toBeGreaterThan(3);
    expect(events.some((event) => event.kind === "trip-sent" && event.batch !== "")).toBe(true);
  });

  test("of one who paid ended within two hours of when the meter could be reached", () => {
    let longestMs = 0;
    events.forEach((event) => {
      if (event.kind !== "reconnect-sent") return;
      const back = closings.find((each) => each.at >= event.at && each.supply === event.supply);
      const away = resolved.outages.filter(
        ({ from, until }) => from <= event.at && event.at < until,
      );
      const reachedAt = Math.max(event.at, ...away.map(({ until }) => until));
      if (back !== undefined) longestMs = Math.max(longestMs, back.at - reachedAt);
    });
    expect(longestMs).toBeGreaterThan(0);
    // Orders leave and relays move at the boundaries of steps, which are an hour here.
    expect(longestMs).toBeLessThanOrEqual(2 * HOUR_MS + twin.world.engine.clock.stepMs);
  });
});

test("the year had everything: warnings, e-mails, disputes, estimates, prepaid cuts and thieves", () => {
  for (const kind of ["reminder", "warning", "notice", "email", "dispute-closed"] as const) {
    expect(count(kind), kind).toBeGreaterThan(0);
  }
  expect(count("no-credit"), "a prepaid home ran out of credit").toBeGreaterThan(0);
  expect(count("case-opened"), "somebody was suspected").toBeGreaterThan(0);
});
