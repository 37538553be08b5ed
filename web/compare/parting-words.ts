// The first difference between two runs, explained: what was done, what it changed first, where, and when.

import type { RunComparison } from "../../sim/contract/comparison.ts";
import { formatDuration } from "../../sim/core/time.ts";
import type { Branch } from "./branch-link.ts";

interface Quantity {
  readonly words: string;
  /** 0 and 1 are no and yes. */
  readonly isFlag?: true;
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
  const { words, isFlag = false } = QUANTITIES[first.quantity] ?? { words: first.quantity };
  const when =
    first.simMs === 0
      ? "from the start on"
      : `in the minute that ends at ${formatDuration(first.simMs)}`;
  return [
    cause,
    `The first thing that differs, ${when}: ${words}${where} is ${shown(first.a, isFlag)} in A and ${shown(first.b, isFlag)} in B. All else in the table follows from it.`,
  ];
}

function shown(value: NonNullable<RunComparison["first"]>["a"], isFlag: boolean): string {
  if (value === null) return "nothing";
  if (isFlag) return value === 0 || value === false ? "“no”" : "“yes”";
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
}
