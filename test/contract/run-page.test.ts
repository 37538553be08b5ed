// One page on a run: what it says, and that it says nothing of the truth while that is hidden.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { plotStretches, type RunPageSource, runPage } from "../../sim/contract/run-page.ts";
import { runPageHtml } from "../../sim/contract/run-page-html.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { runReport } from "../../sim/engine/report.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { street } from "../support/street.ts";

const TRUTH = 987_654;
const COMPANY = 123_400;

const resolved = street();
const facts = { version: "1", commit: "c", node: "26", timesRealTime: 1 };
const report: RunReport = runReport(createTwin(resolved), facts);

function source(change: Partial<RunPageSource> = {}): RunPageSource {
  return {
    layout: resolved.layout,
    calendar: createCalendar("2026-01-12T00:00", "Asia/Kolkata", []),
    report: { ...report, energy: { ...report.energy, stolenKWh: 55.5 } },
    ...{ scenario: "three-lanes", seed: 7, simulatedMs: 2 * HOUR_MS, isHidden: false },
    moments: [0, 1, 2].map((hour) => ({
      simMs: hour * HOUR_MS,
      truth: { sourceW: TRUTH, lossesW: 5_000, minVoltageV: 221.5, maxVoltageV: 239.5 },
      company: hour === 1 ? null : { transformerPowerW: COMPANY, unexplainedWh: null },
      homesOnTime: 18,
    })),
    incidents: [{ at: HOUR_MS, text: "a fuse & <more>" }],
    cases: [],
    again: ["meterville replay street.mcap"],
    ...change,
  };
}

test("a page has plots with round ends, its totals, and how to run it again", () => {
  const page = runPage(source());
  expect(page.subtitle).toBe("three-lanes, seed 7: 2h from 2026-01-12 00:00 to 2026-01-12 02:00");
  const plots = Object.fromEntries(page.plots.map((plot) => [plot.title, plot]));
  expect(plots["Street power"]).toMatchObject({ low: 0, high: 1000, unit: "kW" });
  expect(plots["Street power"]!.lines[1]!.values).toEqual([123.4, null, 123.4]);
  expect(plots["Voltage at the homes"]).toMatchObject({ low: 220, high: 240 });
  expect(plots["Homes whose readings are on time"]!.lines[0]!.values).toEqual([75, 75, 75]);
  expect(plots["Unexplained, day by day"], "nothing is known of it").toBeUndefined();
  const html = runPageHtml(page);
  expect(html).toContain("a fuse &amp; &lt;more&gt;");
  expect(html).toContain("meterville replay street.mcap");
  expect(html).toContain("55.5 kWh");
});

test("while the truth is hidden the page holds nothing of it, whatever it is given", () => {
  const page = runPage(source({ isHidden: true }));
  const text = JSON.stringify(page) + runPageHtml(page);
  expect(text).toContain("The truth is hidden");
  for (const secret of [
    "987.6",
    "55.5",
    "stolen",
    "Thieves",
    "final hash",
    "239.5",
    "Voltage",
    "seed 7",
    "replay",
  ]) {
    expect(text, secret).not.toContain(secret);
  }
  expect(page.plots.map(({ title }) => title)).toEqual([
    "Street power",
    "Homes whose readings are on time",
  ]);
});

test("a recording without its end has plots and says that totals are missing", () => {
  const page = runPage(source({ report: null }));
  expect(page.note).toContain("cut off");
  expect(page.facts).toEqual([]);
  expect(page.plots.length).toBeGreaterThan(2);
});

test("more cases and incidents than there is room for are counted", () => {
  const incidents = Array.from({ length: 40 }, (_, at) => ({ at, text: `fault ${at}` }));
  const [, faults] = runPage(source({ incidents })).lists;
  expect(faults).toMatchObject({ title: "Outages and faults (40)" });
  expect(faults!.rows).toHaveLength(5);
  expect(faults!.rows.at(-1)).toBe("… and 36 more");
});

test("every point of a plot lies in its box, and a gap is no line", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: -1e6, max: 1e7, noNaN: true })), { minLength: 1 }),
      (watts) => {
        const moments = watts.map((sourceW, hour) => ({
          simMs: hour * HOUR_MS,
          truth:
            sourceW === null ? null : { sourceW, lossesW: 0, minVoltageV: 230, maxVoltageV: 230 },
          ...{ company: null, homesOnTime: null },
        }));
        const page = runPage(source({ moments }));
        for (const plot of page.plots) {
          expect(plot.high).toBeGreaterThan(plot.low);
          const [line] = plotStretches(plot, 100, 50);
          const points = line!.stretches.flat();
          expect(points.length).toBe(watts.filter((each) => each !== null).length);
          for (const [x, y] of points) {
            expect(x >= 0 && x <= 100 && y >= 0 && y <= 50).toBe(true);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});
