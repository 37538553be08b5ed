// All homes as a table over the picture: sorted by any column, found by any word, walked by the keyboard (WAI-ARIA grid
// pattern). Where the browser cannot draw in 3D it takes the picture's place.

import { CloseButton } from "@mantine/core";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
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
import { homeStates } from "../scene/home-states.ts";
import { ACCOUNT_WORDS } from "./account-words.ts";
import { chooseHome } from "./home-tree.tsx";

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
  const rows = useRows();
  const [sorting, setSorting] = useState<Sorting>({ by: "address", isDescending: false });
  const [text, setText] = useState("");
  const shown = useMemo(() => sortRows(findRows(rows, text), sorting), [rows, text, sorting]);
  if (layout === null) return <p className="scene-note">The street is being loaded.</p>;
  return (
    <section className="home-table" aria-labelledby="table-title">
      <header>
        <h2 id="table-title">All homes</h2>
        <input
          type="search"
          className="find"
          aria-label="Find in the table"
          placeholder="Find an address, a customer, a mark"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <span className="muted">
          {shown.length} of {rows.length}
        </span>
        {onClose !== null && <CloseButton aria-label="Close the table" onClick={onClose} />}
      </header>
      <Grid rows={shown} layout={layout} sorting={sorting} onSort={setSorting} />
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
  const [active, setActive] = useState({ row: 0, column: 0 });
  const table = useRef<HTMLTableElement>(null);
  const focus = (row: number, column: number): void => {
    const at = {
      row: Math.max(0, Math.min(rows.length, row)),
      column: Math.max(0, Math.min(COLUMNS.length - 1, column)),
    };
    setActive(at);
    table.current?.querySelector<HTMLElement>(`[data-cell="${at.row}/${at.column}"]`)?.focus();
  };
  const sort = (by: Column): void =>
    onSort({ by, isDescending: sorting.by === by && !sorting.isDescending });
  const press = (event: KeyboardEvent, row: number, column: number): void => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(row + 1, column),
      ArrowUp: () => focus(row - 1, column),
      ArrowRight: () => focus(row, column + 1),
      ArrowLeft: () => focus(row, column - 1),
      PageDown: () => focus(row + PAGE, column),
      PageUp: () => focus(row - PAGE, column),
      Home: () => focus(event.ctrlKey ? 0 : row, 0),
      End: () => focus(event.ctrlKey ? rows.length : row, COLUMNS.length - 1),
      Enter: () => (row === 0 ? sort(COLUMNS[column]!) : chooseHome(rows[row - 1]!.row)),
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const stop = (row: number, column: number): 0 | -1 =>
    Math.min(active.row, rows.length) === row && active.column === column ? 0 : -1;
  return (
    <div className="home-table-scroll">
      <table ref={table} role="grid" aria-label="Homes" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map((column, at) => (
              <th
                key={column}
                scope="col"
                tabIndex={stop(0, at)}
                data-cell={`0/${at}`}
                aria-sort={
                  sorting.by !== column ? "none" : sorting.isDescending ? "descending" : "ascending"
                }
                onClick={() => sort(column)}
                onKeyDown={(event) => press(event, 0, at)}
              >
                {HEADINGS[column]}
                <span aria-hidden="true">
                  {sorting.by === column ? (sorting.isDescending ? " ▼" : " ▲") : ""}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((home, at) => (
            <tr
              key={home.id}
              aria-selected={home.row === selectedRow}
              onClick={() => chooseHome(home.row)}
            >
              {COLUMNS.map((column, k) => (
                <td
                  key={column}
                  className={`is-${column}`}
                  tabIndex={stop(at + 1, k)}
                  data-cell={`${at + 1}/${k}`}
                  onKeyDown={(event) => press(event, at + 1, k)}
                >
                  {cellText(home, column, layout)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
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
