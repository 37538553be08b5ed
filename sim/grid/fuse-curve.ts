// When a gG fuse-link melts: IEC 60269-1's gates as a smooth curve, and damage that adds up over any steps.

import { exp, ln } from "../core/math.ts";

/** What IEC 60269-1 asks of one rating. Currents in A. */
export interface FuseGate {
  readonly ratingA: number;
  /** Does not melt within 10 s; melts within 5 s; does not melt within 0.1 s; melts within 0.1 s (table 3). */
  readonly min10sA: number;
  readonly max5sA: number;
  readonly min100msA: number;
  readonly max100msA: number;
  /** Pre-arcing I²t at 10 ms, at least and at most, in A²s (table 7). */
  readonly minA2s: number;
  readonly maxA2s: number;
}

const gate = (
  ratingA: number,
  [min10sA, max5sA, min100msA, max100msA]: readonly [number, number, number, number],
  [minA2s, maxA2s]: readonly [number, number],
): FuseGate => ({ ratingA, min10sA, max5sA, min100msA, max100msA, minA2s, maxA2s });

/**
 * IEC 60269-1:2006+A2:2014, tables 3 and 7, as reproduced independently in a public arc-flash program and compared
 * row by row up to 630 A; the last three rows from memory of the same tables.
 */
export const FUSE_GATES: readonly FuseGate[] = [
  gate(16, [33, 65, 85, 150], [300, 1_000]),
  gate(20, [42, 85, 110, 200], [500, 1_800]),
  gate(25, [52, 110, 150, 260], [1_000, 3_000]),
  gate(32, [75, 150, 200, 350], [1_800, 5_000]),
  gate(40, [95, 190, 260, 450], [3_000, 9_000]),
  gate(50, [125, 250, 350, 610], [5_000, 16_000]),
  gate(63, [160, 320, 450, 820], [9_000, 27_000]),
  gate(80, [215, 425, 610, 1_100], [16_000, 46_000]),
  gate(100, [290, 580, 820, 1_450], [27_000, 86_000]),
  gate(125, [355, 715, 1_100, 1_910], [46_000, 140_000]),
  gate(160, [460, 950, 1_450, 2_590], [86_000, 250_000]),
  gate(200, [610, 1_250, 1_910, 3_420], [140_000, 400_000]),
  gate(250, [750, 1_650, 2_590, 4_500], [250_000, 760_000]),
  gate(315, [1_050, 2_200, 3_420, 6_000], [400_000, 1_300_000]),
  gate(400, [1_420, 2_840, 4_500, 8_060], [760_000, 2_250_000]),
  gate(500, [1_780, 3_800, 6_000, 10_600], [1_300_000, 3_800_000]),
  gate(630, [2_200, 5_100, 8_060, 14_140], [2_250_000, 7_500_000]),
  gate(800, [3_060, 7_000, 10_600, 19_000], [3_800_000, 13_600_000]),
  gate(1000, [4_000, 9_500, 14_140, 24_000], [7_840_000, 25_000_000]),
  gate(1250, [5_000, 13_000, 19_000, 35_000], [13_700_000, 47_000_000]),
];

/** Multiples of the rating: carried for the conventional time, and melted within it (IEC 60269-1, table 2, from 16 A). */
export const NON_FUSING = 1.25;
export const FUSING = 1.6;
const HOUR_S = 3600;

/** Conventional time of a rating in s: 1, 2, 3 or 4 h (IEC 60269-1, table 2). */
export function conventionalS(ratingA: number): number {
  if (ratingA <= 63) return HOUR_S;
  if (ratingA <= 160) return 2 * HOUR_S;
  return (ratingA <= 400 ? 3 : 4) * HOUR_S;
}

/** A fuse-link's time–current curve: points as natural logarithms, and the slopes there. */
export interface FuseCurve {
  readonly ratingA: number;
  /** At and below this it never melts, and cools. */
  readonly carriesA: number;
  readonly lnA: readonly number[];
  readonly lnS: readonly number[];
  readonly slope: readonly number[];
  /** In which the damage of an overload falls to 1/e, in s. */
  readonly coolingS: number;
}

/** The curve passes here after the conventional time: between the conventional currents. */
const KNEE = Math.SQRT2;
/** Of the conventional time; fuses of 63 A are cold again in about an hour. A choice: no standard states it. */
const COOLING_SHARE = 1 / 4;

