// A board in the slot: a fake one that echoes the simulated meter must change nothing but the journal.

import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Frame } from "../../sim/contract/frame.ts";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import type { DeviceAnswer, MeterDevice, MeterOutputs } from "../../sim/contract/meter-device.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { createFeed, stepByJournal } from "../../sim/engine/journal-feed.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { createBoards, createSimulatedDevice } from "../../sim/host/boards.ts";
import { handover } from "../support/meter.ts";
import { journal, runUntil, street } from "../support/street.ts";

const BOARD = "supply-05";
const IN_MS = 10 * MINUTE_MS;
const OUT_MS = 50 * MINUTE_MS;
/** From an hour before the turn of a month on: bills are made after seven hours. */
const SET = ["start=2026-01-31T23:00", "deviceLost=fall-back"];
const END_MS = 8 * HOUR_MS;
const TRIP: readonly [number, TwinInput] = [20 * MINUTE_MS, { kind: "trip", target: BOARD }];
const SWAP_IN: TwinInput = { kind: "swap-in", target: BOARD, device: "echo" };
const SWAPPED = journal([[IN_MS, SWAP_IN], TRIP, [OUT_MS, { kind: "swap-out", target: BOARD }]]);

interface Outcome {
  readonly twin: Twin;
  readonly entries: readonly JournalEntry[];
  readonly bills: readonly unknown[];
}

/** Runs with boards, as the host does: asks, journals the answers, finishes. */
async function runWithBoards(open: () => MeterDevice, untilMs = END_MS): Promise<Outcome> {
  const twin = createTwin(street({ set: SET }));
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
    const without = createTwin(street({ set: SET }));
    const bills: unknown[] = [];
    const steps = journal([
      [IN_MS, { kind: "set-step", stepMs: 1000 }],
      TRIP,
      [OUT_MS, { kind: "set-step", stepMs: MINUTE_MS }],
    ]);
    runUntil(without, END_MS, steps, ({ out }) => bills.push(...out.bills));
    expect(visible(withBoard.twin)).toEqual(visible(without));
    expect(withBoard.bills).toEqual(bills);
    expect(bills).toHaveLength(24);
    expect(withBoard.twin.world.plant.meters.relayOpen[4], "the trip went through the board").toBe(
      1,
    );
  });

  test("replays from the journal without the board", async () => {
    const { twin, entries } = await runWithBoards(() => createSimulatedDevice("echo"));
    const replayed = createTwin(street({ set: SET }));
    const feed = createFeed(JSON.parse(JSON.stringify(entries)));
    while (replayed.world.engine.clock.nowMs < END_MS) stepByJournal(replayed, feed);
    expect(finalHash(replayed)).toBe(finalHash(twin));
  });
});

