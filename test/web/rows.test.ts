// The homes as rows and as lanes: what a table shows, in which order, and what is found.

import fc from "fast-check";
import { expect, test } from "vitest";
import type {
  BeliefSupplyColumns,
  StreetLayout,
  TruthSupplyColumns,
} from "../../sim/contract/frame.ts";
import { laneOf, lanesOf } from "../../web/player/lanes.ts";
import { COLUMNS, findRows, type HomeRowData, homeRows, sortRows } from "../../web/player/rows.ts";
import type { TwinFrames } from "../../web/player/store.ts";
import { FLAG, type HomeState } from "../../web/scene/home-state.ts";

const ADDRESSES = ["2 Mango Lane", "10 Mango Lane", "1 Tamarind Lane", "The Mill"];
const CUSTOMERS = ["A. Nair", "B. Das", "C. Nair", "D. Rao"];
const LAYOUT = {
  supplies: ADDRESSES.map((address, row) => ({
    ...{ id: `supply-0${row + 1}`, address, customer: CUSTOMERS[row], phase: (row % 3) + 1 },
  })),
} as unknown as StreetLayout;
const TRUTH = {
  activePowerW: [100, 2_000, 0, 50],
  voltageV: [231, 229, 0, 230],
  importWh: [1_000, 2_000, 3_000, 4_000],
} as unknown as TruthSupplyColumns;
const BELIEF = {
  activePowerW: [90, null, 10, 60],
  voltageV: [230, null, 228, 230],
  importWh: [900, null, 3_000, 3_900],
  measuredAt: [60_000, null, 90_000, 120_000],
  accountState: ["active", "overdue", "tripped", "active"],
  owedMinor: [0, 67_250, 1_200, -500],
  suspicion: [0, 0.91, 0, 0],
} as unknown as BeliefSupplyColumns;
const frames = (of: Partial<TwinFrames>): TwinFrames =>
  ({ truthSupply: null, beliefSupply: null, ...of }) as TwinFrames;
const state = (flags: number): HomeState => ({
  ...{ lit: 0, flags, off: "", theftKinds: 0, suspicionStep: 0, differsIn: 0 },
});
const STATES = [state(0), state(FLAG.suspected | FLAG.late), state(FLAG.dark), state(0)];
const rows = homeRows(
  "truth",
  frames({ truthSupply: TRUTH, beliefSupply: BELIEF }),
  LAYOUT,
  STATES,
  120_000,
);
const addresses = (of: readonly HomeRowData[]): readonly string[] =>
  of.map(({ address }) => address);

test("the company's table has the company's figures, and nothing where it has none", () => {
  const known = homeRows(
    "company",
    frames({ truthSupply: TRUTH, beliefSupply: BELIEF }),
    LAYOUT,
    STATES,
    120_000,
  );
  expect(known.map(({ powerW }) => powerW)).toEqual([90, null, 10, 60]);
  expect(known.map(({ voltageV }) => voltageV)).toEqual([230, null, 228, 230]);
  expect(known.map(({ importWh }) => importWh)).toEqual([900, null, 3_000, 3_900]);
  expect(rows.map(({ powerW }) => powerW)).toEqual(TRUTH.activePowerW);
});

test("what is known is as old as its measurement; what is not known has no age", () => {
  expect(rows.map(({ ageMs }) => ageMs)).toEqual([60_000, null, 30_000, 0]);
});

test("marks are those of the legend, the gravest first", () => {
  expect(rows.map(({ marks }) => marks)).toEqual([[], ["case", "late"], ["off"], []]);
});

test("before the first frame every home is there, and no figure is made up", () => {
  const empty = homeRows("truth", frames({}), LAYOUT, [], 0);
  expect(addresses(empty)).toEqual(ADDRESSES);
  for (const row of empty) {
    expect(row).toMatchObject({ powerW: null, voltageV: null, account: null, ageMs: null });
  }
});

test("addresses sort as people count: 2 before 10", () => {
  const sorted = sortRows(rows, { by: "address", isDescending: false });
  expect(addresses(sorted)).toEqual([
    "1 Tamarind Lane",
    "2 Mango Lane",
    "10 Mango Lane",
    "The Mill",
  ]);
});

test("what is not known comes last, whichever way one sorts", () => {
  for (const isDescending of [false, true]) {
    const last = sortRows(rows, { by: "ageMs", isDescending }).at(-1);
    expect(last?.address).toBe("10 Mango Lane");
  }
});

const anyRows = fc.array(
  fc.record({
    powerW: fc.option(fc.integer({ min: -5, max: 5 })),
    account: fc.option(fc.constantFrom("active", "overdue", "tripped")),
    marks: fc.subarray(["theft", "off", "case"]),
  }),
);

test("every sort by every column keeps every home, in order, and equals as they stood", () => {
  fc.assert(
    fc.property(anyRows, fc.constantFrom(...COLUMNS), fc.boolean(), (parts, by, isDescending) => {
      const all = parts.map((part, row) => ({ ...rows[0]!, ...part, row }) as HomeRowData);
      const sorted = sortRows(all, { by, isDescending });
      expect([...sorted].sort((a, b) => a.row - b.row)).toEqual(all);
      sorted.slice(1).forEach((right, at) => {
        const left = sorted[at]!;
        const [a, b] = [left[by], right[by]];
        if (typeof a === "number" && typeof b === "number") {
          expect(isDescending ? a >= b : a <= b).toBe(true);
        }
        if (a === null) expect(b).toBeNull();
        if (String(a) === String(b)) expect(left.row).toBeLessThan(right.row);
      });
    }),
  );
});

test.for([
  { text: "mango", found: ["2 Mango Lane", "10 Mango Lane"] },
  { text: "  MANGO 10 ", found: ["10 Mango Lane"] },
  { text: "supply-04", found: ["The Mill"] },
  { text: "nair", found: ["2 Mango Lane", "1 Tamarind Lane"] },
  { text: "L3", found: ["1 Tamarind Lane"] },
  { text: "late", found: ["10 Mango Lane"] },
  { text: "overdue", found: ["10 Mango Lane"] },
  { text: "cut off", found: ["1 Tamarind Lane"] },
  { text: "overdue mill", found: [] },
  { text: "", found: ADDRESSES },
])("“$text” finds $found", ({ text, found }) => {
  expect(addresses(findRows(rows, text))).toEqual(found);
});

test("a home stands in the lane of its address; without a number it is a lane of its own", () => {
  expect(laneOf("12b Mango Lane")).toBe("Mango Lane");
  expect(lanesOf(LAYOUT).map(({ name, rows: of }) => [name, of])).toEqual([
    ["Mango Lane", [0, 1]],
    ["Tamarind Lane", [2]],
    ["The Mill", [3]],
  ]);
});
