// What a person does at an account or its meter, through the whole engine.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { localTime } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { makeFinalBills } from "../../sim/engine/phases/final-bills.ts";
import { energyReport, takenDownWh, unknownWh } from "../../sim/engine/score.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { type BillingOutputs, owedMinor } from "../../sim/utility/billing/accounts.ts";
import { balanceOf } from "../../sim/utility/billing/ledger.ts";
import { journal, runUntil, street } from "../support/street.ts";

const QUIET = ["thefts=[]", "outages=[]", "meters.clockDriftPpm=0"];

function played(rows: readonly (readonly [number, TwinInput])[], untilMs: number, set = QUIET) {
  const bills: Bill[] = [];
  const said: string[] = [];
  const readings: number[] = [];
  const note = ({ out }: Twin): void => {
    bills.push(...out.bills);
    said.push(...out.events.map(({ event }) => event.kind));
    readings.push(
      ...out.readings
        .filter(({ supply }) => supply === "supply-05")
        .map(({ importWh }) => importWh),
    );
  };
  const twin = runUntil(createTwin(street({ set, stepMs: 300_000 })), untilMs, journal(rows), note);
  return { twin, bills, said, readings };
}

describe("an input about an account is refused in a sentence", () => {
  const twin = createTwin(street());
  const owing = twin.world.belief.accounts.findIndex(({ items }) => items.length > 0);
  const [debtor, other] = [owing, owing === 0 ? 1 : 0].map(
    (row) => twin.model.records.supplies[row]!.id,
  ) as [string, string];
  test.each([
    [{ kind: "refund", target: other }, `refund: ${other}: there is no credit`],
    [{ kind: "write-off", target: debtor, amountMinor: 1e9, reason: "gone" }, /no more can be/],
    [{ kind: "write-off", target: debtor, amountMinor: -5, reason: "gone" }, /positive whole/],
    [{ kind: "write-off", target: debtor, amountMinor: 5 }, /reason/],
    [{ kind: "instalments", target: debtor, months: 1 }, /2 to 24 whole months/],
    [{ kind: "instalments", target: "supply-99", months: 3 }, /no supply point "supply-99"/],
    [{ kind: "payment", target: debtor, amountMinor: -1 }, /positive whole number/],
    [
      { kind: "payment", target: debtor, amountMinor: 5, currency: "EUR" },
      `${debtor} is billed in INR; a payment in EUR is not taken, change it first`,
    ],
    [{ kind: "payment", target: debtor, amountMinor: 5, currency: "rupees" }, /three capital/],
    [{ kind: "payment", target: debtor, amountMinor: 5, receipt: "a b" }, /receipt is 1 to 64/],
  ])("%j", (input, sentence) => {
    const checked = checkInput(twin, input);
    expect(checked.ok).toBe(false);
    if (!checked.ok) expect(checked.reason).toMatch(sentence);
  });

  test("and the like that makes sense is not", () => {
    const paid = {
      kind: "payment",
      target: debtor,
      amountMinor: 5,
      currency: "INR",
      receipt: "u/1",
    };
    for (const input of [paid, { kind: "replace-meter", target: debtor }]) {
      expect(checkInput(twin, input)).toEqual({ ok: true, input });
    }
  });
});

test("a payment whose receipt comes again books nothing more, and that is said once", () => {
  const paid = {
    kind: "payment",
    target: "supply-05",
    amountMinor: 70_000,
    receipt: "u/1",
  } as const;
  const { twin, said } = played(
    [
      [0, paid],
      [HOUR_MS, paid],
      [2 * HOUR_MS, paid],
    ],
    3 * HOUR_MS,
  );
  expect(balanceOf(twin.world.belief.ledger, "bank")).toBe(70_000);
  expect(said.filter((kind) => kind === "payment-repeated")).toHaveLength(1);
});

test("what made sense when it was asked, and no more when it takes effect, is an event and no posting", () => {
  const { twin, said } = played(
    [
      [0, { kind: "refund", target: "supply-05" }],
      [0, { kind: "write-off", target: "supply-05", amountMinor: 1e9, reason: "?" }],
    ],
    HOUR_MS,
  );
  expect(said.filter((kind) => kind === "act-refused")).toHaveLength(2);
  expect(balanceOf(twin.world.belief.ledger, "bad-debt")).toBe(0);
});

