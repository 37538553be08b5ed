// How the meter's own board is wired, in the emulator's vocabulary; the pins are the firmware's.

import { BOARD_PINS, BOARD_SCALE } from "../../sim/contract/board-protocol.ts";
import type { PinName, Wiring } from "../emulator/wiring.ts";

/** ADC steps over the 5 V of the supply. */
const LSB_PER_VOLT = 1024 / 5;
const FIRST_ANALOG = 14;
const DISPLAY_ADDRESS = 0x27;

/** The Uno's name of one of the firmware's pins. */
function pinOf(name: (typeof BOARD_PINS)[number]["name"]): PinName {
  const { pin } = BOARD_PINS.find((row) => row.name === name)!;
  return pin < FIRST_ANALOG ? `D${pin}` : `A${pin - FIRST_ANALOG}`;
}

const millivoltsPerVolt = 1e9 / BOARD_SCALE.microVoltsPerLsb / LSB_PER_VOLT;
const millivoltsPerAmpere = 1e12 / BOARD_SCALE.nanoAmpsPerLsb / LSB_PER_VOLT;

/** Sensors on both currents behind the relay, the display, relay, buttons, contacts and lamps. */
export const METER_WIRING = {
  voltage: { is: "voltage", pin: pinOf("voltage"), millivoltsPerUnit: millivoltsPerVolt },
  phase: {
    is: "current",
    pin: pinOf("phaseCurrent"),
    millivoltsPerUnit: millivoltsPerAmpere,
    through: "relay",
  },
  neutral: {
    is: "current",
    at: "neutral",
    pin: pinOf("neutralCurrent"),
    millivoltsPerUnit: millivoltsPerAmpere,
    through: "relay",
  },
  relay: { is: "relay", pin: pinOf("relay"), closes: "high" },
  display: { is: "display", i2c: DISPLAY_ADDRESS, columns: 16, rows: 2 },
  // The switch is closed while the cover is, and then holds its pin low.
  cover: { is: "switch", pin: pinOf("coverOpen"), active: "low" },
  magnet: { is: "switch", pin: pinOf("magnet"), active: "low" },
  loadSide: { is: "switch", pin: pinOf("loadSide"), active: "low" },
  upButton: { is: "button", pin: pinOf("upButton"), active: "low" },
  enterButton: { is: "button", pin: pinOf("enterButton"), active: "low" },
  pulse: { is: "led", pin: pinOf("pulseLed") },
  alarm: { is: "led", pin: pinOf("alarmLed") },
  heartbeat: { is: "led", pin: pinOf("heartbeat") },
  buzzer: { is: "buzzer", pin: pinOf("buzzer") },
} as const satisfies Wiring;
