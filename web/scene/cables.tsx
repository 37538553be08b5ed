// The cables as sagging tubes in one draw call; in a town those that are near (the others: `far-cables.tsx`). Their colour is data: flat, unlit, not tone-mapped, so that what is on
// the screen equals the legend; thickness says the load too, and white dashes move only above full load.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  type Camera,
  CylinderGeometry,
  InstancedBufferAttribute,
  type InstancedMesh,
  ShaderMaterial,
} from "three";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { useModes } from "../player/modes.ts";
import { type StreetStore, useStreet } from "../player/store.ts";
import { cableKnown } from "./cable-known.ts";
import { CABLE_HEXES, cableLook } from "./cable-look.ts";
import { chooseLevels, createChunks, LEVEL, roomFor, rowsAt } from "./chunks.ts";
import { unpicked } from "./instances.ts";
import { type Layer, useLayer } from "./layers.ts";
import { nearCables } from "./near-homes.ts";
import { FIELD_OF_VIEW_DEG } from "./overview.ts";
import { PHASE_COLOURS, srgbOf, UNKNOWN_CABLE } from "./palette.ts";
import type { CablePlace, StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";
import { CABLE_LIMITS, createSight } from "./sight.ts";

const SEGMENTS = 10;
/** A full cable is drawn this much wider than an empty one. */
const WIDER = 0.9;
/** Half the width of an empty cable: on the screen from afar, and in the street from near, where that is more. */
const HALF_WIDTH: Readonly<Record<CablePlace["kind"], readonly [px: number, m: number]>> = {
  trunk: [2.1, 0.13],
  transformer: [2.1, 0.13],
  lateral: [1.75, 0.11],
  service: [0.95, 0.05],
};
const PROJECTED_WIDER = 1.5;
const PATTERNS = ["plain", "moving", "dead", "phases"] as const;

const phaseColour = (index: number): string => {
  const [red, green, blue] = srgbOf(PHASE_COLOURS[index]!.hex);
  return `vec3(${red.toFixed(6)}, ${green.toFixed(6)}, ${blue.toFixed(6)})`;
};

const VERTEX = /* glsl */ `
  attribute vec3 from;
  attribute vec3 to;
  attribute vec3 shape; // sag in m, half width in px and in m
  attribute vec4 look;  // sRGB colour, width
  attribute vec2 way;   // pattern, bits of the phases
  uniform float metrePx; // one pixel at one metre, in m
  flat varying vec3 vColour;
  flat varying vec2 vWay;
  varying float vAlongM;
  varying vec3 vNormalView;
  varying vec3 vToEye;
  void main() {
    float t = position.y;
    vec3 along = to - from;
    vec3 place = from + along * t;
    place.y -= shape.x * 4.0 * t * (1.0 - t);
    vec3 tangent = normalize(along + vec3(0.0, -shape.x * 4.0 * (1.0 - 2.0 * t), 0.0));
    vec3 side = normalize(cross(tangent, vec3(0.0, 1.0, 0.0001)));
    vec3 up = cross(side, tangent);
    vec3 outward = side * position.x + up * position.z;
    float distanceM = distance(cameraPosition, place);
    float radius = max(shape.y * metrePx * distanceM, shape.z) * (1.0 + ${WIDER.toFixed(1)} * look.w);
    vColour = look.rgb;
    vWay = way;
    vAlongM = t * length(along);
    vNormalView = outward;
    vToEye = normalize(cameraPosition - place);
    gl_Position = projectionMatrix * viewMatrix * vec4(place + outward * radius, 1.0);
  }
`;

const FRAGMENT = /* glsl */ `
  uniform float motionS;
  flat varying vec3 vColour;
  flat varying vec2 vWay;
  varying float vAlongM;
  varying vec3 vNormalView;
  varying vec3 vToEye;
  vec3 band(float bits) {
    vec3 colours[3] = vec3[3](${[0, 1, 2].map(phaseColour).join(", ")});
    int count = 0;
    int carried[3] = int[3](0, 0, 0);
    for (int phase = 0; phase < 3; phase++) {
      if (mod(floor(bits / exp2(float(phase)) + 0.001), 2.0) > 0.5) { carried[count] = phase; count++; }
    }
    int at = int(mod(floor(vAlongM / 2.2), float(max(count, 1))));
    return colours[carried[at]];
  }
  void main() {
    vec3 colour = vColour;
    if (vWay.x > 2.5) colour = band(vWay.y);
    else if (vWay.x > 1.5) colour = fract(vAlongM / 2.4) < 0.4 ? vec3(0.42, 0.45, 0.48) : vColour;
    else if (vWay.x > 0.5 && fract(vAlongM / 3.2 - motionS * 0.8) < 0.38) colour = vec3(1.0);
    if (dot(normalize(vNormalView), vToEye) < 0.3) colour *= 0.5;
    gl_FragColor = vec4(colour, 1.0);
  }
`;

const CABLES_A_CHUNK = 250;

/** Unit tube: y runs 0 to 1 along the cable, x and z around it. Of a town, those near the camera. */
function tubes({ cables }: StreetPlan) {
  const geometry = new CylinderGeometry(1, 1, 1, 7, SEGMENTS, true);
  geometry.translate(0, 0.5, 0);
  const room = roomFor(cables.length, CABLE_LIMITS);
  const of = (name: string, size: number) => {
    const made = new InstancedBufferAttribute(new Float32Array(size * room), size);
    geometry.setAttribute(name, made);
    return made;
  };
  const middle = (axis: 0 | 2) => cables.map(({ from, to }) => (from[axis] + to[axis]) / 2);
  const chunks = createChunks(middle(0), middle(2), CABLES_A_CHUNK);
  return {
    geometry,
    room,
    chunks,
    levels: new Uint8Array(chunks.count),
    sight: createSight(),
    /** Rows of the cables that are drawn, instance by instance. */
    rows: [] as number[],
    from: of("from", 3),
    to: of("to", 3),
    shape: of("shape", 3),
    look: of("look", 4),
    way: of("way", 2),
  };
}

type Tubes = ReturnType<typeof tubes>;

/** Takes the cables that are near; whether they are others than before. */
function chooseCables(made: Tubes, { cables }: StreetPlan, camera: Camera): boolean {
  const { chunks, levels, sight } = made;
  if (!sight.take(camera) || !chooseLevels(chunks, sight, CABLE_LIMITS, levels)) return false;
  made.rows = rowsAt(chunks, levels, LEVEL.full);
  made.rows.forEach((row, at) => {
    const { from, to, sagM, kind } = cables[row]!;
    made.from.setXYZ(at, ...from);
    made.to.setXYZ(at, ...to);
    made.shape.setXYZ(at, sagM, ...HALF_WIDTH[kind]);
  });
  for (const each of [made.from, made.to, made.shape]) each.needsUpdate = true;
  nearCables.rows = made.rows;
  nearCables.version++;
  return true;
}

/** After rain, which is blended over all that was drawn before it: a cable keeps its colour to the bit. */
export const CABLES_ORDER = 1.5;

export function Cables({
  plan,
  layout,
}: {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
}) {
  const { size } = useThree();
  const made = useMemo(() => tubes(plan), [plan]);
  const { geometry, look } = made;
  const mesh = useRef<InstancedMesh>(null);
  const material = useMemo(
    () =>
      new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        toneMapped: false,
        uniforms: { motionS: { value: 0 }, metrePx: { value: 0 } },
      }),
    [],
  );
  useEffect(() => () => geometry.dispose(), [geometry]);
  const shown = useRef<readonly unknown[]>([]);
  useFrame(({ camera }) => {
    const isOther = chooseCables(made, plan, camera);
    if (mesh.current !== null) {
      mesh.current.count = made.rows.length;
      mesh.current.visible = made.rows.length > 0;
    }
    material.uniforms["motionS"]!.value = sceneLight.motionS;
    material.uniforms["metrePx"]!.value =
      ((2 * Math.tan((FIELD_OF_VIEW_DEG * Math.PI) / 360)) / size.height) *
      (useModes.getState().isProjector ? PROJECTED_WIDER : 1);
    const store = useStreet.getState();
    const { layer } = useLayer.getState();
    const now = [store.view, store.truthBranch, store.beliefSupply, layer, look];
    if (!isOther && now.every((part, index) => part === shown.current[index])) return;
    shown.current = now;
    sceneLight.hasOverload = paint(plan, { store, layer, layout, made });
  });
  return (
    <instancedMesh
      ref={mesh}
      args={[geometry, material, made.room]}
      frustumCulled={false}
      renderOrder={CABLES_ORDER}
      raycast={unpicked}
    />
  );
}

const SRGB = new Map(CABLE_HEXES.map((hex) => [hex, srgbOf(hex)]));

/** Writes the look of every cable that is drawn; whether any has moving dashes. */
function paint(
  plan: StreetPlan,
  {
    store,
    layer,
    layout,
    made,
  }: {
    readonly store: StreetStore;
    readonly layer: Layer;
    readonly layout: StreetLayout;
    readonly made: Tubes;
  },
): boolean {
  const { look, way } = made;
  let hasMoving = false;
  made.rows.forEach((row, at) => {
    const branch = layout.branches[row]!;
    const known = cableKnown(store, plan.cables[row]!);
    const { hex, pattern, width } =
      store.view === "difference"
        ? ({ hex: UNKNOWN_CABLE, pattern: "plain", width: 0 } as const)
        : cableLook(layer, branch, known, layout.nominalV);
    const [red, green, blue] = SRGB.get(hex)!;
    look.setXYZW(at, red, green, blue, width);
    way.setXY(at, PATTERNS.indexOf(pattern), branch.phases);
    hasMoving ||= pattern === "moving";
  });
  look.needsUpdate = true;
  way.needsUpdate = true;
  return hasMoving;
}
