// The load limit that a meter keeps by itself, and who goes before whom at its relay.

import { describe, expect, test } from "vitest";
import { RELAY_REASON } from "../../sim/contract/meter-device.ts";
import type { CommandOrder } from "../../sim/contract/reading.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { relayReason } from "../../sim/plant/meters/relay.ts";
import { prepaidTerms } from "../support/meter.ts";
import { type Bench, bench, handoverNow } from "../support/metering.ts";
import { runUntil, street } from "../support/street.ts";

/** 3 kW for five minutes; closes again after half an hour, twice. */
const LIMIT: CommandOrder = {
  action: "set-limit",
  limitW: 3000,
  afterMs: 5 * MINUTE_MS,
  recloseAfterMs: 30 * MINUTE_MS,
  recloseTriesMax: 2,
};
const isOpen = ({ meter }: Bench): boolean => meter.state.relayOpen[0] === 1;
const limited = (): Bench => bench().run(MINUTE_MS, 0, [LIMIT]);

describe("a load limit", () => {
  test("opens after five minutes above it, says with how much, and closes half an hour later", () => {
    const meter = limited().run(6 * MINUTE_MS, 3500);
    expect(meter.events.at(-2)).toMatchObject({
      code: "over-limit-open",
      at: 6 * MINUTE_MS,
      value: 3500,
    });
    expect(isOpen(meter)).toBe(true);
    meter.run(36 * MINUTE_MS, 0);
    expect(meter.events.slice(-2)).toMatchObject([
      { code: "over-limit-closed", at: 36 * MINUTE_MS },
      { code: "relay-closed" },
    ]);
    expect(isOpen(meter)).toBe(false);
  });

  test.for([
    { watts: 3000, minutes: 60, open: false },
    { watts: 3001, minutes: 4, open: false },
    { watts: 3001, minutes: 5, open: true },
  ])("at $watts W for $minutes minutes is open: $open", ({ watts, minutes, open }) => {
    expect(isOpen(limited().run((1 + minutes) * MINUTE_MS, watts))).toBe(open);
  });

  test("counts the five minutes anew after each moment below it", () => {
    const meter = limited();
    for (let k = 0; k < 10; k++) {
      meter.run(meter.nowMs + 4 * MINUTE_MS, 5000).run(meter.nowMs + MINUTE_MS, 100);
    }
    expect(meter.codes).toEqual(["limit-set"]);
  });

  test("closes again twice, then locks out until the company reconnects", () => {
    const meter = limited().run(5 * HOUR_MS, 5000);
    const count = (code: string): number => meter.codes.filter((each) => each === code).length;
    expect([
      count("over-limit-open"),
      count("over-limit-closed"),
      count("over-limit-lockout"),
    ]).toEqual([3, 2, 1]);
    expect(isOpen(meter)).toBe(true);
    meter.run(meter.nowMs + MINUTE_MS, 0, [{ action: "reconnect" }]);
    expect(isOpen(meter)).toBe(false);
  });

  test("forgets its tries after half an hour below the limit", () => {
    const meter = limited();
    for (let k = 0; k < 5; k++) {
      meter.run(meter.nowMs + 5 * MINUTE_MS, 5000).run(meter.nowMs + 65 * MINUTE_MS, 0);
    }
    expect(meter.codes).not.toContain("over-limit-lockout");
  });

  test("that is taken away closes what it had opened", () => {
    const meter = limited().run(10 * MINUTE_MS, 5000);
    meter.run(11 * MINUTE_MS, 0, [{ ...LIMIT, limitW: null }]).run(2 * HOUR_MS, 9000);
    expect(isOpen(meter)).toBe(false);
    expect(meter.codes.slice(-2)).toEqual(["limit-removed", "relay-closed"]);
    expect(handoverNow(meter).limit).toBe(null);
  });

  test.for([0, -1, Number.NaN, 1e12])("of %d W is refused", (limitW) => {
    const meter = bench().run(MINUTE_MS, 0, [{ ...LIMIT, limitW }]);
    expect(meter.sent).toMatchObject([{ result: "refused", reason: "bad-limit" }]);
  });

  test("comes from the scenario: homes above their sanctioned load are dark for half an hour", () => {
    const limit = "meters.limit={ after: 1min, recloseAfter: 30min, recloseTries: 4 }";
    const scenario = street({ set: ["customers.3.sanctionedKW=0.05", limit] });
    const opened = new Set<string>();
    runUntil(createTwin(scenario), 12 * HOUR_MS, [], ({ out }) => {
      for (const { event } of out.events) {
        if (event.kind === "relay" && event.position === "open") opened.add(event.supply);
      }
    });
    expect(opened).toContain("supply-04");
    expect(scenario.plant.supplies[3]!.limit).toEqual({
      limitW: 50,
      afterMs: MINUTE_MS,
      recloseAfterMs: 30 * MINUTE_MS,
      recloseTriesMax: 4,
    });
  });
});

describe("the relay", () => {
  const { company, credit, limit } = RELAY_REASON;
  test.for([
    { reasons: company | credit | limit, by: "company" },
    { reasons: company | limit, by: "company" },
    { reasons: credit | limit, by: "credit" },
    { reasons: credit, by: "credit" },
    { reasons: limit, by: "limit" },
    { reasons: 0, by: undefined },
  ] as const)("held open by reasons $reasons is open because of: $by", ({ reasons, by }) => {
    const { state } = bench().meter;
    state.relayReasons[0] = reasons;
    state.relayOpen[0] = reasons === 0 ? 0 : 1;
    expect(relayReason(state, 0)).toBe(by);
  });

  test("stays open for the company whatever credit or limit say, and for the credit whatever the company says", () => {
    const terms = prepaidTerms({ emergencyCreditMinor: 0, cutFromMinute: 0, cutUntilMinute: 1440 });
    const meter = bench().run(MINUTE_MS, 0, [
      { action: "set-prepaid", terms, openingCreditMinor: 0 },
      { action: "trip" },
    ]);
    expect(handoverNow(meter).relayReasons).toBe(company | credit);
    meter.run(2 * MINUTE_MS, 0, [{ action: "top-up", token: "t", amountMinor: 900 }]);
    expect(handoverNow(meter)).toMatchObject({ relay: "open", relayReasons: company });
    meter.run(3 * MINUTE_MS, 0, [{ action: "reconnect" }]);
    expect(handoverNow(meter)).toMatchObject({ relay: "closed", relayReasons: 0 });
  });

  test("that the credit holds open is told to be open when the company reconnects", () => {
    const terms = prepaidTerms({ emergencyCreditMinor: 0, cutFromMinute: 0, cutUntilMinute: 1440 });
    const meter = bench().run(MINUTE_MS, 0, [
      { action: "set-prepaid", terms, openingCreditMinor: 0 },
      { action: "reconnect" },
    ]);
    expect(meter.sent.at(-1)).toMatchObject({ kind: "command-ack", relay: "open", result: "done" });
  });
});
