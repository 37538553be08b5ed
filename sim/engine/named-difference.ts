// Where two worlds of one scenario's shape part first, in words of the field: which quantity, at which supply point,
// and both values. Causes come before what follows from them.

import { historyRowOf } from "../utility/history.ts";
import { HISTORY_INTERVALS } from "../utility/state.ts";
import { type Axis, PLANT_AXES } from "./axes.ts";
import { isColumn, type Part, partsOf, valueAt } from "./snapshot.ts";
import type { Model, World } from "./world.ts";

/** A quantity, the supply point or meter that it belongs to (null: to none), and what it is in both worlds. */
export interface NamedDifference {
  readonly quantity: string;
  readonly supplyPoint: string | null;
  readonly a: string;
  readonly b: string;
}

/** What comes first is what others follow from. Prefixes of parts; what is not named comes last. */
const ORDER = [
  "plant.cuts.",
  "plant.theft.",
  "air.mastDown",
  "plant.customers.",
  "plant.loads.personState",
  "plant.loads.activeCount",
  "plant.loads.",
  "plant.grid.",
  "plant.power.",
  "plant.energy.",
  "plant.meters.",
  "plant.",
  "air.",
  "belief.headend.",
  "belief.ledger",
  "belief.accounts",
  "belief.",
  "engine.",
];
const TEXT_MAX = 80;

/** The first difference between two worlds, or undefined where they are the same. `model` is that of both. */
export function firstNamedDifference(
  model: Model,
  a: World,
  b: World,
): NamedDifference | undefined {
  const others = new Map(partsOf(b).map((part) => [part.name, part]));
  // The chain is what all the rest goes into, the queue what is only planned.
  const happened = partsOf(a).filter(
    ({ name }) => !["engine.chain", "engine.queue"].includes(name),
  );
  const different = happened.filter((part) => !isSame(part, others.get(part.name)));
  const [first] = different.sort((left, right) => rankOf(left.name) - rankOf(right.name));
  if (first === undefined) return undefined;
  const path = first.name.split(".");
  return nameDifference(model, first.name, valueAt(a, path), valueAt(b, path));
}

function rankOf(name: string): number {
  const rank = ORDER.findIndex((prefix) => name.startsWith(prefix));
  return rank < 0 ? ORDER.length : rank;
}

function isSame(part: Part, other: Part | undefined): boolean {
  if (part.kind === "text") return other?.kind === "text" && part.text === other.text;
  if (other?.kind !== "column" || part.column.length !== other.column.length) return false;
  return part.column.every((value, row) => Object.is(value, other.column[row]));
}

/** Names one part's first difference: the row that it is in, and inside of it the field. */
function nameDifference(model: Model, name: string, a: unknown, b: unknown): NamedDifference {
  const quantity = name.split(".").at(-1)!;
  if (isRows(a) && isRows(b)) {
    const length = Math.max(a.length, b.length);
    for (let row = 0; row < length; row++) {
      if (Object.is(a[row], b[row]) || whole(a[row]) === whole(b[row])) continue;
      const supplyPoint = ownerOf(model, name, row, a.length);
      const inside = leaf(a[row], b[row], quantity);
      return { ...inside, supplyPoint: supplyPoint ?? inside.supplyPoint };
    }
  }
  return leaf(a, b, quantity);
}

type Rows = ArrayLike<unknown>;
const isRows = (value: unknown): value is Rows => isColumn(value) || Array.isArray(value);

/** The first field in which two values differ, as deep as they are alike. */
function leaf(a: unknown, b: unknown, quantity: string): NamedDifference {
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys({ ...a, ...b }).sort((left, right) => (left < right ? -1 : 1));
    for (const key of keys) {
      if (whole(a[key]) === whole(b[key])) continue;
      const inside = leaf(a[key], b[key], key);
      const supply = a["supply"] ?? b["supply"];
      const named = typeof supply === "string" ? supply : null;
      return { ...inside, supplyPoint: inside.supplyPoint ?? named };
    }
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const row = a.findIndex((value, index) => whole(value) !== whole(b[index]));
    const at = row < 0 ? a.length : row;
    if (isRecord(a[at]) && isRecord(b[at])) return leaf(a[at], b[at], quantity);
    return { quantity, supplyPoint: null, a: text(a[at]), b: text(b[at]) };
  }
  return { quantity, supplyPoint: null, a: text(a), b: text(b) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isColumn(value);

/** All of a value, to compare. */
const whole = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** A value to read: texts without quotes, and not longer than a line. */
function text(value: unknown): string {
  const shown = typeof value === "string" ? value : whole(value);
  return shown.length <= TEXT_MAX ? shown : `${shown.slice(0, TEXT_MAX - 1)}…`;
}

/** Which meter a row of a part belongs to; null where rows belong to none. */
function ownerOf(model: Model, name: string, row: number, rows: number): string | null {
  const { ids } = model.meters;
  const supplies = model.plantSpec.supplies.length;
  if (name.startsWith("plant.")) {
    const axis = PLANT_AXES[name.slice("plant.".length)];
    return axis === undefined ? elementOwner(model, name, row) : axisOwner(model, axis, row, rows);
  }
  if (name.startsWith("belief.headend.history")) {
    const historyRow = name.endsWith("End") ? row : Math.floor(row / HISTORY_INTERVALS);
    const meter = ids.findLastIndex((_, at) => historyRowOf(at, supplies) <= historyRow);
    return ids[meter] ?? null;
  }
  if (rows === ids.length || rows === supplies) return ids[row] ?? null;
  return null;
}

function axisOwner(model: Model, axis: Axis, row: number, rows: number): string | null {
  const { ids, firstElement } = model.meters;
  const supplies = model.plantSpec.supplies.length;
  switch (axis) {
    case "supply":
      return ids[Math.floor((row * supplies) / rows)] ?? null;
    case "meter":
      return ids[Math.floor((row * ids.length) / rows)] ?? null;
    case "metered-element": {
      const element = Math.floor((row * model.meters.gain.length) / rows);
      return ids[firstElement.findLastIndex((first) => first <= element)] ?? null;
    }
    case "element":
      return ids[model.supplyOfElement[row]!] ?? null;
    case "feeder":
      return model.feeders[Math.floor((row * model.feeders.length) / rows)]?.id ?? null;
    case "shared":
    case "whole":
      return rows === supplies || rows === ids.length ? (ids[row] ?? null) : null;
  }
}

/** `plant.grid` is by feeder; its element columns belong to supply points. */
function elementOwner(model: Model, name: string, row: number): string | null {
  const [, part, feederId, column = ""] = name.split(".");
  const feeder = model.feeders.find(({ id }) => id === feederId);
  if (part !== "grid" || feeder === undefined) return null;
  const isElement = column.startsWith("element") || column.startsWith("asked");
  if (!isElement) return feeder.id;
  return model.meters.ids[model.supplyOfElement[feeder.firstElement + row]!] ?? null;
}