describe("a board in the slot", () => {
  /** The terminals of one step after some inputs. */
  const terminalsAfter = (...inputs: TwinInput[]) => {
    const twin = runUntil(createTwin(street()), IN_MS);
    const rows = [...inputs, SWAP_IN].map((input) => [IN_MS, input] as const);
    const [swapped] = beginStep(twin, journal(rows));
    return { twin, terminals: swapped!.terminals };
  };

  test("is given what its meter's terminals carry, with the phase angle of the load", () => {
    const { twin, terminals } = terminalsAfter();
    const { power, loads } = twin.world.plant;
    expect(terminals.activePowerW).toBe(power.meteredW[4]);
    expect(terminals.voltageV).toBe(power.voltageV[4]);
    // Apparent power is V·I; its parts are V·I·cos φ and V·I·sin φ.
    const apparentVa = terminals.voltageV * terminals.phaseCurrentA;
    expect(apparentVa * Math.cos(terminals.angleRad)).toBeCloseTo(terminals.activePowerW, 6);
    expect(apparentVa * Math.sin(terminals.angleRad)).toBeCloseTo(loads.wantedVar[4]!, 6);
    expect(terminals).toMatchObject({ at: IN_MS + 1000, stepMs: 1000 });
    expect(Math.abs(terminals.frequencyHz - 50)).toBeLessThan(0.05);
  });

  test("does not see the current that flows around its sensor", () => {
    const { terminals: honest } = terminalsAfter();
    const { terminals } = terminalsAfter({ kind: "theft-start", target: BOARD, share: 0.75 });
    expect(terminals.activePowerW).toBeCloseTo(honest.activePowerW / 4, 9);
    expect(terminals.phaseCurrentA).toBeCloseTo(honest.phaseCurrentA / 4, 9);
    expect(terminals.voltageV).toBe(honest.voltageV);
  });

  test("is handed the registers of the meter before it, and gives them back when it goes", async () => {
    const calls: string[] = [];
    const open = (): MeterDevice => {
      const device = createSimulatedDevice("echo");
      return {
        ...device,
        async handOver(state, context) {
          calls.push(`took over ${state.importWh} Wh at ${context.supply}`);
          await device.handOver(state, context);
        },
        async takeBack() {
          const state = await device.takeBack();
          calls.push(`gave back ${state.importWh} Wh`);
          return state;
        },
        async [Symbol.asyncDispose]() {
          calls.push("closed");
        },
      };
    };
    const twin = createTwin(street());
    const boards = createBoards(open, 2_000);
    const openingWh = Math.floor(twin.world.plant.meters.importMilliWh[4]! / 1000);
    const swapped = beginStep(twin, journal([[0, SWAP_IN]]));
    finishStep(twin, await boards.ask(twin, swapped));
    beginStep(twin, journal([[1000, { kind: "swap-out", target: BOARD }]]));
    expect(await boards.ask(twin, [])).toEqual([]);
    expect(boards.openCount).toBe(0);
    const nowWh = Math.floor(twin.world.plant.meters.importMilliWh[4]! / 1000);
    expect(calls).toEqual([
      `took over ${openingWh} Wh at ${BOARD}`,
      `gave back ${nowWh} Wh`,
      "closed",
    ]);
  });

  test("feels a button that is pressed in the step that the journal names, and in no other", async () => {
    const pressed: string[] = [];
    const open = (): MeterDevice => ({
      ...createSimulatedDevice("echo"),
      press: async (button) => void pressed.push(button),
    });
    const press = { kind: "press-button", target: BOARD, button: "up" } as const;
    const twin = createTwin(street());
    const boards = createBoards(open, 2_000);
    for (const entries of [journal([[0, SWAP_IN]]), journal([[1000, press]]), []]) {
      const swapped = beginStep(twin, entries);
      finishStep(twin, await boards.ask(twin, swapped));
      pressed.push(`at ${twin.world.engine.clock.nowMs}`);
    }
    expect(pressed).toEqual(["at 1000", "up", "at 2000", "at 3000"]);
    const { events } = runUntil(twin, 4000, journal([[3000, press]])).out;
    expect(events.map(({ event }) => event)).toContainEqual({
      ...{ kind: "button-pressed", at: 3000, supply: BOARD, button: "up" },
    });
  });

  test("is shown as it answered last, also while it is silent, and no longer once it has gone", async () => {
    const twin = createTwin(street({ set: ["deviceLost=hold"] }));
    const displayText = "Power      812 W\nFreq   50.00 Hz";
    const leds = { pulse: true, alarm: false };
    const device = createSimulatedDevice("echo");
    const boards = createBoards(
      () => ({
        ...device,
        step: async (terminals) => ({ ...(await device.step(terminals)), displayText, leds }),
      }),
      2_000,
    );
    const silence = [{ kind: "no-answer", supply: BOARD, reason: "unplugged" }] as const;
    const shown: unknown[] = [];
    const look = (): void => {
      const { data } = makeFrame(twin, "truth/supply") as Extract<
        Frame,
        { channel: "truth/supply" }
      >;
      const isOwn = data.displayText[twin.model.rowOfSupply.get(BOARD)!] === displayText;
      shown.push([data.boards.map(({ isSilent }) => isSilent), isOwn]);
    };
    const swapped = beginStep(twin, journal([[0, SWAP_IN]]));
    const [answer] = await boards.ask(twin, swapped);
    finishStep(twin, [answer!]);
    look();
    beginStep(twin, []);
    finishStep(twin, silence);
    look();
    beginStep(twin, []);
    const { outputs } = answer as Extract<DeviceAnswer, { kind: "outputs" }>;
    const registers = { ...outputs.registers, importWh: 0 };
    const untrue = { ...outputs, registers, displayText: "cannot be true" };
    finishStep(twin, [{ kind: "outputs", supply: BOARD, outputs: untrue }]);
    look();
    beginStep(twin, journal([[3000, { kind: "swap-out", target: BOARD }]]));
    finishStep(twin, []);
    look();
    expect(shown).toEqual([
      [[false], true],
      [[true], true],
      [[true], true],
      [[], false],
    ]);
    await boards.close();
  });

  test("is not waited for beyond its deadline, nor are others held up by one that fails", async () => {
    const open = (_: string, supply: string): MeterDevice => ({
      ...createSimulatedDevice("echo"),
      step: () =>
        supply === BOARD ? new Promise(() => undefined) : Promise.reject(new Error("port gone")),
    });
    const twin = createTwin(street());
    const boards = createBoards(open, 5);
    const rows = [BOARD, "supply-06"].map(
      (target) => [0, { kind: "swap-in", target, device: "echo" }] as const,
    );
    const swapped = beginStep(twin, journal(rows));
    expect(await boards.ask(twin, swapped)).toEqual([
      { kind: "no-answer", supply: BOARD, reason: "no answer within 5 ms" },
      { kind: "no-answer", supply: "supply-06", reason: "port gone" },
    ]);
    await boards.close();
  });

  test("has no deadline by the wall where it lives on the twin's time", async () => {
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    const open = (): MeterDevice => ({
      ...createSimulatedDevice("emulated", pause),
      isOnTwinTime: true,
    });
    const twin = createTwin(street());
    const boards = createBoards(open, 1);
    const swapped = beginStep(twin, journal([[0, SWAP_IN]]));
    expect(await boards.ask(twin, swapped)).toMatchObject([{ kind: "outputs", supply: BOARD }]);
    await boards.close();
  });
});

