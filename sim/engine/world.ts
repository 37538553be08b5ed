// A running twin: the world, which is all that changes, and the model, which never does.

import { createAir } from "../comms/air.ts";
import type { AirSpec } from "../comms/spec.ts";
import type { AirState } from "../comms/state.ts";
import type { Bill, Letter, Payment, Posting } from "../contract/billing.ts";
import type { TwinEvent } from "../contract/event.ts";
import type { BoardFace } from "../contract/frame.ts";
import type { InspectionOrder, InspectionReport, MeterExchange } from "../contract/inspection.ts";
import { THEFT_KINDS } from "../contract/theft.ts";
import { assert } from "../core/assert.ts";
import { localTime } from "../core/calendar.ts";
import { sha256Text } from "../core/digest.ts";
import { minor } from "../core/money.ts";
import type { SimMs } from "../core/time.ts";
import type { PlantSpec } from "../plant/spec.ts";
import type { PlantState } from "../plant/state.ts";
import { createBilling, openAccounts, owedMinor } from "../utility/billing/accounts.ts";
import { createLedger } from "../utility/billing/ledger.ts";
import { createRates } from "../utility/billing/rates.ts";
import { createDunning } from "../utility/billing/trip-desk.ts";
import { createExpectation, type ExpectationModel } from "../utility/detection/expectation.ts";
import { createDetection } from "../utility/detection/listen.ts";
import { createHeadend } from "../utility/headend/headend.ts";
import { createOutages } from "../utility/outages/signs.ts";
import type { Records } from "../utility/records.ts";
import type { BeliefState } from "../utility/state.ts";
import { type DigestPlan, firstLink, planDigests } from "./chain.ts";
import { belief } from "./phases/event-log.ts";
import { sendTerms } from "./phases/prepaid.ts";
import { createPlant, createPlantModel, type PlantModel, type PlantShard } from "./plant-model.ts";
import { type DueEvent, enqueue } from "./queue.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { createShards } from "./shards.ts";
import { firstMissing, valueAt } from "./snapshot.ts";

/** Everything that changes. Plain data; `snapshot.ts` knows its canonical bytes. */
export interface World {
  readonly plant: PlantState;
  readonly air: AirState;
  readonly belief: BeliefState;
  readonly engine: EngineState;
}

export interface EngineState {
  readonly clock: Clock;
  /** In order of (due time, rank, row, sequence). */
  readonly queue: DueEvent[];
  /** Letters on their way to customers' letterboxes. */
  readonly mailbox: Letter[];
  /** Payments on their way to the company. */
  readonly payments: Payment[];
  /** Crews on their way, and what others have found and the company has not read yet. */
  readonly visits: InspectionOrder[];
  readonly reports: (InspectionReport | MeterExchange)[];
  /** SHA-256 of everything so far. */
  readonly chain: Uint8Array;
  /** Row: supply × THEFT_KINDS. When that theft was at work for the first time, −1 never; for the score alone. */
  readonly theftKindSince: Float64Array;
}

export interface Clock {
  nowMs: SimMs;
  stepMs: number;
  step: number;
  nextEvent: number;
  nextPayment: number;
  nextQueued: number;
  /** What was asked for; `stepMs` follows where the steps meet a full minute and no board wants shorter ones. */
  wantedStepMs: number;
  invariantsChecked: number;
}

export interface Model extends PlantModel {
  readonly resolved: ResolvedScenario;
  readonly scenarioSha256: string;
  readonly airSpec: AirSpec;
  readonly records: Records;
  /** Row: branch of the layout. Which feeder's which branch carries its current. */
  readonly layoutBranch: readonly { readonly feeder: number; readonly branch: number }[];
  /** Row: branch of the layout. The fuses of its feeder that stand at its near end. */
  readonly layoutFuses: readonly (readonly number[])[];
  readonly expectation: ExpectationModel | null;
  readonly deciding: DigestPlan;
  readonly all: DigestPlan;
}

/** What leaves the world in a step, besides frames. */
export interface StepOutputs {
  readonly events: TwinEvent[];
  readonly postings: Posting[];
  readonly bills: Bill[];
  readonly readings: StoredReading[];
}

