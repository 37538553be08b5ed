// What colours and marks mean in this view, how many homes carry each, and how fine the picture is drawn.

import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import { useStreet } from "../player/store.ts";
import type { View } from "../player/views.ts";
import { keepSceneInAddress } from "../scene/address-parts.ts";
import { SUSPICION_STEPS } from "../scene/home-state.ts";
import { type HomeCounts, homeCounts } from "../scene/home-states.ts";
import { type Layer, useLayer } from "../scene/layers.ts";
import { Layers } from "../scene/layers-control.tsx";
import {
  DEAD_CABLE,
  LOADING_STEPS,
  PHASE_COLOURS,
  UNKNOWN_CABLE,
  VOLTAGE_STEPS,
} from "../scene/palette.ts";
import { useQuality } from "../scene/quality.ts";
import { IconMark } from "./icon-mark.tsx";
import "../scene/scene.css";

keepSceneInAddress();

const THEFT_LABEL = {
  "partial-bypass": "bypass",
  hook: "hook on the cable",
  "missing-neutral": "neutral cut, earth used",
  magnet: "magnet",
  "relay-bypass": "relay bridged",
} as const;

const useCount = (of: (counts: HomeCounts) => number): number =>
  useStreet((store) => of(homeCounts(store)));

export function Legend() {
  const view = useStreet((store) => store.view);
  const layer = useLayer((store) => store.layer);
  return (
    <details
      className="legend"
      data-over-scene
      open={!globalThis.matchMedia?.("(max-width: 860px)").matches}
    >
      <summary>Legend</summary>
      <div className="legend-body">
        {view !== "difference" && <Layers />}
        {view !== "difference" && <CableLegend layer={layer} view={view} />}
        {view === "truth" && <TruthLegend />}
        {view === "company" && <CompanyLegend />}
        {view === "difference" && <DifferenceLegend />}
        <QualityLine />
      </div>
    </details>
  );
}

function CableLegend({ layer, view }: { readonly layer: Layer; readonly view: View }) {
  const isTruth = view === "truth";
  return (
    <ul className="legend-cables">
      {layer === "loading" &&
        isTruth &&
        LOADING_STEPS.map(({ hex, label }) => (
          <li key={hex}>
            <Swatch colour={hex} dash={hex === LOADING_STEPS.at(-1)!.hex ? "#fff" : undefined} />{" "}
            {label}
          </li>
        ))}
      {layer === "voltage" &&
        VOLTAGE_STEPS.map(({ hex, label }) => (
          <li key={hex}>
            <Swatch colour={hex} /> {label}
          </li>
        ))}
      {layer === "phase" &&
        PHASE_COLOURS.map(({ hex, label }) => (
          <li key={hex}>
            <Swatch colour={hex} /> {label}
          </li>
        ))}
      {layer === "phase" && <li className="muted">in turn: several phases</li>}
      {isTruth && (
        <li>
          <Swatch colour={DEAD_CABLE} dash="#6b737a" /> dead
        </li>
      )}
      {!isTruth && layer !== "phase" && (
        <li>
          <Swatch colour={UNKNOWN_CABLE} /> not known
        </li>
      )}
    </ul>
  );
}

function TruthLegend() {
  return (
    <ul>
      <Thefts />
      <Mark icon="power" label="relay open" of={({ off }) => off.relay} />
      <Mark icon="cut" label="no supply" of={({ off }) => off.cut} />
      <Mark icon="fuse" label="fuse blown" of={({ off }) => off.fuse} />
      <Flights />
      <li>
        <span className="window-mark" aria-hidden="true" /> lit by use
      </li>
    </ul>
  );
}

