// Prepaid money: what was paid is the customer's until it is used, and the meter's credit is what it must be.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AMOUNT_MAX, decodeToken } from "../../sim/contract/token.ts";
import { deriveKey, factoryProfile } from "../../sim/contract/token-key.ts";
import { dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
  owedMinor,
} from "../../sim/utility/billing/accounts.ts";
import { balanceOf, createLedger, trialBalance } from "../../sim/utility/billing/ledger.ts";
import {
  bookUse,
  takeCredit,
  tellDaysLeft,
  usedMicro,
  vend,
} from "../../sim/utility/billing/prepaid.ts";
import type { PrepaidTariff } from "../../sim/utility/billing/tariff.ts";
import { makeTokens, TOKENS_AT_ONCE_MAX } from "../../sim/utility/billing/vending.ts";
import { suspectCredit } from "../../sim/utility/detection/credit-mismatch.ts";
import { createDetection } from "../../sim/utility/detection/listen.ts";
import { meterReading } from "../support/messages.ts";
import { street } from "../support/street.ts";

const PREPAID = ["utility.billing.tariff=tariffs/india-prepaid.yaml"];
const resolved = street({ set: [...PREPAID, "customers.0.openingCreditMinor=20000"] });
const { calendar } = resolved;
const { billing: rules, supplies } = resolved.records;
const tariff = rules!.tariffs[0] as PrepaidTariff;
const TODAY = dayOfDate(2026, 1, 12);
const ID = supplies[0]!.id;

function books(debtMinor = 0, soldBy: PrepaidTariff = tariff) {
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const ledger = createLedger();
  const billing = createBilling(calendar);
  const items = [{ label: "Old bill", amountMinor: minor(debtMinor), dueAt: 0 }];
  const opening = { ...supplies[0]!.account, items: debtMinor > 0 ? items : [] };
  const supply = { ...supplies[0]!, account: opening };
  const account = openAccounts(
    { ...resolved.records, calendar, supplies: [supply] },
    ledger,
    out.postings,
  )[0]!;
  const prepaid = account.prepaid!;
  const detection = createDetection({ ...resolved.records, calendar });
  let payments = 0;
  const meter = { supply: ID, serial: "M-0001", startEpochMs: calendar.startEpochMs };
  /** The tokens that a payment becomes. */
  const pay = (amountMinor: number, at = 0) =>
    makeTokens(account, prepaid, meter, ledger, { amountMinor: paid(amountMinor), at }, out);
  const paid = (amountMinor: number) =>
    vend(
      account,
      prepaid,
      soldBy,
      { billing, ledger },
      {
        kind: "payment",
        supply: ID,
        at: 0,
        amountMinor: minor(amountMinor),
        reference: `bank/${++payments}`,
      },
      0,
      out,
    );
  /** What was used by the midnight of a day of January. */
  const use = (wh: number, day: number): void =>
    bookUse(
      ID,
      prepaid,
      tariff,
      ledger,
      { byRateWh: [wh], day: dayOfDate(2026, 1, day), at: 0 },
      out,
    );
  /** The meter's books: 660 thousandths of a paisa a Wh, 4 rupees a day. */
  const hear = (
    usedWh: number,
    days: number,
    said: { creditMinor: number; toppedUpMinor?: number; isOpen?: boolean },
  ): void => {
    const reading = meterReading({
      supply: ID,
      measuredAt: days * 24 * HOUR_MS,
      relay: said.isOpen === true ? "open" : "closed",
      prepaid: {
        creditMilliMinor: said.creditMinor * 1000,
        isEmergency: said.creditMinor < 0,
        termsVersion: tariff.terms.version,
        lastToken: "",
        toppedUpMinor: said.toppedUpMinor ?? 20_000,
      },
    });
    const came = { reading, day: TODAY + days, usedMicro: usedMicro(tariff, [usedWh]), at: 0 };
    takeCredit(account, prepaid, tariff, came, out, (mismatch) =>
      suspectCredit(detection, mismatch, came.at, out.events),
    );
  };
  return { account, prepaid, ledger, out, meter, pay, use, hear, detection };
}

test("what was paid ahead before the run is owed to the customer, not by the customer", () => {
  const { account, ledger } = books();
  expect(balanceOf(ledger, `prepaid/${ID}`)).toBe(-20_000);
  expect(owedMinor(account)).toBe(0);
});

