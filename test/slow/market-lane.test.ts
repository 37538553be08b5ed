// Market Lane for fifty days: every kind of bill, and each of them worked out again from itself.

import { beforeAll, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { trialBalance } from "../../sim/utility/billing/ledger.ts";
import { runUntil, street } from "../support/street.ts";

const bills: Bill[] = [];
const shares: number[] = [];
let twin: Twin;

beforeAll(() => {
  twin = runUntil(createTwin(street({ scenario: "market-lane" })), 50 * DAY_MS, [], ({ out }) => {
    bills.push(...out.bills);
    for (const { event } of out.events) if (event.kind === "share-left") shares.push(event.percent);
  });
});

const last = (supply: string): Bill => bills.findLast((bill) => bill.supply === supply)!;

test("every bill comes out again from its own numbers, and the ledger sums to zero", () => {
  expect(bills.length).toBeGreaterThan(9);
  for (const bill of bills) expect(explainBill(bill).isExact, bill.id).toBe(true);
  expect(trialBalance(twin.world.belief.ledger)).toBe(0);
});

test("the workshop pays for the half hour that its meter wrote down, above the contract at half as much again", () => {
  const { lines, demands } = last("workshop");
  const { demandVa } = demands!.at(-1)!;
  const recorded = lines.filter(({ unit, corrects }) => unit === "VA" && corrects === undefined);
  expect(recorded.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(demandVa);
  expect(recorded.map(({ quantity }) => quantity)).toEqual([5_000, demandVa - 5_000]);
});

test("the mill pays for kVAh, which are more than its kWh", () => {
  const { lines, demands } = last("mill");
  const { wh, vah } = demands!.at(-1)!.energy!;
  expect(vah).toBeGreaterThan(wh);
  expect(lines.find(({ unit }) => unit === "VAh")!.quantity).toBe(vah);
});

test("the roof sets off what it has fed in, and two months come on one bill", () => {
  const { exports } = last("roof");
  expect(exports!.at(-1)!.setOffWh).toBeGreaterThan(0);
  expect(bills.filter(({ supply }) => supply === "two-months")).toHaveLength(1);
});

test("who pays ahead is told of the last third of a recharge, and nobody is suspected", () => {
  expect(shares[0]).toBe(30);
  expect(twin.world.belief.detection.cases).toEqual([]);
});
