// The ladder from a bill that is due to a supply that is cut, and back.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Payment } from "../../sim/contract/billing.ts";
import { dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
  owedMinor,
  takePayment,
} from "../../sim/utility/billing/accounts.ts";
import { makeBill } from "../../sim/utility/billing/bills.ts";
import { closeDispute, openDispute } from "../../sim/utility/billing/disputes.ts";
import {
  noteReconnected,
  noteTripped,
  stepAccount,
  type Wish,
} from "../../sim/utility/billing/ladder.ts";
import { balanceOf, createLedger, trialBalance } from "../../sim/utility/billing/ledger.ts";
import {
  exemptBecause,
  mayTripNow,
  NO_DUNNING_POLICY,
  type Policy,
  tripAllowedFrom,
} from "../../sim/utility/billing/policy.ts";
import type { PostpaidTariff } from "../../sim/utility/billing/tariff.ts";
import type { SupplyRecord } from "../../sim/utility/records.ts";
import { street } from "../support/street.ts";

const { calendar, records } = street();
const { policy, tariffs } = records.billing!;
const [tariff] = tariffs as [PostpaidTariff];
/** Local time in January 2026; First Street begins on Monday the 12th, and the 26th is a holiday. */
const january = (day: number, hour = 0): number =>
  simOfLocal(calendar, dayOfDate(2026, 1, day), hour * 60);

const supply = (dueAt: number, amount: number): SupplyRecord => ({
  id: "supply-01",
  customer: "A. Nair",
  address: "1 Mango Lane",
  feeder: 0,
  load: "h01",
  phase: 1,
  serial: "M-0001",
  sanctionedW: 15_000,
  nominalVoltageV: 230,
  tariff: 0,
  openingWh: 1000,
  account: {
    billedThroughWh: 1000,
    billedThrough: january(1),
    items: amount === 0 ? [] : [{ label: "Bill 2025-12", amountMinor: minor(amount), dueAt }],
    creditMinor: minor(0),
    warnedAt: null,
    noticeServedAt: null,
  },
  protected: null,
});

function books(record: SupplyRecord, ladder: Policy = policy) {
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const ledger = createLedger();
  const [account] = openAccounts(
    { ...records, calendar, supplies: [record] },
    ledger,
    out.postings,
  );
  const billing = createBilling(calendar);
  const rung = { policy: ladder, calendar, row: 0, supply: record, account: account!, billing };
  const step = (now: number, heardAt = now): Wish | undefined =>
    stepAccount({ ...rung, heardAt }, now, out);
  const { arrearsMinMinor } = policy;
  const dispute = (amountMinor: number, at: number): void =>
    openDispute(
      record.id,
      account!,
      billing,
      { amountMinor, reason: "?", at, arrearsMinMinor },
      out,
    );
  const decide = (upheld: boolean, at: number): void =>
    closeDispute(record.id, account!, ledger, { upheld, at, arrearsMinMinor }, out);
  /** Its meter says at `at` that it opened at `doneAt`. */
  const open = (at: number, doneAt = at): void =>
    noteTripped(policy, record.id, account!, { billing, ledger }, { at, doneAt }, out);
  const pay = (amount: number, at: number): void => {
    const payment: Payment = {
      kind: "payment",
      supply: record.id,
      at,
      amountMinor: minor(amount),
      reference: `test/${at}`,
    };
    takePayment(account!, billing, ledger, payment, { at, arrearsMinMinor }, out);
  };
  /** Bills the month before the first of a month of 2026. */
  const bill = (endWh: number, month: number, isRead = true): void => {
    const context = {
      tariff,
      policy,
      calendar,
      supply: record,
      account: account!,
      billing,
      ledger,
    };
    const billDay = dayOfDate(2026, month, 1);
    const now = simOfLocal(calendar, billDay, policy.billAtMinute);
    makeBill(context, { wh: endWh, byRateWh: [], isRead }, { billDay, now }, out);
  };
  return { account: account!, billing, ledger, out, step, pay, bill, dispute, decide, open };
}

