import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import type {
  CommandOrder,
  MeterCommand,
  PlainAction,
  UplinkMessage,
} from "../../sim/contract/reading.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { COMMANDS_REMEMBERED_MAX } from "../../sim/plant/meters/commands.ts";
import { meterDisplay } from "../../sim/plant/meters/display.ts";
import { createMeterLogs } from "../../sim/plant/meters/logs.ts";
import { createMeters, latchTamper, stepMeters } from "../../sim/plant/meters/meters.ts";
import { createOneMeter, handoverOf, stepOneMeter } from "../../sim/plant/meters/one-meter.ts";
import type { SentByMeter } from "../../sim/plant/meters/outgoing.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import type { MeterState } from "../../sim/plant/state.ts";
import { deviceContext, handover, meterModel, prepaidTerms } from "../support/meter.ts";

/** A one-phase and a three-phase customer, and the transformer. */
const MODEL = meterModel([1, 3, 3], { ids: ["supply-01", "supply-02", "transformer"] });

const installed = (openingWh = 0): MeterState =>
  createMeters(
    MODEL,
    MODEL.ids.map((id) => ({ serial: `M-${id}`, openingWh, isOpen: false })),
  );

const terminalsOf = (activeW: readonly number[]) => ({
  activeW: Float64Array.from(activeW),
  reactiveVar: new Float64Array(7),
  elementVoltageV: Float64Array.of(229.96, 231.04, 231, 231, 233, 233, 233),
  frequencyHz: 50,
});
const IDLE = [0, 0, 0, 0, 0, 0, 0];

/** One step of a minute that ends at `at`; what the meters send beside events. */
function stepTo(
  meters: MeterState,
  at: number,
  activeW: readonly number[] = IDLE,
): readonly UplinkMessage[] {
  const sent: SentByMeter[] = [];
  const step = { at, stepMs: MINUTE_MS, ...terminalsOf(activeW) };
  stepMeters(MODEL, { state: meters, logs: createMeterLogs(3) }, step, sent);
  return sent.map(({ message }) => message).filter(({ kind }) => kind !== "meter-event");
}

/** The first page of the display of supply-01. */
const displayOf = (meters: MeterState): string =>
  meterDisplay(MODEL, { state: meters, logs: createMeterLogs(3) }, terminalsOf(IDLE), 0, 0);

type PlainCommand = Extract<MeterCommand, { action: PlainAction }>;

function command(changes: Partial<PlainCommand> = {}): MeterCommand {
  return {
    kind: "command",
    id: "supply-01/trip/1",
    supply: "supply-01",
    action: "trip",
    text: "SUPPLY OFF",
    issuedAt: 0,
    expiresAt: 24 * HOUR_MS,
    ...changes,
  };
}

describe("readings", () => {
  test("are taken at the end of every interval, by every meter in its row's order, and numbered from 1", () => {
    const meters = installed();
    const taken = [29, 30, 31, 60].map((minute) => stepTo(meters, minute * MINUTE_MS));
    expect(taken.map((messages) => messages.length)).toEqual([0, 3, 0, 3]);
    expect(taken[1]!.map(({ supply }) => supply)).toEqual(MODEL.ids);
    expect(taken[3]![0]).toMatchObject({ sequence: 2, measuredAt: HOUR_MS });
  });

  test("hold whole watt-hours, what lies below them, and each element", () => {
    const meters = installed();
    meters.importMilliWh.set([1_234_567, 1_999, 2_001, 999]);
    const [first, second] = stepTo(meters, 30 * MINUTE_MS);
    expect(first).toMatchObject({
      importWh: 1234,
      importBelowMilliWh: 567,
      elementImportWh: [1234],
    });
    expect(second).toMatchObject({
      importWh: 4,
      importBelowMilliWh: 999,
      elementImportWh: [1, 2, 0],
    });
  });

  test("say voltage to a tenth, the relay and every latched suspicion", () => {
    const meters = installed();
    latchTamper(meters, 0, "magnet");
    latchTamper(meters, 0, "cover");
    latchTamper(meters, 0, "magnet");
    const [first, second] = stepTo(meters, 30 * MINUTE_MS);
    expect(first).toMatchObject({ voltageV: 230, relay: "closed", tamperFlags: 4 + 1 }); // IEC bits: TAMPER
    expect(second).toMatchObject({ voltageV: 231, tamperFlags: 0 });
  });

  test("begin at the register that the meter was installed with, shared among its elements", () => {
    const meters = installed(1000);
    expect([0, 1, 2].map((row) => registerMilliWh(MODEL, meters, row))).toEqual([1e6, 1e6, 1e6]);
    expect([...meters.importMilliWh.subarray(1, 4)]).toEqual([334_000, 333_000, 333_000]);
  });
});

