// The detectors that listen: what a few messages of one home say, and what they do not.

import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import {
  createNeutralWatch,
  neutralSignal,
  noteNeutral,
} from "../../sim/utility/detection/neutral-difference.ts";
import {
  createOpenRelayWatch,
  noteLoadVoltage,
  noteOpenRelay,
  openRelaySignal,
} from "../../sim/utility/detection/open-relay-use.ts";
import {
  ALARM,
  createPastWatch,
  notePast,
  pastSignal,
} from "../../sim/utility/detection/own-history.ts";
import {
  createTamperWatch,
  noteTamper,
  tamperSignal,
} from "../../sim/utility/detection/tamper-event.ts";
import { draws } from "../support/company.ts";
import { meterReading } from "../support/messages.ts";

describe("two sensors of a meter", () => {
  const heard = (...pairs: readonly (readonly [phaseA: number, neutralA: number])[]) => {
    const watch = createNeutralWatch(1);
    pairs.forEach(([phaseA, neutralCurrentA], index) => {
      const reading = { elementCurrentA: [phaseA], neutralCurrentA, measuredAt: index * HOUR_MS };
      noteNeutral(watch, 0, meterReading(reading));
    });
    return neutralSignal(watch, 0);
  };

  test("that disagree in three readings speak, with by how much and since when", () => {
    const found = heard([5, 3], [4, 2.4], [6, 3.6]);
    expect(found).toMatchObject({ since: 0, logOdds: 2.5, numbers: { readings: 3 } });
    expect(found?.numbers["differenceShare"]).toBeCloseTo(0.4, 9);
  });

  test.for<{ readonly what: string; readonly pairs: [number, number][] }>([
    {
      what: "disagree in two readings",
      pairs: [
        [5, 3],
        [5, 3],
      ],
    },
    {
      what: "disagree below half an ampere",
      pairs: [
        [0.4, 0.1],
        [0.4, 0],
        [0.3, 0],
        [0.4, 0],
      ],
    },
    {
      what: "differ by 7 % as sensors do",
      pairs: [
        [5, 4.65],
        [5, 4.65],
        [5, 4.65],
        [5, 4.65],
      ],
    },
    {
      what: "disagree every other reading",
      pairs: [
        [5, 3],
        [5, 5],
        [5, 3],
        [5, 5],
        [5, 3],
        [5, 5],
      ],
    },
  ])("that $what say nothing", ({ pairs }) => {
    expect(heard(...pairs)).toBeUndefined();
  });

  test("of a three-phase meter differ by nature", () => {
    const watch = createNeutralWatch(1);
    for (let at = 0; at < 9; at++) {
      noteNeutral(watch, 0, meterReading({ elementCurrentA: [9, 1, 4], neutralCurrentA: 7 }));
    }
    expect(neutralSignal(watch, 0)).toBeUndefined();
  });
});

describe("use behind an open relay", () => {
  const reading = (sequence: number, importWh: number, relay: "open" | "closed", currentA = 0) =>
    meterReading({ sequence, importWh, relay, elementCurrentA: [currentA], measuredAt: sequence });
  const heard = (...readings: readonly ReturnType<typeof reading>[]) => {
    const watch = createOpenRelayWatch(1);
    for (const each of readings) noteOpenRelay(watch, 0, each);
    return openRelaySignal(watch, 0, HOUR_MS);
  };

  test("shows in a register that moves from one reading with an open relay to the next", () => {
    const found = heard(
      reading(1, 100, "open"),
      reading(2, 200, "open"),
      reading(3, 320, "open", 2),
    );
    expect(found).toMatchObject({ logOdds: 3, numbers: { readings: 2, usedWh: 220 } });
  });

  test("is none where the relay opened in the middle of the interval", () => {
    expect(
      heard(reading(1, 100, "closed", 4), reading(2, 150, "open"), reading(3, 150, "open")),
    ).toBeUndefined();
  });

  test("is none where a reading between the two is missing, or they come the other way round", () => {
    expect(heard(reading(1, 100, "open"), reading(3, 900, "open"))).toBeUndefined();
    expect(heard(reading(2, 200, "open"), reading(1, 100, "open"))).toBeUndefined();
  });

  test("shows in voltage at the load side, the more the longer it lasts, up to a bound", () => {
    const watch = createOpenRelayWatch(1);
    noteLoadVoltage(watch, 0, true, 0);
    expect(openRelaySignal(watch, 0, 10 * MINUTE_MS)?.logOdds).toBeLessThan(2);
    expect(openRelaySignal(watch, 0, 3 * HOUR_MS)?.logOdds).toBe(3);
    expect(openRelaySignal(watch, 0, 90 * HOUR_MS)?.logOdds).toBe(4);
    noteLoadVoltage(watch, 0, false, HOUR_MS);
    expect(openRelaySignal(watch, 0, 90 * HOUR_MS)?.logOdds).toBe(2);
  });

  test("does not take an end for a beginning when they arrive the other way round", () => {
    const watch = createOpenRelayWatch(1);
    noteLoadVoltage(watch, 0, false, 2 * HOUR_MS);
    expect(openRelaySignal(watch, 0, 9 * HOUR_MS)).toBeUndefined();
  });
});

