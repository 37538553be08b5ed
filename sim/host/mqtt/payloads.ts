// What is published of a twin, as JSON: only what the company knows. Kinds and fields that are new in the contract
// come along by themselves; every moment appears twice, as simulated milliseconds and as local time.

import { type BeliefEvent, headline } from "../../contract/event.ts";
import type { BeliefSupplyColumns } from "../../contract/frame.ts";
import { type Calendar, formatLocalIso } from "../../core/calendar.ts";
import { makeFrame } from "../../engine/frames.ts";
import type { StoredReading, Twin } from "../../engine/world.ts";
import type { CommandAnswer } from "./command-desk.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `measuredAt: 900000` becomes `measuredAtMs: 900000, measuredAt: "2026-01-12T00:15:00+03:00"`. */
function withLocalTimes(calendar: Calendar, fields: Fields): Fields {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const isMoment = name === "at" || name.endsWith("At");
    if (!isMoment || (value !== null && typeof value !== "number")) {
      out[name] = value;
      continue;
    }
    out[`${name}Ms`] = value;
    out[name] = value === null ? null : formatLocalIso(calendar, value);
  }
  return out;
}

/** A reading as the head-end received it: register in Wh, voltage in V, when it was measured and when it arrived. */
export function readingPayload(calendar: Calendar, runId: string, reading: StoredReading): string {
  return JSON.stringify({ runId, ...withLocalTimes(calendar, { ...reading }) });
}

/** What the company came to know or did, with its sentence. */
export function eventPayload(calendar: Calendar, runId: string, event: BeliefEvent): string {
  const fields = withLocalTimes(calendar, { ...event });
  return JSON.stringify({ runId, ...fields, text: headline(event) });
}

/** An answer to a command: its body, and its moments in local time beside the simulated ones. */
export function answerPayload(calendar: Calendar, runId: string, answer: CommandAnswer): string {
  const out: Record<string, unknown> = { runId, id: answer.id };
  for (const [name, value] of Object.entries(answer.body)) {
    out[name] = value;
    if ((name === "atMs" || name.endsWith("AtMs")) && typeof value === "number") {
      out[name.slice(0, -"Ms".length)] = formatLocalIso(calendar, value);
    }
  }
  return JSON.stringify(out);
}

export interface SupplyStatus {
  readonly supply: string;
  /** Equal texts, equal status: without the moment of asking. */
  readonly state: string;
  readonly payload: string;
}

/** What the company knows of every supply point now; nothing where the scenario keeps no accounts. */
export function statusesOf(twin: Twin, runId: string): readonly SupplyStatus[] {
  const { resolved } = twin.model;
  const { calendar } = resolved;
  if (twin.world.belief.accounts.length === 0) return [];
  const frame = makeFrame(twin, "belief/supply");
  if (frame.channel !== "belief/supply") return [];
  const { currency, supplies } = resolved.layout;
  const now = withLocalTimes(calendar, { at: frame.simMs });
  return supplies.map(({ id: supply }, row) => {
    const known = { currency, ...withLocalTimes(calendar, statusFields(frame.data, row)) };
    const payload = JSON.stringify({ runId, supply, ...now, ...known });
    return { supply, state: JSON.stringify(known), payload };
  });
}

/** One row of the columns, whatever columns there are; the two flags as people say them. */
function statusFields(columns: BeliefSupplyColumns, row: number): Fields {
  const { relayOpen, isLate, ...others } = columns;
  const open = relayOpen[row];
  const fields: Record<string, unknown> = {
    relay: open === 1 ? "open" : open === 0 ? "closed" : "unknown",
    isLate: isLate[row] === 1,
  };
  for (const [name, column] of Object.entries(others)) fields[name] = column[row] ?? null;
  return fields;
}
