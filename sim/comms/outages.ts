// What can be out: a mast, the line behind it, the core that all masts share, the SMS centre, packet data. Each for
// reasons of its own: the scenario's and a person's.

import type { OutageKind } from "../contract/outage.ts";
import type { SimMs } from "../core/time.ts";
import { loseMast, regainMast, reregisterAll } from "./registration.ts";
import { releaseHeld, releaseKept } from "./sms-centre.ts";
import type { AirSpec } from "./spec.ts";
import { type AirState, type Bearer, MODEM } from "./state.ts";

const OUTAGE_BITS = { scenario: 1, hand: 2 } as const;
export type OutageReason = keyof typeof OUTAGE_BITS;

/** Rows of `networkDown`. */
export const NETWORK_ROW = { core: 0, sms: 1, data: 2 } as const;

/** Which column and row an outage is kept in. `mast`: row of the mast; not looked at where all masts share it. */
function placeOf(
  air: AirState,
  of: OutageKind,
  mast: number,
): { readonly column: Uint8Array; readonly row: number } {
  if (of === "mast") return { column: air.mastDown, row: mast };
  if (of === "backhaul") return { column: air.backhaulDown, row: mast };
  return { column: air.networkDown, row: NETWORK_ROW[of] };
}

/** Begins or ends an outage for one reason; it is over when no reason is left. Returns whether that changed. */
export function setOutage(
  spec: AirSpec,
  air: AirState,
  what: { readonly of: OutageKind; readonly mast: number },
  reason: OutageReason,
  position: "down" | "up",
  at: SimMs,
): boolean {
  const { column, row } = placeOf(air, what.of, what.mast);
  const before = column[row]!;
  const bit = OUTAGE_BITS[reason];
  // A person who says "up" means it, whatever took it down.
  const after = position === "down" ? before | bit : reason === "hand" ? 0 : before & ~bit;
  column[row] = after;
  if ((before === 0) === (after === 0)) return false;
  if (after !== 0) {
    if (what.of === "mast") loseMast(spec, air, what.mast, at);
  } else endOutage(spec, air, what, at);
  return true;
}

function endOutage(
  spec: AirSpec,
  air: AirState,
  { of, mast }: { readonly of: OutageKind; readonly mast: number },
  at: SimMs,
): void {
  switch (of) {
    case "mast":
      regainMast(spec, air, at);
      return;
    case "backhaul":
      for (let row = 0; row < air.modems.mast.length; row++) {
        const isServed =
          air.modems.phase[row] === MODEM.registered && air.modems.mast[row] === mast;
        if (isServed) releaseKept(air, row, at);
      }
      return;
    case "core":
      reregisterAll(spec, air, at);
      if (isUp(air, "sms")) releaseHeld(air, at);
      return;
    case "sms":
      if (isUp(air, "core")) releaseHeld(air, at);
      return;
    case "data":
      // Nobody tells the modems; they try again when their time comes.
      return;
  }
}

/** Whether what all masts share is there. */
export const isUp = ({ networkDown }: AirState, of: keyof typeof NETWORK_ROW): boolean =>
  networkDown[NETWORK_ROW[of]] === 0;

/** Whether a message gets from a mast into the network and back. An SMS waits there where its centre is out. */
export function isPathUp(air: AirState, mast: number, bearer: Bearer): boolean {
  if (air.mastDown[mast] !== 0 || air.backhaulDown[mast] !== 0) return false;
  return isUp(air, "core") && (bearer === "sms" || isUp(air, "data"));
}
