// Many of one shape in one draw call: where each stands, set once.

import { useFrame } from "@react-three/fiber";
import { useLayoutEffect, useMemo, useRef } from "react";
import { Color, type ColorRepresentation, type InstancedMesh, type Matrix4, Object3D } from "three";
import { useModes } from "../player/modes.ts";
import { useStreet } from "../player/store.ts";
import { isWet, skyOf } from "../player/weather.ts";
import { chooseLevels, createChunks, LEVEL, roomFor, rowsAt } from "./chunks.ts";
import { createSight, NEAR_LIMITS } from "./sight.ts";

export interface Placed {
  readonly matrix: Matrix4;
  readonly colour?: Color;
}

type Triple = readonly [x: number, y: number, z: number];

/** A place by position, turn around the vertical, and size. */
export function placed(
  position: Triple,
  { turnRad = 0, scale = [1, 1, 1] }: { readonly turnRad?: number; readonly scale?: Triple } = {},
): Placed {
  const place = new Object3D();
  place.position.set(...position);
  place.rotation.set(0, turnRad, 0);
  place.scale.set(...scale);
  place.updateMatrix();
  return { matrix: place.matrix };
}

/** A straight bar between two points, for a unit box. */
export function placedBar(from: Triple, to: Triple, widthM: number): Placed {
  const place = new Object3D();
  place.position.set(...from);
  place.lookAt(...to);
  place.position.set((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2);
  place.scale.set(widthM, widthM, Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]));
  place.updateMatrix();
  return { matrix: place.matrix };
}

/** The reference for an `instancedMesh` of as many instances as there are places. */
export function useInstances(places: readonly Placed[]) {
  const mesh = useRef<InstancedMesh>(null);
  useLayoutEffect(() => {
    const { current } = mesh;
    if (current === null) return;
    places.forEach(({ matrix, colour }, index) => {
      current.setMatrixAt(index, matrix);
      if (colour !== undefined) current.setColorAt(index, colour);
    });
    current.instanceMatrix.needsUpdate = true;
    if (current.instanceColor !== null) current.instanceColor.needsUpdate = true;
    current.computeBoundingSphere();
  }, [places]);
  return mesh;
}

/**
 * The reference for an `instancedMesh` of `capacityOf(places)` instances, all places of a street, and of a town those
 * near the camera; and in `near.rows` which place each instance is.
 */
export function useNearInstances(places: readonly Placed[]) {
  const mesh = useRef<InstancedMesh>(null);
  const near = useMemo(() => {
    const place = (axis: 12 | 14) => places.map(({ matrix }) => matrix.elements[axis]!);
    const chunks = createChunks(place(12), place(14), NEAR_CHUNK);
    const levels = new Uint8Array(chunks.count);
    const filled: { mesh: InstancedMesh | null } = { mesh: null };
    return { chunks, sight: createSight(), levels, rows: [] as readonly number[], filled };
  }, [places]);
  useFrame(({ camera }) => {
    const { current } = mesh;
    const { chunks, sight, levels, filled } = near;
    if (current === null) return;
    const hasMoved = sight.take(camera) && chooseLevels(chunks, sight, NEAR_LIMITS, levels);
    if (!hasMoved && filled.mesh === current) return;
    filled.mesh = current;
    near.rows = rowsAt(chunks, levels, LEVEL.full);
    near.rows.forEach((row, at) => {
      const { matrix, colour } = places[row]!;
      current.setMatrixAt(at, matrix);
      if (colour !== undefined) current.setColorAt(at, colour);
    });
    current.count = near.rows.length;
    current.frustumCulled = false;
    current.instanceMatrix.needsUpdate = true;
    if (current.instanceColor !== null) current.instanceColor.needsUpdate = true;
  });
  return { mesh, near };
}

const NEAR_CHUNK = 100;

/** Instances that a mesh of `useNearInstances` needs. */
export const capacityOf = (places: readonly Placed[]): number =>
  roomFor(places.length, NEAR_LIMITS);

/** Unpainted clay, for the view where only differences have a colour. */
export const CLAY = "#a89f90";

export const useIsClay = (): boolean => useStreet(({ view }) => view === "difference");

/** The colour of scenery in this view: its own, or clay. */
export function useSceneryColour(
  own: ColorRepresentation,
  clay: ColorRepresentation = CLAY,
): Color {
  const isClay = useIsClay();
  return useMemo(() => new Color(isClay ? clay : own), [isClay, own, clay]);
}

/** Wet ground is darker than dry; by how much is chosen by eye. */
const WET_SHARE = 0.7;

/** The same of what lies on the ground: darker where it is wet. */
export function useGroundColour(own: ColorRepresentation, clay?: ColorRepresentation): Color {
  const colour = useSceneryColour(own, clay);
  const isBright = useModes(({ isProjector }) => isProjector);
  const share = useStreet((store) => {
    const sky = isBright || store.view === "difference" ? null : skyOf(store);
    return isWet(sky) ? WET_SHARE : 1;
  });
  return useMemo(() => colour.clone().multiplyScalar(share), [colour, share]);
}

/** Scenery is not picked. */
export const unpicked = (): void => undefined;
