import { expect, test } from "vitest";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import {
  formatAge,
  formatClock,
  formatDate,
  formatEnergy,
  formatMoment,
  formatPower,
  wallClock,
} from "../../web/player/format.ts";

// 2026-01-12T00:00 in Kolkata is 2026-01-11T18:30 in UTC.
const LAYOUT = {
  startEpochMs: 1_768_156_200_000,
  offsets: [{ fromMs: 0, offsetMs: 19_800_000 }],
} as unknown as StreetLayout;

test("the street's clock shows its own zone, whatever the browser's", () => {
  expect(formatClock(wallClock(LAYOUT, 0))).toBe("00:00");
  expect(formatDate(wallClock(LAYOUT, 0))).toBe("Mon 12 Jan 2026");
  expect(formatMoment(LAYOUT, (19 * 60 + 6) * 60_000)).toBe("12 Jan 19:06");
});

test("quantities change their unit at a thousand", () => {
  expect(formatPower(640)).toBe("640 W");
  expect(formatPower(2_350)).toBe("2.35 kW");
  expect(formatEnergy(812)).toBe("812 Wh");
  expect(formatEnergy(4_512_300)).toBe("4,512.3 kWh");
});

test("ages are told in the largest units that matter", () => {
  expect(formatAge(3 * 60_000)).toBe("3 min");
  expect(formatAge(125 * 60_000)).toBe("2 h 5 min");
  expect(formatAge(120 * 60_000)).toBe("2 h");
  expect(formatAge(4 * 86_400_000)).toBe("4 d");
});
