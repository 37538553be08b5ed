// One data bearer: outboxes send, masts carry or do not, copies are lost, doubled or late; what arrives, arrives.

import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import { assert } from "../core/assert.ts";
import { ln } from "../core/math.ts";
import { drawUniform } from "../core/random.ts";
import type { SimMs } from "../core/time.ts";
import type { AirState, Flight, OutboxEntry } from "./state.ts";

/** Sequences that a meter gave up and the air still knows, in case a late copy arrives. */
export const MISSING_REMEMBERED_MAX = 1024;
const RETRY_DOUBLINGS_MAX = 5;
const ATTEMPTS_PER_MESSAGE = 4096;

const PURPOSE = {
  spread: 200,
  loss: 201,
  delay: 202,
  double: 203,
  downLoss: 204,
  downDelay: 205,
  retry: 206,
};

/** What never changes about the air; part of the resolved scenario. */
export interface AirSpec {
  readonly seed: number;
  readonly masts: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  /** Row: meter. Which mast serves it. */
  readonly mastOfMeter: readonly number[];
  readonly intervalMs: number;
  readonly delayMinMs: number;
  /** Mean of the exponential part of the delay. */
  readonly delayMeanMs: number;
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Readings are sent at a random moment of this span after their interval, so that they do not stampede. */
  readonly spreadMs: number;
  /** Wait for an acknowledgement before the first repetition; doubles up to 32 times. */
  readonly retryMs: number;
  /** Readings a meter keeps; the oldest are given up and reported missing. */
  readonly outboxMax: number;
}

/** Silence: nothing made, nothing under way, every mast up. */
export function createAir(spec: AirSpec): AirState {
  const meters = spec.mastOfMeter.length;
  return {
    mastDown: new Uint8Array(spec.masts.length),
    outbox: spec.mastOfMeter.map(() => []),
    flights: [],
    nextMessage: new Float64Array(meters),
    nextDownlink: new Float64Array(meters),
    missing: spec.mastOfMeter.map(() => []),
    counts: {
      made: 0,
      sent: 0,
      retried: 0,
      lostOnAir: 0,
      duplicated: 0,
      delivered: 0,
      late: 0,
      reportedMissing: 0,
    },
  };
}

/** A meter hands a message to its modem at `at`; returns how many readings it had to give up for it. */
export function post(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: UplinkMessage,
  at: SimMs,
): number {
  const number = air.nextMessage[row]!;
  air.nextMessage[row] = number + 1;
  const isReading = message.kind === "reading";
  const spread = isReading ? drawUniform(spec.seed, row, number, PURPOSE.spread) : 0;
  const outbox = air.outbox[row]!;
  let dropped = 0;
  if (isReading) {
    air.counts.made++;
    dropped = makeRoom(spec, air, row);
  }
  outbox.push({
    number,
    message,
    attempts: 0,
    nextTryAt: at + Math.floor(spread * spec.spreadMs),
    hasArrived: false,
  });
  return dropped;
}

function makeRoom(spec: AirSpec, air: AirState, row: number): number {
  const outbox = air.outbox[row]!;
  let readings = 0;
  for (const entry of outbox) if (entry.message.kind === "reading") readings++;
  let dropped = 0;
  while (readings >= spec.outboxMax) {
    const oldest = outbox.findIndex((entry) => entry.message.kind === "reading");
    const [gone] = outbox.splice(oldest, 1);
    readings--;
    if (gone === undefined || gone.message.kind !== "reading" || gone.hasArrived) continue;
    dropped++;
    air.counts.reportedMissing++;
    const missing = air.missing[row]!;
    missing.push(gone.message.sequence);
    if (missing.length > MISSING_REMEMBERED_MAX) missing.shift();
    const supply = gone.message.supply;
    const throughSequence = gone.message.sequence;
    const report = outbox.find((entry) => entry.message.kind === "readings-lost");
    if (report !== undefined) outbox.splice(outbox.indexOf(report), 1);
    const number = air.nextMessage[row]!;
    air.nextMessage[row] = number + 1;
    outbox.push({
      number,
      message: { kind: "readings-lost", supply, throughSequence },
      attempts: 0,
      nextTryAt: gone.nextTryAt,
      hasArrived: false,
    });
  }
  return dropped;
}

