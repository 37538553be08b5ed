// The homes: walls whose windows are lit by use, and roofs that carry the state. Two draw calls for all of them.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BoxGeometry,
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  type InstancedMesh,
  Object3D,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import type { HomeTexture } from "./home-texture.ts";
import {
  ROOF_COLOUR,
  ROOF_H,
  WALL_COLOUR,
  WALL_D,
  WALL_H,
  WALL_W,
  withHomes,
} from "./house-shaders.ts";
import { unpicked } from "./instances.ts";
import { pickable } from "./picking.ts";
import { type StreetPlan, scatter } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";

const ROOFS = ["#6a645e", "#7b7168", "#5a6067", "#75675d", "#646d76", "#837a70", "#6b5f58"];
const WALLS = ["#d9d2c4", "#cfc8bb", "#dccfb6", "#c6c8c6", "#e0dacd", "#cdbfae"];

/** A gable roof over the walls, with eaves; the ridge runs along x. */
function gableRoof(): BufferGeometry {
  const [w, d] = [WALL_W / 2 + 0.6, WALL_D / 2 + 0.7];
  const [low, high] = [WALL_H - 0.3, WALL_H + ROOF_H];
  const [a, b, c, e] = [
    [-w, low, d],
    [w, low, d],
    [w, low, -d],
    [-w, low, -d],
  ] as const;
  const [left, right] = [[-w + 0.2, high, 0] as const, [w - 0.2, high, 0] as const];
  const faces = [a, b, right, a, right, left, c, e, left, c, left, right, e, a, left, b, c, right];
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(faces.flat(), 3));
  geometry.computeVertexNormals();
  return geometry;
}

/** Walls, and a chimney through the roof. */
function wallsAndChimney(): BufferGeometry {
  const walls = new BoxGeometry(WALL_W, WALL_H, WALL_D).translate(0, WALL_H / 2, 0);
  const top = WALL_H + ROOF_H + 0.5;
  const chimney = new BoxGeometry(0.8, top - WALL_H, 0.8).translate(
    WALL_W * 0.24,
    (top + WALL_H) / 2 + 0.02,
    -WALL_D * 0.16,
  );
  return mergeGeometries([walls, chimney]);
}

export function Houses({
  plan,
  texture,
}: {
  readonly plan: StreetPlan;
  readonly texture: HomeTexture;
}) {
  const walls = useRef<InstancedMesh>(null);
  const roofs = useRef<InstancedMesh>(null);
  const count = plan.homes.length;
  const { wallGeometry, roofGeometry, uniforms } = useMemo(
    () => ({
      wallGeometry: wallsAndChimney(),
      roofGeometry: gableRoof(),
      uniforms: { night: { value: 0 }, clay: { value: 0 }, pulse: { value: 0 } },
    }),
    [],
  );
  const [wallRef, roofRef] = useMemo(
    () => [withHomes(texture, uniforms, WALL_COLOUR), withHomes(texture, uniforms, ROOF_COLOUR)],
    [texture, uniforms],
  );
  useEffect(
    () => () => {
      wallGeometry.dispose();
      roofGeometry.dispose();
    },
    [wallGeometry, roofGeometry],
  );
  useEffect(() => {
    const place = new Object3D();
    for (const { row, x, z, headingRad, scale } of plan.homes) {
      const size = scale * (0.94 + 0.12 * scatter(row, 5));
      place.position.set(x, 0, z);
      place.rotation.set(0, headingRad, 0);
      place.scale.set(size, scale * (0.94 + 0.14 * scatter(row, 6)), size);
      place.updateMatrix();
      walls.current!.setMatrixAt(row, place.matrix);
      roofs.current!.setMatrixAt(row, place.matrix);
      const wall = WALLS[Math.floor(scatter(row, 7) * WALLS.length)]!;
      const roof = ROOFS[Math.floor(scatter(row, 8) * ROOFS.length)]!;
      walls.current!.setColorAt(row, new Color(wall));
      roofs.current!.setColorAt(row, new Color(roof));
    }
    for (const mesh of [walls.current!, roofs.current!]) {
      mesh.instanceMatrix.needsUpdate = true;
      mesh.instanceColor!.needsUpdate = true;
      mesh.computeBoundingSphere();
      mesh.updateMatrixWorld();
    }
    return pickable([walls.current!, roofs.current!]);
  }, [plan]);
  useFrame(() => {
    texture.take();
    uniforms.night.value = sceneLight.night;
    uniforms.clay.value = sceneLight.isClay ? 1 : 0;
    uniforms.pulse.value = sceneLight.pulse;
  });
  return (
    <>
      <instancedMesh
        ref={walls}
        args={[wallGeometry, undefined, count]}
        castShadow
        receiveShadow
        raycast={unpicked}
      >
        <meshLambertMaterial ref={wallRef} />
      </instancedMesh>
      <instancedMesh
        ref={roofs}
        args={[roofGeometry, undefined, count]}
        castShadow
        receiveShadow
        raycast={unpicked}
      >
        <meshLambertMaterial ref={roofRef} flatShading />
      </instancedMesh>
    </>
  );
}
