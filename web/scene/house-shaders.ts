// Walls and roofs as shader patches: windows drawn from the place on the wall and lit by use, roofs that carry the
// state. Both read the home's texel; which windows are lit is a comparison of use with a fixed draw.

import type { Material, WebGLProgramParametersWithUniforms } from "three";
import { FLAG } from "./home-state.ts";
import { HOME_TEXEL, type HomeTexture } from "./home-texture.ts";
import { CASE, DEAD_CABLE, DIFFERS, srgbOf, THEFT } from "./palette.ts";

export const WALL_W = 8.4;
export const WALL_D = 6.6;
export const WALL_H = 4.4;
export const ROOF_H = 2.7;

export interface HouseUniforms {
  readonly night: { value: number };
  readonly clay: { value: number };
  readonly pulse: { value: number };
}

const VERTEX = /* glsl */ `
  ${HOME_TEXEL}
  flat varying vec4 vHome;
  flat varying float vOwn;
  varying vec3 vPlace;
  varying vec3 vFace;
`;
const VERTEX_MAIN = /* glsl */ `
  vHome = homeTexel();
  vOwn = fract(sin(homeRow * 127.1 + 11.7) * 437.585);
  vPlace = position;
  vFace = normal;
`;
const has = (flag: keyof typeof FLAG): string => `hasFlag(${FLAG[flag].toFixed(1)})`;

/** A colour as it leaves the shader. */
const glslOf = (hex: string): string =>
  `vec3(${srgbOf(hex)
    .map((part) => part.toFixed(6))
    .join(", ")})`;

const FRAGMENT = /* glsl */ `
  uniform float night;
  uniform float clay;
  uniform float pulse;
  flat varying vec4 vHome; // use, flags, reason and suspicion, kinds of theft; 0 to 255
  flat varying float vOwn;
  varying vec3 vPlace;
  varying vec3 vFace;
  bool hasFlag(float flag) { return mod(floor(vHome.y / flag + 0.001), 2.0) > 0.5; }
  float chance(float n) { return fract(sin(n * 91.345 + vOwn * 47.853) * 43758.5453); }
`;

export const WALL_COLOUR = /* glsl */ `
  float glow = 0.0;
  vec3 glowColour = vec3(1.0, 0.72, 0.34);
  {
    float lit = vHome.x / 255.0;
    bool isFront = abs(vFace.z) > 0.5;
    bool isSide = abs(vFace.x) > 0.5;
    float along = isFront ? vPlace.x : vPlace.z;
    float width = isFront ? ${WALL_W.toFixed(1)} : ${WALL_D.toFixed(1)};
    float columns = isFront ? 4.0 : 2.0;
    float cell = (along / width + 0.5) * columns;
    float column = floor(cell);
    float u = fract(cell) - 0.5;
    float v = (vPlace.y - 2.55) / 1.6;
    bool isDoor = vFace.z > 0.5 && column == 1.0;
    bool isWall = vPlace.y < ${(WALL_H - 0.01).toFixed(2)};
    if (isWall && (isFront || isSide) && !isDoor && abs(u) < 0.29 && abs(v) < 0.5) {
      float index = column + (isFront ? (vFace.z > 0.0 ? 0.0 : 10.0) : (vFace.x > 0.0 ? 20.0 : 30.0));
      bool isFrame = abs(u) > 0.255 || abs(v) > 0.44;
      bool isBar = abs(u) < 0.02 || abs(v) < 0.03;
      bool isLit = chance(index) < lit * 1.05 && lit > 0.01;
      diffuseColor.rgb = isFrame ? vec3(0.62, 0.60, 0.56) : isBar ? vec3(0.32, 0.30, 0.28) : vec3(0.10, 0.13, 0.17);
      if (isLit && !isBar && !isFrame) {
        diffuseColor.rgb = vec3(0.93, 0.77, 0.45);
        glow = 0.5 + 0.95 * night;
      }
    }
    if (isWall && isDoor && abs(u) < 0.22 && vPlace.y < 2.6) diffuseColor.rgb = vec3(0.21, 0.14, 0.10);
    if (vPlace.y < 0.4) diffuseColor.rgb *= 0.7;
    if (vPlace.y > ${WALL_H.toFixed(1)}) diffuseColor.rgb *= vec3(0.55, 0.47, 0.43);
    if (${has("dark")}) { diffuseColor.rgb *= 0.3; glow = 0.0; }
    if (clay > 0.5) {
      diffuseColor.rgb = ${has("differs")} ? vec3(0.745, 0.007, 0.326) : vec3(0.66, 0.63, 0.585);
      glow = 0.0;
    }
  }
`;

