// The company's own things in the street: transformers, hot where they carry too much, and the masts of the mobile
// network.

import { useFrame } from "@react-three/fiber";
import { useMemo, useRef } from "react";
import { BoxGeometry, Color } from "three";
import type { TransformerView } from "../../sim/contract/frame.ts";
import { useStreet } from "../player/store.ts";
import {
  capacityOf,
  type Placed,
  placed,
  placedBar,
  unpicked,
  useInstances,
  useIsClay,
  useNearInstances,
  useSceneryColour,
} from "./instances.ts";
import { MAST_M, type StreetPlan } from "./plan.ts";

const BAR = new BoxGeometry(1, 1, 1);

/** Position and size of a transformer's boxes; what is `warm` turns red under overload. */
const PARTS = [
  { at: [0, 0.25, 0], size: [5, 0.5, 4], colour: "#a8a294", clay: "#aca392", isWarm: false },
  { at: [0, 1.9, 0], size: [3, 2.8, 2.2], colour: "#5f7a74", clay: "#9b9284", isWarm: true },
  { at: [0, 3.4, 0], size: [3.2, 0.25, 2.4], colour: "#48605b", clay: "#8d8475", isWarm: true },
  ...[-1.1, -0.4, 0.3, 1].map((x) => ({
    at: [x, 1.7, 1.35] as const,
    size: [0.22, 2.1, 0.6] as const,
    colour: "#48605b",
    clay: "#8d8475",
    isWarm: true,
  })),
  ...[-0.9, 0, 0.9].map((x) => ({
    at: [x, 3.9, 0] as const,
    size: [0.26, 1.1, 0.26] as const,
    colour: "#8f6f58",
    clay: "#8d8475",
    isWarm: false,
  })),
] as const;
const HOT = new Color("#c3301c");
const scratch = new Color();
/** Windings age as they were made to at 98 °C and begin to give off gas at 140 °C (IEC 60076-7). */
const WARM_C = { from: 80, to: 120 } as const;

/** 0 to 1; 1 where protection takes it to be overloaded. */
export function heatOf(transformer: TransformerView | undefined): number {
  if (transformer === undefined) return 0;
  const { hotSpotC, isOverloaded } = transformer;
  if (isOverloaded) return 1;
  const share = ((hotSpotC ?? 0) - WARM_C.from) / (WARM_C.to - WARM_C.from);
  return Math.max(0, Math.min(1, share));
}

export function Transformers({ plan }: { readonly plan: StreetPlan }) {
  const isClay = useIsClay();
  const parts = useMemo(
    () =>
      plan.transformers.flatMap(([x, z]) =>
        PARTS.map(({ at, size, colour, clay }) => ({
          ...placed([x + at[0], at[1], z + at[2]], { scale: size }),
          colour: new Color(isClay ? clay : colour),
        })),
      ),
    [plan, isClay],
  );
  const { mesh, near } = useNearInstances(parts);
  const shown = useRef<readonly unknown[]>([]);
  useFrame(() => {
    const { view, truthStreet } = useStreet.getState();
    const known = view === "truth" ? truthStreet : null;
    const now = [known, near.rows];
    if (mesh.current === null || now.every((part, at) => part === shown.current[at])) return;
    shown.current = now;
    near.rows.forEach((part, at) => {
      const transformer = known?.transformers[Math.floor(part / PARTS.length)];
      const { colour } = parts[part]!;
      const heat = PARTS[part % PARTS.length]!.isWarm ? heatOf(transformer) : 0;
      mesh.current!.setColorAt(at, heat === 0 ? colour : scratch.lerpColors(colour, HOT, heat));
    });
    if (mesh.current.instanceColor !== null) mesh.current.instanceColor.needsUpdate = true;
  });
  if (parts.length === 0) return null;
  return (
    <instancedMesh
      ref={mesh}
      args={[BAR, undefined, capacityOf(parts)]}
      castShadow
      receiveShadow
      raycast={unpicked}
    >
      <meshLambertMaterial />
    </instancedMesh>
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
      <meshLambertMaterial color={colour} />
    </instancedMesh>
  );
}

const BAR_M = 0.2;
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
