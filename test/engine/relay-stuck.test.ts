// A trip that a meter acknowledges and that changes nothing: the company notices by the readings alone.

import { expect, test } from "vitest";
import type { RelayCase } from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

const TARGET = "supply-05";

function after(hours: number, inputs: readonly (readonly [number, TwinInput])[]): Twin {
  const set = ["thefts=[]", "utility.detection=false"];
  return runUntil(createTwin(street({ set })), hours * HOUR_MS, journal(inputs));
}
const relayCases = (twin: Twin): readonly RelayCase[] =>
  twin.world.belief.detection.cases.filter((each) => each.kind === "relay-stuck");
const tripAt = (at: number): readonly [number, TwinInput] => [at, { kind: "trip", target: TARGET }];
/** All of the current still passes the sensor: a relay whose contacts are welded. */
const WELDED: readonly [number, TwinInput] = [
  0,
  { kind: "theft-start", target: TARGET, theft: "relay-bypass", share: 0.001 },
];

test("a relay whose contacts are welded becomes a case, with what was used in words and numbers", () => {
  const twin = after(6, [WELDED, tripAt(HOUR_MS)]);
  const [found, ...rest] = relayCases(twin);
  expect(rest).toEqual([]);
  expect(found!.supply).toBe(TARGET);
  expect(found!.readings).toBeGreaterThan(5);
  expect(found!.usedWh).toBeGreaterThan(100);
  expect(found!.evidence).toContain("acknowledged the order to open on 2026-01-12 01:0");
  expect(found!.evidence).toContain(`${found!.readings} readings since show ${found!.usedWh} Wh`);
});

test("a relay that opens is none, and neither is use after the supply has come back", () => {
  expect(relayCases(after(6, [tripAt(HOUR_MS)]))).toEqual([]);
  const back: readonly [number, TwinInput] = [
    2 * HOUR_MS,
    { kind: "reconnect", target: TARGET, by: "S. Rao" },
  ];
  expect(relayCases(after(8, [tripAt(HOUR_MS), back]))).toEqual([]);
});

test("a crew that has looked closes the case; if it goes on, there is another one", () => {
  const inspect: readonly [number, TwinInput] = [
    9 * HOUR_MS,
    { kind: "inspect", target: TARGET, by: "S. Rao" },
  ];
  // The crew takes every bridge away; somebody puts one back.
  const again: readonly [number, TwinInput] = [15 * HOUR_MS, WELDED[1]];
  const twin = after(20, [WELDED, tripAt(HOUR_MS), inspect, again]);
  const [first, second, ...rest] = relayCases(twin);
  expect(first!.closedAt).toBeGreaterThan(9 * HOUR_MS + MINUTE_MS);
  expect(rest).toEqual([]);
  expect(second!.supply).toBe(TARGET);
  expect(first!.closedAt).toBeLessThan(15 * HOUR_MS);
  expect(second!.openedAt).toBeGreaterThan(15 * HOUR_MS);
  expect(second!.closedAt).toBeNull();
});
