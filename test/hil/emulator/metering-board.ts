// The wiring and the conditions of the small metering program under test/hil/programs.

import type { Phasors } from "../../../hil/emulator/parts/front-end.ts";
import type { Wiring } from "../../../hil/emulator/wiring.ts";

export const METERING_WIRING: Wiring = {
  service: { is: "voltage", pin: "A0", millivoltsPerUnit: 5 },
  phase: { is: "current", pin: "A1", millivoltsPerUnit: 25 },
  neutral: { is: "current", pin: "A2", at: "neutral", millivoltsPerUnit: 25 },
  heartbeat: { is: "led", pin: "D13" },
};

export const STEADY: Phasors = {
  voltageV: 230,
  currentA: 10,
  neutralA: 10,
  angleRad: 0.5,
  frequencyHz: 50,
};