describe("a meter that is replaced in the middle of a month", () => {
  // From noon of 30 January; replaced on the 31st at noon, in the middle of an interval; billed on 1 February at six.
  const START = [...QUIET, "start=2026-01-30T12:00"];
  const input = { kind: "replace-meter", target: "supply-05" } as const;
  const { twin, bills, said, readings } = played(
    [[23 * HOUR_MS + 600_000, input]],
    2 * DAY_MS,
    START,
  );
  const untouched = played([], 2 * DAY_MS, START);

  test("costs its customer nothing: the bill is that of the month with one meter, within a watt-hour", () => {
    const [bill, same] = [bills, untouched.bills].map(
      (all) => all.find(({ supply }) => supply === "supply-05")!,
    ) as [Bill, Bill];
    expect(Math.abs(bill.energyWh - same.energyWh)).toBeLessThanOrEqual(1);
    expect(bill.meters).toMatchObject([
      { serial: "M-0005", fromWh: bill.startWh },
      { serial: "M-0005R1", fromWh: 0 },
    ]);
    const counted = bill.meters!.reduce((sum, { fromWh, toWh }) => sum + toWh - fromWh, 0);
    expect(counted).toBe(bill.energyWh);
    expect(explainBill(bill).head.join(" ")).toContain("Meter M-0005R1 counted from 0.000 kWh");
    expect(explainBill(bill).isExact).toBe(true);
  });

  test("is heard of by message: no reading is refused, and the register goes on", () => {
    expect(said).toContain("meter-replaced");
    expect(said).not.toContain("reading-refused");
    for (let at = 1; at < readings.length; at++) {
      expect(readings[at]).toBeGreaterThanOrEqual(readings[at - 1]!);
    }
    expect(twin.world.plant.meters.serials[4]).toBe("M-0005R1");
  });

  test("leaves what meters counted and what the company knows as they would be", () => {
    const energy = ({ model, world }: Twin) =>
      energyReport(model, world.plant, { billedWh: 0, removedWh: takenDownWh(world.belief) });
    const [replaced, same] = [energy(twin), energy(untouched.twin)];
    expect(Math.abs(replaced.meteredKWh - same.meteredKWh)).toBeLessThan(0.002);
    const [a, b] = [twin, untouched.twin].map(({ model, world }) => unknownWh(model, world)[4]!);
    expect(Math.abs(a! - b!)).toBeLessThanOrEqual(1);
  });

  test("comes back from a snapshot", () => {
    const bytes = encodeSnapshot(twin.world);
    const again = restoreTwin(twin.model.resolved, decodeSnapshot<World>(bytes));
    expect(again.world.belief.accounts[4]!.meters).toEqual(twin.world.belief.accounts[4]!.meters);
  });
});

test("instalments of what is overdue, and what is left when a payment comes", () => {
  const twin = createTwin(street({ set: QUIET }));
  const row = twin.world.belief.accounts.findIndex((account) =>
    account.items.some(({ dueAt }) => dueAt < 0),
  );
  const target = twin.model.records.supplies[row]!.id;
  const account = twin.world.belief.accounts[row]!;
  const owed = owedMinor(account);
  runUntil(twin, HOUR_MS, journal([[0, { kind: "instalments", target, months: 4 }]]));
  expect(account.items.filter(({ plan }) => plan === 1)).toHaveLength(4);
  expect(owedMinor(account)).toBe(owed);
  expect(balanceOf(twin.world.belief.ledger, `receivable/${target}`)).toBe(owed);
});

describe("a customer who moves out", () => {
  const START = [...QUIET, "start=2026-01-30T00:00", "payments.enabled=false"];
  const input = { kind: "move-out", target: "supply-05" } as const;

  test("has a final bill up to midnight, made at six, and none at the end of the month", () => {
    const { twin, bills, said } = played([[10 * HOUR_MS, input]], 2.5 * DAY_MS, START);
    const own = bills.filter(({ supply }) => supply === "supply-05");
    expect(own).toMatchObject([
      {
        kind: "final",
        issuedAt: DAY_MS + 6 * HOUR_MS,
        period: { from: "2026-01-01", until: "2026-01-31" },
        readings: { to: { quality: "actual", measured: "2026-01-31 00:00" } },
      },
    ]);
    expect(explainBill(own[0]!).isExact).toBe(true);
    expect(bills.filter(({ supply }) => supply === "supply-06")).toHaveLength(1);
    expect(said.filter((kind) => kind === "account-closed")).toHaveLength(1);
    const account = twin.world.belief.accounts[4]!;
    expect(account.closed).toMatchObject({ billId: "supply-05/2026-01" });
    expect(checkInput(twin, input)).toMatchObject({
      ok: false,
      reason: "move-out: supply-05: the account is closed",
    });
  });

  test("whose midnight is not read waits three days for it, and then it is an estimate", () => {
    const { model, world } = createTwin(street({ set: START }));
    const { day } = localTime(model.records.calendar, 0);
    const account = world.belief.accounts[4]!;
    account.leaving = { endDay: day + 1 };
    const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
    const made = [1, 2, 3, 4, 5].map((later) => {
      makeFinalBills(model.records, world.belief, day + later, later * DAY_MS, out);
      return out.bills.length;
    });
    expect(made).toEqual([0, 0, 0, 1, 1]);
    expect(out.bills).toMatchObject([{ kind: "final", isEstimated: true, supply: "supply-05" }]);
    expect(account.openMonths).toEqual([]);
  });
});

test("budget billing asks the mean of what is known, the same on the next bill", () => {
  const set = [...QUIET, "start=2026-01-31T00:00"];
  const input = { kind: "budget-billing", target: "supply-05", isOn: true } as const;
  const { twin, bills, said } = played([[HOUR_MS, input]], 1.5 * DAY_MS, set);
  expect(said).toContain("budget-set");
  const bill = bills.find(({ supply }) => supply === "supply-05")!;
  expect(bill.amountMinor).toBe(twin.world.belief.accounts[4]!.budget!.amountMinor);
  expect(bill.amountMinor).toBeGreaterThan(0);
  expect(explainBill(bill).isExact).toBe(true);
});
