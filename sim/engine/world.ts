// A running twin: the world, which is all that changes, and the model, which never does.

import type { AirSpec } from "../comms/bearer.ts";
import { createAir } from "../comms/bearer.ts";
import type { AirState } from "../comms/state.ts";
import type { Bill, Letter, Payment, Posting } from "../contract/billing.ts";
import type { TwinEvent } from "../contract/event.ts";
import { assert } from "../core/assert.ts";
import { sha256Text } from "../core/digest.ts";
import { minor } from "../core/money.ts";
import { drawStandardNormal, randomByName } from "../core/random.ts";
import type { SimMs } from "../core/time.ts";
import { compileFeeder, createGridState, type Feeder } from "../grid/feeder.ts";
import { createCustomers } from "../plant/customers/paying.ts";
import {
  createLoads,
  createOccupancyModel,
  createShapeModel,
  type LoadModel,
} from "../plant/loads/loads.ts";
import { createMeters, type MeterModel } from "../plant/meters/meters.ts";
import type { PlantSpec } from "../plant/spec.ts";
import type { PlantState } from "../plant/state.ts";
import { createTheft } from "../plant/theft/bypass.ts";
import { createBilling, openAccounts, owedMinor } from "../utility/billing/accounts.ts";
import { createLedger } from "../utility/billing/ledger.ts";
import {
  createDetection,
  createExpectation,
  type ExpectationModel,
} from "../utility/detection/expectation.ts";
import { createHeadend } from "../utility/headend/headend.ts";
import type { Records } from "../utility/records.ts";
import type { BeliefState } from "../utility/state.ts";
import { type DigestPlan, firstLink, planDigests } from "./chain.ts";
import { type DueEvent, enqueue } from "./queue.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { firstMissing } from "./snapshot.ts";

const TRANSFORMER_ELEMENTS = 3;
/** Source, secondary, losses, delivered. */
export const TOTALS_PER_FEEDER = 4;
/** The lowest voltage before there was any. */
const NEVER_SO_HIGH_V = 1e9;

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
  /** SHA-256 of everything so far. */
  readonly chain: Uint8Array;
  /** Row: supply. When stealing began for the first time, −1 never; for the score alone. */
  readonly theftSince: Float64Array;
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

/** One feeder made ready, and where its rows lie among all. */
export interface FeederModel {
  readonly id: string;
  readonly feeder: Feeder;
  /** First of its elements among those of all feeders; they follow each other. */
  readonly firstElement: number;
  readonly elementCount: number;
  /** Supply points of this feeder: `firstSupply` up to, not including, `endSupply`. */
  readonly firstSupply: number;
  readonly endSupply: number;
  /** Row of its transformer's meter. */
  readonly meterRow: number;
}

export interface Model {
  readonly resolved: ResolvedScenario;
  readonly scenarioSha256: string;
  readonly plantSpec: PlantSpec;
  readonly airSpec: AirSpec;
  readonly records: Records;
  readonly loads: LoadModel;
  readonly feeders: readonly FeederModel[];
  /** Row: feeder element, feeder after feeder. Which supply point it belongs to. */
  readonly supplyOfElement: Int32Array;
  /** Row: feeder element. Which metered element measures it. */
  readonly meteredElement: Int32Array;
  readonly meters: MeterModel;
  /** Row: metered element. Room for the registers before a step, so that none can fall unseen; no state. */
  readonly registersBefore: Float64Array;
  /** Row: branch of the layout. Which feeder's which branch carries its current. */
  readonly layoutBranch: readonly { readonly feeder: number; readonly branch: number }[];
  readonly expectation: ExpectationModel | null;
  readonly rowOfSupply: ReadonlyMap<string, number>;
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
  readonly world: World;
  readonly out: StepOutputs;
}

/** Canonical text of a resolved scenario, and what its SHA-256 is taken of. */
export function resolvedText(resolved: ResolvedScenario): string {
  return JSON.stringify(resolved);
}

