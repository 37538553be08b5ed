// The air in a test: meters, masts and messages with what matters written beside them.

import { type Arrival, advance, createAir, type Landing } from "../../sim/comms/air.ts";
import type { AirSpec } from "../../sim/comms/spec.ts";
import type { AirState } from "../../sim/comms/state.ts";
import type { MeterCommand, MeterReading } from "../../sim/contract/reading.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { meterReading } from "./messages.ts";

export const INTERVAL_MS: number = 30 * MINUTE_MS;
/** A level at which nothing is lost. */
export const FINE_DBM = -60;

export interface AirChanges extends Partial<Omit<AirSpec, "masts">> {
  readonly meters?: number;
  /** Levels of the masts at every meter; one mast, well heard, unless given. */
  readonly levelsDbm?: readonly number[];
  readonly smsPerMinute?: number;
  readonly dataPerMinute?: number;
}

/** Air that carries everything after 1 s, unless said otherwise. */
export function airSpec(changes: AirChanges = {}): AirSpec {
  const { meters = 1, levelsDbm = [FINE_DBM], ...rest } = changes;
  const { smsPerMinute = 1_000_000, dataPerMinute = 1_000_000, ...others } = rest;
  const heard = levelsDbm
    .map((levelDbm, mast) => ({ mast, levelDbm }))
    .sort((a, b) => b.levelDbm - a.levelDbm);
  return {
    seed: 1,
    masts: levelsDbm.map((_, mast) => ({
      id: `mast-${mast + 1}`,
      x: 0,
      y: 0,
      smsPerMinute,
      dataPerMinute,
    })),
    candidates: Array.from({ length: meters }, () => heard),
    intervalMs: INTERVAL_MS,
    delayMinMs: SECOND_MS,
    delayMeanMs: 0,
    lossShare: 0,
    duplicateShare: 0,
    isFading: false,
    sms: { lossShare: 0, duplicateShare: 0, validityMs: 2 * DAY_MS },
    spreadMs: 0,
    returnSpreadMs: 10 * MINUTE_MS,
    retryMs: MINUTE_MS,
    outboxMax: 480,
    ...others,
  };
}

export function reading(sequence: number, measuredAt = 0, row = 0): MeterReading {
  const [supply, serial] = [`supply-0${row + 1}`, `M-000${row + 1}`];
  return meterReading({ supply, serial, sequence, measuredAt });
}

export function command(action: "trip" | "reconnect" | "reminder", number = 1): MeterCommand {
  const id = `supply-01/${action}/${number}`;
  const times = { issuedAt: 0, expiresAt: HOUR_MS };
  return { kind: "command", id, supply: "supply-01", action, text: "TEXT", ...times };
}

/** An air in one test, with what it has brought so far. */
export interface Played {
  readonly spec: AirSpec;
  readonly air: AirState;
  readonly arrivals: Arrival[];
  readonly delivered: Landing[];
  /** Goes on to a moment. */
  readonly until: (now: number) => void;
}

export function play(changes: AirChanges = {}): Played {
  const spec = airSpec(changes);
  const air = createAir(spec);
  const arrivals: Arrival[] = [];
  const delivered: Landing[] = [];
  const until = (now: number): void => advance(spec, air, now, arrivals, delivered);
  return { spec, air, arrivals, delivered, until };
}

/** Sequences of the readings among what arrived, in the order of arrival. */
export const sequencesOf = (arrivals: readonly Arrival[]): readonly number[] =>
  arrivals.flatMap(({ message }) => (message.kind === "reading" ? [message.sequence] : []));
