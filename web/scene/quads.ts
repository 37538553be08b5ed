// Pieces of the atlas at places of the street, in a constant size on the screen: one draw call for all of them.

import {
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  PlaneGeometry,
  ShaderMaterial,
} from "three";
import type { Atlas, AtlasTile } from "./atlas.ts";

const VERTEX = /* glsl */ `
  attribute vec3 anchor;
  attribute vec4 tile;   // u, v, du, dv
  attribute vec4 shape;  // width, height, shift up, all in px; opacity
  uniform vec2 viewport;
  varying vec2 vTexture;
  varying float vOpacity;
  void main() {
    vec4 clip = projectionMatrix * viewMatrix * vec4(anchor, 1.0);
    // Whole pixels, so that text stays sharp.
    vec2 middle = floor((clip.xy / clip.w * 0.5 + 0.5) * viewport + 0.5);
    vec2 px = middle + position.xy * shape.xy + vec2(0.0, floor(shape.z));
    clip.xy = (px / viewport * 2.0 - 1.0) * clip.w;
    vTexture = tile.xy + (position.xy + 0.5) * tile.zw;
    vOpacity = shape.w;
    gl_Position = shape.w <= 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : clip;
  }
`;
const FRAGMENT = /* glsl */ `
  uniform sampler2D atlas;
  varying vec2 vTexture;
  varying float vOpacity;
  void main() {
    vec4 colour = texture2D(atlas, vTexture);
    gl_FragColor = vec4(colour.rgb, colour.a * vOpacity);
    if (gl_FragColor.a < 0.02) discard;
  }
`;

export type Anchor = readonly [x: number, y: number, z: number];

export interface QuadLook {
  readonly scale: number;
  /** From the anchor up to the quad's middle. */
  readonly upPx: number;
  readonly opacity: number;
}

export interface Quads {
  readonly geometry: InstancedBufferGeometry;
  readonly material: ShaderMaterial;
  readonly atlas: Atlas;
  put(quad: number, at: Anchor, tile: AtlasTile, look: QuadLook): void;
  hide(quad: number): void;
  upload(): void;
  dispose(): void;
}

export function createQuads(count: number, atlas: Atlas): Quads {
  const geometry = new InstancedBufferGeometry();
  const plane = new PlaneGeometry(1, 1);
  geometry.setIndex(plane.index);
  geometry.setAttribute("position", plane.attributes["position"]!);
  geometry.instanceCount = count;
  const attribute = (name: string, width: number): InstancedBufferAttribute => {
    const made = new InstancedBufferAttribute(new Float32Array(width * count), width);
    geometry.setAttribute(name, made);
    return made;
  };
  const [anchor, tiles, shape] = [
    attribute("anchor", 3),
    attribute("tile", 4),
    attribute("shape", 4),
  ];
  const material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    transparent: true,
    depthTest: false,
    depthWrite: false,
    toneMapped: false,
    uniforms: { atlas: { value: atlas.texture }, viewport: { value: [1, 1] } },
  });
  return {
    geometry,
    material,
    atlas,
    put(quad, at, tile, { scale, upPx, opacity }) {
      anchor.setXYZ(quad, ...at);
      tiles.setXYZW(quad, tile.u, tile.v, tile.du, tile.dv);
      shape.setXYZW(quad, tile.widthPx * scale, tile.heightPx * scale, upPx, opacity);
    },
    hide(quad) {
      shape.setXYZW(quad, 0, 0, 0, 0);
    },
    upload() {
      for (const column of [anchor, tiles, shape]) column.needsUpdate = true;
    },
    dispose() {
      geometry.dispose();
      material.dispose();
      atlas.texture.dispose();
    },
  };
}