describe("protected hours and clear days", () => {
  // Electricity Act 2003 (India), section 56(1): not less than fifteen clear days' notice.
  test("between the day of service and the day of cutting lie fifteen whole days", () => {
    // Served on the 13th: the 14th to the 28th are the fifteen clear days.
    expect(tripAllowedFrom(policy, calendar, january(13, 8))).toBe(january(29, 9));
    expect(tripAllowedFrom(policy, calendar, january(13, 23))).toBe(january(29, 9));
  });

  test("a day on which nobody is cut off gives way to the next working day", () => {
    // Served on Saturday the 10th: the sixteenth day after is Monday the 26th, a holiday.
    expect(tripAllowedFrom(policy, calendar, january(10, 12))).toBe(january(27, 9));
    // Served on the 15th: Saturday the 31st and Sunday the 1st give way to Monday the 2nd.
    expect(tripAllowedFrom(policy, calendar, january(15))).toBe(january(33, 9));
  });

  test.each([
    [january(13, 9), true],
    [january(13, 9) - MINUTE_MS, false],
    [january(13, 13) - MINUTE_MS, true],
    [january(13, 13), false],
    [january(17, 10), false],
    [january(26, 10), false],
  ])("at %d ms somebody may be cut off: %s", (at, may) => {
    expect(mayTripNow(policy, calendar, at)).toBe(may);
  });
});