/** One line for each way that is at work now. */
function Thefts() {
  const count = useCount(({ flags }) => flags.theft);
  const kinds = useStreet((store) =>
    homeCounts(store).thefts.reduce(
      (bits, count, bit) => (count > 0 ? bits | (1 << bit) : bits),
      0,
    ),
  );
  return (
    <>
      <li>
        <IconMark icon="theft-several" /> theft under way <b className="count">{count}</b>
      </li>
      {THEFT_KINDS.filter((kind) => (kinds & theftBit(kind)) !== 0).map((kind) => (
        <Mark
          key={kind}
          icon={`theft-${kind}`}
          label={THEFT_LABEL[kind]}
          of={({ thefts }) => thefts[Math.log2(theftBit(kind))] ?? 0}
        />
      ))}
    </>
  );
}

function Flights() {
  const inFlight = useStreet(({ truthStreet }) => truthStreet?.inFlight ?? 0);
  return (
    <li>
      <IconMark icon="flight-up" /> up <IconMark icon="flight-down" /> down{" "}
      <b className="count">{inFlight}</b>
    </li>
  );
}

function CompanyLegend() {
  return (
    <ul>
      {SUSPICION_STEPS.map(({ label }, index) => (
        <Mark
          key={label}
          icon={`case-${(index + 1) as 1 | 2 | 3 | 4}`}
          label={`suspected, ${label}`}
          of={({ suspicion }) => suspicion[index + 1] ?? 0}
        />
      ))}
      <Mark icon="power" label="tripped, says its meter" of={({ off }) => off.relay} />
      <Mark icon="cut" label="taken to be without supply" of={({ off }) => off.cut} />
      <li>
        <span className="hatch-mark" aria-hidden="true" /> reading late{" "}
        <Count of={({ flags }) => flags.late} />
      </li>
      <li>
        <span className="window-mark" aria-hidden="true" /> lit by last reading
      </li>
    </ul>
  );
}

function DifferenceLegend() {
  return (
    <ul>
      <Mark icon="differs" label="differs" of={({ flags }) => flags.differs} />
      <Mark icon="differs-supply" label="in its supply" of={({ differs }) => differs.supply} />
      <Mark icon="differs-relay" label="in its relay" of={({ differs }) => differs.relay} />
      <Mark
        icon="differs-register"
        label="in its register"
        of={({ differs }) => differs.register}
      />
      <Mark icon="differs" label="about theft" of={({ differs }) => differs.theft} />
      <li>
        <span className="clay-mark" aria-hidden="true" /> truth and belief agree
      </li>
    </ul>
  );
}

/** Which step of quality the machine keeps up with. */
function QualityLine() {
  const { label, pictureMs, isFixed, isTooSlow } = useQuality();
  return (
    <p className="muted quality">
      Picture: {label}
      {isFixed ? ", as asked" : ""}
      {pictureMs > 0 ? ` · ${pictureMs} ms` : ""}
      {isTooSlow && <strong> · slow here: the table shows the same</strong>}
    </p>
  );
}

interface Counted {
  readonly of: (counts: HomeCounts) => number;
}

function Mark({
  icon,
  label,
  of,
}: Counted & {
  readonly icon: Parameters<typeof IconMark>[0]["icon"];
  readonly label: string;
}) {
  return (
    <li>
      <IconMark icon={icon} /> {label} <Count of={of} />
    </li>
  );
}

const Count = ({ of }: Counted) => <b className="count">{useCount(of)}</b>;

function Swatch({ colour, dash }: { readonly colour: string; readonly dash?: string | undefined }) {
  return (
    <svg className="swatch" viewBox="0 0 30 8" aria-hidden="true">
      {/* Seen on a dark panel and on a white one, whatever its colour. */}
      <path d="M4 4h22" stroke="currentColor" strokeWidth="8" strokeLinecap="round" />
      <line x1="3" x2="27" y1="4" y2="4" stroke={colour} strokeWidth="6" strokeLinecap="round" />
      {dash !== undefined && (
        <line x1="4" x2="27" y1="4" y2="4" stroke={dash} strokeWidth="6" strokeDasharray="4 7" />
      )}
    </svg>
  );
}
