import { expect, test } from "vitest";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { oneLineOf } from "../../web/diagram/one-line.ts";
import { feederProfile, knownProfile } from "../../web/panels/feeder-profile.ts";
import type { StreetStore } from "../../web/player/store.ts";

const cable = (id: string, from: [number, number], to: [number, number]) => ({
  ...{ id, from, to, kind: "trunk" as const, ratingA: 100, phases: 7 },
});
/** 30 m and 40 m of main at a right angle, doubled at first, and a drop of 10 m at its end. */
const LAYOUT = {
  ...{ title: "", zone: "UTC", startEpochMs: 0, offsets: [], currency: "", intervalMs: 1 },
  nominalV: 230,
  branches: [
    { ...cable("t1", [0, 0], [0, 0]), kind: "transformer" },
    cable("a", [0, 0], [30, 0]),
    cable("a-again", [0, 0], [30, 0]),
    cable("b", [30, 0], [30, 40]),
    cable("drop", [30, 40], [30, 50]),
  ],
  supplies: [{ id: "s", address: "1 Lane", customer: "", phase: 1, bus: "", x: 30, y: 50 }],
  transformers: [{ feeder: "f", x: 0, y: 0, ratingVa: 1e5 }],
  masts: [],
} as unknown as StreetLayout;
const PROFILE = feederProfile(oneLineOf(LAYOUT), LAYOUT, 0);

test("a home lies as far as its cables are long, and two side by side count once", () => {
  expect(PROFILE.homes).toEqual([{ row: 0, atM: 80 }]);
  expect(PROFILE.lengthM).toBe(80);
  expect(PROFILE.parts.map(({ row, fromM, toM }) => [row, fromM, toM])).toEqual([
    [1, 0, 30],
    [3, 30, 70],
    [4, 70, 80],
  ]);
});

test("in truth lines go from voltage to voltage and end where there is none; the company knows homes alone", () => {
  const frames = {
    truthBranch: { voltageV: [230, 228, 228, 0, 0] },
    truthSupply: { voltageV: [0] },
    beliefSupply: { voltageV: [221] },
  };
  const known = (view: "truth" | "company") =>
    knownProfile(PROFILE, { ...frames, view } as unknown as StreetStore);
  expect(known("truth")).toEqual({
    lines: [{ fromM: 0, toM: 30, fromV: 230, toV: 228 }],
    dots: [],
  });
  expect(known("company")).toEqual({ lines: [], dots: [{ row: 0, atM: 80, volts: 221 }] });
});
