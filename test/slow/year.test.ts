// A whole year of 60 homes: postpaid, prepaid, protected, disputing, thieving, with power cuts and outages. The ledger
// balances at every month's end, every bill comes out of the stored readings to the coin, and every disconnection was
// lawful by its policy.

import { beforeAll, describe, expect, test } from "vitest";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import type { BeliefEvent, TruthEvent } from "../../sim/contract/event.ts";
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
/** When relays truly moved: an answer may come later. */
const moves: Extract<TruthEvent, { kind: "relay" }>[] = [];
/** Orders to reconnect, with the mast that the meter is registered with. */
const orders: { readonly supply: string; readonly at: number; readonly mast: number }[] = [];
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

function takeOut({ out, model, world }: Twin): void {
  postings.push(...out.postings);
  bills.push(...out.bills);
  for (const { side, event } of out.events) {
    if (side === "belief") events.push(event);
    if (event.kind === "reconnect-sent") {
      const row = twin.model.rowOfSupply.get(event.supply)!;
      orders.push({ supply: event.supply, at: event.at, mast: world.air.modems.mast[row]! });
    }
    if (event.kind === "relay") moves.push(event);
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

const perDay = DAY_MS / intervalMs;
const midnight = (day: number): number => simOfLocal(calendar, day, 0) / intervalMs;

/** A supply's registers in whole Wh at the ends of all intervals, what was never read put in. */
interface Course {
  readonly wh: Float64Array;
  readonly isRead: Uint8Array;
}

/**
 * What is missing between two readings is shaped like the same times of the seven days before, where those were read,
 * and scaled to what was used between the two; else it lies on a straight line. Whole Wh, cut off. What comes after the
 * last reading stays NaN.
 */
function courseOf(row: number): Course {
  const wh = registersWh.slice(row * intervals, (row + 1) * intervals).map(Math.floor);
  wh[0] = supplies[row]!.openingWh;
  const isRead = Uint8Array.from(wh, (value) => (Number.isNaN(value) ? 0 : 1));
  const used = (end: number): number | undefined =>
    end > 0 && isRead[end] === 1 && isRead[end - 1] === 1 ? wh[end]! - wh[end - 1]! : undefined;
  const usual = (end: number): number => {
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => used(end - day * perDay));
    const known = days.filter((each) => each !== undefined);
    return known.reduce((sum, each) => sum + each, 0) / known.length;
  };
  for (let before = 0, at = 1; at < intervals; at++) {
    if (isRead[at] === 0) continue;
    const gap = Array.from({ length: at - before }, (_, k) => usual(before + 1 + k));
    const isShaped = gap.every(Number.isFinite) && gap.some((each) => each > 0);
    const weights = isShaped ? gap : gap.map(() => 1);
    const whole = weights.reduce((sum, each) => sum + each, 0);
    const rise = wh[at]! - wh[before]!;
    let part = 0;
    for (let missing = before + 1; missing < at; missing++) {
      part += weights[missing - before - 1]!;
      wh[missing] = wh[before]! + Math.min(rise, Math.floor((rise * part) / whole));
    }
    before = at;
  }
  return { wh, isRead };
}

/** Energy by rate from a local midnight to another; of a tariff without rates one number. */
function energies(row: number, { wh }: Course, fromDay: number, endDay: number): number[] {
  const tariff = records.billing!.tariffs[supplies[row]!.tariff] as PostpaidTariff;
  const [from, end] = [midnight(fromDay), midnight(endDay)];
  if (tariff.kind === "slab") return [wh[end]! - wh[from]!];
  const byRateWh = tariff.rates.map(() => 0);
  for (let interval = from + 1; interval <= end; interval++) {
    const rate = rateOfInterval(tariff, calendar, interval, intervalMs);
    byRateWh[rate] = byRateWh[rate]! + wh[interval]! - wh[interval - 1]!;
  }
  return byRateWh;
}

function priceOf(row: number, usedWh: readonly number[], days: number): number {
  const tariff = records.billing!.tariffs[supplies[row]!.tariff] as PostpaidTariff;
  const energyWh = usedWh.reduce((sum, each) => sum + each, 0);
  const byRateWh = tariff.kind === "slab" ? [] : usedWh;
  return totalOf(priceMonth(tariff, { energyWh, byRateWh, days }));
}

/** Price of all months from one midnight that was read to another; ends that were not read share the use by days. */
function priceBetween(row: number, course: Course, fromDay: number, endDay: number): number {
  const usedWh = energies(row, course, fromDay, endDay);
  let priceMinor = 0;
  let doneWh = usedWh.map(() => 0);
  for (let day = fromDay; day < endDay; ) {
    const next = firstDayOfNextMonth(day);
    const throughWh = usedWh.map((wh) => Math.floor((wh * (next - fromDay)) / (endDay - fromDay)));
    priceMinor += priceOf(
      row,
      throughWh.map((wh, rate) => wh - doneWh[rate]!),
      next - day,
    );
    doneWh = throughWh;
    day = next;
  }
  return priceMinor;
}

test("every bill comes out of the stored readings to the coin, estimates with their corrections", () => {
  const counts = { exact: 0, estimated: 0, putIn: 0, endsNeverRead: 0 };
  supplies.forEach(({ id }, row) => {
    if (records.billing!.tariffs[supplies[row]!.tariff]!.kind === "prepaid") return;
    const course = courseOf(row);
    const isTimed = records.billing!.tariffs[supplies[row]!.tariff]!.kind === "time-of-use";
    let [billedMinor, recomputedMinor] = [0, 0];
    let readDay = localTime(calendar, 0).day;
    for (const bill of bills.filter(({ supply }) => supply === id)) {
      const endDay = localTime(calendar, bill.toMs).day;
      billedMinor += bill.amountMinor;
      expect(totalOf(bill.lines)).toBe(bill.amountMinor);
      if (bill.isEstimated) {
        counts.estimated++;
        if (course.isRead[midnight(endDay)] === 0) counts.endsNeverRead++;
        continue;
      }
      for (let day = readDay; day < endDay; ) {
        let end = firstDayOfNextMonth(day);
        while (course.isRead[midnight(end)] === 0) end = firstDayOfNextMonth(end);
        recomputedMinor += priceBetween(row, course, day, end);
        day = end;
      }
      const span = course.isRead.subarray(midnight(readDay), midnight(endDay));
      if (isTimed && span.includes(0)) counts.putIn++;
      readDay = endDay;
      expect(billedMinor, `${bill.id} and what was billed before it`).toBe(recomputedMinor);
      counts.exact++;
    }
  });
  expect(counts).toEqual({
    // 50 postpaid homes, eleven months that end within the year; three of these ends without network or supply.
    exact: 50 * 8,
    estimated: 50 * 3,
    // Of the second one the readings were given up, and at the third one the meters were dark.
    endsNeverRead: 50 * 2,
    // Bills of six homes by time of use: the street dark in May, one home in June, and the months before both ends.
    putIn: 6 + 1 + 6 + 6,
  });
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
    expect(isProtected).toHaveLength(4);
    const { accounts, balanceMinor } = twin.world.belief.ledger;
    for (const { id } of isProtected) {
      const told = events.filter((event) => event.kind === "protected" && event.supply === id);
      expect(told, id).toMatchObject([{ reason: expect.stringMatching(/./) }]);
      const owedMinor = balanceMinor[accounts.indexOf(`receivable/${id}`)];
      expect(owedMinor, id).toBeGreaterThan(10 * policy.arrearsMinMinor);
    }
  });

  test("more than two on a day waited for a second official", () => {
    expect(count("trips-approved")).toBeGreaterThan(3);
    expect(events.some((event) => event.kind === "trip-sent" && event.batch !== "")).toBe(true);
  });

  test("of one who paid ended within two hours of when the meter could be reached", () => {
    let [longestMs, counted] = [0, 0];
    for (const order of orders) {
      const own = moves.filter(({ supply }) => supply === order.supply);
      const before = own.findLast(({ at }) => at <= order.at);
      if (before?.position !== "open") continue; // it was on
      const back = own.find(({ at, position }) => at > order.at && position === "closed");
      const reachedAt = reachable(order);
      if (back === undefined) {
        expect(reachedAt + 2 * HOUR_MS, `${order.supply} is off`).toBeGreaterThan(DAYS * DAY_MS);
        continue;
      }
      longestMs = Math.max(longestMs, back.at - reachedAt);
      counted++;
    }
    expect(counted).toBeGreaterThan(40);
    expect(longestMs).toBeGreaterThan(0);
    expect(longestMs).toBeLessThanOrEqual(2 * HOUR_MS);
  });

  test("lasts at the year's end only where something is owed or a theft is looked into", () => {
    const { accounts, balanceMinor } = twin.world.belief.ledger;
    const open = supplies.filter((_, row) => twin.world.plant.meters.relayOpen[row] === 1);
    expect(open.length).toBeGreaterThan(0);
    open.forEach(({ id }) => {
      const account = twin.world.belief.accounts[twin.model.rowOfSupply.get(id)!]!;
      if (account.prepaid !== null || account.heldForCase !== "") return;
      expect(balanceMinor[accounts.indexOf(`receivable/${id}`)], id).toBeGreaterThan(0);
    });
  });
});

