// The SMS centre: stores and forwards. What it cannot deliver because a meter is away it keeps until the meter is
// back or the message is too old; what comes while it is itself down goes out as a flood when it returns.

import { SECOND_MS, type SimMs } from "../core/time.ts";
import { endFlight, relaunch } from "./flights.ts";
import { isReplacedBy } from "./orders.ts";
import type { AirState, Flight } from "./state.ts";

/** Messages kept for one meter; the oldest go. */
export const SMS_KEPT_MAX = 32;
/** After a meter's return its messages come within seconds, oldest first. */
const KEPT_GAP_MS = 2 * SECOND_MS;
/** What the line to the head-end takes after an outage: 20 messages a second, of the 10 to 100 that are usual. */
const FLOOD_GAP_MS = 50;

/** Keeps a message for a meter that is away; what it replaces goes. */
export function keep(air: AirState, flight: Flight): void {
  const kept = air.smsKept[flight.row]!;
  const { downlink } = flight;
  if (
    downlink !== null &&
    kept.some((each) => each.downlink !== null && isReplacedBy(downlink, each.downlink))
  ) {
    endFlight(air, flight);
    return;
  }
  const replaced = kept.findIndex(
    (each) => downlink !== null && isReplacedBy(each.downlink, downlink),
  );
  const goes = replaced >= 0 ? replaced : kept.length >= SMS_KEPT_MAX ? 0 : -1;
  if (goes >= 0) for (const gone of kept.splice(goes, 1)) endFlight(air, gone);
  kept.push(flight);
}

/** A meter is back: what waited for it sets off. */
export function releaseKept(air: AirState, row: number, at: SimMs): void {
  const kept = air.smsKept[row]!;
  kept.forEach((flight, index) => {
    relaunch(air, flight, at + KEPT_GAP_MS * (index + 1));
  });
  kept.length = 0;
}

/** The centre is back, or the core: what waited for it sets off in the order in which it came. */
export function releaseHeld(air: AirState, at: SimMs): void {
  const { smsHeld } = air;
  smsHeld.forEach((flight, index) => {
    relaunch(air, flight, at + FLOOD_GAP_MS * (index + 1));
  });
  smsHeld.length = 0;
}
