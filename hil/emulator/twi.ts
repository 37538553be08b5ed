// The two-wire interface as a master, with the bus's own time. DS40002061B, chapter 22, tables 22-2 and 22-3.

import type { Cpu } from "./cpu.ts";
import { TWAMR, TWAR, TWBR, TWCR, TWDR, TWSR, VECTOR } from "./registers.ts";

/** A part on the bus. */
export interface TwiPart {
  /** Addressed after a start; whether it acknowledges. */
  readonly start: (isRead: boolean, cycle: number) => boolean;
  /** A byte from the master; whether it acknowledges. */
  readonly write: (byte: number, cycle: number) => boolean;
  /** A byte to the master, which answers with ACK where `isMore`. */
  readonly read: (isMore: boolean, cycle: number) => number;
  readonly stop: (cycle: number) => void;
}

const TWINT = 0x80;
const TWEA = 0x40;
const TWSTA = 0x20;
const TWSTO = 0x10;
const TWEN = 0x04;
const TWIE = 0x01;
const STATUS = {
  start: 0x08,
  repeatedStart: 0x10,
  writeAck: 0x18,
  writeNack: 0x20,
  sentAck: 0x28,
  sentNack: 0x30,
  readAck: 0x40,
  readNack: 0x48,
  receivedAck: 0x50,
  receivedNack: 0x58,
  none: 0xf8,
} as const;
const BYTE_BITS = 9;
type Phase = "idle" | "started" | "writing" | "reading";

export class Twi {
  /** Parts by their 7-bit address. */
  readonly parts = new Map<number, TwiPart>();
  /** Addresses called that no part answered, in the order of their first call; at most 128. */
  readonly unanswered = new Set<number>();
  readonly #cpu: Cpu;
  readonly #slot: number;
  #control = 0;
  #rate = 0;
  #prescaler = 0;
  #data = 0xff;
  #status: number = STATUS.none;
  #phase: Phase = "idle";
  #part: TwiPart | null = null;
  #action: (cycle: number) => void = () => {};

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#slot = cpu.addSlot((at) => this.#action(at));
    cpu.readers[TWBR] = () => this.#rate;
    cpu.readers[TWSR] = () => this.#status | this.#prescaler;
    cpu.readers[TWDR] = () => this.#data;
    cpu.readers[TWCR] = () => this.#control;
    cpu.writers[TWBR] = (value) => {
      this.#rate = value;
    };
    cpu.writers[TWSR] = (value) => {
      this.#prescaler = value & 3;
    };
    cpu.writers[TWDR] = (value) => {
      if ((this.#control & TWINT) !== 0 || this.#phase === "idle") this.#data = value;
    };
    cpu.writers[TWCR] = (value) => this.#write(value);
  }

  reset(): void {
    this.#control = 0;
    this.#rate = 0;
    this.#prescaler = 0;
    this.#data = 0xff;
    this.#status = STATUS.none;
    this.#phase = "idle";
    this.#part = null;
    this.#cpu.data[TWAR] = 0xfe;
    this.#cpu.data[TWAMR] = 0;
    this.#cpu.schedule(this.#slot, Number.POSITIVE_INFINITY);
    this.#update();
  }

  /** Cycles of one bit: 22.5.2, f_SCL = f_CPU ÷ (16 + 2·TWBR·4^TWPS). */
  get bitCycles(): number {
    return 16 + 2 * this.#rate * 4 ** this.#prescaler;
  }

  #update(): void {
    this.#cpu.setPending(VECTOR.twi, (this.#control & (TWINT | TWIE)) === (TWINT | TWIE));
  }

  #after(bits: number, action: (cycle: number) => void): void {
    this.#action = action;
    this.#cpu.schedule(this.#slot, this.#cpu.cycle + bits * this.bitCycles);
  }

  #finish(status: number): void {
    this.#status = status;
    this.#control |= TWINT;
    this.#update();
  }

  #write(value: number): void {
    const isGoing = (value & TWINT) !== 0;
    const flag = isGoing ? 0 : this.#control & TWINT;
    this.#control = (value & ~(TWINT | 0x0a)) | flag | (this.#control & TWSTO);
    if ((value & TWEN) === 0) {
      this.#phase = "idle";
      this.#part = null;
      this.#status = STATUS.none;
      this.#control &= ~TWSTO;
      this.#cpu.schedule(this.#slot, Number.POSITIVE_INFINITY);
    } else if (isGoing) this.#go(value);
    this.#update();
  }

  /** What the cleared TWINT lets happen on the bus. */
  #go(value: number): void {
    if ((value & TWSTO) !== 0) {
      const isStarting = (value & TWSTA) !== 0;
      this.#after(1, (cycle) => {
        this.#part?.stop(cycle);
        this.#part = null;
        this.#phase = "idle";
        this.#status = STATUS.none;
        this.#control &= ~TWSTO;
        if (isStarting) this.#start();
      });
    } else if ((value & TWSTA) !== 0) this.#start();
    else if (this.#phase === "started") this.#address();
    else if (this.#phase === "writing") this.#send();
    else if (this.#phase === "reading") this.#receive((value & TWEA) !== 0);
  }

  #start(): void {
    const status = this.#phase === "idle" ? STATUS.start : STATUS.repeatedStart;
    this.#after(1, () => {
      this.#phase = "started";
      this.#finish(status);
    });
  }

  #address(): void {
    const isRead = (this.#data & 1) !== 0;
    const address = this.#data >> 1;
    this.#after(BYTE_BITS, (cycle) => {
      const part = this.parts.get(address);
      this.#part = part ?? null;
      if (part === undefined) this.unanswered.add(address);
      const isAcknowledged = part?.start(isRead, cycle) ?? false;
      this.#phase = isRead ? "reading" : "writing";
      if (isRead) this.#finish(isAcknowledged ? STATUS.readAck : STATUS.readNack);
      else this.#finish(isAcknowledged ? STATUS.writeAck : STATUS.writeNack);
    });
  }

  #send(): void {
    const byte = this.#data;
    this.#after(BYTE_BITS, (cycle) => {
      const isAcknowledged = this.#part?.write(byte, cycle) ?? false;
      this.#finish(isAcknowledged ? STATUS.sentAck : STATUS.sentNack);
    });
  }

  #receive(isMore: boolean): void {
    this.#after(BYTE_BITS, (cycle) => {
      this.#data = this.#part?.read(isMore, cycle) ?? 0xff;
      this.#finish(isMore ? STATUS.receivedAck : STATUS.receivedNack);
    });
  }
}
