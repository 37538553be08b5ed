// Icons above homes and masts, and the homes' addresses: quads of a constant size on the screen, one draw call.
// Labels never overlap each other or an icon: what matters more is placed first, what finds no room is left out.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo } from "react";
import {
  type Camera,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  PlaneGeometry,
  ShaderMaterial,
  Vector3,
} from "three";
import { useStreet } from "../player/store.ts";
import { type Atlas, type AtlasTile, createAtlas, type Icon } from "./atlas.ts";
import { MAST_M } from "./equipment.tsx";
import { FLAG, type HomeState } from "./home-state.ts";
import { homeStates } from "./home-states.ts";
import { unpicked } from "./instances.ts";
import { type LabelWish, layOutLabels } from "./label-layout.ts";
import type { HomePlace, StreetPlan } from "./plan.ts";

const ROOF_TOP_M = 7.4;
const SELECTED_SCALE = 1.15;
const MAST_SCALE = 1.35;
const QUIET_OPACITY = 0.86;
/** Addresses are read where a home is at least this wide on the screen. */
const LABEL_HOME_PX_MIN = 34;
const HOME_M = 8;
/** The selected home's address comes first, then those of marked homes, then the nearest. */
const RANK_WEIGHT = 1e6;

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

/** The icon above a home, the gravest first. */
function iconOf({ flags }: HomeState): Icon | undefined {
  if ((flags & FLAG.theft) !== 0) return "theft";
  if ((flags & FLAG.suspected) !== 0) return "case";
  if ((flags & FLAG.differs) !== 0) return "differs";
  if ((flags & FLAG.dark) !== 0) return "power";
  return undefined;
}

/** Quads of the marks: a home's icon in its row, its address `homes` further, then the masts. */
interface Quads {
  readonly geometry: InstancedBufferGeometry;
  readonly material: ShaderMaterial;
  readonly atlas: Atlas;
  put(quad: number, at: Anchor, tile: AtlasTile, look: QuadLook): void;
  hide(quad: number): void;
  upload(): void;
}

type Anchor = readonly [x: number, y: number, z: number];

interface QuadLook {
  readonly scale: number;
  readonly upPx: number;
  readonly opacity: number;
}

function createQuads(count: number, addresses: readonly string[]): Quads {
  const atlas = createAtlas(addresses);
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
  };
}

export function Marks({ plan }: { readonly plan: StreetPlan }) {
  const { camera, size } = useThree();
  // From so close they would stand before the meter.
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const addresses = useStreet(({ layout }) => layout?.supplies);
  const count = 2 * plan.homes.length + plan.masts.length;
  const quads = useMemo(
    () =>
      createQuads(
        count,
        (addresses ?? []).map(({ address }) => address),
      ),
    [addresses, count],
  );
  useEffect(
    () => () => {
      quads.geometry.dispose();
      quads.material.dispose();
      quads.atlas.texture.dispose();
    },
    [quads],
  );
  useFrame(() => {
    quads.material.uniforms["viewport"]!.value = [size.width, size.height];
    markMasts(quads, plan);
    const wishes = plan.homes.map((home) => markHome(quads, home, camera, size));
    const shown = new Map(layOutLabels(wishes, size).map(({ row, upPx }) => [row, upPx]));
    for (const { row, x, z } of plan.homes) {
      const upPx = shown.get(row);
      if (upPx === undefined) {
        quads.hide(plan.homes.length + row);
        continue;
      }
      const isLoud = wishes[row]!.weight < 2 * RANK_WEIGHT;
      const look = { scale: 1, upPx, opacity: isLoud ? 1 : QUIET_OPACITY };
      quads.put(plan.homes.length + row, [x, ROOF_TOP_M, z], quads.atlas.labels[row]!, look);
    }
    quads.upload();
  });
  return (
    <mesh
      visible={!isMeterShown}
      geometry={quads.geometry}
      material={quads.material}
      frustumCulled={false}
      renderOrder={20}
      raycast={unpicked}
    />
  );
}

/** How a mast is, is truth: the other views do not show it. */
function markMasts(quads: Quads, plan: StreetPlan): void {
  const { truthStreet, view } = useStreet.getState();
  plan.masts.forEach(({ x, z }, index) => {
    const quad = 2 * plan.homes.length + index;
    const isUp = truthStreet?.mastUp[index];
    if (isUp === undefined || view !== "truth") {
      quads.hide(quad);
      return;
    }
    const tile = quads.atlas.icons[isUp === 1 ? "mast-up" : "mast-down"];
    quads.put(quad, [x, MAST_M + 2, z], tile, { scale: MAST_SCALE, upPx: 0, opacity: 1 });
  });
}

const scratch = new Vector3();

/** Sets a home's icon; returns the wish for its address. */
function markHome(
  quads: Quads,
  { row, x, z }: HomePlace,
  camera: Camera,
  size: { readonly width: number; readonly height: number },
): LabelWish {
  const state = homeStates()[row];
  const icon = state === undefined ? undefined : iconOf(state);
  const isSelected = row === useStreet.getState().selectedRow;
  const scale = isSelected ? SELECTED_SCALE : 1;
  let iconPx = 0;
  if (icon === undefined) quads.hide(row);
  else {
    const tile = quads.atlas.icons[icon];
    iconPx = tile.heightPx * scale;
    quads.put(row, [x, ROOF_TOP_M, z], tile, { scale, upPx: iconPx / 2, opacity: 1 });
  }
  const distanceM = camera.position.distanceTo(scratch.set(x, 0, z));
  const pxPerM = (size.height * camera.projectionMatrix.elements[5]!) / 2 / distanceM;
  const { x: right, y: up, z: depth } = scratch.set(x, ROOF_TOP_M, z).project(camera);
  const isRead = isSelected || icon !== undefined || HOME_M * pxPerM > LABEL_HOME_PX_MIN;
  const tile = quads.atlas.labels[row]!;
  const rank = isSelected ? 0 : icon !== undefined ? 1 : 2;
  return {
    row,
    x: ((right + 1) / 2) * size.width,
    y: ((1 - up) / 2) * size.height,
    widthPx: isRead && depth < 1 ? tile.widthPx : 0,
    heightPx: tile.heightPx,
    iconPx,
    weight: rank * RANK_WEIGHT + distanceM,
  };
}
