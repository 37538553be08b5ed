// What pointers do on the timeline: a press shows a moment, dragging shows those on the way; on the ruler, or with Shift,
// dragging selects a span; two fingers zoom and move; the wheel zooms, and with Shift moves.

import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { backToLive, lookAt } from "../player/store.ts";
import { panTime, selectSpan, zoomTime } from "../player/time-view.ts";
import { msAt, type TimeWindow } from "../player/time-window.ts";
import { rowAt, useTimeline } from "../player/timeline.ts";

const SEEK_EVERY_MS = 50;
/** A thumb that rests so long is where somebody wants to look closely. */
const REST_MS = 100;
/** Where a pixel is longer, minutes are enough while the thumb moves. */
const COARSE_MS_PER_PX = 5_000;
const WHEEL_PER_DOUBLING = 300;
const BRUSH_PX_MIN = 4;

type Drag =
  | { readonly kind: "seek" }
  | { readonly kind: "brush"; readonly fromX: number }
  | { readonly kind: "none" };

export function useTimelinePointers(
  box: RefObject<HTMLDivElement | null>,
  window: TimeWindow,
  widthPx: number,
  lanesPx: number,
) {
  const drag = useRef<Drag>({ kind: "none" });
  const lastSeek = useRef(0);
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Where fingers are, by pointer. */
  const fingers = useRef(new Map<number, number>());
  const shown = useRef({ window, widthPx });
  shown.current = { window, widthPx };

  useEffect(() => {
    const strip = box.current;
    if (strip === null) return;
    const turn = (event: WheelEvent): void => {
      event.preventDefault();
      const { left } = strip.getBoundingClientRect();
      const now = shown.current;
      const along = event.shiftKey ? event.deltaY : event.deltaX;
      if (Math.abs(along) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        return panTime(along / now.widthPx);
      }
      const aroundMs = msAt(now.window, event.clientX - left, now.widthPx);
      zoomTime(2 ** (event.deltaY / WHEEL_PER_DOUBLING), aroundMs);
    };
    // React listens to wheels passively: the page would scroll as well.
    strip.addEventListener("wheel", turn, { passive: false });
    return () => strip.removeEventListener("wheel", turn);
  }, [box]);
  useEffect(() => () => globalThis.clearTimeout(resting.current), []);

  const seekTo = (ms: number, isMoving: boolean): void => {
    globalThis.clearTimeout(resting.current);
    const { points } = useTimeline.getState();
    if (points.length === 0) return;
    if (rowAt(points, ms) === points.length - 1) return backToLive();
    const isCoarse = isMoving && (window.toMs - window.fromMs) / widthPx > COARSE_MS_PER_PX;
    void lookAt(ms, isCoarse ? "minute" : "second");
    if (isCoarse) resting.current = globalThis.setTimeout(() => void lookAt(ms), REST_MS);
  };
  const xIn = (event: PointerEvent<HTMLDivElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const msIn = (event: PointerEvent<HTMLDivElement>): number => msAt(window, xIn(event), widthPx);
  /** Two fingers: what was between them stays between them. */
  const pinch = (event: PointerEvent<HTMLDivElement>): void => {
    const before = [...fingers.current.values()];
    fingers.current.set(event.pointerId, xIn(event));
    const after = [...fingers.current.values()];
    const apart = (xs: readonly number[]): number => Math.max(8, Math.abs(xs[0]! - xs[1]!));
    const middle = (xs: readonly number[]): number => (xs[0]! + xs[1]!) / 2;
    zoomTime(apart(before) / apart(after), msAt(window, middle(after), widthPx));
    panTime((middle(before) - middle(after)) / widthPx);
  };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, xIn(event));
      if (fingers.current.size > 1) {
        drag.current = { kind: "none" };
        return;
      }
      const { top } = event.currentTarget.getBoundingClientRect();
      const isBrush = event.shiftKey || event.clientY - top > lanesPx;
      drag.current = isBrush ? { kind: "brush", fromX: xIn(event) } : { kind: "seek" };
      if (!isBrush) seekTo(msIn(event), false);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      if (fingers.current.size === 2) return pinch(event);
      const held = drag.current;
      if (held.kind === "brush" && Math.abs(xIn(event) - held.fromX) >= BRUSH_PX_MIN) {
        selectSpan(msAt(window, held.fromX, widthPx), msIn(event));
      }
      if (held.kind !== "seek" || event.timeStamp - lastSeek.current < SEEK_EVERY_MS) return;
      lastSeek.current = event.timeStamp;
      seekTo(msIn(event), true);
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>) {
      fingers.current.delete(event.pointerId);
      const held = drag.current;
      drag.current = { kind: "none" };
      if (held.kind === "seek") seekTo(msIn(event), false);
      // A press on the ruler that goes nowhere shows its moment.
      if (held.kind === "brush" && Math.abs(xIn(event) - held.fromX) < BRUSH_PX_MIN) {
        seekTo(msIn(event), false);
      }
    },
    onPointerCancel(event: PointerEvent<HTMLDivElement>) {
      fingers.current.delete(event.pointerId);
      drag.current = { kind: "none" };
    },
  };
}
