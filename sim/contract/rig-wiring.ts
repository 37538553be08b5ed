// The wires between rig, converter and the meter under test, as data: the table and the drawing of firmware/rig/README.md
// are made of it, and the emulated rig is wired to the emulated meter by it.

import { BOARD_PINS } from "./board-protocol.ts";
import { RIG_PINS } from "./rig-protocol.ts";

/** What a wire goes through, and what of it stands on its way in the drawing. */
export const THROUGH = {
  wire: { name: "wire", value: "", madeOf: "" },
  filter: {
    name: "RC filter",
    value: "1 kΩ, 100 nF",
    madeOf: "1 kΩ in series, then 100 nF to GND, close to the meter's pin",
  },
  coupler: {
    name: "opto-coupler",
    value: "680 Ω, PC817",
    madeOf:
      "PC817: its LED from the rig's pin over 680 Ω to GND, its transistor from the meter's pin to GND",
  },
  contact: {
    name: "relay, opto-coupler",
    value: "relay, 680 Ω, PC817",
    madeOf:
      "5 V relay module that closes at a high input, fed by the meter; over its contact 5 V of the rig, 680 Ω and the LED of a PC817, whose transistor is from the rig's pin to GND",
  },
  switch: {
    name: "opto-coupler, P-MOSFET",
    value: "680 Ω, PC817, P-MOSFET",
    madeOf:
      "P-MOSFET (logic level, 1 A) in the 5 V wire of the meter's USB cable, source to the computer; 10 kΩ from its gate to GND; a PC817, its LED as above, its transistor from source to gate",
  },
  resistor: { name: "resistor", value: "1 kΩ", madeOf: "1 kΩ in series" },
  bus: {
    name: "wire, pull-up",
    value: "4.7 kΩ to 5V",
    madeOf: "wire, with 4.7 kΩ to the meter's 5V",
  },
} as const;

const pinName = (pin: number): string => (pin < 14 ? `D${pin}` : `A${pin - 14}`);
type Names<Row extends { readonly name: string }> = Readonly<Record<Row["name"], string>>;
const named = <Row extends { readonly name: string; readonly pin: number }>(
  rows: readonly Row[],
): Names<Row> =>
  Object.fromEntries(rows.map(({ name, pin }) => [name, pinName(pin)])) as Names<Row>;

/** What is written at the spots of each part. */
export const RIG_SPOTS = {
  rig: { ...named(RIG_PINS), ground: "GND" },
  converter: {
    voltage: "VOUTA",
    phaseCurrent: "VOUTB",
    neutralCurrent: "VOUTC",
    load: "LDAC",
    dataLine: "SDA",
    clockLine: "SCL",
    supply: "VDD",
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

type Spot = {
  [Part in keyof typeof RIG_SPOTS]: readonly [Part, keyof (typeof RIG_SPOTS)[Part]];
}[keyof typeof RIG_SPOTS];

export interface RigWire {
  readonly from: Spot;
  readonly through: keyof typeof THROUGH;
  readonly to: Spot;
  readonly says: string;
}

/** In the direction of the signal. */
export const RIG_WIRES: readonly RigWire[] = [
  {
    from: ["rig", "load"],
    through: "resistor",
    to: ["converter", "load"],
    says: "all outputs move together",
  },
  { from: ["rig", "dataLine"], through: "bus", to: ["converter", "dataLine"], says: "I²C data" },
  { from: ["rig", "clockLine"], through: "bus", to: ["converter", "clockLine"], says: "I²C clock" },
  {
    from: ["converter", "voltage"],
    through: "filter",
    to: ["meter", "voltage"],
    says: "V: 0 V to 5 V for ±400 V",
  },
  {
    from: ["converter", "phaseCurrent"],
    through: "filter",
    to: ["meter", "phaseCurrent"],
    says: "I phase: 0 V to 5 V for ±85 A",
  },
  {
    from: ["converter", "neutralCurrent"],
    through: "filter",
    to: ["meter", "neutralCurrent"],
    says: "I neutral",
  },
  {
    from: ["meter", "supply"],
    through: "wire",
    to: ["converter", "supply"],
    says: "reference: converter and ADC measure against the same 5 V",
  },
  { from: ["meter", "ground"], through: "wire", to: ["converter", "ground"], says: "" },
  { from: ["rig", "ground"], through: "wire", to: ["meter", "ground"], says: "" },
  {
    from: ["meter", "relay"],
    through: "contact",
    to: ["rig", "relayClosed"],
    says: "what the relay's contact does",
  },
  {
    from: ["rig", "loadSide"],
    through: "coupler",
    to: ["meter", "loadSide"],
    says: "voltage behind the relay",
  },
  {
    from: ["rig", "coverClosed"],
    through: "coupler",
    to: ["meter", "coverOpen"],
    says: "the cover's switch",
  },
  {
    from: ["rig", "magnet"],
    through: "coupler",
    to: ["meter", "magnet"],
    says: "the reed contact",
  },
  { from: ["rig", "upButton"], through: "coupler", to: ["meter", "upButton"], says: "button Up" },
  {
    from: ["rig", "enterButton"],
    through: "coupler",
    to: ["meter", "enterButton"],
    says: "button Enter",
  },
  { from: ["rig", "reset"], through: "coupler", to: ["meter", "reset"], says: "button RESET" },
  {
    from: ["rig", "supplyCut"],
    through: "switch",
    to: ["meter", "usbSupply"],
    says: "the meter's supply; on while the rig says nothing",
  },
];

/** What is written at a spot. */
export function spotText([part, name]: Spot): string {
  return (RIG_SPOTS[part] as Readonly<Record<string, string>>)[name]!;
}
