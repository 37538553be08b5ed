// The weather of a scenario: what is refused, what the sky does to roofs, and that a street without it is as it was.

import { describe, expect, test } from "vitest";
import { SKIES, type Sky, skyAt } from "../../sim/contract/weather.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import type { ScenarioError } from "../../sim/engine/scenario/problem.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import {
  createTwin,
  resolvedText,
  restoreTwin,
  type Twin,
  type World,
} from "../../sim/engine/world.ts";
import { clearSkyIrradianceW } from "../../sim/plant/loads/daylight.ts";
import { clearnessUnder, solarShare } from "../../sim/plant/loads/solar.ts";
import { exportMilliWh } from "../../sim/plant/meters/registers.ts";
import { HEAD } from "../support/networks.ts";
import { runUntil } from "../support/street.ts";

const FEEDER = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`;
const STREET = `meterville: 1
name: s
title: S
start: "2026-06-14T00:00"
zone: Asia/Kolkata
step: 5min
feeder: street.dss
loads: { profile: india }
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane, solarKWp: 12 }
  - { id: home-2, load: h2, name: B, address: 2 Lane }
`;

const resolved = (block = "") =>
  resolveScenario("s.yaml", (path) => (path === "s.yaml" ? STREET + block : FEEDER));

function refusal(block: string): string {
  try {
    resolved(block);
  } catch (error) {
    return (error as ScenarioError).message;
  }
  throw new Error("the scenario was taken");
}

const dayUnder = (block: string): Twin => runUntil(createTwin(resolved(block)), DAY_MS);
const exportedWh = ({ model, world }: Twin): number =>
  exportMilliWh(model.meters, world.plant.meters, 0) / 1000;
const always = (sky: Sky): string => `weather: [{ from: 0h, sky: ${sky} }]\n`;

describe("what is wrong in `weather` is refused with line, column and what to write", () => {
  test.each([
    ["weather: [{ from: 1h, sky: rian }]\n", /^s\.yaml:12:\d+ weather\.0\.sky: .*rain/],
    [
      "weather: [{ from: 1h, skyy: rain }]\n",
      /^s\.yaml:12:23 weather\.0\.skyy: .*did you mean sky/m,
    ],
    [
      "weather: [{ sky: rain }]\n",
      /^s\.yaml:12:\d+ weather\.0\.from: write a moment as a duration/,
    ],
    ["weather:\n  - { from: noon, sky: rain }\n", /^s\.yaml:13:7 weather\.0\.from: "noon" is no/],
    [
      "weather:\n  - { from: 2h, sky: rain }\n  - { from: 2h, sky: clear }\n",
      /^s\.yaml:14:7 weather\.1\.from: a spell lasts until the next one: write a moment after 2h$/,
    ],
    ["weather: rain\n", /^s\.yaml:12:1 weather: write a list$/],
  ])("%j", (block, message) => {
    expect(refusal(block)).toMatch(message);
  });
});

test("a spell begins at its moment and lasts until the next", () => {
  const spells = resolved(
    "weather: [{ from: 1h, sky: rain }, { from: 2026-06-14T03:00, sky: clear }]\n",
  ).weather!;
  expect(spells).toEqual([
    { from: HOUR_MS, sky: "rain" },
    { from: 3 * HOUR_MS, sky: "clear" },
  ]);
  const skies = [HOUR_MS - 1, HOUR_MS, 3 * HOUR_MS - 1, 3 * HOUR_MS, 90 * DAY_MS];
  expect(skies.map((at) => skyAt(spells, at))).toEqual([null, "rain", "rain", "clear", "clear"]);
  expect(skyAt([], 0)).toBeNull();
});

test("clouds let through what Kasten and Czeplak (1980) say of their oktas", () => {
  // 1 − 0.75·(N ÷ 8)^3.4, by hand: a half of the sky costs 7 %, three quarters 28 %, all of it 75 %.
  const table = [1, 0.999, 0.993, 0.973, 0.929, 0.848, 0.718, 0.524, 0.25];
  table.forEach((share, oktas) => {
    expect(clearnessUnder(oktas)).toBeCloseTo(share, 3);
  });
});

test("of a clear sky's light a panel gets what the sky of the moment lets through", () => {
  const irradianceW = clearSkyIrradianceW("india");
  const noon = { seed: 1, day: 20_000, month: 5, minuteOfDay: 12 * 60 };
  const shares = SKIES.map((sky) => solarShare(irradianceW, { ...noon, sky }));
  expect(shares.map((share) => share / shares[0]!)).toEqual([
    1,
    expect.closeTo(0.718, 3),
    0.25,
    0.25,
  ]);
  const drawn = solarShare(irradianceW, { ...noon, sky: null });
  expect(drawn).toBeLessThan(shares[0]!);
  expect(drawn).toBeGreaterThan(0.35 * shares[0]! - 1e-12);
  const night = { ...noon, minuteOfDay: 0 };
  expect(SKIES.map((sky) => solarShare(irradianceW, { ...night, sky }))).toEqual([0, 0, 0, 0]);
});

describe("a day of a street with a roof", () => {
  const none = dayUnder("");
  const clear = dayUnder(always("clear"));
  const rain = dayUnder(always("rain"));

  test("feeds in less under rain than under a clear sky, and what was drawn lies between", () => {
    expect(exportedWh(rain)).toBeGreaterThan(1000);
    expect(exportedWh(clear)).toBeGreaterThan(3 * exportedWh(rain));
    expect(exportedWh(none)).toBeLessThan(exportedWh(clear));
    expect(exportedWh(none)).toBeGreaterThan(exportedWh(rain));
    expect(finalHash(rain)).not.toBe(finalHash(clear));
  });

  test("has one hash twice, and from a snapshot of its noon on", () => {
    expect(finalHash(dayUnder(always("rain")))).toBe(finalHash(rain));
    const noon = runUntil(createTwin(resolved(always("rain"))), 12 * HOUR_MS);
    const world = decodeSnapshot<World>(encodeSnapshot(noon.world));
    const after = runUntil(restoreTwin(resolved(always("rain")), world), DAY_MS);
    expect(finalHash(after)).toBe(finalHash(rain));
  });

  test("without the block is the same run as with an empty one, and nothing of it says weather", () => {
    expect(resolvedText(resolved("weather: []\n")).replace(/"sources":.*$/, "")).toBe(
      resolvedText(resolved()).replace(/"sources":.*$/, ""),
    );
    expect(resolved()).not.toHaveProperty("weather");
    for (const channel of ["truth/street", "belief/street"] as const) {
      expect(makeFrame(none, channel).data).not.toHaveProperty("weather");
    }
  });

  test("is drawn as without weather until its first spell", () => {
    const late = "weather: [{ from: 10h, sky: rain }]\n";
    const until = (block: string, untilMs: number) =>
      exportedWh(runUntil(createTwin(resolved(block)), untilMs));
    expect(until(late, 10 * HOUR_MS)).toBe(until("", 10 * HOUR_MS));
    expect(until(late, 11 * HOUR_MS)).toBeLessThan(until("", 11 * HOUR_MS));
  });

  test("tells truth and company the sky of the moment", () => {
    const twin = createTwin(
      resolved("weather: [{ from: 1h, sky: rain }, { from: 2h, sky: storm }]\n"),
    );
    const said = (untilMs: number) => {
      runUntil(twin, untilMs);
      return (["truth/street", "belief/street"] as const).map(
        (channel) => (makeFrame(twin, channel).data as { weather?: Sky }).weather,
      );
    };
    expect(said(HOUR_MS - 5 * MINUTE_MS)).toEqual([undefined, undefined]);
    expect(said(HOUR_MS)).toEqual(["rain", "rain"]);
    expect(said(2 * HOUR_MS)).toEqual(["storm", "storm"]);
  });
});
