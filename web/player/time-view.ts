// What part of the run the timeline shows, which span is selected on it, and which of its lanes are folded. Kept in the
// page's address. Knows times, nothing of pixels.

import { create } from "zustand";
import { DAY_MS, SECOND_MS } from "../../sim/core/time.ts";
import { useStreet } from "./store.ts";
import { SPANS, type TimeWindow, windowOf } from "./time-window.ts";

/** No shorter span is shown: a dozen steps of a second. */
export const SPAN_MIN_MS = 12 * SECOND_MS;
const ZOOM_STEP = 2;

export interface TimeView {
  /** Null is the whole run. */
  readonly spanMs: number | null;
  /** Where it begins, once somebody has moved it; null to follow what is shown. */
  readonly fromMs: number | null;
  /** The selected span, in which play loops; null for none. */
  readonly brush: TimeWindow | null;
  /** Names of lanes that are folded. */
  readonly folded: readonly string[];
}

export const useTimeView = create<TimeView>()(() => ({
  spanMs: DAY_MS,
  fromMs: null,
  brush: null,
  folded: [],
}));
const { getState, setState } = useTimeView;

/** The part of the run that is shown, up to now. A moment that is looked back to is always in it. */
export function shownWindow(
  { spanMs, fromMs }: Pick<TimeView, "spanMs" | "fromMs">,
  nowMs: number,
  shownMs: number,
): TimeWindow {
  const followed = windowOf(spanMs, nowMs, shownMs);
  if (fromMs === null || spanMs === null || spanMs >= followed.toMs) return followed;
  const lastMs = Math.max(nowMs, spanMs);
  const from = Math.min(Math.max(0, fromMs), lastMs - spanMs);
  const isIn = shownMs >= from && shownMs <= from + spanMs;
  return isIn || shownMs >= nowMs ? { fromMs: from, toMs: from + spanMs } : followed;
}

function now(): { readonly nowMs: number; readonly shownMs: number } {
  const { pace, lookingBackMs } = useStreet.getState();
  const nowMs = pace?.simMs ?? 0;
  return { nowMs, shownMs: lookingBackMs ?? nowMs };
}

export function showSpan(spanMs: number | null): void {
  setState({ spanMs, fromMs: null });
}

/** Shows `factor` times as much time, with one moment staying where it is; of its own, what is shown. */
export function zoomTime(factor: number, aroundMs?: number): void {
  const { nowMs, shownMs } = now();
  const before = shownWindow(getState(), nowMs, shownMs);
  const span = before.toMs - before.fromMs;
  const wanted = Math.max(SPAN_MIN_MS, span * factor);
  if (wanted >= Math.max(nowMs, SPAN_MIN_MS) && factor > 1) return showSpan(null);
  const around = aroundMs ?? shownMs;
  const share = Math.min(1, Math.max(0, (around - before.fromMs) / span));
  setState({ spanMs: wanted, fromMs: Math.max(0, around - share * wanted) });
}

export const zoomIn = (): void => zoomTime(1 / ZOOM_STEP);
export const zoomOut = (): void => zoomTime(ZOOM_STEP);

/** Moves the timeline by a share of what it shows. */
export function panTime(share: number): void {
  const { nowMs, shownMs } = now();
  const { fromMs, toMs } = shownWindow(getState(), nowMs, shownMs);
  const span = toMs - fromMs;
  setState({ spanMs: span, fromMs: Math.max(0, Math.min(nowMs - span, fromMs + share * span)) });
}

/** Selects a span, whichever end comes first; one of no length selects nothing. */
export function selectSpan(aMs: number, bMs: number): void {
  const [fromMs, toMs] = [Math.round(Math.min(aMs, bMs)), Math.round(Math.max(aMs, bMs))];
  setState({ brush: toMs > fromMs ? { fromMs: Math.max(0, fromMs), toMs } : null });
}

export const clearSpan = (): void => setState({ brush: null });

/** The selection begins at what is shown, and ends where it ended, or now. */
export function beginSpanHere(): void {
  const { nowMs, shownMs } = now();
  const endMs = getState().brush?.toMs ?? nowMs;
  selectSpan(shownMs, endMs > shownMs ? endMs : nowMs);
}

/** The selection ends at what is shown, and begins where it began, or at the start. */
export function endSpanHere(): void {
  const { shownMs } = now();
  const beginMs = getState().brush?.fromMs ?? 0;
  selectSpan(beginMs < shownMs ? beginMs : 0, shownMs);
}

export function toggleLane(lane: string): void {
  const { folded } = getState();
  setState({
    folded: folded.includes(lane) ? folded.filter((each) => each !== lane) : [...folded, lane],
  });
}
export const unfoldLanes = (): void => setState({ folded: [] });

/** `from-to` of the selection for the address; null without one. */
export function brushText(): string | null {
  const { brush } = getState();
  return brush === null ? null : `${brush.fromMs}-${brush.toMs}`;
}

export function restoreBrush(text: string | null): void {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "") ?? [];
  if (from === undefined || to === undefined) clearSpan();
  else selectSpan(Number(from), Number(to));
}

/** `span` or `span@from` of what is shown, in ms, for the address; null for what a page shows by itself. */
export function windowText(): string | null {
  const { spanMs, fromMs } = getState();
  if (spanMs === DAY_MS && fromMs === null) return null;
  const span = spanMs === null ? "all" : String(Math.round(spanMs));
  return fromMs === null ? span : `${span}@${Math.round(fromMs)}`;
}

export function restoreWindow(text: string | null): void {
  if (text === "all") return showSpan(null);
  const [, span, from] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(text ?? "") ?? [];
  if (span === undefined) return showSpan(DAY_MS);
  const spanMs = Math.max(SPAN_MIN_MS, Number(span));
  setState({ spanMs, fromMs: from === undefined ? null : Number(from) });
}

/** Label of the offered span that is shown; empty where it is none of them. */
export const spanLabel = ({ spanMs }: TimeView): string =>
  SPANS.find((each) => each.spanMs === spanMs)?.label ?? "";
