// The outage board: what the company makes of gasps, breaths, readings and silence, most of which may be lost.

import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { type BoardRecords, lookAtOutages } from "../../sim/utility/outages/board.ts";
import {
  createOutages,
  noteMeterEvent,
  noteReadingOfSupply,
} from "../../sim/utility/outages/signs.ts";
import type { OutageState } from "../../sim/utility/state.ts";

const HOMES = 30;
const INTERVAL_MIN = 30;
/** Home k is on phase k mod 3 + 1 of the only feeder. */
const recordsOf = (homes: number) =>
  ({
    calendar: createCalendar("2026-01-12T00:00", "UTC", []),
    intervalMs: INTERVAL_MIN * MINUTE_MS,
    supplies: Array.from({ length: homes }, (_, k) => ({
      id: `home-${k}`,
      feeder: 0,
      phase: (k % 3) + 1,
    })),
    feeders: [{ id: "lane" }],
  }) as unknown as BoardRecords;
const ofPhase = (phase: number): number[] =>
  Array.from({ length: HOMES }, (_, k) => k).filter((k) => (k % 3) + 1 === phase);

/** A company that is told things at minutes, and looks at its board every minute. */
class Company {
  readonly homes: number;
  readonly state: OutageState;
  constructor(homes = HOMES) {
    this.homes = homes;
    this.state = createOutages(homes, 1);
  }
  readonly events: BeliefEvent[] = [];
  minute = 0;
  gasp(row: number): void {
    noteMeterEvent(this.state, row, "last-gasp", this.minute * MINUTE_MS, this.minute * MINUTE_MS);
  }
  breath(row: number): void {
    noteMeterEvent(
      this.state,
      row,
      "first-breath",
      this.minute * MINUTE_MS,
      this.minute * MINUTE_MS,
    );
  }
  readings(rows: readonly number[], currentA: readonly number[] = [10, 10, 10]): void {
    const at = this.minute * MINUTE_MS;
    for (const row of rows) {
      const reading = {
        measuredAt: at,
        elementCurrentA: currentA,
        elementVoltageV: [230, 230, 230],
      };
      noteReadingOfSupply(this.state, this.homes, row, reading as unknown as MeterReading, at);
    }
  }
  /** Goes on; all but the `dark` rows send their readings at each interval, and the transformer's meter its currents. */
  until(minute: number, dark: readonly number[] = [], transformerA = [40, 40, 40]): this {
    while (this.minute < minute) {
      this.minute++;
      if (this.minute % INTERVAL_MIN === 0) {
        this.readings(
          Array.from({ length: this.homes }, (_, k) => k).filter((k) => !dark.includes(k)),
        );
        this.readings([this.homes], transformerA);
      }
      this.events.push(
        ...lookAtOutages(recordsOf(this.homes), this.state, this.minute * MINUTE_MS),
      );
    }
    return this;
  }
  told(): string[] {
    return this.events.map((event) => `${event.kind} ${"where" in event ? event.where : ""}`);
  }
  out(): number[] {
    return [...this.state.isOut].flatMap((out, row) => (out === 1 ? [row] : []));
  }
}

describe("a phase of a feeder", () => {
  test("is out after two last gasps of ten homes, and over when its homes breathe", () => {
    const company = new Company().until(65);
    for (const row of [1, 7]) company.gasp(row);
    company.until(66);
    expect(company.told()).toEqual([]);
    company.until(70, ofPhase(2), [40, 0, 40]);
    expect(company.told()).toEqual(["outage-suspected lane/L2"]);
    expect(company.events[0]).toMatchObject({
      homes: 10,
      sentence: expect.stringMatching(/^2 of 10 homes on L2 said their last gasp at 01:05/),
    });
    expect(company.out()).toEqual(ofPhase(2));
    company.until(130, ofPhase(2), [40, 0, 40]);
    for (const row of ofPhase(2)) company.breath(row);
    company.until(132);
    expect(company.told().slice(1)).toEqual(["outage-over lane/L2"]);
    expect(company.out()).toEqual([]);
  });

  test("is out without any gasp once the transformer's meter has lost it and its homes are silent", () => {
    const company = new Company().until(65).until(105, ofPhase(3), [40, 40, 0]);
    expect(company.told()).toEqual(["outage-suspected lane/L3"]);
    expect(company.events[0]).toMatchObject({
      sentence: expect.stringMatching(
        /10 homes on L3 are silent since 01:00; the transformer's meter has L3 fallen from 40 A to 0 A/,
      ),
    });
  });

  test("is not out because the transformer's meter has lost it while its homes are heard", () => {
    const company = new Company().until(65).until(200, [], [40, 40, 0]);
    expect(company.told()).toEqual([]);
  });
});

