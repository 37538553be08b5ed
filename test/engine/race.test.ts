// The race between a payment and a trip, over an air that is slow, lossy and gone for a while: whoever was first, the
// customer who has paid ends connected.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Posting } from "../../sim/contract/billing.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { HEAD } from "../support/networks.ts";
import { journal, runUntil } from "../support/street.ts";

const FEEDER = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95`;
const DEBT_MINOR = 61_250;
const FEE_MINOR = 6_000;
/** As the policy below promises it. */
const RECONNECT_WITHIN_MS = 2 * HOUR_MS;
/** The ladder's trip is ordered at nine; the run begins half an hour before. */
const ORDERED_AT = 30 * MINUTE_MS;

const shipped = (path: string): string => readFileSync(`${PROJECT_ROOT}/scenarios/${path}`, "utf8");

interface Air {
  readonly seed: number;
  readonly delayMeanMin: number;
  readonly lossShare: number;
  readonly duplicateShare: number;
  /** Minutes after the order: when the mast goes, and for how long. */
  readonly downAfter: number;
  readonly downFor: number;
}

function home({ seed, delayMeanMin, lossShare, duplicateShare, downAfter, downFor }: Air): Twin {
  const text = `meterville: 1
name: race
title: Race
start: "2026-01-12T08:30"
zone: Asia/Kolkata
feeder: street.dss
air: { lossShare: ${lossShare}, duplicateShare: ${duplicateShare}, delayMean: ${delayMeanMin}min, spread: 1min }
outages: [{ mast: mast-1, from: ${30 + downAfter}min, for: ${downFor}min }]
utility: { billing: { tariff: tariff.yaml, policy: policy.yaml }, detection: false, commandExpire: 12h }
customers:
  - id: home-1
    load: h1
    name: A
    address: 1 Lane
    pays: { afterBill: null, afterTrip: 1h }
    account: { items: [{ label: B, amountMinor: ${DEBT_MINOR}, due: "2025-12-01" }], noticeServedOn: "2025-12-20" }
`;
  const files: Readonly<Record<string, string>> = {
    "race.yaml": text,
    "street.dss": FEEDER,
    "tariff.yaml": shipped("tariffs/kerala-lt-1a.yaml"),
    "policy.yaml": `${shipped("policies/india-postpaid.yaml")}\ndunning: { reconnectWithin: 2h }\n`,
  };
  return createTwin(resolveScenario("race.yaml", (path) => files[path]!, { seed }));
}

test("a payment at any moment around a trip leaves the customer connected, and without a fee if it was first", () => {
  const air = fc.record({
    seed: fc.nat(1e6),
    delayMeanMin: fc.integer({ min: 1, max: 25 }),
    lossShare: fc.double({ min: 0, max: 0.6, noNaN: true }),
    duplicateShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
    downAfter: fc.integer({ min: 0, max: 120 }),
    downFor: fc.integer({ min: 1, max: 180 }),
  });
  const paidAfterMin = fc.integer({ min: -10, max: 150 });
  fc.assert(
    fc.property(air, paidAfterMin, (way, afterMin) => {
      const paidAt = ORDERED_AT + afterMin * MINUTE_MS;
      const postings: Posting[] = [];
      const opened: number[] = [];
      const heard: number[] = [];
      let closedAt = -1;
      const twin = home(way);
      const entries = journal([
        [paidAt, { kind: "payment", target: "home-1", amountMinor: DEBT_MINOR }],
      ]);
      runUntil(twin, 20 * HOUR_MS, entries, ({ out }) => {
        postings.push(...out.postings);
        for (const { supply, receivedAt } of out.readings) {
          if (supply === "home-1") heard.push(receivedAt);
        }
        for (const { event } of out.events) {
          if (event.kind !== "relay") continue;
          if (event.position === "open") opened.push(event.at);
          else closedAt = event.at;
        }
      });
      const { world } = twin;
      expect(opened.length, "a trip is obeyed at most once").toBeLessThanOrEqual(1);
      const wasFirst = opened.length === 0 || paidAt <= opened[0]!;
      const fees = postings.filter(({ credit }) => credit === "revenue/fees");
      if (wasFirst) expect(fees).toEqual([]);
      expect(world.plant.meters.relayOpen[0], "the home has supply").toBe(0);
      expect(world.belief.accounts[0]).toMatchObject({ state: "active", strayTrip: null });
      expect(world.belief.commands).toEqual([]);
      if (opened.length === 0 || !wasFirst) return;
      // From when the meter can be reached: it is heard of after it has opened and the mast is there.
      const isBackAt = ORDERED_AT + (way.downAfter + way.downFor) * MINUTE_MS;
      const wasAway = opened[0]! < isBackAt && closedAt > ORDERED_AT + way.downAfter * MINUTE_MS;
      const from = Math.max(opened[0]!, wasAway ? isBackAt : 0);
      const reachedAt = heard.find((at) => at >= from)!;
      expect(closedAt - reachedAt).toBeLessThanOrEqual(RECONNECT_WITHIN_MS);
    }),
    { numRuns: 40, seed: 20_260_112 },
  );
});

test("the fee is that of the policy and is paid before the supply comes back", () => {
  const still = {
    seed: 1,
    delayMeanMin: 1,
    lossShare: 0,
    duplicateShare: 0,
    downAfter: 600,
    downFor: 1,
  };
  const postings: Posting[] = [];
  const pay = journal([
    [ORDERED_AT + 30 * MINUTE_MS, { kind: "payment", target: "home-1", amountMinor: DEBT_MINOR }],
  ]);
  const twin = runUntil(home(still), 6 * HOUR_MS, pay, ({ out }) => postings.push(...out.postings));
  const fees = postings.filter(({ credit }) => credit === "revenue/fees");
  expect(fees.map(({ amountMinor }) => amountMinor)).toEqual([FEE_MINOR]);
  expect(twin.world.plant.meters.relayOpen[0]).toBe(0);
  expect(twin.world.belief.accounts[0]!.state).toBe("active");
});
