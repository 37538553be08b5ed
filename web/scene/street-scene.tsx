// The street in 3D. It is drawn when something has changed, and no more often than the machine keeps up with.

import { Canvas, useFrame, useThree } from "@react-three/fiber";
import { useEffect, useMemo, useRef, useState } from "react";
import { useStreet } from "../player/store.ts";
import { Cables } from "./cables.tsx";
import { FIELD_OF_VIEW_DEG, Rig } from "./camera.tsx";
import { Daylight } from "./daylight.tsx";
import { Masts, Transformers } from "./equipment.tsx";
import { Ground } from "./ground.tsx";
import { Houses } from "./houses.tsx";
import { Marks } from "./marks.tsx";
import { MeterModel } from "./meter-model.tsx";
import { createPlan } from "./plan.ts";
import { probe } from "./probe.ts";
import { sceneOptions } from "./scene-options.ts";
import { Selection } from "./selection.tsx";

/** A machine that needs longer for a picture draws without shadows and at one pixel a pixel. */
const SLOW_PICTURE_MS = 90;
/** Pictures measured before the quality is judged; the first compile shaders. */
const JUDGED_PICTURES = 8;
/** Of the time, at most about this part is spent on drawing. */
const DRAWING_SHARE = 0.5;

export function StreetScene({ summary }: { readonly summary: string }) {
  const layout = useStreet((store) => store.layout);
  const plan = useMemo(() => (layout === null ? null : createPlan(layout)), [layout]);
  const [isSlow, setIsSlow] = useState(sceneOptions.quality === "low");
  if (plan === null) return null;
  const hasShadows = !isSlow;
  return (
    <Canvas
      className="scene-canvas"
      role="img"
      aria-label={summary}
      frameloop="demand"
      shadows={hasShadows ? "percentage" : false}
      dpr={isSlow ? 1 : [1, 2]}
      camera={{ fov: FIELD_OF_VIEW_DEG, near: 2, far: 4000 }}
      gl={{ antialias: true, powerPreference: "high-performance" }}
    >
      <Daylight plan={plan} hasShadows={hasShadows} key={`light/${hasShadows}`} />
      <Ground plan={plan} />
      <Transformers plan={plan} />
      <Masts plan={plan} />
      <Houses plan={plan} />
      <Cables plan={plan} />
      <Selection plan={plan} />
      <MeterModel plan={plan} />
      <Marks plan={plan} />
      <Rig plan={plan} />
      <Pacer onSlow={() => setIsSlow(true)} />
    </Canvas>
  );
}

/** Asks for a picture when a frame, a view or a selection came; leaves the machine time for the rest. */
function Pacer({ onSlow }: { readonly onSlow: () => void }) {
  const { gl, invalidate } = useThree();
  const drawn = useRef({ beganMs: 0, tookMs: 16, pictures: 0, slow: 0 });
  useEffect(() => {
    let timer = 0;
    let dueMs = 0;
    const ask = (): void => {
      if (timer !== 0) return;
      const { beganMs, tookMs } = drawn.current;
      dueMs = Math.max(performance.now(), beganMs + tookMs / DRAWING_SHARE);
      timer = window.setTimeout(() => {
        timer = 0;
        invalidate();
      }, dueMs - performance.now());
    };
    const leave = useStreet.subscribe(ask);
    // A picture lost with its context comes back as soon as there is one again.
    gl.domElement.addEventListener("webglcontextrestored", ask);
    ask();
    return () => {
      leave();
      gl.domElement.removeEventListener("webglcontextrestored", ask);
      window.clearTimeout(timer);
    };
  }, [gl, invalidate]);
  useFrame(() => {
    const picture = drawn.current;
    picture.beganMs = performance.now();
    picture.pictures++;
    probe.drawCalls = gl.info.render.calls;
    probe.framesDrawn = picture.pictures;
    const { truthSupply, beliefSupply } = useStreet.getState();
    if (truthSupply !== null || beliefSupply !== null) probe.isReady = picture.pictures > 1;
    // The browser comes back after it has shown the picture: what lies between is what the picture cost.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        picture.tookMs = performance.now() - picture.beganMs;
        probe.pictureMs = picture.tookMs;
        if (sceneOptions.quality !== "auto" || picture.pictures < 3) return;
        if (picture.tookMs > SLOW_PICTURE_MS) picture.slow++;
        if (picture.pictures < JUDGED_PICTURES + 3 && picture.slow > JUDGED_PICTURES / 2) onSlow();
      }),
    );
  });
  return null;
}
