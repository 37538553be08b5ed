import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { digestParts, planDigests } from "../../sim/engine/chain.ts";
import {
  decodeSnapshot,
  encodeSnapshot,
  firstPartDifference,
  partPaths,
  partsOf,
  valueAt,
} from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import {
  createTwin,
  restoreTwin,
  type Twin,
  type World,
  YOUNGER_PARTS,
} from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { journal, runUntil, street } from "../support/street.ts";

// A mast that is down while a trip command is under way, a thief at work, a payment in the bank.
const BUSY = journal([
  [9 * HOUR_MS, { kind: "theft-start", target: "supply-03", share: 0.4 }],
  [30 * HOUR_MS, { kind: "mast-down", target: "mast-1" }],
  [31 * HOUR_MS, { kind: "trip", target: "supply-05" }],
  [33 * HOUR_MS, { kind: "payment", target: "supply-09", amountMinor: 12_345 }],
  [35 * HOUR_MS, { kind: "mast-up" }],
  [40 * HOUR_MS, { kind: "reconnect", target: "supply-05" }],
  [41 * HOUR_MS, { kind: "theft-stop", target: "supply-03" }],
]);
const END_MS = 2 * DAY_MS;
/** With everything that a world can have. */
const PROTECTED = { set: ["protection={}"] };

const busyRun = (): Twin => runUntil(createTwin(street(PROTECTED)), END_MS, BUSY);

describe("the same scenario, seed and journal", () => {
  const hash = finalHash(busyRun());

  test("give the same hash in two runs", () => {
    expect(finalHash(busyRun())).toBe(hash);
  });

  test.each([7 * HOUR_MS, 24 * HOUR_MS, 31 * HOUR_MS + 3 * MINUTE_MS, 34 * HOUR_MS])(
    "give the same hash from the snapshot of %d ms on",
    (atMs) => {
      const before = runUntil(createTwin(street(PROTECTED)), atMs, BUSY);
      const world = decodeSnapshot<World>(encodeSnapshot(before.world));
      const after = runUntil(restoreTwin(street(PROTECTED), world), END_MS, BUSY);
      expect(finalHash(after)).toBe(hash);
    },
  );

  test("another seed gives another hash", () => {
    const other = runUntil(createTwin(street({ seed: 2 })), END_MS, BUSY);
    expect(finalHash(other)).not.toBe(hash);
  });

  test("another journal gives another hash", () => {
    const other = runUntil(createTwin(street(PROTECTED)), END_MS, BUSY.slice(0, -1));
    expect(finalHash(other)).not.toBe(hash);
  });

  test("a scenario that differs in one number gives another hash", () => {
    const other = runUntil(createTwin(street({ set: ["thefts.0.share=0.61"] })), END_MS, BUSY);
    expect(finalHash(other)).not.toBe(hash);
  });
});