/** A model alone, for a world that comes from a snapshot. */
function createModel(resolved: ResolvedScenario): Omit<Model, "deciding" | "all"> {
  const { seed, calendar, feeders: specs } = resolved;
  const plantSpec: PlantSpec = { ...resolved.plant, seed, calendar, feeders: specs };
  const records: Records = { ...resolved.records, calendar };
  const feeders = createFeederModels(plantSpec);
  const rowOfLoad = new Map(plantSpec.supplies.map(({ load }, row) => [load, row]));
  const elements = feeders.flatMap(({ feeder }) => feeder.elements);
  const supplyOfElement = Int32Array.from(elements, ({ load }) => {
    const row = rowOfLoad.get(load);
    assert(row !== undefined, `load ${load} belongs to no supply point`);
    return row;
  });
  const meters = createMeterModel(plantSpec, supplyOfElement);
  return {
    resolved,
    scenarioSha256: sha256Text(resolvedText(resolved)),
    plantSpec,
    airSpec: { ...resolved.air, seed },
    records,
    loads: createLoadModel(plantSpec),
    feeders,
    supplyOfElement,
    meteredElement: meteredElements(meters, supplyOfElement),
    registersBefore: new Float64Array(meters.gain.length),
    meters,
    layoutBranch: [
      ...feeders.flatMap(({ feeder }, row) => branchesOf(row, feeder.branchOfLine)),
      ...feeders.flatMap(({ feeder }, row) => branchesOf(row, feeder.branchOfTransformer)),
    ],
    expectation: records.isDetecting ? createExpectation(records) : null,
    rowOfSupply: new Map(plantSpec.supplies.map(({ id }, row) => [id, row])),
  };
}

const branchesOf = (feeder: number, branches: Int32Array) =>
  Array.from(branches, (branch) => ({ feeder, branch }));

/** Feeders with their rows: elements follow each other, supply points stand in the order of their feeders. */
function createFeederModels({ feeders, supplies }: PlantSpec): readonly FeederModel[] {
  let firstElement = 0;
  let firstSupply = 0;
  return feeders.map(({ id, network }, row) => {
    const feeder = compileFeeder(network, { keep: "needed" });
    const elementCount = feeder.elements.length;
    let endSupply = firstSupply;
    while (supplies[endSupply]?.feeder === row) endSupply++;
    const meterRow = supplies.length + row;
    const model = { id, feeder, firstElement, elementCount, firstSupply, endSupply, meterRow };
    firstElement += elementCount;
    firstSupply = endSupply;
    return model;
  });
}

function createLoadModel(spec: PlantSpec): LoadModel {
  if (spec.loads.model === "occupancy") {
    const { seed, calendar } = spec;
    return createOccupancyModel(spec.supplies, { seed, calendar, scale: spec.loads.scale });
  }
  const loads = new Map(
    spec.feeders.flatMap(({ network }) => network.loads.map((load) => [load.id, load])),
  );
  const shapes = new Map(
    spec.feeders.flatMap(({ network }, feeder) =>
      network.shapes.map((shape) => [`${feeder}/${shape.name}`, shape]),
    ),
  );
  return createShapeModel(
    spec.supplies.map((supply) => {
      const load = loads.get(supply.load);
      assert(load !== undefined, `${supply.id}: no load ${supply.load}`);
      const shape =
        load.shape === undefined ? undefined : shapes.get(`${supply.feeder}/${load.shape}`);
      assert(shape !== undefined, `${supply.id}: load ${load.id} has no shape`);
      // An actual shape is in kW already; the load's own power then only says its power factor.
      const ratedKW = shape.isActual && load.kW !== 0 ? load.kW : 1;
      return {
        activeW: (load.kW * 1000) / ratedKW,
        reactiveVar: (load.kvar * 1000) / ratedKW,
        shape: shape.multipliers,
        intervalMs: shape.intervalMs,
      };
    }),
  );
}

/** Customers' elements in the order of supply points, then three of each feeder's transformer. */
function createMeterModel(spec: PlantSpec, supplyOfElement: Int32Array): MeterModel {
  const supplies = spec.supplies.length;
  const meters = supplies + spec.feeders.length;
  const firstElement = new Int32Array(meters);
  const elementCount = new Int32Array(meters);
  for (const row of supplyOfElement) elementCount[row] = elementCount[row]! + 1;
  elementCount.fill(TRANSFORMER_ELEMENTS, supplies);
  for (let row = 1; row < meters; row++) {
    firstElement[row] = firstElement[row - 1]! + elementCount[row - 1]!;
  }
  const gain = new Float64Array(meteredElementCount(spec, supplyOfElement));
  const random = randomByName(spec.seed);
  const ids = [...spec.supplies.map(({ id }) => id), ...spec.feeders.map(({ meterId }) => meterId)];
  ids.forEach((id, row) => {
    const isTransformer = row >= supplies;
    const { customerClassPercent, transformerClassPercent } = spec.meters;
    const classPercent = isTransformer ? transformerClassPercent : customerClassPercent;
    const normal = drawStandardNormal(random(`meters/${id}`));
    const limit = Math.max(-1, Math.min(1, normal / 3));
    for (let k = 0; k < elementCount[row]!; k++) {
      gain[firstElement[row]! + k] = 1 + (classPercent / 100) * limit;
    }
  });
  return { intervalMs: spec.meters.intervalMs, ids, firstElement, elementCount, gain };
}

