// One meter on the bench: what is done to it, what it says, what it truly does. A case runs on one of these.

import { encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import { BENCH_KEY, signBoardMessage } from "../../sim/contract/board-mac.ts";
import { BOARD_EVENTS, BOARD_STATE, type BoardMessage } from "../../sim/contract/board-protocol.ts";
import { createEmulatedPort, type Mains, MeterBoard } from "../board/meter-board.ts";
import { type BoardSession, openBoard } from "../board/session.ts";
import type { Image } from "../emulator/image.ts";
import { BenchModem } from "./bench-modem.ts";
import { FaultyLine } from "./faulty-line.ts";
import type { Quantity } from "./suite.ts";

type Registers = Extract<BoardMessage, { readonly kind: "registers" }>;
type Hello = Extract<BoardMessage, { readonly kind: "hello" }>;
type Result = Extract<BoardMessage, { readonly kind: "result" }>;
type SignedMessage = Extract<BoardMessage, { readonly macLow: number }>;

/** Between looks at the trace's channels. */
const TRACE_EVERY_MS = 20;
const SLICE_MS = 10;
const REPORT_EVERY_WINDOWS = 1;
/** What a board at 57,600 baud sends in three minutes. */
const HEARD_BYTES_MAX = 1_000_000;
/** Traces keep so many points a channel; a longer case keeps its end. */
const TRACE_POINTS_MAX = 50_000;

export interface SeenEvent {
  readonly name: string;
  readonly value: number;
  readonly atMs: number;
}

/** What the meter said of itself last, and what had truly flowed when it did. */
export interface Report {
  readonly registers: Registers;
  readonly atMs: number;
  readonly trueImportMilliWh: number;
  readonly trueExportMilliWh: number;
}

/** A channel of the trace; the value holds until the next point. */
export interface TraceChannel {
  readonly name: string;
  readonly unit: string;
  readonly atMs: number[];
  readonly values: number[];
}

export class MeterBench {
  readonly meter: MeterBoard;
  readonly line: FaultyLine;
  readonly events: SeenEvent[] = [];
  readonly trace: readonly TraceChannel[] = CHANNELS.map(({ name, unit }) => ({
    name,
    unit,
    atMs: [],
    values: [],
  }));
  report: Report | undefined;
  hello: Hello | undefined;
  #session: BoardSession | undefined;
  #result: Result | undefined;
  #trueImportMilliWms = 0;
  #trueExportMilliWms = 0;
  #tracedMs = Number.NEGATIVE_INFINITY;
  #lastSigned: SignedMessage | undefined;
  #counter = 0;
  #heard: number[] = [];
  #modem: BenchModem | undefined;
  #mains = NOMINAL;
  /** How much faster the board's clock goes than the world's. */
  #clockPpm = 0;
  /** With which orders and tokens are signed. */
  key: readonly number[] = BENCH_KEY;

  constructor(image: Image, seed: number, eeprom?: Uint8Array) {
    this.meter = new MeterBoard(image, { seed, ...(eeprom === undefined ? {} : { eeprom }) });
    this.line = new FaultyLine(createEmulatedPort(this.meter));
    this.meter.setMains(NOMINAL);
  }

  /** Powers the board and gets to know it. */
  async start(): Promise<void> {
    const session = await this.open();
    this.#session = session;
    this.meter.board.onByte = (byte) => {
      if (this.#heard.length < HEARD_BYTES_MAX) this.#heard.push(byte);
    };
    session.onMessage = (message) => this.#take(message);
    this.hello = await session.ask("hello");
    this.#counter = this.hello.lastCounter;
    this.#askForReports();
  }

  get nowMs(): number {
    return this.#open.nowMs;
  }

  /** Board time that the case took so far. */
  get timeMs(): number {
    return this.meter.board.timeMs;
  }

  protected open(): Promise<BoardSession> {
    return openBoard(this.line, { key: BENCH_KEY });
  }

  /** The mains have changed. */
  protected drive(): void {}

  /** The meter has told its registers. */
  protected told(_registers: Registers): void {}

  /** Lets board time pass, and notes what flows and shows meanwhile. */
  async pass(spanMs: number): Promise<void> {
    for (let left = spanMs; left > 0; ) {
      const slice = Math.min(SLICE_MS, left);
      const milliW = this.meter.activeW * 1000;
      const fromMs = this.nowMs;
      await this.#open.pass(slice);
      const passedMs = this.nowMs - fromMs;
      const trueMs = passedMs / (1 + this.#clockPpm / 1e6);
      if (milliW > 0) this.#trueImportMilliWms += milliW * trueMs;
      else this.#trueExportMilliWms -= milliW * trueMs;
      left -= passedMs;
      this.#note();
    }
  }

  /** Lets board time pass; all that the board sends in it. */
  async hear(spanMs: number): Promise<readonly number[]> {
    this.#heard = [];
    await this.pass(spanMs);
    return this.#heard;
  }

  /** Passes until `isTrue` or the span is over; says which. */
  async until(isTrue: () => boolean, spanMs: number): Promise<boolean> {
    for (let past = 0; ; past += SLICE_MS) {
      if (isTrue()) return true;
      if (past >= spanMs) return false;
      await this.pass(SLICE_MS);
    }
  }

  /** The meter's next report; undefined where none comes. */
  async nextReport(): Promise<Report | undefined> {
    const before = this.report;
    const isNew = (): boolean => this.report !== before;
    if (!(await this.until(isNew, REPORT_WAIT_MS))) {
      // Noise may have been read as an order to be quiet.
      this.#askForReports();
      await this.until(isNew, REPORT_WAIT_MS);
    }
    return this.report === before ? undefined : this.report;
  }

  setMains(changes: Partial<Mains>): void {
    this.#mains = { ...this.#mains, ...changes };
    const { frequencyHz } = this.#mains;
    // A board whose clock is fast sees all that goes on around it slowed down.
    this.meter.setMains({ ...this.#mains, frequencyHz: frequencyHz / (1 + this.#clockPpm / 1e6) });
    this.drive();
  }

  /** The board's crystal from now on, against the world's time. */
  setClock(ppm: number): void {
    this.#clockPpm = ppm;
    this.setMains({});
  }

  /** The modem at the board's pins; it is there from the first time that somebody asks for it. */
  get modem(): BenchModem {
    this.#modem ??= new BenchModem(this.meter);
    return this.#modem;
  }

  get hasModem(): boolean {
    return this.#modem !== undefined;
  }

  send(bytes: readonly number[]): void {
    this.line.write(Uint8Array.from(bytes));
  }

  /** Signs, sends and waits; the name of no code where nothing came back. */
  async order(
    message: Readonly<Record<string, unknown>> & { readonly kind: string },
    isForged: boolean,
  ): Promise<number | undefined> {
    return this.#sendSigned(this.sign(message, isForged));
  }

  /** With the next counter; a forged one uses none up. */
  sign(
    message: Readonly<Record<string, unknown>> & { readonly kind: string },
    isForged: boolean,
  ): SignedMessage {
    const key = isForged ? this.key.map((byte) => byte ^ 0xff) : this.key;
    const counter = this.#counter + 1;
    if (!isForged) this.#counter = counter;
    const unsigned = { ...message, counter, macLow: 0, macHigh: 0 };
    const { serial } = this.#open.identity;
    return signBoardMessage(unsigned as unknown as SignedMessage, { key, serial });
  }

  async replay(): Promise<number | undefined> {
    return this.#lastSigned === undefined ? undefined : this.#sendSigned(this.#lastSigned);
  }

  async #sendSigned(message: SignedMessage): Promise<number | undefined> {
    this.#lastSigned = message;
    this.#result = undefined;
    this.send([0xf0, ...encodeBoardMessage(message), 0xf7]);
    await this.until(() => this.#result !== undefined, ANSWER_MS);
    return (this.#result as Result | undefined)?.code;
  }

  async ask<Kind extends "hello" | "registers" | "held">(what: Kind) {
    return this.#open.ask(what);
  }

  /** Undefined while the meter has not said it. */
  valueOf(quantity: Quantity): number | undefined {
    return QUANTITY_OF[quantity](this);
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** The board has lost its power or was reset: what it said before counts no more. */
  forget(): void {
    this.report = undefined;
    this.hello = undefined;
  }

  get #open(): BoardSession {
    if (this.#session === undefined) throw new Error("the bench was not started");
    return this.#session;
  }

  #askForReports(): void {
    this.#session?.send({ kind: "report", everyWindows: REPORT_EVERY_WINDOWS });
  }

  #take(message: BoardMessage): void {
    const atMs = this.nowMs;
    if (message.kind === "registers") {
      this.told(message);
      this.report = {
        registers: message,
        atMs,
        trueImportMilliWh: this.#trueImportMilliWms / MS_PER_HOUR,
        trueExportMilliWh: this.#trueExportMilliWms / MS_PER_HOUR,
      };
    } else if (message.kind === "event") {
      const name = BOARD_EVENTS.find(({ code }) => code === message.code)?.name ?? "unknown";
      this.events.push({ name, value: message.value, atMs });
    } else if (message.kind === "hello") {
      this.hello = message;
      this.#counter = Math.max(this.#counter, message.lastCounter);
      this.#askForReports();
    } else if (message.kind === "result" && message.counter === this.#lastSigned?.counter) {
      this.#result ??= message;
    }
  }

  #note(): void {
    const { nowMs } = this;
    if (nowMs - this.#tracedMs < TRACE_EVERY_MS) return;
    this.#tracedMs = nowMs;
    CHANNELS.forEach(({ of }, index) => {
      const channel = this.trace[index]!;
      const value = of(this);
      if (value === channel.values.at(-1)) return;
      channel.atMs.push(nowMs);
      channel.values.push(value);
      if (channel.values.length <= TRACE_POINTS_MAX) return;
      channel.atMs.shift();
      channel.values.shift();
    });
  }
}

const NOMINAL: Mains = { voltageV: 230, currentA: 0, neutralA: 0, angleRad: 0, frequencyHz: 50 };
const MS_PER_HOUR = 3_600_000;
const ANSWER_MS = 500;
/** Two windows without mains. */
const REPORT_WAIT_MS = 600;

const said = (of: (registers: Registers) => number) => (bench: MeterBench) =>
  bench.report === undefined ? undefined : of(bench.report.registers);
const bit = (mask: number) => said(({ state }) => ((state & mask) === 0 ? 0 : 1));

const QUANTITY_OF: Readonly<Record<Quantity, (bench: MeterBench) => number | undefined>> = {
  voltageV: said(({ voltageMilliV }) => voltageMilliV / 1000),
  phaseA: said(({ phaseMilliA }) => phaseMilliA / 1000),
  neutralA: said(({ neutralMilliA }) => neutralMilliA / 1000),
  activeW: said(({ activeMilliW }) => activeMilliW / 1000),
  reactiveVar: said(({ reactiveMilliVar }) => reactiveMilliVar / 1000),
  powerFactor: said(({ powerFactorPermille }) => powerFactorPermille / 1000),
  frequencyHz: said(({ frequencyMilliHz }) => frequencyMilliHz / 1000),
  importWh: said(({ importWh, importBelowMilliWh }) => importWh + importBelowMilliWh / 1000),
  exportWh: said(({ exportWh, exportBelowMilliWh }) => exportWh + exportBelowMilliWh / 1000),
  creditMinor: said(({ creditMilliMinor }) => creditMilliMinor / 1000),
  relayClosed: bit(BOARD_STATE.relayClosed),
  relayConducts: ({ meter }) => (meter.isConducting ? 1 : 0),
  loadSideLive: bit(BOARD_STATE.sensedLive),
  tamperFlags: said(({ tamperFlags }) => tamperFlags),
  alarmLit: ({ meter }) => (meter.lamp("alarm").isOn ? 1 : 0),
  buzzing: ({ meter }) => (meter.lamp("buzzer").isOn ? 1 : 0),
  pulseCount: ({ meter }) => meter.lamp("pulse").pulseCount,
  resetCause: ({ hello }) => hello?.resetCause,
  faults: ({ hello }) => hello?.faults,
  windowCount: said(({ windowCount }) => windowCount),
  stackFreeBytes: ({ hello }) => hello?.stackLowBytes,
  nextEventNumber: ({ hello }) => hello?.nextEvent,
  modemTexts: (bench) => (bench.hasModem ? bench.modem.modem.texts.length : 0),
  modemKeyPresses: (bench) => (bench.hasModem ? bench.modem.modem.keyPresses : 0),
  modemTextsLost: (bench) => (bench.hasModem ? bench.modem.modem.lostCount : 0),
  eepromWritesMax: ({ meter }) => meter.board.chip.eeprom.wear.reduce((a, b) => Math.max(a, b), 0),
};

interface ChannelSpec {
  readonly name: string;
  readonly unit: string;
  readonly of: (bench: MeterBench) => number;
}

const saidOrNothing = (quantity: Quantity) => (bench: MeterBench) =>
  bench.valueOf(quantity) ?? Number.NaN;

const CHANNELS: readonly ChannelSpec[] = [
  { name: "true voltage", unit: "V", of: ({ meter }) => meter.mains.voltageV },
  { name: "true current", unit: "A", of: ({ meter }) => meter.mains.currentA },
  { name: "true power", unit: "W", of: ({ meter }) => meter.activeW },
  { name: "board supply", unit: "V", of: ({ meter }) => meter.board.supplyVolts },
  { name: "relay conducts", unit: "", of: ({ meter }) => (meter.isConducting ? 1 : 0) },
  { name: "relay said", unit: "", of: saidOrNothing("relayClosed") },
  { name: "measured voltage", unit: "V", of: saidOrNothing("voltageV") },
  { name: "measured current", unit: "A", of: saidOrNothing("phaseA") },
  { name: "measured neutral current", unit: "A", of: saidOrNothing("neutralA") },
  { name: "measured power", unit: "W", of: saidOrNothing("activeW") },
  { name: "import register", unit: "Wh", of: saidOrNothing("importWh") },
  { name: "credit", unit: "minor", of: saidOrNothing("creditMinor") },
  { name: "alarm", unit: "", of: ({ meter }) => (meter.lamp("alarm").isOn ? 1 : 0) },
];
