// Icons above homes and masts, and the homes' addresses: quads of a constant size on the screen, one draw call.
// Labels never overlap each other or an icon: what matters more is placed first, what finds no room is left out.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  PlaneGeometry,
  ShaderMaterial,
  Vector3,
} from "three";
import { useStreet } from "../player/store.ts";
import { type AtlasTile, createAtlas, type Icon } from "./atlas.ts";
import { MAST_M } from "./equipment.tsx";
import { FLAG, type HomeState } from "./home-state.ts";
import { homeStates } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import type { StreetPlan } from "./plan.ts";

const ROOF_TOP_M = 7.4;
const SELECTED_SCALE = 1.15;
/** Free pixels around a label. */
const GAP_PX = 3;
/** Kept free of labels below an icon, so that the roof it is about is seen. */
const ROOF_PX = 34;
/** Addresses are read where a home is at least this wide on the screen. */
const LABEL_HOME_PX_MIN = 34;
const HOME_M = 8;

const VERTEX = /* glsl */ `
  attribute vec3 anchor;
  attribute vec4 tile;   // u, v, du, dv
  attribute vec4 shape;  // width, height, shift up, all in px; opacity
  uniform vec2 viewport;
  varying vec2 vTexture;
  varying float vOpacity;
  void main() {
    vec4 clip = projectionMatrix * viewMatrix * vec4(anchor, 1.0);
    vec2 px = position.xy * shape.xy + vec2(0.0, shape.z);
    clip.xy += px * 2.0 / viewport * clip.w;
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

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The icon above a home, the gravest first. */
export function iconOf({ flags }: HomeState): Icon | undefined {
  if ((flags & FLAG.theft) !== 0) return "theft";
  if ((flags & FLAG.suspected) !== 0) return "case";
  if ((flags & FLAG.differs) !== 0) return "differs";
  if ((flags & FLAG.dark) !== 0) return "power";
  return undefined;
}

export function Marks({ plan }: { readonly plan: StreetPlan }) {
  const { camera, size } = useThree();
  const addresses = useStreet(({ layout }) => layout?.supplies);
  const count = plan.homes.length;
  const quads = 2 * count + plan.masts.length;
  const { geometry, material, atlas, buffers } = useMemo(() => {
    const made = createAtlas((addresses ?? []).map(({ address }) => address));
    const shape = new InstancedBufferGeometry();
    const quad = new PlaneGeometry(1, 1);
    shape.setIndex(quad.index);
    shape.setAttribute("position", quad.attributes["position"]!);
    shape.instanceCount = quads;
    const attribute = (name: string, width: number) => {
      const made = new InstancedBufferAttribute(new Float32Array(width * quads), width);
      shape.setAttribute(name, made);
      return made;
    };
    const shader = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      toneMapped: false,
      uniforms: { atlas: { value: made.texture }, viewport: { value: [1, 1] } },
    });
    const columns = {
      anchor: attribute("anchor", 3),
      tile: attribute("tile", 4),
      shape: attribute("shape", 4),
    };
    return { geometry: shape, material: shader, atlas: made, buffers: columns };
  }, [addresses, quads]);
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
      atlas.texture.dispose();
    },
    [geometry, material, atlas],
  );
  const scratch = useRef(new Vector3());
  useFrame(() => {
    material.uniforms["viewport"]!.value = [size.width, size.height];
    const states = homeStates();
    const { selectedRow, truthStreet, view } = useStreet.getState();
    const taken: Box[] = [];
    const project = (
      x: number,
      y: number,
      z: number,
    ): { x: number; y: number; isSeen: boolean } => {
      const point = scratch.current.set(x, y, z).project(camera);
      return {
        x: ((point.x + 1) / 2) * size.width,
        y: ((1 - point.y) / 2) * size.height,
        isSeen: point.z < 1 && Math.abs(point.x) < 1.05 && Math.abs(point.y) < 1.05,
      };
    };
    const put = (
      quad: number,
      anchor: readonly [number, number, number],
      tile: AtlasTile,
      { scale, upPx, opacity }: { scale: number; upPx: number; opacity: number },
    ): void => {
      buffers.anchor.setXYZ(quad, ...anchor);
      buffers.tile.setXYZW(quad, tile.u, tile.v, tile.du, tile.dv);
      buffers.shape.setXYZW(quad, tile.widthPx * scale, tile.heightPx * scale, upPx, opacity);
    };
    const hide = (quad: number): void => void buffers.shape.setXYZW(quad, 0, 0, 0, 0);
    plan.masts.forEach(({ x, z }, index) => {
      const quad = 2 * count + index;
      const isUp = truthStreet?.mastUp[index];
      if (isUp === undefined || view !== "truth") {
        hide(quad);
        return;
      }
      put(quad, [x, MAST_M + 2, z], atlas.icons[isUp === 1 ? "mast-up" : "mast-down"], {
        scale: 1.35,
        upPx: 0,
        opacity: 1,
      });
    });
    const order = plan.homes
      .map(({ row, x, z }) => {
        const icon = states[row] === undefined ? undefined : iconOf(states[row]);
        const distance = camera.position.distanceTo(scratch.current.set(x, 0, z));
        const weight = (row === selectedRow ? 0 : icon !== undefined ? 1 : 2) * 1e6 + distance;
        return { row, x, z, icon, distance, weight };
      })
      .sort((a, b) => a.weight - b.weight);
    const pxPerM = (size.height * camera.projectionMatrix.elements[5]!) / 2;
    for (const { row, x, z, icon } of order) {
      if (icon === undefined) {
        hide(row);
        continue;
      }
      const scale = row === selectedRow ? SELECTED_SCALE : 1;
      const tile = atlas.icons[icon];
      put(row, [x, ROOF_TOP_M, z], tile, { scale, upPx: (tile.heightPx * scale) / 2, opacity: 1 });
      const at = project(x, ROOF_TOP_M, z);
      const half = (tile.widthPx * scale) / 2;
      taken.push({
        left: at.x - half,
        right: at.x + half,
        top: at.y - tile.heightPx * scale + 2,
        bottom: at.y + ROOF_PX,
      });
    }
    const iconHeightPx = atlas.icons.theft.heightPx * SELECTED_SCALE;
    for (const { row, x, z, icon, distance } of order) {
      const tile = atlas.labels[row]!;
      const upPx = tile.heightPx / 2 + (icon === undefined ? 0 : iconHeightPx + GAP_PX);
      const at = project(x, ROOF_TOP_M, z);
      const y = at.y - upPx;
      const box = {
        left: at.x - tile.widthPx / 2 - GAP_PX,
        right: at.x + tile.widthPx / 2 + GAP_PX,
        top: y - tile.heightPx / 2 - GAP_PX,
        bottom: y + tile.heightPx / 2 + GAP_PX,
      };
      const isWanted =
        row === selectedRow ||
        icon !== undefined ||
        (HOME_M * pxPerM) / distance > LABEL_HOME_PX_MIN;
      const isInside =
        box.left >= 0 && box.right <= size.width && box.top >= 0 && box.bottom <= size.height;
      if (!isWanted || !at.isSeen || !isInside || taken.some((other) => overlaps(other, box))) {
        hide(count + row);
        continue;
      }
      taken.push(box);
      put(count + row, [x, ROOF_TOP_M, z], tile, {
        scale: 1,
        upPx,
        opacity: row === selectedRow || icon !== undefined ? 1 : 0.86,
      });
    }
    for (const buffer of [buffers.anchor, buffers.tile, buffers.shape]) buffer.needsUpdate = true;
  });
  return (
    <mesh
      geometry={geometry}
      material={material}
      frustumCulled={false}
      renderOrder={20}
      raycast={unpicked}
    />
  );
}
