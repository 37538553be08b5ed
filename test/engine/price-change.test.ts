import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { withPriceChange } from "../../sim/engine/scenario/price-change.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createReadText } from "../../sim/host/files.ts";

const lane = (name = "school-lane") => resolveScenario(`scenarios/${name}.yaml`, createReadText());
test("half as much again from the next local day on is one more version of the tariff, with the same fixed charges", () => {
  const a = lane();
  const change = { atMs: HOUR_MS, percent: 50 };
  const [plain, dearer] = [a, withPriceChange(a, change)].map(
    ({ records }) => records.billing!.tariffs[0]!,
  );
  if (plain?.kind !== "slab" || dearer?.kind !== "slab") throw new Error("LT-1A is a slab tariff");
  expect(dearer.blocks).toEqual(plain.blocks);
  const [version] = dearer.changes!;
  expect(new Date(version!.fromDay * DAY_MS).toISOString().slice(0, 10)).toBe("2026-01-27");
  const later = version!.tariff;
  if (later.kind !== "slab") throw new Error("a version has the kind of its tariff");
  // Kerala's first block, 3.25 ₹ a unit, in thousandths of a paisa.
  expect(plain.blocks[0]!.priceMilliMinorPerKWh).toBe(325_000);
  expect(later.blocks[0]!.priceMilliMinorPerKWh).toBe(487_500);
  expect([later.fixed, later.dutyPercent]).toEqual([plain.fixed, plain.dutyPercent]);
});

test("what cannot have other prices is refused with a sentence", () => {
  const change = { atMs: 0, percent: 10 };
  const refused = (supply: string) => () => withPriceChange(lane(), { ...change, supply });
  expect(refused("home-5")).toThrow(/^home-5 pays ahead, by prices in its meter; choose a home/);
  expect(refused("home-77")).toThrow(/^there is no home home-77/);
});
