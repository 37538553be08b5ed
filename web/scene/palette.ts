// Colours that mean something, as sRGB hex. Scenery is muted, data is saturated; no step relies on colour alone.

export interface Step {
  readonly label: string;
  /** Upper end of the step. */
  readonly below: number;
  readonly hex: string;
}

/** Cable loading in five flat steps; told apart in every common kind of colour vision. `below` in shares: 1 is full. */
export const LOADING_STEPS: readonly Step[] = [
  { label: "under 40 %", below: 0.4, hex: "#1f78d1" },
  { label: "40 – 60 %", below: 0.6, hex: "#55cdf0" },
  { label: "60 – 80 %", below: 0.8, hex: "#ffd92f" },
  { label: "80 – 100 %", below: 1, hex: "#f7881f" },
  { label: "over 100 %", below: Number.POSITIVE_INFINITY, hex: "#e01530" },
];

/**
 * Voltage to neutral in per unit of the nominal one. EN 50160:2010, 4.3 allows ± 10 %; India's supply code ± 6 %
 * for low voltage. Hues are ColorBrewer's five-class PuOr, which is safe for red, green and blue blindness.
 */
export const VOLTAGE_STEPS: readonly Step[] = [
  { label: "under 0.90 pu", below: 0.9, hex: "#e66101" },
  { label: "0.90 – 0.94 pu", below: 0.94, hex: "#fdb863" },
  { label: "0.94 – 1.06 pu", below: 1.06, hex: "#f7f7f7" },
  { label: "1.06 – 1.10 pu", below: 1.1, hex: "#b2abd2" },
  { label: "over 1.10 pu", below: Number.POSITIVE_INFINITY, hex: "#5e3c99" },
];

/**
 * Red, yellow and blue, as phases are marked in India (IS 11353:1985), in the hues of Okabe and Ito (2008), which
 * every common kind of colour vision tells apart. The brown, black and grey of IEC 60446 are lost on a screen.
 */
export const PHASE_COLOURS = [
  { label: "L1", bit: 1, hex: "#d55e00" },
  { label: "L2", bit: 2, hex: "#f0e442" },
  { label: "L3", bit: 4, hex: "#56b4e9" },
] as const;

export const UNKNOWN_CABLE = "#8b959c";
/** A cable without voltage: dark, dashed with a grey. */
export const DEAD_CABLE = "#14181d";
export const THEFT = "#e01530";
export const CASE = "#7b3fe4";
export const DIFFERS = "#e0189a";
export const SELECTED = "#ffffff";

const stepOf = (steps: readonly Step[], value: number): Step =>
  steps.find(({ below }) => value < below) ?? steps.at(-1)!;

/** The step that a loading falls into; 1 is full. */
export const loadingStep = (share: number): Step => stepOf(LOADING_STEPS, share);

/** The step that a voltage falls into, in per unit. Its lower end belongs to it. */
export const voltageStep = (voltagePu: number): Step => stepOf(VOLTAGE_STEPS, voltagePu);

/** sRGB components 0 to 1 of `#rrggbb`, as they leave the shader. */
export function srgbOf(hex: string): [red: number, green: number, blue: number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
