// The voltage along a feeder as a plot: volts over metres of cable from the transformer, with the limits of the legend.

import { useMemo, useState } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { oneLineOf } from "../diagram/one-line.ts";
import { formatVoltage } from "../player/format.ts";
import { useStreet } from "../player/store.ts";
import { voltageStep } from "../scene/palette.ts";
import { feederProfile, type KnownProfile, knownProfile } from "./feeder-profile.ts";

const WIDTH = 320;
const HEIGHT = 190;
const INSIDE = { left: 46, right: 8, top: 10, bottom: 38 } as const;
/** Limits in per unit of the nominal voltage, as in the legend. */
const LIMITS_PU = [0.9, 0.94, 1, 1.06, 1.1] as const;

export function VoltageProfile({ layout }: { readonly layout: StreetLayout }) {
  const nodes = useMemo(() => oneLineOf(layout), [layout]);
  const selectedRow = useStreet((store) => store.selectedRow);
  const [chosen, setChosen] = useState(0);
  const isOnly = layout.transformers.length === 1;
  const ofHome = nodes.find(({ kind, row }) => kind === "home" && row === selectedRow)?.feeder;
  const feeder = ofHome ?? Math.min(chosen, layout.transformers.length - 1);
  const profile = useMemo(() => feederProfile(nodes, layout, feeder), [nodes, layout, feeder]);
  const view = useStreet((store) => store.view);
  const truthBranch = useStreet((store) => store.truthBranch);
  const truthSupply = useStreet((store) => store.truthSupply);
  const beliefSupply = useStreet((store) => store.beliefSupply);
  const known = knownProfile(profile, { view, truthBranch, truthSupply, beliefSupply });
  return (
    <figure className="voltage-profile">
      <figcaption>
        <h3>Voltage along the feeder</h3>
        {!isOnly && (
          <select
            aria-label="Feeder of the plot"
            value={feeder}
            disabled={ofHome !== undefined}
            onChange={({ target }) => setChosen(Number(target.value))}
          >
            {layout.transformers.map(({ feeder: name }, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        )}
      </figcaption>
      <Plot
        known={known}
        selectedRow={selectedRow}
        layout={layout}
        lengthM={Math.max(1, profile.lengthM)}
      />
      <p className="muted">{wordsOf(known, layout, view === "company")}</p>
    </figure>
  );
}

function wordsOf(
  { dots }: KnownProfile,
  { supplies, nominalV }: StreetLayout,
  isTold: boolean,
): string {
  if (dots.length === 0)
    return isTold ? "No meter has sent a voltage yet." : "No home of this feeder has voltage.";
  const low = dots.reduce((least, dot) => (dot.volts < least.volts ? dot : least));
  const outside = dots.filter(({ volts }) => Math.abs(volts / nominalV - 1) > 0.06).length;
  return `Lowest ${formatVoltage(low.volts)} at ${supplies[low.row]!.address}, ${Math.round(low.atM)} m of cable from the transformer; ${outside === 0 ? "every home" : `${dots.length - outside} of ${dots.length} homes`} within 6 % of ${formatVoltage(nominalV)}${isTold ? ", by their last readings" : ""}.`;
}

interface PlotProps {
  readonly selectedRow: number;
  readonly known: KnownProfile;
  readonly layout: StreetLayout;
  readonly lengthM: number;
}

function Plot({ known: { lines, dots }, selectedRow, layout: { nominalV }, lengthM }: PlotProps) {
  const all = [...dots.map(({ volts }) => volts), ...lines.map(({ toV }) => toV)].map(
    (volts) => volts / nominalV,
  );
  // Both inner limits are always in the plot.
  const lowPu = all.reduce((least, pu) => Math.min(least, pu - 0.01), 0.93);
  const highPu = all.reduce((most, pu) => Math.max(most, pu + 0.01), 1.07);
  const x = (metres: number): number =>
    INSIDE.left + ((WIDTH - INSIDE.left - INSIDE.right) * metres) / lengthM;
  const y = (pu: number): number =>
    INSIDE.top + ((HEIGHT - INSIDE.top - INSIDE.bottom) * (highPu - pu)) / (highPu - lowPu);
  const limits = LIMITS_PU.filter((pu) => pu > lowPu && pu < highPu);
  const ticks = [0, Math.round(lengthM / 2), Math.round(lengthM)];
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Volts over metres from the transformer"
    >
      {limits.map((pu) => (
        <g key={pu}>
          <line
            className={pu === 1 ? "is-nominal" : "is-limit"}
            x1={INSIDE.left}
            x2={WIDTH - INSIDE.right}
            y1={y(pu)}
            y2={y(pu)}
          />
          <text x={INSIDE.left - 6} y={y(pu) + 5} textAnchor="end">
            {Math.round(pu * nominalV)}
          </text>
        </g>
      ))}
      {ticks.map((metres, index) => (
        <text
          key={metres}
          x={x(metres)}
          y={HEIGHT - INSIDE.bottom + 18}
          textAnchor={index === 2 ? "end" : index === 1 ? "middle" : "start"}
        >
          {metres}
        </text>
      ))}
      <text x={x(lengthM / 2)} y={HEIGHT - 4} textAnchor="middle">
        V over m from the transformer
      </text>
      {lines.map(({ fromM, toM, fromV, toV }) => {
        const ends = {
          ...{ x1: x(fromM), x2: x(toM) },
          ...{ y1: y(fromV / nominalV), y2: y(toV / nominalV) },
        };
        return (
          <g key={`${fromM} ${toM} ${fromV} ${toV}`}>
            <line {...ends} className="is-rim" />
            <line {...ends} strokeWidth="3" stroke={voltageStep(toV / nominalV).hex} />
          </g>
        );
      })}
      {dots.map(({ row, atM, volts }) => (
        <circle
          key={row}
          cx={x(atM)}
          cy={y(volts / nominalV)}
          r={row === selectedRow ? 6 : 3}
          fill={voltageStep(volts / nominalV).hex}
          className="is-home"
        />
      ))}
    </svg>
  );
}
