// Prepaid credit as the meter counts it: to the last thousandth whatever the step, cut outside the friendly hours only,
// and one step late at most.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommandOrder, PrepaidTerms } from "../../sim/contract/reading.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { createOneMeter } from "../../sim/plant/meters/one-meter.ts";
import { areTermsValid, TOKENS_REMEMBERED_MAX } from "../../sim/plant/meters/prepaid.ts";
import { prepaidTerms, UTC } from "../support/meter.ts";
import { type Bench, bench, handoverNow } from "../support/metering.ts";

/** One price, no standing charge, no emergency credit, no friendly hours. */
const PLAIN = prepaidTerms({
  rates: [{ fromMinute: 0, priceMilliMinorPerKWh: 600_000 }],
  standingDailyMinor: 0,
  emergencyCreditMinor: 0,
  lowCreditMinor: 100,
  cutFromMinute: 0,
  cutUntilMinute: 1440,
  isWorkingDaysOnly: false,
});
const prepaid = (openingCreditMinor: number, terms: PrepaidTerms = PLAIN): CommandOrder => ({
  action: "set-prepaid",
  terms,
  openingCreditMinor,
});
const topUp = (token: string, amountMinor: number): CommandOrder => ({
  action: "top-up",
  token,
  amountMinor,
});
const creditOf = ({ meter }: Bench): number => meter.state.prepaid.creditMilliMinor[0]!;
const isOpen = ({ meter }: Bench): boolean => meter.state.relayOpen[0] === 1;

