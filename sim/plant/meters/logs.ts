// What a meter writes down: a load profile of its newest intervals and an event log in compartments. Both are rings of
// a fixed size; only an opened cover is never overwritten.

import type { LoggedEvent, MeterLogs } from "../../contract/meter-device.ts";
import type { MeterEventCode, ProfileEntry } from "../../contract/reading.ts";
import type { MeterLogState } from "../state.ts";

/** Intervals that a meter's load profile keeps: 35 days of half hours. */
export const PROFILE_INTERVALS = 1680;
/** In `profileFlags` beside the bits of `INTERVAL`. */
export const PROFILE_PRESENT = 128;
/** Events of one compartment; tenders ask for 20 to 50. */
export const EVENTS_KEPT_MAX = 20;

/** Compartments of the event log, after IS 15959: power, transactions, others, non-roll-over, control, voltage. */
export const EVENT_CLASSES = 6;
const NON_ROLLOVER = 3;

/** Where an event is kept, and what the Indian head-ends call it (IS 15959; null where it has no name there). */
const EVENTS: Readonly<
  Record<MeterEventCode, { readonly compartment: number; readonly eventId: number | null }>
> = {
  "last-gasp": { compartment: 0, eventId: 101 },
  "first-breath": { compartment: 0, eventId: 102 },
  "clock-set": { compartment: 1, eventId: 151 },
  "clock-invalid": { compartment: 1, eventId: null },
  "limit-set": { compartment: 1, eventId: 159 },
  "limit-removed": { compartment: 1, eventId: 160 },
  "postpaid-set": { compartment: 1, eventId: 211 },
  "prepaid-set": { compartment: 1, eventId: 212 },
  "topped-up": { compartment: 1, eventId: null },
  "key-changed": { compartment: 1, eventId: null },
  "credit-cleared": { compartment: 1, eventId: null },
  "tamper-cleared": { compartment: 1, eventId: null },
  "token-refused": { compartment: 2, eventId: null },
  "token-locked": { compartment: 2, eventId: null },
  magnet: { compartment: 2, eventId: 201 },
  "magnet-gone": { compartment: 2, eventId: 202 },
  "neutral-missing": { compartment: 2, eventId: 207 },
  "neutral-restored": { compartment: 2, eventId: 208 },
  // IS 15959 has no name for it: its 253 is a switch that is welded.
  "load-voltage": { compartment: 2, eventId: null },
  "load-voltage-gone": { compartment: 2, eventId: null },
  "over-limit-open": { compartment: 2, eventId: 215 },
  "over-limit-closed": { compartment: 2, eventId: 216 },
  "over-limit-lockout": { compartment: 2, eventId: null },
  "credit-low": { compartment: 2, eventId: null },
  "credit-emergency": { compartment: 2, eventId: null },
  "credit-out": { compartment: 2, eventId: null },
  "credit-overshoot": { compartment: 2, eventId: null },
  "cover-open": { compartment: NON_ROLLOVER, eventId: 251 },
  "relay-open": { compartment: 4, eventId: 301 },
  "relay-closed": { compartment: 4, eventId: 302 },
  "voltage-high": { compartment: 5, eventId: 7 },
  "voltage-high-over": { compartment: 5, eventId: 8 },
  "voltage-low": { compartment: 5, eventId: 9 },
  "voltage-low-over": { compartment: 5, eventId: 10 },
};

/** Identifier of IS 15959 for an event, or null. */
export const eventIdOf = (code: MeterEventCode): number | null => EVENTS[code].eventId;

/** Empty logs. */
export function createMeterLogs(meterCount: number): MeterLogState {
  return {
    profileImportWh: new Float64Array(meterCount * PROFILE_INTERVALS),
    profileExportWh: new Float64Array(meterCount * PROFILE_INTERVALS),
    profileFlags: new Uint8Array(meterCount * PROFILE_INTERVALS),
    profileEnd: new Float64Array(meterCount).fill(-1),
    events: Array.from({ length: meterCount * EVENT_CLASSES }, () => []),
  };
}

/** Registers at the end of an interval. */
export interface ProfileRow {
  readonly interval: number;
  readonly importWh: number;
  readonly exportWh: number;
  readonly flags: number;
}

