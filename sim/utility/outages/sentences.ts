// What the outage board says of an outage: what was heard, and when, on the street's own clock.

import { localTime } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import { TRANSFORMER_ELEMENTS } from "../history.ts";
import type { Records } from "../records.ts";
import type { OutageState } from "../state.ts";

type WithCalendar = Pick<Records, "calendar">;

const two = (value: number): string => String(value).padStart(2, "0");

/** Hours and minutes of the local day. */
function clockText({ calendar }: WithCalendar, at: SimMs): string {
  const minute = Math.floor(localTime(calendar, at).minuteOfDay);
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export const sentenceOfHome = (records: WithCalendar, gaspAt: SimMs): string =>
  `Its meter said its last gasp at ${clockText(records, gaspAt)}; nobody else on its phase did.`;

export const sentenceOfSilence = (
  records: WithCalendar,
  heardAt: SimMs,
  neighbours: number,
): string =>
  `Its meter was heard last at ${clockText(records, heardAt)}, and nine of ten of its ${neighbours} neighbours since.`;

/** Of a phase, or of a whole feeder (`phase` null). */
export function sentenceOfGroup(
  records: WithCalendar & Pick<Records, "supplies">,
  state: OutageState,
  {
    rows,
    feeder,
    phase,
  }: { readonly rows: readonly number[]; readonly feeder: number; readonly phase: number | null },
  gasps: number,
  since: SimMs,
): string {
  const ofWhat = phase === null ? "of the feeder" : `on L${phase}`;
  const at = clockText(records, since);
  const parts = [
    gasps > 0
      ? `${gasps} of ${rows.length} homes ${ofWhat} said their last gasp at ${at} (most gasps are lost)`
      : `${rows.length} homes ${ofWhat} are silent since ${at}`,
  ];
  const meterAt = state.gaspAt[records.supplies.length + feeder]!;
  if (meterAt >= 0) parts.push("the transformer's meter did, too");
  if (phase !== null) {
    const k = TRANSFORMER_ELEMENTS * feeder + phase - 1;
    const fromA = Math.round(state.fellFromA[k]!);
    if (fromA > 0) {
      const toA = Math.round(state.phaseA[k]!);
      parts.push(`the transformer's meter has L${phase} fallen from ${fromA} A to ${toA} A`);
    }
  }
  return `${parts.join("; ")}.`;
}
