// One step of the twin in two synchronous halves; between them the host may ask boards.

import type { Landing } from "../comms/air.ts";
import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer, MeterButton, TerminalConditions } from "../contract/meter-device.ts";
import { THEFT_KINDS, theftBit } from "../contract/theft.ts";
import { assert } from "../core/assert.ts";
import { hexOf } from "../core/digest.ts";
import { MINUTE_MS } from "../core/time.ts";
import { digestParts, hashNow, nextLink } from "./chain.ts";
import { assertRegistersGrew, checkInvariants } from "./invariants.ts";
import { airPhase, postAnswers } from "./phases/air.ts";
import { isCrewDue } from "./phases/crews.ts";
import { inputsPhase } from "./phases/inputs.ts";
import { landedPhase, metersPhase, type SentMessage } from "./phases/meters.ts";
import { customersPhase, gridPhase, loadsPhase, terminalsOf } from "./phases/plant.ts";
import { protectionPhase } from "./phases/protection.ts";
import { utilityPhase } from "./phases/utility.ts";
import type { PlantShard } from "./plant-model.ts";
import { gatherPlant, scatterPlant, shardOfRow, wholeRow } from "./shards.ts";
import type { EngineState, Twin } from "./world.ts";

/** Every this often a keyframe is due, and everything is digested. */
export const KEYFRAME_MS = 24 * 60 * MINUTE_MS;

/** A swapped meter that waits for its board. */
export interface SwappedMeter {
  readonly supply: string;
  readonly device: string;
  readonly terminals: TerminalConditions;
  /** Buttons that are pressed before the step, in order. */
  readonly pressed: readonly MeterButton[];
}

/** The parts of a step, in order. */
export type Phase =
  | "inputs"
  | "customers"
  | "loads"
  | "grid"
  /** Fuses, transformers and voltages. */
  | "protection"
  | "meters"
  | "air"
  | "head-end"
  | "billing"
  | "detection"
  /** What is left of the company's half: its orders. */
  | "orders"
  | "invariants"
  | "digests";

/** Hears that a phase has ended. The engine has no clock: whoever listens may have one. */
export type Mark<Name = Phase> = (phase: Name) => void;

const NOBODY: Mark = () => {};

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
export function beginStep(
  twin: Twin,
  entries: readonly JournalEntry[],
  mark: Mark = NOBODY,
): readonly SwappedMeter[] {
  const { model, world, shards, out } = twin;
  const { clock, queue } = world.engine;
  if (clock.step > 0) clearOutputs(twin);
  const isDue = (queue[0] !== undefined && queue[0].dueAt <= clock.nowMs) || isCrewDue(world);
  const isTouched = entries.length > 0 || isDue;
  if (isTouched) gatherPlant(twin);
  inputsPhase(model, world, entries, out);
  if (isTouched) scatterPlant(twin);
  mark("inputs");
  customersPhase(model, world.plant, world.engine, out);
  mark("customers");
  const swapped: SwappedMeter[] = [];
  for (const part of shards) {
    loadsPhase(part.model, part.plant, clock);
    noteThefts(part, world.engine);
    mark("loads");
    gridPhase(part.model, part.plant, clock, out);
    mark("grid");
  }
  for (const part of shards) protectionPhase(part.model, part.plant, clock, out);
  mark("protection");
  if (shards.length > 1) deliverToShards(twin);
  for (const { model: own, plant } of shards) {
    for (const slot of terminalsOf(own, plant, clock)) {
      swapped.push({ ...slot, pressed: pressesOf(entries, slot.supply) });
    }
  }
  return swapped;
}

/** When each home's thefts are first at work, for the score: a bridge over a closed relay takes nothing. */
function noteThefts(
  { plant, firstSupply }: PlantShard,
  { clock, theftKindSince }: EngineState,
): void {
  const { atWork } = plant.theft;
  for (let row = 0; row < atWork.length; row++) {
    if (atWork[row] === 0) continue;
    THEFT_KINDS.forEach((kind, index) => {
      const slot = (firstSupply + row) * THEFT_KINDS.length + index;
      const isNew = (atWork[row]! & theftBit(kind)) !== 0 && theftKindSince[slot]! < 0;
      if (isNew) theftKindSince[slot] = clock.nowMs;
    });
  }
}

/** A press is gone when the board has felt it: nothing of the world keeps it. */
function pressesOf(entries: readonly JournalEntry[], supply: string): readonly MeterButton[] {
  return entries.flatMap((entry) =>
    entry.kind === "input" && entry.input.kind === "press-button" && entry.input.target === supply
      ? [entry.input.button]
      : [],
  );
}