describe("credit", () => {
  test("falls by the price of what was used: 2 kWh at 6.00 from 20.00 leave 8.00", () => {
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(2000)])
      .run(61 * MINUTE_MS, 2000);
    expect(creditOf(meter)).toBe(800_000);
  });

  test("is told with every reading: terms, last token and all that was ever put in", () => {
    const meter = bench().run(MINUTE_MS, 0, [prepaid(2000)]);
    meter.run(2 * MINUTE_MS, 0, [topUp("t-1", 500)]).run(30 * MINUTE_MS, 0);
    expect(meter.readings[0]!.prepaid).toEqual({
      creditMilliMinor: 2_500_000,
      isEmergency: false,
      termsVersion: "pp-1",
      lastToken: "t-1",
      toppedUpMinor: 2500,
    });
  });

  test("pays for the hours before the terms not at all", () => {
    const meter = bench()
      .run(HOUR_MS, 3000)
      .run(HOUR_MS + MINUTE_MS, 0, [prepaid(2000)]);
    expect(creditOf(meter)).toBe(2_000_000);
  });

  test("follows the rate of the hour by the meter's own clock, in the middle of a step", () => {
    // 18:00 own time is 17:59:30 true time: of a kilowatt from 17:59 to 18:00, half a minute costs 7.50.
    const clock = { setAt: 0, offsetMs: 30 * SECOND_MS, isInvalid: false, lastInterval: 35 };
    const meter = bench({ handover: { clock: { ...clock, intervalFlags: 0 } } });
    meter.nowMs = 17 * HOUR_MS + 57 * MINUTE_MS;
    const terms = prepaidTerms({ standingDailyMinor: 0 });
    meter.run(meter.nowMs + 2 * MINUTE_MS, 0, [prepaid(100_000, terms)]);
    meter.run(18 * HOUR_MS, 1200);
    // 10 Wh at 0.6 and 10 Wh at 0.75 a Wh, in smallest coins.
    expect(creditOf(meter)).toBe(100_000_000 - 6_000 - 7_500);
  });

  test("pays the standing charge at each of the meter's midnights, also while the relay is open and in the dark", () => {
    const terms = prepaidTerms({ rates: PLAIN.rates });
    const meter = bench().run(MINUTE_MS, 0, [prepaid(100_000, terms)]);
    meter.run(DAY_MS, 0, [{ action: "trip" }]);
    expect(creditOf(meter)).toBe(100_000_000 - 120_000);
    meter.dark(2 * DAY_MS + 6 * HOUR_MS).run(2 * DAY_MS + 7 * HOUR_MS, 0);
    expect(creditOf(meter)).toBe(100_000_000 - 2 * 120_000);
    meter.run(3 * DAY_MS, 0);
    expect(creditOf(meter)).toBe(100_000_000 - 3 * 120_000);
  });

  test("pays a day once, however often the clock is set across its midnight", () => {
    const terms = prepaidTerms({ rates: PLAIN.rates });
    const meter = bench().run(MINUTE_MS, 0, [prepaid(100_000, terms)]);
    for (const clockMs of [DAY_MS + 5000, DAY_MS - MINUTE_MS, DAY_MS + HOUR_MS]) {
      meter.run(meter.nowMs + 5 * MINUTE_MS, 0, [{ action: "set-clock", clockMs }]);
    }
    expect(creditOf(meter)).toBe(100_000_000 - 120_000);
  });

  test("is top-ups less cost to the thousandth, for any steps, powers, top-ups and cuts", () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant("use" as const), watts: fc.integer({ min: 0, max: 9000 }) }),
      fc.record({ kind: fc.constant("top" as const), minor: fc.integer({ min: 1, max: 5000 }) }),
      fc.record({ kind: fc.constant("dark" as const), minutes: fc.constantFrom(5, 35, 1500) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        const ends = [10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS].map((stepMs) => {
          const terms = prepaidTerms({
            isWorkingDaysOnly: false,
            cutFromMinute: 0,
            cutUntilMinute: 0,
          });
          const meter = bench({ stepMs, context: { clockDriftPpm: 40 } });
          meter.run(5 * MINUTE_MS, 0, [prepaid(3000, terms)]);
          let toppedUpMinor = 3000;
          events.forEach((what, index) => {
            const until = meter.nowMs + 35 * MINUTE_MS;
            if (what.kind === "use") meter.run(until, what.watts);
            else if (what.kind === "dark") meter.dark(meter.nowMs + what.minutes * MINUTE_MS);
            else {
              toppedUpMinor += what.minor;
              meter.run(until, 500, [topUp(`t-${index}`, what.minor)]);
            }
          });
          const { prepaid: held } = handoverNow(meter);
          expect(held!.toppedUpMinor).toBe(toppedUpMinor);
          expect(held!.chargedMilliWh).toBe(meter.meter.state.importMilliWh[0]);
          return { credit: held!.creditMilliMinor, carry: held!.chargeCarry };
        });
        expect(ends[1]).toEqual(ends[0]);
        expect(ends[2]).toEqual(ends[0]);
      }),
      { seed: 20_260_112, numRuns: 25 },
    );
  });

  test("at one price is exactly what was put in less register times price", () => {
    const meter = bench({ stepMs: SECOND_MS }).run(SECOND_MS, 0, [prepaid(100_000)]);
    meter.run(10 * MINUTE_MS, 3333).run(15 * MINUTE_MS, 777.777);
    const { prepaid: held } = handoverNow(meter);
    const spent = 100_000_000n - BigInt(held!.creditMilliMinor);
    const exact = BigInt(meter.meter.state.importMilliWh[0]!) * 600_000n;
    expect(spent * 1_000_000n + BigInt(held!.chargeCarry)).toBe(exact);
  });
});

