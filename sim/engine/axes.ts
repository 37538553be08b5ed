// What the rows of the plant's parts stand for. One table for whoever takes a plant apart and puts it together.

import { assert } from "../core/assert.ts";

/** What a row of a column, or of an array, of the plant stands for. */
export type Axis =
  | "supply"
  /** Supply points, then the feeders' transformers. */
  | "meter"
  /** The meters' elements, in the order of meters. */
  | "metered-element"
  /** The grid's elements, feeder after feeder. */
  | "element"
  | "feeder"
  /** Rows that are the same in every part of a plant. */
  | "shared"
  /** Kept by the whole alone; the parts of a plant leave it as it was made. */
  | "whole";

/**
 * Every part of `world.plant` by its path. Several rows may belong to one of them and follow each other (persons of
 * a home, appliances, a ring of readings): how many shows in the length. Those of `BY_FEEDER` are by feeder already.
 */
export const PLANT_AXES: Readonly<Record<string, Axis>> = {
  "loads.minute": "shared",
  "loads.wantedW": "supply",
  "loads.wantedVar": "supply",
  "loads.hasSupply": "supply",
  "loads.personState": "supply",
  "loads.activeCount": "supply",
  "loads.presentCount": "supply",
  "loads.appliances.runMinutes": "supply",
  "loads.appliances.cycleMinutes": "supply",
  "loads.appliances.waitMinutes": "supply",
  "loads.appliances.owedMinutes": "supply",
  "theft.installed": "supply",
  "theft.atWork": "supply",
  "theft.intensity": "supply",
  "theft.installedAt": "supply",
  "theft.planOf": "supply",
  "theft.coverUntil": "supply",
  "theft.bypassShare": "supply",
  "theft.hookW": "supply",
  "theft.earthShare": "supply",
  "theft.magnetShare": "supply",
  "theft.isBridged": "supply",
  "theft.bridgeShare": "supply",
  "cuts.supply": "supply",
  "cuts.feeder": "feeder",
  "protection.topOilC": "feeder",
  "protection.gradientK": "feeder",
  "protection.isOverloaded": "feeder",
  "protection.lowHomes": "feeder",
  "protection.highHomes": "feeder",
  "protection.voltage.sumVMs": "element",
  "protection.voltage.suppliedMs": "element",
  "protection.voltage.outside": "element",
  "protection.voltage.meanV": "element",
  "interruptions.since": "supply",
  "interruptions.sustained": "supply",
  "interruptions.sustainedMs": "supply",
  "power.elementW": "element",
  "power.elementVar": "element",
  "power.meteredW": "metered-element",
  "power.meteredVar": "metered-element",
  "power.meteredV": "metered-element",
  "power.voltageV": "meter",
  "power.hookW": "supply",
  "power.hookVar": "supply",
  "power.totals": "feeder",
  "meters.importMilliWh": "metered-element",
  "meters.carryMilliWMs": "metered-element",
  "meters.exportMilliWh": "metered-element",
  "meters.exportCarryMilliWMs": "metered-element",
  "meters.sensedShare": "metered-element",
  "meters.neutralShare": "meter",
  "meters.contacts": "meter",
  "meters.tamperNow": "meter",
  "meters.tamperSince": "meter",
  "meters.relayOpen": "meter",
  "meters.tamperFlags": "meter",
  "meters.nextSequence": "meter",
  "meters.relayReasons": "meter",
  "meters.tamperTold": "meter",
  "meters.nextEvent": "meter",
  "meters.clock.setAt": "meter",
  "meters.clock.offsetMs": "meter",
  "meters.clock.isInvalid": "meter",
  "meters.clock.lastInterval": "meter",
  "meters.clock.intervalFlags": "meter",
  "meters.supply.darkSince": "meter",
  "meters.supply.breathAt": "meter",
  "meters.supply.darkMs": "meter",
  "meters.prepaid.isPrepaid": "meter",
  "meters.prepaid.creditMilliMinor": "meter",
  "meters.prepaid.chargeCarry": "meter",
  "meters.prepaid.chargedMilliWh": "meter",
  "meters.prepaid.priceMilliMinorPerKWh": "meter",
  "meters.prepaid.termsUntil": "meter",
  "meters.prepaid.mayCut": "meter",
  "meters.prepaid.standingDay": "meter",
  "meters.prepaid.level": "meter",
  "meters.prepaid.toppedUpMinor": "meter",
  "meters.prepaid.terms": "meter",
  "meters.prepaid.tokens": "meter",
  "meters.limit.limitW": "meter",
  "meters.limit.afterMs": "meter",
  "meters.limit.recloseAfterMs": "meter",
  "meters.limit.recloseTriesMax": "meter",
  "meters.limit.overSince": "meter",
  "meters.limit.movedAt": "meter",
  "meters.limit.tries": "meter",
  "meters.voltage.side": "meter",
  "meters.voltage.since": "meter",
  "meters.voltage.told": "meter",
  "meterLogs.profileImportWh": "meter",
  "meterLogs.profileExportWh": "meter",
  "meterLogs.profileFlags": "meter",
  "meterLogs.profileEnd": "meter",
  "meterLogs.events": "meter",
  "meters.serials": "meter",
  "meters.notices": "meter",
  "meters.obeyed": "meter",
  "meters.devices": "meter",
  "meters.delivered": "whole",
  "meters.tokens": "meter",
  "meters.demand.apparentMilliVah": "meter",
  "meters.demand.carryMilliVaMs": "meter",
  "meters.demand.blockMilliVah": "meter",
  "meters.demand.largestVa": "meter",
  "meters.demand.profiles": "meter",
  "customers.payAt": "whole",
  "customers.payMinor": "whole",
  "customers.drawers": "whole",
  "energy.sourceWMs": "feeder",
  "energy.secondaryWMs": "feeder",
  "energy.lossesWMs": "feeder",
  "energy.deliveredWMs": "supply",
  "energy.stolenWMs": "supply",
  "energy.extremesV": "feeder",
  "energy.failedSteps": "feeder",
  "energy.unsolvedBus": "feeder",
  "energy.unsolvedPu": "feeder",
  "energy.fusesBlown": "feeder",
};

/** Records of the plant by the feeder's id, each of which one part of a plant has. */
export const BY_FEEDER = ["grid", "fuses"] as const;

/** The axis of a part of the plant; says where to write it down if it has none. */
export function axisOf(name: string): Axis {
  const axis = PLANT_AXES[name];
  assert(
    axis !== undefined,
    `plant.${name} has no axis; write in sim/engine/axes.ts what its rows stand for`,
  );
  return axis;
}
