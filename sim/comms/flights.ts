// Everything under way: a binary heap by (due time, order of sending), and how much of it belongs to each meter.

import type { SimMs } from "../core/time.ts";
import { NEVER_MS } from "./due.ts";
import type { AirState, Flight } from "./state.ts";

/** Copies of one meter's messages under way or kept by the SMS centre; beyond it nothing more is taken. */
export const UNDER_WAY_MAX = 256;

const isBefore = (a: Flight, b: Flight): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence);

/** When the next flight lands. */
export const nextLanding = ({ flights }: AirState): SimMs => flights[0]?.dueAt ?? NEVER_MS;

/** Sends a flight off. False where its meter has too many under way already. */
export function launch(air: AirState, flight: Omit<Flight, "sequence">): boolean {
  const { underWay, nextFlight } = air;
  if (underWay[flight.row]! >= UNDER_WAY_MAX) return false;
  underWay[flight.row] = underWay[flight.row]! + 1;
  const sequence = nextFlight[0]!;
  nextFlight[0] = sequence + 1;
  push(air.flights, { sequence, ...flight });
  return true;
}

/** Sends off again what waited on its way; it has been counted already. */
export function relaunch(air: AirState, flight: Flight, dueAt: SimMs): void {
  push(air.flights, { ...flight, dueAt });
}

/** A flight is over: it arrived or was lost. */
export function endFlight({ underWay }: AirState, { row }: Flight): void {
  underWay[row] = underWay[row]! - 1;
}

function push(heap: Flight[], flight: Flight): void {
  let at = heap.length;
  heap.push(flight);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(flight, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = flight;
}

/** Takes the flight that lands first. */
export function takeFirst({ flights: heap }: AirState): Flight {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
