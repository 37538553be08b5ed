// The meter's board in the emulator, seen from outside: its mains, its contacts, its supply, and what can be seen and
// heard of it. What flows behind the relay follows the relay's true contact.

import { cos } from "../../sim/core/math.ts";
import { Board, CYCLES_PER_MS } from "../emulator/board.ts";
import type { Image } from "../emulator/image.ts";
import type { Lamp } from "../emulator/parts/lamp.ts";
import { METER_WIRING } from "./meter-wiring.ts";
import type { LockedPort, PortEvents } from "./port.ts";

/** Effective values at the meter's terminals; the current is what would flow through a closed relay. */
export interface Mains {
  readonly voltageV: number;
  readonly currentA: number;
  readonly neutralA: number;
  readonly angleRad: number;
  readonly frequencyHz: number;
}

const NO_MAINS: Mains = { voltageV: 0, currentA: 0, neutralA: 0, angleRad: 0, frequencyHz: 50 };
/** Behind the relay something is live from about this voltage on. */
const LIVE_V = 50;
type LampName = "pulse" | "alarm" | "heartbeat" | "buzzer";
export type ContactName = "cover" | "magnet" | "upButton" | "enterButton";

export interface MeterBoardOptions {
  readonly seed: number;
  readonly eeprom?: Uint8Array;
  readonly core?: "compiled" | "interpreted";
}

export class MeterBoard {
  readonly board: Board;
  #mains = NO_MAINS;
  #isBridged = false;

  /** Without power; the cover is closed, no magnet near, no button pressed. */
  constructor(image: Image, options: MeterBoardOptions) {
    this.board = new Board(image, { ...options, wiring: METER_WIRING, floating: "high" });
    this.setContact("cover", true);
    this.setMains(NO_MAINS);
  }

  get mains(): Mains {
    return this.#mains;
  }

  get isConducting(): boolean {
    return this.board.parts.relays.get("relay")!.isClosed(this.board.cycle);
  }

  /** What flows through the meter now, W. */
  get activeW(): number {
    const { voltageV, currentA, angleRad } = this.#mains;
    return this.isConducting ? voltageV * currentA * cos(angleRad) : 0;
  }

  setMains(mains: Mains): void {
    this.#mains = mains;
    this.board.setPhasors(mains);
    this.#feelLoadSide();
  }

  /** Closes a switch or presses a button (true), or lets go. */
  setContact(name: ContactName, isClosed: boolean): void {
    this.board.parts.contacts.get(name)!.set(isClosed ? "active" : "released");
  }

  isContactClosed(name: ContactName): boolean {
    return this.board.parts.contacts.get(name)!.isActive;
  }

  /** Holds the relay's contact closed (true) or open (false) whatever its coil says; null lets go. */
  stickRelay(position: boolean | null): void {
    this.board.parts.relays.get("relay")!.stick(position);
    this.#feelLoadSide();
  }

  /** Leads voltage behind the relay whatever it does (true), or no longer. */
  bridgeRelay(isBridged: boolean): void {
    this.#isBridged = isBridged;
    this.#feelLoadSide();
  }

  /** From now on the relay's contact bounces for so long after each movement; 0: no longer. */
  bounceRelay(spanMs: number, everyMs: number): void {
    const bounce = { spanCycles: spanMs * CYCLES_PER_MS, everyCycles: everyMs * CYCLES_PER_MS };
    this.board.parts.relays.get("relay")!.bounce(spanMs === 0 ? null : bounce);
  }

  /** Two lines of sixteen characters. */
  readDisplay(): string {
    return this.board.parts.displays.get("display")!.lines().join("\n");
  }

  lamp(name: LampName): Lamp {
    return this.board.parts.lamps.get(name)!;
  }

  /** Runs so much board time, in spans short enough that what flows behind the relay follows it. */
  run(spanMs: number): void {
    for (let left = spanMs; left > 0; left -= FOLLOW_MS) {
      this.board.runFor(Math.min(FOLLOW_MS, left));
      this.#feelLoadSide();
    }
  }

  #feelLoadSide(): void {
    const isLive = (this.isConducting || this.#isBridged) && this.#mains.voltageV > LIVE_V;
    this.board.parts.contacts.get("loadSide")!.set(isLive ? "active" : "released");
  }
}

const FOLLOW_MS = 5;

/** The serial line of an emulated board. Closing it takes the board's power. */
export function createEmulatedPort(meter: MeterBoard, name = "emulated"): LockedPort {
  const { board } = meter;
  return {
    name,
    time: "locked",
    async open({ data }: PortEvents) {
      board.onBytes = data;
      if (board.supplyVolts === 0) board.powerOn();
    },
    write(bytes) {
      board.write(bytes);
    },
    run(spanMs) {
      meter.run(spanMs);
    },
    async close() {
      board.onBytes = () => {};
      board.powerOff();
    },
  };
}

export const boardMs = (cycle: number): number => cycle / CYCLES_PER_MS;
