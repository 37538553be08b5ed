// The street in 3D. It is drawn when something has changed, and no more often than the machine keeps up with.

import { Canvas, useThree } from "@react-three/fiber";
import { lazy, Suspense, useEffect, useMemo } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { useStreet } from "../player/store.ts";
import { skyOf } from "../player/weather.ts";
import { Cables } from "./cables.tsx";
import { Rig } from "./camera.tsx";
import { Daylight } from "./daylight.tsx";
import { Masts, Transformers } from "./equipment.tsx";
import { Ground } from "./ground.tsx";
import { homeCounts } from "./home-states.ts";
import { createHomeTexture } from "./home-texture.ts";
import { Houses } from "./houses.tsx";
import { useLayer } from "./layers.ts";
import { Marks } from "./marks.tsx";
import { FIELD_OF_VIEW_DEG } from "./overview.ts";
import { Pacer } from "./pacer.tsx";
import { startPicking } from "./picking.ts";
import { createPlan, type StreetPlan } from "./plan.ts";
import { useQuality } from "./quality.ts";
import { QUALITY_STEPS } from "./quality-ladder.ts";
import { Rings } from "./rings.tsx";
import { SceneControls } from "./scene-controls.tsx";
import { CABLE_LIMITS, HOME_LIMITS } from "./sight.ts";

export function StreetScene({ summary }: { readonly summary: string }) {
  const layout = useStreet((store) => store.layout);
  const plan = useMemo(() => (layout === null ? null : createPlan(layout)), [layout]);
  const step = useQuality((quality) => quality.step);
  const isMeterShown = useStreet((store) => store.isMeterShown);
  if (plan === null || layout === null) return null;
  const { hasShadows: mayHaveShadows, pixelRatio, isSimple } = QUALITY_STEPS[step]!;
  // One map of shadows over a whole town would be coarser than a house.
  const hasShadows = mayHaveShadows && plan.homes.length <= HOME_LIMITS.alwaysMax;
  return (
    <>
      <Canvas
        className="scene-canvas"
        role="img"
        aria-label={summary}
        frameloop="demand"
        shadows={hasShadows ? "percentage" : false}
        dpr={Math.min(pixelRatio, globalThis.devicePixelRatio)}
        camera={{ fov: FIELD_OF_VIEW_DEG, near: 2, far: 5000 }}
        gl={{ antialias: true, powerPreference: "high-performance" }}
      >
        <Daylight plan={plan} hasShadows={hasShadows} key={`light/${hasShadows}`} />
        <Ground plan={plan} isSimple={isSimple} />
        <Street plan={plan} layout={layout} />
        <Rig plan={plan} />
        <Picking />
        <Pacer />
        <Suspense fallback={null}>
          <StillTaker />
        </Suspense>
      </Canvas>
      {!isMeterShown && <SceneControls />}
    </>
  );
}

const StillTaker = lazy(async () => ({ default: (await import("./still-taker.tsx")).StillTaker }));
const Selection = lazy(async () => ({ default: (await import("./selection.tsx")).Selection }));

/** What no street's first picture has is fetched when it is wanted. */
function Later({ plan, layout }: { readonly plan: StreetPlan; readonly layout: StreetLayout }) {
  const hasHome = useStreet(({ selectedRow }) => selectedRow >= 0);
  const hasMasts = useStreet(({ truthStreet }) => truthStreet !== null);
  const isLit = useStreet(({ litRows }) => litRows.length > 0);
  const hasOutage = useStreet((store) => {
    const { cut, fuse } = homeCounts(store).off;
    return cut + fuse > 0;
  });
  const hasWeather = useStreet((store) => skyOf(store) !== null);
  const hasProfile = useLayer(({ layer }) => layer === "voltage");
  return (
    <>
      {plan.cables.length > CABLE_LIMITS.alwaysMax && <FarCables plan={plan} layout={layout} />}
      {hasMasts && <Coverage plan={plan} layout={layout} />}
      {hasOutage && <Outages plan={plan} />}
      {isLit && <Lit plan={plan} />}
      {hasWeather && <Weather />}
      {hasProfile && <Profile plan={plan} layout={layout} />}
      {hasHome && <Selection plan={plan} />}
      {hasHome && <MeterModel plan={plan} />}
    </>
  );
}

const Coverage = lazy(async () => ({ default: (await import("./coverage.tsx")).Coverage }));
const FarCables = lazy(async () => ({ default: (await import("./far-cables.tsx")).FarCables }));
const Lit = lazy(async () => ({ default: (await import("./lit.tsx")).Lit }));
const Outages = lazy(async () => ({ default: (await import("./outages.tsx")).Outages }));
const Profile = lazy(async () => ({ default: (await import("./profile.tsx")).Profile }));
const Weather = lazy(async () => ({ default: (await import("./weather.tsx")).Weather }));
const MeterModel = lazy(async () => ({ default: (await import("./meter-model.tsx")).MeterModel }));

/** Everything that means something. */
function Street({ plan, layout }: { readonly plan: StreetPlan; readonly layout: StreetLayout }) {
  const texture = useMemo(() => createHomeTexture(plan.homes.length), [plan]);
  useEffect(() => () => texture.dispose(), [texture]);
  return (
    <>
      <Transformers plan={plan} />
      <Masts plan={plan} />
      <Houses plan={plan} texture={texture} />
      <Rings plan={plan} />
      <Cables plan={plan} layout={layout} />
      <Marks plan={plan} layout={layout} />
      <Suspense fallback={null}>
        <Later plan={plan} layout={layout} />
      </Suspense>
    </>
  );
}

function Picking() {
  const { gl, camera } = useThree();
  useEffect(() => startPicking(gl.domElement, camera), [gl, camera]);
  return null;
}
