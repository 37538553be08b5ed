// One transmission: over which bearer, whether the mast has room, whether it is lost, doubled, and when it lands.
// Data first (fast, at least once); after two silences of data a modem falls back to SMS (slow, late, out of order)
// and tries data again from time to time.

import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import { drawUniform } from "../core/random.ts";
import { MINUTE_MS, SECOND_MS, type SimMs } from "../core/time.ts";
import { takeCapacity } from "./capacity.ts";
import { dataDelayMs, smsDelayMs } from "./delays.ts";
import { launch } from "./flights.ts";
import { isBurst } from "./gilbert.ts";
import { ruleOf } from "./kinds.ts";
import { isRelayOrder } from "./orders.ts";
import { isPathUp, isUp } from "./outages.ts";
import { forget, nextEntry, refreshDue, takeNumber } from "./outbox.ts";
import { PURPOSE } from "./purposes.ts";
import { blockedWaitMs, levelOf, servingMast } from "./registration.ts";
import { signalBand } from "./signal.ts";
import type { AirSpec } from "./spec.ts";
import { type AirState, type Bearer, MODEM, type OutboxEntry } from "./state.ts";

const RETRY_DOUBLINGS_MAX = 5;
const ATTEMPTS_PER_MESSAGE = 4096;
/** An SMS and its answer take longer than a packet and its own: so many times the patience. */
const SMS_PATIENCE = 5;
/** Silences of data in a row after which a modem uses SMS. */
const SILENCES_MAX = 2;
/** How long a modem stays with SMS before it tries data again, a quarter of it left to chance. */
const PROBE_MS = 30 * MINUTE_MS;
/** One radio, one message at a time: a packet and its answer, or the hold of a signalling channel. */
const RADIO_HOLD_MS = { data: SECOND_MS, sms: 4 * SECOND_MS } as const;
const BLOCKED_MAX = 7;

/** Sends what a meter has to send first. A mast that is full costs time and no attempt. */
export function transmitNext(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const entry = nextEntry(air, row, at);
  const mast = servingMast(air, row);
  if (entry !== undefined && mast >= 0) transmit(spec, air, row, mast, entry, at);
  refreshDue(air, row);
}

function transmit(
  spec: AirSpec,
  air: AirState,
  row: number,
  mast: number,
  entry: OutboxEntry,
  at: SimMs,
): void {
  const { seed } = spec;
  const { modems } = air;
  const tick = tickOf(entry);
  noteSilence(air, row, entry);
  const bearer = chooseBearer(spec, air, row, mast, tick, at);
  if (!takeCapacity(spec, air, mast, bearer, at)) {
    const u = drawUniform(seed, row, tick + modems.blocked[row]!, PURPOSE.blocked);
    modems.freeAt[row] = at + blockedWaitMs(modems.blocked[row]!, u);
    modems.blocked[row] = Math.min(BLOCKED_MAX, modems.blocked[row]! + 1);
    return;
  }
  modems.blocked[row] = 0;
  modems.freeAt[row] = at + RADIO_HOLD_MS[bearer];
  countAttempt(air, entry);
  const patience = bearer === "sms" ? SMS_PATIENCE : 1;
  const waitMs = patience * spec.retryMs * (1 << Math.min(entry.attempts, RETRY_DOUBLINGS_MAX));
  const jitter = 0.75 + 0.5 * drawUniform(seed, row, tick, PURPOSE.retry);
  entry.nextTryAt = at + Math.max(1, Math.floor(waitMs * jitter));
  entry.attempts++;
  entry.awaitsData = bearer === "data";
  const { isAcknowledged, isReading } = ruleOf(entry.message);
  if (!isAcknowledged) forget(air, row, entry.number);
  const isLost =
    !isPathUp(air, mast, bearer) ||
    isLostOnRadio(spec, air, row, tick, PURPOSE.loss, at) ||
    (bearer === "sms" && isLostInCentre(spec, row, tick, PURPOSE.smsLoss)) ||
    !sendCopies(spec, air, row, bearer, entry, tick, at);
  if (isLost && isReading) air.counts.lostOnAir++;
}