describe("a snapshot", () => {
  const twin = busyRun();
  const bytes = encodeSnapshot(twin.world);
  const copy = (): World => decodeSnapshot<World>(bytes);
  const names = partPaths(twin.world).map((path) => path.join("."));

  test("comes back byte for byte", () => {
    expect(encodeSnapshot(copy())).toEqual(bytes);
    expect(firstPartDifference(partsOf(twin.world), partsOf(copy()))).toBeUndefined();
  });

  test.each(names)("another %s is another hash", (name) => {
    const world = copy();
    change(world, name.split("."));
    const digestIn = (whole: World): string => {
      const plan = planDigests(whole, "all");
      digestParts(plan, whole);
      const at = plan.names.indexOf(name);
      // The chain is what digests go into; it counts through itself.
      return at < 0 ? String(whole.engine.chain) : plan.words.slice(4 * at, 4 * at + 4).join(" ");
    };
    expect(digestIn(world)).not.toBe(digestIn(twin.world));
    expect(finalHash(restoreTwin(street(PROTECTED), world))).not.toBe(finalHash(twin));
    expect(firstPartDifference(partsOf(twin.world), partsOf(world))?.part).toBe(name);
  });

  const without = (name: string): World => {
    const world = copy();
    const path = name.split(".");
    const holder = valueAt(world, path.slice(0, -1)) as Record<string, unknown>;
    delete holder[path.at(-1)!];
    return world;
  };

  test.each(YOUNGER_PARTS)(
    "of a program that had no %s yet begins with it as at the start",
    (name) => {
      const path = name.split(".");
      const restored = restoreTwin(street(PROTECTED), without(name));
      const fresh = createTwin(street(PROTECTED));
      expect(valueAt(restored.world, path)).toEqual(valueAt(fresh.world, path));
    },
  );

  const older = names.filter((name) => !YOUNGER_PARTS.includes(name));
  test.each(older)("without %s is refused", (name) => {
    const world = without(name);
    expect(firstPartDifference(partsOf(twin.world), partsOf(world))).toBeDefined();
    expect(() => restoreTwin(street(PROTECTED), world)).toThrow(
      `the snapshot has no ${name} of this size`,
    );
  });

  test.each(fieldPaths(twin.world))("without the field %s is refused", (name) => {
    const world = copy();
    const path = name.split(".");
    delete (valueAt(world, path.slice(0, -1)) as Record<string, unknown>)[path.at(-1)!];
    expect(() => restoreTwin(street(PROTECTED), world)).toThrow(
      `the snapshot has no ${name} of this size`,
    );
  });

  test("with a row too few, or with rows of another kind, is refused", () => {
    const { importMilliWh } = twin.world.plant.meters;
    for (const column of [importMilliWh.slice(1), Float32Array.from(importMilliWh)]) {
      const world = copy();
      Object.assign(world.plant.meters, { importMilliWh: column });
      expect(() => restoreTwin(street(PROTECTED), world)).toThrow(
        "no plant.meters.importMilliWh of this",
      );
    }
  });

  test("of another scenario is refused", () => {
    const twoMasts = "air.masts=[{ id: mast-1, x: 0, y: 0 }, { id: mast-2, x: 9, y: 9 }]";
    const other = street({ set: [twoMasts] });
    expect(() => restoreTwin(other, copy())).toThrow("no air.backhaulDown of this size");
  });
});

/** Every field of the state objects that are kept as text. */
function fieldPaths(world: World): string[] {
  return partPaths(world).flatMap((path) => {
    const value = valueAt(world, path);
    const isObject = typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
    if (!isObject || Array.isArray(value)) return [];
    return Object.keys(value).map((key) => [...path, key].join("."));
  });
}

/** Changes one value inside a part: the last row of a column, or any leaf of a state object. */
function change(world: World, path: readonly string[]): void {
  const holder = valueAt(world, path.slice(0, -1)) as Record<string, unknown>;
  const key = path.at(-1)!;
  const value = holder[key];
  if (ArrayBuffer.isView(value)) {
    const column = value as Float64Array;
    expect(column.length, path.join(".")).toBeGreaterThan(0);
    column[column.length - 1] = column[column.length - 1]! + 1;
  } else holder[key] = changed(value);
}

function changed(value: unknown): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value === "string") return `${value}x`;
  if (typeof value === "boolean") return !value;
  if (value === null) return 0;
  if (Array.isArray(value)) {
    return value.length === 0 ? [0] : [changed(value[0]), ...value.slice(1)];
  }
  const [[key, first], ...rest] = Object.entries(value as object) as [
    [string, unknown],
    ...[string, unknown][],
  ];
  return Object.fromEntries([[key, changed(first)], ...rest]);
}

describe("one-second and one-minute steps", () => {
  const DAYS = 2;
  const minutes = runUntil(createTwin(street(PROTECTED)), DAYS * DAY_MS);
  const seconds = runUntil(createTwin(street({ stepMs: 1000 })), DAYS * DAY_MS);

  test("leave every register within 1 Wh a day of each other", () => {
    const { meters: model } = minutes.model;
    model.ids.forEach((id, row) => {
      const [a, b] = [minutes, seconds].map(({ world }) =>
        registerMilliWh(model, world.plant.meters, row),
      );
      expect(Math.abs(a! - b!), id).toBeLessThanOrEqual(1000 * DAYS);
    });
  });

  test("send, lose, double and deliver the same readings", () => {
    expect(seconds.world.air.counts).toEqual(minutes.world.air.counts);
    expect(minutes.world.air.counts.lostOnAir).toBeGreaterThan(0);
  });

  test("run the same appliances in the same minutes", () => {
    const wantedW = (stepMs: number): number[][] => {
      const rows: number[][] = [];
      runUntil(createTwin(street({ stepMs })), DAY_MS, [], ({ world }) => {
        if (world.engine.clock.nowMs % MINUTE_MS === 0) rows.push([...world.plant.loads.wantedW]);
      });
      return rows;
    };
    const byMinute = wantedW(MINUTE_MS);
    expect(byMinute).toHaveLength(1440);
    expect(wantedW(1000)).toEqual(byMinute);
  });
});
