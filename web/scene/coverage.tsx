// How far each mast reaches, as contours on the ground: the border of its coverage, and within it a ring at every
// half of the distance, which is some ten decibels. A mast that is down has none.

import { useFrame } from "@react-three/fiber";
import { useMemo, useRef } from "react";
import { type Mesh, PlaneGeometry, ShaderMaterial, Vector4 } from "three";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { useStreet } from "../player/store.ts";
import { unpicked } from "./instances.ts";
import type { StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";

/** Masts that are shown; a street has a few, and each costs every pixel of the ground. */
const MASTS_MAX = 8;

const VERTEX = /* glsl */ `
  varying vec2 vGround;
  void main() {
    vec4 world = modelMatrix * vec4(position, 1.0);
    vGround = world.xz;
    gl_Position = projectionMatrix * viewMatrix * world;
  }
`;
const fragmentOf = (masts: number): string => /* glsl */ `
  uniform vec4 masts[${masts}]; // east, south, reach in m, 0 where it is down
  uniform float reachM;
  uniform float strength;
  varying vec2 vGround;
  void main() {
    float line = 0.0;
    float fill = 0.0;
    float widthM = length(fwidth(vGround)) + 0.18;
    for (int index = 0; index < ${masts}; index++) {
      vec2 away = vGround - masts[index].xy;
      float distanceM = length(away);
      if (distanceM >= min(reachM, masts[index].z)) continue;
      fill = max(fill, 1.0 - smoothstep(0.0, min(reachM * 0.5, masts[index].z), distanceM));
      float halvings = floor(log2(masts[index].z / max(distanceM, 1.0)) + 0.5);
      float ringM = masts[index].z / exp2(halvings);
      float offM = abs(distanceM - ringM) / widthM;
      if (offM > 1.0 || ringM < 18.0) continue;
      bool isBorder = halvings < 0.5;
      if (isBorder || fract(atan(away.y, away.x) * ringM / 9.0) < 0.62)
        line = max(line, 1.0 - smoothstep(0.5, 1.0, offM));
    }
    float alpha = max(line * 0.3, fill * 0.12) * strength * (1.0 - smoothstep(reachM * 0.7, reachM, length(vGround)));
    if (alpha < 0.01) discard;
    gl_FragColor = vec4(0.74, 0.92, 0.99, alpha);
  }
`;

export function Coverage({
  plan,
  layout,
}: {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
}) {
  const mesh = useRef<Mesh>(null);
  const reachM = 1.3 * (plan.halfWidthM + plan.halfDepthM);
  const shown = Math.min(MASTS_MAX, plan.masts.length);
  const { geometry, material, masts } = useMemo(() => {
    const places = Array.from({ length: Math.max(1, shown) }, () => new Vector4());
    return {
      geometry: new PlaneGeometry(2 * reachM, 2 * reachM).rotateX(-Math.PI / 2),
      masts: places,
      material: new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: fragmentOf(places.length),
        transparent: true,
        depthWrite: false,
        toneMapped: false,
        uniforms: {
          masts: { value: places },
          reachM: { value: reachM },
          strength: { value: 1 },
        },
      }),
    };
  }, [reachM, shown]);
  useFrame(() => {
    const { view, truthStreet } = useStreet.getState();
    const mastUp = view === "truth" ? truthStreet?.mastUp : undefined;
    if (mesh.current === null) return;
    mesh.current.visible = mastUp?.some((isUp) => isUp === 1) ?? false;
    masts.forEach((mast, index) => {
      const place = plan.masts[index];
      const isUp = mastUp?.[index] === 1;
      mast.set(place?.x ?? 0, place?.z ?? 0, isUp ? layout.masts[index]!.coverageM : 0, 0);
    });
    material.uniforms["strength"]!.value = 0.75 + 0.25 * sceneLight.night;
  });
  return (
    <mesh
      ref={mesh}
      geometry={geometry}
      material={material}
      position-y={0.2}
      renderOrder={2}
      raycast={unpicked}
    />
  );
}