// By hand, ten days of 7 kWh: 70 kWh × 6.60 = 462.00 rupees, 10 × 4.00 = 40.00; of 502.00 rupees 9 % are tax, 45.18;
// of the 40.00 standing charge 3.60 are tax, so 36.40 are fixed and 420.42 energy.
test("seventy units in ten days are 462 rupees of energy and 40 of standing charge, 9 % of both tax", () => {
  const { ledger, use } = books();
  use(70_000, 22);
  expect(balanceOf(ledger, `prepaid/${ID}`)).toBe(-20_000 + 50_200);
  expect(balanceOf(ledger, "duty")).toBe(-4_518);
  expect(balanceOf(ledger, "revenue/fixed")).toBe(-3_640);
  expect(balanceOf(ledger, "revenue/energy")).toBe(-42_042);
});

test("days never add up roundings, and an estimate that was too high is booked back", () => {
  const daily = books();
  const once = books();
  for (let day = 13; day <= 31; day++) daily.use((day - 12) * 3_333 + (day % 2) * 5_000, day);
  daily.use(19 * 3_333, 32);
  once.use(19 * 3_333, 32);
  for (const account of [`prepaid/${ID}`, "duty", "revenue/energy", "revenue/fixed"]) {
    expect(balanceOf(daily.ledger, account), account).toBe(balanceOf(once.ledger, account));
  }
  const ids = daily.out.postings.map(({ eventId }) => eventId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("a payment", () => {
  const digits = expect.stringMatching(/^\d{20}$/);

  test("is a token of the whole amount where nothing is owed; what it rounds up the company gives, and books", () => {
    const { pay, ledger, prepaid } = books();
    expect(pay(50_000)).toEqual([{ token: digits, amountMinor: 50_004 }]);
    expect(balanceOf(ledger, `prepaid/${ID}`)).toBe(-70_004);
    expect(balanceOf(ledger, "rounding")).toBe(4);
    expect(balanceOf(ledger, "bank")).toBe(50_000);
    expect(prepaid.vendedMinor).toBe(70_004);
  });

  test("above what a token can carry becomes several, and what is beyond sixteen follows on another day", () => {
    const { pay, prepaid, ledger } = books();
    const tokens = pay(17 * AMOUNT_MAX + 5);
    expect(tokens).toHaveLength(TOKENS_AT_ONCE_MAX);
    expect(tokens.every(({ amountMinor }) => amountMinor === AMOUNT_MAX)).toBe(true);
    expect(prepaid.unsentMinor).toBe(AMOUNT_MAX + 5);
    expect(balanceOf(ledger, `prepaid/${ID}`)).toBe(-20_000 - 17 * AMOUNT_MAX - 5);
  });

  test("and another one of the same minute are two tokens that the meter takes", () => {
    const { pay, meter } = books();
    const key = deriveKey(factoryProfile(meter.serial, calendar.startEpochMs));
    const stamps = Array.from({ length: 20 }, () => decodeToken(pay(100)[0]!.token, key)).map(
      (token) => (token?.kind === "credit" ? [token.minute, token.random] : []),
    );
    const first = stamps[0]![0]!;
    expect(stamps.slice(0, 16).every(([minute]) => minute === first)).toBe(true);
    // The seventeenth of a minute goes to the next one.
    expect(stamps.slice(16).map(([minute]) => minute)).toEqual([1, 1, 1, 1].map((n) => first + n));
    expect(new Set(stamps.map(String)).size).toBe(20);
  });

  test("never has a token of 00:01 UTC, which is kept for the vending system", () => {
    const { pay, meter } = books();
    const key = deriveKey(factoryProfile(meter.serial, calendar.startEpochMs));
    const utcMidnight = 24 * HOUR_MS - (calendar.startEpochMs % (24 * HOUR_MS));
    const minuteOf = (at: number): number => {
      const token = decodeToken(pay(100, at)[0]!.token, key);
      return token?.kind === "credit" ? token.minute % 1440 : -1;
    };
    expect(minuteOf(utcMidnight)).toBe(0);
    expect(minuteOf(utcMidnight + 60_000)).toBe(2);
  });

  test("gives a quarter to old debt, and no more than that debt", () => {
    const { pay, ledger, account } = books(15_000);
    expect(pay(40_000)).toEqual([{ token: digits, amountMinor: 30_004 }]);
    expect(owedMinor(account)).toBe(5_000);
    expect(pay(40_000)).toEqual([{ token: digits, amountMinor: 35_004 }]);
    expect(owedMinor(account)).toBe(0);
    expect(pay(40_000)).toEqual([{ token: digits, amountMinor: 40_004 }]);
    expect(balanceOf(ledger, `receivable/${ID}`)).toBe(0);
    expect(balanceOf(ledger, "bank")).toBe(120_000);
  });
});

describe("a meter's credit", () => {
  // 1 kWh is 6.60 rupees.
  test("that follows its register, its tokens and the days is no case", () => {
    const { hear, detection, pay } = books();
    hear(0, 0, { creditMinor: 20_000 });
    hear(1_000, 0, { creditMinor: 19_340 });
    hear(2_000, 1, { creditMinor: 18_280 });
    pay(50_000);
    hear(3_000, 1, { creditMinor: 67_620, toppedUpMinor: 70_000 });
    expect(detection.cases).toEqual([]);
  });

  test("that is off once may be a token under way; twice in a row it is a case with its numbers", () => {
    const { hear, detection, out } = books();
    hear(0, 0, { creditMinor: 20_000 });
    hear(1_000, 0, { creditMinor: 25_000 });
    expect(detection.cases).toEqual([]);
    hear(1_500, 0, { creditMinor: 24_670 });
    expect(detection.cases).toEqual([
      expect.objectContaining({
        kind: "credit-mismatch",
        supply: ID,
        differenceMinor: 5_660,
        evidence: expect.stringContaining("is off by 5660 from what its register"),
      }),
    ]);
    hear(2_000, 0, { creditMinor: 24_340 });
    expect(
      out.events.filter(({ kind }) => kind === "case-opened"),
      "once",
    ).toHaveLength(1);
  });

  test("within one interval's worth is let alone, beyond it is not", () => {
    // The last interval used 500 Wh, 3.30 rupees; a day's charge of 4.00 and a coin of rounding come on top.
    const edge = 330 + 400 + 1;
    for (const [off, cases] of [
      [edge, 0],
      [edge + 1, 1],
    ] as const) {
      const { hear, detection } = books();
      hear(0, 0, { creditMinor: 20_000 });
      hear(500, 0, { creditMinor: 20_000 - 330 + off });
      hear(1_000, 0, { creditMinor: 20_000 - 660 + off });
      expect(detection.cases, `${off}`).toHaveLength(cases);
    }
  });

  test("fed with tokens that nobody sold is a case, although it adds up", () => {
    const { hear, detection } = books();
    hear(0, 0, { creditMinor: 20_000 });
    hear(0, 0, { creditMinor: 120_000, toppedUpMinor: 120_000 });
    hear(0, 0, { creditMinor: 120_000, toppedUpMinor: 120_000 });
    expect(detection.cases[0]!.evidence).toBe(
      "The meter says that it took tokens worth 120000; the company sold 20000.",
    );
  });

  test("is told when low, when gone and when back, each once", () => {
    const { hear, out, account } = books();
    const kinds = () => out.events.map(({ kind }) => kind).filter((kind) => kind !== "case-opened");
    hear(0, 0, { creditMinor: 10_001 });
    expect(kinds()).toEqual([]);
    hear(0, 0, { creditMinor: 10_000 });
    hear(0, 0, { creditMinor: 9_000 });
    hear(0, 0, { creditMinor: -100 });
    expect(account.state).toBe("emergency");
    hear(0, 0, { creditMinor: -5_000, isOpen: true });
    hear(0, 0, { creditMinor: -5_400, isOpen: true });
    expect(account.state).toBe("no-credit");
    hear(0, 0, { creditMinor: 45_000 });
    expect(account.state).toBe("active");
    expect(kinds()).toEqual(["low-credit", "emergency-credit", "no-credit", "credit-restored"]);
    expect(out.letters.map(({ kind, owedMinor: owed }) => [kind, owed])).toEqual([
      ["low-credit", -10_000],
      ["emergency-credit", 100],
      ["no-credit", 5_000],
    ]);
  });
});

test("the pace of late tells for how many days credit lasts: five, three and one are told once, and anew after more", () => {
  const { use, prepaid, out } = books();
  const told = () =>
    out.events.flatMap((event) => (event.kind === "few-days-left" ? [event.days] : []));
  // 14 kWh and a standing charge are 92.40 + 4.00 rupees a day.
  const day = (number: number, creditMinor: number): void => {
    use(14_000 * (number - 12), number);
    prepaid.creditMinor = creditMinor;
    tellDaysLeft(ID, prepaid, 0, out);
  };
  day(13, 9_640 * 6);
  expect(prepaid.dailyMinor).toBe(9_640);
  expect(told()).toEqual([]);
  day(14, 9_640 * 5);
  day(15, 9_640 * 4);
  expect(told()).toEqual([5]);
  day(16, 9_640 * 3 + 1);
  expect(told()).toEqual([5]);
  day(17, 9_640 * 2);
  day(18, 9_640);
  day(19, -50);
  expect(told()).toEqual([5, 3, 1]);
  day(20, 9_640 * 8);
  day(21, 9_640 * 5);
  expect(told()).toEqual([5, 3, 1, 5]);
  expect(out.letters.at(-1)).toMatchObject({ kind: "few-days-left", owedMinor: -48_200 });
});

test("shares of the last recharge are told, each once until there is more again, and none while a token is on its way", () => {
  const alerting = { ...tariff, alertPercents: [30, 10] };
  const { account, prepaid, pay, out, detection } = books(0, alerting);
  const told = () =>
    out.events.flatMap((event) => (event.kind === "share-left" ? [event.percent] : []));
  let toppedUpMinor = 20_000;
  const hear = (creditMinor: number): void => {
    const reading = meterReading({
      supply: ID,
      prepaid: {
        creditMilliMinor: creditMinor * 1000,
        isEmergency: creditMinor < 0,
        termsVersion: tariff.terms.version,
        lastToken: "",
        toppedUpMinor,
      },
    });
    const came = { reading, day: TODAY, usedMicro: 0, at: 0 };
    takeCredit(account, prepaid, alerting, came, out, (mismatch) =>
      suspectCredit(detection, mismatch, 0, []),
    );
  };
  // The run began with 200.00: 30 % are 60.00, 10 % are 20.00.
  for (const credit of [6_001, 6_000, 3_000, 2_000, 1_000]) hear(credit);
  expect(told()).toEqual([30, 10]);
  pay(50_000);
  const vended = prepaid.vendedMinor;
  expect(prepaid.rechargeMinor).toBe(50_000);
  hear(900);
  expect(told()).toEqual([30, 10]);
  toppedUpMinor = vended;
  hear(50_900);
  hear(15_000);
  expect(told()).toEqual([30, 10, 30]);
  expect(out.letters.at(-1)).toMatchObject({ kind: "share-left", owedMinor: -15_000 });
  // Nothing is left: that is told by its own letter.
  hear(0);
  expect(told()).toEqual([30, 10, 30]);
});

test("a tariff without shares keeps nothing of the last recharge", () => {
  const { pay, prepaid } = books();
  pay(50_000);
  expect(prepaid.rechargeMinor).toBeUndefined();
});

test("terms are the tariff as a meter knows it", () => {
  expect(tariff.terms).toEqual({
    version: "2025-1",
    currency: "INR",
    rates: [{ fromMinute: 0, priceMilliMinorPerKWh: 660_000 }],
    standingDailyMinor: 400,
    emergencyCreditMinor: 5_000,
    lowCreditMinor: 10_000,
    cutFromMinute: 8 * 60,
    cutUntilMinute: 18 * 60,
    isWorkingDaysOnly: true,
  });
  expect(simOfLocal(calendar, TODAY, 0)).toBe(0);
});

test("whatever is paid and used, the ledger sums to zero and the liability is what was sold minus what was used", () => {
  const act = fc.oneof(
    fc.record({ pay: fc.integer({ min: 1, max: 300_000 }) }),
    fc.record({ wh: fc.integer({ min: -5_000, max: 40_000 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 60 }),
      fc.integer({ min: 0, max: 90_000 }),
      (acts, debt) => {
        const { account, prepaid, ledger, out, pay, use } = books(debt);
        let usedWh = 0;
        let day = 12;
        for (const each of acts) {
          if ("pay" in each) pay(each.pay);
          else {
            usedWh = Math.max(0, usedWh + each.wh);
            use(usedWh, ++day);
          }
          const { energy, fixed, duty } = prepaid.booked;
          expect(trialBalance(ledger)).toBe(0);
          expect(balanceOf(ledger, `prepaid/${ID}`)).toBe(
            energy + fixed + duty - prepaid.vendedMinor,
          );
          expect(balanceOf(ledger, `receivable/${ID}`)).toBe(owedMinor(account));
        }
        const ids = out.postings.map(({ eventId }) => eventId);
        expect(new Set(ids).size, "no event posts twice").toBe(ids.length);
      },
    ),
    { numRuns: 80 },
  );
});