describe("a bill that stays unpaid", () => {
  const dueAt = january(13, 0);
  test("is followed by a reminder, a notice, and fifteen clear days after its service by a trip", () => {
    const { account, step, billing } = books(supply(dueAt, 50_000));
    expect(step(dueAt - HOUR_MS)).toBeUndefined();
    expect(account.state).toBe("due");
    expect(step(dueAt + HOUR_MS)).toBeUndefined();
    expect(account.state).toBe("overdue");
    expect(step(dueAt + policy.reminderDaysAfterDue * DAY_MS)).toMatchObject({
      action: "reminder",
    });
    expect(account.state).toBe("warned");
    const noticedAt = dueAt + policy.noticeDaysAfterDue * DAY_MS;
    expect(step(noticedAt - MINUTE_MS)).toBeUndefined();
    expect(step(noticedAt)).toMatchObject({ action: "notice" });
    expect(step(noticedAt + DAY_MS), "nothing before the meter has shown it").toBeUndefined();
    account.noticeServedAt = noticedAt;
    const from = tripAllowedFrom(policy, calendar, noticedAt);
    expect(step(from - MINUTE_MS)).toBeUndefined();
    expect(account.state).toBe("noticed");
    expect(step(from)).toMatchObject({ action: "trip" });
    expect(account.state).toBe("tripping");
    expect(billing.warnings).toBe(2);
  });

  test("cuts nobody off whose meter has been silent for a day", () => {
    const { account, step } = books(supply(dueAt, 50_000));
    account.noticeServedAt = january(13, 10);
    const from = tripAllowedFrom(policy, calendar, account.noticeServedAt);
    expect(step(from, from - DAY_MS - 1)).toBeUndefined();
    expect(step(from, from - DAY_MS)).toMatchObject({ action: "trip" });
  });

  test("of a few coins is left alone", () => {
    const { account, step } = books(supply(dueAt, policy.arrearsMinMinor - 1));
    expect(step(january(60))).toBeUndefined();
    expect(account.state).toBe("due");
  });

  test("that is paid while the trip is under way cancels it", () => {
    const { account, step, pay } = books(supply(dueAt, 50_000));
    account.state = "tripping";
    pay(50_000, january(29, 10));
    expect(step(january(29, 10))).toMatchObject({ action: "cancel-trip" });
    expect(account.state).toBe("active");
  });

  test("that is paid after the notice needs no cut, and the next debt a reminder and a notice of its own", () => {
    const { account, step, pay, ledger } = books(supply(dueAt, 50_000));
    account.warnedAt = dueAt + 4 * DAY_MS;
    account.noticeSentAt = january(23);
    account.noticeServedAt = january(23);
    pay(50_000, january(28));
    expect(step(january(28))).toBeUndefined();
    expect(account).toMatchObject({
      state: "active",
      warnedAt: null,
      noticeSentAt: null,
      noticeServedAt: null,
    });
    account.items.push({
      label: "Bill 2026-01",
      amountMinor: 70_000,
      heldMinor: 0,
      dueAt: january(47),
    });
    expect(step(january(48, 10)), "its own notice would allow it").toBeUndefined();
    expect(account.state).toBe("overdue");
    expect(balanceOf(ledger, "bank")).toBe(50_000);
  });

  test("and was never reminded of goes straight to the notice, which no reminder follows", () => {
    const { account, step, out, billing } = books(supply(dueAt, 50_000));
    const late = dueAt + policy.noticeDaysAfterDue * DAY_MS;
    expect(step(late)).toMatchObject({ action: "notice" });
    expect(step(late + MINUTE_MS)).toBeUndefined();
    expect(step(late + DAY_MS)).toBeUndefined();
    expect(out.letters.map(({ kind }) => kind)).toEqual(["notice"]);
    expect(billing.warnings).toBe(1);
    expect(account.warnedAt).toBeNull();
  });

  test("of which a part is paid goes on to the cut for the rest", () => {
    const { account, step, pay } = books(supply(dueAt, 50_000));
    account.noticeServedAt = january(13, 10);
    pay(20_000, january(20));
    const from = tripAllowedFrom(policy, calendar, account.noticeServedAt);
    expect(step(from)).toEqual({
      row: 0,
      action: "trip",
      reason: "arrears of 30000, notice served 2026-01-13",
    });
  });

  test("waits for the next morning where the notice would allow a cut in the afternoon", () => {
    const { account, step } = books(supply(dueAt, 50_000));
    account.noticeServedAt = january(1);
    expect(step(january(19, 13))).toBeUndefined();
    expect(step(january(20, 9) - MINUTE_MS)).toBeUndefined();
    expect(step(january(20, 9))).toMatchObject({ action: "trip" });
  });

  test("brings the supply back once it and the fee are paid, and not before", () => {
    const { account, step, pay, billing, out, open } = books(supply(dueAt, 50_000));
    account.state = "tripping";
    const at = january(29, 10);
    open(at);
    expect(owedMinor(account)).toBe(50_000 + policy.reconnectionFeeMinor);
    pay(50_000, at + HOUR_MS);
    expect(step(at + HOUR_MS)).toBeUndefined();
    pay(policy.reconnectionFeeMinor, at + 2 * HOUR_MS);
    expect(step(at + 2 * HOUR_MS)).toMatchObject({ action: "reconnect" });
    noteReconnected("supply-01", account, billing, at + 3 * HOUR_MS, out);
    expect(account.state).toBe("active");
    expect(billing).toMatchObject({ trips: 1, reconnects: 1 });
    expect(out.letters.map(({ kind }) => kind)).toEqual(["disconnected", "reconnected"]);
  });
});

test("a supply that a person has cut stays off although nothing is owed, until somebody pays", () => {
  const { account, step, pay } = books(supply(0, 0));
  account.state = "tripped";
  account.heldByHand = true;
  expect(step(january(20))).toBeUndefined();
  pay(100, january(21));
  expect(step(january(21))).toMatchObject({ action: "reconnect" });
});

test("a cut and its fee are booked once, however often the meter says so", () => {
  const { account, billing, ledger, out, open } = books(supply(january(13), 50_000));
  account.state = "tripping";
  open(january(29, 9));
  open(january(29, 10));
  expect(balanceOf(ledger, "revenue/fees")).toBe(-policy.reconnectionFeeMinor);
  expect(billing.trips).toBe(1);
  expect(out.events.map(({ kind }) => kind)).toEqual(["tripped"]);
});

