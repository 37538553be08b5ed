// Use by hour, day and month, beside the mean of the neighbours and the month before.

import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { PortalClock, UsePart, UseSpan, UseView } from "../../../sim/contract/portal.ts";
import {
  formatDayOf,
  formatEnergy,
  formatMoment,
  formatMonthOf,
  formatPercent,
} from "../../player/format.ts";
import { usePolled } from "../polled.ts";
import type { PageProps } from "./account-pages.tsx";

const SPANS: readonly { readonly value: UseSpan; readonly label: string }[] = [
  { value: "hour", label: "Hours" },
  { value: "day", label: "Days" },
  { value: "month", label: "Months" },
];
const USE_WALL_MS = 5_000;

export function UsePage({ view, base }: PageProps) {
  const [by, setBy] = useState<UseSpan>("day");
  const { value, problem } = usePolled<UseView>(`${base}/use?by=${by}`, USE_WALL_MS);
  const { clock } = view;
  return (
    <>
      <h1>What you use</h1>
      <SegmentedControl
        aria-label="Parts of time"
        data={[...SPANS]}
        value={by}
        size="md"
        onChange={(chosen) => setBy(chosen as UseSpan)}
      />
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && value.by === by && (
        <>
          <AgainstLastMonth use={value} />
          <Bars use={value} clock={clock} />
          <UseTable use={value} clock={clock} />
        </>
      )}
    </>
  );
}

function AgainstLastMonth({ use }: { readonly use: UseView }) {
  const { thisMonthWh, lastMonthWh } = use;
  if (thisMonthWh === null) return null;
  const share = lastMonthWh === null || lastMonthWh === 0 ? null : thisMonthWh / lastMonthWh - 1;
  return (
    <p className="card">
      This month: <b>{formatEnergy(thisMonthWh)}</b>.{" "}
      {share === null || lastMonthWh === null
        ? "The same days of last month are not known."
        : `The same days of last month: ${formatEnergy(lastMonthWh)}, so you use ${formatPercent(Math.abs(share))} ${share < 0 ? "less" : "more"}.`}
    </p>
  );
}

const labelOf = (by: UseSpan, clock: PortalClock, { fromMs }: UsePart): string =>
  by === "hour"
    ? formatMoment(clock, fromMs)
    : by === "day"
      ? formatDayOf(clock, fromMs)
      : formatMonthOf(clock, fromMs);

interface Shown {
  readonly use: UseView;
  readonly clock: PortalClock;
}

function Bars({ use: { by, parts, neighbours }, clock }: Shown) {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) {
    return <p className="card">Your first reading is still to come.</p>;
  }
  const mostWh = Math.max(1, ...parts.flatMap((p) => [p.energyWh ?? 0, p.neighboursMeanWh ?? 0]));
  const percent = (wh: number): string => `${Math.max(0, (100 * wh) / mostWh)}%`;
  return (
    <figure className="card" style={{ margin: "12px 0" }}>
      <figcaption>
        <span className="key-own">you</span>
        {neighbours !== null && (
          <span className="key-mean" style={{ marginLeft: 16 }}>
            mean of {neighbours} neighbours
          </span>
        )}
      </figcaption>
      <div
        className="bars"
        role="img"
        aria-label={`Energy by ${by}; the table below has the numbers`}
      >
        {parts.map((part) => (
          <span key={part.fromMs}>
            {part.energyWh !== null && (
              <span className="own" style={{ height: percent(part.energyWh) }} />
            )}
            {part.neighboursMeanWh !== null && (
              <span className="mean" style={{ bottom: percent(part.neighboursMeanWh) }} />
            )}
          </span>
        ))}
      </div>
      <div className="bars-ends" aria-hidden="true">
        <span>{labelOf(by, clock, first)}</span>
        <span>{labelOf(by, clock, last)}</span>
      </div>
      {neighbours === null && (
        <p className="quiet">
          There is no mean of neighbours: fewer than five take part, or you do not.
        </p>
      )}
    </figure>
  );
}

function UseTable({ use: { by, parts, neighbours }, clock }: Shown) {
  const newest = [...parts].reverse();
  return (
    <details>
      <summary>The numbers</summary>
      <table className="plain">
        <caption>The newest first; the first one is not over yet.</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" className="number">
              You
            </th>
            {neighbours !== null && (
              <th scope="col" className="number">
                Neighbours
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {newest.map((part) => (
            <tr key={part.fromMs}>
              <td>{labelOf(by, clock, part)}</td>
              <td className="number">{energyText(part.energyWh)}</td>
              {neighbours !== null && (
                <td className="number">{energyText(part.neighboursMeanWh)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

const energyText = (wattHours: number | null): string =>
  wattHours === null ? "not known" : formatEnergy(wattHours);
