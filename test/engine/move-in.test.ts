// A supply that changes hands: the new customer begins at a register, with a number and a deposit of their own; what
// the former owes stays with the former.

import { describe, expect, test } from "vitest";
import type { AccountEvent } from "../../sim/contract/account-event.ts";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { owedMinor } from "../../sim/utility/billing/accounts.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import { formerReceivable, isBillOf } from "../../sim/utility/billing/moving-in.ts";
import { journal, runUntil, street } from "../support/street.ts";

const target = "supply-05";
const ROW = 4;
const resolved = street({
  set: [
    ...["thefts=[]", "outages=[]", "payments.enabled=false", "start=2026-01-20T00:00"],
    "meters.clockDriftPpm=0",
  ],
});
const moveIn: TwinInput = { kind: "move-in", target, name: "B. Das", depositMinor: 90_000 };

function played(twin: Twin, untilMs: number, rows: readonly (readonly [number, TwinInput])[] = []) {
  const bills: Bill[] = [];
  const postings: Posting[] = [];
  const events: AccountEvent[] = [];
  const registers = new Map<number, number>();
  runUntil(twin, untilMs, journal(rows), ({ model, world, out }) => {
    bills.push(...out.bills.filter(({ supply }) => supply === target));
    postings.push(...out.postings);
    for (const { event } of out.events) {
      if ("supply" in event && event.supply === target) events.push(event as AccountEvent);
    }
    const { nowMs } = world.engine.clock;
    if (nowMs % DAY_MS !== 0) return;
    const milliWh = registerMilliWh(model.meters, world.plant.meters, ROW);
    registers.set(nowMs, Math.floor(milliWh / 1000));
  });
  return { bills, postings, events, registers };
}

// Out at the end of the 21st, in on the 26th; the month ends on day 12.
const OUT: readonly [number, TwinInput] = [1.5 * DAY_MS, { kind: "move-out", target }];
const twin = createTwin(resolved);
const { bills, postings, events, registers } = played(twin, 12.5 * DAY_MS, [
  OUT,
  [6 * DAY_MS + 10 * HOUR_MS, moveIn],
]);
const account = twin.world.belief.accounts[ROW]!;
const { ledger } = twin.world.belief;

describe("a new customer", () => {
  test("begins at the register of the midnight before, and is billed from there", () => {
    const [final, first] = bills as [Bill, Bill];
    expect(final).toMatchObject({ id: "supply-05/2026-01", kind: "final" });
    expect(first).toMatchObject({
      id: "supply-05/c2-2026-01",
      heading: { customer: "B. Das" },
      period: { from: "2026-01-26", until: "2026-02-01" },
      startWh: registers.get(6 * DAY_MS),
      endWh: registers.get(12 * DAY_MS),
    });
    expect(first.lines.every(({ part }) => part === undefined || part.days === 6)).toBe(true);
    expect(explainBill(first).isExact).toBe(true);
    expect(isBillOf(account, first.id) && !isBillOf(account, final.id)).toBe(true);
  });

  test("owes that bill alone, and has a deposit", () => {
    expect(owedMinor(account)).toBe(bills[1]!.amountMinor);
    expect(balanceOf(ledger, `receivable/${target}`)).toBe(bills[1]!.amountMinor);
    expect(balanceOf(ledger, `deposit/${target}`)).toBe(-90_000);
    expect(account).toMatchObject({ depositMinor: 90_000, holder: { number: 2, name: "B. Das" } });
  });

  test("does not pay for what was used while nobody lived there", () => {
    const event = events.find(({ kind }) => kind === "moved-in")!;
    const vacantWh = registers.get(6 * DAY_MS)! - registers.get(2 * DAY_MS)!;
    expect(event).toMatchObject({ customer: 2, vacantWh, openingWh: registers.get(6 * DAY_MS) });
    expect(vacantWh).toBeGreaterThan(0);
  });

  test("has event ids that nobody had before", () => {
    const ids = postings.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(trialBalance(ledger)).toBe(0);
  });
});

describe("the former customer", () => {
  const [former] = account.former!;

  test("still owes what was owed, in an account of its own", () => {
    const closed = events.find((event) => event.kind === "account-closed")!;
    expect(former).toMatchObject({ number: 1, billId: bills[0]!.id });
    expect(former!.owedMinor).toBe((closed as { readonly owedMinor: number }).owedMinor);
    expect(former!.owedMinor).toBeGreaterThan(0);
    expect(balanceOf(ledger, formerReceivable(target, 1))).toBe(former!.owedMinor);
  });

  test("pays a part, and the rest is given up; no more than is owed", () => {
    const owed = former!.owedMinor;
    const settle = (amountMinor: number, how: "paid" | "written-off", customer = 1): TwinInput => ({
      ...{ kind: "settle-former", target, customer, amountMinor, how },
    });
    const before = owedMinor(account);
    expect(checkInput(twin, settle(owed + 1, "paid"))).toEqual({
      ok: false,
      reason: `settle-former: ${target}: customer 1 owes ${owed}; no more can be settled`,
    });
    expect(checkInput(twin, settle(1, "paid", 3))).toMatchObject({
      reason: `settle-former: ${target}: there is no former customer 3; there are 1`,
    });
    const now = twin.world.engine.clock.nowMs;
    const { events: said } = played(twin, now + HOUR_MS, [
      [now, settle(1000, "paid")],
      [now, settle(owed - 1000, "written-off")],
    ]);
    expect(said.filter(({ kind }) => kind === "former-settled")).toMatchObject([
      { amountMinor: 1000, how: "paid" },
      { amountMinor: owed - 1000, how: "written-off" },
    ]);
    expect(balanceOf(ledger, formerReceivable(target, 1))).toBe(0);
    expect(owedMinor(account)).toBe(before);
  });
});

test("nobody moves in while somebody lives there", () => {
  expect(checkInput(createTwin(resolved), moveIn)).toEqual({
    ok: false,
    reason:
      "move-in: supply-05: the account is not closed; its customer moves out first, and has a final bill",
  });
  const empty = checkInput(twin, { kind: "move-in", target, name: " " });
  expect(empty).toMatchObject({
    reason: "move-in: name: write the customer's name in one to 80 characters",
  });
});

test("a supply that was off for the former's debt is switched on for the new customer", () => {
  const dark = createTwin(resolved);
  played(dark, 6 * DAY_MS, [[HOUR_MS, { kind: "trip", target }], OUT]);
  expect(dark.world.plant.meters.relayOpen[ROW]).toBe(1);
  played(dark, 6 * DAY_MS + 2 * HOUR_MS, [[6 * DAY_MS, moveIn]]);
  expect(dark.world.plant.meters.relayOpen[ROW]).toBe(0);
  expect(dark.world.belief.accounts[ROW]).toMatchObject({ state: "active", heldByHand: false });
});

test("the account comes back from a snapshot, and the next customer is the third", () => {
  const again = restoreTwin(resolved, decodeSnapshot<World>(encodeSnapshot(twin.world)));
  const now = again.world.engine.clock.nowMs;
  played(again, now + 4 * DAY_MS, [
    [now, { kind: "move-out", target }],
    [now + 3 * DAY_MS, { kind: "move-in", target, name: "C. Iyer" }],
  ]);
  const third = again.world.belief.accounts[ROW]!;
  expect(third.holder).toMatchObject({ number: 3, name: "C. Iyer" });
  expect(third.former).toMatchObject([{ number: 1 }, { number: 2, name: "B. Das" }]);
  expect(balanceOf(again.world.belief.ledger, `deposit/${target}`)).toBe(0);
  expect(trialBalance(again.world.belief.ledger)).toBe(0);
});
