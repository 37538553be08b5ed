// Rings on the ground that grow around every home where something is stolen; one draw call, and none where nothing is.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import { type InstancedMesh, PlaneGeometry, ShaderMaterial } from "three";
import { useStreet } from "../player/store.ts";
import { FLAG } from "./home-state.ts";
import { homeStates } from "./home-states.ts";
import { HOME_TEXEL, type HomeTexture } from "./home-texture.ts";
import { placed, unpicked, useInstances } from "./instances.ts";
import { srgbOf, THEFT } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove } from "./scene-options.ts";

const SIZE_M = 34;
const PERIOD_S = 1.5;
/** Where nothing may move, the ring stands at this part of its way. */
const STILL_SHARE = 0.62;

const VERTEX = /* glsl */ `
  ${HOME_TEXEL}
  varying vec2 vPlace;
  void main() {
    vPlace = uv * 2.0 - 1.0;
    bool isTheft = mod(floor(homeTexel().y / ${FLAG.theft.toFixed(1)} + 0.001), 2.0) > 0.5;
    vec4 world = modelMatrix * instanceMatrix * vec4(position, 1.0);
    gl_Position = isTheft ? projectionMatrix * viewMatrix * world : vec4(2.0, 2.0, 2.0, 1.0);
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

export function Rings({
  plan,
  texture,
}: {
  readonly plan: StreetPlan;
  readonly texture: HomeTexture;
}) {
  const places = useMemo(
    () => plan.homes.map(({ x, z, scale }) => placed([x, 0.32, z], { scale: [scale, 1, scale] })),
    [plan],
  );
  const instances = useInstances(places);
  const mesh = useRef<InstancedMesh>(null);
  const { geometry, material } = useMemo(
    () => ({
      geometry: new PlaneGeometry(SIZE_M, SIZE_M).rotateX(-Math.PI / 2),
      material: new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
        toneMapped: false,
        uniforms: { share: { value: 0 }, colour: { value: srgbOf(THEFT) }, ...texture.uniforms },
      }),
    }),
    [texture],
  );
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
    },
    [geometry, material],
  );
  const seen = useRef<unknown>(null);
  useFrame(() => {
    const states = homeStates(useStreet.getState());
    if (seen.current !== states) {
      seen.current = states;
      sceneLight.hasTheft = states.some(({ flags }) => (flags & FLAG.theft) !== 0);
    }
    if (mesh.current !== null) mesh.current.visible = sceneLight.hasTheft;
    material.uniforms["share"]!.value = mayMove()
      ? (sceneLight.motionS / PERIOD_S) % 1
      : STILL_SHARE;
  });
  return (
    <instancedMesh
      ref={(made) => {
        mesh.current = made;
        instances.current = made;
      }}
      args={[geometry, material, places.length]}
      frustumCulled={false}
      renderOrder={4}
      raycast={unpicked}
    />
  );
}
