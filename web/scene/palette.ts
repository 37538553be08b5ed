// Colours that mean something, as sRGB hex. Scenery is muted, data is saturated; no step relies on colour alone.

export interface LoadingStep {
  readonly label: string;
  /** Upper end of the step, 1 is full. */
  readonly below: number;
  readonly hex: string;
}

/** Cable loading in five flat steps; told apart in every common kind of colour vision. */
export const LOADING_STEPS: readonly LoadingStep[] = [
  { label: "under 40 %", below: 0.4, hex: "#1f78d1" },
  { label: "40 – 60 %", below: 0.6, hex: "#55cdf0" },
  { label: "60 – 80 %", below: 0.8, hex: "#ffd92f" },
  { label: "80 – 100 %", below: 1, hex: "#f7881f" },
  { label: "over 100 %", below: Number.POSITIVE_INFINITY, hex: "#e01530" },
];

export const UNKNOWN_CABLE = "#8b959c";
export const THEFT = "#e01530";
export const CASE = "#7b3fe4";
export const DIFFERS = "#e0189a";
export const SELECTED = "#ffffff";

/** The step that a loading falls into. */
export function loadingStep(share: number): LoadingStep {
  return LOADING_STEPS.find(({ below }) => share < below) ?? LOADING_STEPS.at(-1)!;
}

/** sRGB components 0 to 1 of `#rrggbb`, as they leave the shader. */
export function srgbOf(hex: string): [red: number, green: number, blue: number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
