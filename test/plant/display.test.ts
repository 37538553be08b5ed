// The display: two lines of sixteen, page after page by the meter's clock.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DisplayView, displayPage, PAGE_MS } from "../../sim/plant/meters/display.ts";
import { OBIS } from "../../sim/plant/meters/obis.ts";

const VIEW: DisplayView = {
  ownMs: 0,
  localTime: "2026-01-15 14:05:00",
  isClockInvalid: false,
  importWh: 5_234_567,
  exportWh: 0,
  quantities: {
    elementVoltageV: [230.1],
    elementCurrentA: [4.357],
    neutralCurrentA: 4.357,
    activePowerW: 982.4,
    reactivePowerVar: 120,
    powerFactor: 0.98,
    frequencyHz: 50,
  },
  hasTamper: false,
  openedBy: undefined,
  credit: null,
  lastEvent: null,
  notice: "",
};
const THREE_PHASES = {
  ...VIEW.quantities,
  elementVoltageV: [230.1, 229.8, 231],
  elementCurrentA: [1, 2, 43.21],
};

/** Every page of a view, up to the first one that comes again. */
function pages(changes: Partial<DisplayView> = {}): readonly string[] {
  const shown: string[] = [];
  for (let page = 0; page < 10; page++) {
    const text = displayPage({ ...VIEW, ...changes, ownMs: page * PAGE_MS });
    if (shown.includes(text)) break;
    shown.push(text);
  }
  return shown;
}

test("a single-phase meter turns from energy to voltage and current, to power, to the time", () => {
  expect(pages()).toEqual([
    "  5234.56 kWh   \n1.8.0         OK",
    "230.1V     4.36A\n12.7.0    11.7.0",
    "982W     pf 0.98\n1.7.0     13.7.0",
    "2026-01-15 14:05\n0.0.1.0.0       ",
  ]);
});

test("a three-phase meter has a page for each phase, by its OBIS codes", () => {
  expect(pages({ quantities: THREE_PHASES }).slice(1, 4)).toEqual([
    "230.1V     1.00A\n32.7.0    31.7.0",
    "229.8V     2.00A\n52.7.0    51.7.0",
    "231.0V    43.21A\n72.7.0    71.7.0",
  ]);
});

test.for([
  { what: "export", change: { exportWh: 45_670 }, page: "    45.67 kWh   \n2.8.0           " },
  {
    what: "credit",
    change: { credit: { milliMinor: 12_345_678, currency: "INR" } },
    page: "123.45       INR\nCREDIT          ",
  },
  {
    what: "emergency credit",
    change: { credit: { milliMinor: -1_000, currency: "INR" } },
    page: "-0.01        INR\nEMERGENCY CREDIT",
  },
  {
    what: "the last event",
    change: { lastEvent: { code: "over-limit-lockout", localTime: "2026-01-15 13:00:59" } },
    page: "OVER-LIMIT-LOCKO\n2026-01-15 13:00",
  },
  { what: "a tamper", change: { hasTamper: true }, page: "  5234.56 kWh   \n1.8.0     TAMPER" },
  {
    what: "a clock that lost the time",
    change: { isClockInvalid: true },
    page: "2026-01-15 14:05\n0.0.1.0.0 SET ME",
  },
] as const)("$what has its page", ({ change, page }) => {
  expect(pages(change)).toContain(page);
});

describe("the second line", () => {
  test.for([
    { openedBy: "company", notice: "", line: "SUPPLY OFF      " },
    { openedBy: "credit", notice: "", line: "NO CREDIT       " },
    { openedBy: "limit", notice: "", line: "OVERLOAD        " },
    { openedBy: "company", notice: "BILL IS OVERDUE", line: "BILL IS OVERDUE " },
    { openedBy: undefined, notice: "BILL IS OVERDUE", line: "BILL IS OVERDUE " },
  ] as const)("is $line on every page for $openedBy and the notice '$notice'", (row) => {
    const { openedBy, notice } = row;
    for (const page of pages({ openedBy, notice })) expect(page.slice(17)).toBe(row.line);
  });
});

test("a page stays for six seconds of the meter's own clock; around every full minute it is the energy", () => {
  const at = (ownMs: number): string => displayPage({ ...VIEW, ownMs });
  expect(PAGE_MS).toBe(6000);
  expect(at(2_999)).toBe(at(0));
  expect(at(3_000)).not.toBe(at(0));
  expect(at(8_999)).toBe(at(3_000));
  expect(at(9_000)).not.toBe(at(3_000));
  for (let minute = 1; minute <= 20; minute++) {
    for (const offMs of [-3000, 0, 2999]) expect(at(60_000 * minute + offMs)).toBe(at(0));
  }
});

test("two lines have sixteen printable characters each, whatever there is to show", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  const view = fc.record({
    ownMs: fc.integer({ min: -1e6, max: 1e12 }),
    localTime: text,
    importWh: fc.integer({ min: 0, max: 10 ** 15 }),
    exportWh: fc.integer({ min: 0, max: 10 ** 15 }),
    notice: text,
    quantities: fc.record({
      elementVoltageV: fc.tuple(number, number, number),
      elementCurrentA: fc.tuple(number, number, number),
      neutralCurrentA: number,
      activePowerW: number,
      reactivePowerVar: number,
      powerFactor: number,
      frequencyHz: number,
    }),
    credit: fc.record({ milliMinor: fc.integer({ min: -1e15, max: 1e15 }), currency: text }),
    lastEvent: fc.record({ code: text, localTime: text }),
  });
  fc.assert(
    fc.property(view, (changes) => {
      expect(displayPage({ ...VIEW, ...changes })).toMatch(/^[ -~]{16}\n[ -~]{16}$/);
    }),
    { seed: 20_260_112, numRuns: 1000 },
  );
});

// IEC 62056-6-1, group C of electricity: 1 active import, 2 export, 11 to 14 any phase, 31/51/71 and 32/52/72 by phase,
// 91 neutral; D 7 is instantaneous, 8 the register since installation.
test("quantities have the names of the standard", () => {
  expect(OBIS).toMatchObject({
    importWh: "1.8.0",
    exportWh: "2.8.0",
    elementImportWh: ["21.8.0", "41.8.0", "61.8.0"],
    elementVoltageV: ["32.7.0", "52.7.0", "72.7.0"],
    elementCurrentA: ["31.7.0", "51.7.0", "71.7.0"],
    neutralCurrentA: "91.7.0",
    powerFactor: "13.7.0",
    frequencyHz: "14.7.0",
  });
});
