// The audit of disconnections against histories made by hand: a lawful one, and for every rule one that breaks it.

import { describe, expect, test } from "vitest";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import { createCalendar, dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { type LawHistory, lawfulness } from "../../sim/utility/billing/lawfulness.ts";
import {
  type DunningPolicy,
  NO_DUNNING_POLICY,
  type Policy,
} from "../../sim/utility/billing/policy.ts";
import { street } from "../support/street.ts";

const shipped = street().records.billing!.policy;
const calendar = createCalendar("2026-01-12T00:00", "Asia/Kolkata", ["2026-01-26"]);
const on = (month: number, day: number, hour = 0): number =>
  simOfLocal(calendar, dayOfDate(2026, month, day), hour * 60);
const HOME = "home-1";
const DEBT_MINOR = 50_000;
const DUE = on(1, 5);
const SERVED = on(1, 13, 10);
/** Thursday the 29th: the 14th to the 28th are the fifteen clear days. */
const ORDERED = on(1, 29, 9);

const policyWith = (dunning: Partial<DunningPolicy>): Policy => ({
  ...shipped,
  dunning: { ...NO_DUNNING_POLICY, ...dunning },
});

type Change = Partial<Pick<LawHistory, "events" | "postings">> & {
  readonly protected?: string | null;
  readonly orderedAt?: number;
  readonly openedAt?: number;
  readonly servedAt?: number | null;
  readonly debtMinor?: number;
  readonly sent?: Partial<Extract<BeliefEvent, { kind: "trip-sent" }>>;
};

let sequence = 1;
function posting(at: number, eventId: string, amount: number, way: "owes" | "pays"): Posting {
  const receivable = `receivable/${HOME}`;
  const [debit, credit] = way === "owes" ? [receivable, "revenue"] : ["bank", receivable];
  const amountMinor = minor(amount);
  return { version: 1, sequence: sequence++, at, eventId, debit, credit, amountMinor, reason: "?" };
}

/** A cut as the law wants it, with changes. */
function cut(change: Change = {}): LawHistory {
  const { orderedAt = ORDERED, servedAt = SERVED, debtMinor = DEBT_MINOR } = change;
  const { openedAt = orderedAt + 5 * MINUTE_MS } = change;
  const item = { label: "B", amountMinor: minor(debtMinor), dueAt: DUE };
  const account = {
    ...{ billedThroughWh: 0, billedThrough: 0, items: [item], creditMinor: minor(0) },
    ...{ warnedAt: null, noticeServedAt: null },
  };
  const reason = "arrears";
  const events: BeliefEvent[] = [
    ...(servedAt === null
      ? []
      : [{ kind: "notice-served", at: servedAt + HOUR_MS, supply: HOME, servedAt } as const]),
    { kind: "trip-sent", at: orderedAt, supply: HOME, reason, by: "ladder", ...change.sent },
    { kind: "tripped", at: openedAt + MINUTE_MS, supply: HOME, openedAt },
    ...(change.events ?? []),
  ];
  return {
    supplies: [{ id: HOME, protected: change.protected ?? null, account }],
    events: events.sort((a, b) => a.at - b.at),
    postings: [posting(0, `opening/${HOME}/1`, debtMinor, "owes"), ...(change.postings ?? [])],
    bills: [],
  };
}

const broken = (history: LawHistory, policy: Policy = shipped): readonly string[] =>
  lawfulness(policy, calendar, history).flatMap(({ verdicts }) =>
    verdicts.filter(({ isKept }) => !isKept).map(({ rule }) => rule),
  );

describe("a cut that keeps every rule", () => {
  test("is lawful, and says by which numbers", () => {
    const [found, ...rest] = lawfulness(shipped, calendar, cut());
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ supply: HOME, cause: "debt", isLawful: true });
    expect(found!.verdicts.find(({ rule }) => rule === "clear-days")!.sentence).toBe(
      "15 clear days after the notice; 15 are wanted.",
    );
    expect(found!.verdicts.find(({ rule }) => rule === "minimum-debt")!.sentence).toBe(
      "50000 was overdue; at least 1000.",
    );
  });

  test("and whose payment comes while the order is under way is lawful, if it is given back at once", () => {
    const paidAt = ORDERED + 2 * MINUTE_MS;
    const back: BeliefEvent = {
      ...{ kind: "reconnect-sent", at: ORDERED + 7 * MINUTE_MS, supply: HOME, reason: "paid" },
    };
    const postings = [posting(paidAt, "payment/1", DEBT_MINOR, "pays")];
    expect(broken(cut({ postings, events: [back] }))).toEqual([]);
  });
});

