// The camera: a long lens, three quarters on to the street, pan first as on a map.

import { MapControls } from "@react-three/drei/core/MapControls.js";
import { useFrame, useThree } from "@react-three/fiber";
import { type ComponentRef, useCallback, useEffect, useRef } from "react";
import { PerspectiveCamera, Vector3 } from "three";
import { showMeter, useStreet } from "../player/store.ts";
import { MAST_M } from "./equipment.tsx";
import { meterPlace, meterView } from "./meter-place.ts";
import type { StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { mayMove } from "./scene-options.ts";

export const FIELD_OF_VIEW_DEG = 28;
const ELEVATION_DEG = 24;
const BEARING_DEG = 24;
const FLIGHT_S = 0.5;
const CLOSE_M = 95;
/** Nobody needs to come closer to homes; to a meter one does. */
const NEAREST_M = 30;
const NEAREST_TO_METER_M = 4;
/** Part of the picture that the street fills, and how often the place is bettered. */
const FILLED = 0.9;
const FIT_ROUNDS = 24;

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

/** What the overview must hold: homes and transformers with some room around them, and the masts. */
function pointsOf(plan: StreetPlan): Vector3[] {
  return [
    ...plan.homes.flatMap(({ x, z }) =>
      [-6, 6].flatMap((aside) => [new Vector3(x + aside, 0, z), new Vector3(x + aside, 12, z)]),
    ),
    ...plan.transformers.map(([x, z]) => new Vector3(x - 4, 0, z + 4)),
    ...plan.masts.map(({ x, z }) => new Vector3(x, MAST_M + 6, z)),
  ];
}

interface Place {
  readonly eye: Vector3;
  readonly target: Vector3;
}

/** The nearest place that sees the whole street, its middle in the middle of the picture. */
function overviewOf(plan: StreetPlan, aspect: number): Place {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW_DEG, aspect, 1, 10_000);
  const points = pointsOf(plan);
  const [away, target] = [direction(), new Vector3(0, 0, 0)];
  let distance = 2 * (plan.halfWidthM + plan.halfDepthM);
  for (let round = 0; round < FIT_ROUNDS; round++) {
    camera.position.copy(target).addScaledVector(away, distance);
    camera.lookAt(target);
    camera.updateMatrixWorld();
    let [left, right, low, high] = [1e9, -1e9, 1e9, -1e9];
    for (const point of points) {
      const { x, y } = point.clone().project(camera);
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [low, high] = [Math.min(low, y), Math.max(high, y)];
    }
    const half = Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360) * distance;
    const aside = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
    const ahead = new Vector3(-away.x, 0, -away.z).normalize();
    target.addScaledVector(aside, ((left + right) / 2) * half * aspect);
    target.addScaledVector(ahead, (((low + high) / 2) * half) / away.y);
    distance *= 1 + 0.8 * (Math.max((right - left) / 2, (high - low) / 2) / FILLED - 1);
  }
  return { eye: target.clone().addScaledVector(away, distance), target };
}

/** What the page's buttons and keys may ask of the camera; replaced while a scene is open. */
export const cameraMoves = {
  fit: (): void => undefined,
  flyTo: (_row: number): void => undefined,
};

export function Rig({ plan }: { readonly plan: StreetPlan }) {
  const { camera, gl, size, invalidate } = useThree();
  const controls = useRef<ComponentRef<typeof MapControls>>(null);
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
  const overview = useCallback(() => overviewOf(plan, size.width / size.height), [plan, size]);
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const left = useRef<Place | null>(null);
  useEffect(() => {
    const { current } = controls;
    const home = plan.homes[useStreet.getState().selectedRow];
    if (current === null) return;
    if (isMeterShown && home !== undefined) {
      left.current ??= { eye: camera.position.clone(), target: current.target.clone() };
      current.minDistance = NEAREST_TO_METER_M;
      const { eye, target } = meterView(meterPlace(home), size.width / size.height);
      fly(new Vector3(...eye), new Vector3(...target));
    } else if (left.current !== null) {
      fly(left.current.eye, left.current.target);
      left.current = null;
    }
  }, [isMeterShown, camera, fly, plan, size]);
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
      left.current = null;
      showMeter(false);
      const { eye, target } = overview();
      fly(eye, target);
    };
    cameraMoves.flyTo = (row) => {
      const home = plan.homes[row];
      if (home === undefined || controls.current === null) return;
      left.current = null;
      const target = new Vector3(home.x, 3, home.z);
      const look = camera.position.clone().sub(controls.current.target).normalize();
      fly(target.clone().addScaledVector(look, CLOSE_M), target);
    };
    probe.screenOfRow = (row) => {
      const home = plan.homes[row];
      if (home === undefined) return null;
      const point = new Vector3(home.x, 5.4, home.z).project(camera);
      if (point.z > 1 || Math.abs(point.x) > 1 || Math.abs(point.y) > 1) return null;
      const { left, top } = gl.domElement.getBoundingClientRect();
      return {
        x: left + ((point.x + 1) / 2) * size.width,
        y: top + ((1 - point.y) / 2) * size.height,
      };
    };
  }, [camera, fly, gl, overview, plan, size]);
  useFrame((_, deltaS) => {
    const { current } = flight;
    if (controls.current === null) return;
    if (current === null) {
      if (left.current === null) controls.current.minDistance = NEAREST_M;
      return;
    }
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
      ref={controls}
      camera={camera as PerspectiveCamera}
      enableDamping={false}
      maxPolarAngle={1.45}
      minDistance={NEAREST_M}
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
