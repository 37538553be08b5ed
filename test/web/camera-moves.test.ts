import fc from "fast-check";
import { expect, test } from "vitest";
import { cameraMoves, readCamera, writeCamera } from "../../web/scene/camera-moves.ts";

test("a camera in an address is read back to a decimetre and a tenth of a degree", () => {
  const tenth = (min: number, max: number) =>
    fc.integer({ min: min * 10, max: max * 10 }).map((tenths) => tenths / 10);
  const anyView = fc.record({
    x: tenth(-900, 900),
    z: tenth(-900, 900),
    distanceM: tenth(4, 5_000),
    bearingDeg: tenth(0, 359),
    elevationDeg: tenth(5, 89),
  });
  fc.assert(
    fc.property(anyView, (view) => {
      expect(readCamera(writeCamera(view))).toEqual(view);
    }),
  );
});

test("what is no camera is refused", () => {
  const nonsense = ["", "1_2_3", "a_b_c_d_e", "0_0_100_0_95", "0_0_1_0_30", "0_0_1e9_0_30"];
  expect(nonsense.map(readCamera)).toEqual(nonsense.map(() => null));
  expect(cameraMoves.restore("nonsense")).toBe(false);
  expect(cameraMoves.read(), "no scene, no camera").toBeNull();
});
