// Whatever the air does: what the company counts is what meters made, less what they said that they gave up, and
// nothing twice. Two hundred streets with every fault at once.

import { expect, test } from "vitest";
import type { TwinInput } from "../../sim/contract/input.ts";
import { OUTAGE_KINDS } from "../../sim/contract/outage.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { HISTORY, kindOf } from "../../sim/utility/history.ts";
import { FLAT_TARIFF, HASTY_POLICY } from "../support/hasty-rules.ts";
import { HEAD } from "../support/networks.ts";
import { journal, runUntil } from "../support/street.ts";

const SEEDS = 200;
const FAULTY_HOURS = 20;
/** Then the air is as well as its losses let it be. */
const END_MS = (FAULTY_HOURS + 14) * HOUR_MS;
const HOMES = ["home-1", "home-2", "home-3"];

/** Park and Miller's generator: whole numbers below `end`. */
function chooser(seed: number): (end: number) => number {
  let state = seed * 7919 + 1;
  return (end) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % end;
  };
}

function scenario(seed: number): ResolvedScenario {
  const pick = chooser(seed);
  const span = (hours: number): string =>
    `from: ${pick(FAULTY_HOURS * 60 - hours * 60)}min, for: ${1 + pick(hours * 60)}min`;
  const outages = OUTAGE_KINDS.map((of) => {
    const mast = of === "mast" || of === "backhaul" ? `mast: mast-${1 + pick(2)}, ` : "";
    return `  - { of: ${of}, ${mast}${span(8)} }`;
  });
  const lines = [
    "meterville: 1",
    "name: faults",
    "title: Every fault at once",
    'start: "2026-01-31T08:00"',
    "feeder: lane.dss",
    "air:",
    "  masts: [{ id: mast-1, x: 0, y: 40 }, { id: mast-2, x: 90, y: -40 }]",
    `  lossShare: 0.${1 + pick(4)}`,
    `  duplicateShare: 0.${1 + pick(5)}`,
    `  delayMean: ${1 + pick(40)}s`,
    `  outboxMax: ${2 + pick(7)}`,
    `  spread: ${pick(20)}min`,
    "utility: { billing: { tariff: tariff.yaml, policy: policy.yaml } }",
    "outages:",
    ...outages,
    "powerCuts:",
    `  - { ${span(3)} }`,
    `  - { target: ${HOMES[pick(HOMES.length)]}, ${span(5)} }`,
    "customers:",
    ...HOMES.map((id, at) => `  - { id: ${id}, name: N, address: A${at} }`),
  ];
  const loads = HOMES.map(
    (id, at) => `New Load.${id} Phases=1 Bus1=b.${at + 1} kV=0.23 kW=1 PF=0.95`,
  );
  const files: Readonly<Record<string, string>> = {
    "faults.yaml": lines.join("\n"),
    "lane.dss": `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m\n${loads.join("\n")}`,
    "tariff.yaml": FLAT_TARIFF,
    "policy.yaml": HASTY_POLICY,
  };
  return resolveScenario("faults.yaml", (path) => files[path]!, { seed });
}

interface Story {
  readonly twin: Twin;
  /** By meter: sequences in the order in which the company took them. */
  readonly taken: ReadonlyMap<string, number[]>;
  readonly intervals: ReadonlyMap<string, Set<number>>;
  readonly droppedCount: number;
}

function play(seed: number): Story {
  const pick = chooser(seed + 1000);
  const orders: (readonly [number, TwinInput])[] = [
    [(60 + pick(400)) * MINUTE_MS, { kind: "trip", target: HOMES[pick(HOMES.length)]! }],
    [(500 + pick(600)) * MINUTE_MS, { kind: "reconnect", target: HOMES[pick(HOMES.length)]! }],
  ];
  const taken = new Map<string, number[]>();
  const intervals = new Map<string, Set<number>>();
  let droppedCount = 0;
  const resolved = scenario(seed);
  const twin = runUntil(createTwin(resolved), END_MS, journal(orders), ({ out }) => {
    for (const { supply, sequence, measuredAt } of out.readings) {
      taken.set(supply, [...(taken.get(supply) ?? []), sequence]);
      const own = intervals.get(supply) ?? new Set<number>();
      intervals.set(supply, own.add(measuredAt / resolved.records.intervalMs));
    }
    for (const { event } of out.events) {
      if (event.kind === "readings-dropped") droppedCount += event.count;
    }
  });
  return { twin, taken, intervals, droppedCount };
}

test(`over ${SEEDS} seeds with every fault: intervals counted = intervals made − reported missing, none twice`, () => {
  const total = { made: 0, missing: 0, late: 0, bySms: 0, duplicated: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { twin, taken, intervals, droppedCount } = play(seed);
    const { model, world } = twin;
    const { counts, missing } = world.air;
    model.meters.ids.forEach((id, row) => {
      const where = `seed ${seed}, ${id}`;
      const made = world.plant.meters.nextSequence[row]! - 1;
      const got = taken.get(id) ?? [];
      expect(new Set(got).size, `${where}: none twice`).toBe(got.length);
      const under = world.air.outbox[row]!.flatMap(({ message, hasArrived }) =>
        message.kind === "reading" && !hasArrived ? [message.sequence] : [],
      );
      expect(under.length, where).toBeLessThanOrEqual(model.airSpec.outboxMax);
      const expected = Array.from({ length: made }, (_, at) => at + 1).filter(
        (sequence) => !missing[row]!.includes(sequence) && !under.includes(sequence),
      );
      expect(
        [...got].sort((a, b) => a - b),
        where,
      ).toEqual(expected);
      // What billing reads its registers from: the same intervals are there as read, no other ones.
      if (row >= HOMES.length) return;
      const end = world.belief.headend.historyEnd[row]!;
      const read = new Set<number>();
      // The register of the last visit, interval 0, is no reading.
      for (let interval = 1; interval <= end; interval++) {
        if (kindOf(world.belief.headend, row, interval) === HISTORY.read) read.add(interval);
      }
      expect(read, `${where}: the history`).toEqual(intervals.get(id));
    });
    expect(droppedCount).toBeGreaterThanOrEqual(counts.reportedMissing);
    expect(world.belief.billing.bills, `seed ${seed}: everybody is billed`).toBe(HOMES.length);
    total.made += counts.made;
    total.missing += counts.reportedMissing;
    total.late += counts.late;
    total.bySms += counts.bySms;
    total.duplicated += counts.duplicated;
  }
  // Every fault has happened, or the sentence above says little.
  for (const [what, count] of Object.entries(total)) expect(count, what).toBeGreaterThan(100);
  console.log(`every-interval: ${JSON.stringify(total)}`);
});
