// What must always hold. A violation is our fault: it stops the run and names seed, step and meter.

import { assertReadingsConserved } from "../comms/air.ts";
import { assert } from "../core/assert.ts";
import type { SimMs } from "../core/time.ts";
import { trialBalance } from "../utility/billing/ledger.ts";
import { type PlantModel, type PlantShard, TOTALS_PER_FEEDER } from "./plant-model.ts";
import type { Clock, Twin } from "./world.ts";

/** Share of the source's power, and floor in W, that the balance of one step may be off. */
const BALANCE_SHARE = 1e-6;
const BALANCE_FLOOR_W = 1e-3;

/** |source − delivered − losses| is small, readings are conserved, the ledger sums to zero. Every step. */
export function checkInvariants({ model, world, shards }: Twin, at: SimMs): void {
  const { clock } = world.engine;
  const where = `seed ${model.resolved.seed}, step ${clock.step}, ${at} ms`;
  for (const shard of shards) assertEnergyBalances(shard, where);
  assertReadingsConserved(world.air, clock.step);
  const sum = trialBalance(world.belief.ledger);
  assert(sum === 0, `${where}: the ledger sums to ${sum}, not to zero`);
  clock.invariantsChecked += 4; // with the registers' of the meters' phase
}

function assertEnergyBalances({ model, plant }: PlantShard, where: string): void {
  const { totals } = plant.power;
  for (let at = 0; at < totals.length; at += TOTALS_PER_FEEDER) {
    const sourceW = totals[at]!;
    const lossesW = totals[at + 2]!;
    const deliveredW = totals[at + 3]!;
    const off = Math.abs(sourceW - deliveredW - lossesW);
    assert(
      off <= BALANCE_SHARE * Math.abs(sourceW) + BALANCE_FLOOR_W,
      `${where}: feeder ${model.feeders[at / TOTALS_PER_FEEDER]!.id}: source ${sourceW} W − delivered ${deliveredW} W − losses ${lossesW} W = ${off} W`,
    );
  }
}

/** Registers never fall. Row: metered element; both in mWh, before and after the meters' phase of this step. */
export function assertRegistersGrew(
  { plantSpec: { seed }, meters: { firstElement, ids } }: PlantModel,
  { before, after }: { readonly before: Float64Array; readonly after: Float64Array },
  clock: Clock,
): void {
  for (let element = 0; element < after.length; element++) {
    if (after[element]! >= before[element]!) continue;
    const row = firstElement.findLastIndex((first) => first <= element);
    assert(
      false,
      `seed ${seed}, step ${clock.step}, ${clock.nowMs} ms: the register of ${ids[row]} fell from ${before[element]} to ${after[element]} mWh`,
    );
  }
}
