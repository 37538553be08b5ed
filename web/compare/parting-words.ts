// The first difference between two runs, explained: what was done, what it changed first, where, and when.

import type { RunComparison } from "../../sim/contract/comparison.ts";
import { formatDuration } from "../../sim/core/time.ts";
import type { Branch } from "./branch-link.ts";

interface Quantity {
  readonly words: string;
  /** 0 and 1 are no and yes. */
  readonly isFlag?: true;
  /** Something that is there or not; what it holds says nothing to people. */
  readonly isThing?: true;
}

/** What quantities of the world are called by people; others keep the name that the engine has for them. */
const QUANTITIES: Readonly<Record<string, Quantity>> = {
  atWork: { words: "whether something is stolen", isFlag: true },
  theftIntensity: { words: "how much is stolen" },
  supplyCut: { words: "whether the supply is cut", isFlag: true },
  feederCut: { words: "whether the feeder is cut", isFlag: true },
  mastDown: { words: "whether the mast is down", isFlag: true },
  networkDown: { words: "whether the network is down", isFlag: true },
  relayOpen: { words: "whether the relay is open", isFlag: true },
  deliveredWMs: { words: "the energy that has flowed" },
  importMilliWh: { words: "the meter's register, in thousandths of a Wh" },
  voltageV: { words: "the voltage, in V" },
  marks: { words: "the reading that is kept for the midnight of other prices", isThing: true },
  commands: { words: "the company's orders to its meters" },
};

export interface Parted {
  readonly first: RunComparison["first"];
  readonly branch: Branch;
  nameOf(supply: string): string;
}

export function partingSentences({ first, branch, nameOf }: Parted): readonly string[] {
  const cause = `At ${formatDuration(branch.atMs)} B leaves A: ${branch.title}.`;
  if (first === null) return [cause, "Up to here both are the same, bit for bit."];
  const where = first.supplyPoint === null ? "" : ` at ${nameOf(first.supplyPoint)}`;
  const quantity: Quantity = QUANTITIES[first.quantity] ?? { words: first.quantity };
  const { words } = quantity;
  const when =
    first.simMs === 0
      ? "from the start on"
      : `in the minute that ends at ${formatDuration(first.simMs)}`;
  return [
    cause,
    `The first thing that differs, ${when}: ${words}${where} is ${shown(first.a, quantity)} in A and ${shown(first.b, quantity)} in B. All else in the table follows from it.`,
  ];
}

function shown(
  value: NonNullable<RunComparison["first"]>["a"],
  { isFlag, isThing }: Quantity,
): string {
  if (isThing === true) return value === null || value === "[]" ? "not there" : "there";
  if (value === null) return "nothing";
  if (isFlag === true) return value === 0 || value === false ? "“no”" : "“yes”";
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
}