describe("who pays before the relay opens", () => {
  const dueAt = january(13, 0);
  test.each([
    ["a minute before it", -MINUTE_MS, 0],
    ["in the same moment", 0, 0],
    ["a minute after it", MINUTE_MS, policy.reconnectionFeeMinor],
  ])("%s is charged %d ms later a fee of %d", (_, afterMs, fee) => {
    const { account, ledger, step, pay, open } = books(supply(dueAt, 50_000));
    account.state = "tripping";
    const doneAt = january(29, 10);
    pay(50_000, doneAt + afterMs);
    open(doneAt + HOUR_MS, doneAt);
    expect(balanceOf(ledger, "revenue/fees")).toBe(0 - fee);
    expect(step(doneAt + HOUR_MS)?.action).toBe(fee === 0 ? "reconnect" : undefined);
  });
});

describe("a customer who is protected", () => {
  const dueAt = january(13, 0);
  test("is warned, but gets neither a notice nor a trip, and the reason is said once", () => {
    const record = { ...supply(dueAt, 50_000), protected: "life support" };
    const { account, step, out } = books(record);
    const wishes: string[] = [];
    for (let day = 0; day < 60; day++) {
      const wish = step(dueAt + day * DAY_MS + 10 * HOUR_MS);
      if (wish !== undefined) wishes.push(wish.action);
    }
    expect(wishes).toEqual(["reminder"]);
    expect(account.state).toBe("warned");
    expect(out.events.filter(({ kind }) => kind === "protected")).toEqual([
      expect.objectContaining({ arrearsMinor: 50_000, reason: "life support" }),
    ]);
  });

  test("is not cut off on a notice of before either", () => {
    const { account, step } = books({ ...supply(dueAt, 50_000), protected: "life support" });
    account.noticeServedAt = january(1);
    expect(step(january(20, 9))).toMatchObject({ action: "reminder" });
    expect(step(january(40, 9))).toBeUndefined();
  });
});

describe("a customer on life support", () => {
  const dueAt = january(13, 0);
  test("is reminded with the word that the supply stays on, and climbs no further", () => {
    const record = { ...supply(dueAt, 50_000), lifeSupport: true as const };
    const { account, step, out } = books(record);
    account.noticeServedAt = january(1);
    const wishes: string[] = [];
    for (let day = 0; day < 60; day++) {
      const wish = step(dueAt + day * DAY_MS + 10 * HOUR_MS);
      if (wish !== undefined) wishes.push(wish.action);
    }
    expect(wishes).toEqual(["reminder"]);
    expect(out.letters).toMatchObject([
      { kind: "reminder", exempt: "life support, exempt from every cut" },
    ]);
    expect(out.events.filter(({ kind }) => kind === "protected")).toMatchObject([
      { reason: "life support, exempt from every cut" },
    ]);
  });
});

describe("a protection that holds on the policy's dates", () => {
  const winter = { name: "the winter", fromMonthDay: 1001, untilMonthDay: 131 };
  const seasonal = { ...policy, dunning: { ...NO_DUNNING_POLICY, protectedDates: [winter] } };
  const frail = { protected: "over 75 and alone" };

  test("is said with its dates, and is none outside of them; life support knows no dates", () => {
    expect(exemptBecause(seasonal, calendar, frail, january(31, 12))).toBe(
      "over 75 and alone, the winter",
    );
    expect(exemptBecause(seasonal, calendar, frail, january(32))).toBeNull();
    expect(exemptBecause(policy, calendar, frail, january(32))).toBe("over 75 and alone");
    const alive = { protected: null, lifeSupport: true } as const;
    expect(exemptBecause(seasonal, calendar, alive, january(200))).toBe(
      "life support, exempt from every cut",
    );
    expect(exemptBecause(seasonal, calendar, { protected: null }, january(31))).toBeNull();
  });

  test("holds the ladder until its end, and the ladder comes back by itself", () => {
    const dueAt = january(1, 0);
    const record = { ...supply(dueAt, 50_000), ...frail };
    const { account, step } = books(record, seasonal);
    account.warnedAt = january(5);
    const noticeAt = dueAt + policy.noticeDaysAfterDue * DAY_MS;
    for (let day = 0; noticeAt + day * DAY_MS < january(31, 23); day++) {
      const now = noticeAt + day * DAY_MS;
      if (account.lookAt <= now) expect(step(now)).toBeUndefined();
    }
    const after = january(32, 12);
    expect(account.lookAt).toBeLessThanOrEqual(after);
    expect(step(after)).toMatchObject({ action: "notice" });
  });
});