describe("tamper events", () => {
  test("that bounce are one", () => {
    const watch = createTamperWatch(1);
    for (const at of [0, 1000, 2 * MINUTE_MS, 4 * MINUTE_MS])
      noteTamper(watch, 0, "cover-open", at);
    expect(tamperSignal(watch, 0, MINUTE_MS)?.numbers).toEqual({ coverOpen: 1 });
  });

  test("say more the more there are, less the longer ago, and never more than their bound", () => {
    const watch = createTamperWatch(1);
    noteTamper(watch, 0, "magnet", 0);
    noteTamper(watch, 0, "magnet-gone", 0);
    const one = tamperSignal(watch, 0, 0)!.logOdds;
    expect(tamperSignal(watch, 0, 10 * DAY_MS)!.logOdds).toBeCloseTo(one / 2, 9);
    for (let day = 1; day <= 40; day++) {
      noteTamper(watch, 0, "magnet", day * HOUR_MS);
      noteTamper(watch, 0, "magnet-gone", day * HOUR_MS + 1);
    }
    expect(one).toBe(1);
    expect(tamperSignal(watch, 0, 40 * HOUR_MS)!.logOdds).toBe(3.5);
  });

  test("that last are strong: a magnet that stays for a night", () => {
    const watch = createTamperWatch(1);
    noteTamper(watch, 0, "magnet", 0);
    expect(tamperSignal(watch, 0, 8 * HOUR_MS)).toMatchObject({ logOdds: 3 });
    expect(tamperSignal(watch, 0, 8 * HOUR_MS)!.sentence).toContain("for 8h");
  });

  test("whose end arrives before its beginning have not lasted", () => {
    const watch = createTamperWatch(1);
    noteTamper(watch, 0, "magnet-gone", HOUR_MS);
    noteTamper(watch, 0, "magnet", 0);
    expect(tamperSignal(watch, 0, 9 * HOUR_MS)!.logOdds).toBeLessThan(1.1);
  });
});

describe("a home's own past", () => {
  const HOMES = 20;
  /** A street of days; `use` changes what home 0 uses. */
  const live = (
    seed: number,
    days: number,
    use: (day: number) => number,
    street = (_: number) => 1,
  ) => {
    const watch = createPastWatch(HOMES);
    const next = draws(seed);
    const alarms = new Set<number>();
    for (let day = 0; day < days; day++) {
      const dayWh = Float64Array.from({ length: HOMES }, (_, home) => {
        const noise = 1 + 0.35 * (next() + next() + next() - 1.5);
        return (4000 + 300 * home) * noise * street(day) * (home === 0 ? use(day) : 1);
      });
      notePast(watch, day, dayWh, day * DAY_MS);
      for (let home = 0; home < HOMES; home++) {
        if (watch.cusum[home]! >= ALARM) alarms.add(home);
      }
    }
    return { signal: pastSignal(watch, 0, days - 1), alarms, watch };
  };

  test("shows a step down to 40 % within a few days", () => {
    const { signal } = live(3, 20, (day) => (day < 15 ? 1 : 0.4));
    expect(signal?.numbers["nowWh"]).toBeLessThan(0.5 * signal!.numbers["usualWh"]!);
    expect(signal?.logOdds).toBeGreaterThan(1);
  });

  test("tells the step by what was usual before it, also once the lower use has become the past", () => {
    const shareTold = (days: number): number | undefined => {
      const { signal } = live(3, days, (day) => (day < 15 ? 1 : 0.4));
      const told = /kWh a day(?:, (\d+) % of what was usual before)?\./.exec(
        signal?.sentence ?? "",
      );
      return told?.[1] === undefined ? undefined : Number(told[1]);
    };
    for (const days of [20, 25, 30]) {
      expect(shareTold(days), `after ${days} days`).toBeGreaterThan(25);
      expect(shareTold(days), `after ${days} days`).toBeLessThan(60);
    }
    // What was before is longer ago than it remembers.
    const { signal } = live(3, 44, (day) => (day < 15 ? 1 : 0.4));
    expect(signal?.sentence).toMatch(/let expect: [\d.]+ kWh a day\.$/);
  });

  test("is not held against who saves as the whole street does", () => {
    const holiday = (day: number): number => (day < 15 ? 1 : 0.4);
    expect(live(3, 22, () => 1, holiday).alarms.size).toBe(0);
  });

  test("says little of a home that stands empty", () => {
    expect(live(3, 24, (day) => (day < 15 ? 1 : 0.02)).signal?.logOdds).toBe(0.5);
  });

  // Average run length of k = 0.5, h = 5 is about 930 days for one side; a home's first seven days are learned.
  test("raises next to no alarm on homes that go on as before", () => {
    let alarms = 0;
    for (let seed = 1; seed <= 20; seed++) alarms += live(seed, 28, () => 1).alarms.size;
    expect(alarms).toBeLessThan((20 * HOMES * 18) / 300);
  });
});
