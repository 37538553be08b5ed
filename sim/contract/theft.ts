// The ways in which current is taken that nobody pays for, and what a company calls the signs of it.

/** In the order of their bits in `theftKinds`. */
export const THEFT_KINDS = [
  /** A shunt across the current sensor: a share of the current is not counted. */
  "partial-bypass",
  /** A load tapped off the service cable before the meter: neither its sensor nor its relay sees it. */
  "hook",
  /** The return current flows through an earth electrode: the meter's neutral carries less than its phase. */
  "missing-neutral",
  /** A strong magnet at the case: the current transformer saturates and sees less. */
  "magnet",
  /** A bridge over the open relay: a disconnected home has supply. */
  "relay-bypass",
] as const;
export type TheftKind = (typeof THEFT_KINDS)[number];

/** The bit of a kind in `theftKinds`. */
export const theftBit = (kind: TheftKind): number => 1 << THEFT_KINDS.indexOf(kind);

/** What a crew calls it. */
export const TECHNIQUE_NAMES: Readonly<Record<TheftKind, string>> = {
  "partial-bypass": "a shunt across the sensor",
  hook: "a load tapped off before the meter",
  "missing-neutral": "a return through the earth",
  magnet: "a magnet at the meter",
  "relay-bypass": "a bridge over the relay",
};

/** What a company may hold against a home; each looks at other messages than the rest. */
export const DETECTORS = [
  /** What left the transformer on a phase and no meter counted rises and falls with this home's readings. */
  "phase-balance",
  /** The meter's two sensors disagree. */
  "neutral-difference",
  /** Energy or voltage behind a relay that is open. */
  "open-relay-use",
  /** The meter's own contacts and sensors, debounced. */
  "tamper-event",
  /** A lasting step down against the home's own past, while its neighbours went on. */
  "own-history",
  /** Its voltage sags with a load that its readings do not have. */
  "voltage-sag",
] as const;
export type Detector = (typeof DETECTORS)[number];

/** What one signal may say at most, for or against: e^5 is 148 to 1. */
export const SIGNAL_LOG_ODDS_MAX = 5;

/** `inspected`: a crew is on its way or reports. */
export const CASE_STATES = ["open", "inspected", "confirmed", "cleared"] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** More than a service cable carries. */
export const HOOK_MAX_W = 30_000;
export const hookFix = `a hook draws more than 0 and at most ${HOOK_MAX_W} W; for 800 W write 800`;
const shareFix = "a share is 0 to 1; for 60 % write 0.6";

/** What is wrong with the size of a theft, field by field: hooks have a power, all others a share. */
export function theftSizeProblems(
  theft: TheftKind,
  { share, powerW }: { readonly share?: number | undefined; readonly powerW?: number | undefined },
): readonly { readonly path: "share" | "powerW"; readonly message: string }[] {
  if (theft === "hook") {
    const problems: { path: "share" | "powerW"; message: string }[] = [];
    if (powerW === undefined) problems.push({ path: "powerW", message: hookFix });
    if (share !== undefined)
      problems.push({ path: "share", message: "a hook has a powerW and no share; leave it out" });
    return problems;
  }
  if (powerW !== undefined) {
    return [{ path: "powerW", message: `${theft} has a share; only a hook has a powerW` }];
  }
  // Who bridges a relay leads everything around the meter unless told otherwise.
  if (share === undefined && theft !== "relay-bypass")
    return [{ path: "share", message: shareFix }];
  return [];
}
