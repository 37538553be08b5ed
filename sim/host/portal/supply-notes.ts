// What the company did about each supply point, for timelines and alerts: kept beside a live run, decided by nothing.
// A run that is resumed begins it anew.

import type { BeliefEvent } from "../../contract/event.ts";
import type { Twin } from "../../engine/world.ts";
import type { Follower } from "../live.ts";

const NOTES_OF_ONE_MAX = 200;
const NOTES_MAX = 200_000;

export type SupplyEvent = Extract<BeliefEvent, { readonly supply: string }>;

export interface SupplyNotes extends Follower {
  /** Oldest first. */
  of(supply: string): readonly SupplyEvent[];
  /** Whether nothing has happened before the first of them. */
  readonly isComplete: boolean;
}

/** Readings that are late or guessed are a meter's everyday life. */
const LEFT_OUT: readonly BeliefEvent["kind"][] = ["reading-late", "gap-estimated"];

export function createSupplyNotes(twin: Twin): SupplyNotes {
  const bySupply = new Map<string, SupplyEvent[]>();
  const { nowMs } = twin.world.engine.clock;
  let count = 0;
  let isComplete = nowMs === 0;
  return {
    stepped() {
      for (const { side, event } of twin.out.events) {
        if (side !== "belief" || !("supply" in event) || LEFT_OUT.includes(event.kind)) continue;
        const notes = bySupply.get(event.supply) ?? [];
        if (notes.length === 0) bySupply.set(event.supply, notes);
        if (notes.length >= NOTES_OF_ONE_MAX || count >= NOTES_MAX) {
          isComplete = false;
          if (notes.shift() === undefined) continue;
          count--;
        }
        notes.push(event);
        count++;
      }
    },
    shown() {},
    of: (supply) => bySupply.get(supply) ?? [],
    get isComplete() {
      return isComplete;
    },
  };
}
