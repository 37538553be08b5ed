// The address of two runs side by side: one, the moment at which the other leaves it, and what is done there.

import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import { isPriceChange, type PriceChange } from "../../sim/contract/price-change.ts";
import type { TwinSource } from "../player/local-messages.ts";
import { packJson, unpackJson } from "../player/packed-json.ts";

/** Version 2 may have prices. */
const BRANCH_VERSION = 2;
const NO_SENSE = "the link's branch is damaged: copy the link whole";

/** What the other run does otherwise. */
export interface Branch {
  /** In words, such as “12 Mango Lane begins to steal”. */
  readonly title: string;
  readonly atMs: number;
  readonly inputs: readonly TwinInput[];
  /** Other prices, from a day on. */
  readonly prices?: PriceChange;
  /** Another text of the scenario, from its start on. */
  readonly text?: string;
}

export const branchText = (branch: Branch): string =>
  packJson({ version: branch.prices === undefined ? 1 : BRANCH_VERSION, ...branch });

/** The branch of an address's `#…&branch=`; null where it has none. Throws a sentence where it makes no sense. */
export function readBranch(hash: string): Branch | null {
  const packed = new URLSearchParams(hash.replace(/^#/, "")).get("branch");
  if (packed === null) return null;
  let read: unknown;
  try {
    read = unpackJson(packed);
  } catch {
    throw new Error(NO_SENSE);
  }
  const { version, title, atMs, inputs, prices, text } = (read ?? {}) as Partial<Branch> & {
    version?: unknown;
  };
  if (typeof version === "number" && version > BRANCH_VERSION) {
    throw new Error(
      `the branch is of version ${version}, this page reads up to ${BRANCH_VERSION}; load the newest page`,
    );
  }
  const isRight =
    typeof title === "string" && Number.isSafeInteger(atMs) && atMs! >= 0 && Array.isArray(inputs);
  const isPriced = prices === undefined || isPriceChange(prices);
  if (!isRight || !isPriced || (text !== undefined && typeof text !== "string"))
    throw new Error(NO_SENSE);
  return {
    title,
    atMs: atMs!,
    inputs: inputs as TwinInput[],
    ...(prices === undefined ? {} : { prices }),
    ...(text === undefined ? {} : { text }),
  };
}

/** The run that leaves `base` there: what was done up to that moment, and what the branch does then. */
export function branchedSource(
  base: TwinSource,
  { atMs, inputs, prices, text }: Branch,
): TwinSource {
  const before = base.journal.filter(({ takesEffectAtMs }) => takesEffectAtMs <= atMs);
  const last = before.reduce((max, { sequence }) => Math.max(max, sequence), 0);
  const added = inputs.map(
    (input, index): JournalEntry => ({
      ...{ sequence: last + 1 + index, takesEffectAtMs: atMs, kind: "input" as const, input },
    }),
  );
  return {
    ...base,
    ...(prices === undefined ? {} : { prices }),
    ...(text === undefined ? {} : { text }),
    journal: [...before, ...added],
  };
}
