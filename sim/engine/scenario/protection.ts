// What protects the network, from a scenario's words.

import type { PlantSpec } from "../../plant/spec.ts";
import type { Scenario } from "./schema.ts";

/** Nothing where the scenario says nothing, so that what is resolved stays what it was. */
export function protectionOf({ protection }: Scenario): Pick<PlantSpec, "protection"> {
  if (protection === undefined) return {};
  const { serviceFuseA, feederFuseA, transformerFuseA, repairAfter, voltage } = protection;
  return {
    protection: {
      serviceFuseA: serviceFuseA ?? null,
      feederFuseA: feederFuseA ?? null,
      transformerFuseA: transformerFuseA ?? null,
      repairAfterMs: repairAfter,
      voltage: {
        lowV: voltage.nominalV * (1 - voltage.lowPercent / 100),
        highV: voltage.nominalV * (1 + voltage.highPercent / 100),
      },
      transformer: protection.transformer,
    },
  };
}
