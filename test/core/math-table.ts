// Ten thousand arguments for every function of core/math and the bits of their results, as bytes in a fixed order.
// Nothing of Node in here: Node, Chromium and every later engine shall give the same bytes.

import { atan2, cos, exp, ln, pow, sin } from "../../sim/core/math.ts";

/** SHA-256 of `mathTableBytes()`. It moves only with the mathematics library, and then every run's hash moves too. */
export const MATH_TABLE_SHA256 = "8b8180657b3251d7c704711c2eee69a7ed827255eb6d00ad77bc7ba85a0c288b";

export const MATH_TABLE_ROWS = 10_000;
const FUNCTIONS = 6;

/** Park and Miller's minimal generator (1988): exact in doubles, the same everywhere. */
function createDraw(): () => number {
  let state = 20_260_112;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/**
 * Results of sin, cos, exp, ln, pow and atan2, little-endian doubles. Arguments span many sizes: m · 2^e with a
 * mantissa m of −1 to 1 and a whole exponent e, built by multiplication alone.
 */
export function mathTableBytes(): Uint8Array {
  const draw = createDraw();
  const sized = (exponentMin: number, exponentMax: number): number => {
    const exponent = exponentMin + Math.floor(draw() * (exponentMax - exponentMin + 1));
    let scale = 1;
    for (let at = 0; at < Math.abs(exponent); at++) scale *= exponent < 0 ? 0.5 : 2;
    return (2 * draw() - 1) * scale;
  };
  const bytes = new Uint8Array(8 * FUNCTIONS * MATH_TABLE_ROWS);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const put = (value: number): void => {
    // Every engine may choose the bits of a NaN; there is none among these arguments.
    if (Number.isNaN(value)) throw new RangeError(`row ${at / 8}: a number expected, got NaN`);
    view.setFloat64(at, value, true);
    at += 8;
  };
  for (let row = 0; row < MATH_TABLE_ROWS; row++) {
    const isHuge = row % 8 === 0; // the reduction of an angle by π has a path of its own for these
    put(sin(isHuge ? sized(31, 900) : sized(-30, 30)));
    put(cos(isHuge ? sized(31, 900) : sized(-30, 30)));
    put(exp(sized(-20, 9)));
    put(ln(Math.abs(sized(-60, 60)) + Number.MIN_VALUE));
    put(pow(Math.abs(sized(-20, 20)), sized(-10, 5)));
    put(atan2(sized(-30, 30), sized(-30, 30)));
  }
  return bytes;
}
