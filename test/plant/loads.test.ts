import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import {
  APPLIANCE_COUNT,
  APPLIANCES,
  PROFILES,
  type Profile,
} from "../../sim/plant/loads/appliance-table.ts";
import {
  courseFactor,
  lampMinutes,
  startChances,
  varPerWatt,
} from "../../sim/plant/loads/appliances.ts";
import { clearSkyIrradianceW, LOOKS_PER_DAY } from "../../sim/plant/loads/daylight.ts";
import {
  createLoads,
  createOccupancyModel,
  createShapeModel,
  type LoadModel,
  stepLoads,
} from "../../sim/plant/loads/loads.ts";
import { addEnergy } from "../../sim/plant/meters/metering.ts";
import { createMeters } from "../../sim/plant/meters/meters.ts";
import type { LoadState } from "../../sim/plant/state.ts";
import { meterModel } from "../support/meter.ts";

// A Monday, so that the first five days are weekdays.
const CALENDAR = createCalendar("2026-01-12T00:00", "Asia/Kolkata", []);

/** Homes of the given sizes. */
function homes(
  residents: readonly number[],
  changes: {
    readonly seed?: number;
    readonly scale?: number;
    readonly profile?: Profile;
    readonly owns?: readonly string[];
  } = {},
): LoadModel {
  const { seed = 1, scale = 1, profile = "uk", owns = [] } = changes;
  const rows = residents.map((people, row) => ({
    id: `supply-${row + 1}`,
    residents: people,
    owns,
  }));
  return createOccupancyModel(rows, { seed, scale, profile, calendar: CALENDAR, firstHome: 0 });
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
  const model = meterModel(
    residents.map(() => 1),
    { gain: new Float64Array(count).fill(1.003) },
  );
  const registers = createMeters(
    model,
    residents.map(() => ({ serial: "M", openingWh: 0, isOpen: false })),
  );
  const elementVoltageV = new Float64Array(count).fill(230);
  play(homes(residents), { days: 1, stepMs }, ({ wantedW, wantedVar }) => {
    const terminals = {
      activeW: wantedW,
      reactiveVar: wantedVar,
      elementVoltageV,
      frequencyHz: 50,
    };
    addEnergy(registers, model, terminals, registers.sensedShare, stepMs);
  });
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
    // Every home of the British table has one; it is the first row.
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
    expect(Math.min(...standbyW)).toBeGreaterThan(5);
    const worst = Math.max(...APPLIANCES.map(({ powerFactor }) => varPerWatt(powerFactor)));
    play(model, { days: 2 }, ({ wantedW, wantedVar }) => {
      for (let row = 0; row < wantedW.length; row++) {
        if (wantedW[row]! < standbyW[row]!)
          expect(wantedW[row]).toBeGreaterThanOrEqual(standbyW[row]!);
        const mostVar = worst * wantedW[row]!;
        if (wantedVar[row]! > mostVar || wantedVar[row]! < 0)
          expect(wantedVar[row]).toBeLessThanOrEqual(mostVar);
      }
    });
  });

  test("knows its country: no fans in Britain, no dryers to speak of in India", () => {
    const owners = (profile: Profile, name: string): number => {
      const model = homes(new Array<number>(100).fill(3), { profile });
      const { ratedW } = model.kind === "occupancy" ? model.appliances : { ratedW: [] };
      const index = APPLIANCES.findIndex((appliance) => appliance.name === name);
      return Array.from(
        { length: 100 },
        (_, home) => ratedW[home * APPLIANCE_COUNT + index]!,
      ).filter((watts) => watts > 0).length;
    };
    expect(owners("uk", "fans")).toBe(0);
    expect(owners("india", "fans")).toBeGreaterThan(90);
    expect(owners("india", "tumble-dryer")).toBeLessThan(8);
  });

  test("has what the scenario says that it owns", () => {
    const model = homes([3, 3, 3], { owns: ["car-charger"] });
    const { ratedW } = model.kind === "occupancy" ? model.appliances : { ratedW: [] };
    const index = APPLIANCES.findIndex(({ name }) => name === "car-charger");
    for (const home of [0, 1, 2]) {
      expect(ratedW[home * APPLIANCE_COUNT + index]).toBeGreaterThan(0.6 * 6600);
    }
  });
});

