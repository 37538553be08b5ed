// Current that no meter counts pulls voltage down all the same: the most at the home that takes it, less at its
// neighbours (Gao, Foggo and Yu, "A physically inspired data-driven model for electricity theft detection", 2019).
// Each half hour's voltages are held against the power flow of the same moment's metered powers. What is missing at the
// homes of a phase is solved for the unmetered current at each of them, so that what a neighbour's load does to all
// cancels; its mean over days is held against what was usual for the home at first.

import type { Signal } from "../../contract/frame.ts";
import type { MeterReading } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import { createGridState, TOTAL } from "../../grid/feeder.ts";
import type { Records } from "../records.ts";
import { SAG_INTERVALS, type SagWatch } from "../state.ts";
import {
  type ExpectationModel,
  type FeederExpectation,
  type HomeElement,
  solve,
} from "./expectation.ts";
import { signal } from "./signal.ts";

/** Of the homes of a feeder, how many a moment must be known of. */
const KNOWN_SHARE_MIN = 0.5;
/** Moments from which a home's usual is known: three days of half hours with some missing. */
const USUAL_MIN = 96;
/** Moments of the last days from which they say something. */
const MOMENTS_MIN = 24;
/** What a day counts for a day later. */
const DAY_DECAY = 0.6;
/** Unmetered current that is worth a word, A. */
const CURRENT_MIN_A = 0.5;
/** One moment says no more: a kettle in the wrong minute is no theft. */
const MOMENT_MAX_A = 4;
/** Standard deviations by which the mean must be above the usual. */
export const DEVIATIONS_MIN = 4;
/** What keeps homes on one bus apart in the solution, V/A. */
const RIDGE_V_PER_A = 0.005;
const DAYS_MIN = 2;
const FIRST_LOG_ODDS = 1;
const LOG_ODDS = 3.5;

export function createSagWatch(customers: number, feeders: number): SagWatch {
  const rows = customers * SAG_INTERVALS;
  return {
    interval: new Int32Array(rows).fill(-1),
    voltageDv: new Uint16Array(rows),
    activeW: new Int32Array(rows),
    reactiveVar: new Int32Array(rows),
    feederInterval: new Int32Array(feeders * 3 * SAG_INTERVALS).fill(-1),
    feederDv: new Uint16Array(feeders * 3 * SAG_INTERVALS),
    nextInterval: 1,
    usualA: new Float64Array(customers),
    usualCount: new Float64Array(customers),
    weight: new Float64Array(customers),
    meanA: new Float64Array(customers),
    squareA2: new Float64Array(customers),
    days: new Float64Array(customers),
    since: new Float64Array(customers).fill(-1),
  };
}

/** A crew was there: what is usual is learned anew. */
export function forgetSag(watch: SagWatch, row: number): void {
  watch.usualA[row] = 0;
  watch.usualCount[row] = 0;
  watch.weight[row] = 0;
  watch.meanA[row] = 0;
  watch.squareA2[row] = 0;
  watch.days[row] = 0;
  watch.since[row] = -1;
}

/** Keeps the moment of a reading until the next look. `row`: meter, customers first. */
export function noteMoment(
  watch: SagWatch,
  records: Records,
  row: number,
  reading: MeterReading,
): void {
  const interval = Math.round(reading.measuredAt / records.intervalMs);
  const slot = interval % SAG_INTERVALS;
  const customers = records.supplies.length;
  if (row >= customers) {
    reading.elementVoltageV.forEach((voltageV, k) => {
      const at = ((row - customers) * 3 + k) * SAG_INTERVALS + slot;
      watch.feederInterval[at] = interval;
      watch.feederDv[at] = Math.round(voltageV * 10);
    });
    return;
  }
  const at = row * SAG_INTERVALS + slot;
  watch.interval[at] = interval;
  watch.voltageDv[at] = Math.round(reading.voltageV * 10);
  watch.activeW[at] = Math.round(reading.activePowerW);
  watch.reactiveVar[at] = Math.round(reading.reactivePowerVar);
}

