// The cables as sagging tubes in one draw call. Their colour is data: flat, unlit, not tone-mapped, so that what
// is on the screen equals the legend; thickness says the same, and white dashes move only above full load.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import {
  type BufferGeometry,
  CylinderGeometry,
  InstancedBufferAttribute,
  type InstancedMesh,
  ShaderMaterial,
} from "three";
import { useStreet } from "../player/store.ts";
import { unpicked } from "./instances.ts";
import { loadingStep, srgbOf, UNKNOWN_CABLE } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";
import { sceneLight } from "./scene-light.ts";

const SEGMENTS = 10;
/** A full cable is drawn this much wider than an empty one. */
const WIDER = 0.9;

const VERTEX = /* glsl */ `
  attribute vec3 from;
  attribute vec3 to;
  attribute vec2 shape; // sag in m, radius in m
  attribute vec4 look;  // sRGB colour, loading share
  varying vec3 vColour;
  varying float vLoading;
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
    float radius = shape.y * (1.0 + ${WIDER.toFixed(1)} * min(look.w, 1.2)) * clamp(distanceM / 260.0, 0.22, 1.6);
    vec4 world = vec4(place + outward * radius, 1.0);
    vColour = look.rgb;
    vLoading = look.w;
    vAlongM = t * length(along);
    vNormalView = outward;
    vToEye = normalize(cameraPosition - place);
    gl_Position = projectionMatrix * viewMatrix * world;
  }
`;

const FRAGMENT = /* glsl */ `
  uniform float motionS;
  varying vec3 vColour;
  varying float vLoading;
  varying float vAlongM;
  varying vec3 vNormalView;
  varying vec3 vToEye;
  void main() {
    vec3 colour = vColour;
    if (vLoading > 1.0 && fract(vAlongM / 3.2 - motionS * 0.8) < 0.38) colour = vec3(1.0);
    if (dot(normalize(vNormalView), vToEye) < 0.3) colour *= 0.55;
    gl_FragColor = vec4(colour, 1.0);
  }
`;

/** Unit tube: y runs 0 to 1 along the cable, x and z around it. */
function tube(): BufferGeometry {
  const geometry = new CylinderGeometry(1, 1, 1, 7, SEGMENTS, true);
  geometry.translate(0, 0.5, 0);
  return geometry;
}

export function Cables({ plan }: { readonly plan: StreetPlan }) {
  const mesh = useRef<InstancedMesh>(null);
  const count = plan.cables.length;
  const { geometry, look, material } = useMemo(() => {
    const shape = tube();
    const of = (size: number, values: (cable: StreetPlan["cables"][number]) => readonly number[]) =>
      new InstancedBufferAttribute(Float32Array.from(plan.cables.flatMap(values)), size);
    shape.setAttribute(
      "from",
      of(3, ({ from }) => from),
    );
    shape.setAttribute(
      "to",
      of(3, ({ to }) => to),
    );
    shape.setAttribute(
      "shape",
      of(2, ({ sagM, radiusM }) => [sagM, radiusM]),
    );
    const colours = of(4, () => [...srgbOf(UNKNOWN_CABLE), 0]);
    shape.setAttribute("look", colours);
    const shader = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      toneMapped: false,
      uniforms: { motionS: { value: 0 } },
    });
    return { geometry: shape, look: colours, material: shader };
  }, [plan]);
  useEffect(() => () => geometry.dispose(), [geometry]);
  const shown = useRef<unknown>(undefined);
  useFrame(() => {
    material.uniforms["motionS"]!.value = sceneLight.motionS;
    const { view, truthBranch } = useStreet.getState();
    const known = view === "truth" ? truthBranch : null;
    if (shown.current === known) return;
    shown.current = known;
    for (const { row } of plan.cables) {
      const share = known?.loadingShare[row];
      const [red, green, blue] = srgbOf(
        share === undefined ? UNKNOWN_CABLE : loadingStep(share).hex,
      );
      look.setXYZW(row, red, green, blue, share ?? 0);
    }
    look.needsUpdate = true;
  });
  return (
    <instancedMesh
      ref={mesh}
      args={[geometry, material, count]}
      frustumCulled={false}
      raycast={unpicked}
    />
  );
}
