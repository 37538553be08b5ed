// A twin as it begins: what is drawn at setup, what is digested when, and what runs touch each other.

import { expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { runUntil, street } from "../support/street.ts";

// IEC 62053-21: a meter of class 1 is off by 1 % at most, one of class 0.5 by half a percent.
test("no meter is off by more than its class, and no two of a street by the same", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { gain } = createTwin(street({ seed })).model.meters;
    const offPercent = Array.from(gain, (factor) => 100 * (factor - 1));
    const customers = offPercent.slice(0, 24);
    for (const off of customers) expect(Math.abs(off)).toBeLessThanOrEqual(1 + 1e-9);
    for (const off of offPercent.slice(24)) expect(Math.abs(off)).toBeLessThanOrEqual(0.5 + 1e-9);
    expect(new Set(customers).size).toBeGreaterThan(20);
    expect(Math.max(...customers)).toBeGreaterThan(0);
    expect(Math.min(...customers)).toBeLessThan(0);
  }
});

test("the elements of one meter are off alike", () => {
  const { gain } = createTwin(street()).model.meters;
  expect(gain[25]).toBe(gain[24]);
  expect(gain[26]).toBe(gain[24]);
});

test("one more customer's habits change no other meter's error", () => {
  const [plain, changed] = [[], ["customers.3.residents=1"]].map(
    (set) => createTwin(street({ set })).model.meters.gain,
  );
  expect(changed).toEqual(plain);
});

test("what decides is digested every minute, the rest at keyframes", () => {
  const { deciding, all } = createTwin(street()).model;
  expect(deciding.names).toEqual(
    expect.arrayContaining([
      "plant.meters.importMilliWh",
      "plant.meters.relayOpen",
      "plant.theft.bypassShare",
      "plant.customers.payAt",
      "air.outbox",
      "air.flights",
      "air.nextMessage",
      "belief.accounts",
      "belief.commands",
      "belief.headend.lastSequence",
      "engine.clock",
      "engine.queue",
    ]),
  );
  expect(deciding.names.filter((name) => name.startsWith("belief.ledger"))).not.toEqual([]);
  expect(all.names).toEqual(
    expect.arrayContaining([...deciding.names, "plant.grid.feeder.voltageRe"]),
  );
  expect(all.names.length).toBeGreaterThan(deciding.names.length);
});

test("two twins in one process do not touch each other", () => {
  const alone = finalHash(runUntil(createTwin(street()), HOUR_MS));
  const [a, b] = [createTwin(street()), createTwin(street({ seed: 2 }))];
  for (let untilMs = 60_000; untilMs <= HOUR_MS; untilMs += 60_000) {
    runUntil(a, untilMs);
    runUntil(b, untilMs);
  }
  expect(finalHash(a)).toBe(alone);
});

test("asking for the hash changes nothing", () => {
  const twin = runUntil(createTwin(street()), HOUR_MS);
  const hash = finalHash(twin);
  expect(finalHash(twin)).toBe(hash);
  const asked = createTwin(street());
  runUntil(asked, HOUR_MS, [], () => void finalHash(asked));
  expect(finalHash(asked)).toBe(hash);
});
