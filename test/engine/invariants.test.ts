import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { beginStep, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { runUntil, street } from "../support/street.ts";

const oneHour = (): Twin => runUntil(createTwin(street({ seed: 7 })), HOUR_MS);

describe("a run stops and names seed, step and place", () => {
  test("where power appears from nowhere", () => {
    const twin = oneHour();
    beginStep(twin, []);
    twin.world.plant.power.totals[2] = twin.world.plant.power.totals[2]! + 0.5;
    expect(() => finishStep(twin, [])).toThrow(/^seed 7, step 60, .*source .* losses/);
  });

  test("where a reading is lost without a trace", () => {
    const twin = oneHour();
    const { air } = twin.world;
    air.counts.made += 1;
    beginStep(twin, []);
    expect(() => finishStep(twin, [])).toThrow(/reading/);
  });

  test("where the ledger does not sum to zero", () => {
    const twin = oneHour();
    const { balanceMinor } = twin.world.belief.ledger;
    balanceMinor[0] = balanceMinor[0]! + 1;
    beginStep(twin, []);
    expect(() => finishStep(twin, [])).toThrow(/seed 7, step 60, .*the ledger sums to 1/);
  });

  test("where a register falls", () => {
    const twin = oneHour();
    beginStep(twin, []);
    // A meter whose rest below a milliwatt-hour is negative counts backwards.
    const { carryMilliWMs } = twin.world.plant.meters;
    carryMilliWMs[4] = -1e12;
    expect(() => finishStep(twin, [])).toThrow(/seed 7, step 60, .*supply-05 fell/);
  });
});

test("every step checks all four", () => {
  const twin = oneHour();
  expect(twin.world.engine.clock.invariantsChecked).toBe(4 * 60);
});
