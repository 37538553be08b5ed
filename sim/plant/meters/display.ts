// The display: two lines of sixteen characters that turn page by the meter's clock. Knows what it is shown, no more.

import { plainMoneyText } from "../../contract/bill-form.ts";
import { formatLocal } from "../../core/calendar.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { MeterLogState, MeterState } from "../state.ts";
import { ownTime } from "./clock.ts";
import { eventsOf } from "./logs.ts";
import type { TerminalColumns } from "./metering.ts";
import type { MeterModel } from "./model.ts";
import { OBIS } from "./obis.ts";
import { type Quantities, readQuantities } from "./quantities.ts";
import { exportMilliWh, registerMilliWh } from "./registers.ts";
import { type RelayReason, relayReason } from "./relay.ts";
import { RESULT_SHOWN_MS } from "./tokens.ts";

/** How long a page stays. Every minute begins anew, in the middle of the first page: there are ten in it. */
export const PAGE_MS = 6_000;
const WIDTH = 16;

/** All that a display may show of a meter. */
export interface DisplayView {
  /** On the meter's own clock; which page is shown follows from it. */
  readonly ownMs: SimMs;
  /** `2026-01-15 14:05:00`, by the meter's own clock. */
  readonly localTime: string;
  readonly isClockInvalid: boolean;
  readonly importWh: number;
  readonly exportWh: number;
  /** Missing where the meter counts no apparent energy. */
  readonly demand?: { readonly apparentVah: number; readonly demandVa: number };
  readonly quantities: Quantities;
  readonly hasTamper: boolean;
  readonly openedBy: RelayReason | undefined;
  /** Null for a postpaid meter. */
  readonly credit: { readonly milliMinor: number; readonly currency: string } | null;
  readonly lastEvent: { readonly code: string; readonly localTime: string } | null;
  /** What the company wrote last; empty: nothing. */
  readonly notice: string;
  /** Two lines about the token that was typed just now; they go before everything else. */
  readonly token?: string;
}

/** What stands in the second line while the relay is open and the company has written nothing. */
const OPEN_WORDS: Readonly<Record<RelayReason, string>> = {
  company: "SUPPLY OFF",
  credit: "NO CREDIT",
  limit: "OVERLOAD",
};

/**
 * The page that is shown. A notice of the company, and next to it the reason for an open relay, stay in the second line
 * on every page.
 */
export function displayPage(view: DisplayView): string {
  if (view.token !== undefined) {
    const [upper = "", lower = ""] = view.token.split("\n");
    return `${lineOf(upper)}\n${lineOf(lower)}`;
  }
  const pages = pagesOf(view);
  const inMinuteMs = (Math.max(0, view.ownMs) + PAGE_MS / 2) % MINUTE_MS;
  const [first, second] = pages[Math.floor(inMinuteMs / PAGE_MS) % pages.length]!;
  const open = view.openedBy === undefined ? "" : OPEN_WORDS[view.openedBy];
  const pinned = view.notice !== "" ? view.notice : open;
  return `${lineOf(first)}\n${lineOf(pinned !== "" ? pinned : second)}`;
}

/** Sixteen characters; a display has ASCII only, what else it is told shows as a question mark. */
const lineOf = (text: string): string =>
  text
    .replace(/[^ -~]/g, "?")
    .slice(0, WIDTH)
    .padEnd(WIDTH);

/** Two texts at the ends of a line. */
const spread = (left: string, right: string): string =>
  left + right.padStart(Math.max(right.length, WIDTH - left.length));

