// An amount that somebody types, in the smallest coins.

/** `1,250.50` is 125050; undefined for what is no amount above zero. */
export function readAmount(text: string): number | undefined {
  const found = /^\s*(\d{1,3}(?:,\d{2,3})+|\d{1,9})(?:\.(\d{1,2}))?\s*$/.exec(text);
  if (found === null) return undefined;
  const whole = Number(found[1]!.replaceAll(",", ""));
  const minor = whole * 100 + Number((found[2] ?? "").padEnd(2, "0"));
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined;
}
