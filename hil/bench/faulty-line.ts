// The serial line between host and board, with what can happen to bytes and messages on their way. Without a fault it is
// the line behind it. What passed is told to whoever listens, as it arrived.

import { drawUniform } from "../../sim/core/random.ts";
import type { LockedPort, PortEvents } from "../board/port.ts";

export const LINE_ENDS = ["board", "host"] as const;
export type LineEnd = (typeof LINE_ENDS)[number];
export const MESSAGE_FATES = ["dropped", "twice", "halved", "late"] as const;
/** What becomes of a message: lost, delivered twice, cut in its middle, or delivered behind the next one. */
export type MessageFate = (typeof MESSAGE_FATES)[number];

/** Of the bytes that go one way: which share is lost, and of which one bit turns. */
export interface LineNoise {
  readonly lostShare: number;
  readonly flippedShare: number;
  readonly seed: number;
}

const SYSEX_START = 0xf0;
const SYSEX_END = 0xf7;
/** Keys the draws. */
const LOST_PURPOSE = 7_003;
const FLIPPED_PURPOSE = 7_004;
const BIT_PURPOSE = 7_005;

/** One direction. */
class Lane {
  noise: LineNoise | undefined;
  readonly #fates: MessageFate[] = [];
  /** The message that has begun and not ended; empty between messages. */
  #open: number[] = [];
  #late: number[] = [];
  #count = 0;
  readonly #row: number;

  constructor(row: number) {
    this.#row = row;
  }

  expect(fate: MessageFate, messages: number): void {
    for (let count = 0; count < messages; count++) this.#fates.push(fate);
  }

  /** What arrives of these bytes. */
  carry(bytes: Uint8Array): Uint8Array {
    if (this.noise === undefined && this.#fates.length === 0 && this.#open.length === 0) {
      if (this.#late.length === 0) return bytes;
    }
    const arrived: number[] = [];
    for (const byte of bytes) this.#takeByte(byte, arrived);
    return Uint8Array.from(this.#disturbed(arrived));
  }

  #takeByte(byte: number, arrived: number[]): void {
    const [fate] = this.#fates;
    if (this.#open.length === 0 && (byte !== SYSEX_START || fate === undefined)) {
      arrived.push(byte);
      if (byte === SYSEX_END) this.#release(arrived);
      return;
    }
    this.#open.push(byte);
    if (byte !== SYSEX_END) return;
    const message = this.#open;
    this.#open = [];
    this.#fates.shift();
    switch (fate) {
      case "twice":
        arrived.push(...message, ...message);
        break;
      case "halved":
        arrived.push(...message.slice(0, message.length >> 1));
        break;
      case "late":
        this.#late.push(...message);
        return;
      default:
    }
    this.#release(arrived);
  }

  #release(arrived: number[]): void {
    arrived.push(...this.#late);
    this.#late = [];
  }

  #disturbed(bytes: readonly number[]): readonly number[] {
    const { noise } = this;
    if (noise === undefined) return bytes;
    const draw = (purpose: number, at: number): number =>
      drawUniform(noise.seed, this.#row, at, purpose);
    return bytes.flatMap((byte) => {
      const at = this.#count++;
      if (draw(LOST_PURPOSE, at) < noise.lostShare) return [];
      if (draw(FLIPPED_PURPOSE, at) >= noise.flippedShare) return [byte];
      return [byte ^ (1 << Math.floor(draw(BIT_PURPOSE, at) * 8))];
    });
  }
}

export class FaultyLine implements LockedPort {
  readonly name: string;
  readonly time = "locked";
  /** Bytes that arrived at one end. */
  onArrived: (end: LineEnd, bytes: Uint8Array) => void = () => {};
  readonly #port: LockedPort;
  readonly #lanes: Readonly<Record<LineEnd, Lane>> = { board: new Lane(0), host: new Lane(1) };

  constructor(port: LockedPort) {
    this.#port = port;
    this.name = port.name;
  }

  /** Noise on the way to `end` from now on; undefined: none. */
  disturb(end: LineEnd, noise: LineNoise | undefined): void {
    this.#lanes[end].noise = noise;
  }

  /** What becomes of the next messages to `end`. */
  expect(end: LineEnd, fate: MessageFate, messages: number): void {
    this.#lanes[end].expect(fate, messages);
  }

  async open(events: PortEvents): Promise<void> {
    await this.#port.open({
      data: (bytes) => {
        const arrived = this.#lanes.host.carry(bytes);
        if (arrived.length === 0) return;
        this.onArrived("host", arrived);
        events.data(arrived);
      },
      lost: (reason) => events.lost(reason),
    });
  }

  write(bytes: Uint8Array): void {
    const arrived = this.#lanes.board.carry(bytes);
    if (arrived.length === 0) return;
    this.onArrived("board", arrived);
    this.#port.write(arrived);
  }

  run(spanMs: number): void {
    this.#port.run(spanMs);
  }

  close(): Promise<void> {
    return this.#port.close();
  }
}
