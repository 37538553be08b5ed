import { expect, test } from "vitest";
import {
  FRONT_M,
  FRONT_PLACES,
  METER,
  meterPlace,
  meterView,
  onFront,
} from "../../web/scene/meter-place.ts";

const home = { row: 0, x: 10, z: -20, headingRad: 0.7, scale: 1 };

test("a meter stands before its house and looks where the door looks", () => {
  const { x, z, headingRad } = meterPlace(home);
  const ahead = (x - home.x) * Math.sin(0.7) + (z - home.z) * Math.cos(0.7);
  // The house is 6.6 m deep; its front is 3.3 m from its middle.
  expect(ahead).toBeGreaterThan(3.3 + METER.depthM);
  expect(headingRad).toBe(0.7);
});

test.for([1.9, 1.25, 0.78])("a picture of aspect %f holds the whole front", (aspect) => {
  const place = meterPlace(home);
  const { eye, target } = meterView(place, aspect);
  const [dx, dy, dz] = [0, 1, 2].map((at) => eye[at]! - target[at]!) as [number, number, number];
  // Before the meter, not behind it, and above the ground.
  expect(dx * Math.sin(0.7) + dz * Math.cos(0.7)).toBeGreaterThan(0);
  expect(eye[1]).toBeGreaterThan(METER.standM);
  const halfHeightM = Math.hypot(dx, dy, dz) * Math.tan((14 * Math.PI) / 180);
  expect(halfHeightM * aspect).toBeGreaterThan(METER.widthM / 2);
  expect(halfHeightM).toBeGreaterThan(METER.heightM / 2);
});

test("everything on the front lies within it, the buttons apart from each other", () => {
  const places = Object.values(FRONT_PLACES).map(onFront);
  for (const [right, up] of places) {
    expect(Math.abs(right)).toBeLessThan(FRONT_M / 2);
    expect(Math.abs(up)).toBeLessThan(FRONT_M / 2);
  }
  expect(onFront(FRONT_PLACES.enter)[0] - onFront(FRONT_PLACES.up)[0]).toBeGreaterThan(0.4);
});
