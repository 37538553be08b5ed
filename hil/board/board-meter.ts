// A board in a meter's slot. The board measures, counts, switches and shows; what an ATmega328P has no room for (the
// profile, the event log, the memory of commands, tariffs with seasons) is kept by its companion, a meter's kernel that
// is given what the board measured in place of the truth.

import {
  BOARD_OPS,
  BOARD_SCALE,
  BOARD_STATE,
  type BoardMessage,
} from "../../sim/contract/board-protocol.ts";
import type {
  BoardIdentity,
  DeviceContext,
  MeterButton,
  MeterDevice,
  MeterHandover,
  MeterOutputs,
  MeterRegisters,
  TerminalConditions,
  WallSide,
} from "../../sim/contract/meter-device.ts";
import type { UplinkMessage } from "../../sim/contract/reading.ts";
import { type BoardPanel, createBoardPanel } from "./board-panel.ts";
import { BoardError, type BoardPort } from "./port.ts";
import type { BoardSession } from "./session.ts";
import type { Stimulus } from "./stimulus.ts";
import { createTypedDigits } from "./typed-digits.ts";

/** A meter's kernel with perfect sensors, fed by the board. */
export interface Companion {
  step(terminals: TerminalConditions): MeterOutputs;
  handOver(): MeterHandover;
}

export interface BoardMeterParts {
  readonly name: string;
  readonly time: BoardPort["time"];
  /** Opens the board, the `expected` one where it is given; called once. */
  open(expected?: BoardIdentity): Promise<BoardSession>;
  readonly stimulus: Stimulus;
  createCompanion(handover: MeterHandover, context: DeviceContext): Companion;
  /** What is on the display, where that can be seen. */
  readDisplay?(): string;
  /** Where the board's buttons can be reached. */
  setButton?(button: MeterButton, isPressed: boolean): void;
}

type Registers = Extract<BoardMessage, { readonly kind: "registers" }>;

const MILLI_W_MS_PER_MILLI_WH = 3_600_000;
/** A display is slow: 32 characters over 100 kHz take so long at the most. */
const DISPLAY_MS = 80;
/** Longer than the firmware takes a contact's bounce for, shorter than a hold. */
const PRESS_MS = 100;
/** Who presses a button sees the board's own pages for so long, in place of what the street's meter shows. */
const PAGES_MS = 10_000;
/** Without a step for so long the twin stands still. */
const REST_AFTER_WALL_MS = 1_500;
const RELAY_OP = BOARD_OPS.find(({ name }) => name === "relay")!.code;
const BLANKS = "";

