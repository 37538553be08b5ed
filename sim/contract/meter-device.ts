// The slot into which an emulated board or a real one fits. The engine asks through the host and never waits.

import type { SimMs } from "../core/time.ts";
import type { DownlinkMessage, MeterSerial, RelayPosition, UplinkMessage } from "./reading.ts";

/** What a swapped meter meets at its terminals during one step. */
export interface TerminalConditions {
  readonly at: SimMs;
  readonly stepMs: number;
  readonly voltageV: number;
  /** Through the phase sensor: without what a bypass leads around it. */
  readonly phaseCurrentA: number;
  readonly neutralCurrentA: number;
  /** By which the current lags the voltage. */
  readonly angleRad: number;
  /** V·I·cos φ at the sensor; beside the phasors, so that a simulated meter is exact to the milliwatt. */
  readonly activePowerW: number;
  /** Positive where the current lags. */
  readonly reactivePowerVar: number;
  readonly frequencyHz: number;
  readonly supplyPresent: boolean;
  readonly tamperContacts: { readonly coverOpen: boolean; readonly magnetPresent: boolean };
  readonly delivered: readonly DownlinkMessage[];
}

/** Everything that passes from one meter to its successor at the same supply point. */
export interface MeterHandover {
  readonly serial: MeterSerial;
  readonly importWh: number;
  readonly importBelowMilliWh: number;
  /** Rest below a milliwatt-hour, in mW·ms. */
  readonly carryMilliWMs: number;
  readonly relay: RelayPosition;
  readonly tamperFlags: number;
  readonly nextSequence: number;
  /** Ids of the commands obeyed last, newest last: a late copy is answered and not obeyed again. */
  readonly obeyedCommands: readonly string[];
  readonly displayText: string;
}

/** What the meter has done by the end of the step. */
export interface MeterOutputs {
  readonly registers: MeterHandover;
  readonly relay: RelayPosition;
  /** 16×2 characters, lines divided by a line feed. */
  readonly displayText: string;
  readonly leds: { readonly pulse: boolean; readonly alarm: boolean };
  readonly sent: readonly UplinkMessage[];
  readonly faults: readonly string[];
}

/** A board's answer to one step, or that there was none; a journal entry either way. */
export type DeviceAnswer =
  | { readonly kind: "outputs"; readonly supply: string; readonly outputs: MeterOutputs }
  | { readonly kind: "no-answer"; readonly supply: string; readonly reason: string };

/** What the scenario wants when a board is silent. */
export type DeviceLostPolicy = "hold" | "fall-back" | "stop";

/** A meter outside the engine: emulated, real, or a simulated one behind the same door. */
export interface MeterDevice {
  readonly name: string;
  /** Takes over from another meter; called once, before the first step. */
  handOver(state: MeterHandover, context: DeviceContext): Promise<void>;
  /** One step at these terminals. Rejects where the device is lost. */
  step(terminals: TerminalConditions): Promise<MeterOutputs>;
  /** Gives the registers back; no step follows. */
  takeBack(): Promise<MeterHandover>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a meter is told about its place when it is installed. */
export interface DeviceContext {
  readonly supply: string;
  readonly intervalMs: number;
  /** Gain of the metrology around 1: the error of this meter's accuracy class. */
  readonly gain: number;
}
