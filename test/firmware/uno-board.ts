// An Uno on avr8js with what the meter's hex needs: a free-running ADC after the data sheet, the serial line, EEPROM that
// outlives a reset, and sleep that skips to the next event. Slow and small: the emulator in hil is another thing.

import {
  AVRClock,
  AVREEPROM,
  AVRIOPort,
  AVRUSART,
  AVRWatchdog,
  avrInstruction,
  CPU,
  EEPROMMemoryBackend,
  eepromConfig,
  portBConfig,
  portCConfig,
  portDConfig,
  usart0Config,
  watchdogConfig,
} from "avr8js";
import { decodeBoardMessage, encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import { BENCH_KEY, type SignedMessage, signBoardMessage } from "../../sim/contract/board-mac.ts";
import { BOARD_SCALE, type BoardMessage } from "../../sim/contract/board-protocol.ts";

const CLOCK_HZ = 16e6;
const CYCLES_PER_MS = CLOCK_HZ / 1000;
const CYCLES_PER_BYTE = 1_400;
const SLEEP = 0x9588;
const SMCR = 0x53;
const PORTD = 0x2b;
const [ADCL, ADCH, ADCSRA, ADMUX] = [0x78, 0x79, 0x7a, 0x7c];
const [ADSC, ADATE, ADIF, ADIE] = [0x40, 0x20, 0x10, 0x08];
const CYCLES_PER_ADC_CLOCK = 128;
const MIDDLE = 512;
const ADC_INTERRUPT = {
  address: 0x2a,
  flagRegister: ADCSRA,
  flagMask: ADIF,
  enableRegister: ADCSRA,
  enableMask: ADIE,
};

export interface Mains {
  voltageV: number;
  currentA: number;
  lagRad: number;
}

export class UnoBoard {
  readonly cpu: CPU;
  readonly heard: BoardMessage[] = [];
  readonly mains: Mains = { voltageV: 230, currentA: 0, lagRad: 0 };
  /** All bytes that the board sends. */
  onByte: (byte: number) => void = () => {};
  asleepCycles = 0;
  eepromWrites = 0;
  private readonly usart: AVRUSART;
  private readonly program: Uint16Array;
  private readonly waiting: number[] = [];
  private nextByteAt = 0;
  private sysex: number[] | undefined;
  private chance = 1;
  private counter: number;

  constructor(hex: string, eeprom = new Uint8Array(1024).fill(0xff), counter = 1) {
    this.program = programOf(hex);
    this.counter = counter;
    this.cpu = new CPU(this.program, 2048);
    const memory = new EEPROMMemoryBackend(eeprom.length);
    memory.memory.set(eeprom);
    this.eeprom = memory.memory;
    const write = memory.writeMemory.bind(memory);
    memory.writeMemory = (at, value) => {
      this.eepromWrites++;
      write(at, value);
    };
    new AVREEPROM(this.cpu, memory, eepromConfig);
    new AVRWatchdog(this.cpu, watchdogConfig, new AVRClock(this.cpu, CLOCK_HZ));
    const [b, c, d] = [portBConfig, portCConfig, portDConfig].map(
      (port) => new AVRIOPort(this.cpu, port),
    );
    // What a switch to GND leaves open, its pull-up holds high; the cover on D2 is closed.
    for (const pin of [0, 1, 2]) b!.setPin(pin, true);
    for (const pin of [3, 4, 5]) c!.setPin(pin, true);
    d!.setPin(7, true);
    this.usart = new AVRUSART(this.cpu, usart0Config, CLOCK_HZ);
    this.usart.onByteTransmit = (byte) => this.take(byte);
    this.cpu.writeHooks[ADCSRA] = (value) => {
      this.cpu.data[ADCSRA] = value & ~ADIF;
      this.cpu.updateInterruptEnable(ADC_INTERRUPT, value);
      if ((value & ADSC) !== 0) this.convert(this.cpu.cycles, 25);
      return true;
    };
  }

  readonly eeprom: Uint8Array;

  get isRelayClosed(): boolean {
    return (this.cpu.data[PORTD]! & 0x10) !== 0;
  }

  write(bytes: Iterable<number>): void {
    this.waiting.push(...bytes);
  }

  send(message: BoardMessage): void {
    this.write([0xf0, ...encodeBoardMessage(message), 0xf7]);
  }

  /** Signs as the serial 0 with the bench's public key. */
  order(message: Unsigned<SignedMessage>): void {
    const counter = this.counter++;
    const open = { ...message, counter, macLow: 0, macHigh: 0 } as SignedMessage;
    this.send(signBoardMessage(open, { key: BENCH_KEY, serial: 0 }));
  }

  last<Kind extends BoardMessage["kind"]>(kind: Kind): Extract<BoardMessage, { kind: Kind }> {
    const found = this.heard.findLast((message) => message.kind === kind);
    if (found === undefined) throw new Error(`the board never sent ${kind}`);
    return found as Extract<BoardMessage, { kind: Kind }>;
  }

  run(ms: number): void {
    const { cpu, program } = this;
    const end = cpu.cycles + ms * CYCLES_PER_MS;
    while (cpu.cycles < end) {
      const isSleep = program[cpu.pc] === SLEEP && (cpu.data[SMCR]! & 1) !== 0;
      avrInstruction(cpu);
      const asleepAt = cpu.pc;
      cpu.tick();
      // Awake is where an interrupt has moved the program counter.
      while (isSleep && cpu.pc === asleepAt) {
        const next = (cpu as unknown as { nextClockEvent: { cycles: number } }).nextClockEvent
          .cycles;
        this.asleepCycles += Math.max(0, next - cpu.cycles);
        cpu.cycles = Math.max(cpu.cycles, next);
        cpu.tick();
        this.feed();
      }
      this.feed();
    }
  }

  private feed(): void {
    if (this.waiting.length === 0 || this.cpu.cycles < this.nextByteAt) return;
    if (!this.usart.writeByte(this.waiting[0]!)) return;
    this.waiting.shift();
    this.nextByteAt = this.cpu.cycles + CYCLES_PER_BYTE;
  }

  private take(byte: number): void {
    this.onByte(byte);
    if (byte === 0xf0) this.sysex = [];
    else if (byte !== 0xf7) this.sysex?.push(byte);
    else if (this.sysex !== undefined) {
      const message = decodeBoardMessage(this.sysex);
      if (message.kind !== "unknown") this.heard.push(message);
      this.sysex = undefined;
    }
  }

  /** The channel is the one that stands in ADMUX as the conversion starts; held 1.5 ADC clocks later (13.5 at the first). */
  private convert(startsAt: number, adcClocks: number): void {
    const { cpu } = this;
    const channel = cpu.data[ADMUX]! & 0x0f;
    const heldAt = startsAt + (adcClocks === 25 ? 13.5 : 1.5) * CYCLES_PER_ADC_CLOCK;
    const endsAt = startsAt + adcClocks * CYCLES_PER_ADC_CLOCK;
    cpu.addClockEvent(
      () => {
        const value = this.valueOf(channel, heldAt / CLOCK_HZ);
        cpu.data[ADCL] = value & 0xff;
        cpu.data[ADCH] = value >> 8;
        cpu.setInterruptFlag(ADC_INTERRUPT);
        if ((cpu.data[ADCSRA]! & ADATE) !== 0) this.convert(endsAt, 13);
      },
      Math.max(1, endsAt - cpu.cycles),
    );
  }

  private valueOf(channel: number, atS: number): number {
    const { voltageV, currentA, lagRad } = this.mains;
    const angle = 2 * Math.PI * 50 * atS;
    const volts = (voltageV * Math.SQRT2 * 1e6) / BOARD_SCALE.microVoltsPerLsb;
    const amps = (currentA * Math.SQRT2 * 1e9) / BOARD_SCALE.nanoAmpsPerLsb;
    const wave = channel === 1 ? volts * Math.sin(angle) : amps * Math.sin(angle - lagRad);
    return Math.min(1023, Math.max(0, Math.floor(MIDDLE + wave + 0.5 * this.normal())));
  }

  /** Mean 0, variance 1: six uniform numbers of one fixed sequence. */
  private normal(): number {
    let sum = 0;
    for (let count = 0; count < 6; count++) {
      this.chance = (Math.imul(this.chance, 1_664_525) + 1_013_904_223) >>> 0;
      sum += this.chance / 2 ** 32;
    }
    return (sum - 3) * Math.SQRT2;
  }
}

type Unsigned<M> = M extends unknown ? Omit<M, "counter" | "macLow" | "macHigh"> : never;

function programOf(hex: string): Uint16Array {
  const program = new Uint16Array(0x4000);
  const bytes = new Uint8Array(program.buffer);
  for (const line of hex.split("\n")) {
    if (line.slice(7, 9) !== "00") continue;
    const count = Number.parseInt(line.slice(1, 3), 16);
    const at = Number.parseInt(line.slice(3, 7), 16);
    for (let byte = 0; byte < count; byte++) {
      bytes[at + byte] = Number.parseInt(line.slice(9 + 2 * byte, 11 + 2 * byte), 16);
    }
  }
  return program;
}
