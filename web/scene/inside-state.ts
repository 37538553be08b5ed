// What goes on inside one meter, as far as a view knows: what its cut-away shows. Pure; the company's view is made of
// what has arrived alone.

import { PULSES_PER_KWH } from "../player/board.ts";
import type { StreetStore } from "../player/store.ts";

export interface InsideState {
  /** Two lines of at most sixteen characters. */
  readonly lines: readonly [string, string];
  readonly relay: "open" | "closed" | "unknown";
  /** Through the sensor, in A; null where the view does not know. */
  readonly throughA: number | null;
  /** Whole pulses that the register has counted; null where the view does not know. */
  readonly pulses: number | null;
  /** A message of this meter is under way; for the company: one has just arrived. */
  readonly isSending: boolean;
}

/** A reading counts as just arrived for so long, in simulated time. */
const HEARD_MS = 60_000;

/** Null where there are no frames of the view yet. */
export function insideOf(store: StreetStore, row: number): InsideState | null {
  return store.view === "company" ? knownInside(store, row) : trueInside(store, row);
}

function trueInside(
  { truthSupply: truth, truthStreet }: StreetStore,
  row: number,
): InsideState | null {
  if (truth === null || truth.importWh[row] === undefined) return null;
  const isOpen = truth.relayOpen[row] === 1;
  const meteredW = (truth.activePowerW[row] ?? 0) - (truth.unmeteredW[row] ?? 0);
  const voltageV = truth.voltageV[row] ?? 0;
  const [first = "", second = ""] = (truth.displayText[row] ?? "").split("\n");
  return {
    lines: [first.slice(0, 16), second.slice(0, 16)],
    relay: isOpen ? "open" : "closed",
    throughA: isOpen || voltageV <= 0 ? 0 : Math.abs(meteredW) / voltageV,
    pulses: Math.floor((truth.importWh[row] * PULSES_PER_KWH) / 1_000),
    isSending: truthStreet?.flights.some((flight) => flight.row === row) ?? false,
  };
}

function knownInside({ beliefSupply: known, simMs }: StreetStore, row: number): InsideState | null {
  if (known === null) return null;
  const importWh = known.importWh[row] ?? null;
  const open = known.relayOpen[row] ?? null;
  const powerW = known.activePowerW[row] ?? null;
  const voltageV = known.voltageV[row] ?? null;
  const receivedAt = known.receivedAt[row] ?? null;
  const age = receivedAt === null ? null : simMs - receivedAt;
  return {
    lines:
      importWh === null
        ? ["no reading yet", ""]
        : ["last reading", `${(importWh / 1_000).toFixed(3)} kWh`],
    relay: open === null ? "unknown" : open === 1 ? "open" : "closed",
    throughA:
      powerW === null || voltageV === null || voltageV <= 0 ? null : Math.abs(powerW) / voltageV,
    pulses: null,
    isSending: age !== null && age >= 0 && age < HEARD_MS,
  };
}

/** Marks on the way along the conductor at most; a full one is at 25 A, and fewer of them flow slower. */
export const FLOW_MARKS_MAX = 14;
const FULL_A = 25;
const STARTS_A = 0.02;

/** How many marks flow, and how fast, in m/s of the picture. */
export function flowOf(throughA: number | null): {
  readonly marks: number;
  readonly speedMS: number;
} {
  if (throughA === null || throughA < STARTS_A) return { marks: 0, speedMS: 0 };
  const share = Math.min(1, Math.sqrt(throughA / FULL_A));
  return { marks: Math.max(1, Math.ceil(FLOW_MARKS_MAX * share)), speedMS: 0.12 + 1.1 * share };
}
