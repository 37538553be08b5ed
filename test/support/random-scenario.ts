// Scenarios that nobody thought of: some lanes with some homes, faults and inputs at any time. For properties.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import { isOfMast, OUTAGE_KINDS } from "../../sim/contract/outage.ts";
import { THEFT_KINDS, type TheftKind } from "../../sim/contract/theft.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { FLAT_TARIFF, HASTY_POLICY } from "./hasty-rules.ts";
import { HEAD } from "./networks.ts";
import { journal } from "./street.ts";

export const RANDOM_HOURS = 30;

export interface RandomRun {
  readonly resolved: ResolvedScenario;
  readonly entries: readonly JournalEntry[];
}

type Tariff = "flat" | "time-of-day" | "prepaid";
const shipped = (name: string): string =>
  readFileSync(join(PROJECT_ROOT, "scenarios/tariffs", `${name}.yaml`), "utf8");
const TARIFFS: Readonly<Record<Tariff, string>> = {
  flat: FLAT_TARIFF,
  "time-of-day": shipped("india-tod"),
  prepaid: shipped("india-prepaid"),
};

interface Home {
  readonly phase: number;
  readonly residents: number;
}

const homes = fc.array(
  fc.record({ phase: fc.constantFrom(1, 2, 3, 0), residents: fc.integer({ min: 1, max: 6 }) }),
  { minLength: 1, maxLength: 4 },
);
const minute = fc.integer({ min: 0, max: RANDOM_HOURS * 60 - 1 });

/** A scenario as its parts, so that a failure shrinks to the fewest lanes, faults and inputs. */
const parts = fc.record({
  seed: fc.integer({ min: 0, max: 4_294_967_295 }),
  lanes: fc.array(homes, { minLength: 1, maxLength: 4 }),
  lossShare: fc.constantFrom(0, 0.1, 0.4),
  outboxMax: fc.constantFrom(3, 20, 480),
  spreadMinutes: fc.constantFrom(0, 5, 20),
  cuts: fc.array(
    fc.record({ lane: fc.nat(3), from: minute, minutes: fc.integer({ min: 1, max: 300 }) }),
    { maxLength: 2 },
  ),
  outages: fc.array(
    fc.record({
      of: fc.constantFrom(...OUTAGE_KINDS),
      mast: fc.nat(1),
      from: minute,
      minutes: fc.integer({ min: 1, max: 400 }),
    }),
    { maxLength: 3 },
  ),
  /** One price, prices by the hour, or credit that runs out. */
  tariff: fc.constantFrom<Tariff>("flat", "time-of-day", "prepaid"),
  /** Of different kinds, so that no two of one kind meet at one home. */
  thefts: fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom(...THEFT_KINDS),
      home: fc.nat(15),
      share: fc.constantFrom(0.3, 1),
      from: minute,
      habit: fc.constantFrom("", "hours: ['22:00-06:00']", "opensCover: true", "days: days-off"),
    }),
    { maxLength: 3, selector: ({ kind }) => kind },
  ),
  /** Fuses that melt in an ordinary evening, that hold, or none. */
  protection: fc.constantFrom(
    null,
    "{ repairAfter: 40min }",
    "{ serviceFuseA: 4, feederFuseA: 10, repairAfter: 25min, voltage: { lowPercent: 2, highPercent: 1 } }",
  ),
  inputs: fc.array(fc.record({ at: minute, what: fc.nat(21), home: fc.nat(15), lane: fc.nat(3) }), {
    maxLength: 8,
  }),
});
type Parts = typeof parts extends fc.Arbitrary<infer Value> ? Value : never;

export const randomRun: fc.Arbitrary<RandomRun> = parts.map((drawn) => {
  const ids = drawn.lanes.flatMap((lane, at) => lane.map((_, home) => homeId(at, home)));
  return { resolved: resolve(drawn, ids), entries: entriesOf(drawn, ids) };
});

const homeId = (lane: number, home: number): string => `home-${lane + 1}-${home + 1}`;
const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