/** A reading as the store keeps it. */
export interface StoredReading {
  readonly supply: string;
  readonly sequence: number;
  readonly measuredAt: SimMs;
  readonly receivedAt: SimMs;
  readonly importWh: number;
  readonly voltageV: number;
}

export interface Twin {
  readonly model: Model;
  /** With several shards, `world.plant` is what `gatherPlant` made of them last: every minute, and when asked. */
  readonly world: World;
  /** Parts of the plant that are stepped apart, in the order of their rows; one of them is the whole. */
  readonly shards: readonly PlantShard[];
  readonly out: StepOutputs;
  /** By supply: what boards answered last, for those who watch. No state: nothing is decided by it. */
  readonly faces: Map<string, BoardFace>;
}

/** Canonical text of a resolved scenario, and what its SHA-256 is taken of. */
export function resolvedText(resolved: ResolvedScenario): string {
  return JSON.stringify(resolved);
}

/** A model alone, for a world that comes from a snapshot. */
function createModel(resolved: ResolvedScenario): Omit<Model, "deciding" | "all"> {
  const { seed, calendar, feeders: specs, deviceLost } = resolved;
  const plantSpec: PlantSpec = {
    ...resolved.plant,
    ...(resolved.weather === undefined ? {} : { weather: resolved.weather }),
    ...{ seed, calendar, feeders: specs },
  };
  const records: Records = { ...resolved.records, calendar };
  const plantModel = createPlantModel(plantSpec, deviceLost, 0);
  const { feeders } = plantModel;
  const layoutBranch = [
    ...feeders.flatMap(({ feeder }, row) => branchesOf(row, feeder.branchOfLine)),
    ...feeders.flatMap(({ feeder }, row) => branchesOf(row, feeder.branchOfTransformer)),
  ];
  return {
    ...plantModel,
    resolved,
    scenarioSha256: sha256Text(resolvedText(resolved)),
    airSpec: { ...resolved.air, seed },
    records,
    layoutBranch,
    layoutFuses: layoutBranch.map(({ feeder }, row) => {
      const { id } = resolved.layout.branches[row]!;
      const branches = feeders[feeder]!.fuses?.branch ?? [];
      return branches.flatMap((name, fuse) => (name === id ? [fuse] : []));
    }),
    expectation: records.isDetecting ? createExpectation(records) : null,
  };
}

const branchesOf = (feeder: number, branches: Int32Array) =>
  Array.from(branches, (branch) => ({ feeder, branch }));

function emptyOutputs(): StepOutputs {
  return { events: [], postings: [], bills: [], readings: [] };
}

/** How a twin is stepped; what comes out is the same. */
export interface TwinOptions {
  /** Into how many parts the plant is taken, at most one a feeder. */
  readonly shards?: number;
}

/** A twin at the start of its scenario. What the books open with is in `out` until the first step. */
export function createTwin(resolved: ResolvedScenario, options: TwinOptions = {}): Twin {
  const model = createModel(resolved);
  const { plantSpec, records } = model;
  const supplies = plantSpec.supplies.length;
  const out = emptyOutputs();
  const ledger = createLedger();
  const world: World = {
    plant: createPlant(model),
    air: createAir(model.airSpec),
    belief: {
      headend: createHeadend(
        records.supplies.map(({ openingWh }) => openingWh),
        records.feeders.map(({ openingWh }) => openingWh),
      ),
      accounts: openAccounts(records, ledger, out.postings),
      rates: createRates(records, records.billing?.tariffs ?? []),
      ledger,
      commands: [],
      commandCounts: { next: 1, sent: 0, acknowledged: 0, retried: 0, expired: 0 },
      billing: createBilling(records.calendar),
      detection: createDetection(records),
      outages: createOutages(records.supplies.length, records.feeders.length),
      ...(records.billing?.policy.dunning === undefined
        ? {}
        : { dunning: createDunning(localTime(records.calendar, 0).day) }),
    },
    engine: {
      clock: {
        nowMs: 0,
        stepMs: resolved.stepMs,
        step: 0,
        nextEvent: 1,
        nextPayment: 1,
        nextQueued: 1,
        wantedStepMs: resolved.stepMs,
        invariantsChecked: 0,
      },
      queue: [],
      mailbox: [],
      payments: [],
      visits: [],
      reports: [],
      chain: firstLink(model.scenarioSha256),
      theftKindSince: new Float64Array(supplies * THEFT_KINDS.length).fill(-1),
    },
  };
  const twin = withShards({ ...model, ...planBoth(world) }, world, out, options);
  schedule(twin);
  sendOpeningLetters(twin);
  belief(world.engine.clock, out, sendTerms(model.records, world.belief, 0));
  return twin;
}

