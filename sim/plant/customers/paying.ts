// Customers: what they do with the company's letters. They know what they were told they owe, nothing else.

import type { Letter } from "../../contract/billing.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { PaymentHabit } from "../spec.ts";
import type { CustomerState, PaymentMade } from "../state.ts";
import { holdToken } from "./drawers.ts";

/** Nobody plans to pay. */
export function createCustomers(count: number): CustomerState {
  return {
    payAt: new Float64Array(count).fill(-1),
    payMinor: new Float64Array(count),
    drawers: Array.from({ length: count }, () => []),
  };
}

/** A letter arrives at a home; the customer may plan a walk to the bank. */
export function readLetter(
  state: CustomerState,
  row: number,
  letter: Letter,
  habit: PaymentHabit,
): void {
  if (letter.kind === "bill" && habit.afterBillMs !== null && letter.owedMinor > 0) {
    state.payAt[row] = letter.at + habit.afterBillMs;
    state.payMinor[row] = letter.owedMinor;
  }
  const isOff = letter.kind === "disconnected" || letter.kind === "theft-confirmed";
  if (isOff && habit.afterTripMs !== null && letter.owedMinor > 0) {
    state.payAt[row] = letter.at + habit.afterTripMs;
    state.payMinor[row] = letter.owedMinor;
  }
  const { topsUp } = habit;
  const isAskedForCredit = letter.kind === "low-credit" || letter.kind === "no-credit";
  if (isAskedForCredit && topsUp !== null && -letter.owedMinor <= topsUp.belowMinor) {
    state.payAt[row] = letter.at + topsUp.afterMs;
    state.payMinor[row] = topsUp.amountMinor;
  }
  if (letter.token !== undefined && habit.afterTripMs !== null) {
    holdToken(state, row, letter.token, letter.at);
  }
  if (letter.kind === "reconnected") {
    state.payAt[row] = -1;
    state.payMinor[row] = 0;
  }
}

/** Payments that fall due up to `now`, in row order. */
export function takePayments(state: CustomerState, now: SimMs): readonly PaymentMade[] {
  const made: PaymentMade[] = [];
  for (let row = 0; row < state.payAt.length; row++) {
    const at = state.payAt[row]!;
    if (at < 0 || at > now) continue;
    made.push({ row, at, amountMinor: minor(state.payMinor[row]!) });
    state.payAt[row] = -1;
    state.payMinor[row] = 0;
  }
  return made;
}