describe("a dispute", () => {
  const dueAt = january(13, 0);
  test("stops the clock for what is disputed; if it is not upheld, the clock goes on", () => {
    const { account, step, dispute, decide } = books(supply(dueAt, 50_000));
    account.warnedAt = january(17);
    account.noticeServedAt = january(23, 8);
    const from = tripAllowedFrom(policy, calendar, account.noticeServedAt);
    dispute(50_000, from - 2 * DAY_MS);
    expect(step(from)).toBeUndefined();
    expect(account.state).toBe("due");
    decide(false, from + 8 * DAY_MS);
    expect(step(from + 8 * DAY_MS)).toBeUndefined();
    expect(account.state).toBe("noticed");
    const later = tripAllowedFrom(policy, calendar, january(33, 8));
    expect(step(later - MINUTE_MS)).toBeUndefined();
    expect(step(later)).toMatchObject({ action: "trip" });
  });

  test("of a part leaves the rest on the ladder", () => {
    const { account, step, dispute } = books(supply(dueAt, 50_000));
    account.noticeServedAt = january(1);
    dispute(20_000, january(19));
    expect(step(january(20, 9))).toMatchObject({ action: "trip" });
    expect(step(january(20, 9))).toBeUndefined();
  });

  test("that is upheld gives back what was on hold", () => {
    const { account, out, dispute, decide, ledger } = books(supply(dueAt, 50_000));
    dispute(20_000, january(19));
    decide(true, january(25));
    expect(owedMinor(account)).toBe(30_000);
    expect(balanceOf(ledger, "receivable/supply-01")).toBe(30_000);
    expect(balanceOf(ledger, "revenue/adjustments")).toBe(20_000);
    expect(account.dispute).toBeNull();
    expect(out.events.map(({ kind }) => kind)).toEqual(["dispute-opened", "dispute-closed"]);
  });

  test("takes back a trip that is under way, without a fee where the meter was faster", () => {
    const { account, step, dispute, open, ledger } = books(supply(dueAt, 50_000));
    account.state = "tripping";
    dispute(50_000, january(29, 9));
    expect(step(january(29, 9))).toMatchObject({ action: "cancel-trip" });
    open(january(29, 10), january(29, 9) + MINUTE_MS);
    expect(balanceOf(ledger, "revenue/fees")).toBe(0);
  });

  test("is paid last: what is not doubted comes first", () => {
    const { account, pay, dispute } = books(supply(dueAt, 50_000));
    account.items.push({ label: "B", amountMinor: 10_000, heldMinor: 0, dueAt });
    dispute(15_000, january(19));
    expect(account.items.map(({ heldMinor }) => heldMinor)).toEqual([5_000, 10_000]);
    pay(45_000, january(20));
    expect(account.items).toEqual([
      expect.objectContaining({ amountMinor: 5_000, heldMinor: 5_000 }),
      expect.objectContaining({ amountMinor: 10_000, heldMinor: 10_000 }),
    ]);
    pay(12_000, january(21));
    expect(account.items.map(({ amountMinor }) => amountMinor)).toEqual([3_000]);
  });
});