/** Keeps one interval; those between it and the newest one stay without an entry. */
export function keepInterval(logs: MeterLogState, row: number, entry: ProfileRow): void {
  const { interval } = entry;
  const end = logs.profileEnd[row]!;
  const base = row * PROFILE_INTERVALS;
  const gapFrom = Math.max(end + 1, interval - PROFILE_INTERVALS + 1);
  for (let gap = gapFrom; gap < interval; gap++) {
    logs.profileFlags[base + (gap % PROFILE_INTERVALS)] = 0;
  }
  const slot = base + (interval % PROFILE_INTERVALS);
  logs.profileImportWh[slot] = entry.importWh;
  logs.profileExportWh[slot] = entry.exportWh;
  logs.profileFlags[slot] = entry.flags | PROFILE_PRESENT;
  logs.profileEnd[row] = Math.max(end, interval);
}

/** The entries whose intervals are from `first` to `last`, oldest first, at most `countMax`. */
export function profileEntries(
  logs: MeterLogState,
  row: number,
  intervalMs: number,
  span: { readonly first: number; readonly last: number; readonly countMax: number },
): readonly ProfileEntry[] {
  const entries: ProfileEntry[] = [];
  const end = logs.profileEnd[row]!;
  const first = Math.max(span.first, end - PROFILE_INTERVALS + 1, 0);
  const last = Math.min(span.last, end);
  for (let interval = first; interval <= last && entries.length < span.countMax; interval++) {
    const slot = row * PROFILE_INTERVALS + (interval % PROFILE_INTERVALS);
    const flags = logs.profileFlags[slot]!;
    if ((flags & PROFILE_PRESENT) === 0) continue;
    entries.push({
      measuredAt: interval * intervalMs,
      importWh: logs.profileImportWh[slot]!,
      exportWh: logs.profileExportWh[slot]!,
      intervalFlags: flags & ~PROFILE_PRESENT,
    });
  }
  return entries;
}

/** Keeps an event in its compartment. The oldest goes, save where nothing may ever be overwritten. */
export function keepEvent(logs: MeterLogState, row: number, event: LoggedEvent): void {
  // A board may tell of what this program does not know.
  if (!Object.hasOwn(EVENTS, event.code)) return;
  const { compartment } = EVENTS[event.code];
  const kept = logs.events[row * EVENT_CLASSES + compartment]!;
  if (kept.length < EVENTS_KEPT_MAX) kept.push(event);
  else if (compartment !== NON_ROLLOVER) {
    kept.shift();
    kept.push(event);
  }
}

/** A meter's events, oldest first. */
export function eventsOf(logs: MeterLogState, row: number): readonly LoggedEvent[] {
  return logs.events
    .slice(row * EVENT_CLASSES, (row + 1) * EVENT_CLASSES)
    .flat()
    .sort((a, b) => a.number - b.number);
}

/** Everything that a meter wrote down. */
export function logsOf(logs: MeterLogState, row: number, intervalMs: number): MeterLogs {
  const span = { first: 0, last: Number.POSITIVE_INFINITY, countMax: PROFILE_INTERVALS };
  return {
    profile: profileEntries(logs, row, intervalMs, span),
    events: eventsOf(logs, row),
  };
}

/** Empties a meter's logs, for those of its successor. */
export function clearLogs(logs: MeterLogState, row: number): void {
  const base = row * PROFILE_INTERVALS;
  logs.profileFlags.fill(0, base, base + PROFILE_INTERVALS);
  logs.profileImportWh.fill(0, base, base + PROFILE_INTERVALS);
  logs.profileExportWh.fill(0, base, base + PROFILE_INTERVALS);
  logs.profileEnd[row] = -1;
  for (let k = 0; k < EVENT_CLASSES; k++) logs.events[row * EVENT_CLASSES + k]!.length = 0;
}

/** Adds what a meter wrote down; entries that are no whole intervals are left out. */
export function addLogs(
  logs: MeterLogState,
  row: number,
  intervalMs: number,
  { profile, events }: MeterLogs,
): void {
  for (const { measuredAt, importWh, exportWh, intervalFlags } of profile) {
    const interval = measuredAt / intervalMs;
    if (!Number.isSafeInteger(interval) || interval < 0) continue;
    keepInterval(logs, row, { interval, importWh, exportWh, flags: intervalFlags });
  }
  for (const event of events) keepEvent(logs, row, event);
}
