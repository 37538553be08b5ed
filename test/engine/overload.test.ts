import { expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { runUntil, street } from "../support/street.ts";

test("a street that no voltage can feed says so each step, keeps its last state and goes on", () => {
  const failures: unknown[] = [];
  const twin = runUntil(
    createTwin(street({ set: ["loads.scale=200"] })),
    HOUR_MS,
    [],
    ({ out }) => {
      for (const { event } of out.events) if (event.kind === "step-failed") failures.push(event);
    },
  );
  expect(failures).toHaveLength(60);
  expect(JSON.parse(JSON.stringify(failures))).toEqual(failures);
  const { energy, meters } = twin.world.plant;
  expect(energy.failedSteps[0]).toBe(60);
  expect(
    [...energy.sourceWMs, ...energy.deliveredWMs, ...meters.importMilliWh].every(Number.isFinite),
  ).toBe(true);
});
