// One simulated meter driven step by step in a test.

import type {
  DeviceContext,
  MeterHandover,
  TerminalConditions,
} from "../../sim/contract/meter-device.ts";
import type {
  CommandOrder,
  MeterEvent,
  MeterReading,
  UplinkMessage,
} from "../../sim/contract/reading.ts";
import { DAY_MS, MINUTE_MS } from "../../sim/core/time.ts";
import {
  createOneMeter,
  handoverOf,
  type OneMeter,
  stepOneMeter,
} from "../../sim/plant/meters/one-meter.ts";
import { deviceContext, handover } from "./meter.ts";

/** A meter, its time, and everything that it has sent. */
export interface Bench {
  readonly meter: OneMeter;
  readonly context: DeviceContext;
  nowMs: number;
  readonly sent: UplinkMessage[];
  /** Steps to a moment at a power; with orders, they are delivered in the first of these steps. */
  run(untilMs: number, watts: number, orders?: readonly CommandOrder[]): Bench;
  /** One step at no power in which these digits are typed at the keypad, also in the dark. */
  type(digits: readonly string[], supply?: "on" | "off"): Bench;
  /** What the display shows at the end of the last step. */
  display: string;
  /** Steps to a moment without supply. */
  dark(untilMs: number): Bench;
  readonly readings: readonly MeterReading[];
  readonly events: readonly MeterEvent[];
  /** Codes of the events, in their order. */
  readonly codes: readonly string[];
}

/** A meter at zero on the bench, stepped by `stepMs`. */
export function bench(
  changes: {
    readonly stepMs?: number;
    readonly context?: Partial<DeviceContext>;
    readonly handover?: Partial<MeterHandover>;
  } = {},
): Bench {
  const { stepMs = MINUTE_MS } = changes;
  const start = handover({ importWh: 0, importBelowMilliWh: 0, carryMilliWMs: 0, nextSequence: 1 });
  const context = deviceContext(changes.context);
  const meter = createOneMeter({ ...start, ...changes.handover }, context);
  const sent: UplinkMessage[] = [];
  let orderNumber = 0;
  const play = (
    self: Bench,
    untilMs: number,
    voltageV: number,
    watts: number,
    orders: readonly CommandOrder[],
    typed: readonly string[] = [],
  ): Bench => {
    let delivered: TerminalConditions["delivered"] = [
      ...orders.map((order) => ({
        kind: "command" as const,
        id: `c-${++orderNumber}`,
        supply: context.supply,
        text: "",
        issuedAt: 0,
        expiresAt: 10_000 * DAY_MS,
        ...order,
      })),
      ...typed.map((digits) => ({ kind: "keypad-entry" as const, digits })),
    ];
    while (self.nowMs < untilMs) {
      self.nowMs += stepMs;
      const power = meter.state.relayOpen[0] === 1 || voltageV === 0 ? 0 : watts;
      const currentA = voltageV === 0 ? 0 : power / voltageV;
      const outputs = stepOneMeter(meter, {
        at: self.nowMs,
        stepMs,
        voltageV,
        phaseCurrentA: currentA,
        neutralCurrentA: currentA,
        angleRad: 0,
        activePowerW: power,
        reactivePowerVar: 0,
        frequencyHz: 50,
        supplyPresent: voltageV > 0,
        tamperContacts: { coverOpen: false, magnetPresent: false },
        delivered,
      });
      delivered = [];
      sent.push(...outputs.sent);
      self.display = outputs.displayText;
    }
    return self;
  };
  return {
    meter,
    context,
    nowMs: 0,
    display: "",
    sent,
    run(untilMs, watts, orders = []) {
      return play(this, untilMs, 230, watts, orders);
    },
    dark(untilMs) {
      return play(this, untilMs, 0, 0, []);
    },
    type(digits, supply = "on") {
      return play(this, this.nowMs + stepMs, supply === "on" ? 230 : 0, 0, [], digits);
    },
    get readings() {
      return sent.filter((message) => message.kind === "reading");
    },
    get events() {
      return sent.filter((message) => message.kind === "meter-event");
    },
    get codes() {
      return this.events.map(({ code }) => code);
    },
  };
}

/** What a meter on the bench would hand over now. */
export const handoverNow = ({ meter }: Bench): MeterHandover => handoverOf(meter.model, meter, 0);