/** Beyond ATTEMPTS_PER_MESSAGE the draws come round again, so that no message is stuck at one that loses it. */
const tickOf = ({ number, attempts }: OutboxEntry): number =>
  2 * (number * ATTEMPTS_PER_MESSAGE + (attempts % ATTEMPTS_PER_MESSAGE));

/** A message that is sent again over data was not answered over data. */
function noteSilence({ modems }: AirState, row: number, entry: OutboxEntry): void {
  if (!entry.awaitsData) return;
  entry.awaitsData = false;
  modems.silent[row] = Math.min(SILENCES_MAX, modems.silent[row]! + 1);
}

function chooseBearer(
  { seed, candidates }: AirSpec,
  { modems }: AirState,
  row: number,
  mast: number,
  tick: number,
  at: SimMs,
): Bearer {
  const heard = candidates[row]!.find((candidate) => candidate.mast === mast);
  if (heard === undefined || !signalBand(heard.levelDbm).isDataUsable) return "sms";
  if (modems.silent[row]! < SILENCES_MAX) return "data";
  const u = drawUniform(seed, row, tick, PURPOSE.probe);
  const nextProbeAt = at + Math.floor(PROBE_MS * (0.875 + 0.25 * u));
  if (modems.probeAt[row] === 0) modems.probeAt[row] = nextProbeAt;
  if (at < modems.probeAt[row]!) return "sms";
  modems.probeAt[row] = nextProbeAt;
  return "data";
}

/** Data has answered: the modem stays with it. */
export function noteDataAnswer({ modems }: AirState, row: number): void {
  modems.silent[row] = 0;
  modems.probeAt[row] = 0;
}

function countAttempt({ counts }: AirState, { message, attempts }: OutboxEntry): void {
  if (!ruleOf(message).isReading) return;
  counts.sent++;
  if (attempts > 0) counts.retried++;
}

/** Whether the radio loses a message. One draw; the bursts are of the second, not of the message. */
export function isLostOnRadio(
  spec: AirSpec,
  air: AirState,
  row: number,
  tick: number,
  purpose: number,
  at: SimMs,
): boolean {
  const { seed, lossShare, isFading } = spec;
  const band = signalBand(levelOf(spec, row, air.modems.mast[row]!));
  const kept = (1 - lossShare) * (isFading ? 1 - band.lossShare : 1);
  if (drawUniform(seed, row, tick, purpose) >= kept) return true;
  return isFading && isBurst(seed, row, band.bursts, at);
}

/** Whether the SMS centre loses a message. */
const isLostInCentre = ({ seed, sms }: AirSpec, row: number, tick: number, purpose: number) =>
  drawUniform(seed, row, tick, purpose) < sms.lossShare;

/** One copy, sometimes two. False where too many are under way already. */
function sendCopies(
  spec: AirSpec,
  air: AirState,
  row: number,
  bearer: Bearer,
  { number, message: uplink }: OutboxEntry,
  tick: number,
  at: SimMs,
): boolean {
  const { seed, sms } = spec;
  const flight = { sentAt: at, row, bearer, number, uplink, downlink: null };
  const isSms = bearer === "sms";
  const delayMs = isSms
    ? smsDelayMs("up", seed, row, tick, PURPOSE.smsUp)
    : dataDelayMs(spec, drawUniform(seed, row, tick, PURPOSE.delay));
  const dueAt = at + delayMs;
  if (!launch(air, { ...flight, dueAt, tick })) return false;
  const doubleShare = 1 - (1 - spec.duplicateShare) * (isSms ? 1 - sms.duplicateShare : 1);
  const u = drawUniform(seed, row, tick, PURPOSE.double);
  if (u >= doubleShare) return true;
  const laterMs = isSms
    ? smsDelayMs("up", seed, row, tick, PURPOSE.smsCopy)
    : dataDelayMs(spec, u / doubleShare);
  const isDoubled = launch(air, { ...flight, dueAt: dueAt + laterMs, tick: tick + 1 });
  if (isDoubled && ruleOf(uplink).isReading) air.counts.duplicated++;
  return true;
}

/** Share of last gasps that arrive, of those sent at all: few capacitors last for a whole attempt (10 to 30 %). */
const GASP_ARRIVES_SHARE = 0.2;

