// Officials' orders through the journal: limits, a second person, and runs that knew neither.

import { describe, expect, test } from "vitest";
import type { TwinInput } from "../../sim/contract/input.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { disconnectionQueue } from "../../sim/utility/billing/disconnection-queue.ts";
import { type DunningPolicy, NO_DUNNING_POLICY } from "../../sim/utility/billing/policy.ts";
import { journal, runUntil, street } from "../support/street.ts";

const plain = street({ set: ["thefts=[]", "outages=[]", "utility.detection=false"] });

/** Three Lanes with other rules of dunning; undefined: as runs were that had none. */
function withRules(dunning: DunningPolicy | undefined): ResolvedScenario {
  const { billing } = plain.records;
  const { dunning: _, ...bare } = billing!.policy;
  const policy = dunning === undefined ? bare : { ...bare, dunning };
  return { ...plain, records: { ...plain.records, billing: { ...billing!, policy } } };
}
const TWO_PERSONS = withRules({ ...NO_DUNNING_POLICY, twoPersons: { above: 1, approvals: 1 } });

const trip = (target: string, by?: string): TwinInput => ({
  ...{ kind: "trip", target },
  ...(by === undefined ? {} : { by }),
});
const open = ({ world }: Twin): readonly number[] =>
  [...world.plant.meters.relayOpen].flatMap((isOpen, row) => (isOpen === 1 ? [row + 1] : []));

describe("more trips than one person may order alone", () => {
  const ordered = journal([
    [0, trip("supply-02", "Rao")],
    [0, trip("supply-03", "Rao")],
    [0, trip("supply-04", "Rao")],
  ]);

  test("wait with their reasons, and nobody is cut off by them", () => {
    const twin = runUntil(createTwin(TWO_PERSONS), 2 * HOUR_MS, ordered);
    expect(open(twin)).toEqual([2]);
    const { nowMs } = twin.world.engine.clock;
    const queue = disconnectionQueue(twin.model.records, twin.world.belief, nowMs);
    expect(queue.map(({ supply, state }) => [supply, state])).toEqual([
      ["supply-03", "waiting-approval"],
      ["supply-04", "waiting-approval"],
    ]);
    expect(queue[0]).toMatchObject({
      reason: "ordered by Rao",
      waitsFor: "One official who did not order it must approve.",
      by: "official/Rao",
      approvals: [],
    });
  });

  test("go out when somebody else approves them, who cannot be the one who ordered", () => {
    const twin = runUntil(createTwin(TWO_PERSONS), HOUR_MS, ordered);
    const say = (by: string) => checkInput(twin, { kind: "approve-trips", by, batch: "trips-1" });
    expect(say("Rao")).toEqual({
      ok: false,
      reason: "Rao ordered trips-1; another official decides about it",
    });
    expect(say("Iyer").ok).toBe(true);
    const approve = { kind: "approve-trips", by: "Iyer", batch: "trips-1" } as const;
    runUntil(twin, 2 * HOUR_MS, journal([[HOUR_MS, approve]]));
    expect(open(twin)).toEqual([2, 3, 4]);
  });

  test("are forgotten when they are refused, or when the customer pays first", () => {
    const refuse = { kind: "refuse-trips", by: "Iyer", batch: "trips-1" } as const;
    const refused = runUntil(createTwin(TWO_PERSONS), 2 * HOUR_MS, [
      ...ordered,
      ...journal([[HOUR_MS, refuse]]),
    ]);
    expect(open(refused)).toEqual([2]);
    expect(refused.world.belief.dunning).toMatchObject({ waiting: [], batches: [] });
    const pay = { kind: "payment", target: "supply-03", amountMinor: 100 } as const;
    const paid = runUntil(createTwin(TWO_PERSONS), HOUR_MS, [
      ...ordered,
      ...journal([[30 * MINUTE_MS, pay]]),
    ]);
    expect(paid.world.belief.dunning!.waiting.map(({ row }) => row + 1)).toEqual([4]);
  });
});

test("a batch that is not there is a sentence", () => {
  const answer = checkInput(createTwin(TWO_PERSONS), {
    ...{ kind: "approve-trips", by: "Iyer", batch: "trips-9" },
  });
  expect(answer).toEqual({ ok: false, reason: "there is no batch trips-9 that waits" });
});

test("a run from before there were such rules goes on without them, from its snapshot too", () => {
  const old = withRules(undefined);
  const twin = runUntil(createTwin(old), HOUR_MS, journal([[0, trip("supply-02")]]));
  expect(twin.world.belief).not.toHaveProperty("dunning");
  const again = restoreTwin(old, decodeSnapshot<World>(encodeSnapshot(twin.world)));
  runUntil(twin, 2 * HOUR_MS);
  runUntil(again, 2 * HOUR_MS);
  expect(again.world.engine.chain).toEqual(twin.world.engine.chain);
  expect(open(again)).toEqual([2]);
});
