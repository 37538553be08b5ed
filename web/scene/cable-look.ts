// How one cable is drawn in a layer, from what the view knows of it.

import type { StreetLayout } from "../../sim/contract/frame.ts";
import type { Layer } from "./layers.ts";
import {
  DEAD_CABLE,
  LOADING_STEPS,
  loadingStep,
  PHASE_COLOURS,
  UNKNOWN_CABLE,
  VOLTAGE_STEPS,
  voltageStep,
} from "./palette.ts";

export interface CableLook {
  readonly hex: string;
  /** `moving`: white dashes over full load. `dead`: no voltage. `phases`: a band for each of several phases. */
  readonly pattern: "plain" | "moving" | "dead" | "phases";
  /** 0 is the thinnest, 1 a full cable. */
  readonly width: number;
}

export interface CableKnown {
  /** Largest phase current over the rating; null where the view does not know. */
  readonly loadingShare: number | null;
  /** At its far end, 0 where no phase is alive; null where the view does not know. */
  readonly voltageV: number | null;
}

export const NOTHING_KNOWN: CableKnown = { loadingShare: null, voltageV: null };

export const WIDTH_MAX = 1.2;
/** Where width says nothing, it makes the colour easy to see. */
const WIDTH_WITHOUT_LOAD = 0.55;

/** `phases` holds the bits of the phases that the cable carries. */
export function cableLook(
  layer: Layer,
  { phases }: Pick<StreetLayout["branches"][number], "phases">,
  { loadingShare, voltageV }: CableKnown,
  nominalV: number,
): CableLook {
  if (voltageV === 0) return { hex: DEAD_CABLE, pattern: "dead", width: 0 };
  switch (layer) {
    case "loading":
      if (loadingShare === null) return { hex: UNKNOWN_CABLE, pattern: "plain", width: 0 };
      return {
        hex: loadingStep(loadingShare).hex,
        pattern: loadingShare > 1 ? "moving" : "plain",
        width: Math.min(WIDTH_MAX, loadingShare),
      };
    case "voltage":
      if (voltageV === null) return { hex: UNKNOWN_CABLE, pattern: "plain", width: 0 };
      return {
        hex: voltageStep(voltageV / nominalV).hex,
        pattern: "plain",
        width: WIDTH_WITHOUT_LOAD,
      };
    case "phase": {
      const carried = PHASE_COLOURS.filter(({ bit }) => (phases & bit) !== 0);
      const isOne = carried.length === 1;
      return {
        hex: carried[0]?.hex ?? UNKNOWN_CABLE,
        pattern: carried.length > 1 ? "phases" : "plain",
        width: isOne ? 1 : WIDTH_WITHOUT_LOAD,
      };
    }
  }
}

/** Every colour that a cable may have. */
export const CABLE_HEXES: readonly string[] = [
  UNKNOWN_CABLE,
  DEAD_CABLE,
  ...LOADING_STEPS.map(({ hex }) => hex),
  ...VOLTAGE_STEPS.map(({ hex }) => hex),
  ...PHASE_COLOURS.map(({ hex }) => hex),
];
const FIRST = { unknown: 0, dead: 1, loading: 2, voltage: 7, phase: 12 } as const;

/**
 * Row of `CABLE_HEXES`: the colour that `cableLook` gives, making nothing, for the cables of whole towns. NaN stands for
 * what the view does not know.
 */
export function cableColour(
  layer: Layer,
  phases: number,
  loadingShare: number,
  voltagePu: number,
): number {
  if (voltagePu === 0) return FIRST.dead;
  if (layer === "loading")
    return Number.isNaN(loadingShare)
      ? FIRST.unknown
      : FIRST.loading + rowOf(LOADING_BELOW, loadingShare);
  if (layer === "voltage")
    return Number.isNaN(voltagePu)
      ? FIRST.unknown
      : FIRST.voltage + rowOf(VOLTAGE_BELOW, voltagePu);
  const at = (phases & 1) !== 0 ? 0 : (phases & 2) !== 0 ? 1 : (phases & 4) !== 0 ? 2 : -1;
  return at < 0 ? FIRST.unknown : FIRST.phase + at;
}

const LOADING_BELOW = Float64Array.from(LOADING_STEPS, ({ below }) => below);
const VOLTAGE_BELOW = Float64Array.from(VOLTAGE_STEPS, ({ below }) => below);

function rowOf(below: Float64Array, value: number): number {
  let row = 0;
  while (row < below.length - 1 && value >= below[row]!) row++;
  return row;
}
