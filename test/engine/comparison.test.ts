import { expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { createComparison } from "../../sim/engine/comparison.ts";
import { journal, street } from "../support/street.ts";

const resolved = street();
const ALWAYS = (): boolean => true;

test("two runs with one journal are alike", () => {
  const run = { resolved, journal: journal([[HOUR_MS, { kind: "mast-down" }]]) };
  const comparison = createComparison(run, run);
  expect(comparison.advance(3 * HOUR_MS, ALWAYS)).toBe(true);
  const { first, homes, changes } = comparison.view();
  expect(first).toBeNull();
  expect(homes).toEqual([]);
  expect(changes.figures).toEqual([]);
});

test("a thief in one of them is the first difference, in the minute of the theft, and the only home", () => {
  const atMs = 8 * HOUR_MS;
  const theft = journal([[atMs, { kind: "theft-start", target: "supply-07", share: 0.6 }]]);
  const comparison = createComparison({ resolved, journal: [] }, { resolved, journal: theft });
  comparison.advance(12 * HOUR_MS, ALWAYS);
  const { first, homes, changes, simMs } = comparison.view();
  expect(simMs).toBe(12 * HOUR_MS);
  expect(first).toMatchObject({ simMs: atMs + MINUTE_MS, supplyPoint: "supply-07" });
  expect(homes.map(({ supply }) => supply)).toEqual(["supply-07"]);
  expect(homes[0]!.importWh[1]).toBeLessThan(homes[0]!.importWh[0]);
  expect(changes.inputs.onlyB).toHaveLength(1);
  const stolen = changes.figures.find(({ path }) => path === "energy.stolenKWh");
  expect(stolen).toMatchObject({ a: 0 });
});

test("a failed mast is an outage in one of them only", () => {
  const down = journal([[HOUR_MS, { kind: "mast-down" }]]);
  const comparison = createComparison({ resolved, journal: [] }, { resolved, journal: down });
  comparison.advance(2 * HOUR_MS, ALWAYS);
  const { outages } = comparison.view().changes;
  expect(outages.onlyA).toEqual([]);
  expect(outages.onlyB).toEqual([expect.stringMatching(/^1h /)]);
});

test("it stops where it is told to, and goes on from there", () => {
  const comparison = createComparison({ resolved, journal: [] }, { resolved, journal: [] });
  expect(comparison.advance(HOUR_MS, () => false)).toBe(false);
  expect(comparison.nowMs).toBe(MINUTE_MS);
  expect(comparison.advance(HOUR_MS, ALWAYS)).toBe(true);
  expect(comparison.nowMs).toBe(HOUR_MS);
});

test("runs of two streets are not compared", () => {
  const other = street({ scenario: "market-lane" });
  expect(() =>
    createComparison({ resolved, journal: [] }, { resolved: other, journal: [] }),
  ).toThrow("not of one street");
});
