// A board in the slot: a fake one that echoes the simulated meter must change nothing but the journal.

import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import type { DeviceAnswer, MeterDevice } from "../../sim/contract/meter-device.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { createBoards, createSimulatedDevice } from "../../sim/host/boards.ts";
import { createFeed, stepByJournal } from "../../sim/host/resimulate.ts";
import { journal, runUntil, street } from "../support/street.ts";

const BOARD = "supply-05";
const IN_MS = 10 * MINUTE_MS;
const OUT_MS = 50 * MINUTE_MS;
const END_MS = 2 * HOUR_MS;
const TRIP: readonly [number, TwinInput] = [20 * MINUTE_MS, { kind: "trip", target: BOARD }];
const SWAPPED = journal([
  [IN_MS, { kind: "swap-in", target: BOARD, device: "echo" }],
  TRIP,
  [OUT_MS, { kind: "swap-out", target: BOARD }],
]);

interface Outcome {
  readonly twin: Twin;
  readonly entries: readonly JournalEntry[];
  readonly bills: readonly unknown[];
}

/** Runs with boards, as the host does: asks, journals the answers, finishes. */
async function runWithBoards(open: () => MeterDevice, untilMs = END_MS): Promise<Outcome> {
  const twin = createTwin(street({ set: ["deviceLost=fall-back"] }));
  const boards = createBoards(open, 2_000);
  const { clock } = twin.world.engine;
  const entries: JournalEntry[] = [];
  const bills: unknown[] = [];
  const waiting = [...SWAPPED];
  while (clock.nowMs < untilMs) {
    const nowMs = clock.nowMs;
    const due = waiting.filter(({ takesEffectAtMs }) => takesEffectAtMs <= nowMs);
    waiting.splice(0, due.length);
    entries.push(...due);
    const swapped = beginStep(twin, due);
    let answers: readonly DeviceAnswer[] = [];
    if (swapped.length > 0) {
      answers = await boards.ask(twin, swapped);
      entries.push({
        sequence: entries.length + 1,
        takesEffectAtMs: nowMs,
        kind: "answers",
        answers,
      });
    }
    finishStep(twin, answers);
    bills.push(...twin.out.bills);
  }
  await boards.close();
  return { twin, entries, bills };
}

/** What registers, accounts and views say, leaving out that a device is named in the slot. */
function visible({ world, ...twin }: Twin): unknown {
  const whole = { world, ...twin };
  const { devices: _, ...meters } = world.plant.meters;
  const supply = makeFrame(whole, "truth/supply");
  const known = makeFrame(whole, "belief/supply");
  return {
    meters,
    accounts: world.belief.accounts,
    supply: supply.data,
    known: known.data,
    street: makeFrame(whole, "belief/street").data,
  };
}

describe("a board that echoes the simulated meter", () => {
  test("gives one hash whether it answers at once or after a timer's tick", async () => {
    const atOnce = await runWithBoards(() => createSimulatedDevice("echo"));
    const later = await runWithBoards(() => createSimulatedDevice("echo", () => pause(0)));
    expect(finalHash(later.twin)).toBe(finalHash(atOnce.twin));
  });

  test("gives the registers, bills and frames of the run without it", async () => {
    const withBoard = await runWithBoards(() => createSimulatedDevice("echo"));
    const without = createTwin(street({ set: ["deviceLost=fall-back"] }));
    const bills: unknown[] = [];
    const steps = journal([
      [IN_MS, { kind: "set-step", stepMs: 1000 }],
      TRIP,
      [OUT_MS, { kind: "set-step", stepMs: MINUTE_MS }],
    ]);
    runUntil(without, END_MS, steps, ({ out }) => bills.push(...out.bills));
    expect(visible(withBoard.twin)).toEqual(visible(without));
    expect(withBoard.bills).toEqual(bills);
    expect(withBoard.twin.world.plant.meters.relayOpen[4], "the trip went through the board").toBe(
      1,
    );
  });

  test("replays from the journal without the board", async () => {
    const { twin, entries } = await runWithBoards(() => createSimulatedDevice("echo"));
    const replayed = createTwin(street({ set: ["deviceLost=fall-back"] }));
    const feed = createFeed(entries);
    while (replayed.world.engine.clock.nowMs < END_MS) stepByJournal(replayed, feed);
    expect(finalHash(replayed)).toBe(finalHash(twin));
  });
});

describe("a board that is lost", () => {
  const lose = (policy: string, ...answers: DeviceAnswer[]) => {
    const twin = createTwin(street({ set: [`deviceLost=${policy}`] }));
    beginStep(twin, [{ ...SWAPPED[0]!, takesEffectAtMs: 0 } as JournalEntry]);
    const before = twin.world.plant.meters.importMilliWh[4]!;
    finishStep(twin, answers);
    const { importMilliWh, devices } = twin.world.plant.meters;
    const events = twin.out.events.map(({ event }) => event.kind);
    return { before, after: importMilliWh[4]!, device: devices[4], events };
  };
  const silent: DeviceAnswer = { kind: "no-answer", supply: BOARD, reason: "no answer" };

  test("is replaced by the simulated meter where the policy says fall-back", () => {
    const { device, events } = lose("fall-back", silent);
    expect(device).toBe("");
    expect(events).toContain("device-lost");
  });

  test("keeps its register where the policy says hold", () => {
    const { before, after, device, events } = lose("hold", silent);
    expect(after).toBe(before);
    expect(device).toBe("echo");
    expect(events).toContain("device-lost");
  });

  test("is one that the journal has no answer of", () => {
    const { device, events } = lose("fall-back");
    expect(device).toBe("");
    expect(events).toContain("device-lost");
  });

  test("is none whose meter is simulated: what it says is not heard", () => {
    const [heard, alone] = [[silent], []].map((answers) => {
      const twin = createTwin(street());
      beginStep(twin, []);
      finishStep(twin, answers);
      return finalHash(twin);
    });
    expect(heard).toBe(alone);
  });

  test("is one whose register falls or is no whole number", () => {
    for (const importWh of [0, Number.NaN, 1e300]) {
      const registers = {
        serial: "x",
        importWh,
        importBelowMilliWh: 0,
        carryMilliWMs: 0,
        relay: "closed",
        tamperFlags: 0,
        nextSequence: 1,
        obeyedCommands: [],
        displayText: "",
      } as const;
      const outputs = {
        registers,
        relay: "closed",
        displayText: "",
        leds: { pulse: false, alarm: false },
        sent: [],
        faults: [],
      } as const;
      const { before, after, events } = lose("hold", { kind: "outputs", supply: BOARD, outputs });
      expect(after).toBe(before);
      expect(events).toContain("device-lost");
    }
  });
});
