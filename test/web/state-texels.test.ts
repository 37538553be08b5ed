import fc from "fast-check";
import { expect, test } from "vitest";
import type { TwinFrames } from "../../web/player/store.ts";
import { VIEWS } from "../../web/player/views.ts";
import { DIFFERS_IN, type DiffersIn, FLAG, homeState } from "../../web/scene/home-state.ts";
import { countHomes } from "../../web/scene/home-states.ts";
import { createTexels, homeAt, packHomes, TEXEL_BYTES } from "../../web/scene/state-texels.ts";

const HOMES_MAX = 150;
const column = <Value>(of: fc.Arbitrary<Value>) =>
  fc.array(of, { minLength: HOMES_MAX, maxLength: HOMES_MAX });
const bit = fc.constantFrom(0, 1);
const anyFrames = fc.record({
  truthSupply: fc.option(
    fc.record({
      activePowerW: column(fc.double({ min: -500, max: 9_000, noNaN: true })),
      offReason: column(fc.constantFrom("", "relay", "cut", "fuse")),
      theftKinds: column(fc.integer({ min: 0, max: 31 })),
      relayOpen: column(bit),
    }),
  ),
  beliefSupply: fc.option(
    fc.record({
      activePowerW: column(fc.option(fc.double({ min: -500, max: 9_000, noNaN: true }))),
      isOut: column(bit),
      relayOpen: column(fc.option(bit)),
      caseId: column(fc.constantFrom("", "case-1")),
      isLate: column(bit),
      suspicion: column(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
  ),
  score: fc.option(
    fc.record({
      stolenWh: column(fc.constantFrom(0, 10)),
      unknownWh: column(fc.constantFrom(0, 1_999, 2_001, -2_001, null)),
    }),
  ),
}) as unknown as fc.Arbitrary<TwinFrames>;

test("what is packed from whole columns is each home's own state, in every view", () => {
  fc.assert(
    fc.property(anyFrames, fc.integer({ min: 1, max: HOMES_MAX }), (frames, homes) => {
      for (const view of VIEWS) {
        const packed = packHomes(view, frames, homes);
        for (let row = 0; row < homes; row++) {
          const { lit, ...marks } = homeState(view, frames, row);
          expect(homeAt(packed, row * TEXEL_BYTES)).toEqual({
            lit: Math.round(lit * 255) / 255,
            ...marks,
          });
        }
      }
    }),
  );
});

test("the counts of all homes are those of each, added up", () => {
  fc.assert(
    fc.property(anyFrames, fc.constantFrom(...VIEWS), (frames, view) => {
      const counts = countHomes(packHomes(view, frames, HOMES_MAX));
      const states = Array.from({ length: HOMES_MAX }, (_, row) => homeState(view, frames, row));
      const count = (has: (state: (typeof states)[number]) => boolean): number =>
        states.filter(has).length;
      expect(counts.homes).toBe(HOMES_MAX);
      for (const [name, flag] of Object.entries(FLAG))
        expect(counts.flags[name as keyof typeof FLAG]).toBe(
          count(({ flags }) => (flags & flag) !== 0),
        );
      for (const reason of ["relay", "cut", "fuse"] as const)
        expect(counts.off[reason]).toBe(count(({ off }) => off === reason));
      for (let kind = 0; kind < 5; kind++)
        expect(counts.thefts[kind]).toBe(
          count(({ theftKinds }) => (theftKinds & (1 << kind)) !== 0),
        );
      for (const [kind, mask] of Object.entries(DIFFERS_IN))
        expect(counts.differs[kind as DiffersIn]).toBe(
          count(({ differsIn }) => (differsIn & mask) !== 0),
        );
      for (let step = 0; step <= 4; step++)
        expect(counts.suspicion[step]).toBe(count(({ suspicionStep }) => suspicionStep === step));
    }),
  );
});

test("a texture holds four bytes a home, in whole rows of 256", () => {
  expect(createTexels(60)).toHaveLength(256 * 4);
  expect(createTexels(257)).toHaveLength(512 * 4);
});