function pagesOf(view: DisplayView): readonly (readonly [string, string])[] {
  const { quantities, credit, lastEvent, exportWh } = view;
  const { elementVoltageV, elementCurrentA, activePowerW, powerFactor } = quantities;
  const isThreePhase = elementVoltageV.length > 1;
  const pages: [string, string][] = [
    [energy(view.importWh), spread(OBIS.importWh, view.hasTamper ? "TAMPER" : "OK")],
  ];
  if (exportWh > 0) pages.push([energy(exportWh), OBIS.exportWh]);
  if (view.demand !== undefined) {
    const { apparentVah, demandVa } = view.demand;
    pages.push([`${(demandVa / 1000).toFixed(3)} kVA`, OBIS.demandVa]);
    pages.push([`${(Math.floor(apparentVah / 10) / 100).toFixed(2)} kVAh`, OBIS.apparentVah]);
  }
  elementVoltageV.forEach((voltageV, k) => {
    const codes = isThreePhase
      ? [OBIS.elementVoltageV[k] ?? "", OBIS.elementCurrentA[k] ?? ""]
      : [OBIS.voltageV, OBIS.phaseCurrentA];
    const values = spread(`${voltageV.toFixed(1)}V`, `${elementCurrentA[k]!.toFixed(2)}A`);
    pages.push([values, spread(codes[0]!, codes[1]!)]);
  });
  pages.push(
    [
      spread(`${activePowerW.toFixed(0)}W`, `pf ${powerFactor.toFixed(2)}`),
      spread(OBIS.activePowerW, OBIS.powerFactor),
    ],
    [view.localTime.slice(0, WIDTH), spread(OBIS.clock, view.isClockInvalid ? "SET ME" : "")],
  );
  if (credit !== null) {
    const coins = plainMoneyText(Math.floor(credit.milliMinor / 1000), credit.currency);
    pages.push([
      spread(coins, credit.currency),
      credit.milliMinor < 0 ? "EMERGENCY CREDIT" : "CREDIT",
    ]);
  }
  if (lastEvent !== null) {
    pages.push([lastEvent.code.toUpperCase(), lastEvent.localTime.slice(0, WIDTH)]);
  }
  return pages;
}

/** Cut off, not rounded: a register never shows energy that has not flowed. */
const energy = (wh: number): string => `${(Math.floor(wh / 10) / 100).toFixed(2).padStart(9)} kWh`;

/** What a meter's display shows at a true time; a dark one shows nothing. */
export function meterDisplay(
  model: MeterModel,
  { state, logs }: { readonly state: MeterState; readonly logs: MeterLogState },
  terminals: TerminalColumns,
  row: number,
  at: SimMs,
): string {
  if (state.supply.darkSince[row]! >= 0) return `${lineOf("")}\n${lineOf("")}`;
  const { prepaid, clock } = state;
  const terms = prepaid.terms[row] ?? null;
  const ownMs = ownTime(model, clock, row, at);
  const last = eventsOf(logs, row).at(-1);
  const shown = state.tokens[row]?.shown ?? null;
  const first = model.firstElement[row]!;
  return displayPage({
    ownMs,
    localTime: formatLocal(model.calendar, ownMs),
    isClockInvalid: clock.isInvalid[row] === 1,
    importWh: Math.floor(registerMilliWh(model, state, row) / 1000),
    exportWh: Math.floor(exportMilliWh(model, state, row) / 1000),
    ...(state.demand === undefined
      ? {}
      : {
          demand: {
            apparentVah: Math.floor(state.demand.apparentMilliVah[row]! / 1000),
            demandVa: state.demand.largestVa[row]!,
          },
        }),
    quantities: readQuantities(model, terminals, state, {
      row,
      first,
      count: model.elementCount[row]!,
    }),
    hasTamper: state.tamperFlags[row] !== 0,
    openedBy: relayReason(state, row),
    credit:
      terms === null
        ? null
        : { milliMinor: prepaid.creditMilliMinor[row]!, currency: terms.currency },
    lastEvent:
      last === undefined
        ? null
        : { code: last.code, localTime: formatLocal(model.calendar, last.at) },
    notice: state.notices[row]!,
    ...(shown !== null && at - shown.at < RESULT_SHOWN_MS ? { token: shown.text } : {}),
  });
}
