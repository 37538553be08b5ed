// What of the mobile network can be out.

/**
 * `mast`: it is off the air, its meters look for another. `backhaul`: the line behind one; meters stay registered,
 * nothing passes. `core`: what all masts share; nobody is let in, nothing passes. `sms`: the SMS centre; data passes,
 * messages queue. `data`: packet data; SMS passes.
 */
export const OUTAGE_KINDS = ["mast", "backhaul", "core", "sms", "data"] as const;
export type OutageKind = (typeof OUTAGE_KINDS)[number];

/** Whether an outage is of one mast, which it then names. */
export const isOfMast = (of: OutageKind): of is "mast" | "backhaul" =>
  of === "mast" || of === "backhaul";
