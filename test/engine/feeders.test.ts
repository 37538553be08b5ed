// Several feeders in one street: each has a source, a transformer and a meter of its own, and shares no cable.

import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { HEAD } from "../support/networks.ts";
import { journal, runUntil } from "../support/street.ts";

const lane = (loads: string): string =>
  `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m\n${loads}`;
const FILES: Readonly<Record<string, string>> = {
  "two.yaml": `meterville: 1
name: two
title: Two lanes
feeder:
  - { id: east, file: east.dss }
  - { id: west, file: west.dss, at: [-100, 5] }
meters: { classPercent: 0, transformerClassPercent: 0 }
customers:
  - { id: home-w, name: C, address: 1 West Lane }
  - { id: home-e1, name: A, address: 1 East Lane }
  - { id: home-e2, name: B, address: 2 East Lane }
`,
  "east.yaml": `meterville: 1
name: two
title: One lane of the two
feeder: east.dss
meters: { classPercent: 0, transformerClassPercent: 0 }
customers:
  - { id: home-e1, name: A, address: 1 East Lane }
  - { id: home-e2, name: B, address: 2 East Lane }
`,
  "east.dss": lane(`New Load.home-e1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.home-e2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`),
  "west.dss": lane("New Load.home-w Phases=1 Bus1=b.3 kV=0.23 kW=1 PF=0.95\nBuscoords west.txt"),
  "west.txt": "sourcebus 3 4\nb 23 4\n",
};
const fileOf = (path: string): string => {
  const text = FILES[path];
  if (text === undefined) throw new Error(`there is no file ${path}`);
  return text;
};
const read = (change: (text: string) => string) => (path: string) =>
  path.endsWith(".yaml") ? change(FILES[path]!) : fileOf(path);
const lanes = (file = "two.yaml", change = (text: string) => text): ResolvedScenario =>
  resolveScenario(file, read(change));