describe("commands", () => {
  test("a trip opens the relay, is shown, and is answered with what was done and when", () => {
    const meters = installed();
    meters.delivered.push({ row: 0, message: command() });
    expect(stepTo(meters, MINUTE_MS)).toEqual([
      {
        kind: "command-ack",
        supply: "supply-01",
        commandId: "supply-01/trip/1",
        doneAt: MINUTE_MS,
        relay: "open",
        result: "done",
        reason: null,
      },
    ]);
    expect(meters.relayOpen[0]).toBe(1);
    expect(displayOf(meters)).toMatch(/\nSUPPLY OFF {6}$/);
    expect(meters.delivered).toEqual([]);
  });

  test("a copy of a trip that comes after the reconnection is answered and not obeyed", () => {
    const meters = installed();
    const reconnect = command({ id: "supply-01/reconnect/2", action: "reconnect", text: "" });
    for (const message of [command(), reconnect, command()]) {
      meters.delivered.push({ row: 0, message });
      expect(stepTo(meters, MINUTE_MS)).toHaveLength(1);
    }
    expect(meters.relayOpen[0]).toBe(0);
    expect(displayOf(meters)).toMatch(/\n1\.8\.0 +OK$/);
  });

  test.for([
    { expiresAt: MINUTE_MS - 1, relayOpen: 0, answers: 0 },
    { expiresAt: MINUTE_MS, relayOpen: 1, answers: 1 },
  ])("a trip that expires at $expiresAt ms leaves relayOpen $relayOpen at 60000 ms", (row) => {
    const meters = installed();
    meters.delivered.push({ row: 0, message: command({ expiresAt: row.expiresAt }) });
    expect(stepTo(meters, MINUTE_MS)).toHaveLength(row.answers);
    expect(meters.relayOpen[0]).toBe(row.relayOpen);
  });

  test("reminders and notices are shown and move no relay", () => {
    const meters = installed();
    const notice = command({ id: "supply-01/notice/3", action: "notice", text: "CUT-OFF NOTICE" });
    meters.delivered.push({ row: 0, message: notice });
    stepTo(meters, MINUTE_MS);
    expect(meters.relayOpen[0]).toBe(0);
    expect(displayOf(meters)).toMatch(/\nCUT-OFF NOTICE {2}$/);
  });

  test("a meter remembers its last sixteen commands and no more", () => {
    const meters = installed();
    for (let k = 1; k <= 40; k++) {
      meters.delivered.push({
        row: 0,
        message: command({ id: `supply-01/notice/${k}`, action: "notice" }),
      });
      stepTo(meters, MINUTE_MS);
    }
    expect(COMMANDS_REMEMBERED_MAX).toBe(16);
    expect(meters.obeyed[0]).toHaveLength(16);
    expect(meters.obeyed[0]!.at(-1)).toMatchObject({ id: "supply-01/notice/40" });
  });

  test("an acknowledgement of a reading is no command", () => {
    const meters = installed();
    meters.delivered.push({
      row: 0,
      message: { kind: "uplink-ack", supply: "supply-01", message: 0 },
    });
    expect(stepTo(meters, MINUTE_MS)).toEqual([]);
  });
});