/** Customers' elements and three a transformer. */
const meteredElementCount = (spec: PlantSpec, supplyOfElement: Int32Array): number =>
  supplyOfElement.length + TRANSFORMER_ELEMENTS * spec.feeders.length;

function meteredElements(meters: MeterModel, supplyOfElement: Int32Array): Int32Array {
  const next = Int32Array.from(meters.firstElement);
  return Int32Array.from(supplyOfElement, (row) => {
    const element = next[row]!;
    next[row] = element + 1;
    return element;
  });
}

function emptyOutputs(): StepOutputs {
  return { events: [], postings: [], bills: [], readings: [] };
}

/** A twin at the start of its scenario. What the books open with is in `out` until the first step. */
export function createTwin(resolved: ResolvedScenario): Twin {
  const model = createModel(resolved);
  const { plantSpec, records } = model;
  const supplies = plantSpec.supplies.length;
  const out = emptyOutputs();
  const ledger = createLedger();
  const { feeders } = plantSpec;
  const opening = [
    ...plantSpec.supplies.map(({ serial, openingWh }) => ({ serial, openingWh, isOpen: false })),
    ...feeders.map(({ meterSerial: serial }) => ({ serial, openingWh: 0, isOpen: false })),
  ];
  const world: World = {
    plant: {
      loads: createLoads(model.loads),
      theft: createTheft(supplies),
      cuts: { supply: new Uint8Array(supplies), feeder: new Uint8Array(feeders.length) },
      grid: Object.fromEntries(
        model.feeders.map(({ id, feeder }) => [id, createGridState(feeder)]),
      ),
      power: {
        elementW: new Float64Array(model.supplyOfElement.length),
        elementVar: new Float64Array(model.supplyOfElement.length),
        meteredW: new Float64Array(meteredElementCount(plantSpec, model.supplyOfElement)),
        voltageV: new Float64Array(supplies + feeders.length),
        totals: new Float64Array(TOTALS_PER_FEEDER * feeders.length),
      },
      meters: createMeters(model.meters, opening),
      customers: createCustomers(supplies),
      energy: {
        sourceWMs: new Float64Array(feeders.length),
        secondaryWMs: new Float64Array(feeders.length),
        lossesWMs: new Float64Array(feeders.length),
        deliveredWMs: new Float64Array(supplies),
        stolenWMs: new Float64Array(supplies),
        extremesV: Float64Array.from(feeders.flatMap(() => [NEVER_SO_HIGH_V, 0])),
        failedSteps: new Float64Array(feeders.length),
      },
    },
    air: createAir(model.airSpec),
    belief: {
      headend: createHeadend(
        records.supplies.map(({ openingWh }) => openingWh),
        records.feeders.map(({ openingWh }) => openingWh),
      ),
      accounts: openAccounts(records.supplies, ledger, out.postings),
      ledger,
      commands: [],
      commandCounts: { next: 1, sent: 0, acknowledged: 0, retried: 0, expired: 0 },
      billing: createBilling(records.calendar),
      detection: createDetection(records),
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
      chain: firstLink(model.scenarioSha256),
      theftSince: new Float64Array(supplies).fill(-1),
    },
  };
  const twin = { model: { ...model, ...planBoth(world) }, world, out };
  schedule(twin);
  sendOpeningLetters(twin);
  return twin;
}

/** Puts the scenario's thefts and outages into the queue. */
function schedule({ model, world }: Twin): void {
  const { clock, queue } = world.engine;
  const add = (event: DistributiveOmit<DueEvent, "sequence">): void => {
    enqueue(queue, { ...event, sequence: clock.nextQueued++ });
  };
  for (const { target, share, from, until } of model.plantSpec.thefts) {
    const row = model.rowOfSupply.get(target)!;
    add({ kind: "theft-start", dueAt: from, row, share });
    if (until !== null) add({ kind: "theft-stop", dueAt: until, row });
  }
  for (const { what, row, from, until } of model.plantSpec.powerCuts) {
    add({ kind: "power-cut", dueAt: from, row, what });
    add({ kind: "power-restored", dueAt: until, row, what });
  }
  for (const { mast, from, until } of model.resolved.outages) {
    add({ kind: "mast-down", dueAt: from, row: mast });
    add({ kind: "mast-up", dueAt: until, row: mast });
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
export function restoreTwin(resolved: ResolvedScenario, world: World): Twin {
  const { model, world: fresh } = createTwin(resolved);
  const missing = firstMissing(fresh, world);
  assert(
    missing === undefined,
    `the snapshot has no ${missing} of this size; it is of another scenario or version`,
  );
  return { model: { ...model, ...planBoth(world) }, world, out: emptyOutputs() };
}

function planBoth(world: World): Pick<Model, "deciding" | "all"> {
  return { deciding: planDigests(world, "deciding"), all: planDigests(world, "all") };
}
