// What meters say in a step, and what they write down beside it.

import type { MeterEvent, MeterEventCode, UplinkMessage } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterLogState, MeterState } from "../state.ts";
import { ownTime } from "./clock.ts";
import { eventIdOf, keepEvent } from "./logs.ts";
import type { MeterModel } from "./model.ts";
import type { MeterStep } from "./registers.ts";

/** A message, and the true time within the step at which it goes to the modem. */
export interface SentByMeter {
  readonly row: number;
  readonly message: UplinkMessage;
  readonly sentAt: SimMs;
}

/** Meters in the middle of a step. Messages go to `sent` in the order of their making. */
export interface MeterScene {
  readonly model: MeterModel;
  readonly state: MeterState;
  readonly logs: MeterLogState;
  readonly step: MeterStep;
  readonly sent: SentByMeter[];
  readonly changes: RelayChange[];
}

export interface RelayChange {
  readonly row: number;
  readonly position: "open" | "closed";
}

/** A meter tells an event of the true time `at` and writes it into its log. */
export function tell(
  { model, state, logs, sent }: MeterScene,
  row: number,
  at: SimMs,
  code: MeterEventCode,
  value: number | null = null,
): void {
  const number = state.nextEvent[row]!;
  state.nextEvent[row] = number + 1;
  const ownMs = ownTime(model, state.clock, row, at);
  keepEvent(logs, row, { number, code, at: ownMs, value });
  const message: MeterEvent = {
    kind: "meter-event",
    supply: model.ids[row]!,
    serial: state.serials[row]!,
    number,
    code,
    eventId: eventIdOf(code),
    at: ownMs,
    value,
  };
  sent.push({ row, message, sentAt: at });
}
