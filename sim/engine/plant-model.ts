// The plant's model: what never changes about loads, feeders and meters, of the whole or of a part. And the plant
// itself before its first step.

import type { DeviceLostPolicy } from "../contract/meter-device.ts";
import { assert } from "../core/assert.ts";
import { randomByName } from "../core/random.ts";
import { compileFeeder, createGridState, type Feeder } from "../grid/feeder.ts";
import { createFuseState, createFuses, type FeederFuses } from "../grid/fuses.ts";
import { oilRiseAtK } from "../grid/loading-guide.ts";
import { createCustomers } from "../plant/customers/paying.ts";
import {
  createLoads,
  createOccupancyModel,
  createShapeModel,
  type LoadModel,
} from "../plant/loads/loads.ts";
import { setLimit } from "../plant/meters/limit.ts";
import { createMeterLogs } from "../plant/meters/logs.ts";
import { createMeters } from "../plant/meters/meters.ts";
import {
  CLOCK_RESERVE_MS,
  drawMeter,
  type MeterKind,
  type MeterModel,
} from "../plant/meters/model.ts";
import { createInterruptions } from "../plant/quality/interruptions.ts";
import { createVoltageColumns } from "../plant/quality/voltage-limits.ts";
import type { PlantSpec } from "../plant/spec.ts";
import type { PlantState, ProtectionState } from "../plant/state.ts";
import { createTheft } from "../plant/theft/thefts.ts";

const TRANSFORMER_ELEMENTS = 3;
/** Source, secondary, losses, delivered. */
export const TOTALS_PER_FEEDER = 4;
/** At which a meter's low-current error is stated, in V to neutral. */
const NOMINAL_V = 230;
/** The lowest voltage before there was any. */
const NEVER_SO_HIGH_V = 1e9;

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
  /** Null without protection. */
  readonly fuses: FeederFuses | null;
  /** Rated current of the transformer's secondary in A; 0 without a transformer. */
  readonly ratedA: number;
}

/** What a plant, or the part of one that a shard holds, is stepped by. Rows are the part's own. */
export interface PlantModel {
  readonly plantSpec: PlantSpec;
  readonly deviceLost: DeviceLostPolicy;
  readonly loads: LoadModel;
  readonly feeders: readonly FeederModel[];
  /** Row: feeder element, feeder after feeder. Which supply point it belongs to. */
  readonly supplyOfElement: Int32Array;
  /** Row: feeder element. Which metered element measures it. */
  readonly meteredElement: Int32Array;
  readonly meters: MeterModel;
  /** Row: metered element. Room for the registers before a step, so that none can fall unseen; no state. */
  readonly registersBefore: Float64Array;
  readonly rowOfSupply: ReadonlyMap<string, number>;
}

/** Some feeders with everything behind them: rows of their own, and where these lie among all. */
export interface PlantShard {
  readonly model: PlantModel;
  readonly plant: PlantState;
  readonly firstSupply: number;
  readonly firstFeeder: number;
}

/**
 * The model of a plant, or of a part of one: `firstHome` is the row that its first supply point has among all, for
 * the draws that are keyed by row.
 */
export function createPlantModel(
  plantSpec: PlantSpec,
  deviceLost: DeviceLostPolicy,
  firstHome: number,
): PlantModel {
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
    plantSpec,
    deviceLost,
    loads: createLoadModel(plantSpec, firstHome),
    feeders,
    supplyOfElement,
    meteredElement: meteredElements(meters, supplyOfElement),
    registersBefore: new Float64Array(meters.gain.length),
    meters,
    rowOfSupply: new Map(plantSpec.supplies.map(({ id }, row) => [id, row])),
  };
}

/** Feeders with their rows: elements follow each other, supply points stand in the order of their feeders. */
function createFeederModels({ feeders, supplies, protection }: PlantSpec): readonly FeederModel[] {
  let firstElement = 0;
  let firstSupply = 0;
  return feeders.map(({ id, network }, row) => {
    const feeder = compileFeeder(network, { keep: "needed" });
    const elementCount = feeder.elements.length;
    let endSupply = firstSupply;
    while (supplies[endSupply]?.feeder === row) endSupply++;
    const meterRow = supplies.length + row;
    const rows = { firstElement, elementCount, firstSupply, endSupply, meterRow };
    const fuses = protection === undefined ? null : createFuses(network, feeder, protection);
    const first = network.transformers[0];
    const ratedA = first === undefined ? 0 : first.ratedVa / 3 / first.secondaryWindingV;
    const model = { id, feeder, ...rows, fuses, ratedA };
    firstElement += elementCount;
    firstSupply = endSupply;
    return model;
  });
}

