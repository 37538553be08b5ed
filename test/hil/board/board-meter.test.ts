import { expect, test } from "vitest";
import { createBoardMeter } from "../../../hil/board/board-meter.ts";
import { openBoard } from "../../../hil/board/session.ts";
import { createNumbers } from "../../../hil/board/stimulus.ts";
import { BENCH_KEY } from "../../../sim/contract/board-mac.ts";
import type { BoardMessage } from "../../../sim/contract/board-protocol.ts";
import type { TerminalConditions } from "../../../sim/contract/meter-device.ts";
import { createCompanion } from "../../../sim/host/devices.ts";
import { deviceContext, handover } from "../../support/meter.ts";
import { createScriptedBoard, type Script } from "../../support/scripted-board.ts";

type Registers = Extract<BoardMessage, { readonly kind: "registers" }>;

const HANDOVER = handover({ importWh: 4_567, importBelowMilliWh: 890, carryMilliWMs: 1_234_567 });

function terminals(at: number, changes: Partial<TerminalConditions> = {}): TerminalConditions {
  return {
    at,
    stepMs: 1_000,
    voltageV: 230,
    phaseCurrentA: 0,
    neutralCurrentA: 0,
    angleRad: 0,
    activePowerW: 0,
    reactivePowerVar: 0,
    frequencyHz: 50,
    supplyPresent: true,
    tamperContacts: { coverOpen: false, magnetPresent: false },
    delivered: [],
    ...changes,
  };
}

async function install(script: Script = {}) {
  const port = createScriptedBoard(script);
  const meter = createBoardMeter({
    name: "desk",
    time: "locked",
    open: () => openBoard(port, { key: BENCH_KEY }),
    stimulus: createNumbers(),
    createCompanion,
  });
  await meter.handOver(HANDOVER, deviceContext());
  return { port, meter };
}

/** Changes what the board says of its registers. */
const saying = (changes: Partial<Registers>): Script => ({
  answer: (_, usual) =>
    usual.map((message) => (message.kind === "registers" ? { ...message, ...changes } : message)),
});

test("the board is handed the registers to the last mW·ms, and told what it measures", async () => {
  const { port, meter } = await install();
  await meter.step(terminals(1_000, { phaseCurrentA: 2.5, activePowerW: 575 }));
  expect(port.received.find(({ kind }) => kind === "take")).toMatchObject({
    importWh: 4_567,
    importBelowMilliWh: 890,
    importCarryMilliWMs: 1_234_567,
  });
  expect(port.received.findLast(({ kind }) => kind === "terminals")).toMatchObject({
    phaseMilliA: 2_500,
    activeMilliW: 575_000,
  });
});

test("what counts is what the board counted, whatever flowed", async () => {
  const { meter } = await install(saying({ importWh: 4_569, importBelowMilliWh: 3 }));
  const { registers } = await meter.step(terminals(1_000, { activePowerW: 99_000 }));
  expect([registers.importWh, registers.importBelowMilliWh]).toEqual([4_569, 3]);
});

test("what the board counted backwards is export, and import stays", async () => {
  const { meter } = await install(saying({ exportWh: 1, exportBelowMilliWh: 2 }));
  const { registers } = await meter.step(terminals(1_000));
  expect(registers).toMatchObject({ importWh: 4_567, exportWh: 1, exportBelowMilliWh: 2 });
});

test("a trip opens the board's relay, and a reconnection closes it", async () => {
  const { port, meter } = await install();
  const command = { kind: "command", supply: "supply-01", issuedAt: 0, text: "" } as const;
  const order = { ...command, expiresAt: 86_400_000 };
  const trip = { ...order, id: "c-1", action: "trip" } as const;
  const tripped = await meter.step(terminals(1_000, { delivered: [trip] }));
  const back = { ...order, id: "c-2", action: "reconnect" } as const;
  const closed = await meter.step(terminals(2_000, { delivered: [back] }));
  expect([tripped.relay, closed.relay]).toEqual(["open", "closed"]);
  const orders = port.received.filter(({ kind }) => kind === "command");
  expect(orders).toMatchObject([{ op: 10 }, { op: 1, argument: 0 }, { op: 1, argument: 1 }]);
});

test("the board's display gets a text when it changes, and only then", async () => {
  const { port, meter } = await install();
  const shown = await meter.step(terminals(1_000));
  await meter.step(terminals(2_000));
  expect(port.received.filter(({ kind }) => kind === "display")).toMatchObject([
    { text: shown.displayText.replace("\n", "") },
  ]);
});

test("an opened cover is the board's word, not the twin's", async () => {
  const { meter } = await install(saying({ state: 1 | 2 | 16 | 128 }));
  expect((await meter.step(terminals(1_000))).registers.tamperFlags).toBe(1);
});

test("a relay that does not do what it is told is a fault", async () => {
  const { meter } = await install(saying({ state: 1 | 2 | 16 | 32 }));
  expect((await meter.step(terminals(1_000))).faults).toEqual(["relay"]);
});

test("what is handed back is what the board holds, beside what its companion kept", async () => {
  const { meter } = await install();
  const back = await meter.takeBack();
  expect(back).toMatchObject({ importWh: 4_567, importBelowMilliWh: 890, carryMilliWMs: 5 });
  expect(back.logs).toEqual(HANDOVER.logs);
});

test("a board that is gone rejects the step with a sentence", async () => {
  const { port, meter } = await install();
  port.lose("the line was closed: was the board unplugged?");
  await expect(meter.step(terminals(1_000))).rejects.toThrow(
    "scripted: the board is gone: the line was closed: was the board unplugged?",
  );
});
