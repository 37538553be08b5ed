// Supply that goes and comes back: one last gasp, silence, one first breath. Registers, credit, logs and relay survive;
// the clock goes on as long as its reserve.

import { INTERVAL } from "../../contract/reading.ts";
import { drawUniform } from "../../core/random.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterSupplyColumns } from "../state.ts";
import { intervalAt, ownTime, wakeClock } from "./clock.ts";
import { endDemandInterval } from "./demand.ts";
import { keepInterval, PROFILE_INTERVALS } from "./logs.ts";
import { type MeterScene, tell } from "./outgoing.ts";
import { exportMilliWh, registerMilliWh } from "./registers.ts";
import { forgetTamper } from "./tamper.ts";
import { forgetVoltage } from "./voltage-watch.ts";

/** Meters that wake together do not all speak at once. */
export const BREATH_WAIT_MAX_MS = 60_000;
const BREATH_PURPOSE = 300;

/** Everybody has supply. */
export function createMeterSupply(meterCount: number): MeterSupplyColumns {
  return {
    darkSince: new Float64Array(meterCount).fill(-1),
    breathAt: new Float64Array(meterCount).fill(-1),
    darkMs: new Float64Array(meterCount),
  };
}

/** The supply goes at a true time. */
export function loseSupply(scene: MeterScene, row: number, at: SimMs): void {
  const { supply, clock, limit, voltage } = scene.state;
  supply.darkSince[row] = at;
  supply.breathAt[row] = -1;
  limit.overSince[row] = -1;
  forgetVoltage(voltage, row);
  forgetTamper(scene.state, row);
  clock.intervalFlags[row] = clock.intervalFlags[row]! | INTERVAL.powerFailed;
  tell(scene, row, at, "last-gasp");
}

/** The supply is back at a true time: the clock, and what it missed of the load profile. */
export function regainSupply(scene: MeterScene, row: number, at: SimMs): void {
  const { model, state } = scene;
  const { supply, clock } = state;
  const from = supply.darkSince[row]!;
  const waitMs =
    drawUniform(model.breathSeed[row]!, 0, state.nextEvent[row]!, BREATH_PURPOSE) *
    BREATH_WAIT_MAX_MS;
  supply.darkSince[row] = -1;
  supply.darkMs[row] = at - from;
  supply.breathAt[row] = at + Math.floor(waitMs);
  if (wakeClock(model, clock, row, { from, until: at })) tell(scene, row, at, "clock-invalid");
  writeDark(scene, row, at);
}

/** Writes the intervals that ended in the dark into the profile, and ends of months; nothing is sent of them. */
function writeDark({ model, state, logs }: MeterScene, row: number, at: SimMs): void {
  const { clock, demand } = state;
  const last = clock.lastInterval[row]!;
  const now = intervalAt(model, ownTime(model, clock, row, at));
  const importWh = Math.floor(registerMilliWh(model, state, row) / 1000);
  const exportWh = Math.floor(exportMilliWh(model, state, row) / 1000);
  const first = Math.max(last + 1, now - PROFILE_INTERVALS + 1);
  for (let interval = first; interval <= now; interval++) {
    const flags = interval === last + 1 ? clock.intervalFlags[row]! : INTERVAL.dark;
    keepInterval(logs, row, { interval, importWh, exportWh, flags });
    if (demand !== undefined) {
      const milliVah = demand.apparentMilliVah[row]!;
      endDemandInterval(model, demand, row, { interval, importWh, milliVah });
    }
  }
  if (now > last) {
    clock.lastInterval[row] = now;
    clock.intervalFlags[row] = INTERVAL.powerFailed;
  }
}

/** Speaks the first breath once its wait is over. */
export function breathe(scene: MeterScene, row: number, at: SimMs): void {
  const { supply } = scene.state;
  if (supply.breathAt[row]! < 0 || supply.breathAt[row]! > at) return;
  tell(scene, row, supply.breathAt[row]!, "first-breath", supply.darkMs[row]!);
  supply.breathAt[row] = -1;
}
