// The camera: a long lens, three quarters on to the street, pan first as on a map.

import { MapControls } from "@react-three/drei/core/MapControls.js";
import { useFrame, useThree } from "@react-three/fiber";
import { useCallback, useEffect, useRef } from "react";
import { type PerspectiveCamera, Vector3 } from "three";
import type { MapControls as Controls } from "three-stdlib";
import type { StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { mayMove } from "./scene-options.ts";

export const FIELD_OF_VIEW_DEG = 28;
const ELEVATION_DEG = 24;
const BEARING_DEG = 24;
const FLIGHT_S = 0.5;
const CLOSE_M = 95;

interface Flight {
  readonly fromEye: Vector3;
  readonly fromTarget: Vector3;
  readonly toEye: Vector3;
  readonly toTarget: Vector3;
  share: number;
}

const direction = (): Vector3 => {
  const [elevation, bearing] = [ELEVATION_DEG, BEARING_DEG].map((deg) => (deg * Math.PI) / 180);
  return new Vector3(
    -Math.sin(bearing!) * Math.cos(elevation!),
    Math.sin(elevation!),
    Math.cos(bearing!) * Math.cos(elevation!),
  );
};

/** Distance from which the whole street is in the picture. */
function fitDistanceM(plan: StreetPlan, aspect: number): number {
  const halfAngle = (FIELD_OF_VIEW_DEG / 2) * (Math.PI / 180);
  const bearing = (BEARING_DEG * Math.PI) / 180;
  const { halfWidthM: w, halfDepthM: d } = plan;
  const across = w * Math.cos(bearing) + d * Math.sin(bearing);
  const deep = w * Math.sin(bearing) + d * Math.cos(bearing);
  const high = deep * Math.sin((ELEVATION_DEG * Math.PI) / 180) + 8;
  return (
    Math.max(across / (Math.tan(halfAngle) * aspect), high / Math.tan(halfAngle)) * 0.98 +
    deep * 0.4
  );
}

/** What the page's buttons and keys may ask of the camera; replaced while a scene is open. */
export const cameraMoves = {
  fit: (): void => undefined,
  flyTo: (_row: number): void => undefined,
};

export function Rig({ plan }: { readonly plan: StreetPlan }) {
  const { camera, size, invalidate } = useThree();
  const controls = useRef<Controls>(null);
  const flight = useRef<Flight | null>(null);
  const fly = useCallback(
    (toEye: Vector3, toTarget: Vector3): void => {
      if (controls.current === null) return;
      const { target } = controls.current;
      if (mayMove()) {
        flight.current = {
          fromEye: camera.position.clone(),
          fromTarget: target.clone(),
          toEye,
          toTarget,
          share: 0,
        };
      } else {
        camera.position.copy(toEye);
        target.copy(toTarget);
        controls.current.update();
      }
      invalidate();
    },
    [camera, invalidate],
  );
  const overview = useCallback((): { eye: Vector3; target: Vector3 } => {
    const target = new Vector3(0, 2, plan.halfDepthM * 0.04);
    const distance = fitDistanceM(plan, size.width / size.height);
    return { eye: target.clone().addScaledVector(direction(), distance), target };
  }, [plan, size]);
  const isPlaced = useRef(false);
  useEffect(() => {
    if (controls.current === null || isPlaced.current) return;
    isPlaced.current = true;
    const { eye, target } = overview();
    camera.position.copy(eye);
    controls.current.target.copy(target);
    controls.current.update();
    invalidate();
  }, [camera, overview, invalidate]);
  useEffect(() => {
    cameraMoves.fit = () => {
      const { eye, target } = overview();
      fly(eye, target);
    };
    cameraMoves.flyTo = (row) => {
      const home = plan.homes[row];
      if (home === undefined || controls.current === null) return;
      const target = new Vector3(home.x, 3, home.z);
      const look = camera.position.clone().sub(controls.current.target).normalize();
      fly(target.clone().addScaledVector(look, CLOSE_M), target);
    };
    probe.screenOfRow = (row) => {
      const home = plan.homes[row];
      if (home === undefined) return null;
      const point = new Vector3(home.x, 5.4, home.z).project(camera);
      if (point.z > 1 || Math.abs(point.x) > 1 || Math.abs(point.y) > 1) return null;
      return { x: ((point.x + 1) / 2) * size.width, y: ((1 - point.y) / 2) * size.height };
    };
  }, [camera, fly, overview, plan, size]);
  useFrame((_, deltaS) => {
    const { current } = flight;
    if (current === null || controls.current === null) return;
    current.share = Math.min(1, current.share + Math.min(deltaS, 0.2) / FLIGHT_S);
    const eased = current.share * current.share * (3 - 2 * current.share);
    camera.position.lerpVectors(current.fromEye, current.toEye, eased);
    controls.current.target.lerpVectors(current.fromTarget, current.toTarget, eased);
    controls.current.update();
    if (current.share === 1) flight.current = null;
    invalidate();
  });
  return (
    <MapControls
      ref={controls as never}
      camera={camera as PerspectiveCamera}
      enableDamping={false}
      maxPolarAngle={1.45}
      minDistance={30}
      maxDistance={900}
      onStart={() => {
        flight.current = null;
      }}
    />
  );
}

/** Flies to a home that the list named, where it is not in the picture already. */
export function showHome(row: number): void {
  if (row >= 0 && probe.screenOfRow(row) === null) cameraMoves.flyTo(row);
}
