// A board in a meter's slot. The board measures, counts, switches and shows; what an ATmega328P has no room for (the
// profile, the event log, the memory of commands, tariffs with seasons) is kept by its companion, a meter's kernel that
// is given what the board measured in place of the truth.

import { BOARD_OPS, BOARD_STATE, type BoardMessage } from "../../sim/contract/board-protocol.ts";
import type {
  DeviceContext,
  MeterButton,
  MeterDevice,
  MeterHandover,
  MeterOutputs,
  MeterRegisters,
  TerminalConditions,
} from "../../sim/contract/meter-device.ts";
import { BoardError } from "./port.ts";
import type { BoardSession } from "./session.ts";
import type { Stimulus } from "./stimulus.ts";

/** A meter's kernel with perfect sensors, fed by the board. */
export interface Companion {
  step(terminals: TerminalConditions): MeterOutputs;
  handOver(): MeterHandover;
}

export interface BoardMeterParts {
  readonly name: string;
  /** Opens the board; called once. */
  open(): Promise<BoardSession>;
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
const RELAY_OP = BOARD_OPS.find(({ name }) => name === "relay")!.code;

/** The board as a device. Its steps reject with a BoardError where the board is lost. */
export function createBoardMeter(parts: BoardMeterParts): MeterDevice {
  const { name, stimulus } = parts;
  let session: BoardSession | undefined;
  let companion: Companion | undefined;
  /** What the companion has counted so far. */
  let counted: MeterRegisters | undefined;
  let shown = "";
  /** When the next step ends by the board's time, where that is ours to move. */
  let boardMs = 0;
  const isBehind = (text: string): boolean =>
    parts.readDisplay !== undefined && parts.readDisplay() !== text;
  const parted = (): never => {
    throw new BoardError("lost", `${name}: the board was not handed a meter's registers`);
  };
  const { setButton } = parts;
  const press = async (button: MeterButton): Promise<void> => {
    const to = session ?? parted();
    for (const isPressed of [true, false]) {
      setButton?.(button, isPressed);
      await to.pass(PRESS_MS);
    }
  };
  return {
    name,
    ...(setButton === undefined ? {} : { press }),
    async handOver(state, context) {
      const opened = await parts.open();
      session = opened;
      await opened.order({ kind: "take", ...heldOf(state) });
      await stimulus.begin(opened);
      companion = parts.createCompanion(state, {
        ...context,
        // The board's own sensors have errors enough.
        ...{ gain: 1, phaseErrorShare: 0, offsetW: 0, startingCurrentA: 0 },
      });
      counted = state;
      boardMs = opened.nowMs;
    },
    async step(terminals) {
      const to = session ?? parted();
      const with_ = companion ?? parted();
      stimulus.apply(terminals);
      if (to.port.time === "locked") {
        boardMs += terminals.stepMs;
        await to.pass(Math.max(0, boardMs - to.nowMs));
      }
      const registers = await to.ask("registers");
      const outputs = with_.step(measured(terminals, registers, counted ?? parted()));
      counted = outputs.registers;
      const isClosed = (registers.state & BOARD_STATE.relayClosed) !== 0;
      const isMeantClosed = outputs.relay === "closed";
      if (isClosed !== isMeantClosed) {
        const argument = isMeantClosed ? 1 : 0;
        await to.order({ kind: "command", op: RELAY_OP, argument, second: 0 });
      }
      if (outputs.displayText !== shown) {
        shown = outputs.displayText;
        await to.order({ kind: "display", text: textFor(shown) });
        for (let past = 0; isBehind(shown) && past < DISPLAY_MS; past++) await to.pass(1);
      }
      const displayText = parts.readDisplay?.() ?? outputs.displayText;
      return { ...outputs, displayText, faults: faultsOf(registers) };
    },
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
