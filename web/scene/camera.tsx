// The camera: a long lens, three quarters on to the street, pan first as on a map.

import { MapControls } from "@react-three/drei/core/MapControls.js";
import { useFrame, useThree } from "@react-three/fiber";
import { type ComponentRef, useCallback, useEffect, useRef } from "react";
import { type PerspectiveCamera, Vector3 } from "three";
import { showMeter, useStreet } from "../player/store.ts";
import { awaited, type CameraView, cameraMoves, readCamera, writeCamera } from "./camera-moves.ts";
import { meterPlace, meterView } from "./meter-place.ts";
import { directionOf, overviewOf, type Place } from "./overview.ts";
import type { StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { mayMove } from "./scene-options.ts";

export { cameraMoves } from "./camera-moves.ts";

const FLIGHT_S = 0.6;
const CLOSE_M = 78;
/** From here a street of a town is seen whole, and its homes are bodies. */
const STREET_M = 320;
/** Nobody needs to come closer to homes; to a meter one does. */
const NEAREST_M = 30;
const NEAREST_TO_METER_M = 4;
/** Who goes so far from a meter goes back to the street. */
const LEAVES_METER_M = 22;
const FAR_M = 5_000;
const POLAR_MAX_RAD = 1.45;
const ROOF_M = 5.4;

interface Flight {
  readonly fromEye: Vector3;
  readonly fromTarget: Vector3;
  readonly toEye: Vector3;
  readonly toTarget: Vector3;
  share: number;
}

const DEG = 180 / Math.PI;

/** The few numbers of a camera: it looks at the point of the ground that is in the middle of its picture. */
function viewOf(eye: Vector3, target: Vector3): CameraView {
  const away = eye.clone().sub(target).normalize();
  const distanceM = eye.y / away.y;
  return {
    x: eye.x - away.x * distanceM,
    z: eye.z - away.z * distanceM,
    distanceM,
    bearingDeg: Math.atan2(-away.x, away.z) * DEG,
    elevationDeg: Math.asin(away.y) * DEG,
  };
}

function placeOf({ x, z, distanceM, bearingDeg, elevationDeg }: CameraView): Place {
  const target = new Vector3(x, 0, z);
  const away = directionOf(bearingDeg, elevationDeg);
  return { eye: target.clone().addScaledVector(away, distanceM), target };
}

export function Rig({ plan }: { readonly plan: StreetPlan }) {
  const { camera, gl, size, invalidate } = useThree();
  const controls = useRef<ComponentRef<typeof MapControls>>(null);
  const flight = useRef<Flight | null>(null);
  const farthestM = Math.max(900, 4 * (plan.halfWidthM + plan.halfDepthM));
  const jump = useCallback(
    ({ eye, target }: Place): void => {
      if (controls.current === null) return;
      flight.current = null;
      camera.position.copy(eye);
      controls.current.target.copy(target);
      controls.current.update();
      invalidate();
    },
    [camera, invalidate],
  );
  const fly = useCallback(
    (to: Place): void => {
      if (controls.current === null) return;
      if (!mayMove()) return jump(to);
      flight.current = {
        fromEye: camera.position.clone(),
        fromTarget: controls.current.target.clone(),
        toEye: to.eye,
        toTarget: to.target,
        share: 0,
      };
      invalidate();
    },
    [camera, invalidate, jump],
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
      fly({ eye: new Vector3(...eye), target: new Vector3(...target) });
    } else if (left.current !== null) {
      fly(left.current);
      left.current = null;
    }
  }, [isMeterShown, camera, fly, plan, size]);
  /** Until somebody moves the camera it frames the street, also in a picture of another shape. */
  const isUntouched = useRef(true);
  useEffect(() => {
    if (!isUntouched.current || isMeterShown) return;
    const asked = awaited.view;
    awaited.view = null;
    if (asked !== null) isUntouched.current = false;
    jump(asked === null ? overview() : placeOf(asked));
  }, [overview, jump, isMeterShown]);
  useEffect(() => {
    const own = { ...cameraMoves };
    const now = (): Place | null =>
      controls.current === null ? null : { eye: camera.position, target: controls.current.target };
    const change = (by: (view: CameraView) => Partial<CameraView>): void => {
      const place = flight.current === null ? now() : endOf(flight.current);
      if (place === null) return;
      isUntouched.current = false;
      const view = viewOf(place.eye, place.target);
      const away = directionOf(
        by(view).bearingDeg ?? view.bearingDeg,
        by(view).elevationDeg ?? view.elevationDeg,
      );
      const distanceM = by(view).distanceM ?? view.distanceM;
      const target = place.target.clone();
      fly({ eye: target.clone().addScaledVector(away, distanceM), target });
    };
    cameraMoves.fit = () => {
      const isThere = isUntouched.current && left.current === null;
      left.current = null;
      isUntouched.current = true;
      showMeter(false);
      if (!isThere) fly(overview());
    };
    cameraMoves.flyTo = (row) => comeTo(row, CLOSE_M);
    cameraMoves.visit = (row) => comeTo(row, STREET_M);
    const comeTo = (row: number, distanceM: number): void => {
      const home = plan.homes[row];
      const place = now();
      if (home === undefined || place === null) return;
      left.current = null;
      isUntouched.current = false;
      const target = new Vector3(home.x, 3, home.z);
      const look = place.eye.clone().sub(place.target).normalize();
      fly({ eye: target.clone().addScaledVector(look, distanceM), target });
    };
    cameraMoves.zoom = (factor) => {
      const place = flight.current === null ? now() : endOf(flight.current);
      if (factor > 1 && place !== null && isAsNearAsHomes(place)) return enterMeter();
      change(({ distanceM }) => ({
        distanceM: Math.min(farthestM, Math.max(NEAREST_M, distanceM / factor)),
      }));
    };
    cameraMoves.turn = (degrees) =>
      change(({ bearingDeg }) => ({ bearingDeg: bearingDeg + degrees }));
    cameraMoves.now = () => {
      const place = left.current ?? (flight.current === null ? now() : endOf(flight.current));
      return place === null ? null : writeCamera(viewOf(place.eye, place.target));
    };
    cameraMoves.read = () => (isUntouched.current ? null : cameraMoves.now());
    cameraMoves.restore = (text) => {
      const view = readCamera(text);
      if (view === null) return false;
      left.current = null;
      isUntouched.current = false;
      jump(placeOf(view));
      return true;
    };
    return () => {
      Object.assign(cameraMoves, own);
    };
  }, [camera, farthestM, fly, jump, overview, plan]);
  useEffect(() => {
    const turnWheel = ({ deltaY }: WheelEvent): void => {
      const { current } = controls;
      if (current === null || flight.current !== null) return;
      const place = { eye: camera.position, target: current.target };
      if (useStreet.getState().isMeterShown) {
        // Where the picture is narrow, one looks at the meter from further away.
        const leavesM = LEAVES_METER_M * Math.max(1, 1 / (camera as PerspectiveCamera).aspect);
        if (deltaY > 0 && place.eye.distanceTo(place.target) > leavesM) showMeter(false);
      } else if (deltaY < 0 && isAsNearAsHomes(place)) enterMeter();
    };
    gl.domElement.addEventListener("wheel", turnWheel, { passive: true });
    return () => gl.domElement.removeEventListener("wheel", turnWheel);
  }, [camera, gl]);
  useEffect(() => {
    probe.screenOfRow = (row) => {
      const home = plan.homes[row];
      if (home === undefined) return null;
      const point = new Vector3(home.x, ROOF_M * home.scale, home.z).project(camera);
      if (point.z > 1 || Math.abs(point.x) > 1 || Math.abs(point.y) > 1) return null;
      const { left: pageX, top: pageY } = gl.domElement.getBoundingClientRect();
      return {
        x: pageX + ((point.x + 1) / 2) * size.width,
        y: pageY + ((1 - point.y) / 2) * size.height,
      };
    };
  }, [camera, gl, plan, size]);
  useFrame(() => {
    // The higher above the ground, the further away is what is nearest: depth is then fine enough for a town's streets.
    const eye = camera as PerspectiveCamera;
    const near = Math.max(isMeterShown ? 0.5 : 2, camera.position.y * 0.08);
    const far = Math.max(FAR_M, 3 * farthestM);
    if (Math.abs(near / eye.near - 1) < 0.05 && eye.far === far) return;
    [eye.near, eye.far] = [near, far];
    eye.updateProjectionMatrix();
  }, -50);
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
      maxPolarAngle={POLAR_MAX_RAD}
      minDistance={NEAREST_M}
      maxDistance={farthestM}
      onStart={() => {
        flight.current = null;
        isUntouched.current = false;
      }}
    />
  );
}

const isAsNearAsHomes = ({ eye, target }: Place): boolean =>
  eye.distanceTo(target) < NEAREST_M * 1.05;

/** Who comes still nearer to a home that is selected looks into its meter. */
function enterMeter(): void {
  const { selectedRow, isMeterShown } = useStreet.getState();
  if (selectedRow >= 0 && !isMeterShown) showMeter(true);
}

const endOf = ({ toEye, toTarget }: Flight): Place => ({ eye: toEye, target: toTarget });

/** Flies to a home that the list named, where it is not in the picture already. */
export function showHome(row: number): void {
  if (row >= 0 && probe.screenOfRow(row) === null) cameraMoves.flyTo(row);
}
