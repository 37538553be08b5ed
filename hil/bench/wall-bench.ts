// A meter on the bench that lives by the wall's clock: its inputs are numbers, and what is true of it is what it was told.
// The emulated board of the bench, which is never switched on here, stands for the mains and the relay's contact.

import { BOARD_OPS, BOARD_STATE, type BoardMessage } from "../../sim/contract/board-protocol.ts";
import { sin } from "../../sim/core/math.ts";
import type { BoardSession } from "../board/session.ts";
import type { Image } from "../emulator/image.ts";
import { MeterBench } from "./meter-bench.ts";
import type { BenchCase, Quantity, StepKind } from "./suite.ts";

/** As a board comes that never saved anything: nothing counted, the relay open. */
const CLEAN = {
  kind: "take",
  ...{ importWh: 0, importBelowMilliWh: 0, exportWh: 0, exportBelowMilliWh: 0 },
  ...{ importCarryMilliWMs: 0, exportCarryMilliWMs: 0, creditMilliMinor: 0 },
  ...{ priceMilliMinorPerKWh: 0, emergencyMinor: 0, relayReasons: 1, tamperFlags: 0 },
  nextEvent: 1,
} as const;
const INJECT = BOARD_OPS.find(({ name }) => name === "inject")!.code;

export class WallBench extends MeterBench {
  readonly #reach: () => Promise<BoardSession>;
  #to: BoardSession | undefined;

  constructor(image: Image, seed: number, reach: () => Promise<BoardSession>) {
    super(image, seed);
    this.#reach = reach;
    this.meter.stickRelay(false);
  }

  override get timeMs(): number {
    return this.#to?.nowMs ?? 0;
  }

  override send(bytes: readonly number[]): void {
    this.#to?.port.write(Uint8Array.from(bytes));
  }

  /** Whatever the case before has left, each begins alike. */
  protected override async open(): Promise<BoardSession> {
    const to = await this.#reach();
    await to.order({ kind: "command", op: INJECT, argument: 1, second: 0 });
    await to.order(CLEAN);
    this.#to = to;
    // A board that is told nothing for two seconds measures again.
    to.onBeat = () => this.drive();
    this.drive();
    return to;
  }

  protected override drive(): void {
    const { voltageV, currentA, neutralA, angleRad, frequencyHz } = this.meter.mains;
    const flows = this.meter.isConducting ? 1 : 0;
    this.#to?.send({
      kind: "terminals",
      voltageMilliV: Math.round(voltageV * 1000),
      phaseMilliA: Math.round(currentA * flows * 1000),
      neutralMilliA: Math.round(neutralA * flows * 1000),
      activeMilliW: Math.round(this.meter.activeW * 1000),
      reactiveMilliVar: Math.round(voltageV * currentA * flows * sin(angleRad) * 1000),
      frequencyMilliHz: Math.round(voltageV > 0 ? frequencyHz * 1000 : 0),
    });
  }

  protected override told({ state }: Extract<BoardMessage, { readonly kind: "registers" }>): void {
    const isClosed = (state & BOARD_STATE.relayClosed) !== 0;
    if (isClosed === this.meter.isConducting) return;
    this.meter.stickRelay(isClosed);
    this.drive();
  }
}

/** What can be done to a board of which only the line is in hand. */
const STEPS: readonly StepKind[] = [
  ...(["terminals", "wait", "mark", "expect", "energy", "event", "silence", "answers"] as const),
  ...(["order", "replay", "take", "show", "bytes", "noise"] as const),
];
/** What it says of itself. */
const SAID: readonly Quantity[] = [
  ...(["voltageV", "phaseA", "neutralA", "activeW", "reactiveVar", "powerFactor"] as const),
  ...([
    "frequencyHz",
    "importWh",
    "exportWh",
    "creditMinor",
    "relayClosed",
    "tamperFlags",
  ] as const),
];
/** Orders that would outlive the case. */
const LASTING: readonly string[] = ["calibrate", "set-serial", "wiring", "inject"];

/** Why a case cannot be run on a board on the wall's clock; undefined where it can. */
export function wallProblem({ steps }: BenchCase): string | undefined {
  for (const { kind, value } of steps) {
    if (!STEPS.includes(kind)) return `the step ${kind} needs an emulated board or a rig`;
    if (kind === "expect") {
      const { that } = value as unknown as { readonly that: Quantity };
      if (!SAID.includes(that)) return `${that} is seen on an emulated board only`;
    }
    if (kind === "order") {
      const { op } = value as unknown as { readonly op: string };
      if (LASTING.includes(op)) return `the order ${op} would change the board for good`;
    }
  }
  return undefined;
}
