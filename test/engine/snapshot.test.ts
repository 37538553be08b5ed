// The bytes of a snapshot: what is written comes back, and what is damaged is told apart from what is ours.

import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../sim/core/digest.ts";
import {
  decodeParts,
  decodeSnapshot,
  encodeSnapshot,
  firstPartDifference,
  partsOf,
  SnapshotError,
} from "../../sim/engine/snapshot.ts";

const WORLD = {
  plant: {
    watts: Float64Array.of(1.5, -0, Number.POSITIVE_INFINITY),
    flags: Uint8Array.of(1, 2, 3),
  },
  names: ["Größe", "家"],
  clock: { nowMs: 60_000, late: null },
};

test("every kind of column, and text of any script, comes back as it was", () => {
  const world = {
    columns: {
      a: Float64Array.of(Number.NaN, 1e-300),
      b: Float32Array.of(0.1),
      c: Int32Array.of(-1),
      d: Uint32Array.of(4_294_967_295),
      e: Uint16Array.of(65_535),
      f: Int16Array.of(-32_768),
      g: Uint8Array.of(255),
    },
    text: WORLD.names,
  };
  expect(decodeSnapshot(encodeSnapshot(world))).toEqual(world);
});

test("the order in which fields were made does not show in the bytes", () => {
  const { plant, names, clock } = WORLD;
  const turned = { clock, names, plant: { flags: plant.flags, watts: plant.watts } };
  expect(encodeSnapshot(turned)).toEqual(encodeSnapshot(WORLD));
});

describe("a difference is named by part and row", () => {
  const differ = (change: (world: typeof WORLD) => unknown) => {
    const other = structuredClone(WORLD);
    change(other);
    return firstPartDifference(partsOf(WORLD), partsOf(other));
  };

  test("with both values of a column, zero told apart from minus zero", () => {
    expect(differ(({ plant }) => plant.watts.set([2]))).toEqual({
      part: "plant.watts",
      row: 0,
      expected: "1.5",
      actual: "2",
    });
    expect(differ(({ plant }) => plant.watts.set([0], 1))?.row).toBe(1);
  });

  test("with an excerpt of both texts", () => {
    const found = differ(({ clock }) => Object.assign(clock, { nowMs: 61_000 }));
    expect(found).toMatchObject({ part: "clock" });
    expect(found!.expected.slice(0, 16)).toBe('{"nowMs":60000,"');
    expect(found!.actual.slice(0, 16)).toBe('{"nowMs":61000,"');
  });

  test("where a part is missing or a column is shorter", () => {
    expect(
      firstPartDifference(partsOf(WORLD), partsOf({ ...WORLD, names: Uint8Array.of(1) })),
    ).toMatchObject({ part: "names", actual: "column" });
    const short = { ...WORLD, plant: { ...WORLD.plant, flags: Uint8Array.of(1, 2) } };
    expect(firstPartDifference(partsOf(WORLD), partsOf(short))).toEqual({
      part: "plant.flags",
      row: 2,
      expected: "3",
      actual: "undefined",
    });
  });
});

describe("bytes that are no snapshot are refused as such", () => {
  const bytes = encodeSnapshot(WORLD);
  const withHeader = (header: unknown): Uint8Array => {
    const text = utf8Bytes(JSON.stringify(header));
    const made = new Uint8Array(64 + text.length);
    new DataView(made.buffer).setUint32(0, text.length, true);
    made.set(text, 4);
    return made;
  };

  test("wherever they are cut off", () => {
    for (let length = 0; length < bytes.length - 8; length++) {
      expect(() => decodeParts(bytes.slice(0, length)), `${length} bytes`).toThrow(SnapshotError);
    }
  });

  test.each([
    [{ version: 2, parts: [] }, "snapshot version 2, this program reads 1"],
    [{ version: 1 }, "the snapshot's header is not readable"],
    [null, "the snapshot's header is not readable"],
    [
      { version: 1, parts: [{ name: "a", kind: "Float16Array", bytes: 8 }] },
      "the part a is of no kind",
    ],
    [
      { version: 1, parts: [{ name: "a", kind: "Float64Array", bytes: 7 }] },
      "the part a has 7 bytes",
    ],
    [
      { version: 1, parts: [{ name: "a", kind: "Uint8Array", bytes: -8 }] },
      "the part a has -8 bytes",
    ],
  ])("with the header %j", (header, says) => {
    expect(() => decodeParts(withHeader(header))).toThrow(SnapshotError);
    expect(() => decodeParts(withHeader(header))).toThrow(says);
  });

  test("or they are read: nothing else is thrown, whatever bit is turned over", () => {
    let refused = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
      try {
        decodeSnapshot(changed);
      } catch (error) {
        expect(error, `bit ${bit}`).toBeInstanceOf(SnapshotError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});
