// A modem at the meter's pins, as the bench sees it: what it is told to do, what the meter said through it.

import { BOARD_PINS } from "../../sim/contract/board-protocol.ts";
import type { MeterBoard } from "../board/meter-board.ts";
import { CYCLES_PER_MS } from "../emulator/board.ts";
import { BitLine } from "../emulator/parts/bit-line.ts";
import { pinPlace } from "../emulator/wiring.ts";
import { AtModem } from "../modem/at-modem.ts";

const BAUD = 2_400;
const NEVER = Number.POSITIVE_INFINITY;

/** The Uno's name of one of the firmware's pins. */
function pinOf(name: (typeof BOARD_PINS)[number]["name"]): string {
  return `D${BOARD_PINS.find((row) => row.name === name)!.pin}`;
}

export class BenchModem {
  readonly modem: AtModem;
  readonly #meter: MeterBoard;
  readonly #line: BitLine;
  readonly #slot: number;
  /** What is still to be said, by when. */
  #due: { readonly cycle: number; readonly text: string }[] = [];

  constructor(meter: MeterBoard) {
    this.#meter = meter;
    const { chip } = meter.board;
    this.modem = new AtModem((text, afterMs) => this.#sayLater(text, afterMs));
    this.#slot = chip.cpu.addSlot((at) => this.#say(at));
    this.#line = new BitLine(chip, { from: pinOf("modemOut"), to: pinOf("modemIn"), baud: BAUD });
    this.#line.onByte = (byte, cycle) => this.modem.take(byte, cycle / CYCLES_PER_MS);
    chip.ports.listenLevel(pinPlace(pinOf("modemKey")), (level, cycle) =>
      this.modem.key(level === 1, cycle / CYCLES_PER_MS),
    );
  }

  get nowMs(): number {
    return this.#meter.board.timeMs;
  }

  /** Bytes on the line to the meter, as they are. */
  send(bytes: readonly number[]): void {
    this.#line.send(bytes);
  }

  #sayLater(text: string, afterMs: number): void {
    const cycle = this.#meter.board.cycle + afterMs * CYCLES_PER_MS;
    this.#due = [...this.#due, { cycle, text }].sort((a, b) => a.cycle - b.cycle);
    this.#schedule();
  }

  #say(at: number): void {
    const now = this.#due.filter(({ cycle }) => cycle <= at);
    this.#due = this.#due.filter(({ cycle }) => cycle > at);
    for (const { text } of now) this.send([...text].map((character) => character.charCodeAt(0)));
    this.#schedule();
  }

  #schedule(): void {
    this.#meter.board.chip.cpu.schedule(this.#slot, this.#due[0]?.cycle ?? NEVER);
  }
}
