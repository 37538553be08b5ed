// The ground around homes whose supply has failed, as far as the view knows: shaded, and hatched so that it is not told by
// its shade alone. One draw call, and none where all have supply.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  type Mesh,
  PlaneGeometry,
  ShaderMaterial,
} from "three";
import { homeTexels } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import { CELLS_MAX, outageCells } from "./outage-cells.ts";
import type { StreetPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { TEXEL_BYTES } from "./state-texels.ts";

const VERTEX = /* glsl */ `
  attribute vec2 cell;
  uniform float cellM;
  varying vec2 vGround;
  void main() {
    vGround = position.xz * cellM + cell;
    gl_Position = projectionMatrix * viewMatrix * vec4(vGround.x, 0.26, vGround.y, 1.0);
  }
`;
const FRAGMENT = /* glsl */ `
  varying vec2 vGround;
  void main() {
    float stripe = step(0.5, fract((vGround.x - vGround.y) / 5.0));
    gl_FragColor = vec4(vec3(0.05, 0.06, 0.13), mix(0.4, 0.58, stripe));
  }
`;

export function Outages({ plan }: { readonly plan: StreetPlan }) {
  const mesh = useRef<Mesh>(null);
  const { geometry, cells, material } = useMemo(() => {
    const shape = new InstancedBufferGeometry();
    const plane = new PlaneGeometry(1, 1).rotateX(-Math.PI / 2);
    shape.setIndex(plane.index);
    shape.setAttribute("position", plane.attributes["position"]!);
    const places = new InstancedBufferAttribute(new Float32Array(2 * CELLS_MAX), 2);
    shape.setAttribute("cell", places);
    shape.instanceCount = 0;
    return {
      geometry: shape,
      cells: places,
      material: new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
        toneMapped: false,
        uniforms: { cellM: { value: 1 } },
      }),
    };
  }, []);
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
      probe.outageCells = 0;
    },
    [geometry, material],
  );
  const seen = useRef<unknown>(null);
  const shown = useRef<readonly [StreetPlan, string] | null>(null);
  useFrame(() => {
    const texels = homeTexels();
    if (mesh.current === null || texels.length !== TEXEL_BYTES * plan.homes.length) return;
    if (texels === seen.current) return;
    seen.current = texels;
    // Powers change each second, outages seldom.
    const key = outageKey(texels);
    if (shown.current?.[0] === plan && shown.current[1] === key) return;
    shown.current = [plan, key];
    const { cellM, places } = outageCells(plan, texels);
    cells.array.set(places);
    cells.needsUpdate = true;
    material.uniforms["cellM"]!.value = cellM;
    geometry.instanceCount = places.length / 2;
    mesh.current.visible = places.length > 0;
    probe.outageCells = places.length / 2;
  });
  return (
    <mesh
      ref={mesh}
      visible={false}
      geometry={geometry}
      material={material}
      frustumCulled={false}
      renderOrder={3}
      raycast={unpicked}
    />
  );
}

/** Changes with which homes are without supply. */
function outageKey(texels: Uint8Array): string {
  let [homes, hash] = [0, 17];
  for (let at = 2; at < texels.length; at += TEXEL_BYTES) {
    if ((texels[at]! & 3) < 2) continue;
    homes++;
    hash = Math.imul(hash ^ at, 0x01000193) + 1;
  }
  return `${homes}/${hash}`;
}