describe("a home without supply", () => {
  const COUNT = 200;
  /** Power of all homes by minute; dark from `fromMinute` for `minutes`. */
  const darkened = (fromMinute: number, minutes: number): readonly number[] => {
    const model = homes(new Array<number>(COUNT).fill(3));
    const state = createLoads(model);
    return Array.from({ length: 10 * 60 }, (_, minute) => {
      const isDark = minute >= fromMinute && minute < fromMinute + minutes;
      state.hasSupply.fill(isDark ? 0 : 1);
      stepLoads(model, state, minute * MINUTE_MS, MINUTE_MS);
      return state.wantedW.reduce((sum, watts) => sum + watts, 0);
    });
  };
  const meanOf = (watts: readonly number[], from: number, to: number): number =>
    watts.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);

  test("draws nothing, and with the others comes back with more than it went with: cold things are warm", () => {
    const usual = darkened(0, 0);
    const cut = darkened(120, 120);
    expect(meanOf(cut, 120, 240)).toBe(0);
    expect(meanOf(cut, 240, 255) / meanOf(usual, 240, 255)).toBeGreaterThan(1.5);
    // Two hours later the street is as it would have been, but for who was about to start something.
    expect(meanOf(cut, 420, 600) / meanOf(usual, 420, 600)).toBeLessThan(1.15);
  });

  test("for longer comes back with more, up to a bound", () => {
    // Supply returns at four in the morning each time; at first all of them run, then those that have more to make up for.
    const later = (minutes: number): number =>
      meanOf(darkened(240 - minutes, minutes), 240 + 25, 240 + 60);
    expect(later(120)).toBeGreaterThan(1.2 * later(10));
    expect(later(240)).toBeLessThan(3 * later(120));
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
      // Homes that are never empty raise the share a little in the middle of the day.
      expect(Math.abs(awake / (count * 5 * 60) - share)).toBeLessThan(0.12);
    },
  );

  test("live a holiday like a Sunday", () => {
    const residents = new Array<number>(300).fill(4);
    const awakeAtNoon = (holidays: readonly string[]): number => {
      const rows = residents.map((people, row) => ({
        id: `supply-${row + 1}`,
        residents: people,
        owns: [],
      }));
      const calendar = createCalendar("2026-01-12T00:00", "Europe/London", holidays);
      const options = { seed: 1, scale: 1, profile: "uk", calendar, firstHome: 0 } as const;
      let awake = 0;
      play(createOccupancyModel(rows, options), { days: 1.6 }, ({ activeCount }, at) => {
        if (at === DAY_MS + 12 * HOUR_MS)
          awake = activeCount.reduce((n, active) => n + (active > 0 ? 1 : 0), 0);
      });
      return awake;
    };
    // Of homes of four, 47 % are awake at noon on a Tuesday and 81 % on a Sunday.
    expect(awakeAtNoon(["2026-01-13"])).toBeGreaterThan(1.3 * awakeAtNoon([]));
  });

  test("are where they would be by now, whenever the run begins", () => {
    const rows = new Array<number>(300)
      .fill(3)
      .map((residents, row) => ({ id: `supply-${row + 1}`, residents, owns: [] }));
    const awakeAtStart = (start: string): number => {
      const calendar = createCalendar(start, "Europe/London", []);
      const options = { seed: 1, scale: 1, profile: "uk", calendar, firstHome: 0 } as const;
      const { activeCount } = createLoads(createOccupancyModel(rows, options));
      return activeCount.filter((active) => active > 0).length / rows.length;
    };
    // Homes of three at 19 h on a Monday: 89 %, at 4 h: 9 %; three standard deviations are 5 and 5 %.
    expect(Math.abs(awakeAtStart("2026-01-12T19:30") - 0.9)).toBeLessThan(0.07);
    expect(awakeAtStart("2026-01-12T04:30")).toBeLessThan(0.2);
  });

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

  test("of a home that is never empty are never all away", () => {
    const model = homes(new Array<number>(60).fill(2), { profile: "india" });
    const { neverEmpty } = model.kind === "occupancy" ? model.occupancy : { neverEmpty: [] };
    const kept = Array.from(neverEmpty, (flag, home) => ({ flag, home })).filter(
      ({ flag }) => flag,
    );
    // 21.7 % of 60, with a standard deviation of 3.2 homes.
    expect(Math.abs(kept.length - 13)).toBeLessThan(10);
    play(model, { days: 3 }, ({ presentCount }) => {
      for (const { home } of kept) if (presentCount[home] === 0) expect(home).toBeUndefined();
    });
  });

  test("in India rise an hour earlier", () => {
    const awakeBySeven = (profile: Profile): number => {
      let awake = 0;
      play(
        homes(new Array<number>(150).fill(3), { profile }),
        { days: 5 },
        ({ activeCount }, at) => {
          const hour = (at % DAY_MS) / HOUR_MS;
          if (hour < 5 || hour >= 7) return;
          for (const active of activeCount) if (active > 0) awake++;
        },
      );
      return awake;
    };
    expect(awakeBySeven("india")).toBeGreaterThan(1.3 * awakeBySeven("uk"));
  });

  test.for([0, 7])("%d residents are refused", (people) => {
    expect(() => homes([people])).toThrow("supply-1: 1 to 6 residents");
  });
});