function resolve(drawn: Parts, ids: readonly string[]): ResolvedScenario {
  const { lanes, seed, lossShare, outboxMax, spreadMinutes } = drawn;
  const lines = [
    "meterville: 1",
    "name: random",
    "title: Random",
    'start: "2026-01-30T22:00"',
    "feeder:",
    ...lanes.map((_, lane) => `  - { id: lane-${lane + 1}, file: lane-${lane + 1}.dss }`),
    `air: { masts: [{ id: mast-1, x: -20, y: 40 }, { id: mast-2, x: 90, y: -40 }], lossShare: ${lossShare}, duplicateShare: 0.05, outboxMax: ${outboxMax}, spread: ${spreadMinutes}min }`,
    ...(drawn.protection === null ? [] : [`protection: ${drawn.protection}`]),
    "utility: { billing: { tariff: tariff.yaml, policy: policy.yaml } }",
    "customers:",
    // The other way round than the feeders: rows have to be put in order.
    ...lanes
      .flatMap((lane, at) =>
        lane.map((home, index) => customer(homeId(at, index), home, drawn.tariff)),
      )
      .reverse(),
    ...list(
      "outages",
      drawn.outages.map(
        ({ of, mast, from, minutes }) =>
          `{ of: ${of}, ${isOfMast(of) ? `mast: mast-${mast + 1}, ` : ""}from: ${from}min, for: ${minutes}min }`,
      ),
    ),
    ...list(
      "powerCuts",
      drawn.cuts.map(
        ({ lane, from, minutes }) =>
          `{ target: lane-${(lane % lanes.length) + 1}, from: ${from}min, for: ${minutes}min }`,
      ),
    ),
    ...list(
      "thefts",
      drawn.thefts.map(
        ({ kind, home, share, from, habit }) =>
          `{ target: ${pick(ids, home)}, kind: ${kind}, ${sizeOf(kind, share)}, from: ${from}min, ${habit} }`,
      ),
    ),
  ];
  const files: Record<string, string> = {
    "random.yaml": `${lines.join("\n")}\n`,
    "tariff.yaml": TARIFFS[drawn.tariff],
    "policy.yaml": HASTY_POLICY,
  };
  lanes.forEach((lane, at) => {
    files[`lane-${at + 1}.dss`] = laneScript(lane, at);
  });
  return resolveScenario("random.yaml", (path) => files[path]!, { seed });
}

const sizeOf = (kind: TheftKind, share: number): string =>
  kind === "hook" ? `powerW: ${2000 * share}` : `share: ${share}`;

const list = (key: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : [`${key}:`, ...rows.map((row) => `  - ${row}`)];

/** Who is prepaid has enough for some hours; the others owe something from the start. */
const customer = (id: string, { residents }: Home, tariff: Tariff): string => {
  const account =
    tariff === "prepaid"
      ? `mode: prepaid, openingCreditMinor: ${100 + 150 * residents}`
      : 'account: { items: [{ label: old, amountMinor: 50000, due: "2026-01-20" }] }';
  return `  - { id: ${id}, name: N, address: A, residents: ${residents}, ${account} }`;
};

function laneScript(lane: readonly Home[], at: number): string {
  const loads = lane.map(({ phase }, index) => {
    const id = homeId(at, index);
    return phase === 0
      ? `New Load.${id} Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95`
      : `New Load.${id} Phases=1 Bus1=b.${phase} kV=0.23 kW=1 PF=0.95`;
  });
  return `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=${20 + 10 * at} Units=m\n${loads.join("\n")}`;
}

function entriesOf(
  { inputs, lanes, protection }: Parts,
  ids: readonly string[],
): readonly JournalEntry[] {
  const rows = inputs.map(({ at, what, home, lane }): readonly [number, TwinInput] => {
    const target = pick(ids, home);
    const feeder = `lane-${(lane % lanes.length) + 1}`;
    const faults: readonly TwinInput[] =
      protection === null
        ? []
        : [
            { kind: "short-circuit", target },
            { kind: "short-circuit", target: `${feeder}/L${(home % 3) + 1}` },
            { kind: "fuse-replace", target },
          ];
    const kinds: readonly TwinInput[] = [
      { kind: "theft-start", target, share: 0.5 },
      { kind: "theft-stop", target },
      { kind: "mast-down" },
      { kind: "mast-up" },
      { kind: "payment", target, amountMinor: 60_000 },
      { kind: "trip", target },
      { kind: "reconnect", target },
      { kind: "power-cut", target: feeder },
      { kind: "power-restore", target: feeder },
      { kind: "outage-start", of: "backhaul", target: "mast-2" },
      { kind: "outage-end", of: "backhaul" },
      { kind: "dispute-open", target, reason: "too much" },
      { kind: "dispute-close", target, upheld: true },
      { kind: "set-step", stepMs: 30_000 },
      { kind: "theft-start", target, theft: "hook", powerW: 900 },
      { kind: "theft-start", target, theft: "relay-bypass" },
      { kind: "theft-start", target, theft: "missing-neutral", share: 0.7 },
      { kind: "theft-start", target, theft: "magnet", share: 0.4, opensCover: true },
      ...faults,
      { kind: "inspect", target },
      { kind: "replace-meter", target },
      { kind: "instalments", target, months: 2 },
      { kind: "write-off", target, amountMinor: 1000, reason: "small" },
      { kind: "refund", target },
      { kind: "move-out", target },
      { kind: "move-in", target, name: "Another", depositMinor: 5000 },
      { kind: "settle-former", target, customer: 1, amountMinor: 100, how: "paid" },
      { kind: "budget-billing", target, isOn: true },
      { kind: "payment", target, amountMinor: 500, receipt: "twice" },
    ];
    return [at * MINUTE_MS, pick(kinds, what)];
  });
  return journal([...rows].sort((a, b) => a[0] - b[0]));
}

export const RANDOM_END_MS: number = RANDOM_HOURS * HOUR_MS;
