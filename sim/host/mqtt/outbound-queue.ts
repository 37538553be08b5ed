// What waits for a broker, in order and bounded. The twin puts in and never waits; a broker that comes back gets what
// waited, after the last messages that it had already: it may have acknowledged them and then lost them.

/** One message for a broker. QoS 1, all of them. */
export interface OutboundMessage {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
}

/** More waiting messages drop the oldest: at 60 homes, a quarter of an hour and 60× an outage of three hours. */
export const WAITING_MESSAGES_MAX = 50_000;
/** Acknowledged messages that are sent again after a broken connection. */
export const REPEATED_MESSAGES_MAX = 1_000;
/** Messages that are on their way and not acknowledged. */
export const UNDERWAY_MESSAGES_MAX = 1_000;
const COMPACTED_SLOTS_MIN = 1_024;

export interface OutboundQueue {
  /** Messages that no broker has acknowledged. */
  readonly waiting: number;
  /** How many were dropped since the queue was last empty. */
  readonly dropped: number;
  put(message: OutboundMessage): void;
  /** What may be sent now; numbered from `first` on, in order. */
  take(): { readonly first: number; readonly messages: readonly OutboundMessage[] };
  /** Everything up to this number is acknowledged. */
  acknowledge(through: number): void;
  /**
   * The connection is new: what was underway, and what was acknowledged last, is taken again. Only the newest of a
   * topic is still retained, so that a newcomer meanwhile finds nothing older than before.
   */
  rewind(): void;
}

export interface QueueBounds {
  readonly waitingMax: number;
  readonly repeatedMax: number;
  readonly underwayMax: number;
}

const BOUNDS: QueueBounds = {
  waitingMax: WAITING_MESSAGES_MAX,
  repeatedMax: REPEATED_MESSAGES_MAX,
  underwayMax: UNDERWAY_MESSAGES_MAX,
};

/** An empty queue; its first message has number 1. */
export function createOutboundQueue(bounds: QueueBounds = BOUNDS): OutboundQueue {
  /** From the oldest that may be repeated to the newest; `head` slots at the front are free. */
  let slots: (OutboundMessage | undefined)[] = [];
  let head = 0;
  let firstNumber = 1;
  /** Numbers, each the last of its kind: ever acknowledged, acknowledged and sent on this connection. */
  let acknowledged = 0;
  let echoed = 0;
  let sent = 0;
  let dropped = 0;

  const lastNumber = (): number => firstNumber + slots.length - head - 1;
  const forgetThrough = (number: number): void => {
    while (firstNumber <= number) {
      slots[head] = undefined;
      head++;
      firstNumber++;
    }
    if (head > COMPACTED_SLOTS_MIN && head * 2 > slots.length) {
      slots = slots.slice(head);
      head = 0;
    }
    echoed = Math.max(echoed, number);
    sent = Math.max(sent, number);
  };
  return {
    get waiting() {
      return lastNumber() - acknowledged;
    },
    get dropped() {
      return dropped;
    },
    put(message) {
      slots.push(message);
      if (lastNumber() - acknowledged <= bounds.waitingMax) return;
      acknowledged++;
      forgetThrough(acknowledged);
      dropped++;
    },
    take() {
      const first = sent + 1;
      const messages: OutboundMessage[] = [];
      const last = Math.min(lastNumber(), echoed + bounds.underwayMax);
      while (sent < last) messages.push(slots[head + ++sent - firstNumber]!);
      return { first, messages };
    },
    acknowledge(through) {
      echoed = Math.max(echoed, Math.min(through, sent));
      acknowledged = Math.max(acknowledged, echoed);
      if (acknowledged > firstNumber + bounds.repeatedMax - 1) {
        forgetThrough(acknowledged - bounds.repeatedMax);
      }
      if (acknowledged === lastNumber()) dropped = 0;
    },
    rewind() {
      echoed = firstNumber - 1;
      sent = echoed;
      const isTopicSeen = new Set<string>();
      for (let slot = slots.length - 1; slot >= head; slot--) {
        const message = slots[slot]!;
        if (!message.isRetained) continue;
        if (isTopicSeen.has(message.topic)) slots[slot] = { ...message, isRetained: false };
        isTopicSeen.add(message.topic);
      }
    },
  };
}