/** A meter's last word: one attempt, with the mast that its modem was registered with when the supply went. */
export function gasp(
  spec: AirSpec,
  air: AirState,
  row: number,
  uplink: UplinkMessage,
  at: SimMs,
): void {
  const { seed } = spec;
  const number = takeNumber(air, row, uplink);
  const tick = 2 * number * ATTEMPTS_PER_MESSAGE;
  const { phase, mast: masts } = air.modems;
  const isWithMast = phase[row] === MODEM.registered || phase[row] === MODEM.dark;
  const mast = isWithMast ? masts[row]! : -1;
  if (mast < 0 || drawUniform(seed, row, tick, PURPOSE.gasp) >= GASP_ARRIVES_SHARE) return;
  if (!isPathUp(air, mast, "data") || !takeCapacity(spec, air, mast, "data", at)) return;
  const dueAt = at + dataDelayMs(spec, drawUniform(seed, row, tick, PURPOSE.delay));
  const flight = { sentAt: at, dueAt, row, bearer: "data", tick, number } as const;
  launch(air, { ...flight, uplink, downlink: null });
}

/** The bearer's acknowledgement of one copy, over the same bearer (MQTT 3.1.1, 4.3.2: at least once). */
export function acknowledge(
  spec: AirSpec,
  air: AirState,
  copy: { readonly row: number; readonly bearer: Bearer; readonly tick: number },
  downlink: Extract<DownlinkMessage, { kind: "uplink-ack" }>,
  at: SimMs,
): void {
  const { row, bearer, tick } = copy;
  // An SMS is by cable up to the centre, which tries its radio until it is through; see `deliver`.
  const isLost =
    bearer === "sms"
      ? isLostInCentre(spec, row, tick, PURPOSE.smsAckLoss)
      : isLostOnRadio(spec, air, row, tick, PURPOSE.ackLoss, at);
  if (isLost) return;
  const delayMs =
    bearer === "sms"
      ? smsDelayMs("down", spec.seed, row, tick, PURPOSE.smsAck)
      : dataDelayMs(spec, drawUniform(spec.seed, row, tick, PURPOSE.ackDelay));
  const number = downlink.message;
  launch(air, {
    sentAt: at,
    dueAt: at + delayMs,
    row,
    bearer,
    tick,
    number,
    uplink: null,
    downlink,
  });
}

/**
 * The head-end sends a command to a meter at `at`: over data where the meter is in reach of it, otherwise by SMS,
 * which the centre keeps for a meter that is away; a trip and a reconnection over both, and the meter obeys one of the copies. Returns whether it is on
 * its way.
 */
export function sendDown(
  spec: AirSpec,
  air: AirState,
  row: number,
  message: DownlinkMessage,
  at: SimMs,
): boolean {
  const number = air.nextDownlink[row]!;
  air.nextDownlink[row] = number + 1;
  const mast = servingMast(air, row);
  const isDataUp = mast >= 0 && isPathUp(air, mast, "data");
  const usesData = isDataUp && signalBand(levelOf(spec, row, mast)).isDataUsable;
  let isOnWay = false;
  if (usesData && takeCapacity(spec, air, mast, "data", at)) {
    isOnWay = sendCommand(spec, air, row, "data", message, 2 * number, at);
  }
  const usesSms = (!usesData || isRelayOrder(message)) && isUp(air, "core") && isUp(air, "sms");
  if (usesSms) isOnWay = sendCommand(spec, air, row, "sms", message, 2 * number + 1, at) || isOnWay;
  return isOnWay;
}

function sendCommand(
  spec: AirSpec,
  air: AirState,
  row: number,
  bearer: Bearer,
  downlink: DownlinkMessage,
  tick: number,
  at: SimMs,
): boolean {
  const isLost =
    bearer === "sms"
      ? isLostInCentre(spec, row, tick, PURPOSE.smsDownLoss)
      : isLostOnRadio(spec, air, row, tick, PURPOSE.downLoss, at);
  if (isLost) return false;
  const delayMs =
    bearer === "sms"
      ? smsDelayMs("down", spec.seed, row, tick, PURPOSE.smsDown)
      : dataDelayMs(spec, drawUniform(spec.seed, row, tick, PURPOSE.downDelay));
  const dueAt = at + delayMs;
  return launch(air, { sentAt: at, dueAt, row, bearer, tick, number: -1, uplink: null, downlink });
}
