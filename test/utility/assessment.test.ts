// What a confirmed theft costs, worked by hand.

import { describe, expect, test } from "vitest";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { localTime } from "../../sim/core/calendar.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { disputedMinor, owedMinor } from "../../sim/utility/billing/accounts.ts";
import { assess, assessmentLines, basisOf } from "../../sim/utility/billing/assessment.ts";
import { closeDispute, openDispute } from "../../sim/utility/billing/disputes.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import type { AssessmentPolicy } from "../../sim/utility/billing/policy.ts";
import { signal } from "../../sim/utility/detection/signal.ts";
import { books, january, OPENING_WH } from "../support/books.ts";
import { street } from "../support/street.ts";
import { theftCase } from "../support/theft-case.ts";

const RULES: AssessmentPolicy = { hoursPerDay: 8, demandFactor: 0.4, days: 365, timesTariff: 2 };
const NOW = january(11);

/** A supply of 5 kW that was metered 30 kWh in ten days. */
function case1() {
  const here = books();
  const supply = { ...here.supply, sanctionedW: 5000 };
  const context = { ...here, supply };
  const known = theftCase({
    supply: supply.id,
    probability: 1,
    signals: [signal("phase-balance", january(3), 3, "", {})],
    openedAt: january(8),
  });
  const what = {
    caseId: "case-1",
    known,
    registerWh: OPENING_WH + 30_000,
    registerAt: NOW,
    now: NOW,
  };
  return { ...here, context, what, supply };
}

describe("an assessment after a confirmed theft", () => {
  // 5 kW × 365 days × 8 h × 0.4 = 5840 kWh, less 3 kWh a day × 365 = 1095 kWh, is 4745 kWh: 395.416 a month, all at
  // 7.60 for up to 400. 12 × 395.416 × 15.20 = 72 123.88.
  test("is load × days × hours × demand factor, less what was metered, at twice the tariff", () => {
    const { context, what, out, ledger, account } = case1();
    expect(assess(context, RULES, what, out)).toBe(true);
    const [bill] = out.bills;
    expect(bill).toMatchObject({
      id: "supply-01/assessment/case-1",
      kind: "assessment",
      amountMinor: 7_212_388,
      basis: { loadW: 5000, days: 365, assessedWh: 5_840_000, meteredWh: 1_095_000 },
    });
    expect(bill!.lines).toMatchObject([{ quantity: 4_744_992, priceMilliMinor: 1_520_000 }]);
    expect(owedMinor(account)).toBe(7_212_388);
    expect(balanceOf(ledger, "revenue/assessments")).toBe(-7_212_388);
    expect(out.postings.at(-1)!.eventId).toBe("bill/supply-01/assessment/case-1/1");
    const { head, isExact } = explainBill(bill!);
    expect(isExact).toBe(true);
    expect(head[1]).toContain(
      "5.000 kW × 365 days × 8 hours × 0.4 = 5 840.000 kWh, less 1 095.000 kWh metered",
    );
  });

  test("may go back to the first sign of the case only", () => {
    const { what, supply } = case1();
    // From 3 to 11 January: 8 days, 5 × 8 × 8 × 0.4 = 128 kWh, less 24.
    const basis = basisOf({ ...RULES, days: "case" }, supply, what);
    expect(basis).toMatchObject({ days: 8, assessedWh: 128_000, meteredWh: 24_000 });
    expect(basisOf({ ...RULES, days: "case" }, supply, { ...what, known: undefined }).days).toBe(
      365,
    );
  });

  test("can be disputed like any other debt, and is given back where the customer was right", () => {
    const { context, what, out, account, billing, ledger, policy } = case1();
    assess(context, RULES, what, out);
    const { arrearsMinMinor } = policy;
    const amountMinor = 7_212_388;
    openDispute(
      "supply-01",
      account,
      billing,
      { amountMinor, reason: "?", at: NOW, arrearsMinMinor },
      out,
    );
    expect(disputedMinor(account)).toBe(amountMinor);
    closeDispute(
      "supply-01",
      account,
      ledger,
      { upheld: true, at: NOW + DAY_MS, arrearsMinMinor },
      out,
    );
    expect(owedMinor(account)).toBe(0);
    expect(trialBalance(ledger)).toBe(0);
  });

  test("is nothing where more was metered than the formula asks", () => {
    const { context, what, out } = case1();
    const much = { ...what, registerWh: OPENING_WH + 300_000 };
    expect(assess(context, RULES, much, out)).toBe(false);
    expect(out.postings).toEqual([]);
  });

  test("is by the prices that hold on its day, where the tariff changes", () => {
    const plain = case1();
    assess(plain.context, RULES, plain.what, plain.out);
    const { context, what, out } = case1();
    const { tariff } = context;
    if (tariff.kind !== "slab") throw new Error("a slab tariff is needed");
    const today = localTime(context.calendar, what.now).day;
    const blocks = tariff.blocks.map((block) => ({ ...block, priceMilliMinorPerKWh: 1 }));
    const changes = [
      { fromDay: today, tariff },
      { fromDay: today + 1, tariff: { ...tariff, blocks } },
    ];
    const changing = { ...context, tariff: { ...tariff, blocks, changes } };
    expect(assess(changing, RULES, what, out)).toBe(true);
    expect(out.bills[0]!.lines).toEqual(plain.out.bills[0]!.lines);
  });

  test("has a price for every kind of tariff: where the hour decides, that of the hours without a window", () => {
    const basis = basisOf(RULES, case1().supply, case1().what);
    const tariffs = ["india-tod", "india-prepaid"].map(
      (name) =>
        street({ set: [`utility.billing.tariff=tariffs/${name}.yaml`] }).records.billing!
          .tariffs[0]!,
    );
    for (const tariff of tariffs) {
      if (tariff.kind === "slab") throw new Error("a tariff by time is needed");
      const price = tariff.rates[tariff.otherwise]!.priceMilliMinorPerKWh;
      expect(assessmentLines(tariff, basis)).toMatchObject([
        { quantity: 4_744_992, priceMilliMinor: 2 * price },
      ]);
    }
  });
});
