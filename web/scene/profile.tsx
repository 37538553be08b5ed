// The voltage along the feeder: curtains over the mains whose upper edge is the voltage, in the steps of the legend.
// Only in the voltage layer, and only where the voltage is known.

import { useFrame } from "@react-three/fiber";
import { useEffect, useMemo, useRef } from "react";
import { InstancedBufferAttribute, type InstancedMesh, PlaneGeometry, ShaderMaterial } from "three";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { useStreet } from "../player/store.ts";
import { unpicked } from "./instances.ts";
import { useLayer } from "./layers.ts";
import { srgbOf, VOLTAGE_STEPS, voltageStep } from "./palette.ts";
import { POLE_M, type StreetPlan } from "./plan.ts";
import { profileHeightM } from "./profile-height.ts";

const VERTEX = /* glsl */ `
  attribute vec4 ends;   // east and south of both ends
  attribute vec2 tops;   // height of the curtain at both ends, in m
  attribute vec3 colour; // sRGB
  flat varying vec3 vColour;
  varying vec2 vPlace; // share of the height, height in m
  void main() {
    float along = position.x + 0.5;
    float share = position.y + 0.5;
    float topM = mix(tops.x, tops.y, along);
    vec2 ground = mix(ends.xy, ends.zw, along);
    vColour = colour;
    vPlace = vec2(share, share * topM);
    vec3 world = vec3(ground.x, ${(POLE_M + 0.25).toFixed(2)} + share * topM, ground.y);
    gl_Position = topM > 0.0 ? projectionMatrix * viewMatrix * vec4(world, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  }
`;
const FRAGMENT = /* glsl */ `
  uniform float nominalM;
  flat varying vec3 vColour;
  varying vec2 vPlace;
  void main() {
    bool isEdge = 1.0 - vPlace.x < 1.2 * fwidth(vPlace.x) + 0.02;
    bool isNominal = abs(vPlace.y - nominalM) < fwidth(vPlace.y) * 0.7;
    gl_FragColor = isEdge ? vec4(vColour, 1.0) : isNominal ? vec4(0.08, 0.1, 0.13, 0.6) : vec4(vColour, 0.24);
  }
`;

export function Profile({
  plan,
  layout,
}: {
  readonly plan: StreetPlan;
  readonly layout: StreetLayout;
}) {
  const layer = useLayer((store) => store.layer);
  const view = useStreet((store) => store.view);
  if (layer !== "voltage" || view !== "truth") return null;
  return <Curtains plan={plan} layout={layout} />;
}

function Curtains({ plan, layout }: { readonly plan: StreetPlan; readonly layout: StreetLayout }) {
  const mesh = useRef<InstancedMesh>(null);
  const mains = useMemo(
    () => plan.cables.filter(({ kind }) => kind === "trunk" || kind === "lateral"),
    [plan],
  );
  const { geometry, material, tops, colours } = useMemo(() => {
    const shape = new PlaneGeometry(1, 1, 6, 1);
    const of = (name: string, size: number, values: readonly number[]) => {
      const made = new InstancedBufferAttribute(Float32Array.from(values), size);
      shape.setAttribute(name, made);
      return made;
    };
    of(
      "ends",
      4,
      mains.flatMap(({ from, to }) => [from[0], from[2], to[0], to[2]]),
    );
    return {
      geometry: shape,
      tops: of("tops", 2, Array<number>(2 * mains.length).fill(0)),
      colours: of("colour", 3, Array<number>(3 * mains.length).fill(0)),
      material: new ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: FRAGMENT,
        transparent: true,
        depthWrite: false,
        toneMapped: false,
        side: 2,
        uniforms: { nominalM: { value: profileHeightM(1) } },
      }),
    };
  }, [mains]);
  useEffect(
    () => () => {
      geometry.dispose();
      material.dispose();
    },
    [geometry, material],
  );
  const shown = useRef<unknown>(null);
  useFrame(() => {
    const { truthBranch } = useStreet.getState();
    if (shown.current === truthBranch) return;
    shown.current = truthBranch;
    mains.forEach(({ row, before }, index) => {
      const pu = (at: number): number => (truthBranch?.voltageV[at] ?? 0) / layout.nominalV;
      const [farPu, nearPu] = [pu(row), before < 0 ? pu(row) : pu(before)];
      const isDead = farPu === 0 || nearPu === 0;
      tops.setXY(index, isDead ? 0 : profileHeightM(nearPu), isDead ? 0 : profileHeightM(farPu));
      colours.setXYZ(index, ...srgbOf(isDead ? VOLTAGE_STEPS[0]!.hex : voltageStep(farPu).hex));
    });
    tops.needsUpdate = true;
    colours.needsUpdate = true;
  });
  return (
    <instancedMesh
      ref={mesh}
      args={[geometry, material, mains.length]}
      frustumCulled={false}
      renderOrder={6}
      raycast={unpicked}
    />
  );
}
