// Marks are told from what they stand on: 3 to 1 at least (WCAG 2.2, 1.4.11).

import { expect, test } from "vitest";
import { MARK_LOOK } from "../../web/panels/mark-shapes.tsx";
import { CASE, DIFFERS, THEFT } from "../../web/scene/palette.ts";

/** Ground of the timeline (`.timeline-strip`), and body of the round icons. */
const STRIP = "#0e161e";
const ICON_BODY = "#12161c";

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

test("black and white are 21 to 1", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
});

test.each(Object.entries(MARK_LOOK))("a %s stands out from the timeline", (_, { colour }) => {
  expect(contrast(colour, STRIP)).toBeGreaterThanOrEqual(3);
});

test.each([THEFT, CASE, DIFFERS, ICON_BODY])(
  "an icon of %s stands out from its white edge",
  (body) => {
    expect(contrast(body, "#ffffff")).toBeGreaterThanOrEqual(3);
  },
);
