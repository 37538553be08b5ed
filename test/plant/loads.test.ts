import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import {
  APPLIANCE_COUNT,
  APPLIANCES,
  START_CHANCE,
  varPerWatt,
} from "../../sim/plant/loads/appliances.ts";
import {
  createLoads,
  createOccupancyModel,
  createShapeModel,
  type LoadModel,
  stepLoads,
} from "../../sim/plant/loads/loads.ts";
import { addImport } from "../../sim/plant/meters/metering.ts";
import type { LoadState } from "../../sim/plant/state.ts";

// A Monday, so that the first five days are weekdays.
const CALENDAR = createCalendar("2026-01-12T00:00", "Asia/Kolkata", []);

/** Homes of the given sizes. */
function homes(
  residents: readonly number[],
  changes: { readonly seed?: number; readonly scale?: number } = {},
): LoadModel {
  const { seed = 1, scale = 1 } = changes;
  const rows = residents.map((people, row) => ({ id: `supply-${row + 1}`, residents: people }));
  return createOccupancyModel(rows, { seed, scale, calendar: CALENDAR, firstHome: 0 });
}

/** Plays `days` in steps and looks at the loads after each. */
function play(
  model: LoadModel,
  time: { readonly days: number; readonly stepMs?: number },
  look: (state: LoadState, at: number) => void,
): LoadState {
  const { days, stepMs = MINUTE_MS } = time;
  const state = createLoads(model);
  for (let at = 0; at < days * DAY_MS; at += stepMs) {
    stepLoads(model, state, at, stepMs);
    look(state, at);
  }
  return state;
}

/** Registers of one day, in mWh, with sensors that see everything. */
function registersAfterOneDay(residents: readonly number[], stepMs: number): readonly number[] {
  const count = residents.length;
  const registers = {
    importMilliWh: new Float64Array(count),
    carryMilliWMs: new Float64Array(count),
  };
  const sensors = {
    gain: new Float64Array(count).fill(1.003),
    sensedShare: new Float64Array(count).fill(1),
  };
  play(homes(residents), { days: 1, stepMs }, ({ wantedW }) =>
    addImport(registers, sensors, wantedW, stepMs),
  );
  return [...registers.importMilliWh];
}

describe("the step", () => {
  test("decides nothing: the same appliances run in the same minutes at 1 s, 10 s and 1 min", () => {
    const minutes = (stepMs: number): readonly string[] => {
      const seen: string[] = [];
      play(homes([1, 4]), { days: 0.25, stepMs }, ({ wantedW, wantedVar, appliances }, at) => {
        if (at % MINUTE_MS === 0)
          seen.push([...wantedW, ...wantedVar, ...appliances.runMinutes].join());
      });
      return seen;
    };
    const whole = minutes(MINUTE_MS);
    expect(whole).toHaveLength(360);
    expect(minutes(SECOND_MS)).toEqual(whole);
    expect(minutes(10 * SECOND_MS)).toEqual(whole);
  });

  test("of a second and of a minute leave registers that agree within 1 Wh a day, and so does one of an hour", () => {
    const residents = [1, 2, 3, 4, 6];
    const byMinute = registersAfterOneDay(residents, MINUTE_MS);
    for (const stepMs of [SECOND_MS, 5 * MINUTE_MS, HOUR_MS]) {
      registersAfterOneDay(residents, stepMs).forEach((milliWh, row) => {
        expect(Math.abs(milliWh - byMinute[row]!)).toBeLessThan(1000);
      });
    }
  });

  test("within a minute changes nothing, and says so", () => {
    const model = homes([3]);
    const state = createLoads(model);
    expect(stepLoads(model, state, 0, SECOND_MS)).toBe(true);
    const before = structuredClone(state);
    expect(stepLoads(model, state, 59 * SECOND_MS, SECOND_MS)).toBe(false);
    expect(state).toEqual(before);
    expect(stepLoads(model, state, MINUTE_MS, SECOND_MS)).toBe(true);
  });
});

