// Orders to a relay: where two contradict each other, the later one counts, whatever way and however late they come.

import type { DownlinkMessage, MeterCommand } from "../contract/reading.ts";

/** A trip or a reconnection: goes over both bearers, and its order among its like matters. */
export const isRelayOrder = (message: DownlinkMessage | null): message is MeterCommand =>
  message?.kind === "command" && (message.action === "trip" || message.action === "reconnect");

/**
 * Whether a message that waits in the SMS centre is replaced by another for the same meter (3GPP TS 23.040, 9.2.3.9:
 * replace short message): a copy of the same command, or an older order to the relay.
 */
export function isReplacedBy(waiting: DownlinkMessage | null, other: DownlinkMessage): boolean {
  if (waiting?.kind !== "command" || other.kind !== "command") return false;
  if (waiting.id === other.id) return true;
  return isRelayOrder(waiting) && isRelayOrder(other) && waiting.issuedAt <= other.issuedAt;
}