/** Takes in the moments since the last look, up to interval `end`; once a day. */
export function lookAtSag(
  model: ExpectationModel,
  records: Records,
  watch: SagWatch,
  end: number,
  now: SimMs,
): readonly Signal[][] {
  const signals: Signal[][] = records.supplies.map(() => []);
  const first = Math.max(watch.nextInterval, end - SAG_INTERVALS + 1);
  for (const expectation of model.feeders) {
    takeMoments(records, watch, expectation, first, end);
    for (const home of expectation.homes) speak(watch, home, now, signals[home.row]!);
  }
  watch.nextInterval = end + 1;
  return signals;
}

function takeMoments(
  records: Records,
  watch: SagWatch,
  expectation: FeederExpectation,
  first: number,
  end: number,
): void {
  const { feeder, homes, customers, customerOfElement, shareOfElement } = expectation;
  const state = createGridState(feeder);
  const elements = feeder.elements.length;
  const activeW = new Float64Array(elements);
  const reactiveVar = new Float64Array(elements);
  const count = new Float64Array(records.supplies.length);
  const sum = new Float64Array(records.supplies.length);
  const square = new Float64Array(records.supplies.length);
  const usual = usualPowers(records, watch, customers);
  for (let interval = first; interval <= end; interval++) {
    const slot = interval % SAG_INTERVALS;
    const head = expectation.row * 3 * SAG_INTERVALS + slot;
    const isHeadKnown = [0, 1, 2].every(
      (k) =>
        watch.feederInterval[head + k * SAG_INTERVALS] === interval &&
        watch.feederDv[head + k * SAG_INTERVALS]! > 0,
    );
    if (!isHeadKnown) continue;
    const knownHomes = customers.filter(
      (row) => watch.interval[row * SAG_INTERVALS + slot] === interval,
    );
    if (knownHomes.length < KNOWN_SHARE_MIN * customers.length) continue;
    for (let element = 0; element < elements; element++) {
      const row = customerOfElement[element]!;
      const at = row * SAG_INTERVALS + slot;
      const isKnown = watch.interval[at] === interval;
      const share = shareOfElement[element]!;
      activeW[element] = (isKnown ? watch.activeW[at]! : usual.activeW[row]!) * share;
      reactiveVar[element] = (isKnown ? watch.reactiveVar[at]! : usual.reactiveVar[row]!) * share;
    }
    if (!solve(feeder, state, activeW, reactiveVar)) continue;
    for (const phase of [1, 2, 3]) {
      const headV = watch.feederDv[head + (phase - 1) * SAG_INTERVALS]! / 10;
      const dropV = headV - state.totals[TOTAL.phaseV + phase - 1]!;
      const seen: { readonly at: number; readonly row: number; readonly missingV: number }[] = [];
      homes.forEach((home, at) => {
        const slotOf = home.row * SAG_INTERVALS + slot;
        const isSeen = watch.interval[slotOf] === interval && watch.voltageDv[slotOf]! > 0;
        if (home.phase !== phase || !isSeen) return;
        const expectedV = dropV + state.elementVoltageV[home.element]!;
        seen.push({ at, row: home.row, missingV: expectedV - watch.voltageDv[slotOf]! / 10 });
      });
      const currentA = solveCurrents(seen, expectation);
      seen.forEach(({ row }, index) => {
        const a = Math.max(-MOMENT_MAX_A, Math.min(MOMENT_MAX_A, currentA[index]!));
        count[row] = count[row]! + 1;
        sum[row] = sum[row]! + a;
        square[row] = square[row]! + a * a;
      });
    }
  }
  for (const { row } of homes) {
    if (count[row]! > 0) takeDay(watch, row, count[row]!, sum[row]!, square[row]!);
  }
}

