// The rungs as a policy writes them: which there are, by which ways each is told, and on which days nobody is cut off.

import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import { createCalendar, dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
} from "../../sim/utility/billing/accounts.ts";
import {
  EMAILS_PER_MINUTE,
  sendEmails,
  writeEmail,
} from "../../sim/utility/billing/email-outbox.ts";
import { type Rung, stepAccount } from "../../sim/utility/billing/ladder.ts";
import { createLedger } from "../../sim/utility/billing/ledger.ts";
import {
  type DunningPolicy,
  mayTripNow,
  NO_DUNNING_POLICY,
  noTripBecause,
  type Policy,
  tripAllowedFrom,
} from "../../sim/utility/billing/policy.ts";
import { createDunning } from "../../sim/utility/billing/trip-desk.ts";
import { EMAILS_MAX } from "../../sim/utility/state.ts";
import { street } from "../support/street.ts";

const { records } = street();
const shipped = records.billing!.policy;
const calendar = createCalendar("2026-01-12T00:00", "Asia/Kolkata", ["2026-01-26"]);
const on = (month: number, day: number, hour = 0): number =>
  simOfLocal(calendar, dayOfDate(2026, month, day), hour * 60);
const policyWith = (dunning: Partial<DunningPolicy>): Policy => ({
  ...shipped,
  dunning: { ...NO_DUNNING_POLICY, ...dunning },
});

/** A customer with one debt that was due on the 13th; walks the ladder an hour at a time and answers each notice. */
function debtor(policy: Policy) {
  const item = { label: "Bill 2025-12", amountMinor: minor(67_250), dueAt: on(1, 13) };
  const first = records.supplies[0]!;
  const account = { ...first.account, items: [item], creditMinor: minor(0), noticeServedAt: null };
  const supply = { ...first, protected: null, account: { ...account, warnedAt: null } };
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const opened = openAccounts(
    { ...records, calendar, supplies: [supply] },
    createLedger(),
    out.postings,
  )[0]!;
  const dunning = createDunning(dayOfDate(2026, 1, 12));
  const billing = createBilling(calendar);
  const rung: Rung = {
    ...{ policy, calendar, row: 0, supply, account: opened, billing, heardAt: 0, dunning },
  };
  const shown: string[] = [];
  for (let now = on(1, 13); now <= on(3, 1); now += HOUR_MS) {
    const wish = stepAccount({ ...rung, heardAt: now }, now, out);
    if (wish?.action === "notice") opened.noticeServedAt = now;
    if (wish !== undefined) shown.push(wish.action);
  }
  return { ...out, shown };
}

describe("a ladder with a warning", () => {
  const policy = policyWith({ warningDaysAfterDue: 7 });
  test("tells reminder, warning and notice on their days, and then cuts", () => {
    const { events, shown } = debtor(policy);
    const days = events
      .filter(({ kind }) => kind === "reminder" || kind === "warning" || kind === "notice")
      .map(({ kind, at }) => [kind, Math.floor((at - on(1, 13)) / DAY_MS)]);
    expect(days).toEqual([
      ["reminder", 4],
      ["warning", 7],
      ["notice", 10],
    ]);
    expect(shown).toEqual(["reminder", "warning", "notice", "trip"]);
  });

  test("has no warning where the policy has none", () => {
    expect(debtor(policyWith({})).shown).toEqual(["reminder", "notice", "trip"]);
  });
});

test("each rung is told by its own ways, and only a display is told without a letter", () => {
  const { letters, shown } = debtor(
    policyWith({
      warningDaysAfterDue: 7,
      tellBy: {
        ...NO_DUNNING_POLICY.tellBy,
        reminder: ["display"],
        warning: ["sms", "email"],
        notice: ["display", "portal", "email"],
      },
    }),
  );
  expect(letters.map(({ kind, by }) => [kind, by])).toEqual([
    ["warning", ["sms", "email"]],
    ["notice", ["display", "portal", "email"]],
  ]);
  expect(shown, "what the meter's display is told").toEqual(["reminder", "notice", "trip"]);
});