/** Sends what is due up to `now`. A mast that is down costs an attempt, not a transmission. */
export function send(spec: AirSpec, air: AirState, now: SimMs): void {
  for (let row = 0; row < air.outbox.length; row++) {
    const outbox = air.outbox[row]!;
    for (let index = 0; index < outbox.length; index++) {
      const entry = outbox[index]!;
      const isOnce = isSentOnce(entry.message);
      while (entry.nextTryAt <= now && !(isOnce && entry.attempts > 0)) {
        sendOnce(spec, air, row, entry);
      }
    }
    for (let index = outbox.length - 1; index >= 0; index--) {
      const entry = outbox[index]!;
      if (isSentOnce(entry.message) && entry.attempts > 0) outbox.splice(index, 1);
    }
  }
}

/** Nothing waits for an answer that the head-end does not give. */
const isSentOnce = ({ kind }: UplinkMessage): boolean =>
  kind === "command-ack" || kind === "meter-event" || kind === "profile";

function sendOnce(spec: AirSpec, air: AirState, row: number, entry: OutboxEntry): void {
  const sendAt = entry.nextTryAt;
  // Beyond these the draws come round again, so that no message is stuck for ever at one that loses it.
  const tick = entry.number * ATTEMPTS_PER_MESSAGE + (entry.attempts % ATTEMPTS_PER_MESSAGE);
  const wait = spec.retryMs * (1 << Math.min(entry.attempts, RETRY_DOUBLINGS_MAX));
  const jitter = 0.75 + 0.5 * drawUniform(spec.seed, row, tick, PURPOSE.retry);
  entry.nextTryAt = sendAt + Math.max(1, Math.floor(wait * jitter));
  const isUp = air.mastDown[spec.mastOfMeter[row]!] === 0;
  const isReading = entry.message.kind === "reading";
  const isRepeated = entry.attempts > 0;
  if (!isUp && isSentOnce(entry.message)) return;
  if (!isUp) {
    entry.attempts++;
    return;
  }
  entry.attempts++;
  if (isReading) {
    air.counts.sent++;
    if (isRepeated) air.counts.retried++;
  }
  if (drawUniform(spec.seed, row, tick, PURPOSE.loss) < spec.lossShare) {
    if (isReading) air.counts.lostOnAir++;
    return;
  }
  const dueAt = sendAt + delayMs(spec, drawUniform(spec.seed, row, tick, PURPOSE.delay));
  air.flights.push({ dueAt, row, uplink: entry.message, downlink: null });
  const u = drawUniform(spec.seed, row, tick, PURPOSE.double);
  if (u >= spec.duplicateShare) return;
  if (isReading) air.counts.duplicated++;
  const again = dueAt + delayMs(spec, u / spec.duplicateShare);
  air.flights.push({ dueAt: again, row, uplink: entry.message, downlink: null });
}

/** Shifted exponential delay of a uniform number in [0, 1). */
function delayMs(spec: AirSpec, u: number): number {
  return Math.round(spec.delayMinMs - spec.delayMeanMs * ln(1 - u));
}

/** The head-end sends a message to a meter at `at`; lost where the mast is down. Returns whether it is on its way. */
export function sendDown(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: DownlinkMessage,
  at: SimMs,
): boolean {
  const number = air.nextDownlink[row]!;
  air.nextDownlink[row] = number + 1;
  if (air.mastDown[spec.mastOfMeter[row]!] !== 0) return false;
  if (drawUniform(spec.seed, row, number, PURPOSE.downLoss) < spec.lossShare) return false;
  const dueAt = at + delayMs(spec, drawUniform(spec.seed, row, number, PURPOSE.downDelay));
  air.flights.push({ dueAt, row, uplink: null, downlink: message });
  return true;
}

export interface Arrival {
  readonly row: number;
  readonly at: SimMs;
  readonly message: UplinkMessage;
}

/** Lands everything due up to `now`: uplinks into `arrivals` by (time, order of sending), commands into `delivered`. */
export function land(
  spec: AirSpec,
  air: AirState,
  now: SimMs,
  arrivals: Arrival[],
  delivered: { row: number; message: DownlinkMessage }[],
): void {
  const due: Flight[] = [];
  let kept = 0;
  const { flights } = air;
  for (let index = 0; index < flights.length; index++) {
    const flight = flights[index]!;
    if (flight.dueAt <= now) due.push(flight);
    else flights[kept++] = flight;
  }
  flights.length = kept;
  due.sort((a, b) => a.dueAt - b.dueAt); // stable: equal times keep the order of sending
  for (const flight of due) {
    if (flight.uplink !== null) {
      noteArrival(spec, air, flight.row, flight.uplink, flight.dueAt);
      arrivals.push({ row: flight.row, at: flight.dueAt, message: flight.uplink });
    } else if (flight.downlink !== null) {
      if (flight.downlink.kind === "reading-ack") forget(air, flight.row, flight.downlink.sequence);
      else if (flight.downlink.kind === "command")
        delivered.push({ row: flight.row, message: flight.downlink });
    }
  }
}

