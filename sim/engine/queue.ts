// Things that are due: scheduled by the scenario, ordered by (due time, rank of the kind, row, sequence).

import type { OutageKind } from "../contract/outage.ts";
import type { SimMs } from "../core/time.ts";

/** Fixed ranks: what goes away goes first. */
const RANK = {
  "outage-end": 0,
  "outage-start": 1,
  "theft-stop": 2,
  "theft-start": 3,
  "power-restored": 4,
  "power-cut": 5,
  "swap-out": 6,
  "swap-in": 7,
} as const;

export type DueEvent = {
  readonly dueAt: SimMs;
  readonly sequence: number;
  /** Row of the mast, supply point or feeder. */
  readonly row: number;
} & (
  | { readonly kind: "theft-stop" | "theft-start"; readonly plan: number }
  | { readonly kind: "outage-end" | "outage-start"; readonly of: OutageKind }
  | { readonly kind: "swap-out" }
  | { readonly kind: "swap-in"; readonly device: string }
  | { readonly kind: "power-restored" | "power-cut"; readonly what: "supply" | "feeder" }
);

/** Whether `a` comes before `b`; a total order. */
export function compareDue(a: DueEvent, b: DueEvent): number {
  return (
    a.dueAt - b.dueAt || RANK[a.kind] - RANK[b.kind] || a.row - b.row || a.sequence - b.sequence
  );
}

/** Puts an event where it belongs. */
export function enqueue(queue: DueEvent[], event: DueEvent): void {
  let at = queue.length;
  while (at > 0 && compareDue(queue[at - 1]!, event) > 0) at--;
  queue.splice(at, 0, event);
}

/** Takes everything due up to `now`, in order. */
export function takeDue(queue: DueEvent[], now: SimMs): readonly DueEvent[] {
  let count = 0;
  while (count < queue.length && queue[count]!.dueAt <= now) count++;
  return queue.splice(0, count);
}
