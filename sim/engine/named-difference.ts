// Where two worlds of one scenario's shape part first, in words of the field: which quantity, at which supply point,
// and both values. Causes come before what follows from them.

import type { NamedDifference, Shown } from "../contract/comparison.ts";
import { historyRowOf } from "../utility/history.ts";
import { HISTORY_INTERVALS } from "../utility/state.ts";
import { type Axis, BY_FEEDER, PLANT_AXES } from "./axes.ts";
import { isColumn, type Part, partsOf, valueAt } from "./snapshot.ts";
import type { Model, World } from "./world.ts";

/** What comes first is what others follow from. Prefixes of parts; what is not named comes last. */
const ORDER = [
  "plant.cuts.",
  "plant.fuses.",
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
  "belief.accounts",
  "belief.ledger",
  "belief.",
  "engine.",
];
/** The chain is what all the rest goes into, the queue what is only planned: scenarios and inputs say that. */
export const NOT_HAPPENED: readonly string[] = ["engine.chain", "engine.queue"];
const TEXT_MAX = 80;
/** Rows of these are masts, or what masts share. */
const OF_MAST = ["air.mastDown", "air.backhaulDown", "air.networkDown", "air.load."];
/** Parts whose last word says nothing without the words before it. */
const QUANTITY_WORDS: Readonly<Record<string, string>> = {
  "plant.cuts.supply": "supplyCut",
  "plant.cuts.feeder": "feederCut",
  "plant.theft.intensity": "theftIntensity",
  "plant.loads.minute": "loadsMinute",
  "plant.power.totals": "totalsW",
  "air.modems.phase": "modemPhase",
  "air.modems.mast": "modemMast",
  "air.load.minute": "mastMinute",
  "air.load.sms": "mastSms",
  "air.load.data": "mastData",
  "belief.headend.relay": "relayAsKnown",
};

/** The first difference between two worlds, or undefined where they are the same. `model` is that of both. */
export function firstNamedDifference(
  model: Model,
  a: World,
  b: World,
): NamedDifference | undefined {
  const others = new Map(partsOf(b).map((part) => [part.name, part]));
  const happened = partsOf(a).filter(({ name }) => !NOT_HAPPENED.includes(name));
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
  const quantity = QUANTITY_WORDS[name] ?? name.split(".").at(-1)!;
  if (isRows(a) && isRows(b)) {
    const length = Math.max(a.length, b.length);
    for (let row = 0; row < length; row++) {
      if (Object.is(a[row], b[row]) || whole(a[row]) === whole(b[row])) continue;
      const inside = leaf(model, a[row], b[row], quantity);
      const supplyPoint = inside.supplyPoint ?? ownerOf(model, name, row, a.length);
      return { ...inside, supplyPoint };
    }
  }
  return leaf(model, a, b, quantity);
}

type Rows = ArrayLike<unknown>;
const isRows = (value: unknown): value is Rows => isColumn(value) || Array.isArray(value);

/** The first field in which two values differ, as deep as they are alike. */
function leaf(model: Model, a: unknown, b: unknown, quantity: string): NamedDifference {
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys({ ...a, ...b }).sort((left, right) => (left < right ? -1 : 1));
    for (const key of keys) {
      if (whole(a[key]) === whole(b[key])) continue;
      const inside = leaf(model, a[key], b[key], key);
      return { ...inside, supplyPoint: inside.supplyPoint ?? supplyIn(model, a, b) };
    }
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const row = a.findIndex((value, index) => whole(value) !== whole(b[index]));
    const at = row < 0 ? a.length : row;
    if (isRecord(a[at]) && isRecord(b[at])) return leaf(model, a[at], b[at], quantity);
    return lone(model, a[at], b[at], quantity);
  }
  return lone(model, a, b, quantity);
}

/** Two values as they are, one of which may be missing. */
function lone(model: Model, a: unknown, b: unknown, quantity: string): NamedDifference {
  return { quantity, supplyPoint: supplyIn(model, a, b), a: shown(a), b: shown(b) };
}

/** The supply point that a record names itself, or whose row it holds. */
function supplyIn({ meters }: Model, ...values: readonly unknown[]): string | null {
  for (const value of values) {
    if (!isRecord(value)) continue;
    const { supply, row } = value;
    if (typeof supply === "string") return supply;
    if (typeof row === "number" && meters.ids[row] !== undefined) return meters.ids[row];
  }
  return null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isColumn(value);

/** All of a value, to compare. */
const whole = (value: unknown): string => JSON.stringify(value) ?? "nothing";

/** A value to read: texts not longer than a line. */
function shown(value: unknown): Shown {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  const text = typeof value === "string" ? value : whole(value);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
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
  const isOfMast = OF_MAST.some((prefix) => name.startsWith(prefix));
  if (!isOfMast && rows > 0 && (rows % ids.length === 0 || rows === supplies)) {
    return ids[rows === supplies ? row : Math.floor((row * ids.length) / rows)] ?? null;
  }
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

/** `plant.grid` and `plant.fuses` are by feeder; element columns, and the first fuses, belong to supply points. */
function elementOwner(model: Model, name: string, row: number): string | null {
  const [, part, feederId, column = ""] = name.split(".");
  const feeder = model.feeders.find(({ id }) => id === feederId);
  if (feeder === undefined || !BY_FEEDER.some((record) => record === part)) return null;
  const isElement =
    part === "fuses"
      ? row < feeder.elementCount
      : column.startsWith("element") || column.startsWith("asked") || column === "deadElement";
  if (!isElement) return feeder.id;
  return model.meters.ids[model.supplyOfElement[feeder.firstElement + row]!] ?? null;
}
