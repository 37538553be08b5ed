// Simulated time: whole milliseconds since the scenario's start. Wall time is unknown here.

/** Whole milliseconds of simulated time since the scenario's start. */
export type SimMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Minutes since midnight of a time of day such as `07:30`; `24:00` is the end of the day. */
export const minuteOf = (time: string): number =>
  Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  min: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/**
 * Reads a duration such as `90s`, `30min`, `2d14h` or `2d 14h 30min`.
 * Returns whole milliseconds, or undefined where the text is no duration.
 */
export function parseDurationMs(text: string): number | undefined {
  const compact = text.replaceAll(" ", "");
  if (!/^(\d+(\.\d+)?(ms|s|min|h|d))+$/.test(compact)) return undefined;
  let totalMs = 0;
  for (const part of compact.match(/\d+(\.\d+)?(ms|s|min|h|d)/g) ?? []) {
    const unitMs = UNITS_MS[part.replace(/^[\d.]+/, "")]!;
    const [whole, fraction = ""] = part.replace(/[a-z]+$/, "").split(".");
    // Whole numbers all the way: 1.001 × 1000 is not 1001 in doubles.
    const fractionMs = (Number(fraction) * unitMs) / Number(`1${"0".repeat(fraction.length)}`);
    totalMs += Number(whole) * unitMs + fractionMs;
  }
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** Writes a duration in its largest whole units, for messages: `2d14h`, `30min`, `1.5s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  let rest = durationMs;
  let text = "";
  for (const [unit, unitMs] of [
    ["d", DAY_MS],
    ["h", HOUR_MS],
    ["min", MINUTE_MS],
  ] as const) {
    const whole = Math.floor(rest / unitMs);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * unitMs;
  }
  return rest > 0 ? `${text}${rest / SECOND_MS}s` : text;
}
