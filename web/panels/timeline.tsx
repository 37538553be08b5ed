// The run from its start to now: street power, what happened, and which moment is shown. A click shows a moment.

import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { DAY_MS } from "../../sim/core/time.ts";
import { formatClock, formatMoment, formatPower, wallClock } from "../player/format.ts";
import { backToLive, lookAt, useStreet } from "../player/store.ts";
import {
  type Cluster,
  clustersOf,
  msAt,
  powerPath,
  SPANS,
  type TimeWindow,
  ticksOf,
  windowOf,
  xOf,
} from "../player/time-window.ts";
import { followTimeline, lookAtMark, rowAt, useTimeline } from "../player/timeline.ts";
import { MarkList } from "./mark-list.tsx";
import { LANES, MARK_LOOK } from "./mark-shapes.tsx";

const LANE_PX = 18;
const LANES_PX = LANES.length * LANE_PX;
const AXIS_PX = 20;
const ICON_PX = 12;
const LABEL_PX = 78;
const SEEK_EVERY_MS = 90;
const SENTENCES_MAX = 3;

export function Timeline() {
  const [spanRow, setSpanRow] = useState<number>(1);
  const [hovered, setHovered] = useState<Cluster | null>(null);
  const [isListOpen, setListOpen] = useState(false);
  const missing = useTimeline((store) => store.missing);
  useEffect(() => followTimeline(), []);
  const zoom = (by: -1 | 1): void =>
    setSpanRow((row) => Math.min(SPANS.length - 1, Math.max(0, row + by)));
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="timeline-head">
        <Readout hovered={hovered} />
        {missing !== null && <p className="muted timeline-missing">{missing}.</p>}
        <Button variant="default" size="compact-sm" onClick={() => setListOpen(true)}>
          Events as a list
        </Button>
        <ActionIcon variant="default" size={28} aria-label="Shorter span" onClick={() => zoom(-1)}>
          +
        </ActionIcon>
        <SegmentedControl
          className="spans"
          size="xs"
          aria-label="Span of the timeline"
          data={SPANS.map(({ label }) => label)}
          value={SPANS[spanRow]!.label}
          onChange={(value) => setSpanRow(SPANS.findIndex(({ label }) => label === value))}
        />
        <ActionIcon variant="default" size={28} aria-label="Longer span" onClick={() => zoom(1)}>
          −
        </ActionIcon>
      </div>
      <Strip spanMs={SPANS[spanRow]!.spanMs} onHover={setHovered} />
      <MarkList isOpen={isListOpen} onClose={() => setListOpen(false)} />
    </section>
  );
}

/** What the pointer is over, else which moment is shown. */
function Readout({ hovered }: { readonly hovered: Cluster | null }) {
  const layout = useStreet((store) => store.layout);
  const minute = useStreet(({ simMs }) => Math.floor(simMs / 60_000));
  const liveMinute = useStreet(({ pace }) => Math.floor((pace?.simMs ?? 0) / 60_000));
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  if (layout === null) return <p className="timeline-readout" />;
  if (hovered !== null) {
    const { marks } = hovered;
    const rest = marks.length - SENTENCES_MAX;
    const sentences = marks
      .slice(0, SENTENCES_MAX)
      .map(({ text, count }) => (count > 1 ? `${text} (${count} such)` : text));
    return (
      <p className="timeline-readout">
        <b>{formatMoment(layout, marks[0]!.at)}</b> {sentences.join(" · ")}
        {rest > 0 ? ` · and ${rest} more` : ""}
      </p>
    );
  }
  if (isBack) {
    return (
      <p className="timeline-readout is-back" role="status">
        Looking back at {formatMoment(layout, minute * 60_000)}; live is{" "}
        {formatMoment(layout, liveMinute * 60_000)}.{" "}
        <Button size="compact-sm" variant="filled" onClick={backToLive}>
          Back to live
        </Button>
      </p>
    );
  }
  return <p className="timeline-readout muted">A click on the timeline looks back.</p>;
}

interface StripProps {
  readonly spanMs: number | null;
  readonly onHover: (cluster: Cluster | null) => void;
}

