// Where an account goes next, as the page tells it: it must be what the ladder then does.

import { describe, expect, test } from "vitest";
import type { OutlookStep } from "../../sim/contract/account.ts";
import { dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
} from "../../sim/utility/billing/accounts.ts";
import { noteTripped, type Rung, stepAccount } from "../../sim/utility/billing/ladder.ts";
import { createLedger } from "../../sim/utility/billing/ledger.ts";
import { outlookOf } from "../../sim/utility/billing/outlook.ts";
import { tripAllowedFrom } from "../../sim/utility/billing/policy.ts";
import type { SupplyRecord } from "../../sim/utility/records.ts";
import { street } from "../support/street.ts";

const { calendar, records } = street();
const { policy } = records.billing!;
/** Local time in January 2026; the street begins on Monday the 12th. */
const january = (day: number, hour = 0): number =>
  simOfLocal(calendar, dayOfDate(2026, 1, day), hour * 60);
const DUE = january(13);

function customer(changes: Partial<SupplyRecord> = {}) {
  const item = { label: "Bill 2025-12", amountMinor: minor(67_250), dueAt: DUE };
  const record: SupplyRecord = {
    ...records.supplies[0]!,
    tariff: 0,
    protected: null,
    ...changes,
    account: {
      ...records.supplies[0]!.account,
      ...{ items: [item], creditMinor: minor(0), warnedAt: null, noticeServedAt: null },
    },
  };
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const ledger = createLedger();
  const [account] = openAccounts(
    { ...records, calendar, supplies: [record] },
    ledger,
    out.postings,
  );
  const billing = createBilling(calendar);
  const rung: Rung = {
    ...{ policy, calendar, row: 0, supply: record, account: account!, billing, heardAt: 0 },
  };
  /** Walks the ladder an hour at a time; the meter is heard all the time and acknowledges notices at once. */
  const until = (from: number, to: number): void => {
    for (let now = from; now <= to; now += HOUR_MS) {
      const wish = stepAccount({ ...rung, heardAt: now }, now, out);
      if (wish?.action === "notice") account!.noticeServedAt ??= now + MINUTE_MS;
    }
  };
  const at = (now: number, heardAt = now) => outlookOf({ ...rung, heardAt }, now);
  return { account: account!, billing, ledger, out, until, at, record };
}

const done = (steps: readonly OutlookStep[]): readonly string[] =>
  steps.filter(({ isDone }) => isDone).map(({ name }) => name);
const dateOf = (steps: readonly OutlookStep[], name: OutlookStep["name"]): number | null =>
  steps.find((step) => step.name === name)!.at;

describe("an account that is not paid", () => {
  test("is told the day of its reminder and of its notice before they come, and they come then", () => {
    const { at, until, account } = customer();
    const before = at(january(12));
    expect(done(before.steps)).toEqual([]);
    const [warnAt, noticeAt] = [dateOf(before.steps, "reminder"), dateOf(before.steps, "notice")];
    expect(warnAt).toBe(DUE + policy.reminderDaysAfterDue * DAY_MS);
    until(january(12), noticeAt! - HOUR_MS);
    expect(Math.abs(account.warnedAt! - warnAt!)).toBeLessThanOrEqual(HOUR_MS);
    expect(account.noticeSentAt, "not before its day").toBeNull();
    until(noticeAt!, noticeAt! + HOUR_MS);
    expect(Math.abs(account.noticeSentAt! - noticeAt!)).toBeLessThanOrEqual(HOUR_MS);
  });

  test("is told from when on it may be cut, which is when the ladder wants it", () => {
    const { at, until, account } = customer();
    const noticeAt = DUE + policy.noticeDaysAfterDue * DAY_MS;
    until(january(12), noticeAt + HOUR_MS);
    const { steps, heldBecause } = at(noticeAt + 2 * HOUR_MS);
    expect(heldBecause).toBe("The clear days after the notice have not passed.");
    const tripAt = dateOf(steps, "trip")!;
    expect(tripAt).toBe(tripAllowedFrom(policy, calendar, account.noticeServedAt!));
    until(noticeAt + 2 * HOUR_MS, tripAt - HOUR_MS);
    expect(account.state).not.toBe("tripping");
    until(tripAt, tripAt + HOUR_MS);
    expect(account.state).toBe("tripping");
    expect(at(tripAt + HOUR_MS).heldBecause).toBe("The order to open is on its way to the meter.");
    expect(done(at(tripAt + HOUR_MS).steps)).toEqual([
      ...["due", "reminder", "notice", "served", "trip"],
    ]);
  });

  test("stays on while its meter is silent, and at hours in which nobody is cut off", () => {
    const { at, until, account } = customer();
    const noticeAt = DUE + policy.noticeDaysAfterDue * DAY_MS;
    until(january(12), noticeAt + HOUR_MS);
    const tripAt = tripAllowedFrom(policy, calendar, account.noticeServedAt!);
    expect(at(tripAt, tripAt - 2 * DAY_MS).heldBecause).toContain("silent for a day");
    expect(at(tripAt + 12 * HOUR_MS).heldBecause).toBe(
      "At this hour and day nobody may be cut off.",
    );
    expect(at(tripAt).heldBecause).toBe("");
  });

  test("shows the cut once the meter has said that it opened", () => {
    const { account, billing, ledger, out, at, until, record } = customer();
    const noticeAt = DUE + policy.noticeDaysAfterDue * DAY_MS;
    until(january(12), noticeAt + HOUR_MS);
    const tripAt = tripAllowedFrom(policy, calendar, account.noticeServedAt!);
    until(tripAt, tripAt + HOUR_MS);
    const openedAt = tripAt + 2 * HOUR_MS;
    noteTripped(
      policy,
      record.id,
      account,
      { billing, ledger },
      { at: openedAt, doneAt: openedAt },
      out,
    );
    const last = at(openedAt).steps.at(-1)!;
    expect(last).toMatchObject({ name: "tripped", at: openedAt, isDone: true });
    expect(last.sentence).toContain("closes when nothing is overdue");
  });
});

test("a protected customer's ladder ends at the reminder, and says why", () => {
  const { at } = customer({ protected: "life support" });
  const { steps, heldBecause } = at(january(31));
  expect(steps.map(({ name }) => name)).toEqual(["due", "reminder"]);
  expect(heldBecause).toBe("This customer is protected (life support): never cut off for debt.");
});

test("who owes nothing has no ladder", () => {
  const { at, account } = customer();
  account.items.length = 0;
  expect(at(january(20))).toEqual({ steps: [], heldBecause: "" });
});

test("who has paid and is off because the meter cannot be reached is told so, and of the keypad", () => {
  const { at, account } = customer();
  account.items.length = 0;
  account.state = "reconnecting";
  const now = january(30, 10);
  expect(at(now, now - 10 * MINUTE_MS).heldBecause).toBe(
    "The order to close is on its way to the meter.",
  );
  expect(at(now, now - 3 * HOUR_MS).heldBecause).toBe(
    "The order to close is on its way to the meter, which has been silent for 3h. " +
      "Until it is heard of, a token typed at its keypad works without the network.",
  );
});
