// What an outbox does with each kind of message: data, so that a new kind is one row.

import type { UplinkMessage } from "../contract/reading.ts";

export interface KindRule {
  /** What is sent first where several wait; lower goes first. */
  readonly priority: number;
  /** Repeated until the head-end has it; otherwise sent once, whether it arrives or not. */
  readonly isAcknowledged: boolean;
  /** Counted as `RunReport.comms` says, and bounded by `outboxMax`; the others by OTHERS_MAX. */
  readonly isReading: boolean;
}

export type MessageKind = UplinkMessage["kind"];

/** Small and urgent goes before bulk: answers that somebody waits for, alarms, gaps that are final, then readings. */
const KIND_RULES: Readonly<Record<MessageKind, KindRule>> = {
  // The company repeats its order, and the meter answers every copy.
  "command-ack": { priority: 0, isAcknowledged: false, isReading: false },
  "meter-event": { priority: 1, isAcknowledged: true, isReading: false },
  "readings-lost": { priority: 2, isAcknowledged: true, isReading: false },
  reading: { priority: 3, isAcknowledged: true, isReading: true },
  profile: { priority: 4, isAcknowledged: true, isReading: false },
};

/** In the order in which numbers were given to them: new kinds go to the end. */
export const MESSAGE_KINDS: readonly MessageKind[] = [
  "reading",
  "readings-lost",
  "command-ack",
  "meter-event",
  "profile",
];

/** A meter's last word, from what is left in a capacitor: it cannot wait, and nobody is there to repeat it. */
export const isLastGasp = (message: UplinkMessage): boolean =>
  message.kind === "meter-event" && message.code === "last-gasp";

/** Room for kinds in a message's number. */
export const KINDS_MAX = 16;

export const ruleOf = ({ kind }: UplinkMessage): KindRule => KIND_RULES[kind];
