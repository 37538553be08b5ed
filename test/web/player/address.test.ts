import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  PART_NAMES,
  type PageAddress,
  readAddress,
  writeAddress,
} from "../../../web/player/address.ts";
import { VIEWS } from "../../../web/player/views.ts";

const address: fc.Arbitrary<PageAddress> = fc.record({
  run: fc.oneof(fc.constant(""), fc.stringMatching(/^[0-9a-f]{8}$/)),
  atMs: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 1e14 })),
  view: fc.constantFrom(...VIEWS),
  home: fc.oneof(fc.constant(""), fc.string({ minLength: 1, maxLength: 40 })),
  parts: fc
    .uniqueArray(fc.constantFrom(...PART_NAMES))
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.tuple(fc.constant(name), fc.string({ minLength: 1, maxLength: 60 })),
        ),
      ),
    )
    .map((parts): Record<string, string> => Object.fromEntries(parts)),
});

test("what an address says is what is read of it, whatever it says", () => {
  fc.assert(
    fc.property(address, (said) => {
      expect(readAddress(writeAddress(said, ""))).toEqual(said);
    }),
  );
});

test("what others have written into an address stays, and writing twice is writing once", () => {
  fc.assert(
    fc.property(address, address, (first, second) => {
      const search = "?token=0123&quality=low&t=11%3A00";
      const written = writeAddress(second, writeAddress(first, search));
      const query = new URLSearchParams(written);
      expect([query.get("token"), query.get("quality"), query.get("t")]).toEqual([
        ...["0123", "low", "11:00"],
      ]);
      expect(readAddress(written)).toEqual(second);
      expect(writeAddress(second, written)).toBe(written);
    }),
  );
});

describe("what is not understood counts as not said", () => {
  test.for([
    ["?at=soon", { atMs: null }],
    ["?at=-5", { atMs: null }],
    ["?at=1e9", { atMs: null }],
    ["?view=secrets", { view: "truth" }],
    ["?run=../../etc", { run: "" }],
    ["?run=3b5dd761-da6f-4d1e-bb4f-1fa9ae2fd7f7", { run: "3b5dd761" }],
    ["?camera=", { parts: {} }],
    [`?layer=${"x".repeat(200)}`, { parts: {} }],
  ] as const)("%s", ([search, expected]) => {
    expect(readAddress(search)).toMatchObject(expected);
  });
});