describe("two feeders", () => {
  test("stand one after the other: supply points in the order of their feeders, a meter at each transformer", () => {
    const { model } = createTwin(lanes());
    expect(model.meters.ids).toEqual([
      "home-e1",
      "home-e2",
      "home-w",
      "transformer-east",
      "transformer-west",
    ]);
    expect(model.feeders.map(({ firstSupply, endSupply }) => [firstSupply, endSupply])).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  test("share nothing: a home's day is the same with and without the other lane", () => {
    const both = runUntil(createTwin(lanes()), DAY_MS);
    const alone = runUntil(createTwin(lanes("east.yaml")), DAY_MS);
    for (const row of [0, 1]) {
      expect(registerMilliWh(both.model.meters, both.world.plant.meters, row)).toBe(
        registerMilliWh(alone.model.meters, alone.world.plant.meters, row),
      );
    }
    expect(both.world.plant.energy.lossesWMs[0]).toBe(alone.world.plant.energy.lossesWMs[0]);
  });

  test("are balanced each by its own meter, whose readings reach the head-end phase by phase", () => {
    const twin = runUntil(createTwin(lanes()), 6 * HOUR_MS);
    const { model, world } = twin;
    const { energy, meters } = world.plant;
    for (const { meterRow, firstSupply, endSupply } of model.feeders) {
      let milliWh = energy.lossesWMs[meterRow - 3]! / 3600;
      for (let row = firstSupply; row < endSupply; row++) {
        milliWh += energy.deliveredWMs[row]! / 3600;
      }
      const counted = registerMilliWh(model.meters, meters, meterRow);
      expect(Math.abs(counted - milliWh)).toBeLessThan(10);
    }
    // History rows: three customers, then three registers a transformer; the west's customer is on L3.
    const { historyEnd } = world.belief.headend;
    expect(historyEnd).toHaveLength(3 + 2 * 3);
    expect([...historyEnd].every((end) => end === historyEnd[0])).toBe(true);
  });

  test("have names of their own on the plan, where the second one is moved", () => {
    const { layout } = lanes();
    expect(layout.transformers.map(({ feeder, x, y }) => [feeder, x, y])).toEqual([
      ["east", 0, 0],
      ["west", -97, 9],
    ]);
    expect(new Set(layout.branches.map(({ id }) => id)).size).toBe(layout.branches.length);
    expect(layout.supplies.map(({ bus }) => bus)).toEqual(["east/b", "east/b", "west/b"]);
  });

  test.each([
    ["id: west", "id: east", "two.yaml:6:7 feeder.1.id: east stands twice; ids are unique"],
    ["west.dss", "east.dss", "load home-e1 stands in two feeders; names of loads are unique"],
    ["west.dss", "north.dss", "two.yaml:4:1 feeder: there is no file north.dss"],
  ])("with %s turned into %s are refused", (from, to, sentence) => {
    expect(() => lanes("two.yaml", (text) => text.replace(from, to))).toThrow(sentence);
  });
});

describe("a power cut", () => {
  const cut = (rows: string) => lanes("two.yaml", (text) => `${text}powerCuts:\n${rows}`);

  test("of one feeder leaves its homes and its meter dark, and the other one alone", () => {
    const resolved = cut("  - { target: east, from: 1h, for: 2h }\n");
    const seen: string[] = [];
    const before: number[] = [];
    const twin = runUntil(createTwin(resolved), 4 * HOUR_MS, [], ({ model, world, out }) => {
      const { nowMs } = world.engine.clock;
      for (const { event } of out.events) {
        if (event.kind === "power-cut" || event.kind === "power-restored") {
          seen.push(`${event.at / HOUR_MS} h ${event.kind} ${event.target}`);
        }
      }
      const { power, meters } = world.plant;
      const isDark = nowMs > HOUR_MS && nowMs <= 3 * HOUR_MS;
      expect([...power.voltageV].map((volts) => volts > 0)).toEqual(
        [true, true, false, true, false]
          .map((isEast) => !isDark || !isEast)
          .map((_, row) => ([0, 1, 3].includes(row) ? !isDark : true)),
      );
      if (nowMs === HOUR_MS) {
        before.push(
          ...model.meters.ids.map((_, row) => registerMilliWh(model.meters, meters, row)),
        );
      }
      if (nowMs !== 3 * HOUR_MS) return;
      const after = model.meters.ids.map((_, row) => registerMilliWh(model.meters, meters, row));
      expect(after.map((milliWh, row) => milliWh > before[row]!)).toEqual([
        false,
        false,
        true,
        false,
        true,
      ]);
    });
    expect(seen).toEqual(["1 h power-cut east", "3 h power-restored east"]);
    expect(twin.world.plant.energy.extremesV[0]).toBeGreaterThan(200);
  });

  test("of one home takes its load off the street, and a person who gives power back is obeyed", () => {
    const entries = journal([
      [HOUR_MS, { kind: "power-cut", target: "home-w" }],
      [2 * HOUR_MS, { kind: "power-restore" }],
      [2 * HOUR_MS, { kind: "power-restore", target: "home-w" }],
    ]);
    runUntil(createTwin(lanes()), 3 * HOUR_MS, entries, ({ world }) => {
      const { nowMs } = world.engine.clock;
      const isDark = nowMs > HOUR_MS && nowMs <= 2 * HOUR_MS;
      expect(world.plant.power.voltageV[2] === 0).toBe(isDark);
      expect(world.plant.power.meteredW[2] === 0).toBe(isDark);
    });
  });

  test("of everything has no name; one of nothing known is refused with the nearest name", () => {
    const twin = createTwin(cut("  - { from: 10min, for: 10min }\n"));
    runUntil(twin, 15 * MINUTE_MS);
    expect([...twin.world.plant.cuts.feeder]).toEqual([1, 1]);
    expect([...twin.world.plant.power.voltageV].every((volts) => volts === 0)).toBe(true);
    expect(() => cut("  - { target: est, from: 1h, for: 2h }\n")).toThrow(
      "two.yaml:13:7 powerCuts.0.target: there is no feeder or supply point est; did you mean east?",
    );
    expect(checkInput(twin, { kind: "power-cut", target: "home-x" })).toEqual({
      ok: false,
      reason: 'there is no feeder or supply point "home-x"; did you mean home-w?',
    });
  });
});