function createLoadModel(spec: PlantSpec, firstHome: number): LoadModel {
  if (spec.loads.model === "occupancy") {
    const { seed, calendar } = spec;
    return createOccupancyModel(spec.supplies, {
      seed,
      calendar,
      profile: spec.loads.profile,
      scale: spec.loads.scale,
      firstHome,
      weather: spec.weather ?? [],
    });
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
  const elements = meteredElementCount(spec, supplyOfElement);
  const random = randomByName(spec.seed);
  const ids = [...spec.supplies.map(({ id }) => id), ...spec.feeders.map(({ meterId }) => meterId)];
  const model = {
    intervalMs: spec.meters.intervalMs,
    calendar: spec.calendar,
    ids,
    firstElement,
    elementCount,
    gain: new Float64Array(elements),
    phaseErrorShare: new Float64Array(elements),
    offsetW: new Float64Array(elements),
    startingCurrentA: new Float64Array(elements),
    clockDriftPpm: new Float64Array(meters),
    clockReserveMs: new Float64Array(meters).fill(CLOCK_RESERVE_MS),
    breathSeed: new Float64Array(meters),
    ...(spec.meters.hasDemand === true ? { hasDemand: true as const } : {}),
    ...(spec.protection === undefined ? {} : { voltageLimits: spec.protection.voltage }),
  };
  ids.forEach((id, row) => {
    const traits = drawMeter(random, id, kindOf(spec, row >= supplies));
    model.clockDriftPpm[row] = traits.clockDriftPpm;
    model.breathSeed[row] = traits.breathSeed;
    for (let k = 0; k < elementCount[row]!; k++) {
      const element = firstElement[row]! + k;
      model.gain[element] = traits.gain;
      model.phaseErrorShare[element] = traits.phaseErrorShare;
      model.offsetW[element] = traits.offsetW;
      model.startingCurrentA[element] = traits.startingCurrentA;
    }
  });
  return model;
}

function kindOf({ meters }: PlantSpec, isTransformer: boolean): MeterKind {
  return {
    classPercent: isTransformer ? meters.transformerClassPercent : meters.customerClassPercent,
    basicA: isTransformer ? meters.transformerRatedA : meters.customerBasicA,
    nominalV: NOMINAL_V,
    clockDriftPpm: meters.clockDriftPpm,
  };
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

/** Transformers as warm as the air and a light load make them; no rows without protection. */
function createProtection({ plantSpec, supplyOfElement }: PlantModel): ProtectionState {
  const { protection, feeders } = plantSpec;
  const count = protection === undefined ? 0 : feeders.length;
  const startC = protection === undefined ? 0 : protection.transformer.ambientC + oilRiseAtK(0);
  return {
    topOilC: new Float64Array(count).fill(startC),
    gradientK: new Float64Array(count),
    isOverloaded: new Uint8Array(count),
    lowHomes: new Float64Array(count),
    highHomes: new Float64Array(count),
    voltage: createVoltageColumns(protection === undefined ? 0 : supplyOfElement.length),
  };
}

/** A plant before its first step. */
export function createPlant(model: PlantModel): PlantState {
  const { plantSpec } = model;
  const { feeders } = plantSpec;
  const supplies = plantSpec.supplies.length;
  const opening = [
    ...plantSpec.supplies.map(({ serial, openingWh }) => ({ serial, openingWh, isOpen: false })),
    ...feeders.map(({ meterSerial: serial }) => ({ serial, openingWh: 0, isOpen: false })),
  ];
  const meters = createMeters(model.meters, opening);
  plantSpec.supplies.forEach(({ limit }, row) => {
    setLimit(meters.limit, row, limit);
  });
  return {
    loads: createLoads(model.loads),
    theft: createTheft(supplies),
    cuts: { supply: new Uint8Array(supplies), feeder: new Uint8Array(feeders.length) },
    grid: Object.fromEntries(model.feeders.map(({ id, feeder }) => [id, createGridState(feeder)])),
    fuses: Object.fromEntries(model.feeders.map(({ id, fuses }) => [id, createFuseState(fuses)])),
    protection: createProtection(model),
    interruptions: createInterruptions(supplies),
    power: {
      elementW: new Float64Array(model.supplyOfElement.length),
      elementVar: new Float64Array(model.supplyOfElement.length),
      meteredW: new Float64Array(model.meters.gain.length),
      meteredVar: new Float64Array(model.meters.gain.length),
      meteredV: new Float64Array(model.meters.gain.length),
      voltageV: new Float64Array(supplies + feeders.length),
      hookW: new Float64Array(supplies),
      hookVar: new Float64Array(supplies),
      totals: new Float64Array(TOTALS_PER_FEEDER * feeders.length),
    },
    meters,
    meterLogs: createMeterLogs(opening.length),
    customers: createCustomers(supplies),
    energy: {
      sourceWMs: new Float64Array(feeders.length),
      secondaryWMs: new Float64Array(feeders.length),
      lossesWMs: new Float64Array(feeders.length),
      deliveredWMs: new Float64Array(supplies),
      stolenWMs: new Float64Array(supplies),
      extremesV: Float64Array.from(feeders.flatMap(() => [NEVER_SO_HIGH_V, 0])),
      failedSteps: new Float64Array(feeders.length),
      unsolvedBus: new Int32Array(feeders.length).fill(-1),
      unsolvedPu: new Float64Array(feeders.length),
      fusesBlown: new Float64Array(feeders.length),
    },
  };
}