describe("a board that is lost", () => {
  const lose = (policy: string, ...answers: DeviceAnswer[]) => {
    const twin = createTwin(street({ set: [`deviceLost=${policy}`] }));
    beginStep(twin, journal([[0, SWAP_IN]]));
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

  test("sends nothing where the policy says hold, and nobody makes its readings up", () => {
    const twin = createTwin(street({ set: ["deviceLost=hold"] }));
    runUntil(twin, 31 * MINUTE_MS, journal([[29 * MINUTE_MS, SWAP_IN]]));
    const sequences = twin.world.plant.meters.nextSequence;
    expect([sequences[3], sequences[4]]).toEqual([2, 1]);
    expect(twin.world.air.counts.made).toBe(24);
  });

  // The simulated meter obeyed in its place, although the board was still in the slot.
  test("obeys nothing where the policy says hold", () => {
    const twin = createTwin(street({ set: ["deviceLost=hold"] }));
    const entries = journal([
      [0, SWAP_IN],
      [1000, { kind: "trip", target: BOARD }],
    ]);
    runUntil(twin, 10 * MINUTE_MS, entries);
    const { relayOpen, notices, obeyed } = twin.world.plant.meters;
    expect([relayOpen[4], notices[4], obeyed[4]]).toEqual([0, "", []]);
    expect(twin.world.belief.commandCounts).toMatchObject({ sent: 1, acknowledged: 0 });
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

  const whole = { importWh: 1e9, importBelowMilliWh: 0 };
  test.for([
    { what: "an import register that falls", registers: { importWh: 0 } },
    { what: "an import register that is no number", registers: { importWh: Number.NaN } },
    { what: "an import register beyond all whole numbers", registers: { importWh: 1e300 } },
    { what: "an export register below zero", registers: { ...whole, exportWh: -1 } },
    { what: "no clock", registers: { ...whole, clock: undefined } },
    { what: "no supply", registers: { ...whole, supply: {} } },
    { what: "no commands", registers: { ...whole, obeyedCommands: null } },
    { what: "credit without terms", registers: { ...whole, prepaid: { creditMilliMinor: 5 } } },
    { what: "a limit of nothing", registers: { ...whole, limit: {} } },
    { what: "no logs", registers: whole, logged: undefined },
    { what: "messages that are no list", registers: whole, sent: "none" },
  ])("is one that answers with $what", ({ what: _, registers: changes, ...rest }) => {
    const outputs = {
      registers: { ...handover(), ...changes },
      logged: { profile: [], events: [] },
      relay: "closed",
      displayText: "",
      leds: { pulse: false, alarm: false },
      sent: [],
      faults: [],
      ...rest,
    } as unknown as MeterOutputs;
    const { before, after, events } = lose("hold", { kind: "outputs", supply: BOARD, outputs });
    expect(after).toBe(before);
    expect(events).toContain("device-lost");
  });
});

describe("a line that the scenario cuts", () => {
  const cut = (from: string, until: string): ReturnType<typeof street> =>
    street({
      set: [
        "deviceLost=hold",
        `boards=[{target: ${BOARD}, device: echo, from: 10min, lineCut: {from: ${from}, until: ${until}}}]`,
      ],
    });

  test("cannot come back before it goes", () => {
    expect(() => cut("12min", "11min")).toThrow(
      /lineCut\.until: a line comes back after it was cut: write a later moment/,
    );
  });

  test("is silent for its time only, whatever the device would say", async () => {
    const twin = createTwin(cut("10min10s", "10min20s"));
    const boards = createBoards(() => createSimulatedDevice("echo"), 2_000);
    const silentMs: number[] = [];
    const { clock } = twin.world.engine;
    while (clock.nowMs < 10.5 * MINUTE_MS) {
      const swapped = beginStep(twin, []);
      const answers = await boards.ask(twin, swapped);
      if (answers.some(({ kind }) => kind === "no-answer")) silentMs.push(clock.nowMs);
      finishStep(twin, answers);
    }
    await boards.close();
    expect(silentMs).toEqual(Array.from({ length: 10 }, (_, at) => 610_000 + 1000 * at));
  });
});
