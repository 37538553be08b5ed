// Outboxes: what a meter keeps until it knows that the head-end has it. They lie in its flash memory and survive a
// power cut. Which goes first: by priority of the kind, then in the order in which they were made. Readings go oldest
// first, because the oldest are what a full outbox gives up: so an outage costs as few as it can.

import type { UplinkMessage } from "../contract/reading.ts";
import { drawUniform } from "../core/random.ts";
import type { SimMs } from "../core/time.ts";
import { NEVER_MS, setDue } from "./due.ts";
import { isLastGasp, KINDS_MAX, MESSAGE_KINDS, ruleOf } from "./kinds.ts";
import { PURPOSE } from "./purposes.ts";
import type { AirSpec } from "./spec.ts";
import { type AirState, MODEM, type OutboxEntry } from "./state.ts";

/** Sequences that a meter gave up and the air still knows, in case a late copy arrives. */
export const MISSING_REMEMBERED_MAX = 1024;
/** Messages that are no readings and wait in one outbox; the oldest are given up. */
export const OTHERS_MAX = 64;

/** Puts a message into an outbox at `at`. Returns what had to be given up for it, usually nothing. */
export function enqueue(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: UplinkMessage,
  at: SimMs,
): readonly UplinkMessage[] {
  const { isReading } = ruleOf(message);
  const dropped = isReading ? makeRoom(spec, air, row, at) : makeRoomForOther(air, row);
  if (isReading) {
    air.counts.made++;
    air.waiting[row] = air.waiting[row]! + 1;
  }
  const entry = addEntry(air, row, message, at);
  if (isReading) {
    const spread = drawUniform(spec.seed, row, entry.number, PURPOSE.spread);
    entry.nextTryAt = at + Math.floor(spread * spec.spreadMs);
  }
  refreshDue(air, row);
  return dropped;
}

const NOTHING: readonly UplinkMessage[] = [];

function addEntry(air: AirState, row: number, message: UplinkMessage, at: SimMs): OutboxEntry {
  const entry: OutboxEntry = {
    number: takeNumber(air, row, message),
    message,
    attempts: 0,
    nextTryAt: at,
    awaitsData: false,
    hasArrived: false,
  };
  air.outbox[row]!.push(entry);
  return entry;
}

/** A number for a message. Each kind counts for itself: what a meter says to commands moves no draw of its readings. */
export function takeNumber(
  { nextMessage }: AirState,
  row: number,
  { kind }: UplinkMessage,
): number {
  const code = MESSAGE_KINDS.indexOf(kind);
  const counter = row * KINDS_MAX + code;
  const count = nextMessage[counter]!;
  nextMessage[counter] = count + 1;
  return count * KINDS_MAX + code;
}

/** The oldest readings make room; one report says up to which they were given up. */
function makeRoom(spec: AirSpec, air: AirState, row: number, at: SimMs): readonly UplinkMessage[] {
  const outbox = air.outbox[row]!;
  let readings = 0;
  for (const { message } of outbox) if (ruleOf(message).isReading) readings++;
  if (readings < spec.outboxMax) return NOTHING;
  const dropped: UplinkMessage[] = [];
  for (; readings >= spec.outboxMax; readings--) {
    const oldest = outbox.findIndex(({ message }) => ruleOf(message).isReading);
    const [gone] = outbox.splice(oldest, 1);
    if (gone?.message.kind !== "reading" || gone.hasArrived) continue;
    dropped.push(gone.message);
    air.waiting[row] = air.waiting[row]! - 1;
    air.counts.reportedMissing++;
    const missing = air.missing[row]!;
    missing.push(gone.message.sequence);
    if (missing.length > MISSING_REMEMBERED_MAX) missing.shift();
    reportLoss(air, row, gone.message.supply, gone.message.sequence, at);
  }
  return dropped;
}