/** The board as a device. Its steps reject with a BoardError where the board is lost. */
export function createBoardMeter(parts: BoardMeterParts): MeterDevice {
  const { name, stimulus } = parts;
  let session: BoardSession | undefined;
  let panel: BoardPanel | undefined;
  let companion: Companion | undefined;
  /** What the companion has counted so far. */
  let counted: MeterRegisters | undefined;
  const typed = createTypedDigits();
  let shown = "";
  let pagesUntil = 0;
  /** When the next step ends by the board's time, where that is ours to move. */
  let boardMs = 0;
  let steppedWallMs = 0;
  const isBehind = (text: string): boolean =>
    parts.readDisplay !== undefined && parts.readDisplay() !== text;
  const parted = (): never => {
    throw new BoardError("lost", `${name}: the board was not handed a meter's registers`);
  };
  const connect = async (expected?: BoardIdentity): Promise<BoardSession> => {
    if (session !== undefined) return session;
    const opened = await parts.open(expected);
    session = opened;
    panel = createBoardPanel(opened);
    opened.onMessage = (message) => typed.take(message);
    opened.onBeat = () => {
      const isStepping = performance.now() - steppedWallMs < REST_AFTER_WALL_MS;
      if (isStepping) stimulus.hold();
      else stimulus.rest();
    };
    return opened;
  };
  const wall: WallSide = {
    get identity() {
      return session?.identity;
    },
    get lost() {
      return session?.lost;
    },
    connect: async (expected) => (await connect(expected)).identity,
  };
  const { setButton } = parts;
  const press = async (button: MeterButton): Promise<void> => {
    const to = session ?? parted();
    for (const isPressed of [true, false]) {
      setButton?.(button, isPressed);
      await to.pass(PRESS_MS);
    }
  };
  const show = async (to: BoardSession, text: string): Promise<void> => {
    if (text === shown) return;
    shown = text;
    await to.order({ kind: "display", text: textFor(text) });
    const isDrawing = (): boolean =>
      text === BLANKS ? parts.readDisplay !== undefined : isBehind(text);
    for (let past = 0; isDrawing() && past < DISPLAY_MS; past++) await to.pass(1);
  };
  /** One step of the board's own life: it meets its terminals, and its time passes. */
  const live = async (
    to: BoardSession,
    terminals: TerminalConditions,
    ended?: Promise<void>,
  ): Promise<void> => {
    stimulus.apply(terminals);
    steppedWallMs = performance.now();
    if (to.port.time === "locked") {
      boardMs += terminals.stepMs;
      await to.pass(Math.max(0, boardMs - to.nowMs));
    } else await ended;
    steppedWallMs = performance.now();
  };
  return {
    name,
    ...(setButton === undefined ? {} : { press }),
    ...(parts.time === "wall" ? { wall } : {}),
    isOnTwinTime: parts.time === "locked",
    async handOver(state, context) {
      const opened = await connect();
      // First of all: what its inputs pick up meanwhile is nobody's energy.
      await stimulus.begin(opened);
      await opened.order({ kind: "take", ...heldOf(state) });
      companion = parts.createCompanion(state, {
        ...context,
        // The board's own sensors have errors enough.
        ...{ gain: 1, phaseErrorShare: 0, offsetW: 0, startingCurrentA: 0 },
      });
      counted = state;
      boardMs = opened.nowMs;
      if (parts.time === "wall") await firstWindow(opened);
    },
    async step(terminals, ended) {
      const to = session ?? parted();
      const with_ = companion ?? parted();
      const seen = panel ?? parted();
      if (to.lost !== undefined) {
        throw new BoardError("lost", `${to.port.name}: the board is gone: ${to.lost}`);
      }
      await live(to, terminals, ended);
      seen.look();
      const registers = await to.ask("registers");
      const before = counted ?? parted();
      const entries = typed
        .takeWhole()
        .map((digits) => ({ kind: "keypad-entry", digits }) as const);
      const delivered = [...terminals.delivered, ...entries];
      const outputs = with_.step({ ...measured(terminals, registers, before), delivered });
      counted = outputs.registers;
      const isClosed = (registers.state & BOARD_STATE.relayClosed) !== 0;
      const isMeantClosed = outputs.relay === "closed";
      if (isClosed !== isMeantClosed) {
        const argument = isMeantClosed ? 1 : 0;
        await to.order({ kind: "command", op: RELAY_OP, argument, second: 0 });
      }
      if (seen.takePressed()) pagesUntil = terminals.at + PAGES_MS;
      // Who has typed all digits wants to see what the meter makes of them.
      if (entries.length > 0) pagesUntil = 0;
      await show(to, terminals.at < pagesUntil ? BLANKS : outputs.displayText);
      return {
        ...outputs,
        displayText: parts.readDisplay?.() ?? outputs.displayText,
        leds: { pulse: pulsesOf(counted) > pulsesOf(before), alarm: seen.isAlarmLit },
        sent: outputs.sent.map((message) => asMeasured(message, registers)),
        faults: faultsOf(registers),
      };
    },
    unheard: (terminals) => live(session ?? parted(), terminals),
    async takeBack() {
      const held = await (session ?? parted()).ask("held");
      return {
        ...(companion ?? parted()).handOver(),
        importWh: held.importWh,
        importBelowMilliWh: held.importBelowMilliWh,
        carryMilliWMs: held.importCarryMilliWMs,
        exportWh: held.exportWh,
        exportBelowMilliWh: held.exportBelowMilliWh,
        exportCarryMilliWMs: held.exportCarryMilliWMs,
      };
    },
    async [Symbol.asyncDispose]() {
      const closing = session;
      session = undefined;
      await closing?.close();
    },
  };
}

