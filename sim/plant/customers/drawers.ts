// Tokens on paper: who sits in the dark goes to the meter and types what the company has sent.

import { HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { CustomerState } from "../state.ts";

/** Tokens that a home keeps; the oldest go. */
export const TOKENS_HELD_MAX = 8;
/** How long after a token came somebody looks whether the light is still off. */
export const LOOKS_AFTER_MS: readonly number[] = [
  30 * MINUTE_MS,
  3 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  48 * HOUR_MS,
];

/** Puts a token into the drawer. */
export function holdToken(
  { drawers }: CustomerState,
  row: number,
  digits: string,
  since: SimMs,
): void {
  const drawer = drawers[row]!;
  drawer.push({ digits, since, tries: 0 });
  if (drawer.length > TOKENS_HELD_MAX) drawer.shift();
}

/** What would be typed by now if the light is off, in row order; a token that has been tried so often is thrown away. */
export function takeTyping(
  { drawers }: CustomerState,
  now: SimMs,
): readonly { readonly row: number; readonly digits: string }[] {
  const typing: { row: number; digits: string }[] = [];
  drawers.forEach((drawer, row) => {
    for (const held of drawer) {
      if (held.since + LOOKS_AFTER_MS[held.tries]! > now) continue;
      held.tries++;
      typing.push({ row, digits: held.digits });
    }
    const kept = drawer.filter(({ tries }) => tries < LOOKS_AFTER_MS.length);
    if (kept.length < drawer.length) drawer.splice(0, drawer.length, ...kept);
  });
  return typing;
}
