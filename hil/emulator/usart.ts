// USART0, asynchronous: double-buffered transmitter, receiver with a FIFO of two and the shift register behind it.
// DS40002061B, chapter 20. Byte times are exact; nothing happens in between.

import type { Cpu } from "./cpu.ts";
import { UBRR0H, UBRR0L, UCSR0A, UCSR0B, UCSR0C, UDR0, VECTOR } from "./registers.ts";

const RXC = 0x80;
const TXC = 0x40;
const UDRE = 0x20;
const FRAME_ERROR = 0x10;
const OVERRUN = 0x08;
const U2X = 0x02;
const MULTI = 0x01;
const RXEN = 0x10;
const TXEN = 0x08;
const SIZE_9 = 0x04;
/** Two buffered characters and the one waiting in the shift register. */
const RECEIVE_MAX = 3;
/** Bytes that may wait on the line outside the chip. */
export const LINE_BYTES_MAX = 65_536;
const EMPTY = -1;

export class Usart {
  /** Every byte that left, with the cycle of the end of its stop bit. */
  onByte: (byte: number, cycle: number) => void = () => {};
  /** Received characters that were lost to overrun. */
  overrunCount = 0;
  /** What the line's other side uses as its bit time in cycles; null: the same as the chip. */
  lineBitCycles: number | null = null;
  readonly #cpu: Cpu;
  readonly #sendSlot: number;
  readonly #receiveSlot: number;
  #status = UDRE;
  #control = 0;
  #format = 0x06;
  #divisor = 0;
  #shifting = EMPTY;
  #buffered = EMPTY;
  readonly #fifo: number[] = [];
  #line: number[] = [];
  #lineHead = 0;
  #onLine = EMPTY;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#sendSlot = cpu.addSlot((at) => this.#sent(at));
    this.#receiveSlot = cpu.addSlot((at) => this.#received(at));
    cpu.readers[UCSR0A] = () => this.#readStatus();
    cpu.readers[UCSR0B] = () => this.#control;
    cpu.readers[UCSR0C] = () => this.#format;
    cpu.readers[UBRR0L] = () => this.#divisor & 0xff;
    cpu.readers[UBRR0H] = () => this.#divisor >> 8;
    cpu.readers[UDR0] = () => this.#readData();
    cpu.writers[UCSR0A] = (value) => {
      if ((value & TXC) !== 0) this.#status &= ~TXC;
      this.#status = (this.#status & ~(U2X | MULTI)) | (value & (U2X | MULTI));
      this.#update();
    };
    cpu.writers[UCSR0B] = (value) => this.#writeControl(value);
    cpu.writers[UCSR0C] = (value) => {
      this.#format = value;
    };
    cpu.writers[UBRR0L] = (value) => {
      this.#divisor = (this.#divisor & 0xf00) | value;
    };
    cpu.writers[UBRR0H] = (value) => {
      this.#divisor = (this.#divisor & 0xff) | ((value & 15) << 8);
    };
    cpu.writers[UDR0] = (value) => this.#writeData(value);
    cpu.onTaken(VECTOR.usartTransmit, () => {
      this.#status &= ~TXC;
      this.#update();
    });
  }

  reset(): void {
    this.#status = UDRE;
    this.#control = 0;
    this.#format = 0x06;
    this.#divisor = 0;
    this.#shifting = EMPTY;
    this.#buffered = EMPTY;
    this.#fifo.length = 0;
    this.#cpu.schedule(this.#sendSlot, Number.POSITIVE_INFINITY);
    this.#update();
  }

  /** Forgets what is on its way to the chip, as when the other side falls silent. */
  clearLine(): void {
    this.#line = [];
    this.#lineHead = 0;
    this.#onLine = EMPTY;
    this.#cpu.schedule(this.#receiveSlot, Number.POSITIVE_INFINITY);
  }

  /** Puts bytes on the line to the chip, back to back behind those that wait. False where they do not fit. */
  receive(bytes: Uint8Array): boolean {
    if (this.#line.length - this.#lineHead + bytes.length > LINE_BYTES_MAX) return false;
    for (const byte of bytes) this.#line.push(byte);
    if (this.#onLine === EMPTY) this.#startReceive(this.#cpu.cycle);
    return true;
  }

  /** Cycles that one character takes with its start, parity and stop bits. */
  get frameCycles(): number {
    return this.#frameBits() * this.#bitCycles();
  }

  #bitCycles(): number {
    return (this.#divisor + 1) * ((this.#status & U2X) !== 0 ? 8 : 16);
  }

  #frameBits(): number {
    const size = (this.#control & SIZE_9) !== 0 ? 9 : 5 + ((this.#format >> 1) & 3);
    const parity = (this.#format & 0x20) !== 0 ? 1 : 0;
    return 1 + size + parity + ((this.#format & 0x08) !== 0 ? 2 : 1);
  }

  #update(): void {
    const enabledFlags = this.#status & this.#control;
    this.#cpu.setPending(VECTOR.usartReceive, (enabledFlags & RXC) !== 0);
    this.#cpu.setPending(VECTOR.usartTransmit, (enabledFlags & TXC) !== 0);
    this.#cpu.setPending(VECTOR.usartEmpty, (enabledFlags & UDRE) !== 0);
  }

  #writeControl(value: number): void {
    // Bit 1 is the ninth received bit and read-only.
    this.#control = value & 0xfd;
    if ((value & RXEN) === 0) {
      this.#fifo.length = 0;
      this.#status &= ~(RXC | OVERRUN);
    }
    this.#update();
  }

  #writeData(value: number): void {
    if ((this.#control & TXEN) === 0 || (this.#status & UDRE) === 0) return;
    if (this.#shifting === EMPTY) {
      this.#shifting = value;
      this.#cpu.schedule(this.#sendSlot, this.#cpu.cycle + this.frameCycles);
    } else {
      this.#buffered = value;
      this.#status &= ~UDRE;
      this.#update();
    }
  }

  #sent(at: number): void {
    const byte = this.#shifting;
    this.#shifting = this.#buffered;
    this.#buffered = EMPTY;
    if (this.#shifting === EMPTY) this.#status |= TXC;
    else {
      this.#status |= UDRE;
      this.#cpu.schedule(this.#sendSlot, at + this.frameCycles);
    }
    this.#update();
    this.onByte(byte, at);
  }

  #readStatus(): number {
    const errors = this.#fifo.length > 0 ? (this.#fifo[0]! >> 8) & 0xff : 0;
    return this.#status | errors;
  }

  #readData(): number {
    if (this.#fifo.length === 0) return 0;
    const value = this.#fifo.shift()! & 0xff;
    if (this.#fifo.length === 0) this.#status &= ~RXC;
    this.#update();
    return value;
  }

  #startReceive(at: number): void {
    if (this.#lineHead === this.#line.length) {
      this.#line = [];
      this.#lineHead = 0;
      this.#onLine = EMPTY;
      return;
    }
    this.#onLine = this.#line[this.#lineHead++]!;
    const bit = this.lineBitCycles ?? this.#bitCycles();
    this.#cpu.schedule(this.#receiveSlot, at + Math.max(1, Math.round(this.#frameBits() * bit)));
  }

  #received(at: number): void {
    const byte = this.#onLine;
    if ((this.#control & RXEN) !== 0) {
      let entry = byte | (this.#isFramed() ? 0 : FRAME_ERROR << 8);
      if (this.#fifo.length === RECEIVE_MAX) {
        this.#fifo.pop();
        this.overrunCount++;
        entry |= OVERRUN << 8;
      }
      this.#fifo.push(entry);
      this.#status |= RXC;
      this.#update();
    }
    this.#startReceive(at);
  }

  /** A sender more than 4.5 % off puts its stop bit where this receiver reads a data bit (DS40002061B, table 20-2). */
  #isFramed(): boolean {
    if (this.lineBitCycles === null) return true;
    return Math.abs(this.lineBitCycles / this.#bitCycles() - 1) < 0.045;
  }
}