describe("chance", () => {
  test("one more home at the end leaves the others as they were", () => {
    const day = (residents: readonly number[]) => {
      const seen: number[][] = [];
      play(
        homes(residents),
        { days: 1 },
        ({ wantedW }) => void seen.push([...wantedW.subarray(0, 2)]),
      );
      return seen;
    };
    expect(day([2, 4, 6])).toEqual(day([2, 4]));
  });

  test("another seed gives another day, the same seed the same one", () => {
    const last = (seed: number) => [
      ...play(homes([2, 4], { seed }), { days: 1 }, () => {}).wantedW,
    ];
    expect(last(1)).toEqual(last(1));
    expect(last(2)).not.toEqual(last(1));
  });

  test("a street does not begin in step: some refrigerators run and some wait", () => {
    const { appliances } = createLoads(homes(new Array<number>(60).fill(3)));
    const running = Array.from(
      { length: 60 },
      (_, home) => appliances.runMinutes[home * APPLIANCE_COUNT]! > 0,
    );
    const share = running.filter((isRunning) => isRunning).length / 60;
    // 20 of 60 minutes: a third, with a standard deviation of √(1/3 · 2/3 / 60) = 0.06; three of them.
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.18);
  });
});

describe("a home's day", () => {
  const MEAN_HOMES = 120;
  const DAYS = 14;
  const meanKWh = (residents: number): number => {
    const count = MEAN_HOMES;
    let wattMinutes = 0;
    play(homes(new Array<number>(count).fill(residents)), { days: DAYS }, ({ wantedW }) => {
      for (const watts of wantedW) wattMinutes += watts;
    });
    return wattMinutes / 60_000 / count / DAYS;
  };

  test("of two people has the energy that the appliance table adds up to", () => {
    // Starts a year × hours × kW: 306 + 196 + 137 + 432 + 183 + 440 + 40 + 312 = 2046 kWh, times 0.99 for two people,
    // and 51 W of standby, 447 kWh: 6.8 kWh a day. People who go to bed switch off before the cycle ends: up to 15 % less.
    const kWh = meanKWh(2);
    expect(kWh).toBeGreaterThan(0.85 * 6.8);
    expect(kWh).toBeLessThan(1.05 * 6.8);
  });

  test("is the longer the more people live there, and not in proportion", () => {
    const [one, three, six] = [1, 3, 6].map(meanKWh);
    expect(three).toBeGreaterThan(one!);
    expect(six).toBeGreaterThan(three!);
    expect(six).toBeLessThan(6 * one!);
  });

  test("scales with the scenario's scale", () => {
    const energy = (scale: number): number => {
      let wattMinutes = 0;
      play(homes([3], { scale }), { days: 1 }, ({ wantedW }) => (wattMinutes += wantedW[0]!));
      return wattMinutes;
    };
    expect(energy(0.5)).toBeCloseTo(energy(1) / 2, 3);
  });

  test("never falls below what is always on, and never has a power factor below the worst appliance's", () => {
    const model = homes([1, 2, 3, 4, 5, 6]);
    const standbyW = model.kind === "occupancy" ? model.appliances.standbyW : new Float64Array();
    expect(Math.min(...standbyW)).toBeGreaterThan(10);
    play(model, { days: 2 }, ({ wantedW, wantedVar }) => {
      for (let row = 0; row < wantedW.length; row++) {
        if (wantedW[row]! < standbyW[row]!)
          expect(wantedW[row]).toBeGreaterThanOrEqual(standbyW[row]!);
        const mostVar = 0.75 * wantedW[row]!; // tan(acos 0.8)
        if (wantedVar[row]! > mostVar || wantedVar[row]! < 0)
          expect(wantedVar[row]).toBeLessThanOrEqual(mostVar);
      }
    });
  });
});