test("what is looked at when it is due goes as what is looked at all the time", () => {
  const act = fc.record({
    at: fc.integer({ min: 0, max: 60 * 24 }),
    what: fc.constantFrom(
      "pay",
      "payPart",
      "bill",
      "dispute",
      "uphold",
      "refuse",
      "served",
      "open",
    ),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), fc.boolean(), (acts, isProtected) => {
      const record = {
        ...supply(january(14), 50_000),
        protected: isProtected ? "life support" : null,
      };
      const course = (isLazy: boolean) => {
        const { account, step, pay, bill, dispute, decide, open, out } = books(record);
        const wishes: [number, string][] = [];
        let month = 2;
        let endWh = 1000;
        for (let hour = 0; hour <= 60 * 24; hour++) {
          const now = january(13) + hour * HOUR_MS;
          for (const { at, what } of acts) {
            if (at !== hour) continue;
            if (what === "pay") pay(Math.max(1, owedMinor(account)), now);
            if (what === "payPart") pay(10_000, now);
            endWh += 50_000;
            if (what === "bill") bill(endWh, month++);
            if (what === "dispute" && account.dispute === null) dispute(30_000, now);
            if (what === "uphold") decide(true, now);
            if (what === "refuse") decide(false, now);
            if (what === "open" && account.state === "tripping") open(now);
            if (what === "served" && account.noticeSentAt !== null) {
              account.noticeServedAt ??= now;
              account.lookAt = 0;
            }
          }
          if (isLazy && account.lookAt > now) continue;
          const wish = step(now);
          if (wish !== undefined) wishes.push([hour, wish.action]);
        }
        return { wishes, events: out.events, postings: out.postings, state: account.state };
      };
      expect(course(true)).toEqual(course(false));
    }),
    { numRuns: 60 },
  );
});

test("what was paid ahead lowers the next bill, and the bill itself stays whole", () => {
  const { account, out, pay, bill } = books(supply(0, 0));
  pay(100_000, january(20));
  expect(owedMinor(account)).toBe(-100_000);
  bill(221_000, 2);
  expect(out.bills[0]!.amountMinor).toBe(137_465);
  expect(account).toMatchObject({ creditMinor: 0, items: [{ amountMinor: 37_465 }] });
  expect(out.letters.at(-1)).toMatchObject({ kind: "bill", owedMinor: 37_465 });
});

test("a bill covers whole watt-hours from the last one on and falls due by the policy", () => {
  const { out, ledger, bill } = books(supply(0, 0));
  bill(221_000, 2);
  // 220 units: 1131.50 energy, 130.00 fixed, 113.15 duty.
  expect(out.bills[0]).toMatchObject({
    startWh: 1000,
    endWh: 221_000,
    energyWh: 220_000,
    amountMinor: 137_465,
  });
  const due = simOfLocal(calendar, dayOfDate(2026, 2, 1) + policy.dueDays, 23 * 60 + 59);
  expect(out.bills[0]!.dueAt).toBe(due);
  expect(balanceOf(ledger, "receivable/supply-01")).toBe(137_465);
  bill(221_000, 3);
  expect(out.bills[1]).toMatchObject({ startWh: 221_000, energyWh: 0 });
});

test("whatever is billed and paid, the ledger sums to zero and each balance is what the customer owes", () => {
  const act = fc.oneof(
    fc.record({ pay: fc.integer({ min: 1, max: 400_000 }) }),
    fc.record({ useWh: fc.integer({ min: 0, max: 900_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const record = supply(january(5), 30_000);
      const { account, ledger, out, pay, bill } = books(record);
      let endWh = 1000;
      acts.forEach((each, index) => {
        const now = january(20) + index * HOUR_MS;
        if ("pay" in each) pay(each.pay, now);
        else {
          endWh += each.useWh;
          bill(endWh, 2 + index);
        }
        expect(trialBalance(ledger)).toBe(0);
        expect(balanceOf(ledger, "receivable/supply-01")).toBe(owedMinor(account));
      });
      expect(out.postings.map(({ sequence }) => sequence)).toEqual(
        out.postings.map((_, at) => at + 1),
      );
    }),
    { numRuns: 60 },
  );
});
