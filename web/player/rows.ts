// The homes as rows: for the table, the tree and whoever cannot see the picture. Pure; of one view's own frames.

import type { AccountState, StreetLayout } from "../../sim/contract/frame.ts";
import { ACCOUNT_WORDS } from "../panels/account-words.ts";
import { FLAG, type HomeState } from "../scene/home-state.ts";
import { laneOf } from "./lanes.ts";
import type { TwinFrames } from "./store.ts";
import type { View } from "./views.ts";

export interface HomeRowData {
  readonly row: number;
  readonly id: string;
  readonly address: string;
  readonly customer: string;
  /** Street or lane of the address. */
  readonly lane: string;
  readonly phase: 1 | 2 | 3;
  readonly powerW: number | null;
  readonly voltageV: number | null;
  readonly importWh: number | null;
  readonly account: AccountState | null;
  readonly owedMinor: number | null;
  /** 0 without a case. */
  readonly suspicion: number;
  /** Age of what the company knows; null where it knows nothing. */
  readonly ageMs: number | null;
  /** What is unusual, as in the legend. */
  readonly marks: readonly string[];
}

/** Names of the marks, in the order of their weight. */
export const MARK_NAMES: readonly (readonly [number, string])[] = [
  [FLAG.theft, "theft"],
  [FLAG.dark, "off"],
  [FLAG.suspected, "case"],
  [FLAG.late, "late"],
  [FLAG.differs, "differs"],
];

/** One row a home, in the layout's order. The company's view shows what the company knows, the others what is. */
export function homeRows(
  view: View,
  { truthSupply, beliefSupply }: TwinFrames,
  layout: StreetLayout,
  states: readonly HomeState[],
  simMs: number,
): readonly HomeRowData[] {
  const shown = view === "company" ? beliefSupply : truthSupply;
  return layout.supplies.map(({ id, address, customer, phase }, row) => {
    const measuredAt = beliefSupply?.measuredAt[row] ?? null;
    const flags = states[row]?.flags ?? 0;
    return {
      ...{ row, id, address, customer, phase, lane: laneOf(address) },
      powerW: shown?.activePowerW[row] ?? null,
      voltageV: shown?.voltageV[row] ?? null,
      importWh: shown?.importWh[row] ?? null,
      account: beliefSupply?.accountState[row] ?? null,
      owedMinor: beliefSupply?.owedMinor[row] ?? null,
      suspicion: beliefSupply?.suspicion[row] ?? 0,
      ageMs: measuredAt === null ? null : Math.max(0, simMs - measuredAt),
      marks: MARK_NAMES.flatMap(([flag, name]) => ((flags & flag) === 0 ? [] : [name])),
    };
  });
}

export const COLUMNS = [
  "address",
  "customer",
  "phase",
  "powerW",
  "voltageV",
  "importWh",
  "account",
  "owedMinor",
  "suspicion",
  "ageMs",
  "marks",
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Sorting {
  readonly by: Column;
  readonly isDescending: boolean;
}

const byText = new Intl.Collator("en", { numeric: true });

/** Rows in another order; what is not known comes last either way, and equals keep the layout's order. */
export function sortRows(
  rows: readonly HomeRowData[],
  { by, isDescending }: Sorting,
): readonly HomeRowData[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a[by], b[by]];
    if (left === null || right === null) {
      return left === right ? a.row - b.row : left === null ? 1 : -1;
    }
    const order =
      typeof left === "number" && typeof right === "number"
        ? left - right
        : byText.compare(String(left), String(right));
    return sign * order || a.row - b.row;
  });
}

/** Rows in which every word of the text stands somewhere: in the address, customer, id, account as shown, or a mark. */
export function findRows(rows: readonly HomeRowData[], text: string): readonly HomeRowData[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const all = `${row.address} ${row.customer} ${row.id} L${row.phase} ${row.marks.join(" ")} ${row.account === null ? "" : ACCOUNT_WORDS[row.account]}`;
    const hay = all.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