function Strip({ spanMs, onHover }: StripProps) {
  const box = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const view = useStreet((store) => store.view);
  const layout = useStreet((store) => store.layout);
  const { points, marks } = useTimeline();
  const backMs = useStreet((store) => store.lookingBackMs);
  const quantumMs = spanMs === null ? 300_000 : spanMs / 300;
  const nowMs = useStreet(({ pace }) => Math.ceil((pace?.simMs ?? 0) / quantumMs) * quantumMs);
  const window = useMemo(() => windowOf(spanMs, nowMs, backMs ?? nowMs), [spanMs, nowMs, backMs]);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      setWidthPx(Math.max(60, Math.floor(entry!.contentRect.width)));
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const clusters = useMemo(
    () =>
      clustersOf(marks, window, widthPx, {
        apartPx: ICON_PX + 2,
        laneOf: (kind) => MARK_LOOK[kind].lane,
      }),
    [marks, window, widthPx],
  );
  const power = useMemo(
    () =>
      powerPath(points, ({ sourceW, knownW }) => (view === "company" ? knownW : sourceW), window, {
        widthPx,
        heightPx: LANES_PX,
      }),
    [points, view, window, widthPx],
  );
  const seek = useSeek(window, widthPx);
  if (layout === null) return <div ref={box} className="timeline-strip" />;
  const offsetMs = localOffsetMs(layout);
  const ticks = ticksOf(window, offsetMs, Math.max(2, widthPx / LABEL_PX));
  const oldestX = points[0] === undefined ? widthPx : xOf(window, points[0].simMs, widthPx);
  return (
    <div className="timeline-body">
      <div className="timeline-lanes" aria-hidden="true">
        {LANES.map((lane) => (
          <span key={lane}>{lane}</span>
        ))}
      </div>
      <div
        ref={box}
        className="timeline-strip"
        role="slider"
        tabIndex={0}
        aria-label="Moment shown"
        aria-valuemin={0}
        aria-valuemax={Math.round(nowMs / 1000)}
        aria-valuenow={Math.round((backMs ?? nowMs) / 1000)}
        aria-valuetext={backMs === null ? "live" : formatMoment(layout, backMs)}
        aria-describedby="timeline-power"
        {...seek}
        onPointerLeave={() => onHover(null)}
      >
        <svg width={widthPx} height={LANES_PX + AXIS_PX} aria-hidden="true">
          {LANES.map((lane, row) => (
            <path key={lane} className="lane-line" d={`M0 ${(row + 1) * LANE_PX}H${widthPx}`} />
          ))}
          <path className="power" d={power.path} />
          {oldestX > 1 && (
            <rect className="gone" width={Math.min(oldestX, widthPx)} height={LANES_PX} />
          )}
          {ticks.at.map((at) => {
            const x = xOf(window, at, widthPx);
            const clock = wallClock(layout, at);
            const text =
              ticks.stepMs >= DAY_MS ? formatMoment(layout, at).slice(0, -6) : formatClock(clock);
            return (
              <g key={at}>
                <path className="tick" d={`M${x} 0V${LANES_PX}`} />
                {x > 24 && x < widthPx - 24 && (
                  <text x={x} y={LANES_PX + 15} textAnchor="middle">
                    {text}
                  </text>
                )}
              </g>
            );
          })}
          {clusters.map((cluster) => (
            <ClusterMark
              key={`${cluster.kind}/${cluster.marks[0]!.at}/${cluster.marks[0]!.text}`}
              cluster={cluster}
              onHover={onHover}
            />
          ))}
          <Cursor window={window} widthPx={widthPx} />
        </svg>
        <span className="for-readers" id="timeline-power">
          {power.maxW > 0 ? `Street power up to ${formatPower(power.maxW)}.` : ""}
        </span>
        {power.maxW > 0 && (
          <span className="power-max" aria-hidden="true">
            {formatPower(power.maxW)}
          </span>
        )}
      </div>
    </div>
  );
}

/** Local time of day at the scenario's start, ms. */
function localOffsetMs(layout: Parameters<typeof wallClock>[0]): number {
  const { hour, minute, second } = wallClock(layout, 0);
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function ClusterMark({
  cluster,
  onHover,
}: {
  readonly cluster: Cluster;
  readonly onHover: StripProps["onHover"];
}) {
  const { kind, marks, x } = cluster;
  const { colour, lane, path } = MARK_LOOK[kind];
  const y = LANES.indexOf(lane) * LANE_PX + (LANE_PX - ICON_PX) / 2;
  return (
    // Keyboards reach every mark by Ctrl with an arrow and in the list.
    <g
      className="mark-icon"
      data-kind={kind}
      transform={`translate(${x - ICON_PX / 2} ${y})`}
      onPointerEnter={() => onHover(cluster)}
      onPointerLeave={() => onHover(null)}
      onPointerDown={(event) => {
        event.stopPropagation();
        void lookAtMark(marks[0]!);
      }}
    >
      <rect x={-3} y={-3} width={ICON_PX + 6} height={LANE_PX} fill="transparent" />
      <path d={path} fill={colour} fillRule="evenodd" stroke="#0b1219" strokeWidth={1} />
      {marks.length > 1 && <path className="more" d="M13 3v6" stroke={colour} strokeWidth={2} />}
    </g>
  );
}

/** The moment that is shown. */
function Cursor({ window, widthPx }: { readonly window: TimeWindow; readonly widthPx: number }) {
  const x = useStreet(({ simMs }) => Math.round(xOf(window, simMs, widthPx)));
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  return (
    <path
      className={`cursor ${isBack ? "is-back" : ""}`}
      d={`M${Math.min(Math.max(x, 1), widthPx - 1)} 0V${LANES_PX}`}
    />
  );
}

/** A press shows a moment, dragging shows those on the way, as fast as they come. */
function useSeek(window: TimeWindow, widthPx: number) {
  const last = useRef(0);
  const seekTo = (event: PointerEvent<HTMLDivElement>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const ms = msAt(window, event.clientX - left, widthPx);
    const { points } = useTimeline.getState();
    if (points.length === 0) return;
    if (rowAt(points, ms) === points.length - 1) backToLive();
    else void lookAt(ms);
  };
  return {
    onPointerDown(event: PointerEvent<HTMLDivElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      seekTo(event);
    },
    onPointerMove(event: PointerEvent<HTMLDivElement>) {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      if (event.timeStamp - last.current < SEEK_EVERY_MS) return;
      last.current = event.timeStamp;
      seekTo(event);
    },
    onPointerUp(event: PointerEvent<HTMLDivElement>) {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
    },
  };
}
