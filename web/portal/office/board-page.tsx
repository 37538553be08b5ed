// Outages and cases as the company knows them.

import type { BoardOfOffice } from "../../../sim/contract/office.ts";
import { formatAge, formatMoment } from "../../player/format.ts";
import { caseLine } from "../../player/why.ts";
import { usePolled } from "../polled.ts";

export function BoardPage({ of }: { readonly of: "outages" | "cases" }) {
  const { value, problem } = usePolled<BoardOfOffice>("api/office/board");
  return (
    <>
      <h1>{of === "outages" ? "Outages" : "Cases"}</h1>
      <p role="alert" className="problem">
        {problem}
      </p>
      {value !== null && (of === "outages" ? <Outages board={value} /> : <Cases board={value} />)}
    </>
  );
}

interface Shown {
  readonly board: BoardOfOffice;
}

function Outages({ board: { outages, clock, names } }: Shown) {
  if (outages.length === 0) return <p className="card">No outage is known.</p>;
  return (
    <ul className="story-list">
      {outages.map(({ id, where, since, homes, sentence }) => (
        <li key={id} className="card">
          <h2>{names[where] ?? where}</h2>
          <p>
            {homes} {homes === 1 ? "home" : "homes"} since {formatMoment(clock, since)}, for{" "}
            {formatAge(clock.nowMs - since)}
          </p>
          <p>{sentence}</p>
        </li>
      ))}
    </ul>
  );
}

function Cases({ board: { cases, clock, names } }: Shown) {
  if (cases.length === 0) return <p className="card">There is no case.</p>;
  return (
    <ul className="story-list">
      {cases.map((found) => (
        <li key={found.id} className="card">
          <h2>
            {names[found.supply] === undefined ? (
              `Feeder ${found.supply}`
            ) : (
              <a href={`#/supply/${found.supply}`}>{names[found.supply]}</a>
            )}
          </h2>
          <p>
            <b>{found.id}</b>, opened {formatMoment(clock, found.openedAt)}: {caseLine(found)}
          </p>
          <p>{found.evidence}</p>
        </li>
      ))}
    </ul>
  );
}