/** Second half: meters (swapped ones by their answers), air, utility, digests. */
export function finishStep(
  twin: Twin,
  answers: readonly DeviceAnswer[],
  mark: Mark = NOBODY,
): StepEnd {
  const { model, world, out } = twin;
  const { clock } = world.engine;
  const endMs = clock.nowMs + clock.stepMs;
  const sent = stepMeters(twin, answers);
  noteFaces(twin, answers);
  mark("meters");
  const { arrivals, landed } = airPhase(model, world.air, world.plant, clock, sent, out);
  if (landed.length > 0) {
    postAnswers(model, world.air, clock, obeyLanded(twin, landed), out);
  }
  mark("air");
  const down = utilityPhase(model, world.belief, world.engine, arrivals, endMs, out, mark);
  down(world.air);
  mark("orders");
  checkInvariants(twin, endMs);
  mark("invariants");
  clock.nowMs = endMs;
  clock.step++;
  const end = recordPhase(twin);
  mark("digests");
  return end;
}

/** Both halves, for a twin without boards. */
export function step(twin: Twin, entries: readonly JournalEntry[]): StepEnd {
  const swapped = beginStep(twin, entries);
  assert(swapped.length === 0, `${swapped.length} meter(s) wait for their boards`);
  return finishStep(twin, []);
}

/** Hands what has landed for the meters to the parts that hold them. */
function deliverToShards({ model, world, shards }: Twin): void {
  const { delivered } = world.plant.meters;
  for (const { row: wholeRow, message } of delivered) {
    const { shard, row } = shardOfRow(shards, model, wholeRow);
    shards[shard]!.plant.meters.delivered.push({ row, message });
  }
  delivered.length = 0;
}

/** Who answers nothing that can be true goes on showing what it showed; who has left its slot is forgotten. */
function noteFaces({ faces, out }: Twin, answers: readonly DeviceAnswer[]): void {
  if (answers.length === 0 && faces.size === 0) return;
  const lost = new Set(
    out.events.flatMap(({ event }) => (event.kind === "device-lost" ? event.supply : [])),
  );
  const before = new Map(faces);
  faces.clear();
  for (const answer of answers) {
    const { supply } = answer;
    if (answer.kind === "outputs" && !lost.has(supply)) {
      const { displayText, leds, faults } = answer.outputs;
      faces.set(supply, { supply, isSilent: false, displayText, leds, faults });
    } else {
      const face = before.get(supply) ?? { supply, displayText: null, leds: null, faults: [] };
      faces.set(supply, { ...face, isSilent: true });
    }
  }
}

/** The meters' phase of every part; what they sent comes in the order of rows, whatever the parts. */
function stepMeters(twin: Twin, answers: readonly DeviceAnswer[]): readonly SentMessage[] {
  const { model, world, shards, out } = twin;
  const { clock } = world.engine;
  const sent: SentMessage[] = [];
  for (const shard of shards) {
    const { model: own, plant } = shard;
    const { registersBefore: before } = own;
    const { importMilliWh: after } = plant.meters;
    before.set(after);
    const ownAnswers =
      shards.length > 1 ? answers.filter(({ supply }) => own.rowOfSupply.has(supply)) : answers;
    for (const each of metersPhase(own, plant, clock, ownAnswers, out)) {
      sent.push({ ...each, row: wholeRow(model, shard, each.row) });
    }
    assertRegistersGrew(own, { before, after }, clock);
  }
  // Whether a board is still in its slot decides the next step's length.
  if (answers.length > 0) gatherPlant(twin);
  return sent.sort((a, b) => a.row - b.row); // stable: a meter's own order stays
}

/** Commands that landed in this step go to the parts that hold their meters; answers come in the order of rows. */
function obeyLanded({ model, world, shards, out }: Twin, landed: readonly Landing[]) {
  const sent: SentMessage[] = [];
  shards.forEach((shard, index) => {
    const own = landed.flatMap((landing) => {
      const place = shardOfRow(shards, model, landing.row);
      return place.shard === index ? [{ ...landing, row: place.row }] : [];
    });
    for (const each of landedPhase(shard.model, shard.plant, world.engine.clock, own, out)) {
      sent.push({ ...each, row: wholeRow(model, shard, each.row) });
    }
  });
  return sent.sort((a, b) => a.row - b.row); // stable: a meter's own order stays
}

function recordPhase(twin: Twin): StepEnd {
  const { model, world } = twin;
  const { clock, chain } = world.engine;
  const simMs = clock.nowMs;
  if (simMs % MINUTE_MS !== 0) return { simMs, minuteChain: null, isKeyframe: false };
  gatherPlant(twin);
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
export function finalHash(twin: Twin): string {
  const { model, world } = twin;
  gatherPlant(twin);
  return hashNow(world.engine.chain, world.engine.clock.nowMs, model.all, world);
}

function clearOutputs({ out }: Twin): void {
  out.events.length = 0;
  out.postings.length = 0;
  out.bills.length = 0;
  out.readings.length = 0;
}