describe("a whole feeder", () => {
  test("is out after gasps of all phases, and is no heap of homes while it comes back", () => {
    const company = new Company().until(65);
    for (const row of [0, 4, 5, 9]) company.gasp(row);
    const all = Array.from({ length: HOMES }, (_, k) => k);
    company.until(95, all, [0, 0, 0]);
    expect(company.told()).toEqual(["outage-suspected lane"]);
    expect(company.out()).toHaveLength(HOMES);
    // First breaths come over ten minutes.
    for (const row of all) {
      company.breath(row);
      if (row % 3 === 2) company.until(company.minute + 1);
    }
    company.until(200);
    expect(company.told().slice(1)).toEqual(["outage-over lane"]);
  });

  test("is out after its transformer's meter and one home", () => {
    const company = new Company().until(65);
    company.gasp(HOMES);
    company.gasp(3);
    expect(company.until(70, [3]).told()).toEqual(["outage-suspected lane"]);
  });

  test("is not out where gasps are of two phases and many homes of the third would have been heard", () => {
    const homes = [0, 3, 1, 4];
    const told = (phaseHomes: number): string[] => {
      const company = new Company(phaseHomes * 3).until(65);
      for (const row of homes) company.gasp(row);
      return company.until(70).told();
    };
    // Nobody of n homes is heard with a chance of 0.8^n: 0.41 of four, 0.04 of fifteen.
    expect(told(4)).toEqual(["outage-suspected lane"]);
    expect(told(15)).toEqual(["outage-suspected lane/L1", "outage-suspected lane/L2"]);
  });
});

describe("a home", () => {
  test("alone with its gasp is an outage of its own, whose end is its next sign of life", () => {
    const company = new Company().until(65);
    company.gasp(12);
    company.until(100, [12]);
    expect(company.told()).toEqual(["outage-suspected home-12"]);
    expect(company.out()).toEqual([12]);
    company.breath(12);
    expect(company.until(103).told().slice(1)).toEqual(["outage-over home-12"]);
  });

  test("that is silent for hours while its neighbours are heard is out, too", () => {
    const company = new Company().until(65).until(300, [20]);
    expect(company.told()).toEqual(["outage-suspected home-20"]);
    expect(company.events[0]!.at).toBeGreaterThan((60 + 90 + 60 - 1) * MINUTE_MS);
  });

  test("that is silent together with half of the street has lost the mobile network, not its supply", () => {
    const half = Array.from({ length: HOMES / 2 }, (_, k) => k);
    expect(new Company().until(65).until(400, half).told()).toEqual([]);
  });

  test("is alive where its gasp arrives after a later reading", () => {
    const company = new Company().until(61);
    const said = 30 * MINUTE_MS;
    noteMeterEvent(company.state, 5, "last-gasp", said, company.minute * MINUTE_MS);
    expect(company.until(80).told()).toEqual([]);
  });
});

test("two homes that fail within a minute on one phase are homes again once the others are heard", () => {
  const company = new Company().until(65);
  for (const row of [1, 4]) company.gasp(row);
  company.until(200, [1, 4]);
  expect(company.told()).toEqual([
    "outage-suspected lane/L2",
    "outage-suspected home-1",
    "outage-suspected home-4",
  ]);
  expect(company.out()).toEqual([1, 4]);
});
