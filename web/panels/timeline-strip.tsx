// The timeline's picture: lanes of marks, or their density where they are too many, over the street's power; the ruler
// on which a span is selected; the moment that is shown. Pointers, wheel and pinch.

import { useEffect, useMemo, useRef, useState } from "react";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { formatClock, formatMoment, formatPower, wallClock } from "../player/format.ts";
import { useStreet } from "../player/store.ts";
import { shownWindow, toggleLane, unfoldLanes, useTimeView } from "../player/time-view.ts";
import { type Cluster, powerPath, type TimeWindow, ticksOf, xOf } from "../player/time-window.ts";
import { useTimeline } from "../player/timeline.ts";
import { LANES } from "./mark-shapes.tsx";
import { LANE_PX, LaneMarks, type LaneRow, lanesShown } from "./timeline-lanes.tsx";
import { useTimelinePointers } from "./timeline-pointers.ts";

export const RULER_PX = 24;
const LABEL_PX = 84;

export function TimelineStrip({
  onHover,
}: {
  readonly onHover: (cluster: Cluster | null) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const layout = useStreet((store) => store.layout);
  const backMs = useStreet((store) => store.lookingBackMs);
  const spanMs = useTimeView((view) => view.spanMs);
  const fromMs = useTimeView((view) => view.fromMs);
  const folded = useTimeView((view) => view.folded);
  const quantumMs = spanMs === null ? 5 * MINUTE_MS : Math.max(SECOND_MS, spanMs / 300);
  const nowMs = useStreet(({ pace }) => Math.ceil((pace?.simMs ?? 0) / quantumMs) * quantumMs);
  const window = useMemo(
    () => shownWindow({ spanMs, fromMs }, nowMs, backMs ?? nowMs),
    [spanMs, fromMs, nowMs, backMs],
  );
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      setWidthPx(Math.max(60, Math.floor(entry!.contentRect.width)));
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const lanes = useMemo(() => lanesShown(folded), [folded]);
  const lanesPx = lanes.length * LANE_PX;
  const pointers = useTimelinePointers(box, window, widthPx, lanesPx);
  return (
    <div className="timeline-body">
      <LaneNames lanes={lanes} />
      <div
        ref={box}
        className="timeline-strip"
        style={{ height: lanesPx + RULER_PX }}
        role="slider"
        tabIndex={0}
        aria-label="Moment shown"
        aria-valuemin={0}
        aria-valuemax={Math.round(nowMs / 1000)}
        aria-valuenow={Math.round((backMs ?? nowMs) / 1000)}
        aria-valuetext={backMs === null || layout === null ? "live" : formatMoment(layout, backMs)}
        aria-describedby="timeline-power"
        {...pointers}
        onPointerLeave={() => onHover(null)}
      >
        {layout !== null && (
          <svg width={widthPx} height={lanesPx + RULER_PX} aria-hidden="true">
            {lanes.map(({ name }, row) => (
              <path key={name} className="lane-line" d={`M0 ${(row + 1) * LANE_PX}H${widthPx}`} />
            ))}
            <Power window={window} widthPx={widthPx} heightPx={lanesPx} />
            <Ruler window={window} widthPx={widthPx} lanesPx={lanesPx} />
            <Selection window={window} widthPx={widthPx} heightPx={lanesPx + RULER_PX} />
            <LaneMarks lanes={lanes} window={window} widthPx={widthPx} onHover={onHover} />
            <Cursor window={window} widthPx={widthPx} heightPx={lanesPx} />
          </svg>
        )}
        <PowerWords window={window} widthPx={widthPx} />
      </div>
    </div>
  );
}

function LaneNames({ lanes }: { readonly lanes: readonly LaneRow[] }) {
  return (
    <div className="timeline-lanes">
      {lanes.map(({ name, lanes: inside }) =>
        inside.length === 1 && inside[0] === name ? (
          <button
            key={name}
            type="button"
            aria-expanded="true"
            title={`Fold ${name}`}
            disabled={lanes.length === 1}
            onClick={() => toggleLane(name)}
          >
            {name}
          </button>
        ) : (
          <button
            key={name}
            type="button"
            aria-expanded="false"
            title={`Unfold ${inside.join(", ")}`}
            onClick={unfoldLanes}
          >
            {inside.length === LANES.length ? "All" : `${inside.length} folded`}
          </button>
        ),
      )}
    </div>
  );
}

interface PlotProps {
  readonly window: TimeWindow;
  readonly widthPx: number;
}

function usePower(window: TimeWindow, widthPx: number, heightPx: number) {
  const points = useTimeline((store) => store.points);
  const view = useStreet((store) => store.view);
  return useMemo(
    () =>
      powerPath(points, ({ sourceW, knownW }) => (view === "company" ? knownW : sourceW), window, {
        widthPx,
        heightPx,
      }),
    [points, view, window, widthPx, heightPx],
  );
}

function Power({ window, widthPx, heightPx }: PlotProps & { readonly heightPx: number }) {
  const { path } = usePower(window, widthPx, heightPx);
  const oldestMs = useTimeline(({ points }) => points[0]?.simMs);
  const oldestX = oldestMs === undefined ? widthPx : xOf(window, oldestMs, widthPx);
  return (
    <>
      <path className="power" d={path} />
      {oldestX > 1 && (
        <rect className="gone" width={Math.min(oldestX, widthPx)} height={heightPx} />
      )}
    </>
  );
}

function PowerWords({ window, widthPx }: PlotProps) {
  const { maxW } = usePower(window, widthPx, 1);
  return (
    <>
      <span className="for-readers" id="timeline-power">
        {maxW > 0 ? `Street power up to ${formatPower(maxW)}.` : ""}
      </span>
      {maxW > 0 && (
        <span className="power-max" aria-hidden="true">
          {formatPower(maxW)}
        </span>
      )}
    </>
  );
}

function Ruler({ window, widthPx, lanesPx }: PlotProps & { readonly lanesPx: number }) {
  const layout = useStreet((store) => store.layout);
  if (layout === null) return null;
  const { hour, minute, second } = wallClock(layout, 0);
  const offsetMs = ((hour * 60 + minute) * 60 + second) * 1000;
  const { at, stepMs } = ticksOf(window, offsetMs, Math.max(2, widthPx / LABEL_PX));
  const textOf = (ms: number): string => {
    if (stepMs >= DAY_MS) return formatMoment(layout, ms).slice(0, -6);
    const clock = wallClock(layout, ms);
    const seconds = stepMs < MINUTE_MS ? `:${String(clock.second).padStart(2, "0")}` : "";
    return formatClock(clock) + seconds;
  };
  return (
    <>
      {at.map((ms) => {
        const x = xOf(window, ms, widthPx);
        return (
          <g key={ms}>
            <path className="tick" d={`M${x} 0V${lanesPx}`} />
            {x > 28 && x < widthPx - 28 && (
              <text x={x} y={lanesPx + 17} textAnchor="middle">
                {textOf(ms)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

function Selection({ window, widthPx, heightPx }: PlotProps & { readonly heightPx: number }) {
  const brush = useTimeView((view) => view.brush);
  if (brush === null || brush.toMs < window.fromMs || brush.fromMs > window.toMs) return null;
  const from = Math.max(-2, xOf(window, brush.fromMs, widthPx));
  const to = Math.min(widthPx + 2, xOf(window, brush.toMs, widthPx));
  return (
    <rect className="brush" x={from} width={Math.max(2, to - from)} y={1} height={heightPx - 2} />
  );
}

/** The moment that is shown. */
function Cursor({ window, widthPx, heightPx }: PlotProps & { readonly heightPx: number }) {
  const x = useStreet(({ simMs }) => Math.round(xOf(window, simMs, widthPx)));
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  return (
    <path
      className={`cursor ${isBack ? "is-back" : ""}`}
      d={`M${Math.min(Math.max(x, 1), widthPx - 1)} 0V${heightPx}`}
    />
  );
}
