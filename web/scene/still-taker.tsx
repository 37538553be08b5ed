// Draws the picture that somebody asks for at once, in the size that is asked for, and copies it before the browser
// takes the drawing buffer away.

import { useFrame, useThree } from "@react-three/fiber";
import { useEffect, useRef } from "react";
import { useStreet } from "../player/store.ts";
import { sceneLight } from "./scene-light.ts";
import { mayMove } from "./scene-options.ts";
import { type StillRequest, stills } from "./stills.ts";

/** As the daylight does: by so much motion goes on in a frame at most. */
const MOTION_MAX_S = 0.2;

export function StillTaker() {
  const { gl, get } = useThree();
  const asked = useRef<StillRequest | null>(null);
  const taken = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const take = (request: StillRequest): HTMLCanvasElement => {
      if (gl.getContext().isContextLost()) {
        throw new Error("the graphics card has lost the picture; reload the page and try again");
      }
      const { setDpr, viewport, advance, invalidate } = get();
      asked.current = request;
      taken.current = null;
      setDpr(request.pixelRatio);
      try {
        advance(performance.now());
      } finally {
        asked.current = null;
        setDpr(viewport.dpr);
        invalidate();
      }
      if (taken.current === null) throw new Error("the picture could not be drawn; try again");
      return taken.current;
    };
    stills.take = take;
    return () => {
      if (stills.take === take) stills.take = null;
    };
  }, [gl, get]);
  useFrame((_, deltaS) => {
    const motionS = asked.current?.motionS ?? null;
    if (motionS === null) return;
    const isMoving = mayMove() && useStreet.getState().pace?.isPaused === false;
    sceneLight.motionS = motionS - (isMoving ? Math.min(MOTION_MAX_S, deltaS) : 0);
  }, -50);
  // After the picture is drawn.
  useFrame(() => {
    if (asked.current === null) return;
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [gl.domElement.width, gl.domElement.height];
    copy.getContext("2d")?.drawImage(gl.domElement, 0, 0);
    taken.current = copy;
  }, 2);
  return null;
}
