// All homes as a table over the picture: sorted by any column, found by any word, walked by arrows. Where the browser cannot draw in 3D it takes the picture's place.

import { CloseButton } from "@mantine/core";
import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import {
  formatAge,
  formatMoney,
  formatPercent,
  formatPower,
  formatVoltage,
} from "../player/format.ts";
import {
  COLUMNS,
  type Column,
  findRows,
  type HomeRowData,
  homeRows,
  type Sorting,
  sortRows,
} from "../player/rows.ts";
import { useStreet } from "../player/store.ts";
import { SKY_WORDS, skyOf } from "../player/weather.ts";
import { homeStates } from "../scene/home-states.ts";
import { ACCOUNT_WORDS } from "./account-words.ts";
import { chooseHome } from "./home-tree.tsx";
import { PAGE_ROWS, Pages, pageStart } from "./pages.tsx";

const NetworkTable = lazy(async () => ({
  default: (await import("./network-table.tsx")).NetworkTable,
}));

const HEADINGS: Readonly<Record<Column, string>> = {
  address: "Address",
  customer: "Customer",
  phase: "Phase",
  powerW: "Power",
  voltageV: "Voltage",
  importWh: "Register",
  account: "Account",
  owedMinor: "Owes",
  suspicion: "Suspicion",
  ageMs: "Last reading",
  marks: "Marks",
};
/** Rows further than this are reached by page keys. */
const PAGE = 10;

interface TableProps {
  /** Null: there is nothing behind it to go back to. */
  readonly onClose: (() => void) | null;
}

export function HomeTable({ onClose }: TableProps) {
  const layout = useStreet((store) => store.layout);
  const sky = useStreet(skyOf);
  const rows = useRows();
  const [sorting, setSorting] = useState<Sorting>({ by: "address", isDescending: false });
  const [text, setText] = useState("");
  const [isNetwork, setNetwork] = useState(false);
  const shown = useMemo(() => sortRows(findRows(rows, text), sorting), [rows, text, sorting]);
  if (layout === null) return <p className="scene-note">The street is being loaded.</p>;
  return (
    <section className="home-table" aria-labelledby="table-title">
      <header>
        <h2 id="table-title">{isNetwork ? "The network" : "All homes"}</h2>
        <button
          type="button"
          className="key"
          aria-pressed={isNetwork}
          onClick={() => setNetwork(!isNetwork)}
        >
          Cables, transformers, masts
        </button>
        {!isNetwork && (
          <input
            type="search"
            className="find"
            aria-label="Find in the table"
            placeholder="Find an address, a customer, a mark"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
        {!isNetwork && (
          <span className="muted">
            {shown.length} of {rows.length}
            {sky !== null && ` · ${SKY_WORDS[sky]}`}
          </span>
        )}
        {onClose !== null && <CloseButton aria-label="Close the table" onClick={onClose} />}
      </header>
      {isNetwork ? (
        <Suspense fallback={<p className="scene-note">The table is being loaded.</p>}>
          <NetworkTable />
        </Suspense>
      ) : (
        <Grid rows={shown} layout={layout} sorting={sorting} onSort={setSorting} />
      )}
    </section>
  );
}

/** Rows of the newest frames; made anew when a frame comes. */
function useRows(): readonly HomeRowData[] {
  const view = useStreet((store) => store.view);
  const truth = useStreet((store) => store.truthSupply);
  const belief = useStreet((store) => store.beliefSupply);
  const layout = useStreet((store) => store.layout);
  return useMemo(() => {
    if (layout === null) return [];
    const store = useStreet.getState();
    const frames = { ...store, truthSupply: truth, beliefSupply: belief };
    return homeRows(view, frames, layout, homeStates(store), store.simMs);
  }, [view, truth, belief, layout]);
}

interface GridProps {
  readonly rows: readonly HomeRowData[];
  readonly layout: StreetLayout;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

function Grid({ rows, layout, sorting, onSort }: GridProps) {
  const selectedRow = useStreet((store) => store.selectedRow);
  const body = useRef<HTMLTableSectionElement>(null);
  const sort = (by: Column): void =>
    onSort({ by, isDescending: sorting.by === by && !sorting.isDescending });
  const [page, setPage] = useState(0);
  const from = Math.min(page, pageStart(rows.length - 1));
  const wanted = useRef(-1);
  const focus = (at: number): void => {
    const row = Math.max(0, Math.min(rows.length - 1, at));
    setPage(pageStart(row));
    wanted.current = row;
    goThere();
  };
  const goThere = (): void => {
    if (wanted.current < from || wanted.current >= from + PAGE_ROWS) return;
    body.current?.querySelectorAll<HTMLElement>(".table-home")[wanted.current - from]?.focus();
    wanted.current = -1;
  };
  // What is on another page is there only after it has been drawn.
  useEffect(goThere);
  const press = (event: KeyboardEvent, at: number): void => {
    const to = rowAfter(event.key, at, rows.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    focus(to);
  };
  return (
    <div className="home-table-scroll" data-own-arrows>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th
                key={column}
                scope="col"
                className={`is-${column}`}
                aria-sort={sortOf(sorting, column)}
              >
                <button type="button" onClick={() => sort(column)}>
                  {HEADINGS[column]}
                  <span aria-hidden="true">
                    {sorting.by === column ? (sorting.isDescending ? " ▼" : " ▲") : ""}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(from, from + PAGE_ROWS).map((home, index) => (
            <tr key={home.id} className={home.row === selectedRow ? "is-selected" : ""}>
              <th scope="row">
                <button
                  type="button"
                  className="table-home"
                  aria-pressed={home.row === selectedRow}
                  onClick={() => chooseHome(home.row)}
                  onKeyDown={(event) => press(event, from + index)}
                >
                  {home.address}
                </button>
              </th>
              {COLUMNS.slice(1).map((column) => (
                <td key={column} className={`is-${column}`}>
                  {cellText(home, column, layout)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Pages from={from} count={rows.length} what="the table" onPage={setPage} />
    </div>
  );
}

const sortOf = ({ by, isDescending }: Sorting, column: Column) =>
  by !== column ? "none" : isDescending ? "descending" : "ascending";

/** The row that a key leads to; undefined for a key that leads nowhere. */
function rowAfter(pressed: string, at: number, count: number): number | undefined {
  switch (pressed) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return at - 1;
    case "PageDown":
      return at + PAGE;
    case "PageUp":
      return at - PAGE;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

function cellText(home: HomeRowData, column: Column, { currency }: StreetLayout): string {
  switch (column) {
    case "address":
      return home.address;
    case "customer":
      return home.customer;
    case "phase":
      return `L${home.phase}`;
    case "powerW":
      return home.powerW === null ? "–" : formatPower(home.powerW);
    case "voltageV":
      return home.voltageV === null ? "–" : formatVoltage(home.voltageV);
    case "importWh":
      return home.importWh === null ? "–" : `${Math.round(home.importWh / 1000)} kWh`;
    case "account":
      return home.account === null || currency === "" ? "–" : ACCOUNT_WORDS[home.account];
    case "owedMinor":
      return home.owedMinor === null || currency === ""
        ? "–"
        : formatMoney(home.owedMinor, currency);
    case "suspicion":
      return home.suspicion === 0 ? "–" : formatPercent(home.suspicion);
    case "ageMs":
      return home.ageMs === null ? "none yet" : `${formatAge(home.ageMs)} ago`;
    case "marks":
      return home.marks.join(", ");
  }
}
