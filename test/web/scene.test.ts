import { expect, test } from "vitest";
import { lightAt } from "../../web/scene/lighting.ts";
import { LOADING_STEPS, loadingStep, srgbOf } from "../../web/scene/palette.ts";
import { readSceneOptions } from "../../web/scene/scene-options.ts";

test("a cable's step begins where the one before ends", () => {
  expect(loadingStep(0).label).toBe("under 40 %");
  expect(loadingStep(0.4).label).toBe("40 – 60 %");
  expect(loadingStep(0.999).label).toBe("80 – 100 %");
  expect(loadingStep(1).label).toBe("over 100 %");
  expect(
    LOADING_STEPS.map(({ hex }) => srgbOf(hex).map((part) => Math.round(part * 255)))[0],
  ).toEqual([0x1f, 0x78, 0xd1]);
});

test("light is a table without a jump, midnight included", () => {
  for (let minute = 0; minute < 1440; minute++) {
    const [now, next] = [lightAt(minute / 60), lightAt((minute + 1) / 60)];
    expect(Math.abs(now.night - next.night), `minute ${minute}`).toBeLessThan(0.02);
    expect(Math.abs(now.hemisphereStrength - next.hemisphereStrength)).toBeLessThan(0.02);
    expect(now.elevationDeg).toBeGreaterThan(24);
    expect(now.hemisphereStrength, "night keeps enough light to read the street").toBeGreaterThan(
      1.2,
    );
  }
});

test("the address may fix the hour, the motion and the quality, and nonsense counts as nothing", () => {
  expect(readSceneOptions("?t=19:06&freeze=1&quality=high")).toEqual({
    hour: 19.1,
    isFrozen: true,
    qualityStep: 0,
  });
  expect(readSceneOptions("?quality=3").qualityStep).toBe(3);
  for (const nonsense of ["best", "9", "-1", "2.5"]) {
    expect(readSceneOptions(`?t=25:00&quality=${nonsense}`), nonsense).toEqual({
      hour: null,
      isFrozen: false,
      qualityStep: null,
    });
  }
});
