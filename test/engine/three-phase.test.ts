// A customer on three phases: one meter with three elements, a third of the power on each.

import { expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { HEAD } from "../support/networks.ts";
import { journal, runUntil } from "../support/street.ts";

const FILES: Readonly<Record<string, string>> = {
  "farm.yaml": `meterville: 1
name: farm
title: A farm and a cottage
feeder: lane.dss
meters: { classPercent: 0, transformerClassPercent: 0 }
customers:
  - { id: farm, load: big, name: A, address: 1 Lane }
  - { id: cottage, load: small, name: B, address: 2 Lane }
`,
  "lane.dss": `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.big Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95
New Load.small Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`,
};
const farm = (): ResolvedScenario => resolveScenario("farm.yaml", (path) => FILES[path]!);

const usedMilliWh = ({ model, world }: Twin, row: number): number => {
  const openingWh = model.plantSpec.supplies[row]?.openingWh ?? 0;
  return registerMilliWh(model.meters, world.plant.meters, row) - openingWh * 1000;
};

test("its three elements count a third each, and its register counts what it used", () => {
  const twin = runUntil(createTwin(farm()), 6 * HOUR_MS);
  expect([...twin.model.meters.elementCount]).toEqual([3, 1, 3]);
  const { importMilliWh } = twin.world.plant.meters;
  const fresh = createTwin(farm()).world.plant.meters.importMilliWh;
  const [a, b, c] = [0, 1, 2].map((element) => importMilliWh[element]! - fresh[element]!);
  expect(a).toBeGreaterThan(0);
  expect(b).toBe(a);
  expect(c).toBe(a);
  // A W·h is 3600 s × 1000 ms; registers leave less than a milliwatt-hour an element behind.
  const deliveredMilliWh = twin.world.plant.energy.deliveredWMs[0]! / 3600;
  expect(Math.abs(usedMilliWh(twin, 0) - deliveredMilliWh)).toBeLessThan(10);
});

test("the transformer's meter counts both customers and the losses, phase by phase", () => {
  const twin = runUntil(createTwin(farm()), 6 * HOUR_MS);
  const customers = usedMilliWh(twin, 0) + usedMilliWh(twin, 1);
  const lossesMilliWh = twin.world.plant.energy.lossesWMs[0]! / 3600;
  expect(Math.abs(usedMilliWh(twin, 2) - customers - lossesMilliWh)).toBeLessThan(10);
  const [first, second, third] = [4, 5, 6].map((k) => twin.world.plant.meters.importMilliWh[k]!);
  expect(second! - first!, "the cottage is on L2").toBeGreaterThan(0.9 * usedMilliWh(twin, 1));
  expect(Math.abs(third! - first!)).toBeLessThan(0.01 * first!);
});

test("its reading tells the elements, and its register is their sum", () => {
  const sums: [number, number][] = [];
  runUntil(createTwin(farm()), 3 * HOUR_MS, [], ({ world }) => {
    for (const { message } of world.air.outbox[0]!) {
      if (message.kind !== "reading") continue;
      expect(message.elementImportWh).toHaveLength(3);
      sums.push([message.elementImportWh.reduce((sum, wh) => sum + wh, 0), message.importWh]);
    }
  });
  expect(sums.length).toBeGreaterThan(0);
  // Each element is cut to whole Wh, their sum once.
  for (const [sum, whole] of sums) {
    expect(whole - sum).toBeGreaterThanOrEqual(0);
    expect(whole - sum).toBeLessThanOrEqual(2);
  }
});

test("a shunt acts on all its elements", () => {
  const steal = journal([[0, { kind: "theft-start", target: "farm", share: 0.5 }]]);
  const thief = runUntil(createTwin(farm()), 2 * HOUR_MS, steal);
  const honest = runUntil(createTwin(farm()), 2 * HOUR_MS);
  expect(usedMilliWh(thief, 0) / usedMilliWh(honest, 0)).toBeCloseTo(0.5, 4);
});

test("no board takes its place: one measures one phase", () => {
  expect(
    checkInput(createTwin(farm()), { kind: "swap-in", target: "farm", device: "echo" }),
  ).toEqual({ ok: false, reason: "farm has a three-phase meter; a board measures one phase" });
});
