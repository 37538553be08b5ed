// What happened, lane by lane: each as marks, or as bars of how much where marks would lie on each other.

import { useMemo } from "react";
import { MARK_KINDS, type MarkKind } from "../../sim/contract/moments.ts";
import { type Cluster, clustersOf, densityOf, type TimeWindow } from "../player/time-window.ts";
import { lookAtMark, useTimeline } from "../player/timeline.ts";
import { LANES, MARK_LOOK } from "./mark-shapes.tsx";

/** Height of a lane and of its button, as `timeline.css` has it: a finger needs more than a mouse. */
export const LANE_PX = globalThis.matchMedia?.("(pointer: coarse)").matches ? 44 : 24;
const ICON_PX = 12;
const BIN_PX = 6;
/** More marks than this share of the icons that have room beside each other are shown as bars. */
const CROWDED_SHARE = 0.7;
export const FOLDED = "Folded";

export interface LaneRow {
  readonly name: string;
  /** The lanes whose marks are in this row: itself, or all that are folded. */
  readonly lanes: readonly string[];
}

/** The rows of the timeline: open lanes, and one for those that are folded. */
export function lanesShown(folded: readonly string[]): readonly LaneRow[] {
  const open = LANES.filter((lane) => !folded.includes(lane));
  const rows: LaneRow[] = open.map((name) => ({ name, lanes: [name] }));
  const rest = LANES.filter((lane) => folded.includes(lane));
  return rest.length === 0 ? rows : [...rows, { name: FOLDED, lanes: rest }];
}

interface LaneMarksProps {
  readonly lanes: readonly LaneRow[];
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly onHover: (cluster: Cluster | null) => void;
}

export function LaneMarks({ lanes, ...rest }: LaneMarksProps) {
  return (
    <>
      {lanes.map((lane, row) => (
        <Lane key={lane.name} lane={lane} top={row * LANE_PX} {...rest} />
      ))}
    </>
  );
}

interface LaneProps extends Omit<LaneMarksProps, "lanes"> {
  readonly lane: LaneRow;
  readonly top: number;
}

function Lane({ lane, top, window, widthPx, onHover }: LaneProps) {
  const marks = useTimeline((store) => store.marks);
  const shown = useMemo(() => {
    const isWanted = (kind: MarkKind): boolean => lane.lanes.includes(MARK_LOOK[kind].lane);
    const inside = marks.filter(
      ({ at, kind }) => at >= window.fromMs && at <= window.toMs && isWanted(kind),
    );
    const roomFor = (CROWDED_SHARE * widthPx) / (ICON_PX + 2);
    if (inside.length > roomFor) {
      const bins = densityOf(inside, window, widthPx, { binPx: BIN_PX, isWanted });
      return { bins, clusters: [], colour: colourOf(inside.map(({ kind }) => kind)) };
    }
    const apart = { apartPx: ICON_PX + 2, laneOf: () => lane.name };
    return { bins: [], clusters: clustersOf(inside, window, widthPx, apart), colour: "" };
  }, [marks, lane, window, widthPx]);
  const most = Math.max(1, ...shown.bins.map(({ count }) => count));
  return (
    <g transform={`translate(0 ${top})`} data-lane={lane.name}>
      {shown.bins.map(({ x, count }) => {
        const height = 3 + (LANE_PX - 7) * Math.sqrt(count / most);
        return (
          <rect
            key={x}
            className="density"
            x={x}
            y={LANE_PX - 2 - height}
            width={BIN_PX - 1}
            height={height}
            fill={shown.colour}
          />
        );
      })}
      {shown.clusters.map((cluster) => (
        <ClusterMark
          key={`${cluster.kind}/${cluster.marks[0]!.at}/${cluster.marks[0]!.text}`}
          cluster={cluster}
          onHover={onHover}
        />
      ))}
    </g>
  );
}

/** Of the first kind there is. */
const colourOf = (kinds: readonly MarkKind[]): string =>
  MARK_LOOK[MARK_KINDS.find((kind) => kinds.includes(kind)) ?? "bill"].colour;

function ClusterMark({
  cluster,
  onHover,
}: {
  readonly cluster: Cluster;
  readonly onHover: LaneMarksProps["onHover"];
}) {
  const { kind, marks, x } = cluster;
  const { colour, path } = MARK_LOOK[kind];
  const y = (LANE_PX - ICON_PX) / 2;
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
      <rect x={-y} y={-y} width={LANE_PX} height={LANE_PX} fill="transparent" />
      <path d={path} fill={colour} fillRule="evenodd" stroke="#0b1219" strokeWidth={1} />
      {marks.length > 1 && <path className="more" d="M13 3v6" stroke={colour} strokeWidth={2} />}
    </g>
  );
}
