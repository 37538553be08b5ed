// What each theft does to a street of perfect meters: what flows, what is counted, what a meter can notice.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TAMPER } from "../../sim/contract/reading.ts";
import { THEFT_KINDS, theftBit } from "../../sim/contract/theft.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { theftSince } from "../../sim/engine/score.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { journal, runUntil, street } from "../support/street.ts";

const ROW = 4;
const HOME = "supply-05";
const PERFECT = [
  "meters.classPercent=0",
  "meters.transformerClassPercent=0",
  "outages=[]",
  "powerCuts=[]",
];
const QUIET = [...PERFECT, "utility.detection=false", "utility.billing=null"];

type Input = Parameters<typeof journal>[0][number][1];

/** Three Lanes with these thefts of the scenario and inputs. */
function lanes(
  thefts: string,
  rows: readonly (readonly [number, Input])[] = [],
  set: readonly string[] = [],
) {
  const twin = createTwin(street({ set: [...QUIET, `thefts=[${thefts}]`, ...set] }));
  return { twin, entries: journal(rows) };
}

const countedWh = ({ model, world }: Twin): number =>
  registerMilliWh(model.meters, world.plant.meters, ROW) / 1000 -
  model.plantSpec.supplies[ROW]!.openingWh;
const deliveredWh = ({ world }: Twin): number => world.plant.energy.deliveredWMs[ROW]! / HOUR_MS;
const stolenWh = ({ world }: Twin): number => world.plant.energy.stolenWMs[ROW]! / HOUR_MS;

function supplyFrame(twin: Twin) {
  const frame = makeFrame(twin, "truth/supply");
  if (frame.channel !== "truth/supply") throw new Error("another frame");
  const { data } = frame;
  return {
    kinds: data.theftKinds[ROW]!,
    activeW: data.activePowerW[ROW]!,
    unmeteredW: data.unmeteredW[ROW]!,
    currentA: data.currentA[ROW]!,
    neutralA: data.neutralCurrentA[ROW]!,
    bypassShare: data.bypassShare[ROW]!,
    offReason: data.offReason[ROW]!,
    voltageV: data.voltageV[ROW]!,
  };
}

