import { describe, expect, test } from "vitest";
import type { Letter } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { createCustomers, readLetter, takePayments } from "../../sim/plant/customers/paying.ts";
import type { PaymentHabit } from "../../sim/plant/spec.ts";

const PUNCTUAL: PaymentHabit = { afterBillMs: 5 * DAY_MS, afterTripMs: 2 * DAY_MS, topsUp: null };
const ONLY_AFTER_TRIP: PaymentHabit = { ...PUNCTUAL, afterBillMs: null };
const bill = (at: number, owedMinor: number): Letter => ({
  kind: "bill",
  supply: "supply-01",
  at,
  owedMinor: minor(owedMinor),
  dueAt: at + 15 * DAY_MS,
});

describe("a customer with a bill", () => {
  test("pays what is owed when the habit says so, once", () => {
    const customers = createCustomers(2);
    readLetter(customers, 1, bill(0, 74_215), PUNCTUAL);
    expect(takePayments(customers, 5 * DAY_MS - 1)).toEqual([]);
    expect(takePayments(customers, 5 * DAY_MS)).toEqual([
      { row: 1, at: 5 * DAY_MS, amountMinor: 74_215 },
    ]);
    expect(takePayments(customers, 9 * DAY_MS)).toEqual([]);
  });

  test.for([
    { who: "who never pays bills", owedMinor: 100, habit: ONLY_AFTER_TRIP },
    { who: "who owes nothing", owedMinor: 0, habit: PUNCTUAL },
    { who: "who has credit", owedMinor: -100, habit: PUNCTUAL },
  ])("$who does not go to the bank", ({ owedMinor, habit }) => {
    const customers = createCustomers(1);
    readLetter(customers, 0, bill(0, owedMinor), habit);
    expect(takePayments(customers, 99 * DAY_MS)).toEqual([]);
  });

  test("goes once for two bills, with what the later one says", () => {
    const customers = createCustomers(1);
    readLetter(customers, 0, bill(0, 100), PUNCTUAL);
    readLetter(customers, 0, bill(DAY_MS, 250), PUNCTUAL);
    expect(takePayments(customers, 99 * DAY_MS)).toEqual([
      { row: 0, at: 6 * DAY_MS, amountMinor: 250 },
    ]);
  });
});

describe("a customer who was cut off", () => {
  const letter = { supply: "supply-01", at: DAY_MS, owedMinor: minor(900), dueAt: 0 } as const;

  test("pays after the trip also where bills alone would not do it", () => {
    const customers = createCustomers(1);
    readLetter(customers, 0, { kind: "disconnected", ...letter }, ONLY_AFTER_TRIP);
    expect(takePayments(customers, 3 * DAY_MS)).toEqual([
      { row: 0, at: 3 * DAY_MS, amountMinor: 900 },
    ]);
  });

  test("has no reason to go any more once reconnected", () => {
    const customers = createCustomers(1);
    readLetter(customers, 0, { kind: "disconnected", ...letter }, PUNCTUAL);
    readLetter(customers, 0, { kind: "reconnected", ...letter }, PUNCTUAL);
    expect(takePayments(customers, 99 * DAY_MS)).toEqual([]);
  });
});

test("payments of one moment come in the order of the supply points", () => {
  const customers = createCustomers(3);
  for (const row of [2, 0, 1]) readLetter(customers, row, bill(0, 100 + row), PUNCTUAL);
  expect(takePayments(customers, 5 * DAY_MS).map(({ row }) => row)).toEqual([0, 1, 2]);
});

describe("a prepaid customer who is told of the credit", () => {
  const topsUp = { belowMinor: 5_000, amountMinor: 50_000, afterMs: DAY_MS };
  const habit: PaymentHabit = { afterBillMs: null, afterTripMs: null, topsUp };
  const told = (kind: "low-credit" | "no-credit", creditMinor: number): Letter => ({
    kind,
    supply: "supply-01",
    at: 0,
    owedMinor: minor(-creditMinor),
    dueAt: 0,
  });

  test.for([
    { kind: "low-credit", creditMinor: 4_999, pays: [50_000] },
    { kind: "low-credit", creditMinor: 5_000, pays: [50_000] },
    { kind: "low-credit", creditMinor: 5_001, pays: [] },
    { kind: "no-credit", creditMinor: -100, pays: [50_000] },
  ] as const)("by $kind at $creditMinor pays $pays", ({ kind, creditMinor, pays }) => {
    const customers = createCustomers(1);
    readLetter(customers, 0, told(kind, creditMinor), habit);
    expect(takePayments(customers, DAY_MS).map(({ amountMinor }) => amountMinor)).toEqual(pays);
  });

  test("and has no such habit stays in the dark", () => {
    const customers = createCustomers(1);
    readLetter(customers, 0, told("no-credit", -100), { ...habit, topsUp: null });
    expect(takePayments(customers, 9 * DAY_MS)).toEqual([]);
  });
});
