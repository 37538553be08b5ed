// The mains of a town from afar: ribbons of a constant width on the screen, one draw call for all of them, in the exact
// colours of the tubes that stand in their place nearby. A texel of the ribbon's texture is one main: colour, and whether
// it is drawn.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  NearestFilter,
  RGBAFormat,
  ShaderMaterial,
  UnsignedByteType,
} from "three";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { useModes } from "../player/modes.ts";
import { type StreetStore, useStreet } from "../player/store.ts";
import { CABLE_HEXES, cableColour } from "./cable-look.ts";
import { CABLES_ORDER } from "./cables.tsx";
import { unpicked } from "./instances.ts";
import { type Layer, useLayer } from "./layers.ts";
import { nearCables } from "./near-homes.ts";
import { srgbOf } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";

const TEXELS_WIDE = 256;
const HALF_WIDTH_PX = { trunk: 1.3, lateral: 1, transformer: 1.3, service: 0 } as const;
const PROJECTED_WIDER = 1.5;

const VERTEX = /* glsl */ `
  attribute vec3 other; // the other end
  attribute vec2 side;  // -1 or 1, times half the width in px; row of the main
  uniform highp sampler2D mains;
  uniform vec2 viewport;
  uniform float wider;
  flat varying vec3 vColour;
  void main() {
    int row = int(side.y + 0.5);
    vec4 texel = texelFetch(mains, ivec2(row % ${TEXELS_WIDE}, row / ${TEXELS_WIDE}), 0);
    vColour = texel.rgb;
    vec4 here = projectionMatrix * viewMatrix * vec4(position, 1.0);
    vec4 there = projectionMatrix * viewMatrix * vec4(other, 1.0);
    // An end behind the eye has no direction on the screen; what is so near is drawn as a tube.
    if (texel.a < 0.5 || here.w <= 0.0 || there.w <= 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
    vec2 along = (there.xy / there.w - here.xy / here.w) * viewport;
    float length2 = max(dot(along, along), 1e-6);
    vec2 across = vec2(-along.y, along.x) * inversesqrt(length2);
    here.xy += across * side.x * wider / viewport * 2.0 * here.w;
    gl_Position = here;
  }
`;
const FRAGMENT = /* glsl */ `
  flat varying vec3 vColour;
  void main() { gl_FragColor = vec4(vColour, 1.0); }
`;

interface Ribbons {
  /** Rows of the mains' cables, and bits of the phases that each carries. */
  readonly rows: Uint32Array;
  readonly phases: Uint8Array;
  /** Cable: 1 where it is drawn as a tube. */
  readonly isNear: Uint8Array;
  readonly geometry: BufferGeometry;
  readonly texels: Uint8Array;
  readonly texture: DataTexture;
}

function createRibbons({ cables }: StreetPlan, { branches }: StreetLayout): Ribbons {
  const mains = cables.filter(({ kind }) => kind !== "service");
  const height = Math.max(1, Math.ceil(mains.length / TEXELS_WIDE));
  const texels = new Uint8Array(4 * TEXELS_WIDE * height);
  const [places, others] = [0, 1].map(() => new Float32Array(12 * mains.length));
  const sides = new Float32Array(8 * mains.length);
  const index = new Uint32Array(6 * mains.length);
  mains.forEach(({ from, to, kind }, at) => {
    for (let corner = 0; corner < 4; corner++) {
      const isFar = corner > 1;
      // Seen from its other end, left is right.
      const sign = (corner % 2 === 0) === isFar ? 1 : -1;
      places!.set(isFar ? to : from, 12 * at + 3 * corner);
      others!.set(isFar ? from : to, 12 * at + 3 * corner);
      sides.set([sign * HALF_WIDTH_PX[kind], at], 8 * at + 2 * corner);
    }
    const first = 4 * at;
    index.set([first, first + 1, first + 2, first + 2, first + 1, first + 3], 6 * at);
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(places!, 3));
  geometry.setAttribute("other", new BufferAttribute(others!, 3));
  geometry.setAttribute("side", new BufferAttribute(sides, 2));
  geometry.setIndex(new BufferAttribute(index, 1));
  const texture = new DataTexture(texels, TEXELS_WIDE, height, RGBAFormat, UnsignedByteType);
  texture.minFilter = NearestFilter;
  texture.magFilter = NearestFilter;
  const rows = Uint32Array.from(mains, ({ row }) => row);
  const phases = Uint8Array.from(rows, (row) => branches[row]!.phases);
  return { rows, phases, isNear: new Uint8Array(branches.length), geometry, texels, texture };
}

export function FarCables({
  plan,
  layout,
}: {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
}) {
  const { size } = useThree();
  const ribbons = useMemo(() => createRibbons(plan, layout), [plan, layout]);
  const material = useMemo(
    () =>
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        toneMapped: false,
        side: 2,
        uniforms: {
          mains: { value: ribbons.texture },
          viewport: { value: [1, 1] },
          wider: { value: 1 },
        },
      }),
    [ribbons],
  );
  useEffect(
    () => () => {
      ribbons.geometry.dispose();
      ribbons.texture.dispose();
      material.dispose();
    },
    [ribbons, material],
  );
  const shown = useRef<readonly unknown[]>([]);
  useFrame(() => {
    material.uniforms["viewport"]!.value = [size.width, size.height];
    material.uniforms["wider"]!.value = useModes.getState().isProjector ? PROJECTED_WIDER : 1;
    const store = useStreet.getState();
    const { layer } = useLayer.getState();
    const now = [store.view, store.truthBranch, layer, ribbons, nearCables.version];
    if (now.every((part, at) => part === shown.current[at])) return;
    if (shown.current[3] !== ribbons || shown.current[4] !== nearCables.version) {
      ribbons.isNear.fill(0);
      for (const row of nearCables.rows) ribbons.isNear[row] = 1;
    }
    shown.current = now;
    paint(ribbons, { store, layer, layout });
  });
  return (
    <mesh
      geometry={ribbons.geometry}
      material={material}
      frustumCulled={false}
      renderOrder={CABLES_ORDER - 0.1}
      raycast={unpicked}
    />
  );
}

/** Colours as texels that are drawn. */
const TEXELS = new Uint8Array(4 * CABLE_HEXES.length);
CABLE_HEXES.forEach((hex, at) => {
  TEXELS.set([...srgbOf(hex).map((part) => Math.round(255 * part)), 255], 4 * at);
});
const WHOLE_TEXELS = new Uint32Array(TEXELS.buffer);

/** Mains are known to the truth alone; the phases they carry are in the company's plan too. */
function paint(
  { rows, phases, isNear, texels, texture }: Ribbons,
  {
    store: { view, truthBranch },
    layer,
    layout: { nominalV },
  }: { readonly store: StreetStore; readonly layer: Layer; readonly layout: StreetLayout },
): void {
  const isTruth = view === "truth" && truthBranch !== null;
  const isPlain = view === "difference";
  const whole = new Uint32Array(texels.buffer);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const loadingShare = isTruth ? (truthBranch.loadingShare[row] ?? Number.NaN) : Number.NaN;
    const voltageV = isTruth ? (truthBranch.voltageV[row] ?? Number.NaN) : Number.NaN;
    const colour = isPlain ? 0 : cableColour(layer, phases[at]!, loadingShare, voltageV / nominalV);
    whole[at] = isNear[row] === 1 ? 0 : WHOLE_TEXELS[colour]!;
  }
  texture.needsUpdate = true;
}
