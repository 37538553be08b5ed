// When a picture is drawn: once for each frame of the twin that came, for what people change, and again while
// something moves; never more often than the machine keeps up with. It also measures what pictures cost.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useRef } from "react";
import type { WebGLRenderer } from "three";
import { useModes } from "../player/modes.ts";
import { useStreet } from "../player/store.ts";
import { useLayer } from "./layers.ts";
import { noteJsMs, probe } from "./probe.ts";
import { notePicture } from "./quality.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove } from "./scene-options.ts";

/** Of the time, at most about this part is spent on drawing, and on what only moves. */
const DRAWING_SHARE = 0.5;
const MOVING_SHARE = 0.3;
/** Between two pictures of what moves. */
const MOTION_MS = 33;
/** The channels of one step arrive one after the other; they are one picture. */
const GATHER_MS = 12;
const FENCE_ASKED_MS = 4;

const isMoving = (): boolean =>
  mayMove() &&
  !document.hidden &&
  useStreet.getState().pace?.isPaused === false &&
  (sceneLight.hasOverload ||
    sceneLight.hasTheft ||
    sceneLight.hasFlights ||
    sceneLight.hasFlow ||
    sceneLight.hasRain);

export function Pacer() {
  const { gl, invalidate } = useThree();
  const drawn = useRef({ beganMs: 0, tookMs: 16 });
  const askAgain = useRef<(afterMs: number, share: number) => void>(() => undefined);
  useEffect(() => {
    let timer = 0;
    let dueMs = Number.POSITIVE_INFINITY;
    const ask = (afterMs: number, share: number): void => {
      const { beganMs, tookMs } = drawn.current;
      const at = Math.max(performance.now() + afterMs, beganMs + tookMs / share);
      if (at >= dueMs) return;
      window.clearTimeout(timer);
      dueMs = at;
      timer = window.setTimeout(() => {
        dueMs = Number.POSITIVE_INFINITY;
        invalidate();
      }, at - performance.now());
    };
    askAgain.current = ask;
    const askNow = (): void => ask(GATHER_MS, DRAWING_SHARE);
    /** What a person did is drawn at once, however long the picture before took. */
    const askAtOnce = (): void => ask(0, Number.POSITIVE_INFINITY);
    const leave = useStreet.subscribe((now, before) => {
      // A picture of the truth is not left standing under the company's name.
      if (now.view !== before.view) gl.domElement.style.opacity = "0";
      if (isOtherToPeople(now, before)) askAtOnce();
      else if (isOtherTwin(now, before)) askNow();
    });
    const leaveLayer = useLayer.subscribe(askAtOnce);
    const leaveModes = useModes.subscribe(askAtOnce);
    const lose = (): void => {
      probe.isContextLost = true;
    };
    // A picture lost with its context comes back as soon as there is one again, its shadows too.
    const restore = (): void => {
      probe.isContextLost = false;
      gl.shadowMap.needsUpdate = true;
      askNow();
    };
    gl.domElement.addEventListener("webglcontextlost", lose);
    gl.domElement.addEventListener("webglcontextrestored", restore);
    askNow();
    return () => {
      leave();
      leaveLayer();
      leaveModes();
      leaveLayer();
      gl.domElement.removeEventListener("webglcontextlost", lose);
      gl.domElement.removeEventListener("webglcontextrestored", restore);
      window.clearTimeout(timer);
    };
  }, [gl, invalidate]);
  const shown = useRef<readonly unknown[]>([]);
  useFrame(() => {
    drawn.current.beganMs = performance.now();
  }, -100);
  // With a place in the order above 0 the picture is drawn here, so that its cost can be told.
  useFrame(({ scene, camera }) => {
    if (probe.isContextLost) return;
    const picture = drawn.current;
    gl.render(scene, camera);
    gl.domElement.style.opacity = "";
    noteJsMs(performance.now() - picture.beganMs);
    probe.drawCalls = gl.info.render.calls;
    probe.framesDrawn++;
    const { truthSupply, beliefSupply, step } = useStreet.getState();
    const now = [truthSupply, beliefSupply];
    if (now.some((part, index) => part !== null && part !== shown.current[index])) {
      shown.current = now;
      probe.stepsDrawn++;
      probe.lastDrawnStep = step;
    }
    if (!probe.isReady && (truthSupply !== null || beliefSupply !== null)) {
      probe.isReady = probe.framesDrawn > 1;
      // Of a twin that stands still no second frame may come.
      if (!probe.isReady) askAgain.current(0, 1);
    }
    timePicture(gl, picture.beganMs, (tookMs) => {
      picture.tookMs = tookMs;
      probe.pictureMs = tookMs;
      notePicture(tookMs);
    });
    if (isMoving()) askAgain.current(MOTION_MS, MOVING_SHARE);
  }, 1);
  return null;
}

type Store = ReturnType<typeof useStreet.getState>;

/** What a picture is of; that one of these has changed makes it another. */
const TWIN = [
  "simMs",
  "step",
  "truthSupply",
  "truthBranch",
  "truthStreet",
  "beliefSupply",
  "beliefStreet",
  "score",
  "pace",
  "boardViews",
  "layout",
] as const satisfies readonly (keyof Store)[];
const PEOPLE = ["view", "selectedRow", "isMeterShown"] as const satisfies readonly (keyof Store)[];

const isOtherTwin = (now: Store, before: Store): boolean =>
  TWIN.some((part) => now[part] !== before[part]);
const isOtherToPeople = (now: Store, before: Store): boolean =>
  PEOPLE.some((part) => now[part] !== before[part]);

/** Says how long it took until the graphics card was done with what it has been told so far. */
function timePicture(gl: WebGLRenderer, beganMs: number, done: (tookMs: number) => void): void {
  const context = gl.getContext() as WebGL2RenderingContext;
  const fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (fence === null) return;
  context.flush();
  const ask = (): void => {
    if (context.isContextLost()) return;
    if (context.getSyncParameter(fence, context.SYNC_STATUS) === context.SIGNALED) {
      context.deleteSync(fence);
      done(performance.now() - beganMs);
    } else window.setTimeout(ask, FENCE_ASKED_MS);
  };
  window.setTimeout(ask, 0);
}