/** The newest report says all that the older ones did. */
function reportLoss(
  air: AirState,
  row: number,
  supply: string,
  throughSequence: number,
  at: SimMs,
): void {
  const outbox = air.outbox[row]!;
  const older = outbox.findIndex(({ message }) => message.kind === "readings-lost");
  if (older >= 0) outbox.splice(older, 1);
  addEntry(air, row, { kind: "readings-lost", supply, throughSequence }, at);
}

function makeRoomForOther(air: AirState, row: number): readonly UplinkMessage[] {
  const outbox = air.outbox[row]!;
  let others = 0;
  for (const { message } of outbox) if (!ruleOf(message).isReading) others++;
  if (others < OTHERS_MAX) return NOTHING;
  // A report of lost readings is the only word of them; it stays.
  const oldest = outbox.findIndex(
    ({ message }) => !ruleOf(message).isReading && message.kind !== "readings-lost",
  );
  return oldest < 0 ? NOTHING : outbox.splice(oldest, 1).map(({ message }) => message);
}

/** What a registered modem sends at `at`: the first by priority of what is due, the oldest of several. */
export function nextEntry(air: AirState, row: number, at: SimMs): OutboxEntry | undefined {
  let first: OutboxEntry | undefined;
  for (const entry of air.outbox[row]!) {
    if (entry.nextTryAt > at) continue;
    if (first === undefined || ruleOf(entry.message).priority < ruleOf(first.message).priority) {
      first = entry;
    }
  }
  return first;
}

/** Works out anew when a row acts next: its modem, or its outbox once the radio is free. */
export function refreshDue(air: AirState, row: number): void {
  const { phase, actsAt, freeAt } = air.modems;
  let at = actsAt[row]!;
  if (phase[row] === MODEM.registered) {
    let first = NEVER_MS;
    for (const { nextTryAt } of air.outbox[row]!) if (nextTryAt < first) first = nextTryAt;
    if (first !== NEVER_MS) at = Math.min(at, Math.max(first, freeAt[row]!));
  }
  setDue(air.due, row, at);
}

/**
 * Counts a first arrival; a late copy of a reading that was given up is no longer missing. False where it is a copy of
 * what has arrived before, or was given up and is nobody's loss.
 */
export function noteArrival(spec: AirSpec, air: AirState, row: number, arrived: Arrived): boolean {
  const { number, message } = arrived;
  const entry = air.outbox[row]!.find((waiting) => waiting.number === number);
  if (message.kind !== "reading") {
    // What is sent once has left the outbox already.
    if (!ruleOf(message).isAcknowledged || isLastGasp(message)) return true;
    if (entry === undefined || entry.hasArrived) return false;
    entry.hasArrived = true;
    return true;
  }
  if (entry === undefined) {
    const missing = air.missing[row]!;
    const givenUp = missing.indexOf(message.sequence);
    if (givenUp < 0) return false;
    missing.splice(givenUp, 1);
    air.counts.reportedMissing--;
  } else {
    if (entry.hasArrived) return false;
    entry.hasArrived = true;
    air.waiting[row] = air.waiting[row]! - 1;
  }
  countDelivered(spec, air, arrived, message.measuredAt);
  return true;
}

function countDelivered(
  { intervalMs }: AirSpec,
  { counts }: AirState,
  { bearer, at }: Arrived,
  measuredAt: SimMs,
): void {
  counts.delivered++;
  if (bearer === "sms") counts.bySms++;
  if (at - measuredAt > intervalMs) counts.late++;
}

interface Arrived {
  readonly number: number;
  readonly message: UplinkMessage;
  readonly bearer: "data" | "sms";
  readonly at: SimMs;
}

/** The meter learns that a message has arrived, or gives it up, and drops it. */
export function forget(air: AirState, row: number, number: number): void {
  const outbox = air.outbox[row]!;
  const index = outbox.findIndex((entry) => entry.number === number);
  if (index >= 0) outbox.splice(index, 1);
}