describe("supply", () => {
  test("goes one step after the credit is used up, and the meter says by how much it is over", () => {
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(100)])
      .run(20 * MINUTE_MS, 1900);
    expect(meter.codes).toEqual([
      "prepaid-set",
      "credit-low",
      "credit-out",
      "credit-overshoot",
      "relay-open",
    ]);
    // 1.00 buys 166.67 Wh; the sixth minute at 1900 W ends at 190 Wh.
    const overshoot = meter.events.find(({ code }) => code === "credit-overshoot")!;
    expect(overshoot).toMatchObject({ at: 7 * MINUTE_MS, value: 100_000 - 114_000 });
    expect(isOpen(meter)).toBe(true);
  });

  test("returns at once with a top-up that pays back what was borrowed, and not with a smaller one", () => {
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(100)])
      .run(20 * MINUTE_MS, 1900);
    meter.run(21 * MINUTE_MS, 0, [topUp("small", 10)]);
    expect(isOpen(meter)).toBe(true);
    meter.run(22 * MINUTE_MS, 0, [topUp("enough", 200)]);
    expect(meter.sent.at(-1)).toMatchObject({
      kind: "command-ack",
      relay: "closed",
      result: "done",
    });
    expect(isOpen(meter)).toBe(false);
  });

  // Monday 12 January 2026 is a working day, the 17th a Saturday; the terms cut from 9:00 to 17:00.
  test.for([
    { at: "08:59 on a Monday", day: 0, minute: 8 * 60 + 57, holidays: [], open: false },
    { at: "09:01 on a Monday", day: 0, minute: 9 * 60, holidays: [], open: true },
    { at: "16:59 on a Monday", day: 0, minute: 16 * 60 + 57, holidays: [], open: true },
    { at: "17:01 on a Monday", day: 0, minute: 17 * 60, holidays: [], open: false },
    { at: "noon on a Saturday", day: 5, minute: 12 * 60, holidays: [], open: false },
    { at: "noon on a holiday", day: 0, minute: 12 * 60, holidays: ["2026-01-12"], open: false },
  ])("that is not paid for is cut ($open) at $at", ({ day, minute, holidays, open }) => {
    const calendar = createCalendar("2026-01-12T00:00", "UTC", holidays);
    const meter = bench({ context: { calendar } });
    meter.nowMs = day * DAY_MS + minute * MINUTE_MS;
    meter.meter.state.clock.lastInterval[0] = Math.floor(meter.nowMs / (30 * MINUTE_MS));
    const terms = prepaidTerms({ emergencyCreditMinor: 0 });
    meter.run(meter.nowMs + MINUTE_MS, 0, [prepaid(0, terms)]);
    meter.run(meter.nowMs + MINUTE_MS, 0);
    expect(isOpen(meter)).toBe(open);
  });

  test("that is not paid for at night goes in the morning, without an overshoot: those were friendly hours", () => {
    const terms = prepaidTerms({ emergencyCreditMinor: 0, rates: PLAIN.rates });
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(100, terms)])
      .run(8 * HOUR_MS, 1000);
    expect(isOpen(meter)).toBe(false);
    meter.run(9 * HOUR_MS + MINUTE_MS, 1000);
    expect(isOpen(meter)).toBe(true);
    expect(meter.codes).not.toContain("credit-overshoot");
  });

  test("goes on upon emergency credit, which the meter tells and shows, and a top-up pays it back first", () => {
    const terms = prepaidTerms({ ...PLAIN, emergencyCreditMinor: 500 });
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(100, terms)])
      .run(31 * MINUTE_MS, 1000);
    expect(meter.codes).toEqual(["prepaid-set", "credit-low", "credit-emergency"]);
    expect(meter.readings[0]!.prepaid).toMatchObject({ isEmergency: true });
    meter.run(32 * MINUTE_MS, 0, [topUp("t", 500)]);
    expect(creditOf(meter)).toBe(100_000 + 500_000 - 300_000);
  });

  test("stays off and the credit as it was through a power cut", () => {
    const meter = bench()
      .run(MINUTE_MS, 0, [prepaid(100)])
      .run(20 * MINUTE_MS, 1900);
    const before = creditOf(meter);
    meter.dark(3 * HOUR_MS).run(4 * HOUR_MS, 1900);
    expect(creditOf(meter)).toBe(before);
    expect(isOpen(meter)).toBe(true);
  });
});

