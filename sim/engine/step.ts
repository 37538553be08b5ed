// One step of the twin in two synchronous halves; between them the host may ask boards.

import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer, TerminalConditions } from "../contract/meter-device.ts";
import { assert } from "../core/assert.ts";
import { hexOf } from "../core/digest.ts";
import { MINUTE_MS } from "../core/time.ts";
import { digestParts, hashNow, nextLink } from "./chain.ts";
import { assertRegistersGrew, checkInvariants } from "./invariants.ts";
import { airPhase } from "./phases/air.ts";
import { inputsPhase } from "./phases/inputs.ts";
import { metersPhase } from "./phases/meters.ts";
import { customersPhase, gridPhase, loadsPhase, terminalsOf } from "./phases/plant.ts";
import { utilityPhase } from "./phases/utility.ts";
import type { Twin } from "./world.ts";

/** Every this often a keyframe is due, and everything is digested. */
export const KEYFRAME_MS = 24 * 60 * MINUTE_MS;

/** A swapped meter that waits for its board. */
export interface SwappedMeter {
  readonly supply: string;
  readonly device: string;
  readonly terminals: TerminalConditions;
}

/** What one whole step hands out beside `twin.out`. */
export interface StepEnd {
  readonly simMs: number;
  /** The chain after this step where a simulated minute ended, else null. */
  readonly minuteChain: string | null;
  readonly isKeyframe: boolean;
}

/**
 * First half: inputs, loads, theft, grid. `entries` take effect now, in their order. Returns the swapped
 * meters, usually none. Clears what the last step handed out.
 */
export function beginStep(twin: Twin, entries: readonly JournalEntry[]): readonly SwappedMeter[] {
  const { model, world, out } = twin;
  if (world.engine.clock.step > 0) clearOutputs(twin);
  inputsPhase(model, world, entries, out);
  customersPhase(model, world.plant, world.engine, out);
  loadsPhase(model, world.plant, world.engine.clock);
  gridPhase(model, world.plant, world.engine.clock, out);
  return terminalsOf(model, world.plant, world.engine.clock);
}

/** Second half: meters (swapped ones by their answers), air, utility, digests. */
export function finishStep(twin: Twin, answers: readonly DeviceAnswer[]): StepEnd {
  const { model, world, out } = twin;
  const { clock } = world.engine;
  const endMs = clock.nowMs + clock.stepMs;
  const { registersBefore: before } = model;
  const { importMilliWh: after } = world.plant.meters;
  before.set(after);
  const sent = metersPhase(model, world.plant, clock, answers, out);
  assertRegistersGrew(model, { before, after }, clock);
  const arrivals = airPhase(model, world.air, world.plant.meters, clock, sent, out);
  const down = utilityPhase(model, world.belief, world.engine, arrivals, endMs, out);
  down(world.air);
  checkInvariants(model, world, endMs);
  clock.nowMs = endMs;
  clock.step++;
  return recordPhase(twin);
}

/** Both halves, for a twin without boards. */
export function step(twin: Twin, entries: readonly JournalEntry[]): StepEnd {
  const swapped = beginStep(twin, entries);
  assert(swapped.length === 0, `${swapped.length} meter(s) wait for their boards`);
  return finishStep(twin, []);
}

function recordPhase({ model, world }: Twin): StepEnd {
  const { clock, chain } = world.engine;
  const simMs = clock.nowMs;
  if (simMs % MINUTE_MS !== 0) return { simMs, minuteChain: null, isKeyframe: false };
  digestParts(model.deciding, world);
  chain.set(nextLink(chain, simMs, model.deciding));
  const isKeyframe = simMs % KEYFRAME_MS === 0;
  if (isKeyframe) {
    digestParts(model.all, world);
    chain.set(nextLink(chain, simMs, model.all));
  }
  return { simMs, minuteChain: hexOf(chain), isKeyframe };
}

/** The hash of the whole run, if it ended now. */
export function finalHash({ model, world }: Twin): string {
  return hashNow(world.engine.chain, world.engine.clock.nowMs, model.all, world);
}

function clearOutputs({ out }: Twin): void {
  out.events.length = 0;
  out.postings.length = 0;
  out.bills.length = 0;
  out.readings.length = 0;
}