/** Near-black without supply, red over a theft, hatched while readings are late, violet under suspicion. */
export const ROOF_COLOUR = /* glsl */ `
  float glow = 0.0;
  vec3 glowColour = vec3(0.0);
  {
    if (vFace.z != 0.0) diffuseColor.rgb *= 0.9 + 0.1 * step(0.5, fract(vPlace.y * 2.6));
    if (${has("dark")}) diffuseColor.rgb = vec3(0.012, 0.013, 0.017);
    if (${has("late")} && clay < 0.5) {
      float stripe = step(0.5, fract((vPlace.x + vPlace.z) * 0.42));
      diffuseColor.rgb = mix(diffuseColor.rgb, vec3(0.86, 0.82, 0.62), stripe * 0.85);
    }
    if (${has("theft")}) { diffuseColor.rgb = vec3(0.745, 0.008, 0.03); glow = 0.28 + 0.3 * pulse; }
    if (${has("suspected")}) { diffuseColor.rgb = vec3(0.198, 0.05, 0.77); glow = 0.3; }
    if (clay > 0.5) {
      diffuseColor.rgb = ${has("differs")} ? vec3(0.745, 0.007, 0.326) : vec3(0.59, 0.555, 0.51);
      glow = ${has("differs")} ? 0.35 : 0.0;
    }
    glowColour = diffuseColor.rgb;
  }
`;

/** A house from some way off: a box whose top is its roof, in the same colours. */
export const BOX_COLOUR = /* glsl */ `
  float glow = 0.0;
  vec3 glowColour = vec3(1.0, 0.72, 0.34);
  {
    bool isTop = vPlace.y > ${(WALL_H + 0.01).toFixed(2)};
    float lit = vHome.x / 255.0;
    diffuseColor.rgb *= isTop ? vec3(1.0) : vec3(1.75);
    if (!isTop) glow = 0.35 * lit * night;
    if (${has("dark")}) { diffuseColor.rgb = isTop ? vec3(0.012, 0.013, 0.017) : diffuseColor.rgb * 0.3; glow = 0.0; }
    if (isTop && clay < 0.5) {
      if (${has("late")}) diffuseColor.rgb = vec3(0.6, 0.57, 0.43);
      if (${has("theft")}) { diffuseColor.rgb = vec3(0.745, 0.008, 0.03); glow = 0.28 + 0.3 * pulse; }
      if (${has("suspected")}) { diffuseColor.rgb = vec3(0.198, 0.05, 0.77); glow = 0.3; }
      glowColour = diffuseColor.rgb;
    }
    if (clay > 0.5) {
      diffuseColor.rgb = ${has("differs")} ? vec3(0.745, 0.007, 0.326) : vec3(0.62, 0.59, 0.545);
      glow = ${has("differs")} ? 0.35 : 0.0;
      glowColour = diffuseColor.rgb;
    }
  }
`;

/** A house from afar: one point that is as wide as the house, and wide enough to be seen. */
export const POINT_VERTEX = /* glsl */ `
  ${HOME_TEXEL}
  attribute vec3 roof; // sRGB
  attribute float widthM;
  uniform float metrePx; // one metre at one metre, in pixels of the canvas
  uniform float leastPx;
  flat varying vec4 vHome;
  flat varying vec3 vRoof;
  void main() {
    vHome = homeTexel();
    vRoof = roof;
    vec4 eye = viewMatrix * vec4(position, 1.0);
    gl_Position = projectionMatrix * eye;
    gl_PointSize = clamp(widthM * metrePx / -eye.z, leastPx, 48.0);
  }
`;

/** Marks in the colours of the legend to the bit, as cables are. */
export const POINT_FRAGMENT = /* glsl */ `
  uniform float night;
  uniform float clay;
  flat varying vec4 vHome;
  flat varying vec3 vRoof;
  bool hasFlag(float flag) { return mod(floor(vHome.y / flag + 0.001), 2.0) > 0.5; }
  void main() {
    vec3 colour = mix(vRoof * (1.0 - 0.6 * night), vec3(1.0, 0.77, 0.45), 0.85 * night * vHome.x / 255.0);
    if (${has("late")}) colour = ${glslOf("#d9cf9f")};
    if (${has("dark")}) colour = ${glslOf(DEAD_CABLE)};
    if (${has("theft")}) colour = ${glslOf(THEFT)};
    if (${has("suspected")}) colour = ${glslOf(CASE)};
    if (clay > 0.5) colour = ${has("differs")} ? ${glslOf(DIFFERS)} : ${glslOf("#a89f90")};
    gl_FragColor = vec4(colour, 1.0);
  }
`;

/** The reference for a lit material that shall carry the homes' state. */
export function withHomes(texture: HomeTexture, uniforms: HouseUniforms, colour: string) {
  return (material: Material | null): void => {
    if (material === null) return;
    material.customProgramCacheKey = () => colour;
    material.onBeforeCompile = (shader: WebGLProgramParametersWithUniforms) => {
      Object.assign(shader.uniforms, texture.uniforms, uniforms);
      shader.vertexShader = `${VERTEX}${shader.vertexShader}`.replace(
        "#include <begin_vertex>",
        `#include <begin_vertex>\n${VERTEX_MAIN}`,
      );
      shader.fragmentShader = `${FRAGMENT}${shader.fragmentShader}`
        .replace("#include <color_fragment>", `#include <color_fragment>\n${colour}`)
        .replace(
          "#include <emissivemap_fragment>",
          "#include <emissivemap_fragment>\ntotalEmissiveRadiance += glowColour * glow;",
        );
    };
  };
}