describe("whatever is stolen", () => {
  const theft = fc.record({
    kind: fc.constantFrom(...THEFT_KINDS),
    share: fc.constantFrom(0.2, 0.7, 1),
    at: fc.integer({ min: 0, max: 80 }),
    home: fc.constantFrom(HOME, "supply-06", "supply-20"),
    stops: fc.boolean(),
  });

  test("what flows at a home is what its meter counts and what is stolen, and the feeder's balance closes", () => {
    fc.assert(
      fc.property(
        fc.array(theft, { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        (thefts, isOld) => {
          const rows = thefts.flatMap(({ kind, share, at, home, stops }): [number, Input][] => {
            const size = kind === "hook" ? { powerW: 2000 * share } : { share };
            const start: Input = { kind: "theft-start", target: home, theft: kind, ...size };
            const stop: Input = { kind: "theft-stop", target: home, theft: kind };
            return [
              [at * MINUTE_MS, start],
              ...(stops ? [[(at + 10) * MINUTE_MS, stop] as [number, Input]] : []),
            ];
          });
          rows.push([30 * MINUTE_MS, { kind: "trip", target: HOME }]);
          rows.push([50 * MINUTE_MS, { kind: "power-cut", target: "supply-06" }]);
          rows.sort((a, b) => a[0] - b[0]);
          const { twin, entries } = lanes("", rows, [`meters.neutralSensor=${!isOld}`]);
          // Every step's invariants hold: source = delivered + losses.
          runUntil(twin, 90 * MINUTE_MS, entries);
          const { energy, meters } = twin.world.plant;
          twin.model.plantSpec.supplies.forEach(({ openingWh }, row) => {
            const wh = registerMilliWh(twin.model.meters, meters, row) / 1000 - openingWh;
            const flowedWh = energy.deliveredWMs[row]! / HOUR_MS;
            // 90 steps round a power to a milliwatt each.
            expect(Math.abs(flowedWh - energy.stolenWMs[row]! / HOUR_MS - wh)).toBeLessThan(0.005);
          });
        },
      ),
      { seed: 20_260_112, numRuns: 12 },
    );
  }, 120_000);
});

describe("a hook", () => {
  const HOOK = `{ target: ${HOME}, kind: hook, powerW: 1500, from: 1h }`;

  test("is a load before the meter: the street carries it, the meter counts what it counts without, the voltage sags", () => {
    const [honest, thief] = [lanes(""), lanes(HOOK)];
    runUntil(honest.twin, 3 * HOUR_MS);
    runUntil(thief.twin, 3 * HOUR_MS);
    expect(countedWh(thief.twin)).toBe(countedWh(honest.twin));
    expect(deliveredWh(thief.twin) - deliveredWh(honest.twin)).toBeCloseTo(3000, 1);
    expect(stolenWh(thief.twin)).toBeCloseTo(3000, 1);
    const [before, after] = [supplyFrame(honest.twin), supplyFrame(thief.twin)];
    expect(before.voltageV - after.voltageV).toBeGreaterThan(0.2);
    expect(after.unmeteredW).toBeCloseTo(1500, 1);
    expect(after.activeW - after.unmeteredW).toBeCloseTo(before.activeW, 1);
    expect([before.kinds, after.kinds]).toEqual([0, theftBit("hook")]);
  });

  test("goes on after a trip, and not without voltage", () => {
    const rows: [number, Input][] = [
      [90 * MINUTE_MS, { kind: "trip", target: HOME }],
      [150 * MINUTE_MS, { kind: "power-cut", target: HOME }],
    ];
    const { twin, entries } = lanes(HOOK, rows);
    runUntil(twin, 2 * HOUR_MS, entries);
    expect(supplyFrame(twin)).toMatchObject({
      offReason: "relay",
      activeW: 1500,
      unmeteredW: 1500,
    });
    runUntil(twin, 3 * HOUR_MS, entries);
    expect(supplyFrame(twin)).toMatchObject({ offReason: "cut", activeW: 0, unmeteredW: 0 });
    // From 1 h to 2 h 30 min.
    expect(stolenWh(twin)).toBeCloseTo(2250, 1);
  });
});

describe("a neutral that is missing", () => {
  const EARTH = `{ target: ${HOME}, kind: missing-neutral, share: 0.6, from: 0s }`;

  test("costs a meter with two sensors nothing, which notices that they differ", () => {
    const [honest, thief] = [lanes(""), lanes(EARTH)];
    runUntil(honest.twin, DAY_MS);
    runUntil(thief.twin, DAY_MS);
    expect(countedWh(thief.twin)).toBe(countedWh(honest.twin));
    expect(stolenWh(thief.twin)).toBe(0);
    expect(thief.twin.world.plant.meters.tamperFlags[ROW]).toBe(TAMPER.neutral);
    const { neutralA, currentA } = supplyFrame(thief.twin);
    expect(neutralA).toBeCloseTo(0.4 * currentA, 2);
  });

  test("costs an old meter, whose sensor sits in the neutral, its share, and nobody notices", () => {
    const { twin } = lanes(EARTH, [], ["meters.neutralSensor=false"]);
    runUntil(twin, DAY_MS);
    expect(countedWh(twin) / deliveredWh(twin)).toBeCloseTo(0.4, 4);
    expect(stolenWh(twin) / deliveredWh(twin)).toBeCloseTo(0.6, 6);
    expect(twin.world.plant.meters.tamperFlags[ROW]).toBe(0);
  });
});

test("a magnet takes its share of what the meter sees and is noticed within half a minute", () => {
  const { twin } = lanes(
    `{ target: ${HOME}, kind: magnet, share: 0.5, from: 1h }`,
    [],
    ["step=10s"],
  );
  runUntil(twin, HOUR_MS + 30_000);
  expect(twin.world.plant.meters.tamperFlags[ROW]).toBe(TAMPER.magnet);
  const [countedBefore, flowedBefore] = [countedWh(twin), deliveredWh(twin)];
  runUntil(twin, 4 * HOUR_MS);
  expect((countedWh(twin) - countedBefore) / (deliveredWh(twin) - flowedBefore)).toBeCloseTo(
    0.5,
    3,
  );
  const { neutralA, currentA } = supplyFrame(twin);
  expect(neutralA).toBeCloseTo(0.5 * currentA, 2);
});

describe("a bridge over the relay", () => {
  const BRIDGE = `{ target: ${HOME}, kind: relay-bypass, from: 0s }`;
  const TRIP: [number, Input] = [HOUR_MS, { kind: "trip", target: HOME }];
  const RECONNECT: [number, Input] = [3 * HOUR_MS, { kind: "reconnect", target: HOME }];

  test("takes nothing while the relay is closed; behind the open one the home lives on, uncounted and noticed", () => {
    const { twin, entries } = lanes(BRIDGE, [TRIP, RECONNECT]);
    runUntil(twin, HOUR_MS, entries);
    expect([stolenWh(twin), supplyFrame(twin).kinds, theftSince(twin.world.engine, ROW)]).toEqual([
      0, 0, -1,
    ]);
    runUntil(twin, 3 * HOUR_MS, entries);
    const off = supplyFrame(twin);
    expect(off.kinds).toBe(theftBit("relay-bypass"));
    expect(off.activeW).toBeGreaterThan(0);
    expect(off.unmeteredW).toBe(off.activeW);
    expect(off.offReason).toBe("");
    expect(stolenWh(twin)).toBeGreaterThan(50);
    expect(twin.world.plant.meters.tamperFlags[ROW]).toBe(TAMPER.load);
    expect(theftSince(twin.world.engine, ROW)).toBeGreaterThanOrEqual(HOUR_MS);
    runUntil(twin, 4 * HOUR_MS, entries);
    expect(supplyFrame(twin)).toMatchObject({ kinds: 0, unmeteredW: 0 });
  });

  test("that leads around the relay alone is counted as far as it passes the sensor", () => {
    const half = `{ target: ${HOME}, kind: relay-bypass, share: 0.25, from: 0s }`;
    const { twin, entries } = lanes(half, [TRIP]);
    runUntil(twin, 2 * HOUR_MS, entries);
    const before = [countedWh(twin), deliveredWh(twin)];
    runUntil(twin, 4 * HOUR_MS, entries);
    const passed = (countedWh(twin) - before[0]!) / (deliveredWh(twin) - before[1]!);
    expect(passed).toBeCloseTo(0.75, 4);
  });
});

describe("several at one home", () => {
  test("multiply: what a bypass leaves, a magnet sees less of, and a hook comes on top", () => {
    const all = ["partial-bypass, share: 0.5", "magnet, share: 0.4", "hook, powerW: 800"];
    const { twin } = lanes(
      all.map((what) => `{ target: ${HOME}, kind: ${what}, from: 0s }`).join(", "),
    );
    runUntil(twin, 2 * HOUR_MS);
    const hookWh = 2 * 800;
    expect(countedWh(twin) / (deliveredWh(twin) - hookWh)).toBeCloseTo(0.5 * 0.6, 3);
    const bits = theftBit("partial-bypass") + theftBit("magnet") + theftBit("hook");
    expect(supplyFrame(twin)).toMatchObject({ kinds: bits, bypassShare: 0.5 });
  });

  test("end one by one, or all at once", () => {
    const rows: [number, Input][] = [
      [0, { kind: "theft-start", target: HOME, share: 0.5 }],
      [0, { kind: "theft-start", target: HOME, theft: "magnet", share: 0.5 }],
      [0, { kind: "theft-start", target: HOME, theft: "hook", powerW: 500 }],
      [HOUR_MS, { kind: "theft-stop", target: HOME, theft: "magnet" }],
      [2 * HOUR_MS, { kind: "theft-stop", target: HOME }],
    ];
    const { twin, entries } = lanes("", rows);
    runUntil(twin, HOUR_MS + MINUTE_MS, entries);
    expect(supplyFrame(twin).kinds).toBe(theftBit("partial-bypass") + theftBit("hook"));
    const told: string[] = [];
    runUntil(twin, 2 * HOUR_MS + MINUTE_MS, entries, ({ out }) => {
      for (const { event } of out.events) if (event.kind === "theft-stop") told.push(event.theft);
    });
    expect(told).toEqual(["partial-bypass", "hook"]);
    expect(supplyFrame(twin)).toMatchObject({ kinds: 0, unmeteredW: 0 });
  });
});

describe("a thief's habits", () => {
  /** Minutes of the first days in which the theft is at work. */
  function hoursAtWork(habit: string, days: number): readonly number[] {
    const { twin } = lanes(
      `{ target: ${HOME}, share: 0.5, from: 0s, ${habit} }`,
      [],
      ["step=30min", "start=2026-01-16T00:00", "holidays=[]"],
    );
    const hours: number[] = [];
    runUntil(twin, days * DAY_MS, [], ({ world }) => {
      const { nowMs } = world.engine.clock;
      if (world.plant.theft.atWork[ROW] !== 0) hours.push((nowMs - 30 * MINUTE_MS) / HOUR_MS);
    });
    return hours;
  }

  // 16 January 2026 is a Friday.
  test.for([
    { habit: 'hours: ["18:00-19:30"]', hours: [18, 18.5, 19, 42, 42.5, 43, 66, 66.5, 67] },
    { habit: 'hours: ["23:00-00:30"]', hours: [0, 23, 23.5, 24, 47, 47.5, 48, 71, 71.5] },
    { habit: 'hours: ["18:00-19:00"], days: working-days', hours: [18, 18.5] },
    { habit: 'hours: ["18:00-19:00"], days: days-off', hours: [42, 42.5, 66, 66.5] },
    // The night from Friday to Saturday is Friday's.
    { habit: 'hours: ["23:30-00:30"], days: working-days', hours: [0, 23.5, 24] },
  ])("$habit: at work in the half hours from $hours", ({ habit, hours }) => {
    expect(hoursAtWork(habit, 3)).toEqual(hours);
  });

  test("aboveW: only while the home draws more, and then as much as without", () => {
    const { twin } = lanes(`{ target: ${HOME}, share: 0.5, from: 0s, aboveW: 600 }`);
    const seen = new Set<string>();
    runUntil(twin, DAY_MS, [], ({ world }) => {
      const isHeavy = world.plant.loads.wantedW[ROW]! > 600;
      expect(world.plant.theft.atWork[ROW]).toBe(isHeavy ? theftBit("partial-bypass") : 0);
      expect(world.plant.meters.sensedShare[ROW]).toBe(isHeavy ? 0.5 : 1);
      seen.add(String(isHeavy));
    });
    expect(seen.size).toBe(2);
  });

  test("ramp: it grows to its full size and stays there, whatever the step", () => {
    const shares = (step: string): readonly number[] => {
      const { twin } = lanes(
        `{ target: ${HOME}, share: 0.8, from: 1h, ramp: 2h }`,
        [],
        [`step=${step}`],
      );
      return [1, 1.5, 2, 3, 5].map((hour) => {
        runUntil(twin, hour * HOUR_MS);
        return twin.world.plant.theft.bypassShare[ROW]!;
      });
    };
    const minutes = shares("1min");
    for (const [k, share] of [0, 0.2, 0.4, 0.8, 0.8].entries()) {
      expect(minutes[k]).toBeCloseTo(share, 2);
    }
    expect(shares("10s")).toEqual(minutes);
  });

  test("opensCover: the meter tells of its cover once, when the shunt is put in", () => {
    const { twin } = lanes(`{ target: ${HOME}, share: 0.8, from: 1h, opensCover: true }`);
    runUntil(twin, HOUR_MS);
    expect(twin.world.plant.meters.tamperFlags[ROW]).toBe(0);
    runUntil(twin, 3 * HOUR_MS);
    expect(twin.world.plant.meters.tamperFlags[ROW]).toBe(TAMPER.cover);
    expect(twin.world.plant.meters.contacts[ROW]).toBe(0);
    const covers = twin.world.plant.meterLogs.events
      .flat()
      .filter(({ code }) => code === "cover-open");
    expect(covers).toHaveLength(1);
  });
});