describe("people", () => {
  // Share of weekday minutes with somebody awake at home, by hour: CREST demand model 2 (McKenna and Thomson, Applied
  // Energy 165 (2016)), its full matrices propagated. Two-hour windows are within 0.1 of them where the day is even.
  test.for([
    { people: 1, hour: 3, share: 0.02 },
    { people: 1, hour: 10, share: 0.42 },
    { people: 1, hour: 13, share: 0.42 },
    { people: 1, hour: 18, share: 0.67 },
    { people: 1, hour: 20, share: 0.7 },
    { people: 2, hour: 3, share: 0.07 },
    { people: 2, hour: 13, share: 0.53 },
    { people: 2, hour: 18, share: 0.81 },
    { people: 2, hour: 20, share: 0.85 },
  ])(
    "of a home of $people: somebody is awake at hour $hour in $share of weekdays",
    ({ people, hour, share }) => {
      const count = 150;
      let awake = 0;
      play(homes(new Array<number>(count).fill(people)), { days: 5 }, ({ activeCount }, at) => {
        if (Math.floor((at % DAY_MS) / HOUR_MS) !== hour) return;
        for (const active of activeCount) if (active > 0) awake++;
      });
      expect(Math.abs(awake / (count * 5 * 60) - share)).toBeLessThan(0.1);
    },
  );

  test("are never more awake than live there", () => {
    const residents = [1, 2, 3, 4, 5, 6];
    play(homes(residents), { days: 2 }, ({ activeCount }) => {
      residents.forEach((people, row) => {
        if (activeCount[row]! > people) expect(activeCount[row]).toBeLessThanOrEqual(people);
      });
    });
  });

  test("keep their television on only while somebody is awake", () => {
    const television = APPLIANCES.findIndex(({ name }) => name === "television");
    play(homes([1, 1, 2, 2]), { days: 3 }, ({ activeCount, appliances }) => {
      activeCount.forEach((active, home) => {
        const left = appliances.runMinutes[home * APPLIANCE_COUNT + television]!;
        if (active === 0 && left > 0) expect(left).toBe(0);
      });
    });
  });

  test.for([0, 7])("%d residents are refused", (people) => {
    expect(() => homes([people])).toThrow("supply-1: 1 to 6 residents");
  });
});

describe("appliances", () => {
  test("there are eight, each with a chance to start that is one", () => {
    expect(APPLIANCES).toHaveLength(8);
    expect(START_CHANCE).toHaveLength(8 * 24);
    expect(START_CHANCE.every((chance) => chance >= 0 && chance <= 1)).toBe(true);
  });

  test("a refrigerator starts about as often as the table says", () => {
    const count = 60;
    let starts = 0;
    let before = new Uint16Array();
    play(homes(new Array<number>(count).fill(2)), { days: 7 }, ({ appliances }) => {
      for (let home = 0; home < count && before.length > 0; home++) {
        const row = home * APPLIANCE_COUNT;
        if (appliances.runMinutes[row]! > 0 && before[row] === 0) starts++;
      }
      before = appliances.runMinutes.slice();
    });
    const startsPerYear = (starts / count / 7) * 365;
    expect(startsPerYear / 6116).toBeGreaterThan(0.85); // tastes differ by a quarter from home to home
    expect(startsPerYear / 6116).toBeLessThan(1.15);
  });

  test("a power factor of 0.8 is 0.75 var a watt, one of 1 is none", () => {
    expect(varPerWatt(0.8)).toBeCloseTo(0.75, 12);
    expect(varPerWatt(1)).toBe(0);
  });
});

describe("measured shapes", () => {
  const model = createShapeModel([
    { activeW: 1000, reactiveVar: 300, shape: [1, 2, 3], intervalMs: MINUTE_MS },
    { activeW: 2000, reactiveVar: 0, shape: [0.5, 0], intervalMs: 30 * MINUTE_MS },
  ]);

  test("sample k holds in minute k, counted from 1, and after the last comes the first", () => {
    const seen: number[] = [];
    play(model, { days: 5 / 1440 }, ({ wantedW, wantedVar }) => {
      seen.push(wantedW[0]!);
      expect(wantedVar[0]).toBeCloseTo(0.3 * wantedW[0]!, 9);
    });
    expect(seen).toEqual([1000, 2000, 3000, 1000, 2000]);
  });

  test("a sample of half an hour holds for half an hour", () => {
    const seen: number[] = [];
    play(
      model,
      { days: 2 / 24, stepMs: 15 * MINUTE_MS },
      ({ wantedW }) => void seen.push(wantedW[1]!),
    );
    expect(seen).toEqual([1000, 1000, 0, 0, 1000, 1000, 0, 0]);
  });

  test("a longer step gets the mean of its minutes", () => {
    const state = createLoads(model);
    stepLoads(model, state, 0, 2 * MINUTE_MS);
    expect(state.wantedW[0]).toBe(1500);
  });
});
