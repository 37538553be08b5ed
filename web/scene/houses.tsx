// The homes: walls whose windows are lit by use, and roofs that carry the state. Two draw calls for all of them.

import { type ThreeEvent, useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BoxGeometry,
  BufferGeometry,
  Color,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  type InstancedMesh,
  type MeshStandardMaterial,
  Object3D,
  type WebGLProgramParametersWithUniforms,
} from "three";
import { select } from "../player/store.ts";
import { homeStates } from "./home-states.ts";
import { type StreetPlan, scatter } from "./plan.ts";
import { probe } from "./probe.ts";
import { sceneLight } from "./scene-light.ts";

const WALL_W = 8.4;
const WALL_D = 6.6;
const WALL_H = 4.4;
const ROOF_H = 2.5;
/** A press that wanders further than this many pixels is a drag of the map. */
const CLICK_PX_MAX = 5;

const ROOFS = ["#5d5650", "#6b625a", "#4f5358", "#655a52", "#575b5e", "#706860"];
const WALLS = ["#d9d2c4", "#cfc8bb", "#d6cdbb", "#c9c6bf", "#ddd6ca"];

/** A gable roof over the walls, with eaves; the ridge runs along x. */
function gableRoof(): BufferGeometry {
  const [w, d] = [WALL_W / 2 + 0.5, WALL_D / 2 + 0.6];
  const [low, high] = [WALL_H - 0.25, WALL_H + ROOF_H];
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

function wallBox(): BufferGeometry {
  const geometry = new BoxGeometry(WALL_W, WALL_H, WALL_D);
  geometry.translate(0, WALL_H / 2, 0);
  return geometry;
}

const STATE_VERTEX = /* glsl */ `
  attribute vec4 homeState; // lit, flags, a number of its own, unused
  varying vec4 vHomeState;
  varying vec3 vPlace;
  varying vec3 vFace;
`;
const STATE_VERTEX_MAIN = /* glsl */ `
  vHomeState = homeState;
  vPlace = position;
  vFace = normal;
`;
const STATE_FRAGMENT = /* glsl */ `
  uniform float night;
  uniform float clay;
  uniform float pulse;
  varying vec4 vHomeState;
  varying vec3 vPlace;
  varying vec3 vFace;
  bool hasFlag(float flag) { return mod(floor(vHomeState.y / flag + 0.001), 2.0) > 0.5; }
  float chance(float n) { return fract(sin(n * 91.345 + vHomeState.z * 47.853) * 43758.5453); }
`;

/** Windows and a door, drawn from the place on the wall; which are lit is a comparison of use with a fixed draw. */
const WALL_COLOUR = /* glsl */ `
  float windowGlow = 0.0;
  {
    bool isFront = abs(vFace.z) > 0.5;
    bool isSide = abs(vFace.x) > 0.5;
    float along = isFront ? vPlace.x : vPlace.z;
    float width = isFront ? ${WALL_W.toFixed(1)} : ${WALL_D.toFixed(1)};
    float columns = isFront ? 4.0 : 2.0;
    float cell = (along / width + 0.5) * columns;
    float column = floor(cell);
    float u = fract(cell) - 0.5;
    float v = (vPlace.y - 2.55) / 1.5;
    bool isDoor = vFace.z > 0.5 && column == 1.0;
    if ((isFront || isSide) && !isDoor && abs(u) < 0.27 && abs(v) < 0.5) {
      float index = column + (isFront ? (vFace.z > 0.0 ? 0.0 : 10.0) : (vFace.x > 0.0 ? 20.0 : 30.0));
      bool isBar = abs(u) < 0.02 || abs(v) < 0.03;
      bool isLit = chance(index) < vHomeState.x * 1.05 && vHomeState.x > 0.01;
      diffuseColor.rgb = isBar ? vec3(0.32, 0.30, 0.28) : vec3(0.13, 0.16, 0.20);
      if (isLit && !isBar) {
        diffuseColor.rgb = mix(vec3(0.95, 0.80, 0.47), diffuseColor.rgb, 0.1);
        windowGlow = 0.55 + 0.9 * night;
      }
    }
    if (isDoor && abs(u) < 0.22 && vPlace.y < 2.5) diffuseColor.rgb = vec3(0.21, 0.14, 0.10);
    if (vPlace.y < 0.35) diffuseColor.rgb *= 0.72;
    if (hasFlag(1.0)) { diffuseColor.rgb *= 0.34; windowGlow = 0.0; }
    if (clay > 0.5) {
      diffuseColor.rgb = hasFlag(16.0) ? vec3(0.745, 0.007, 0.326) : vec3(0.66, 0.63, 0.585);
      windowGlow = 0.0;
    }
  }
`;
const WALL_GLOW = /* glsl */ `
  totalEmissiveRadiance += vec3(1.0, 0.72, 0.34) * windowGlow;
`;

/** Roofs: near-black without supply, red over a bypass, hatched while readings are late, violet under suspicion. */
const ROOF_COLOUR = /* glsl */ `
  float roofGlow = 0.0;
  {
    if (vFace.z != 0.0) diffuseColor.rgb *= 0.93 + 0.07 * step(0.5, fract(vPlace.y * 2.6));
    if (hasFlag(1.0)) diffuseColor.rgb = vec3(0.012, 0.013, 0.017);
    if (hasFlag(4.0) && clay < 0.5) {
      float stripe = step(0.5, fract((vPlace.x + vPlace.z) * 0.42));
      diffuseColor.rgb = mix(diffuseColor.rgb, vec3(0.86, 0.82, 0.62), stripe * 0.85);
    }
    if (hasFlag(2.0)) { diffuseColor.rgb = vec3(0.745, 0.008, 0.03); roofGlow = 0.28 + 0.3 * pulse; }
    if (hasFlag(8.0)) { diffuseColor.rgb = vec3(0.198, 0.05, 0.77); roofGlow = 0.3; }
    if (clay > 0.5) {
      diffuseColor.rgb = hasFlag(16.0) ? vec3(0.745, 0.007, 0.326) : vec3(0.59, 0.555, 0.51);
      roofGlow = hasFlag(16.0) ? 0.35 : 0.0;
    }
  }
`;
const ROOF_GLOW = /* glsl */ `
  totalEmissiveRadiance += diffuseColor.rgb * roofGlow;
`;

interface HomeUniforms {
  readonly night: { value: number };
  readonly clay: { value: number };
  readonly pulse: { value: number };
}

function withHomeState(uniforms: HomeUniforms, colour: string, glow: string) {
  return (material: MeshStandardMaterial | null): void => {
    if (material === null) return;
    material.onBeforeCompile = (shader: WebGLProgramParametersWithUniforms) => {
      Object.assign(shader.uniforms, uniforms);
      shader.vertexShader = `${STATE_VERTEX}${shader.vertexShader}`.replace(
        "#include <begin_vertex>",
        `#include <begin_vertex>\n${STATE_VERTEX_MAIN}`,
      );
      shader.fragmentShader = `${STATE_FRAGMENT}${shader.fragmentShader}`
        .replace("#include <color_fragment>", `#include <color_fragment>\n${colour}`)
        .replace("#include <emissivemap_fragment>", `#include <emissivemap_fragment>\n${glow}`);
    };
  };
}

export function Houses({ plan }: { readonly plan: StreetPlan }) {
  const walls = useRef<InstancedMesh>(null);
  const roofs = useRef<InstancedMesh>(null);
  const count = plan.homes.length;
  const { wallGeometry, roofGeometry, state, uniforms } = useMemo(() => {
    const attribute = new InstancedBufferAttribute(new Float32Array(4 * count), 4);
    const [wallShape, roofShape] = [wallBox(), gableRoof()];
    wallShape.setAttribute("homeState", attribute);
    roofShape.setAttribute("homeState", attribute);
    const zero = { night: { value: 0 }, clay: { value: 0 }, pulse: { value: 0 } };
    return { wallGeometry: wallShape, roofGeometry: roofShape, state: attribute, uniforms: zero };
  }, [count]);
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
    }
    probe.homeStates = state.array as Float32Array;
  }, [plan, state]);
  const shown = useRef<unknown>(null);
  useFrame(() => {
    uniforms.night.value = sceneLight.night;
    uniforms.clay.value = sceneLight.isClay ? 1 : 0;
    uniforms.pulse.value = sceneLight.pulse;
    const states = homeStates();
    if (shown.current === states) return;
    shown.current = states;
    for (let row = 0; row < count; row++) {
      const home = states[row];
      state.setXYZW(row, home?.lit ?? 0, home?.flags ?? 0, scatter(row, 9), 0);
    }
    state.needsUpdate = true;
  });
  const pick = (event: ThreeEvent<MouseEvent>): void => {
    event.stopPropagation();
    if (event.delta <= CLICK_PX_MAX && event.instanceId !== undefined) select(event.instanceId);
  };
  const point = (event: ThreeEvent<PointerEvent>): void => {
    (event.nativeEvent.target as HTMLElement | null)?.classList.add("is-over-home");
  };
  const leave = (event: ThreeEvent<PointerEvent>): void => {
    (event.nativeEvent.target as HTMLElement | null)?.classList.remove("is-over-home");
  };
  const pointer = { onClick: pick, onPointerOver: point, onPointerOut: leave };
  return (
    <>
      <instancedMesh
        ref={walls}
        args={[wallGeometry, undefined, count]}
        castShadow
        receiveShadow
        {...pointer}
      >
        <meshStandardMaterial
          ref={withHomeState(uniforms, WALL_COLOUR, WALL_GLOW)}
          roughness={0.9}
        />
      </instancedMesh>
      <instancedMesh
        ref={roofs}
        args={[roofGeometry, undefined, count]}
        castShadow
        receiveShadow
        {...pointer}
      >
        <meshStandardMaterial
          ref={withHomeState(uniforms, ROOF_COLOUR, ROOF_GLOW)}
          roughness={0.85}
          flatShading
        />
      </instancedMesh>
    </>
  );
}
