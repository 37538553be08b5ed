// What the company did about each supply point, for timelines and messages: kept beside a live run, decided by nothing.
// A run that goes on fills it from its recording and from the steps that are run again.

import { isSupplyEvent, type SupplyEvent } from "../../contract/customer-event.ts";
import type { BeliefEvent } from "../../contract/event.ts";

const NOTES_OF_ONE_MAX = 200;
const NOTES_MAX = 200_000;

export interface SupplyNotes {
  /** To be called with each event of the company in its order; what concerns no single customer is left out. */
  note(event: BeliefEvent): void;
  /** Oldest first. */
  of(supply: string): readonly SupplyEvent[];
  /** Whether nothing has happened before the first of them. */
  isComplete(supply: string): boolean;
}

/** Readings that are late or guessed are a meter's everyday life. */
const LEFT_OUT: readonly BeliefEvent["kind"][] = ["reading-late", "gap-estimated"];

export function createSupplyNotes(): SupplyNotes {
  const bySupply = new Map<string, SupplyEvent[]>();
  const cut = new Set<string>();
  let count = 0;
  return {
    note(event) {
      if (!isSupplyEvent(event) || LEFT_OUT.includes(event.kind)) return;
      const { supply } = event;
      const notes = bySupply.get(supply) ?? [];
      if (notes.length === 0) bySupply.set(supply, notes);
      if (notes.length >= NOTES_OF_ONE_MAX || count >= NOTES_MAX) {
        cut.add(supply);
        if (notes.shift() === undefined) return;
        count--;
      }
      notes.push(event);
      count++;
    },
    of: (supply) => bySupply.get(supply) ?? [],
    isComplete: (supply) => !cut.has(supply),
  };
}
