// The air in the order of time: modems act, outboxes send, what is under way lands and is acknowledged. Nothing here
// depends on how time is cut into steps.

import type { DownlinkMessage, MeterCommand, UplinkMessage } from "../contract/reading.ts";
import { assert } from "../core/assert.ts";
import { MINUTE_MS, SECOND_MS, type SimMs } from "../core/time.ts";
import { acknowledge, gasp, isLostOnRadio, noteDataAnswer, transmitNext } from "./bearer.ts";
import { takeCapacity } from "./capacity.ts";
import { createDue, firstDue, firstRow } from "./due.ts";
import { endFlight, nextLanding, relaunch, takeFirst } from "./flights.ts";
import { isLastGasp, KINDS_MAX, ruleOf } from "./kinds.ts";
import { isRelayOrder } from "./orders.ts";
import { isPathUp, isUp } from "./outages.ts";
import { enqueue, forget, noteArrival, refreshDue } from "./outbox.ts";
import { PURPOSE } from "./purposes.ts";
import { createModems, servingMast, stepModem } from "./registration.ts";
import { keep } from "./sms-centre.ts";
import type { AirSpec } from "./spec.ts";
import type { AirState, Flight } from "./state.ts";

/** The centre tries again after a minute where the mast is full or the meter did not confirm. */
const CENTRE_RETRY_MS = MINUTE_MS;

/** Silence: nothing made, nothing under way, everything up, every modem registered. */
export function createAir(spec: AirSpec): AirState {
  const meters = spec.candidates.length;
  const masts = spec.masts.length;
  return {
    mastDown: new Uint8Array(masts),
    backhaulDown: new Uint8Array(masts),
    networkDown: new Uint8Array(3),
    load: {
      minute: new Float64Array(masts),
      sms: new Float64Array(masts),
      data: new Float64Array(masts),
      smsBefore: new Float64Array(masts),
      dataBefore: new Float64Array(masts),
    },
    modems: createModems(spec),
    outbox: spec.candidates.map(() => []),
    waiting: new Float64Array(meters),
    due: createDue(meters),
    flights: [],
    nextFlight: new Float64Array(1),
    underWay: new Uint16Array(meters),
    smsKept: spec.candidates.map(() => []),
    smsHeld: [],
    texts: [],
    nextText: new Float64Array(meters),
    nextMessage: new Float64Array(meters * KINDS_MAX),
    nextDownlink: new Float64Array(meters),
    orderedAt: new Float64Array(meters),
    missing: spec.candidates.map(() => []),
    counts: {
      made: 0,
      sent: 0,
      retried: 0,
      lostOnAir: 0,
      duplicated: 0,
      delivered: 0,
      bySms: 0,
      late: 0,
      reportedMissing: 0,
      congested: 0,
      registrations: 0,
      textsSent: 0,
      textsReceived: 0,
    },
  };
}

export interface Arrival {
  readonly row: number;
  readonly at: SimMs;
  readonly message: UplinkMessage;
}

/** Where what lands for meters is put. */
export interface Deliveries {
  push(landing: Landing): unknown;
}

export interface Delivery {
  readonly row: number;
  readonly message: DownlinkMessage;
}

/** A command that has landed, and when. */
export interface Landing {
  readonly row: number;
  readonly message: MeterCommand;
  readonly landedAt: SimMs;
}

/** A meter hands a message to its modem at `at`. Returns what it had to give up for it, usually nothing. */
export function post(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: UplinkMessage,
  at: SimMs,
): readonly UplinkMessage[] {
  if (!isLastGasp(message)) return enqueue(spec, air, row, message, at);
  gasp(spec, air, row, message, at);
  return [];
}

/** Everything up to `now`: what reaches the head-end goes into `arrivals`, commands into `delivered`, by time. */
export function advance(
  spec: AirSpec,
  air: AirState,
  now: SimMs,
  arrivals: Arrival[],
  delivered: Deliveries,
): void {
  for (;;) {
    const landingAt = nextLanding(air);
    const actsAt = firstDue(air.due);
    if (Math.min(landingAt, actsAt) > now) return;
    if (landingAt <= actsAt) land(spec, air, takeFirst(air), arrivals, delivered);
    else act(spec, air, firstRow(air.due), actsAt);
  }
}

function act(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  if (air.modems.actsAt[row]! <= at) stepModem(spec, air, row, at);
  else transmitNext(spec, air, row, at);
}