describe("a token", () => {
  test("counts once, whatever command brings it; a copy of a command is answered as the first was", () => {
    const meter = bench().run(MINUTE_MS, 0, [prepaid(0)]);
    meter.run(2 * MINUTE_MS, 0, [topUp("t-1", 500), topUp("t-1", 500)]);
    const results = meter.sent.filter((message) => message.kind === "command-ack");
    expect(results.map(({ result }) => result)).toEqual(["done", "done", "used-token"]);
    expect(creditOf(meter)).toBe(500_000);
  });

  test.for([
    { amountMinor: 0, reason: "bad-amount" },
    { amountMinor: -5, reason: "bad-amount" },
    { amountMinor: 1.5, reason: "bad-amount" },
    { amountMinor: Number.NaN, reason: "bad-amount" },
  ])("over $amountMinor is refused ($reason), and may be used rightly afterwards", (row) => {
    const meter = bench().run(MINUTE_MS, 0, [
      prepaid(0),
      topUp("t", row.amountMinor),
      topUp("t", 7),
    ]);
    const results = meter.sent.filter((message) => message.kind === "command-ack");
    expect(results.map(({ reason }) => reason)).toEqual([null, row.reason, null]);
    expect(creditOf(meter)).toBe(7000);
  });

  test("at a postpaid meter is refused", () => {
    const meter = bench().run(MINUTE_MS, 0, [topUp("t", 100)]);
    expect(meter.sent).toMatchObject([{ result: "refused", reason: "not-prepaid" }]);
  });

  test("is remembered among the newest fifty", () => {
    const meter = bench().run(MINUTE_MS, 0, [prepaid(0)]);
    for (let k = 0; k < 70; k++) meter.run(meter.nowMs + MINUTE_MS, 0, [topUp(`t-${k}`, 1)]);
    expect(TOKENS_REMEMBERED_MAX).toBe(50);
    expect(handoverNow(meter).prepaid!.tokens).toHaveLength(50);
  });
});

test("a postpaid meter again closes what its credit had opened, and forgets credit and tokens", () => {
  const meter = bench()
    .run(MINUTE_MS, 0, [prepaid(100)])
    .run(20 * MINUTE_MS, 1900);
  meter.run(21 * MINUTE_MS, 0, [{ action: "set-postpaid" }]).run(30 * MINUTE_MS, 0);
  expect(isOpen(meter)).toBe(false);
  expect(meter.readings.at(-1)!.prepaid).toBe(null);
  expect(handoverNow(meter).prepaid).toBe(null);
});

test.for([
  { rates: [] },
  { rates: [{ fromMinute: 60, priceMilliMinorPerKWh: 1 }] },
  { rates: [0, 0].map((fromMinute) => ({ fromMinute, priceMilliMinorPerKWh: 1 })) },
  { rates: [{ fromMinute: 0, priceMilliMinorPerKWh: 0.5 }] },
  { rates: [{ fromMinute: 0, priceMilliMinorPerKWh: -1 }] },
  { standingDailyMinor: -1 },
  { emergencyCreditMinor: Number.NaN },
  { cutFromMinute: 1441 },
])("terms with %o are refused and change nothing", (change) => {
  const terms = prepaidTerms(change);
  expect(areTermsValid(terms)).toBe(false);
  const meter = bench().run(MINUTE_MS, 0, [prepaid(100, terms)]);
  expect(meter.sent).toMatchObject([{ result: "refused", reason: "bad-terms" }]);
  expect(handoverNow(meter).prepaid).toBe(null);
});

test("a successor counts on from the same credit, at any moment", () => {
  const terms = prepaidTerms({ isWorkingDaysOnly: false });
  const whole = bench({ context: { calendar: UTC } }).run(MINUTE_MS, 0, [prepaid(2000, terms)]);
  const parts = bench({ context: { calendar: UTC } }).run(MINUTE_MS, 0, [prepaid(2000, terms)]);
  for (let k = 1; k <= 40; k++) {
    const until = k * 37 * MINUTE_MS;
    whole.run(until, 100 * (k % 7));
    parts.run(until, 100 * (k % 7));
    const { meter } = parts;
    Object.assign(meter, createOneMeter(handoverNow(parts), bench().context));
  }
  expect(handoverNow(parts)).toEqual(handoverNow(whole));
});