describe("days without a cut", () => {
  test("a weekday of the policy's, by its name", () => {
    const policy = policyWith({ noTripWeekdays: [5] });
    expect(noTripBecause(policy, calendar, on(1, 16, 10))).toBe("it is a Friday");
    expect(mayTripNow(policy, calendar, on(1, 15, 10))).toBe(true);
  });

  test("named dates, both ends counted, also over the turn of the year", () => {
    const winter = { name: "the winter moratorium", fromMonthDay: 1001, untilMonthDay: 331 };
    const policy = policyWith({ noTripDates: [winter] });
    expect(noTripBecause(policy, calendar, on(3, 31, 10))).toBe("it is the winter moratorium");
    expect(mayTripNow(policy, calendar, on(4, 1, 10))).toBe(true);
    expect(mayTripNow(policy, calendar, on(9, 30, 10))).toBe(true);
    expect(mayTripNow(policy, calendar, on(10, 1, 10))).toBe(false);
    // A notice of January allows the first working day of April.
    expect(tripAllowedFrom(policy, calendar, on(1, 13))).toBe(on(4, 1, 9));
  });

  test("the day before a day off, where the policy wants it", () => {
    const policy = policyWith({ isNoTripBeforeDayOff: true });
    expect(noTripBecause(policy, calendar, on(1, 23, 10))).toBe("the next day is no working day");
    // Monday the 26th is a holiday, but Sunday the 25th is no day for it anyway.
    expect(noTripBecause(policy, calendar, on(1, 26, 10))).toBe("it is no working day");
    expect(mayTripNow(policy, calendar, on(1, 22, 10))).toBe(true);
  });

  test("hours are told before days", () => {
    expect(noTripBecause(shipped, calendar, on(1, 13, 13))).toBe(
      "it is outside the hours of cutting",
    );
  });
});

test("a trip is void when the hours of cutting end", () => {
  const wishes: unknown[] = [];
  const policy = policyWith({});
  const item = { label: "B", amountMinor: minor(67_250), dueAt: on(1, 1) };
  const first = records.supplies[0]!;
  const account = { ...first.account, items: [item], creditMinor: minor(0), warnedAt: null };
  const supply = { ...first, protected: null, account: { ...account, noticeServedAt: on(1, 2) } };
  const [opened] = openAccounts({ ...records, calendar, supplies: [supply] }, createLedger(), []);
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const rung = { policy, calendar, row: 0, supply, account: opened! };
  const desk = { billing: createBilling(calendar), dunning: createDunning(0) };
  const now = on(1, 20, 10);
  wishes.push(stepAccount({ ...rung, ...desk, heardAt: now }, now, out));
  expect(wishes).toEqual([expect.objectContaining({ action: "trip", expiresAt: on(1, 20, 13) })]);
});

describe("the e-mail outbox", () => {
  const mail = {
    kind: "notice",
    supply: "supply-01",
    at: 0,
    owedMinor: minor(5),
    dueAt: 0,
  } as const;

  test("sends what goes by e-mail to the address on file, and nothing without one", () => {
    const [desk, events]: [ReturnType<typeof createDunning>, BeliefEvent[]] = [
      createDunning(0),
      [],
    ];
    writeEmail(desk, { ...mail, by: ["email", "display"] }, "nair@example.in", events);
    writeEmail(desk, { ...mail, by: ["email"] }, undefined, events);
    writeEmail(desk, { ...mail, by: ["sms"] }, "nair@example.in", events);
    writeEmail(desk, mail, "nair@example.in", events);
    sendEmails(desk, 60_000, events);
    expect(events).toEqual([
      {
        kind: "email",
        at: 60_000,
        supply: "supply-01",
        to: "nair@example.in",
        letter: "notice",
        owedMinor: 5,
      },
    ]);
    expect(desk.emails).toEqual([]);
  });

  test("is bounded: what a server does not take in time is dropped, and that is told", () => {
    const [desk, events]: [ReturnType<typeof createDunning>, BeliefEvent[]] = [
      createDunning(0),
      [],
    ];
    for (let n = 0; n < EMAILS_MAX + 3; n++)
      writeEmail(desk, { ...mail, by: ["email"] }, "a@b.in", events);
    expect(desk.emails).toHaveLength(EMAILS_MAX);
    expect(events.map(({ kind }) => kind)).toEqual(Array(3).fill("email-dropped"));
    sendEmails(desk, 60_000, events);
    expect(desk.emails).toHaveLength(EMAILS_MAX - EMAILS_PER_MINUTE);
  });
});
