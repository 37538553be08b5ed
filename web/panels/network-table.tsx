// Transformers, cables and masts as a table: one stop for Tab, arrows inside, each row said with its state.

import { type KeyboardEvent, useRef, useState } from "react";
import { type PartRow, partRows, partsOf } from "../diagram/part-rows.ts";
import { useStreet } from "../player/store.ts";
import { PAGE_ROWS, Pages, pageStart } from "./pages.tsx";

export function NetworkTable() {
  const layout = useStreet((store) => store.layout);
  const [page, setPage] = useState(0);
  const [active, setActive] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const parts = layout === null ? [] : partsOf(layout);
  const from = Math.min(page, pageStart(parts.length - 1));
  const told = useStreet((store) =>
    JSON.stringify(partRows(parts.slice(from, from + PAGE_ROWS), store)),
  );
  const rows = JSON.parse(told) as readonly PartRow[];
  const stop = Math.min(active, rows.length - 1);
  const press = (event: KeyboardEvent): void => {
    const to = nextRow(event.key, stop, rows.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setActive(to);
    body.current?.querySelectorAll<HTMLElement>("th")[to]?.focus();
  };
  return (
    <div className="home-table-scroll" data-own-arrows>
      <table>
        <caption className="for-readers">Transformers, cables and masts</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Load</th>
            <th scope="col">Hot spot</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map(({ key, name, loading, temperature, spoken }, index) => (
            <tr key={key}>
              <th
                scope="row"
                tabIndex={index === stop ? 0 : -1}
                aria-label={spoken}
                onFocus={() => setActive(index)}
                onKeyDown={press}
              >
                {name}
              </th>
              <td>{loading === "" ? "–" : loading}</td>
              <td>{temperature === "" ? "–" : temperature}</td>
              <td className="is-sentence">{spoken}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages from={from} count={parts.length} what="the network" onPage={setPage} />
    </div>
  );
}

function nextRow(pressed: string, at: number, count: number): number | undefined {
  switch (pressed) {
    case "ArrowDown":
      return Math.min(count - 1, at + 1);
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}
