// The company's own things in the street: the transformer and the masts of the mobile network.

import { useMemo } from "react";
import { BoxGeometry } from "three";
import {
  type Placed,
  placedBar,
  unpicked,
  useInstances,
  useIsClay,
  useSceneryColour,
} from "./instances.ts";
import type { StreetPlan } from "./plan.ts";

export const MAST_M = 26;

export function Transformers({ plan }: { readonly plan: StreetPlan }) {
  return plan.transformers.map((place) => <Transformer key={place.join()} place={place} />);
}

function Transformer({ place: [x, z] }: { readonly place: readonly [x: number, z: number] }) {
  const isClay = useIsClay();
  const [body, rib, plinth] = isClay
    ? ["#9b9284", "#8d8475", "#aca392"]
    : ["#5f7a74", "#48605b", "#a8a294"];
  return (
    <group position={[x, 0, z]}>
      <mesh position-y={0.25} receiveShadow raycast={unpicked}>
        <boxGeometry args={[5, 0.5, 4]} />
        <meshStandardMaterial color={plinth} roughness={1} />
      </mesh>
      <mesh position-y={1.9} castShadow raycast={unpicked}>
        <boxGeometry args={[3, 2.8, 2.2]} />
        <meshStandardMaterial color={body} roughness={0.7} />
      </mesh>
      {[-1.1, -0.4, 0.3, 1].map((at) => (
        <mesh key={at} position={[at, 1.7, 1.35]} raycast={unpicked}>
          <boxGeometry args={[0.22, 2.1, 0.6]} />
          <meshStandardMaterial color={rib} roughness={0.7} />
        </mesh>
      ))}
      {[-0.9, 0, 0.9].map((at) => (
        <mesh key={at} position={[at, 3.8, 0]} castShadow raycast={unpicked}>
          <cylinderGeometry args={[0.12, 0.2, 1.1, 8]} />
          <meshStandardMaterial color="#8f6f58" roughness={0.6} />
        </mesh>
      ))}
    </group>
  );
}

/** A lattice tower of thin boxes: four legs that lean together, and crosswise bars between them. */
export function Masts({ plan }: { readonly plan: StreetPlan }) {
  const places = useMemo(() => plan.masts.flatMap(({ x, z }) => latticeAt(x, z)), [plan]);
  const mesh = useInstances(places);
  const colour = useSceneryColour("#8e959b", "#8d8475");
  if (places.length === 0) return null;
  return (
    <instancedMesh ref={mesh} args={[BAR, undefined, places.length]} castShadow raycast={unpicked}>
      <meshStandardMaterial color={colour} roughness={0.6} />
    </instancedMesh>
  );
}

const BAR = new BoxGeometry(1, 1, 1);
const BAR_M = 0.16;
const LEVELS = 7;
type Corner = readonly [x: number, y: number, z: number];

function latticeAt(x: number, z: number): Placed[] {
  const halfAt = (level: number): number => 1.9 - (1.55 * level) / LEVELS;
  const corner = (level: number, turn: number): Corner => {
    const half = halfAt(level);
    const [sx, sz] = [
      [1, 1],
      [-1, 1],
      [-1, -1],
      [1, -1],
    ][turn % 4]!;
    return [x + sx! * half, (MAST_M * level) / LEVELS, z + sz! * half];
  };
  const bars: Placed[] = [];
  const bar = (from: Corner, to: Corner): void => void bars.push(placedBar(from, to, BAR_M));
  for (let turn = 0; turn < 4; turn++) {
    bar(corner(0, turn), corner(LEVELS, turn));
    for (let level = 0; level < LEVELS; level++) {
      bar(corner(level, turn), corner(level + 1, turn + 1));
      bar(corner(level + 1, turn), corner(level + 1, turn + 1));
    }
  }
  bar([x, MAST_M, z], [x, MAST_M + 3, z]);
  return bars;
}
