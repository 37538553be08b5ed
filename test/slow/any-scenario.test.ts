// Whatever the scenario and whatever is done to it: the run is the same twice, from any keyframe on, and in parts.

import fc from "fast-check";
import { expect, test } from "vitest";
import { MINUTE_MS } from "../../sim/core/time.ts";
import {
  decodeSnapshot,
  encodeSnapshot,
  firstPartDifference,
  partsOf,
} from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import {
  RANDOM_END_MS,
  RANDOM_HOURS,
  type RandomRun,
  randomRun,
} from "../support/random-scenario.ts";
import { runUntil } from "../support/street.ts";

const RUNS = { numRuns: 20, seed: 20_260_112 };

const play = ({ resolved, entries }: RandomRun, shards = 1): Twin =>
  runUntil(createTwin(resolved, { shards }), RANDOM_END_MS, entries);

test("any run is the same twice", () => {
  fc.assert(
    fc.property(randomRun, (run) => {
      expect(finalHash(play(run))).toBe(finalHash(play(run)));
    }),
    RUNS,
  );
});

test("any run goes on from any of its keyframes to the same end", () => {
  const minute = fc.integer({ min: 1, max: RANDOM_HOURS * 60 - 1 });
  fc.assert(
    fc.property(randomRun, minute, ({ resolved, entries }, at) => {
      let keyframe: Uint8Array | undefined;
      const whole = runUntil(createTwin(resolved), RANDOM_END_MS, entries, ({ world }) => {
        if (world.engine.clock.nowMs === at * MINUTE_MS) keyframe = encodeSnapshot(world);
      });
      const rest = restoreTwin(resolved, decodeSnapshot<World>(keyframe!));
      expect(finalHash(runUntil(rest, RANDOM_END_MS, entries))).toBe(finalHash(whole));
    }),
    RUNS,
  );
});

test("any run has one hash as 1, 2 and 4 shards, and says the same in the same order", () => {
  fc.assert(
    fc.property(randomRun, (run) => {
      const said = [1, 2, 4].map((shards) => {
        const events: unknown[] = [];
        const postings: unknown[] = [];
        const twin = runUntil(
          createTwin(run.resolved, { shards }),
          RANDOM_END_MS,
          run.entries,
          ({ out }) => {
            events.push(...out.events);
            postings.push(...out.postings);
          },
        );
        expect(twin.shards.length).toBe(Math.min(shards, run.resolved.feeders.length));
        return { hash: finalHash(twin), events, postings, parts: partsOf(twin.world) };
      });
      const [one, two, four] = said;
      for (const other of [two!, four!]) {
        expect(firstPartDifference(one!.parts, other.parts)).toBeUndefined();
        expect(other.hash).toBe(one!.hash);
        expect(other.events).toEqual(one!.events);
        expect(other.postings).toEqual(one!.postings);
      }
    }),
    RUNS,
  );
});

test("a run in two parts goes on from a keyframe in four", () => {
  fc.assert(
    fc.property(randomRun, ({ resolved, entries }) => {
      const half = RANDOM_END_MS / 2;
      const first = runUntil(createTwin(resolved, { shards: 2 }), half, entries);
      const world = decodeSnapshot<World>(encodeSnapshot(first.world));
      const rest = runUntil(restoreTwin(resolved, world, { shards: 4 }), RANDOM_END_MS, entries);
      expect(finalHash(rest)).toBe(finalHash(play({ resolved, entries })));
    }),
    RUNS,
  );
});