describe("a meter on its own behind the device port", () => {
  const context = deviceContext({ gain: 1.004 });
  const fresh = handover();

  function terminals(changes: Partial<TerminalConditions> = {}): TerminalConditions {
    return {
      at: SECOND_MS,
      stepMs: SECOND_MS,
      voltageV: 230,
      phaseCurrentA: 0,
      neutralCurrentA: 0,
      angleRad: 0,
      activePowerW: 0,
      reactivePowerVar: 0,
      frequencyHz: 50,
      supplyPresent: true,
      tamperContacts: { coverOpen: false, magnetPresent: false },
      delivered: [],
      ...changes,
    };
  }

  test("hands over exactly what it took over", () => {
    const meter = createOneMeter(fresh, context);
    expect(handoverOf(meter.model, meter, 0)).toEqual(fresh);
  });

  test("handed over in the middle of anything, goes on to the same registers and messages", () => {
    const watts = fc.array(fc.double({ min: 0, max: 9000, noNaN: true }), {
      minLength: 2,
      maxLength: 80,
    });
    fc.assert(
      fc.property(watts, fc.nat(79), (powers, cut) => {
        const whole = createOneMeter(fresh, context);
        let parts = createOneMeter(fresh, context);
        powers.forEach((activePowerW, index) => {
          if (index === cut) parts = createOneMeter(handoverOf(parts.model, parts, 0), context);
          const at = (index + 1) * MINUTE_MS;
          const here = terminals({ at, stepMs: MINUTE_MS, activePowerW });
          expect(stepOneMeter(parts, here)).toEqual(stepOneMeter(whole, here));
        });
      }),
      { seed: 20_260_112, numRuns: 100 },
    );
  });

  test("handed over as JSON among orders, cuts and drifting clocks, goes on as if it never was", () => {
    const orders = fc.constantFrom<CommandOrder | undefined>(
      undefined,
      { action: "trip" },
      { action: "reconnect" },
      { action: "set-clock", clockMs: 45 * MINUTE_MS },
      { action: "set-clock", clockMs: 26 * HOUR_MS },
      { action: "set-prepaid", terms: prepaidTerms(), openingCreditMinor: 30 },
      { action: "set-postpaid" },
      { action: "top-up", token: "t-1", amountMinor: 70 },
      { action: "top-up", token: "t-2", amountMinor: 70 },
      {
        action: "set-limit",
        limitW: 2000,
        afterMs: 2 * MINUTE_MS,
        recloseAfterMs: 5 * MINUTE_MS,
        recloseTriesMax: 1,
      },
      { action: "read-profile", fromMs: 0, toMs: 30 * HOUR_MS },
    );
    const minute = fc.record({
      watts: fc.integer({ min: -500, max: 4000 }),
      voltageV: fc.constantFrom(0, 230, 230, 230),
      coverOpen: fc.constantFrom(false, false, true),
      order: orders,
      minutes: fc.constantFrom(1, 1, 1, 40),
    });
    const drifting = { ...context, clockDriftPpm: 90 };
    fc.assert(
      fc.property(fc.array(minute, { minLength: 2, maxLength: 40 }), (script) => {
        const whole = createOneMeter(fresh, drifting);
        let parts = createOneMeter(fresh, drifting);
        let at = 0;
        script.forEach(({ watts, voltageV, coverOpen, order, minutes }, index) => {
          const left = JSON.parse(JSON.stringify(handoverOf(parts.model, parts, 0)));
          parts = createOneMeter(left, drifting);
          expect(handoverOf(parts.model, parts, 0)).toEqual(left);
          at += minutes * MINUTE_MS;
          const head = { ...command({ id: `c-${index % 7}`, expiresAt: 1e12 }), text: "" };
          const here = terminals({
            at,
            stepMs: minutes * MINUTE_MS,
            voltageV,
            supplyPresent: voltageV > 0,
            activePowerW: voltageV > 0 ? watts : 0,
            tamperContacts: { coverOpen, magnetPresent: false },
            delivered: order === undefined ? [] : [{ ...head, ...order }],
          });
          expect(stepOneMeter(parts, here)).toEqual(stepOneMeter(whole, here));
        });
      }),
      { seed: 20_260_112, numRuns: 150 },
    );
  });

  test("blinks when a watt-hour is full, and lights its alarm while a suspicion is latched", () => {
    const meter = createOneMeter(fresh, context);
    const idle = stepOneMeter(meter, terminals());
    const full = stepOneMeter(meter, terminals({ activePowerW: 2700, at: 2 * SECOND_MS })); // 0.753 Wh on 5.250
    latchTamper(meter.state, 0, "cover");
    const alarmed = stepOneMeter(meter, terminals({ at: 3 * SECOND_MS }));
    expect([idle.leds, full.leds, alarmed.leds]).toEqual([
      { pulse: false, alarm: false },
      { pulse: true, alarm: false },
      { pulse: false, alarm: true },
    ]);
  });

  test("obeys what is delivered at its terminals", () => {
    const meter = createOneMeter(fresh, context);
    const outputs = stepOneMeter(meter, terminals({ delivered: [command()] }));
    expect(outputs).toMatchObject({
      relay: "open",
      displayText: "     0.00 kWh   \nSUPPLY OFF      ",
    });
    expect(outputs.sent).toMatchObject([
      { kind: "meter-event", code: "relay-open", eventId: 301 },
      { kind: "command-ack", relay: "open", result: "done" },
    ]);
  });
});
