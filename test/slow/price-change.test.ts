import { expect, test } from "vitest";
import type { RunComparison } from "../../sim/contract/comparison.ts";
import { DAY_MS, HOUR_MS, type SimMs } from "../../sim/core/time.ts";
import { createComparison } from "../../sim/engine/comparison.ts";
import { withPriceChange } from "../../sim/engine/scenario/price-change.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createReadText } from "../../sim/host/files.ts";

const lane = (name = "school-lane") => resolveScenario(`scenarios/${name}.yaml`, createReadText());
/** The bills of January come on 1 February at six. */
const BEFORE_BILLS_MS = 6 * DAY_MS;
const AFTER_BILLS_MS = 6 * DAY_MS + 7 * HOUR_MS;

/** School Lane with and without a change. */
function compared(change: Parameters<typeof withPriceChange>[1]) {
  const a = lane();
  const [one, other] = [a, withPriceChange(a, change)].map((resolved) => ({
    resolved,
    journal: [],
  }));
  const comparison = createComparison(one!, other!);
  return (untilMs: SimMs) => {
    comparison.advance(untilMs, () => true);
    return comparison.view();
  };
}
const billed = ({ changes }: RunComparison) =>
  changes.figures.find(({ path }) => path === "billing.billedMinor");

test("dearer units change nothing but a reading that is kept before the next bill, and then just the money", () => {
  const at = compared({ atMs: 2 * DAY_MS + HOUR_MS, percent: 50 });
  const before = at(BEFORE_BILLS_MS);
  // Where prices change within a month the company keeps the reading of that midnight.
  expect(before.first?.quantity).toBe("marks");
  expect(before.first!.simMs).toBeGreaterThanOrEqual(3 * DAY_MS);
  expect([before.homes, before.changes.figures]).toEqual([[], []]);
  const after = at(AFTER_BILLS_MS);
  expect(billed(after)!.b).toBeGreaterThan(billed(after)!.a!);
  // Seven pay by bills; the eighth pays ahead.
  expect(after.homes.map(({ supply }) => supply)).toEqual([
    ...["home-1", "home-2", "home-3", "home-4", "home-6", "home-7", "home-8"],
  ]);
  for (const { deliveredWh, importWh, owedMinor } of after.homes) {
    expect([deliveredWh[0], importWh[0]]).toEqual([deliveredWh[1], importWh[1]]);
    expect(owedMinor[1]).toBeGreaterThan(owedMinor[0]);
  }
});

test("for one home alone it is that home's bill, and cheaper units make it smaller", () => {
  const view = compared({ atMs: 0, percent: -20, supply: "home-7" })(AFTER_BILLS_MS);
  expect(view.homes.map(({ supply }) => supply)).toEqual(["home-7"]);
  const [{ owedMinor }] = view.homes as [(typeof view.homes)[number]];
  expect(owedMinor[1]).toBeLessThan(owedMinor[0]);
  expect(billed(view)!.b! - billed(view)!.a!).toBe(owedMinor[1] - owedMinor[0]);
});