/** What a board measured before it was given our numbers is not to be taken for an answer to them. */
async function firstWindow(session: BoardSession): Promise<void> {
  const { windowCount } = await session.ask("registers");
  const tries = Math.ceil((2 * BOARD_SCALE.windowMaxMs) / WINDOW_LOOK_MS);
  for (let left = tries; left > 0; left--) {
    await session.pass(WINDOW_LOOK_MS);
    if ((await session.ask("registers")).windowCount !== windowCount) return;
  }
  throw new BoardError("silent", `${session.port.name}: the board measures nothing; reset it`);
}
const WINDOW_LOOK_MS = 20;

/** The firmware flashes once for so much of its own register. */
const MILLI_WH_PER_PULSE = 1e6 / BOARD_SCALE.pulsesPerKWh;
const pulsesOf = ({ importWh, importBelowMilliWh }: MeterRegisters): number =>
  Math.floor(total(importWh, importBelowMilliWh) / MILLI_WH_PER_PULSE);

/**
 * A reading tells what the board's last window measured. The companion's power is the mean of the step, and a step on
 * the wall's clock holds a window more or less: of five in a second, a fifth.
 */
function asMeasured(message: UplinkMessage, registers: Registers): UplinkMessage {
  if (message.kind !== "reading") return message;
  return {
    ...message,
    elementCurrentA: [registers.phaseMilliA / 1000],
    neutralCurrentA: registers.neutralMilliA / 1000,
    activePowerW: registers.activeMilliW / 1000,
    powerFactor: registers.powerFactorPermille / 1000,
  };
}

/** What the board needs of a meter's registers. The company's reason is the only one that it keeps for us. */
function heldOf(state: MeterHandover) {
  return {
    importWh: state.importWh,
    importBelowMilliWh: state.importBelowMilliWh,
    exportWh: state.exportWh,
    exportBelowMilliWh: state.exportBelowMilliWh,
    importCarryMilliWMs: state.carryMilliWMs,
    exportCarryMilliWMs: state.exportCarryMilliWMs,
    creditMilliMinor: 0,
    priceMilliMinorPerKWh: 0,
    emergencyMinor: 0,
    relayReasons: state.relay === "open" ? 1 : 0,
    tamperFlags: 0,
    nextEvent: 1,
  };
}

/**
 * The board's measurements as terminals, with the power that brings the companion's registers to the board's. Both
 * directions within one step are rare; then the export follows a step later.
 */
function measured(
  terminals: TerminalConditions,
  registers: Registers,
  own: MeterRegisters,
): TerminalConditions {
  const importMilliWh = total(registers.importWh, registers.importBelowMilliWh);
  const exportMilliWh = total(registers.exportWh, registers.exportBelowMilliWh);
  const imported = importMilliWh - total(own.importWh, own.importBelowMilliWh);
  const exported = exportMilliWh - total(own.exportWh, own.exportBelowMilliWh);
  const milliWh = imported > 0 ? imported : -exported;
  const { state } = registers;
  return {
    ...terminals,
    voltageV: registers.voltageMilliV / 1000,
    phaseCurrentA: registers.phaseMilliA / 1000,
    neutralCurrentA: registers.neutralMilliA / 1000,
    activePowerW: (milliWh * MILLI_W_MS_PER_MILLI_WH) / terminals.stepMs / 1000,
    reactivePowerVar: registers.reactiveMilliVar / 1000,
    frequencyHz: registers.frequencyMilliHz / 1000,
    tamperContacts: {
      coverOpen: (state & BOARD_STATE.coverOpen) !== 0,
      magnetPresent: (state & BOARD_STATE.magnetNear) !== 0,
    },
    // Of an open relay: something lives or flows behind it for longer than a contact takes to move.
    loadSideLive: (state & BOARD_STATE.relayFault) !== 0,
  };
}

const total = (wattHours: number, belowMilliWh: number): number => wattHours * 1000 + belowMilliWh;

const faultsOf = ({ state }: Registers): readonly string[] =>
  (state & BOARD_STATE.relayFault) !== 0 ? ["relay"] : [];

/** Two lines as the 32 characters of the message, in the display's alphabet. */
function textFor(text: string): string {
  const lines = text.split("\n").map((line) => line.padEnd(16).slice(0, 16));
  return lines.join("").replaceAll(/[^\x20-\x7e]/g, "?");
}