/** Middle of the gates of a rating; between ratings of the table its neighbours', by logarithms. */
function middleOf(ratingA: number): {
  readonly slowA: number;
  readonly fastA: number;
  a2s: number;
} {
  const at = Math.max(
    1,
    FUSE_GATES.findIndex((row) => row.ratingA >= ratingA),
  );
  const [low, high] =
    ratingA > FUSE_GATES.at(-1)!.ratingA
      ? [FUSE_GATES.at(-1)!, FUSE_GATES.at(-1)!]
      : [FUSE_GATES[at - 1]!, FUSE_GATES[at]!];
  const span = ln(high.ratingA / low.ratingA);
  const share = span === 0 ? 0 : ln(ratingA / low.ratingA) / span;
  const between = (of: (row: FuseGate) => number): number =>
    exp((1 - share) * ln(of(low)) + share * ln(of(high)));
  // Beyond the ends of the table a link is one of the end's shape.
  const scale = span === 0 ? ratingA / low.ratingA : 1;
  return {
    slowA: scale * between((row) => Math.sqrt(row.min10sA * row.max5sA)),
    fastA: scale * between((row) => Math.sqrt(row.min100msA * row.max100msA)),
    a2s: scale * scale * between((row) => Math.sqrt(row.minA2s * row.maxA2s)),
  };
}

/**
 * The curve of a rating in A: through the knee at the conventional time and the middles of the gates at 7.07 s (of 10 s
 * and 5 s), 0.1 s and 10 ms, by monotone cubics in logarithms (Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238).
 */
export function fuseCurve(ratingA: number): FuseCurve {
  const { slowA, fastA, a2s } = middleOf(ratingA);
  const carriesA = NON_FUSING * ratingA;
  const lnA = [KNEE * ratingA, slowA, fastA, Math.sqrt(a2s / 0.01)].map(ln);
  const lnS = [conventionalS(ratingA), Math.sqrt(50), 0.1, 0.01].map(ln);
  const secant = [0, 1, 2].map((k) => (lnS[k + 1]! - lnS[k]!) / (lnA[k + 1]! - lnA[k]!));
  // Where the hyperbola to the left ends, harmonic means between, I²t = const on the right.
  const kneeSlope = (-2 * KNEE * KNEE) / (KNEE * KNEE - NON_FUSING * NON_FUSING);
  const mean = (a: number, b: number): number => (2 * a * b) / (a + b);
  const slope = [
    Math.max(kneeSlope, 3 * secant[0]!),
    mean(secant[0]!, secant[1]!),
    mean(secant[1]!, secant[2]!),
    -2,
  ];
  const coolingS = COOLING_SHARE * conventionalS(ratingA);
  return { ratingA, carriesA, lnA, lnS, slope, coolingS };
}

/** How long a link from cold carries a current, in s; infinite where it never melts. */
export function meltingS(curve: FuseCurve, currentA: number): number {
  const { ratingA, carriesA, lnA, lnS, slope } = curve;
  if (!(currentA > carriesA)) return Number.POSITIVE_INFINITY;
  const x = ln(currentA);
  const last = lnA.length - 1;
  // Adiabatic: all heat stays in the link.
  if (x >= lnA[last]!) return exp(lnS[last]! - 2 * (x - lnA[last]!));
  if (x < lnA[0]!) {
    const multiple = currentA / ratingA;
    const over = multiple * multiple - NON_FUSING * NON_FUSING;
    return (exp(lnS[0]!) * (KNEE * KNEE - NON_FUSING * NON_FUSING)) / over;
  }
  let k = 0;
  while (x >= lnA[k + 1]!) k++;
  const width = lnA[k + 1]! - lnA[k]!;
  const u = (x - lnA[k]!) / width;
  const v = 1 - u;
  const value =
    lnS[k]! * (1 + 2 * u) * v * v +
    slope[k]! * width * u * v * v +
    lnS[k + 1]! * u * u * (3 - 2 * u) -
    slope[k + 1]! * width * u * u * v;
  return exp(value);
}

/** Less damage than this is none. */
const NO_DAMAGE = 1e-9;

/**
 * A link's damage after a time at one current: 0 is cold, at 1 it melts. Above what it carries it grows by time ÷ melting
 * time (Miner's rule), else it decays; both add up to the same however the time is divided.
 */
export function damageAfter(
  curve: FuseCurve,
  damage: number,
  currentA: number,
  spanMs: number,
): number {
  if (currentA > curve.carriesA) return damage + spanMs / (1000 * meltingS(curve, currentA));
  const left = damage * exp(-spanMs / (1000 * curve.coolingS));
  return left < NO_DAMAGE ? 0 : left;
}

/** The largest rating of the standard's row that is not above a current, 16 A at least. */
export function ratingUpTo(currentA: number): number {
  let found = FUSE_GATES[0]!.ratingA;
  for (const { ratingA } of FUSE_GATES) if (ratingA <= currentA) found = ratingA;
  return found;
}

/** The smallest rating of the standard's row that is not below a current, 1250 A at most. */
export function ratingFrom(currentA: number): number {
  return FUSE_GATES.find(({ ratingA }) => ratingA >= currentA)?.ratingA ?? 1250;
}
