// The last day and the last month of a home: what its readings say, and in the views that may know it what flowed.

import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import type { HistoryView } from "../../sim/contract/account.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { dateOfDay } from "../../sim/core/calendar.ts";
import { formatClock, wallClock } from "../player/format.ts";
import { dailyUse, historySentence } from "../player/history.ts";
import { useModes } from "../player/modes.ts";
import { readHistory, useStreet } from "../player/store.ts";

const MONTH_DAYS = 31;
/** The history is asked for again this often while a home is shown. */
const HISTORY_WALL_MS = 3_000;
const HEIGHT_PX = 132;
interface Colours {
  readonly known: string;
  readonly knownFill: string;
  readonly flowed: string;
  readonly text: string;
  readonly grid: string;
}
/** All of 4.5:1 at least against the panel; the grid is decoration. */
const ON_DARK: Colours = {
  ...{ known: "#55cdf0", knownFill: "#55cdf055", flowed: "#ffb454" },
  ...{ text: "#c4d0da", grid: "#34444f" },
};
const ON_LIGHT: Colours = {
  ...{ known: "#0b5f94", knownFill: "#0b5f9440", flowed: "#a04000" },
  ...{ text: "#24303a", grid: "#c3ccd4" },
};
const FONT_PX = 14;
const PROJECTOR_FONT_PX = 20;
const W_PER_KW = 1000;

function useHistory(id: string): HistoryView | null {
  const [history, setHistory] = useState<HistoryView | null>(null);
  useEffect(() => {
    let isShown = true;
    const read = async (): Promise<void> => {
      const view = await readHistory(id, MONTH_DAYS);
      if (isShown && view !== null) setHistory(view);
    };
    setHistory(null);
    void read();
    const timer = window.setInterval(read, HISTORY_WALL_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, [id]);
  return history;
}

export function HomePlots({ id, layout }: { readonly id: string; readonly layout: StreetLayout }) {
  const history = useHistory(id);
  const view = useStreet((store) => store.view);
  const isProjector = useModes((modes) => modes.isProjector);
  if (history === null || history.endMs.length < 2) {
    return <p className="muted">Plots begin with the second interval of the run.</p>;
  }
  const showsTruth = view !== "company" && history.trueW !== null;
  const { known, flowed } = isProjector ? ON_LIGHT : ON_DARK;
  return (
    <figure className="plots">
      <figcaption>
        <h3>Last day, kW</h3>
        <span style={{ color: known }}>━ by readings</span>
        {showsTruth && <span style={{ color: flowed }}>┅ what flowed</span>}
      </figcaption>
      <DayPlot history={history} layout={layout} showsTruth={showsTruth} />
      <h3>Last month, kWh a day</h3>
      <MonthPlot history={history} layout={layout} showsTruth={showsTruth} />
      <p className="for-readers">{historySentence(history, layout)}</p>
    </figure>
  );
}

interface PlotProps {
  readonly history: HistoryView;
  readonly layout: StreetLayout;
  readonly showsTruth: boolean;
}

function DayPlot({ history, layout, showsTruth }: PlotProps) {
  const count = Math.round(86_400_000 / history.intervalMs);
  const ends = history.endMs.slice(-count);
  const kilo = (watts: readonly (number | null)[]): (number | null)[] =>
    watts.slice(-count).map((value) => (value === null ? null : value / W_PER_KW));
  const data: uPlot.AlignedData = [
    ends.map((end) => end / 1000),
    kilo(history.knownW),
    showsTruth ? kilo(history.trueW ?? []) : ends.map(() => null),
  ];
  return (
    <Plot
      name="Power in the last day"
      data={data}
      labelOf={(at) => formatClock(wallClock(layout, at * 1000))}
      kind="steps"
    />
  );
}

function MonthPlot({ history, layout, showsTruth }: PlotProps) {
  const days = dailyUse(history, layout);
  const data: uPlot.AlignedData = [
    days.map(({ day }) => day),
    days.map(({ knownKWh }) => knownKWh),
    days.map(({ trueKWh }) => (showsTruth ? trueKWh : null)),
  ];
  return (
    <Plot
      name="Energy by day in the last month"
      data={data}
      labelOf={(day) => (Number.isInteger(day) ? String(dateOfDay(day).day) : "")}
      kind="bars"
    />
  );
}

/** Draws with uPlot, which is fetched with the first plot. */
function Plot({
  name,
  data,
  labelOf,
  kind,
}: {
  readonly name: string;
  readonly data: uPlot.AlignedData;
  readonly labelOf: (x: number) => string;
  readonly kind: "steps" | "bars";
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isProjector = useModes((modes) => modes.isProjector);
  const newest = useRef({ data, labelOf });
  newest.current = { data, labelOf };
  useEffect(() => {
    let isShown = true;
    let watcher: ResizeObserver | undefined;
    void import("uplot").then(({ default: Uplot }) => {
      const place = box.current;
      if (!isShown || place === null) return;
      const paths =
        kind === "steps"
          ? Uplot.paths.stepped!({ align: -1 })
          : Uplot.paths.bars!({ size: [0.7, 40] });
      const made = new Uplot(
        optionsOf(place.clientWidth, (x) => newest.current.labelOf(x), paths, isProjector),
        newest.current.data,
        place,
      );
      plot.current = made;
      watcher = new ResizeObserver(() => {
        made.setSize({ width: place.clientWidth, height: HEIGHT_PX });
      });
      watcher.observe(place);
    });
    return () => {
      isShown = false;
      watcher?.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [kind, isProjector]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={box} className="plot" role="img" aria-label={name} />;
}

function optionsOf(
  width: number,
  labelOf: (x: number) => string,
  paths: uPlot.Series.PathBuilder,
  isProjector: boolean,
): uPlot.Options {
  const colours = isProjector ? ON_LIGHT : ON_DARK;
  const [fontPx, linePx] = isProjector ? [PROJECTOR_FONT_PX, 3] : [FONT_PX, 2];
  const axis: uPlot.Axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    font: `${fontPx}px system-ui, 'DejaVu Sans', sans-serif`,
  };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false },
      y: { range: (_, __, max) => [0, Math.max(0.5, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: 4.6 * fontPx,
        size: 2 * fontPx,
        values: (_, splits) => splits.map(labelOf),
      },
      { ...axis, size: 3.2 * fontPx, space: 2.2 * fontPx },
    ],
    series: [
      {},
      {
        ...{ stroke: colours.known, fill: colours.knownFill, width: linePx, paths },
        points: { show: false },
      },
      { stroke: colours.flowed, width: linePx, dash: [6, 4], points: { show: false } },
    ],
  };
}
