// A white ring on the ground around the selected home.

import { useMemo } from "react";
import { RingGeometry } from "three";
import { useStreet } from "../player/store.ts";
import { unpicked } from "./instances.ts";
import { SELECTED } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";

export function Selection({ plan }: { readonly plan: StreetPlan }) {
  const selectedRow = useStreet((store) => store.selectedRow);
  // From so close it would be a road across the picture.
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const ring = useMemo(() => new RingGeometry(7, 7.9, 48).rotateX(-Math.PI / 2), []);
  const home = plan.homes[selectedRow];
  if (home === undefined || isMeterShown) return null;
  return (
    <mesh geometry={ring} position={[home.x, 0.3, home.z]} renderOrder={5} raycast={unpicked}>
      <meshBasicMaterial color={SELECTED} toneMapped={false} />
    </mesh>
  );
}
