// How hot a distribution transformer gets: the exponential equations of the loading guide, IEC 60076-7:2018, 8.2.2.

import { exp, ln } from "../core/math.ts";
import { MINUTE_MS } from "../core/time.ts";

/**
 * ONAN distribution transformer, IEC 60076-7:2005, tables 5 and E.1 (the same thermal constants are defaults of the
 * public package transformer-thermal-model of a Dutch network operator). k21 = 1: the oil does not overshoot, and the
 * gradient has one term.
 */
export const ONAN = {
  /** Top-oil rise over the ambient at rated losses, in K, and what the windings' hottest spot is above that. */
  oilRiseK: 55,
  gradientK: 23,
  /** Load losses ÷ no-load losses. */
  lossRatio: 5,
  oilExponent: 0.8,
  windingExponent: 1.6,
  /** k11·τo and k22·τw. */
  oilMs: 180 * MINUTE_MS,
  windingMs: 2 * 4 * MINUTE_MS,
} as const;

/** For normal cyclic loading (table 4): windings 120 °C, top oil 105 °C. */
export const HOT_SPOT_LIMIT_C = 120;
export const TOP_OIL_LIMIT_C = 105;
/** An overload is over once it is this much below both limits. */
export const RETURN_K = 5;
/** Yearly mean of the air that IEC 60076-2 rates transformers for. */
export const AMBIENT_C = 20;

/** b to the power of e for a base that is not negative. */
const power = (base: number, exponent: number): number =>
  base <= 0 ? 0 : exp(exponent * ln(base));

/** Where the top oil's rise tends to, in K, at a mean square of the load (1: rated). */
export const oilRiseAtK = (squaredLoad: number): number =>
  ONAN.oilRiseK *
  power((1 + ONAN.lossRatio * squaredLoad) / (1 + ONAN.lossRatio), ONAN.oilExponent);

/** Where the gradient from top oil to hot spot tends to, in K, at a load (1: rated). */
export const gradientAtK = (load: number): number =>
  ONAN.gradientK * power(load, ONAN.windingExponent);

/** What moves towards `target` with a time constant, after a time; the same however that is divided. */
export const approach = (from: number, target: number, spanMs: number, tauMs: number): number =>
  target + (from - target) * exp(-spanMs / tauMs);
