// A board that answers as the meter's firmware does, without any: Firmata's greeting, our messages, and whatever goes
// wrong on a line. Its time is locked, and passes as it is told.

import type { LockedPort, PortEvents } from "../../hil/board/port.ts";
import { decodeBoardMessage, encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import {
  BOARD_FIRMWARE,
  BOARD_MESSAGES,
  BOARD_PROTOCOL_VERSION,
  type BoardMessage,
} from "../../sim/contract/board-protocol.ts";

type Of<Kind extends BoardMessage["kind"]> = Extract<BoardMessage, { readonly kind: Kind }>;

export interface ScriptedBoard extends LockedPort {
  /** Everything of ours that the host sent. */
  readonly received: BoardMessage[];
  /** Sends bytes as they are. */
  say(bytes: readonly number[]): void;
  lose(reason: string): void;
  isOpen(): boolean;
}

export interface Script {
  readonly name?: string;
  readonly firmware?: string;
  readonly hello?: Partial<Of<"hello">>;
  /** Bytes before the greeting. */
  readonly noise?: readonly number[];
  /** Never says anything. */
  readonly isSilent?: boolean;
  readonly resultCode?: number;
  /** What it sends in place of its answer to a question. */
  answer?(asked: BoardMessage, usual: readonly BoardMessage[]): readonly BoardMessage[];
}

const REGISTERS: Of<"registers"> = {
  kind: "registers",
  sequence: 1,
  importWh: 4_567,
  importBelowMilliWh: 890,
  exportWh: 0,
  exportBelowMilliWh: 0,
  activeMilliW: 0,
  reactiveMilliVar: 0,
  voltageMilliV: 230_000,
  phaseMilliA: 0,
  neutralMilliA: 0,
  powerFactorPermille: 1_000,
  frequencyMilliHz: 50_000,
  state: 1 | 2 | 16,
  tamperFlags: 0,
  creditMilliMinor: 0,
  windowCount: 5,
  upMs: 1_000,
};
/** Uno's 20 pins: two of the line, twelve digital, six analog. */
const CAPABILITIES = Array.from({ length: 20 }, (_, pin) =>
  pin < 2 ? [0x7f] : pin < 14 ? [0, 1, 1, 1, 0x7f] : [0, 1, 1, 1, 2, 10, 0x7f],
).flat();
const ANALOG = Array.from({ length: 20 }, (_, pin) => (pin < 14 ? 0x7f : pin - 14));

export function createScriptedBoard(script: Script = {}): ScriptedBoard {
  const received: BoardMessage[] = [];
  let events: PortEvents | undefined;
  let outgoing: number[] = [];
  let incoming: number[] = [];
  let hasGreeted = false;
  let registers = REGISTERS;
  const hello: Of<"hello"> = {
    kind: "hello",
    protocol: BOARD_PROTOCOL_VERSION,
    firmwareId: 0x1234,
    serial: 77,
    resetCause: 1,
    stackLowBytes: 400,
    lastCounter: 12,
    faults: 0,
    nextEvent: 1,
    ...script.hello,
  };
  const say = (bytes: readonly number[]): void => {
    outgoing.push(...bytes);
  };
  const sayMessage = (message: BoardMessage): void =>
    say([0xf0, ...encodeBoardMessage(message), 0xf7]);
  const greet = (): void => {
    hasGreeted = true;
    say(script.noise ?? []);
    say([0xf9, 2, 5]);
    const name = [...(script.firmware ?? BOARD_FIRMWARE.name)];
    say([0xf0, 0x79, 1, 0, ...name.flatMap((letter) => [letter.charCodeAt(0), 0]), 0xf7]);
  };
  const usualAnswers = (message: BoardMessage): readonly BoardMessage[] => {
    if (message.kind === "query") {
      const kind = BOARD_MESSAGES.find(({ id }) => id === message.what)?.kind;
      if (kind === "hello") return [hello];
      if (kind === "registers") return [registers];
      const { importWh, importBelowMilliWh, exportWh, exportBelowMilliWh } = registers;
      const energy = { importWh, importBelowMilliWh, exportWh, exportBelowMilliWh };
      return [{ kind: "held", ...energy, ...HELD_REST }];
    }
    if (!("macLow" in message)) return [];
    const { counter } = message;
    const { id } = BOARD_MESSAGES.find(({ kind }) => kind === message.kind)!;
    const code = script.resultCode ?? 0;
    if (message.kind === "take") {
      const { importWh, importBelowMilliWh } = message;
      registers = { ...registers, importWh, importBelowMilliWh };
    }
    if (message.kind === "command" && message.op === 1) {
      const state = message.argument === 1 ? registers.state | 1 : registers.state & ~1;
      registers = { ...registers, state };
    }
    return [{ kind: "result", about: id, counter, code, lastCounter: counter }];
  };
  const take = (sysex: readonly number[]): void => {
    if (sysex[0] === 0x79) return greet();
    if (sysex[0] === 0x6b) return say([0xf0, 0x6c, ...CAPABILITIES, 0xf7]);
    if (sysex[0] === 0x69) return say([0xf0, 0x6a, ...ANALOG, 0xf7]);
    const message = decodeBoardMessage(sysex);
    if (message.kind === "unknown") return;
    received.push(message);
    const usual = usualAnswers(message);
    for (const answer of script.answer?.(message, usual) ?? usual) sayMessage(answer);
  };
  return {
    name: script.name ?? "scripted",
    time: "locked",
    received,
    say,
    lose(reason) {
      events?.lost(reason);
    },
    isOpen: () => events !== undefined,
    async open(to) {
      events = to;
    },
    write(bytes) {
      incoming.push(...bytes);
    },
    run() {
      if (script.isSilent === true) return;
      if (!hasGreeted) greet();
      for (;;) {
        const start = incoming.indexOf(0xf0);
        const end = incoming.indexOf(0xf7, start);
        if (start < 0 || end < 0) break;
        take(incoming.slice(start + 1, end));
        incoming = incoming.slice(end + 1);
      }
      const bytes = Uint8Array.from(outgoing);
      outgoing = [];
      if (bytes.length > 0) events?.data(bytes);
    },
    async close() {
      events = undefined;
    },
  };
}

const HELD_REST = {
  importCarryMilliWMs: 5,
  exportCarryMilliWMs: 0,
  creditMilliMinor: 0,
  priceMilliMinorPerKWh: 0,
  emergencyMinor: 0,
  relayReasons: 0,
  tamperFlags: 0,
  nextEvent: 1,
};
