// What happened and what the company did, newest first; in the company's view only the latter.

import { type BeliefEvent, headline, type TruthEvent } from "../../sim/contract/event.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatMoment, formatMoney } from "../player/format.ts";
import { select, useStreet } from "../player/store.ts";

const SHOWN_MAX = 60;
/** Kinds that come with every second reading and would bury the rest. */
const QUIET = new Set(["gap-estimated", "reading-late", "command-retried", "readings-dropped"]);

interface Line {
  readonly key: string;
  readonly at: number;
  readonly side: "truth" | "belief";
  readonly kind: string;
  readonly text: string;
  readonly row: number;
}

/** The sentence of an event with addresses and money as people write them. */
function sentence(event: TruthEvent | BeliefEvent, layout: StreetLayout): string {
  let text = headline(event);
  if ("supply" in event) {
    const address = layout.supplies.find(({ id }) => id === event.supply)?.address;
    if (address !== undefined) text = text.replace(event.supply, address);
  }
  const amount =
    "amountMinor" in event
      ? event.amountMinor
      : "arrearsMinor" in event
        ? event.arrearsMinor
        : undefined;
  if (amount !== undefined) {
    text = text.replace(
      new RegExp(`\\b${amount}\\b(?!.*\\b${amount}\\b)`),
      formatMoney(amount, layout.currency),
    );
  }
  return text;
}

function linesOf(
  side: "truth" | "belief",
  events: readonly (TruthEvent | BeliefEvent)[],
  layout: StreetLayout,
): Line[] {
  return events
    .filter(({ kind }) => !QUIET.has(kind))
    .map((event, index) => ({
      key: `${side}/${event.at}/${index}/${event.kind}`,
      at: event.at,
      side,
      kind: event.kind,
      text: sentence(event, layout),
      row: "supply" in event ? layout.supplies.findIndex(({ id }) => id === event.supply) : -1,
    }));
}

export function EventLog() {
  const layout = useStreet((store) => store.layout);
  const truthEvents = useStreet((store) => store.truthEvents);
  const beliefEvents = useStreet((store) => store.beliefEvents);
  const lines =
    layout === null
      ? []
      : [...linesOf("truth", truthEvents, layout), ...linesOf("belief", beliefEvents, layout)]
          .sort((a, b) => b.at - a.at)
          .slice(0, SHOWN_MAX);
  return (
    <section className="panel event-log" aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      {lines.length === 0 && <p className="muted">Nothing yet.</p>}
      <ol>
        {lines.map(({ key, at, side, kind, text, row }) => (
          <li key={key} className={`event is-${side} is-${kind}`}>
            <time>{formatMoment(layout!, at)}</time>
            {row < 0 ? (
              <span>{text}</span>
            ) : (
              <button type="button" className="event-text" onClick={() => select(row)}>
                {text}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
