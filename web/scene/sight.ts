// Where the camera stands and what it sees, as the chunks of a town ask for it; reused from picture to picture.

import { type Camera, Frustum, Matrix4, Sphere } from "three";
import type { Limits, Sight } from "./chunks.ts";

/** Homes and what belongs to them. */
export const HOME_LIMITS: Limits = {
  alwaysMax: 400,
  fullM: 300,
  boxM: 800,
  fullMax: 1_200,
  boxMax: 4_000,
};
/** Poles, kerbs, lamps: only where one can make them out. */
export const NEAR_LIMITS: Limits = {
  alwaysMax: 800,
  fullM: 350,
  boxM: 0,
  fullMax: 1_600,
  boxMax: 0,
};
/** Cables as tubes; further away mains are ribbons. */
export const CABLE_LIMITS: Limits = {
  alwaysMax: 1_200,
  fullM: 320,
  boxM: 0,
  fullMax: 2_600,
  boxMax: 0,
};

/** Homes, cables and trees stand so far out of their places. */
const MARGIN_M = 30;

export interface CameraSight extends Sight {
  /** Takes the camera as it is now; false where it has not moved since. */
  take(camera: Camera): boolean;
}

export function createSight(): CameraSight {
  const frustum = new Frustum();
  const sphere = new Sphere();
  const seen = new Matrix4();
  const now = new Matrix4();
  return {
    x: 0,
    y: 0,
    z: 0,
    take(camera) {
      camera.updateMatrixWorld();
      now.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
      if (now.equals(seen)) return false;
      seen.copy(now);
      frustum.setFromProjectionMatrix(now);
      const { x, y, z } = camera.position;
      Object.assign(this, { x, y, z });
      return true;
    },
    sees(x, z, radiusM) {
      sphere.center.set(x, 0, z);
      sphere.radius = radiusM + MARGIN_M;
      return frustum.intersectsSphere(sphere);
    },
  };
}
