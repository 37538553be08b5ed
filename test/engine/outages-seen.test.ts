// From the melted fuse to the company's board and back, through meters and air.

import { expect, test } from "vitest";
import type { BeliefStreet, BeliefSupplyColumns } from "../../sim/contract/frame.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { runUntil, street } from "../support/street.ts";

test("an evening's overload: the fuse melts, the company finds the phase, and sees it come back", () => {
  const told: string[] = [];
  const twin = createTwin(street({ scenario: "evening-overload" }));
  const after = (hours: number): void => {
    runUntil(twin, hours * HOUR_MS, [], ({ out }) => {
      for (const { event } of out.events) {
        const isTold = ["fuse-blown", "outage-suspected", "fuse-replaced", "outage-over"];
        if (isTold.includes(event.kind)) told.push(event.kind);
      }
    });
  };
  after(23);
  expect(told).toEqual(["fuse-blown", "outage-suspected"]);
  const { outages } = makeFrame(twin, "belief/street").data as BeliefStreet;
  expect(outages).toMatchObject([{ where: "feeder/L2", homes: 8 }]);
  const { isOut } = makeFrame(twin, "belief/supply").data as BeliefSupplyColumns;
  const dark = twin.model.records.supplies.map(({ phase }) => (phase === 2 ? 1 : 0));
  expect(isOut).toEqual(dark);
  after(24);
  expect(told).toEqual(["fuse-blown", "outage-suspected", "fuse-replaced", "outage-over"]);
});

test("the company says nothing of supply while nothing fails", () => {
  const told: string[] = [];
  runUntil(createTwin(street({ set: ["outages=[]"] })), 30 * HOUR_MS, [], ({ out }) => {
    for (const { event } of out.events) if (event.kind.startsWith("outage-")) told.push(event.kind);
  });
  expect(told).toEqual([]);
});
