// How many trips go out on a day, by whose order, and which wait for a second official.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import { NO_DUNNING_POLICY } from "../../sim/utility/billing/policy.ts";
import {
  approveTrips,
  claimTrip,
  createDunning,
  dropOfficialTrips,
  dropTrip,
  refuseTrips,
  undecidable,
} from "../../sim/utility/billing/trip-desk.ts";
import { type Orderer, TRIPS_WAITING_MAX } from "../../sim/utility/state.ts";

const MONDAY = 20_465;

function desk(
  limits: { tripsPerDayMax?: number; above?: number; approvals?: number },
  events: BeliefEvent[] = [],
) {
  const { tripsPerDayMax = null, above, approvals = 1 } = limits;
  const twoPersons = above === undefined ? null : { above, approvals };
  const policy = { ...NO_DUNNING_POLICY, tripsPerDayMax, twoPersons };
  const state = createDunning(MONDAY);
  /** The batch that it went out with; undefined where it waits. */
  const claim = (row: number, by: Orderer = "ladder", today = MONDAY): string | undefined => {
    const supply = `supply-${row}`;
    return claimTrip(state, policy, { row, supply, by, reason: "?", today, at: 0 }, events)?.batch;
  };
  const approve = (id: string, by: string): void =>
    approveTrips(state, policy, { id, by, at: 0 }, events);
  const refuse = (id: string, by: string, today = MONDAY): void =>
    refuseTrips(state, { id, by, at: 0 }, today, events);
  return { state, claim, approve, refuse, events };
}

describe("the maximum of a day", () => {
  test("counts each official and the ladder by themselves, and the rest waits for the next day", () => {
    const { claim, state } = desk({ tripsPerDayMax: 2 });
    expect([claim(1), claim(2), claim(3)]).toEqual(["", "", undefined]);
    expect(claim(4, "official/Rao")).toBe("");
    expect(state.waiting.map(({ row, batch }) => [row, batch])).toEqual([[3, ""]]);
    expect(claim(3, "ladder", MONDAY + 1)).toBe("");
    expect(state.waiting).toEqual([]);
  });

  test("is told once for each that waits", () => {
    const { claim, events } = desk({ tripsPerDayMax: 1 });
    claim(1);
    for (let times = 0; times < 5; times++) claim(2);
    expect(events.map(({ kind }) => kind)).toEqual(["trip-held"]);
  });

  test("is never exceeded, whoever orders what when", () => {
    const order = fc.record({
      row: fc.nat(40),
      by: fc.constantFrom<Orderer>("ladder", "theft", "official", "official/Rao"),
      later: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 120 }),
        fc.integer({ min: 1, max: 5 }),
        (orders, max) => {
          const { claim } = desk({ tripsPerDayMax: max });
          const sent = new Map<string, number>();
          let today = MONDAY;
          for (const { row, by, later } of orders) {
            if (later) today++;
            if (claim(row, by, today) === undefined) continue;
            const key = `${today}/${by}`;
            sent.set(key, (sent.get(key) ?? 0) + 1);
          }
          for (const count of sent.values()) expect(count).toBeLessThanOrEqual(max);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("the two-person rule", () => {
  test("lets the first trips of a day go and holds the others in one batch", () => {
    const { claim, state } = desk({ above: 2 });
    expect([claim(1), claim(2), claim(3), claim(4)]).toEqual(["", "", undefined, undefined]);
    expect(state.waiting.map(({ batch }) => batch)).toEqual(["trips-1", "trips-1"]);
  });

  test("holds them on the next day too, until somebody else has approved", () => {
    const { claim, approve } = desk({ above: 1 });
    claim(1, "official/Rao");
    expect(claim(2, "official/Rao")).toBeUndefined();
    expect(claim(2, "official/Rao", MONDAY + 1)).toBeUndefined();
    approve("trips-1", "Rao");
    expect(claim(2, "official/Rao", MONDAY + 1), "who ordered it does not approve").toBeUndefined();
    approve("trips-1", "Iyer");
    expect(claim(2, "official/Rao", MONDAY + 1)).toBe("trips-1");
  });

  test("wants as many different officials as the policy says", () => {
    const { claim, approve, state } = desk({ above: 0, approvals: 2 });
    claim(1);
    approve("trips-1", "Rao");
    approve("trips-1", "Rao");
    expect(claim(1)).toBeUndefined();
    expect(undecidable(state, "trips-1", "Rao")).toBe("Rao has approved trips-1 already");
    approve("trips-1", "Iyer");
    expect(claim(1)).toBe("trips-1");
    expect(state.batches, "a batch without trips is forgotten").toEqual([]);
  });

  test("puts nothing more into a batch that somebody has looked at", () => {
    const { claim, approve, state } = desk({ above: 0 });
    claim(1);
    approve("trips-1", "Rao");
    claim(2);
    expect(state.waiting.map(({ row, batch }) => [row, batch])).toEqual([
      [1, "trips-1"],
      [2, "trips-2"],
    ]);
  });

  test("leaves what was refused alone for the day; the ladder asks again on the next", () => {
    const { claim, refuse, approve, state } = desk({ above: 0 });
    claim(1);
    refuse("trips-1", "Rao");
    expect(undecidable(state, "trips-1", "Iyer")).toBe("trips-1 has been refused");
    approve("trips-1", "Iyer");
    expect(claim(1)).toBeUndefined();
    expect(claim(1, "ladder", MONDAY + 1)).toBeUndefined();
    expect(
      state.batches.map(({ id }) => id),
      "a new batch",
    ).toEqual(["trips-2"]);
  });

  test("forgets what a person ordered once it is refused, or somebody pays", () => {
    const { claim, refuse, state } = desk({ above: 0 });
    claim(1, "official/Rao");
    claim(2, "official/Iyer");
    refuse("trips-1", "Iyer");
    expect(state.waiting.map(({ row }) => row)).toEqual([2]);
    dropOfficialTrips(state, 2);
    expect(state).toMatchObject({ waiting: [], batches: [] });
  });

  test("a debt that is paid leaves the ladder's batch without it", () => {
    const { claim, state } = desk({ above: 0 });
    claim(1);
    claim(2);
    dropTrip(state, 1, "ladder");
    expect(state.waiting.map(({ row }) => row)).toEqual([2]);
  });
});

test("no more trips wait than there is room for", () => {
  const { claim, state } = desk({ above: 0 });
  for (let row = 0; row < TRIPS_WAITING_MAX + 50; row++) claim(row);
  expect(state.waiting).toHaveLength(TRIPS_WAITING_MAX);
  expect(state.batches).toHaveLength(1);
});