/** Puts the scenario's thefts, outages and boards into the queue. */
function schedule({ model, world }: Twin): void {
  const { clock, queue } = world.engine;
  const add = (event: DistributiveOmit<DueEvent, "sequence">): void => {
    enqueue(queue, { ...event, sequence: clock.nextQueued++ });
  };
  model.plantSpec.thefts.forEach(({ target, from, until }, plan) => {
    const row = model.rowOfSupply.get(target)!;
    add({ kind: "theft-start", dueAt: from, row, plan });
    if (until !== null) add({ kind: "theft-stop", dueAt: until, row, plan });
  });
  for (const { what, row, from, until } of model.plantSpec.powerCuts) {
    add({ kind: "power-cut", dueAt: from, row, what });
    add({ kind: "power-restored", dueAt: until, row, what });
  }
  for (const { row, device, from, until } of model.resolved.boards ?? []) {
    add({ kind: "swap-in", dueAt: from, row, device });
    if (until !== null) add({ kind: "swap-out", dueAt: until, row });
  }
  for (const { of, mast, from, until } of model.resolved.outages) {
    add({ kind: "outage-start", dueAt: from, row: mast, of });
    add({ kind: "outage-end", dueAt: until, row: mast, of });
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

/** Everybody with an open account finds a statement in the letterbox on the first morning. */
function sendOpeningLetters({ model, world }: Twin): void {
  world.belief.accounts.forEach((account, row) => {
    const owed = owedMinor(account);
    const first = account.items[0];
    if (first === undefined || owed <= 0) return;
    const { id: supply } = model.plantSpec.supplies[row]!;
    const letter = {
      kind: "bill",
      supply,
      at: 0,
      owedMinor: minor(owed),
      dueAt: first.dueAt,
    } as const;
    world.engine.mailbox.push(letter);
  });
}

/** A twin that goes on from a snapshot of the same scenario. Throws where it lacks what such a world has. */
export function restoreTwin(
  resolved: ResolvedScenario,
  world: World,
  options: TwinOptions = {},
): Twin {
  const { model, world: fresh } = createTwin(resolved);
  addYounger(fresh, world);
  const missing = firstMissing(fresh, world);
  assert(
    missing === undefined,
    `the snapshot has no ${missing} of this size; it is of another scenario or version`,
  );
  return withShards({ ...model, ...planBoth(world) }, world, emptyOutputs(), options);
}

/** Parts that a world of an older program does not have, and that begin as at the start of a run. */
export const YOUNGER_PARTS: readonly string[] = [
  "plant.meters.tokens",
  "plant.customers.drawers",
  "plant.meters.demand",
];

function addYounger(fresh: World, world: World): void {
  for (const name of YOUNGER_PARTS) {
    const path = name.split(".");
    const key = path.pop()!;
    const holder: unknown = valueAt(world, path);
    if (typeof holder !== "object" || holder === null || key in holder) continue;
    const younger: unknown = valueAt(fresh, [...path, key]);
    if (younger !== undefined) Object.assign(holder, { [key]: younger });
  }
}

function withShards(model: Model, world: World, out: StepOutputs, options: TwinOptions): Twin {
  const shards = createShards(model, world.plant, options.shards ?? 1);
  return { model, world, out, shards, faces: new Map() };
}

function planBoth(world: World): Pick<Model, "deciding" | "all"> {
  return { deciding: planDigests(world, "deciding"), all: planDigests(world, "all") };
}
