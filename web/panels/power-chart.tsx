// The selected home's power since it was selected: what flows, and what the company knows of it.

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatClock, wallClock } from "../player/format.ts";
import { useStreet } from "../player/store.ts";

const HEIGHT_PX = 120;
const TRUE_COLOUR = "#ffb454";
const KNOWN_COLOUR = "#55cdf0";

export function PowerChart() {
  const box = useRef<HTMLDivElement>(null);
  const view = useStreet((store) => store.view);
  const layout = useStreet((store) => store.layout);
  const hasPoints = useStreet(({ history }) => history.length > 1);
  useEffect(() => {
    if (box.current === null || layout === null || !hasPoints) return;
    const plot = new uPlot(
      optionsOf(box.current.clientWidth, view !== "company", layout),
      pointsNow(),
      box.current,
    );
    const leave = useStreet.subscribe((now, before) => {
      if (now.history !== before.history) plot.setData(pointsNow());
    });
    return () => {
      leave();
      plot.destroy();
    };
  }, [view, layout, hasPoints]);
  if (!hasPoints) return null;
  return (
    <figure className="chart">
      <figcaption>
        {view !== "company" && <span style={{ color: TRUE_COLOUR }}>━ flows in</span>}
        <span style={{ color: KNOWN_COLOUR }}>┅ known to the company</span>
        <span className="muted">kW</span>
      </figcaption>
      <div ref={box} />
    </figure>
  );
}

function pointsNow(): uPlot.AlignedData {
  const { history } = useStreet.getState();
  const kilo = (watts: number | null): number | null => (watts === null ? null : watts / 1000);
  return [
    history.map(({ simMs }) => simMs / 1000),
    history.map(({ trueW }) => kilo(trueW)),
    history.map(({ knownW }) => kilo(knownW)),
  ];
}

function optionsOf(
  width: number,
  showsTruth: boolean,
  layout: Parameters<typeof wallClock>[0],
): uPlot.Options {
  const axis = {
    stroke: "#aebbc6",
    grid: { stroke: "#2c3a47", width: 1 },
    ticks: { show: false },
    font: "12px system-ui",
  };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(0.5, max * 1.1)] } },
    axes: [
      {
        ...axis,
        space: 70,
        values: (_, splits) => splits.map((at) => formatClock(wallClock(layout, at * 1000))),
      },
      { ...axis, size: 38, space: 26 },
    ],
    series: [
      {},
      { stroke: TRUE_COLOUR, width: 2, show: showsTruth },
      { stroke: KNOWN_COLOUR, width: 2, dash: [6, 4] },
    ],
  };
}
