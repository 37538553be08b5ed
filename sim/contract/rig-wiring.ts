// The wires between a rig and the meter under test, as data: the table and the drawing of firmware/rig/README.md are made
// of it, and the emulated rig is wired to the emulated meter by it.

import { BOARD_PINS } from "./board-protocol.ts";
import { RIG_OUTPUTS, RIG_PINS } from "./rig-protocol.ts";

/** What a wire goes through. */
export const THROUGH_SAYS = {
  filter: { name: "RC filter", madeOf: "1 kΩ in series, 100 nF to GND, at the meter" },
  "opto-coupler": {
    name: "opto-coupler",
    madeOf:
      "PC817; its LED from the rig's pin over 680 Ω to GND, its transistor from the meter's pin to GND",
  },
  contact: {
    name: "relay's contact, opto-coupler",
    madeOf:
      "relay module on the meter's pin; 5 V of the rig over its contact and 680 Ω to the LED of a PC817, its transistor from the rig's pin to GND",
  },
  switch: {
    name: "P-MOSFET",
    madeOf:
      "in the 5 V wire of the meter's USB cable; an NPN transistor from its gate to GND, base over 4.7 kΩ to the rig's pin, gate over 10 kΩ to its source",
  },
  wire: { name: "wire", madeOf: "" },
  "pull-up": { name: "4.7 kΩ", madeOf: "pull-up, from a bus line to the meter's 5 V" },
} as const;
export type Through = keyof typeof THROUGH_SAYS;

const pinName = (pin: number): string => (pin < 14 ? `D${pin}` : `A${pin - 14}`);
type PinsByName<Row extends { readonly name: string }> = Readonly<Record<Row["name"], string>>;
const named = <Row extends { readonly name: string; readonly pin: number }>(
  rows: readonly Row[],
): PinsByName<Row> =>
  Object.fromEntries(rows.map(({ name, pin }) => [name, pinName(pin)])) as PinsByName<Row>;

/** Where a wire ends, by name: what is written at the spot. */
export const RIG_SPOTS = {
  rig: {
    ...named(RIG_PINS),
    ...RIG_OUTPUTS,
    converterSupply: "MCP4728 VDD",
    ground: "GND",
  },
  meter: {
    ...named(BOARD_PINS),
    supply: "5V",
    ground: "GND",
    reset: "RESET",
    usbSupply: "USB 5 V",
  },
} as const;

interface RigWire {
  readonly rig: keyof typeof RIG_SPOTS.rig;
  readonly through: Through;
  readonly meter: keyof typeof RIG_SPOTS.meter;
  readonly says: string;
}

export const RIG_WIRES = [
  { rig: "voltage", through: "filter", meter: "voltage", says: "V as 0 V to 5 V, 0 V at 2.5 V" },
  { rig: "phaseCurrent", through: "filter", meter: "phaseCurrent", says: "I phase" },
  { rig: "neutralCurrent", through: "filter", meter: "neutralCurrent", says: "I neutral" },
  {
    rig: "relayClosed",
    through: "contact",
    meter: "relay",
    says: "what the relay's contact does; open, the rig's currents are nothing",
  },
  {
    rig: "loadSide",
    through: "opto-coupler",
    meter: "loadSide",
    says: "voltage behind the contact",
  },
  { rig: "coverClosed", through: "opto-coupler", meter: "coverOpen", says: "the cover's switch" },
  { rig: "magnet", through: "opto-coupler", meter: "magnet", says: "the reed contact" },
  { rig: "upButton", through: "opto-coupler", meter: "upButton", says: "the button Up" },
  { rig: "enterButton", through: "opto-coupler", meter: "enterButton", says: "the button Enter" },
  { rig: "reset", through: "opto-coupler", meter: "reset", says: "the button RESET" },
  {
    rig: "supplyCut",
    through: "switch",
    meter: "usbSupply",
    says: "the meter's supply; without the rig it is on",
  },
  {
    rig: "converterSupply",
    through: "wire",
    meter: "supply",
    says: "converter and ADC measure against the same 5 V",
  },
  { rig: "dataLine", through: "pull-up", meter: "supply", says: "also to the converter's SDA" },
  { rig: "clockLine", through: "pull-up", meter: "supply", says: "also to the converter's SCL" },
  { rig: "ground", through: "wire", meter: "ground", says: "also the converter's GND" },
] as const satisfies readonly RigWire[];
