// The relay of a meter. The company, the credit and the load limit may each keep it open; it closes when none does.

import { RELAY_REASON } from "../../contract/meter-device.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterState } from "../state.ts";
import { type MeterScene, tell } from "./outgoing.ts";

export type RelayReason = keyof typeof RELAY_REASON;

/** The strongest reason for which a relay is open: company, then credit, then limit. Undefined where it is closed. */
export function relayReason(state: MeterState, row: number): RelayReason | undefined {
  if (state.relayOpen[row] === 0) return undefined;
  const reasons = state.relayReasons[row]!;
  if ((reasons & RELAY_REASON.credit) !== 0 && (reasons & RELAY_REASON.company) === 0) {
    return "credit";
  }
  return reasons === RELAY_REASON.limit ? "limit" : "company";
}

/** Whether one of them keeps it open, whoever else does. */
export const isHeldBy = (state: MeterState, row: number, reason: RelayReason): boolean =>
  (state.relayReasons[row]! & RELAY_REASON[reason]) !== 0;

/** One of them wants the relay open, or no longer; the contact follows, and the meter says so when it moves. */
export function holdRelay(
  scene: MeterScene,
  row: number,
  reason: RelayReason,
  wants: "open" | "closed",
  at: SimMs,
): void {
  const { state, changes } = scene;
  const bit = RELAY_REASON[reason];
  const before = state.relayReasons[row]!;
  const reasons = wants === "open" ? before | bit : before & ~bit;
  state.relayReasons[row] = reasons;
  const open = reasons === 0 ? 0 : 1;
  if (open === state.relayOpen[row]) return;
  state.relayOpen[row] = open;
  const position = open === 1 ? "open" : "closed";
  changes.push({ row, position });
  tell(scene, row, at, position === "open" ? "relay-open" : "relay-closed");
}
