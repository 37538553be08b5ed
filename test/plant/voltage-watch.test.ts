// A meter that watches its voltage: five minutes on end, and told once each way.

import { expect, test } from "vitest";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { createMeterLogs, eventsOf } from "../../sim/plant/meters/logs.ts";
import { createMeters, stepMeters } from "../../sim/plant/meters/meters.ts";
import type { SentByMeter } from "../../sim/plant/meters/outgoing.ts";
import { meterModel } from "../support/meter.ts";

/** What a meter with limits of 207 and 253 V says while its voltage goes through a list, a minute each. */
function told(voltages: readonly number[], stepMs = MINUTE_MS): string[] {
  const model = meterModel([1], { voltageLimits: { lowV: 207, highV: 253 } });
  const state = createMeters(model, [{ serial: "M", openingWh: 0, isOpen: false }]);
  const logs = createMeterLogs(1);
  const sent: SentByMeter[] = [];
  voltages.forEach((voltageV, minute) => {
    for (let at = stepMs; at <= MINUTE_MS; at += stepMs) {
      const elements = model.gain.length;
      stepMeters(
        model,
        { state, logs },
        {
          at: minute * MINUTE_MS + at,
          stepMs,
          activeW: new Float64Array(elements),
          reactiveVar: new Float64Array(elements),
          elementVoltageV: new Float64Array(elements).fill(voltageV),
          frequencyHz: 50,
        },
        sent,
      );
    }
  });
  expect(eventsOf(logs, 0).map(({ code }) => code)).toEqual(
    sent.flatMap(({ message }) => (message.kind === "meter-event" ? message.code : [])),
  );
  return sent.flatMap(({ message, sentAt }) =>
    message.kind === "meter-event"
      ? `${sentAt / MINUTE_MS} min: ${message.code} ${message.eventId} ${message.value ?? ""}`
      : [],
  );
}
const minutes = (count: number, voltageV: number): number[] => Array(count).fill(voltageV);

test.for([1000, 15_000, MINUTE_MS])(
  "steps of %d ms: low voltage is told after five minutes, and its end after five",
  (stepMs) => {
    const voltages = [...minutes(3, 230), ...minutes(8, 200), ...minutes(8, 230)];
    expect(told(voltages, stepMs)).toEqual([
      "8 min: voltage-low 9 200",
      "16 min: voltage-low-over 10 230",
    ]);
  },
);

test("four minutes are no event", () => {
  expect(told([...minutes(3, 230), ...minutes(4, 200), ...minutes(8, 230)])).toEqual([]);
});

test("high voltage has its own codes, and from high to low both are told", () => {
  const voltages = [...minutes(6, 260), ...minutes(6, 200)];
  expect(told(voltages)).toEqual([
    "5 min: voltage-high 7 260",
    "11 min: voltage-high-over 8 200",
    "11 min: voltage-low 9 200",
  ]);
});

test("a power cut in between is no five minutes of low voltage", () => {
  const said = told([...minutes(4, 200), ...minutes(3, 0), ...minutes(4, 200)]);
  expect(said.filter((line) => line.includes("voltage"))).toEqual([]);
});
