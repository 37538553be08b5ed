// Rain: streaks in a box before the camera, one draw call, fetched only for a street that has weather. It is drawn
// before the cables, so that their colours stay the legend's.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  CustomBlending,
  type LineSegments,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
  SrcAlphaFactor,
  Vector3,
} from "three";
import { isWet } from "../player/weather.ts";
import { unpicked } from "./instances.ts";
import { scatter } from "./plan.ts";
import { probe } from "./probe.ts";
import { sceneLight } from "./scene-light.ts";
import { lightUnder } from "./weather-light.ts";

const DROPS = { rain: 2600, storm: 4600 } as const;
/** How far a drop drifts while it falls a metre. */
const SLANT = { rain: 0.1, storm: 0.34 } as const;
const BOX_M = { min: 40, max: 1600 } as const;
/** The box over the way to the ground in the middle of the picture. */
const BOX_REACH = 1.7;
/** After the sky, before the cables. */
const RENDER_ORDER = 1.2;

// A drop has its place in a box that repeats without end, so that moving the camera does not carry the rain along. It
// crosses the box in three seconds, whatever its size: seen from afar true rain would hang in the air.
const VERTEX = /* glsl */ `
  attribute float end;
  uniform vec3 centre;
  uniform float boxM;
  uniform float motionS;
  uniform float slant;
  varying float vStrength;
  void main() {
    vec3 moved = position + vec3(slant, -1.0, 0.0) * motionS * 0.34 * (0.85 + 0.3 * position.z);
    vec3 place = centre + (fract(moved - centre / boxM) - 0.5) * boxM;
    float away = distance(place, cameraPosition) / boxM;
    place += end * normalize(vec3(-slant, 1.0, 0.0)) * boxM * 0.014;
    vStrength = smoothstep(0.04, 0.16, away) * (1.0 - 0.55 * smoothstep(0.3, 0.8, away)) * (1.0 - 0.7 * end);
    gl_Position = projectionMatrix * viewMatrix * vec4(place, 1.0);
  }
`;
const FRAGMENT = /* glsl */ `
  uniform vec3 colour;
  varying float vStrength;
  void main() {
    gl_FragColor = vec4(colour, vStrength * 0.62);
  }
`;
const BY_DAY = new Color("#dfe7ee");
const BY_NIGHT = new Color("#9fb0cf");

sceneLight.under = lightUnder;

export function Weather() {
  const lines = useRef<LineSegments>(null);
  const geometry = useMemo(streaks, []);
  const material = useMemo(
    () =>
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        uniforms: {
          centre: { value: new Vector3() },
          boxM: { value: BOX_M.min },
          motionS: { value: 0 },
          slant: { value: 0 },
          colour: { value: new Color() },
        },
        // Blended, and yet in the list of what is drawn before everything transparent.
        blending: CustomBlending,
        blendSrc: SrcAlphaFactor,
        blendDst: OneMinusSrcAlphaFactor,
        transparent: false,
        depthWrite: false,
        toneMapped: false,
      }),
    [],
  );
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
      sceneLight.hasRain = false;
      probe.drops = 0;
    },
    [geometry, material],
  );
  const forward = useMemo(() => new Vector3(), []);
  useFrame(({ camera }) => {
    const { sky, night, motionS } = sceneLight;
    const wet = isWet(sky) ? sky : null;
    sceneLight.hasRain = wet !== null;
    probe.drops = wet === null ? 0 : DROPS[wet];
    if (lines.current !== null) lines.current.visible = wet !== null;
    if (wet === null) return;
    geometry.setDrawRange(0, 2 * DROPS[wet]);
    camera.getWorldDirection(forward);
    const boxM = boxOf(camera.position.y / Math.max(0.12, -forward.y));
    const { uniforms } = material;
    (uniforms["centre"]!.value as Vector3).copy(camera.position).addScaledVector(forward, boxM / 2);
    uniforms["boxM"]!.value = boxM;
    uniforms["motionS"]!.value = motionS;
    uniforms["slant"]!.value = SLANT[wet];
    (uniforms["colour"]!.value as Color).copy(BY_DAY).lerp(BY_NIGHT, night);
  });
  return (
    <lineSegments
      ref={lines}
      geometry={geometry}
      material={material}
      frustumCulled={false}
      renderOrder={RENDER_ORDER}
      raycast={unpicked}
    />
  );
}

/** In steps, so that drops keep their places while the camera comes a little nearer. */
function boxOf(groundM: number): number {
  const wantedM = Math.min(BOX_M.max, Math.max(BOX_M.min, groundM * BOX_REACH));
  return 2 ** (Math.round(2 * Math.log2(wantedM)) / 2);
}

function streaks(): BufferGeometry {
  const places = new Float32Array(6 * DROPS.storm);
  const ends = new Float32Array(2 * DROPS.storm);
  for (let drop = 0; drop < DROPS.storm; drop++) {
    const place = [scatter(drop, 31), scatter(drop, 32), scatter(drop, 33)];
    places.set(place, 6 * drop);
    places.set(place, 6 * drop + 3);
    ends[2 * drop + 1] = 1;
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(places, 3));
  geometry.setAttribute("end", new BufferAttribute(ends, 1));
  return geometry;
}
