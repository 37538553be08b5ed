// Rings in the difference's colour around the homes that differ from another run beside this one.

import { useEffect, useMemo } from "react";
import { RingGeometry } from "three";
import { useStreet } from "../player/store.ts";
import { placed, unpicked, useInstances } from "./instances.ts";
import { DIFFERS } from "./palette.ts";
import type { StreetPlan } from "./plan.ts";

const INNER_M = 8.4;
const OUTER_M = 10;
const SEGMENTS = 40;

export function Lit({ plan }: { readonly plan: StreetPlan }) {
  const rows = useStreet((store) => store.litRows);
  const ring = useMemo(
    () => new RingGeometry(INNER_M, OUTER_M, SEGMENTS).rotateX(-Math.PI / 2),
    [],
  );
  useEffect(() => () => ring.dispose(), [ring]);
  const places = useMemo(
    () =>
      rows.flatMap((row) => {
        const home = plan.homes[row];
        return home === undefined ? [] : [placed([home.x, 0.34, home.z])];
      }),
    [plan, rows],
  );
  const instances = useInstances(places);
  if (places.length === 0) return null;
  return (
    <instancedMesh
      key={places.length}
      ref={instances}
      args={[ring, undefined, places.length]}
      frustumCulled={false}
      renderOrder={5}
      raycast={unpicked}
    >
      <meshBasicMaterial color={DIFFERS} toneMapped={false} />
    </instancedMesh>
  );
}
