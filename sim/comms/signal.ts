// What a received level is worth: the modem's own scale (AT+CSQ), and bands of behaviour on it.

import type { BurstChances } from "./gilbert.ts";

/** Where a modem counts 31 it says "−51 dBm or more"; it does not count below 0. */
const CSQ_MAX = 31;
const CSQ_ZERO_DBM = -113;
const DBM_PER_CSQ = 2;

/** Signal quality as `AT+CSQ` gives it: −113 dBm + 2 dB a step (3GPP TS 27.007, 8.5). */
function signalQuality(levelDbm: number): number {
  const quality = Math.floor((levelDbm - CSQ_ZERO_DBM) / DBM_PER_CSQ);
  return Math.max(0, Math.min(CSQ_MAX, quality));
}

/** The least level with which a modem stays with a mast: between RXLEV_ACCESS_MIN and its sensitivity. */
export const ACCESS_MIN_DBM = -108;

export interface SignalBand {
  readonly name: "fine" | "fair" | "poor" | "marginal";
  readonly qualityMin: number;
  readonly bursts: BurstChances;
  /** Lost whatever the second. */
  readonly lossShare: number;
  /** Whether packet data is worth trying; SMS gets through where it is not. */
  readonly isDataUsable: boolean;
}

/**
 * From good to bad. A modelling choice: above 15 fine, from 10 the odd retry, from 6 SMS mostly, below that 30 to
 * 60 % of what a meter sends fails. Bursts are those of a good cell, of its edge and of a bad place indoors.
 */
const SIGNAL_BANDS: readonly SignalBand[] = [
  {
    name: "fine",
    qualityMin: 15,
    bursts: { fail: 0.0005, recover: 0.25 },
    lossShare: 0,
    isDataUsable: true,
  },
  {
    name: "fair",
    qualityMin: 10,
    bursts: { fail: 0.003, recover: 0.12 },
    lossShare: 0,
    isDataUsable: true,
  },
  {
    name: "poor",
    qualityMin: 6,
    bursts: { fail: 0.01, recover: 0.12 },
    lossShare: 0,
    isDataUsable: false,
  },
  {
    name: "marginal",
    qualityMin: 0,
    bursts: { fail: 0.02, recover: 0.05 },
    lossShare: 0.25,
    isDataUsable: false,
  },
];

/** The band of a level. */
export function signalBand(levelDbm: number): SignalBand {
  const quality = signalQuality(levelDbm);
  return SIGNAL_BANDS.find(({ qualityMin }) => quality >= qualityMin)!;
}
