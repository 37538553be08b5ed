// Which parts hang on which pins, as data. The vocabulary is that of the wiring file; a part is named by its owner.

import type { PinPlace } from "./ports.ts";

/** A pin by its name on an Uno: D0 to D13, A0 to A5. */
export type PinName = string;

/** A sensor: what it gives a pin is bias + gain × quantity, in volts. */
export interface SensorSpec {
  readonly is: "voltage" | "current";
  readonly pin: PinName;
  /** Where a current is measured; a voltage is always that of the service. Default: phase. */
  readonly at?: "phase" | "neutral";
  readonly millivoltsPerUnit: number;
  /** Default: 2500. */
  readonly biasMillivolts?: number;
  /** Effective value of the noise in steps of the 10-bit ADC. Default: 0.5. */
  readonly noiseLsb?: number;
  readonly reversed?: boolean;
  /** By which the sensor's output is late. */
  readonly phaseRad?: number;
  /** The relay that this current flows through; open, it is zero. */
  readonly through?: string;
}

export interface RelaySpec {
  readonly is: "relay";
  readonly pin: PinName;
  /** The level that closes the contact. A latching relay is set by a pulse on `pin` and opened by one on `resetPin`. */
  readonly closes: "high" | "low";
  readonly resetPin?: PinName;
  /** Default: 8. */
  readonly operateMs?: number;
  /** A pin that feels the contact, and its level while that is closed (an opto-coupler to ground: low). Default: high. */
  readonly sensePin?: PinName;
  readonly senseClosed?: "high" | "low";
}

export interface I2cDisplaySpec {
  readonly is: "display";
  readonly i2c: number;
  readonly columns: number;
  readonly rows: number;
}

export interface ParallelDisplaySpec {
  readonly is: "display";
  readonly rs: PinName;
  readonly en: PinName;
  readonly d4: PinName;
  readonly d5: PinName;
  readonly d6: PinName;
  readonly d7: PinName;
  readonly columns: number;
  readonly rows: number;
}

/** A button, switch or contact: pressed, it holds its pin at the active level; released, the pull or nothing holds it. */
export interface ContactSpec {
  readonly is: "button" | "switch";
  readonly pin: PinName;
  readonly active: "low" | "high";
  /** A resistor outside the chip. Default: none. */
  readonly pull?: "up" | "down" | "none";
}

/** A light, buzzer or pulse output. */
export interface LampSpec {
  readonly is: "led" | "buzzer";
  readonly pin: PinName;
  /** Default: high. */
  readonly on?: "low" | "high";
}

/** A steady analog voltage, such as a supply monitor behind a divider. */
export interface LevelSpec {
  readonly is: "level";
  readonly pin: PinName;
  /** Volts at the pin for each volt of the board's unregulated supply. */
  readonly share: number;
}

/** An analog voltage that something outside the board makes, with the noise of the way to it. */
export interface LineSpec {
  readonly is: "line";
  readonly pin: PinName;
  /** Effective value in steps of the 10-bit ADC. Default: 0.5. */
  readonly noiseLsb?: number;
}

/** An MCP4728: its outputs follow the bus while `loadPin` is low. */
export interface ConverterSpec {
  readonly is: "converter";
  readonly i2c: number;
  readonly loadPin: PinName;
}

export type PartSpec =
  | SensorSpec
  | RelaySpec
  | I2cDisplaySpec
  | ParallelDisplaySpec
  | ContactSpec
  | LampSpec
  | LevelSpec
  | LineSpec
  | ConverterSpec;
export type Wiring = Readonly<Record<string, PartSpec>>;

/** A wiring that cannot be; the text names part and pin. */
export class WiringError extends Error {
  override readonly name = "WiringError";
}

/** The place of a pin on the chip: D0–D7 are port D, D8–D13 port B, A0–A5 port C. */
export function pinPlace(name: PinName): PinPlace {
  const match = /^([DA])(\d{1,2})$/.exec(name);
  const number = Number(match?.[2] ?? Number.NaN);
  const isThere = match?.[1] === "D" ? number <= 13 : number <= 5;
  if (match === null || !isThere) {
    throw new WiringError(`there is no pin ${name}; an Uno has D0 to D13 and A0 to A5`);
  }
  if (match[1] === "A") return { port: 1, bit: number };
  return number < 8 ? { port: 2, bit: number } : { port: 0, bit: number - 8 };
}

/** The ADC channel of an analog pin. */
export function analogChannel(name: PinName): number {
  const place = pinPlace(name);
  if (place.port !== 1) throw new WiringError(`${name} is no analog pin; A0 to A5 are`);
  return place.bit;
}
