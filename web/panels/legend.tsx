// What colours and marks mean in this view, and how many homes carry each.

import { useStreet } from "../player/store.ts";
import { FLAG } from "../scene/home-state.ts";
import { homeStates } from "../scene/home-states.ts";
import { CASE, DIFFERS, LOADING_STEPS, THEFT, UNKNOWN_CABLE } from "../scene/palette.ts";

const useCount = (flag: number): number =>
  useStreet((store) => homeStates(store).filter(({ flags }) => (flags & flag) !== 0).length);

export function Legend() {
  const view = useStreet((store) => store.view);
  return (
    <details className="legend" open={!globalThis.matchMedia?.("(max-width: 760px)").matches}>
      <summary>Legend</summary>
      {view === "truth" && <TruthLegend />}
      {view === "company" && <CompanyLegend />}
      {view === "difference" && <DifferenceLegend />}
    </details>
  );
}

function TruthLegend() {
  return (
    <>
      <h3>Cable loading</h3>
      <ul>
        {LOADING_STEPS.map(({ hex, label }) => (
          <li key={hex}>
            <Swatch colour={hex} isDashed={hex === LOADING_STEPS.at(-1)!.hex} /> {label}
          </li>
        ))}
      </ul>
      <h3>Homes</h3>
      <ul>
        <Mark flag={FLAG.theft} label="theft under way" mark={<TheftMark />} />
        <Mark flag={FLAG.dark} label="no supply" mark={<PowerMark />} />
        <li>
          <span className="window-mark" aria-hidden="true" /> lit by use
        </li>
      </ul>
    </>
  );
}

function CompanyLegend() {
  return (
    <>
      <h3>From readings alone</h3>
      <ul>
        <li>
          <Swatch colour={UNKNOWN_CABLE} isDashed={false} /> loading not known
        </li>
        <Mark flag={FLAG.suspected} label="theft case" mark={<CaseMark />} />
        <Mark flag={FLAG.dark} label="tripped, says its meter" mark={<PowerMark />} />
        <Mark flag={FLAG.late} label="reading late" mark={<span className="hatch-mark" />} />
        <li>
          <span className="window-mark" aria-hidden="true" /> lit by last reading
        </li>
      </ul>
    </>
  );
}

function DifferenceLegend() {
  return (
    <>
      <h3>Truth against belief</h3>
      <ul>
        <Mark flag={FLAG.differs} label="differs" mark={<DiffersMark />} />
        <li>
          <span className="clay-mark" aria-hidden="true" /> agrees
        </li>
      </ul>
    </>
  );
}

function Mark({
  flag,
  label,
  mark,
}: {
  readonly flag: number;
  readonly label: string;
  readonly mark: React.ReactNode;
}) {
  const count = useCount(flag);
  return (
    <li>
      {mark} {label} <b className="count">{count}</b>
    </li>
  );
}

function Swatch({ colour, isDashed }: { readonly colour: string; readonly isDashed: boolean }) {
  return (
    <svg className="swatch" viewBox="0 0 30 8" aria-hidden="true">
      <line x1="3" x2="27" y1="4" y2="4" stroke={colour} strokeWidth="6" strokeLinecap="round" />
      {isDashed && (
        <line x1="4" x2="27" y1="4" y2="4" stroke="#fff" strokeWidth="6" strokeDasharray="4 7" />
      )}
    </svg>
  );
}

const TheftMark = () => (
  <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
    <path d="M12 3 22 21H2z" fill={THEFT} stroke="#fff" strokeWidth="1.6" strokeLinejoin="round" />
    <path d="M12 9v6M12 17.6v.8" stroke="#fff" strokeWidth="2.2" strokeLinecap="round" />
  </svg>
);

const PowerMark = () => (
  <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10" fill="#12161c" stroke="#fff" strokeWidth="1.6" />
    <path
      d="M12 6v6M8.4 8.6a5 5 0 1 0 7.2 0"
      fill="none"
      stroke="#ffd92f"
      strokeWidth="2.2"
      strokeLinecap="round"
    />
  </svg>
);

const CaseMark = () => (
  <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M12 1.6 22.4 12 12 22.4 1.6 12z"
      fill={CASE}
      stroke="#fff"
      strokeWidth="1.6"
      strokeLinejoin="round"
    />
    <circle cx="11" cy="11" r="3.4" fill="none" stroke="#fff" strokeWidth="2" />
    <path d="m13.6 13.6 2.8 2.8" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
  </svg>
);

const DiffersMark = () => (
  <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10" fill={DIFFERS} stroke="#fff" strokeWidth="1.6" />
    <path
      d="M7 10h10M7 14h10M14.6 6.6 9.4 17.4"
      stroke="#fff"
      strokeWidth="2"
      strokeLinecap="round"
    />
  </svg>
);
