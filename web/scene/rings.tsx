// Rings on the ground that grow around every home where something is stolen; one draw call, and none where nothing is.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import { type InstancedMesh, Matrix4, PlaneGeometry, ShaderMaterial } from "three";
import { FLAG } from "./home-state.ts";
import { homeTexels } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import { nearHomes } from "./near-homes.ts";
import { srgbOf, THEFT } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove } from "./scene-options.ts";
import { TEXEL_BYTES } from "./state-texels.ts";

const SIZE_M = 34;
const PERIOD_S = 1.5;
/** Rings that are drawn, in the order of rows. */
const RINGS_MAX = 400;
/** Where nothing may move, the ring stands at this part of its way. */
const STILL_SHARE = 0.62;

const VERTEX = /* glsl */ `
  varying vec2 vPlace;
  void main() {
    vPlace = uv * 2.0 - 1.0;
    gl_Position = projectionMatrix * viewMatrix * modelMatrix * instanceMatrix * vec4(position, 1.0);
  }
`;
const FRAGMENT = /* glsl */ `
  uniform float share;
  uniform vec3 colour;
  varying vec2 vPlace;
  void main() {
    float radius = length(vPlace);
    float ring = 1.0 - smoothstep(0.03, 0.055, abs(radius - (0.34 + 0.62 * share)));
    float disc = 0.3 * (1.0 - smoothstep(0.3, 0.62, radius));
    float alpha = max(ring * (1.0 - 0.75 * share), disc);
    if (alpha < 0.01) discard;
    gl_FragColor = vec4(colour, alpha);
  }
`;

export function Rings({ plan }: { readonly plan: StreetPlan }) {
  const mesh = useRef<InstancedMesh>(null);
  const room = Math.min(RINGS_MAX, plan.homes.length);
  const { geometry, material } = useMemo(
    () => ({
      geometry: ringPlane(),
      material: new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
        toneMapped: false,
        uniforms: { share: { value: 0 }, colour: { value: srgbOf(THEFT) } },
      }),
    }),
    [],
  );
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
    },
    [geometry, material],
  );
  const seen = useRef<readonly unknown[]>([]);
  useFrame(() => {
    const now = [homeTexels(), nearHomes.version, plan];
    if (mesh.current !== null && now.some((part, index) => part !== seen.current[index])) {
      seen.current = now;
      mesh.current.count = placeRings(mesh.current, plan);
      sceneLight.hasTheft = mesh.current.count > 0;
    }
    if (mesh.current !== null) mesh.current.visible = sceneLight.hasTheft;
    material.uniforms["share"]!.value = mayMove()
      ? (sceneLight.motionS / PERIOD_S) % 1
      : STILL_SHARE;
  });
  return (
    <instancedMesh
      ref={mesh}
      args={[geometry, material, room]}
      frustumCulled={false}
      renderOrder={4}
      raycast={unpicked}
    />
  );
}

const ringPlane = () => new PlaneGeometry(SIZE_M, SIZE_M).rotateX(-Math.PI / 2);
const matrix = new Matrix4();

/** Puts a ring around every near home where something is stolen; returns how many. */
function placeRings(mesh: InstancedMesh, { homes }: StreetPlan): number {
  const texels = homeTexels();
  let count = 0;
  for (const row of nearHomes.rows) {
    if ((texels[row * TEXEL_BYTES + 1]! & FLAG.theft) === 0) continue;
    const { x, z, scale } = homes[row]!;
    mesh.setMatrixAt(count, matrix.makeScale(scale, 1, scale).setPosition(x, 0.32, z));
    count++;
    if (count === RINGS_MAX) break;
  }
  mesh.instanceMatrix.needsUpdate = true;
  return count;
}