function land(
  spec: AirSpec,
  air: AirState,
  flight: Flight,
  arrivals: Arrival[],
  delivered: Deliveries,
): void {
  const { bearer, uplink, downlink, sentAt, dueAt } = flight;
  const isThrough = isUp(air, "core") && isUp(air, bearer);
  if (bearer === "sms" && dueAt - sentAt > spec.sms.validityMs) {
    loseFlight(air, flight);
  } else if (bearer === "sms" && !isThrough) {
    air.smsHeld.push(flight);
  } else if (uplink !== null) {
    if (isThrough) arrive(spec, air, flight, uplink, arrivals);
    else loseFlight(air, flight);
  } else if (downlink !== null) deliver(spec, air, flight, downlink, delivered);
}

function loseFlight(air: AirState, flight: Flight): void {
  endFlight(air, flight);
  if (flight.uplink !== null && ruleOf(flight.uplink).isReading) air.counts.lostOnAir++;
}

/** A copy reaches the head-end, and is acknowledged. */
function arrive(
  spec: AirSpec,
  air: AirState,
  flight: Flight,
  message: UplinkMessage,
  arrivals: Arrival[],
): void {
  const { row, number, bearer, dueAt: at } = flight;
  endFlight(air, flight);
  const isNew = noteArrival(spec, air, row, { number, message, bearer, at });
  const { isReading, isAcknowledged } = ruleOf(message);
  // The head-end tells copies of readings apart itself, by their sequence; of the rest it hears one by its number.
  if (isNew || isReading) arrivals.push({ row, at, message });
  if (!isAcknowledged) return;
  const ack = { kind: "uplink-ack", supply: message.supply, message: number } as const;
  acknowledge(spec, air, flight, ack, at);
}

/** A message reaches its meter, or waits in the SMS centre for it, or is lost where the meter is away. */
function deliver(
  spec: AirSpec,
  air: AirState,
  flight: Flight,
  message: DownlinkMessage,
  delivered: Deliveries,
): void {
  const { row, bearer, dueAt: at } = flight;
  const mast = servingMast(air, row);
  const isInReach = mast >= 0 && isPathUp(air, mast, bearer);
  if (!isInReach && bearer === "sms") {
    keep(air, flight);
    return;
  }
  if (bearer === "sms" && !getsThrough(spec, air, row, mast, at)) {
    relaunch(air, flight, at + CENTRE_RETRY_MS);
    return;
  }
  endFlight(air, flight);
  if (!isInReach) return;
  if (message.kind === "command") {
    if (isInOrder(air, row, message)) delivered.push({ row, message, landedAt: at });
    return;
  }
  if (bearer === "data") noteDataAnswer(air, row);
  forget(air, row, message.message);
  refreshDue(air, row);
}

/** Whether the centre's attempt at `at` finds a channel of the mast and survives the radio; the meter confirms it. */
function getsThrough(spec: AirSpec, air: AirState, row: number, mast: number, at: SimMs): boolean {
  if (!takeCapacity(spec, air, mast, "sms", at)) return false;
  return !isLostOnRadio(spec, air, row, Math.floor(at / SECOND_MS), PURPOSE.smsRadio, at);
}

/** An order to the relay that is older than one that the meter has had is not handed on. */
function isInOrder({ orderedAt }: AirState, row: number, message: MeterCommand): boolean {
  if (!isRelayOrder(message)) return true;
  if (message.issuedAt < orderedAt[row]!) return false;
  orderedAt[row] = message.issuedAt;
  return true;
}

/**
 * made = delivered + waiting + reportedMissing, or we are wrong. Counts, and one outbox counted anew at each call, so
 * that a reading which vanished without being counted is found within as many steps as there are meters.
 */
export function assertReadingsConserved(air: AirState, call: number): void {
  let waiting = 0;
  for (let row = 0; row < air.waiting.length; row++) waiting += air.waiting[row]!;
  const { made, delivered, reportedMissing } = air.counts;
  assert(
    made === delivered + waiting + reportedMissing,
    `${made} readings made, but ${delivered} delivered + ${waiting} waiting + ${reportedMissing} missing`,
  );
  const row = call % air.waiting.length;
  const found = countWaiting(air, row);
  assert(
    found === air.waiting[row],
    `meter ${row}: ${air.waiting[row]} readings wait, but ${found} are in its outbox`,
  );
}

/** Readings of one meter that are in its outbox and have not arrived, counted one by one. */
export function countWaiting({ outbox }: AirState, row: number): number {
  let waiting = 0;
  for (const { message, hasArrived } of outbox[row]!) {
    if (ruleOf(message).isReading && !hasArrived) waiting++;
  }
  return waiting;
}