describe("the audit catches", () => {
  test("a cut that nobody ordered", () => {
    const { events, ...history } = cut();
    expect(
      broken({ ...history, events: events.filter(({ kind }) => kind !== "trip-sent") }),
    ).toEqual(["ordered"]);
  });

  test("a cut without a notice", () => {
    expect(broken(cut({ servedAt: null }))).toEqual(["notice-served", "clear-days"]);
  });

  test("a cut one day too early", () => {
    expect(broken(cut({ orderedAt: on(1, 28, 9) }))).toEqual(["clear-days"]);
  });

  test("a relay that opens after the hours, though it was ordered within them", () => {
    expect(broken(cut({ openedAt: on(1, 29, 13) + 2 * MINUTE_MS }))).toEqual(["hours"]);
    expect(broken(cut({ openedAt: on(1, 29, 13) + 20_000 })), "its clock may be off").toEqual([]);
    expect(broken(cut({ orderedAt: on(1, 29, 9) - 8 * MINUTE_MS }))).toEqual(["hours"]);
  });

  test("a cut on a weekend, on a holiday, and on a named day of the policy", () => {
    expect(broken(cut({ orderedAt: on(1, 31, 10) }))).toEqual(["day"]);
    expect(broken(cut({ servedAt: on(1, 2), orderedAt: on(1, 26, 10) }))).toEqual(["day"]);
    const feast = { name: "the feast", fromMonthDay: 129, untilMonthDay: 130 };
    const [found] = lawfulness(policyWith({ noTripDates: [feast] }), calendar, cut());
    expect(found!.verdicts.find(({ rule }) => rule === "day")!.sentence).toContain(
      "it is the feast",
    );
  });

  test("a cut for less than the minimum", () => {
    expect(broken(cut({ debtMinor: shipped.arrearsMinMinor }))).toEqual([]);
    expect(broken(cut({ debtMinor: shipped.arrearsMinMinor - 1 }))).toContain("minimum-debt");
  });

  test("a cut for a bill that is not due yet", () => {
    const history = cut({ debtMinor: 1 });
    const bill = { id: `${HOME}/2026-01`, dueAt: on(2, 16) } as Bill;
    const postings = [...history.postings, posting(on(1, 20), `bill/${bill.id}/1`, 90_000, "owes")];
    expect(broken({ ...history, postings, bills: [bill] })).toContain("minimum-debt");
  });

  test("a protected customer", () => {
    expect(broken(cut({ protected: "life support" }))).toEqual(["not-protected"]);
  });

  test("a cut for a debt that is disputed", () => {
    const amountMinor = DEBT_MINOR;
    const dispute: BeliefEvent = {
      ...{ kind: "dispute-opened", at: on(1, 20), supply: HOME, amountMinor, reason: "meter" },
    };
    expect(broken(cut({ events: [dispute] }))).toEqual(["not-disputed"]);
    const part: BeliefEvent = { ...dispute, amountMinor: DEBT_MINOR - shipped.arrearsMinMinor };
    expect(broken(cut({ events: [part] })), "the rest is enough").toEqual([]);
  });

  test("a cut after the payment", () => {
    const postings = [posting(ORDERED - HOUR_MS, "payment/1", DEBT_MINOR, "pays")];
    expect(broken(cut({ postings }))).toEqual(
      expect.arrayContaining(["not-paid-before", "minimum-debt", "notice-served"]),
    );
  });

  test("a cut on the notice of an older debt", () => {
    const history = cut({
      postings: [
        posting(on(1, 20), "payment/1", DEBT_MINOR, "pays"),
        posting(on(1, 21), "assessment/1", DEBT_MINOR, "owes"),
      ],
    });
    expect(broken(history)).toEqual(["notice-served", "clear-days"]);
  });

  test("one trip more than an official may send on a day", () => {
    const policy = policyWith({ tripsPerDayMax: 2 });
    const earlier = (n: number): BeliefEvent => ({
      ...{ kind: "trip-sent", at: ORDERED - n * MINUTE_MS, supply: `other-${n}`, reason: "?" },
      by: "ladder",
    });
    const events = [earlier(1), earlier(2)];
    const history = cut({ orderedAt: ORDERED + MINUTE_MS });
    const others = events.map(
      ({ at }, n) => ({ ...earlier(n + 1), at, supply: HOME }) as BeliefEvent,
    );
    expect(
      broken(
        { ...history, events: [...others, ...history.events].sort((a, b) => a.at - b.at) },
        policy,
      ),
    ).toContain("maximum-per-day");
    expect(broken(history, policy)).toEqual([]);
  });

  test("a trip of a mass disconnection that no second person approved", () => {
    const policy = policyWith({ twoPersons: { above: 0, approvals: 1 } });
    const approved = (by: string): BeliefEvent => ({
      ...{ kind: "trips-approved", at: ORDERED - MINUTE_MS, batch: "trips-1", by, trips: 1 },
      missing: 0,
    });
    const sent = { by: "official/Rao", batch: "trips-1" };
    expect(broken(cut(), policy)).toEqual(["two-persons"]);
    expect(broken(cut({ sent, events: [] }), policy)).toEqual(["two-persons"]);
    expect(broken(cut({ sent, events: [approved("Rao")] }), policy), "by himself").toEqual([
      "two-persons",
    ]);
    expect(broken(cut({ sent, events: [approved("Iyer")] }), policy)).toEqual([]);
  });

  test("a customer who has paid and is left off", () => {
    const paidAt = ORDERED + DAY_MS;
    const postings = [posting(paidAt, "payment/1", DEBT_MINOR, "pays")];
    const back = (afterMs: number): BeliefEvent => ({
      ...{ kind: "reconnect-sent", at: paidAt + afterMs, supply: HOME, reason: "paid" },
    });
    expect(broken(cut({ postings, events: [back(MINUTE_MS)] }))).toEqual([]);
    expect(broken(cut({ postings, events: [back(3 * HOUR_MS)] }))).toEqual(["given-back"]);
    const later: BeliefEvent = { kind: "payment", at: on(3, 1), supply: HOME, amountMinor: 1 };
    expect(broken(cut({ postings, events: [later] })), "to the end").toEqual(["given-back"]);
  });
});

test("a cut for theft needs no notice, but hours, days, protection and limits hold", () => {
  const sent = { by: "theft", batch: "" };
  expect(broken(cut({ sent, servedAt: null, debtMinor: 1 }))).toEqual([]);
  expect(broken(cut({ sent, servedAt: null, orderedAt: on(1, 31, 10) }))).toEqual(["day"]);
  expect(broken(cut({ sent, protected: "life support" }))).toEqual(["not-protected"]);
});
