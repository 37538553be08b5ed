// What never changes about the air: masts, who hears them how well, and how its bearers behave. Plain data, part of
// the resolved scenario.

/** One mast with a cell of its own. */
export interface MastSpec {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Messages and registrations that its signalling channels take in a minute. */
  readonly smsPerMinute: number;
  /** Messages that its packet channels take in a minute, the answers of the bearer included. */
  readonly dataPerMinute: number;
}

/** A mast that a meter can hear, and how well. */
export interface Candidate {
  readonly mast: number;
  readonly levelDbm: number;
}

/** The SMS centre, beyond what the radio does to a message. */
export interface SmsSpec {
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** How long the centre keeps a message for a meter that is away. */
  readonly validityMs: number;
}

export interface AirSpec {
  readonly seed: number;
  readonly masts: readonly MastSpec[];
  /** Row: meter. Masts above the least level that a modem accepts, best first; empty: no service at all. */
  readonly candidates: readonly (readonly Candidate[])[];
  readonly intervalMs: number;
  /** Of the data bearer. */
  readonly delayMinMs: number;
  /** Mean of the exponential part of the delay. */
  readonly delayMeanMs: number;
  /** Of every transmission, whatever the level and the bearer. */
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Whether the level costs bursts of losses on top. */
  readonly isFading: boolean;
  readonly sms: SmsSpec;
  /** Readings are sent at a random moment of this span after their interval, so that they do not stampede. */
  readonly spreadMs: number;
  /** After a power cut and after the core's outage a modem waits a moment of its own of this span. */
  readonly returnSpreadMs: number;
  /** Wait for an acknowledgement before the first repetition; doubles up to 32 times. */
  readonly retryMs: number;
  /** Readings a meter keeps; the oldest are given up and reported missing. */
  readonly outboxMax: number;
}
