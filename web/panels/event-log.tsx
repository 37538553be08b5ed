// What happened and what the company did, newest first; in the company's view only the latter.

import { headline, type KnownEvent, type TruthEvent } from "../../sim/contract/event.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatMoment, formatMoney, withMoney } from "../player/format.ts";
import { select, useStreet } from "../player/store.ts";

const SHOWN_MAX = 60;
/** Kinds that come with every second reading and would bury the rest. */
const QUIET = new Set(["gap-estimated", "reading-late", "command-retried", "readings-dropped"]);

/** Without what comes with every second reading. */
export const heard = <Event extends TruthEvent | KnownEvent>(events: readonly Event[]): Event[] =>
  events.filter(({ kind }) => !QUIET.has(kind));

interface Line {
  readonly key: string;
  readonly at: number;
  readonly side: "truth" | "belief";
  readonly kind: string;
  readonly text: string;
  readonly row: number;
}

/** The sentence of an event with addresses and money as people write them. */
export function eventSentence(event: TruthEvent | KnownEvent, layout: StreetLayout): string {
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
  return amount === undefined ? text : withMoney(text, amount, layout.currency);
}

function linesOf(
  side: "truth" | "belief",
  events: readonly (TruthEvent | KnownEvent)[],
  layout: StreetLayout,
): Line[] {
  return events.map((event, index) => ({
    key: `${side}/${event.at}/${index}/${event.kind}`,
    at: event.at,
    side,
    kind: event.kind,
    text: eventSentence(event, layout),
    row: "supply" in event ? layout.supplies.findIndex(({ id }) => id === event.supply) : -1,
  }));
}

/** Events of one kind at one moment, past this number, are told as one. */
const ALIKE_MAX = 3;

/** Twenty-four bills of one night are one line with their sum. */
function foldAlike(
  side: "truth" | "belief",
  events: readonly (TruthEvent | KnownEvent)[],
  layout: StreetLayout,
): Line[] {
  const groups = new Map<string, (TruthEvent | KnownEvent)[]>();
  for (const event of events) {
    const key = `${event.at}/${event.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups].flatMap(([key, group]) => {
    if (group.length <= ALIKE_MAX) return linesOf(side, group, layout);
    const { at, kind } = group[0]!;
    const sum = group.reduce(
      (total, event) => total + ("amountMinor" in event ? event.amountMinor : 0),
      0,
    );
    const money = sum === 0 ? "" : `, ${formatMoney(sum, layout.currency)} in all`;
    const text = `${group.length} homes: ${kind.replaceAll("-", " ")}${money}`;
    return [{ key: `${side}/${key}`, at, side, kind, text, row: -1 }];
  });
}

export function EventLog() {
  const layout = useStreet((store) => store.layout);
  const truthEvents = useStreet((store) => store.truthEvents);
  const beliefEvents = useStreet((store) => store.beliefEvents);
  const lines =
    layout === null
      ? []
      : [
          ...foldAlike("truth", heard(truthEvents), layout),
          ...foldAlike("belief", heard(beliefEvents), layout),
        ]
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
