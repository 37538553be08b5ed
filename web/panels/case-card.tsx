// A suspicion: how likely, by which signals, what was done about it, and the way to send somebody there.

import { Button } from "@mantine/core";
import type { CaseView, StreetLayout, TheftCase } from "../../sim/contract/frame.ts";
import { SIGNAL_LOG_ODDS_MAX } from "../../sim/contract/theft.ts";
import { formatMoment, formatPercent } from "../player/format.ts";
import { act } from "../player/store.ts";
import {
  CASE_KINDS,
  CASE_WORDS,
  caseLine,
  caseSentence,
  caseStory,
  DETECTOR_WORDS,
  signalNumbers,
  signalStrength,
} from "../player/why.ts";
import { Fact } from "./fact.tsx";
import { Why } from "./why.tsx";

export function CaseCard({
  found,
  layout,
}: {
  readonly found: CaseView;
  readonly layout: StreetLayout;
}) {
  if (found.kind !== "theft") {
    return (
      <div className="case">
        <b>
          {CASE_KINDS[found.kind].name} case {found.id}
        </b>
        <p>{found.evidence}</p>
        <p className="muted">
          opened {formatMoment(layout, found.openedAt)}: {caseLine(found)}
        </p>
      </div>
    );
  }
  return <TheftCard found={found} layout={layout} />;
}

function TheftCard({
  found,
  layout,
}: {
  readonly found: TheftCase;
  readonly layout: StreetLayout;
}) {
  const percent = formatPercent(found.probability);
  const place =
    layout.supplies.find(({ id }) => id === found.supply)?.address ?? `feeder ${found.supply}`;
  return (
    <div className={`case is-${found.state}`}>
      <p className="case-head">
        <b>Theft case {found.id}</b>
        <span className="case-state">{CASE_WORDS[found.state]}</span>
      </p>
      <p>
        <meter min={0} max={1} value={found.probability} aria-label="Probability of theft" />{" "}
        <b>{percent}</b> likely
      </p>
      <p>{found.evidence}</p>
      {found.finding !== "" && <p className="finding">{found.finding}</p>}
      {found.keptOnBecause !== "" && <p>The supply stays on: {found.keptOnBecause}</p>}
      <Why of={`case ${found.id}`}>
        <p>{caseSentence(found)}</p>
        <ul className="signals">
          {found.signals.map((signal) => (
            <li key={signal.detector}>
              <b>{DETECTOR_WORDS[signal.detector]}</b>
              <span className="muted"> · {signalStrength(signal.logOdds)}</span>
              <span className="bar" aria-hidden="true">
                <span
                  className={signal.logOdds < 0 ? "is-against" : "is-for"}
                  style={{
                    width: `${Math.min(100, (100 * Math.abs(signal.logOdds)) / SIGNAL_LOG_ODDS_MAX)}%`,
                  }}
                />
              </span>
              <p>{signal.sentence}</p>
              <dl className="signal-numbers">
                {signalNumbers(signal).map(({ name, value }) => (
                  <Fact key={name} name={name} value={value} />
                ))}
              </dl>
              <p className="muted">since {formatMoment(layout, signal.since)}</p>
            </li>
          ))}
        </ul>
        <ol className="story">
          {caseStory(found, layout).map(({ at, text }) => (
            <li key={text}>
              <span className="muted">{at}</span> {text}
            </li>
          ))}
        </ol>
      </Why>
      {found.state === "open" && (
        <Button
          fullWidth
          variant="default"
          onClick={() =>
            act({ kind: "inspect", target: found.supply }, `A crew is sent to ${place}.`)
          }
        >
          Send a crew
        </Button>
      )}
    </div>
  );
}
