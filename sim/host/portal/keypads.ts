// What each meter's display said to who typed a token: the customer stands before it, the company does not see it. Kept
// beside a live run for the customer alone; a run that goes on begins it anew.

import type { TruthEvent } from "../../contract/event.ts";
import type { KeypadView } from "../../contract/portal.ts";

const ANSWERS_OF_ONE_MAX = 5;

export interface Keypads {
  note(event: TruthEvent): void;
  /** The newest first. */
  of(supply: string): KeypadView["answers"];
}

export function createKeypads(): Keypads {
  const bySupply = new Map<string, KeypadView["answers"]>();
  return {
    note(event) {
      if (event.kind !== "token-typed") return;
      const { supply, at, result } = event;
      const before = bySupply.get(supply) ?? [];
      bySupply.set(supply, [{ at, result }, ...before].slice(0, ANSWERS_OF_ONE_MAX));
    },
    of: (supply) => bySupply.get(supply) ?? [],
  };
}