describe("appliances", () => {
  test.for(PROFILES)("of %s have a chance to start that is one", (profile) => {
    const chance = startChances(profile);
    expect(chance).toHaveLength(APPLIANCE_COUNT * 24);
    expect(chance.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test("have names of their own, and a course whose mean is one", () => {
    expect(new Set(APPLIANCES.map(({ name }) => name)).size).toBe(APPLIANCE_COUNT);
    APPLIANCES.forEach(({ course, cycleMinutes }, index) => {
      const minutes = 100 * cycleMinutes;
      let sum = 0;
      for (let elapsed = 0; elapsed < minutes; elapsed++)
        sum += courseFactor(index, elapsed, minutes);
      expect(sum / minutes).toBeCloseTo(1, 2);
      expect(course === null || course.length > 1).toBe(true);
    });
  });

  test("a washing machine heats early and spins at the end", () => {
    const index = APPLIANCES.findIndex(({ name }) => name === "washing-machine");
    expect(courseFactor(index, 15, 120)).toBeGreaterThan(4);
    expect(courseFactor(index, 60, 120)).toBeLessThan(0.3);
    expect(courseFactor(index, 115, 120)).toBeGreaterThan(1);
  });

  test("a lamp burns for a minute to four hours, each of nine bins as often", () => {
    expect(lampMinutes(0)).toBe(1);
    expect(lampMinutes(1 - 1e-12)).toBe(259);
    const minutes = Array.from({ length: 9000 }, (_, k) => lampMinutes((k + 0.5) / 9000));
    expect(minutes.filter((burns) => burns >= 92)).toHaveLength(1000);
    expect(minutes.filter((burns) => burns >= 5 && burns <= 8)).toHaveLength(1000);
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
    expect(startsPerYear / 6116).toBeGreaterThan(0.85);
    expect(startsPerYear / 6116).toBeLessThan(1.15);
  });

  test("a power factor of 0.8 is 0.75 var a watt, one of 1 is none", () => {
    expect(varPerWatt(0.8)).toBeCloseTo(0.75, 12);
    expect(varPerWatt(1)).toBe(0);
  });
});

describe("daylight", () => {
  /** Hours of a clear day in which it is lighter than the threshold of most lamps. */
  const lightHours = (profile: Profile, month: number): number =>
    clearSkyIrradianceW(profile)
      .subarray(month * LOOKS_PER_DAY, (month + 1) * LOOKS_PER_DAY)
      .filter((watts) => watts > 60).length / 6;

  test("is long in a British June and short in December, and nearly the same in Kerala", () => {
    // Haurwitz' sky gives 60 W/m² where sin α is 0.098; the sun is higher for 2·acos((0.098 − sin φ·sin δ) ÷ (cos φ·cos δ))
    // with δ = ± 23.3°: 15.1 h and 5.6 h at 52.8° N, 11.8 h and 10.6 h at 10° N.
    expect(Math.abs(lightHours("uk", 5) - 15.1)).toBeLessThan(0.4);
    expect(Math.abs(lightHours("uk", 11) - 5.6)).toBeLessThan(0.4);
    expect(Math.abs(lightHours("india", 5) - 11.8)).toBeLessThan(0.4);
    expect(Math.abs(lightHours("india", 11) - 10.6)).toBeLessThan(0.4);
  });

  test("is strongest about noon of the local clock, in British summer about one", () => {
    const brightest = (profile: Profile, month: number): number => {
      const day = clearSkyIrradianceW(profile).subarray(
        month * LOOKS_PER_DAY,
        (month + 1) * LOOKS_PER_DAY,
      );
      return day.indexOf(Math.max(...day)) / 6;
    };
    expect(brightest("india", 2)).toBeCloseTo(12.3, 0);
    expect(brightest("uk", 0)).toBeCloseTo(12, 0);
    expect(brightest("uk", 6)).toBeCloseTo(13, 0);
  });

  test("keeps lamps off: at six in the evening far fewer burn in July than in January", () => {
    const lamps = APPLIANCES.flatMap(({ isLamp }, index) => (isLamp ? [index] : []));
    const burningAtSix = (start: string): number => {
      const rows = Array.from({ length: 100 }, (_, row) => ({
        id: `supply-${row + 1}`,
        residents: 3,
        owns: [],
      }));
      const calendar = createCalendar(start, "Europe/London", []);
      const options = { seed: 1, scale: 1, profile: "uk", calendar, firstHome: 0 } as const;
      let burning = 0;
      play(createOccupancyModel(rows, options), { days: 2 }, ({ appliances }, at) => {
        if (at % DAY_MS !== 18 * HOUR_MS) return;
        for (let home = 0; home < rows.length; home++) {
          for (const lamp of lamps) {
            if (appliances.runMinutes[home * APPLIANCE_COUNT + lamp]! > 0) burning++;
          }
        }
      });
      return burning;
    };
    expect(burningAtSix("2026-01-12T00:00")).toBeGreaterThan(4 * burningAtSix("2026-07-13T00:00"));
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