/**
 * Sends, lands and acknowledges everything up to `now` in the order of time, so that a meter hears of an
 * acknowledgement before it would try again, whatever the step. The bearer acknowledges every copy of a reading as
 * it lands (at least once: MQTT 3.1.1, 4.3.2); what a command does is for its meter to answer.
 */
export function advance(
  spec: AirSpec,
  air: AirState,
  now: SimMs,
  arrivals: Arrival[],
  delivered: { row: number; message: DownlinkMessage }[],
): void {
  for (let at = nextDue(air); at <= now; at = nextDue(air)) {
    let acknowledged = arrivals.length;
    land(spec, air, at, arrivals, delivered);
    for (; acknowledged < arrivals.length; acknowledged++) {
      const { row, at: landedAt, message } = arrivals[acknowledged]!;
      if (message.kind !== "reading") continue;
      const { supply, sequence } = message;
      sendDown(spec, air, row, { kind: "reading-ack", supply, sequence }, landedAt);
    }
    send(spec, air, at);
  }
}

/** When something is sent or lands next. */
function nextDue(air: AirState): SimMs {
  let due = Number.POSITIVE_INFINITY;
  for (const flight of air.flights) if (flight.dueAt < due) due = flight.dueAt;
  for (const outbox of air.outbox) {
    for (const entry of outbox) if (entry.nextTryAt < due) due = entry.nextTryAt;
  }
  return due;
}

/** Counts a reading's first arrival; a report of lost readings has done its work. */
function noteArrival(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: UplinkMessage,
  at: SimMs,
): void {
  const outbox = air.outbox[row]!;
  if (message.kind === "readings-lost") {
    const index = outbox.findIndex(
      ({ message: waiting }) =>
        waiting.kind === "readings-lost" && waiting.throughSequence <= message.throughSequence,
    );
    if (index >= 0) outbox.splice(index, 1);
    return;
  }
  if (message.kind !== "reading") return;
  const { sequence, measuredAt } = message;
  const entry = outbox.find(
    (waiting) => waiting.message.kind === "reading" && waiting.message.sequence === sequence,
  );
  const missing = air.missing[row]!;
  const givenUp = missing.indexOf(sequence);
  const isFirst = entry !== undefined ? !entry.hasArrived : givenUp >= 0;
  if (!isFirst) return;
  if (entry !== undefined) entry.hasArrived = true;
  else {
    missing.splice(givenUp, 1);
    air.counts.reportedMissing--;
  }
  air.counts.delivered++;
  if (at - measuredAt > spec.intervalMs) air.counts.late++;
}

/** The meter learns that a reading has arrived and drops it. */
function forget(air: AirState, row: number, sequence: number): void {
  const outbox = air.outbox[row]!;
  const index = outbox.findIndex(
    (entry) => entry.message.kind === "reading" && entry.message.sequence === sequence,
  );
  if (index >= 0) outbox.splice(index, 1);
}

/** Readings of one meter that are in its outbox and have not arrived. */
export function waitingReadings(air: AirState, row: number): number {
  let waiting = 0;
  for (const entry of air.outbox[row]!) {
    if (entry.message.kind === "reading" && !entry.hasArrived) waiting++;
  }
  return waiting;
}

/** made = delivered + waiting + reportedMissing, or we are wrong. */
export function assertReadingsConserved(air: AirState): void {
  let waiting = 0;
  for (let row = 0; row < air.outbox.length; row++) waiting += waitingReadings(air, row);
  const { made, delivered, reportedMissing } = air.counts;
  assert(
    made === delivered + waiting + reportedMissing,
    `${made} readings made, but ${delivered} delivered + ${waiting} waiting + ${reportedMissing} missing`,
  );
}

const OUTAGE_BITS = { scenario: 1, hand: 2 } as const;

/** Takes a mast down or up for one reason; it is up when no reason is left. Returns whether that changed. */
export function setMast(
  air: AirState,
  mast: number,
  reason: keyof typeof OUTAGE_BITS,
  position: "down" | "up",
): boolean {
  const before = air.mastDown[mast]!;
  const bit = OUTAGE_BITS[reason];
  // A person who says "up" means it, whatever took the mast down.
  const after = position === "down" ? before | bit : reason === "hand" ? 0 : before & ~bit;
  air.mastDown[mast] = after;
  return (before === 0) !== (after === 0);
}
