// Parts made and joined to the chip's pins as a wiring says.

import { type Chip, CLOCK_HERTZ } from "./chip.ts";
import { CharacterDisplay, expanderFor } from "./parts/character-display.ts";
import { Contact } from "./parts/contact.ts";
import type { FrontEnd } from "./parts/front-end.ts";
import { Lamp } from "./parts/lamp.ts";
import { Mcp4728 } from "./parts/mcp4728.ts";
import { Relay } from "./parts/relay.ts";
import type { Drive } from "./ports.ts";
import {
  analogChannel,
  type ContactSpec,
  type ConverterSpec,
  type I2cDisplaySpec,
  type ParallelDisplaySpec,
  pinPlace,
  type RelaySpec,
  type SensorSpec,
  type Wiring,
  WiringError,
} from "./wiring.ts";

const OPERATE_MS = 8;
const BIAS_MILLIVOLTS = 2500;
const NOISE_LSB = 0.5;
const ADC_STEP_VOLTS = 5 / 1024;

/** The parts of a board by the names that the wiring gives them. */
export interface Assembly {
  readonly relays: ReadonlyMap<string, Relay>;
  readonly displays: ReadonlyMap<string, CharacterDisplay>;
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly lamps: ReadonlyMap<string, Lamp>;
  readonly converters: ReadonlyMap<string, Converter>;
  /** The supply is gone: displays forget. */
  readonly losePower: () => void;
}

/** A converter, and the volts of its supply: that may be another board's. */
export interface Converter {
  readonly chip: Mcp4728;
  supplyVolts: () => number;
}

/** Joins parts to pins; `supplyVolts` is that of the board. Throws `WiringError`. */
export function assemble(
  wiring: Wiring,
  chip: Chip,
  frontEnd: FrontEnd,
  supplyVolts: () => number,
): Assembly {
  const relays = new Map<string, Relay>();
  const displays = new Map<string, CharacterDisplay>();
  const contacts = new Map<string, Contact>();
  const lamps = new Map<string, Lamp>();
  const converters = new Map<string, Converter>();
  const named = Object.entries(wiring);
  for (const [name, part] of named) {
    if (part.is === "relay") relays.set(name, joinRelay(part, chip));
    else if (part.is === "display") displays.set(name, joinDisplay(part, chip));
    else if (part.is === "button" || part.is === "switch") {
      contacts.set(name, joinContact(part, chip));
    } else if (part.is === "led" || part.is === "buzzer") {
      const lamp = new Lamp(part.on ?? "high");
      chip.ports.listen(pinPlace(part.pin), (state, cycle) => lamp.drive(state, cycle));
      lamps.set(name, lamp);
    } else if (part.is === "level") {
      frontEnd.attachLevel(analogChannel(part.pin), () => supplyVolts() * part.share);
    } else if (part.is === "line") {
      frontEnd.attachNoise(analogChannel(part.pin), (part.noiseLsb ?? NOISE_LSB) * ADC_STEP_VOLTS);
    } else if (part.is === "converter") {
      converters.set(name, joinConverter(part, chip, supplyVolts));
    }
  }
  for (const [name, part] of named) {
    if (part.is !== "voltage" && part.is !== "current") continue;
    const relay = part.through === undefined ? undefined : relays.get(part.through);
    if (part.through !== undefined && relay === undefined) {
      throw new WiringError(
        `${name} flows through ${part.through}, which is no relay of this wiring`,
      );
    }
    joinSensor(part, frontEnd, relay);
  }
  const losePower = (): void => {
    for (const display of displays.values()) display.reset();
  };
  return { relays, displays, contacts, lamps, converters, losePower };
}

function joinSensor(part: SensorSpec, frontEnd: FrontEnd, relay: Relay | undefined): void {
  const sign = part.reversed === true ? -1 : 1;
  frontEnd.attach(analogChannel(part.pin), {
    quantity: part.is === "voltage" ? "voltage" : (part.at ?? "phase"),
    voltsPerUnit: (sign * part.millivoltsPerUnit) / 1000,
    biasVolts: (part.biasMillivolts ?? BIAS_MILLIVOLTS) / 1000,
    noiseVolts: (part.noiseLsb ?? NOISE_LSB) * ADC_STEP_VOLTS,
    phaseRad: part.phaseRad ?? 0,
    isFlowing: relay === undefined ? null : (cycle) => relay.isClosed(cycle),
  });
}

function joinRelay(part: RelaySpec, chip: Chip): Relay {
  const relay = new Relay({
    closes: part.closes,
    isLatching: part.resetPin !== undefined,
    operateCycles: Math.round(((part.operateMs ?? OPERATE_MS) * CLOCK_HERTZ) / 1000),
  });
  const { ports, cpu } = chip;
  ports.listen(pinPlace(part.pin), (state, cycle) => relay.drive(state, cycle));
  if (part.resetPin !== undefined) {
    ports.listen(pinPlace(part.resetPin), (state, cycle) => relay.driveReset(state, cycle));
  }
  if (part.sensePin !== undefined) {
    const sense = pinPlace(part.sensePin);
    const closed = part.senseClosed === "low" ? 0 : 1;
    const show = (at: number): void =>
      ports.setDrive(sense, relay.isClosed(at) ? closed : ((1 - closed) as 0 | 1));
    const slot = cpu.addSlot(show);
    relay.onStick = () => show(cpu.cycle);
    relay.onCommand = (_isClosing, arrivesAt) => cpu.schedule(slot, arrivesAt);
    show(cpu.cycle);
  }
  return relay;
}

function joinDisplay(part: I2cDisplaySpec | ParallelDisplaySpec, chip: Chip): CharacterDisplay {
  const display = new CharacterDisplay(part);
  if ("i2c" in part) {
    chip.twi.parts.set(part.i2c, expanderFor(display));
    return display;
  }
  const rs = pinPlace(part.rs);
  const data = [part.d4, part.d5, part.d6, part.d7].map(pinPlace);
  const { ports } = chip;
  ports.listenLevel(pinPlace(part.en), (level) => {
    if (level === 1) return;
    let nibble = 0;
    for (let bit = 0; bit < 4; bit++) nibble |= ports.level(data[bit]!) << bit;
    display.latch(nibble, ports.level(rs) === 1);
  });
  display.isBacklit = true;
  return display;
}

function joinConverter(part: ConverterSpec, chip: Chip, supplyVolts: () => number): Converter {
  const converter: Converter = { chip: new Mcp4728(() => converter.supplyVolts()), supplyVolts };
  chip.twi.parts.set(part.i2c, converter.chip);
  chip.ports.listenLevel(pinPlace(part.loadPin), (level, cycle) =>
    converter.chip.setLoad(level, cycle),
  );
  return converter;
}

function joinContact(part: ContactSpec, chip: Chip): Contact {
  const pull = part.pull ?? "none";
  const released: Drive = pull === "none" ? null : pull === "up" ? 1 : 0;
  const place = pinPlace(part.pin);
  const active = part.active === "high" ? 1 : 0;
  return new Contact({ active, released }, (drive) => chip.ports.setDrive(place, drive));
}
