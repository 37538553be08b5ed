import fc from "fast-check";
import { expect, test } from "vitest";
import { VIEWS } from "../../web/player/views.ts";
import type { HomeState } from "../../web/scene/home-state.ts";
import { createTexels, packHomes, unpackHome } from "../../web/scene/state-texels.ts";

const anyHome: fc.Arbitrary<HomeState> = fc.record({
  lit: fc.integer({ min: 0, max: 255 }).map((byte) => byte / 255),
  flags: fc.integer({ min: 0, max: 31 }),
  off: fc.constantFrom("", "relay", "cut", "fuse"),
  theftKinds: fc.integer({ min: 0, max: 31 }),
  suspicionStep: fc.integer({ min: 0, max: 4 }),
});

test("what is packed for the graphics card is read back, each view by itself", () => {
  fc.assert(
    fc.property(fc.array(anyHome, { minLength: 1, maxLength: 150 }), (states) => {
      const homes = states.length;
      const turned = [...states].reverse();
      const texels = createTexels(homes);
      packHomes(texels, "truth", states);
      packHomes(texels, "company", turned);
      for (let row = 0; row < homes; row++) {
        expect(unpackHome(texels, { view: "truth", homes, row })).toEqual(states[row]);
        expect(unpackHome(texels, { view: "company", homes, row })).toEqual(turned[row]);
        expect(unpackHome(texels, { view: "difference", homes, row }).flags).toBe(0);
      }
    }),
  );
});

test("a texture holds four bytes a home and view, in whole rows of 64", () => {
  expect(createTexels(60)).toHaveLength(VIEWS.length * 64 * 4);
  expect(createTexels(65)).toHaveLength(VIEWS.length * 128 * 4);
});