/** The currents that make the voltages that are missing: Gaussian elimination, the diagonal is the largest. */
function solveCurrents(
  seen: readonly { readonly at: number; readonly missingV: number }[],
  { homes, sagVPerA }: FeederExpectation,
): Float64Array {
  const count = seen.length;
  const matrix = new Float64Array(count * count);
  const rest = Float64Array.from(seen, ({ missingV }) => missingV);
  seen.forEach((home, i) => {
    seen.forEach((other, j) => {
      const ridge = i === j ? RIDGE_V_PER_A : 0;
      matrix[i * count + j] = sagVPerA[home.at * homes.length + other.at]! + ridge;
    });
  });
  for (let k = 0; k < count; k++) {
    for (let i = k + 1; i < count; i++) {
      const factor = matrix[i * count + k]! / matrix[k * count + k]!;
      if (factor === 0) continue;
      for (let j = k; j < count; j++) {
        matrix[i * count + j] = matrix[i * count + j]! - factor * matrix[k * count + j]!;
      }
      rest[i] = rest[i]! - factor * rest[k]!;
    }
  }
  for (let i = count - 1; i >= 0; i--) {
    for (let j = i + 1; j < count; j++) rest[i] = rest[i]! - matrix[i * count + j]! * rest[j]!;
    rest[i] = rest[i]! / matrix[i * count + i]!;
  }
  return rest;
}

/** What a home draws on the mean of the moments that are kept: for the ones that are not. */
function usualPowers(
  { supplies }: Records,
  watch: SagWatch,
  customers: readonly number[],
): { readonly activeW: Float64Array; readonly reactiveVar: Float64Array } {
  const activeW = new Float64Array(supplies.length);
  const reactiveVar = new Float64Array(supplies.length);
  for (const row of customers) {
    let known = 0;
    for (let at = row * SAG_INTERVALS; at < (row + 1) * SAG_INTERVALS; at++) {
      if (watch.interval[at]! < 0) continue;
      known++;
      activeW[row] = activeW[row]! + watch.activeW[at]!;
      reactiveVar[row] = reactiveVar[row]! + watch.reactiveVar[at]!;
    }
    if (known === 0) continue;
    activeW[row] = activeW[row]! / known;
    reactiveVar[row] = reactiveVar[row]! / known;
  }
  return { activeW, reactiveVar };
}

/** A day's moments go into what is usual first, then into the newest days. */
function takeDay(watch: SagWatch, row: number, count: number, sum: number, square: number): void {
  if (watch.usualCount[row]! < USUAL_MIN) {
    const known = watch.usualCount[row]! + count;
    watch.usualA[row] = (watch.usualA[row]! * watch.usualCount[row]! + sum) / known;
    watch.usualCount[row] = known;
    return;
  }
  const kept = watch.weight[row]! * DAY_DECAY;
  const weight = kept + count;
  watch.meanA[row] = (watch.meanA[row]! * kept + sum) / weight;
  watch.squareA2[row] = (watch.squareA2[row]! * kept + square) / weight;
  watch.weight[row] = weight;
}

/** What the newest days say of one home. */
function speak(watch: SagWatch, { row, phase }: HomeElement, now: SimMs, signals: Signal[]): void {
  const unmeteredA = watch.meanA[row]! - watch.usualA[row]!;
  const isKnown = watch.usualCount[row]! >= USUAL_MIN && watch.weight[row]! >= MOMENTS_MIN;
  const deviations = isKnown ? unmeteredA / sigmaA(watch, row) : 0;
  if (!(deviations >= DEVIATIONS_MIN && unmeteredA >= CURRENT_MIN_A)) {
    watch.days[row] = 0;
    watch.since[row] = -1;
    return;
  }
  const days = watch.days[row]! + 1;
  watch.days[row] = days;
  if (watch.since[row]! < 0) watch.since[row] = now;
  const sentence =
    `For ${days === 1 ? "a day" : `${days} days`} the voltage at its end of L${phase} has sagged as with at least ` +
    `${unmeteredA.toFixed(1)} A more than its meter counts (${deviations.toFixed(1)} standard deviations).`;
  const logOdds = days >= DAYS_MIN ? LOG_ODDS : FIRST_LOG_ODDS;
  const numbers = { phase, unmeteredA, deviations, days };
  signals.push(signal("voltage-sag", watch.since[row]!, logOdds, sentence, numbers));
}

/** Standard deviation of the newest days' mean against the usual. */
function sigmaA(watch: SagWatch, row: number): number {
  const mean = watch.meanA[row]!;
  const variance = Math.max(SIGMA_MIN_A * SIGMA_MIN_A, watch.squareA2[row]! - mean * mean);
  return Math.sqrt(variance / watch.weight[row]! + variance / watch.usualCount[row]!);
}

/** Registers count tenths of a volt: one moment is never known better. */
const SIGMA_MIN_A = 0.3;
