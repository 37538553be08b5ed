// Interruptions as IEEE 1366 counts them: sustained ones, longer than five minutes.

import { expect, test } from "vitest";
import { MINUTE_MS } from "../../sim/core/time.ts";
import {
  createInterruptions,
  noteSupply,
  reliabilityOf,
} from "../../sim/plant/quality/interruptions.ts";

/** One customer of four is dark for some minutes; then all have supply. */
function after(darkMinutes: number, untilMinute: number) {
  const state = createInterruptions(4);
  for (let minute = 0; minute < untilMinute; minute++) {
    for (let row = 0; row < 4; row++) {
      const isDark = row === 2 && minute >= 10 && minute < 10 + darkMinutes;
      noteSupply(state, row, !isDark, minute * MINUTE_MS);
    }
  }
  return reliabilityOf(state, untilMinute * MINUTE_MS);
}

test.for([
  { dark: 5, until: 60, saidi: 0, saifi: 0, caidi: null },
  { dark: 6, until: 60, saidi: 1.5, saifi: 0.25, caidi: 6 },
  { dark: 40, until: 60, saidi: 10, saifi: 0.25, caidi: 40 },
  // Still on: what it has lasted counts once it is sustained.
  { dark: 100, until: 14, saidi: 0, saifi: 0, caidi: null },
  { dark: 100, until: 30, saidi: 5, saifi: 0.25, caidi: 20 },
])("$dark minutes of which $until are over: SAIDI $saidi, SAIFI $saifi", (row) => {
  expect(after(row.dark, row.until)).toEqual({
    saidiMinutes: row.saidi,
    saifi: row.saifi,
    caidiMinutes: row.caidi,
  });
});