/** From when on nothing of the network and of the supply stands between company and meter. */
function reachable({ supply, at: orderedAt, mast }: (typeof orders)[number]): number {
  const row = twin.model.rowOfSupply.get(supply)!;
  const { powerCuts } = twin.model.plantSpec;
  const cuts = powerCuts.filter((cut) => cut.what === "feeder" || cut.row === row);
  const away = [
    ...cuts,
    ...resolved.outages.filter((each) => each.of === "core" || each.mast === mast),
  ];
  let at = orderedAt;
  for (let over = away; over.length > 0; ) {
    over = away.filter(({ from, until }) => from <= at && at < until);
    at = Math.max(at, ...over.map(({ until }) => until));
  }
  return at;
}

test("every thief of the year was suspected, and nobody else", () => {
  const suspected = events.flatMap((event) => (event.kind === "case-opened" ? event.supply : []));
  const thieves = twin.model.plantSpec.thefts.map(({ target }) => target);
  expect(thieves).toHaveLength(3);
  // What is hooked before the meter is a case against the phase as well.
  expect(new Set(suspected)).toEqual(new Set([...thieves, resolved.feeders[0]!.id]));
});

test("the year had everything: warnings, e-mails, disputes, estimates, prepaid cuts and cuts of the supply", () => {
  const kinds = [
    "reminder",
    "warning",
    "notice",
    "email",
    "gap-estimated",
    "bill-corrected",
  ] as const;
  for (const kind of kinds) expect(count(kind), kind).toBeGreaterThan(10);
  expect(count("dispute-opened")).toBe(3);
  expect(count("dispute-closed")).toBe(3);
  const isPrepaid = (id: string): boolean =>
    twin.world.belief.accounts[twin.model.rowOfSupply.get(id)!]!.prepaid !== null;
  const cut = moves.filter(({ supply, position }) => position === "open" && isPrepaid(supply));
  expect(cut.length, "a prepaid home ran out of credit").toBeGreaterThan(0);
  expect(count("credit-restored")).toBeGreaterThan(0);
  expect(count("outage-suspected"), "the street was dark").toBeGreaterThan(1);
});
