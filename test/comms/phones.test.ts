// SMS to customers' phones: what reaches them, when, and what becomes of those that cannot be reached.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAir } from "../../sim/comms/air.ts";
import { setOutage } from "../../sim/comms/outages.ts";
import { receiveTexts, sendText, TEXTS_MAX } from "../../sim/comms/phones.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { airSpec, FINE_DBM } from "../support/air.ts";

const NO_LOSS = { lossShare: 0, duplicateShare: 0, validityMs: 2 * DAY_MS };

describe("an SMS to a customer's phone", () => {
  test("arrives once, seconds after it was sent", () => {
    const spec = airSpec({ sms: NO_LOSS });
    const air = createAir(spec);
    sendText(spec, air, 0, "reminder", MINUTE_MS);
    expect(receiveTexts(spec, air, MINUTE_MS)).toEqual([]);
    const [first, ...others] = receiveTexts(spec, air, 3 * HOUR_MS);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ row: 0, letter: "reminder" });
    expect(first!.at).toBeGreaterThan(MINUTE_MS + 2 * SECOND_MS);
    expect(receiveTexts(spec, air, DAY_MS)).toEqual([]);
    expect(air.counts).toMatchObject({ textsSent: 1, textsReceived: 1 });
  });

  test("waits while every mast that covers the home is down, and comes when one is back", () => {
    const spec = airSpec({ levelsDbm: [FINE_DBM, FINE_DBM], sms: NO_LOSS });
    const air = createAir(spec);
    const turn = (mast: number, position: "down" | "up", at: number): void => {
      setOutage(spec, air, { of: "mast", mast }, "hand", position, at);
    };
    turn(0, "down", 0);
    turn(1, "down", 0);
    sendText(spec, air, 0, "notice", 0);
    expect(receiveTexts(spec, air, 6 * HOUR_MS)).toEqual([]);
    turn(1, "up", 6 * HOUR_MS);
    const [text] = receiveTexts(spec, air, 6 * HOUR_MS + MINUTE_MS);
    expect(text?.letter).toBe("notice");
    expect(text!.at).toBeGreaterThan(6 * HOUR_MS);
  });

  test.each(["core", "sms"] as const)("waits while the %s is out", (of) => {
    const spec = airSpec({ sms: NO_LOSS });
    const air = createAir(spec);
    setOutage(spec, air, { of, mast: -1 }, "scenario", "down", 0);
    sendText(spec, air, 0, "no-credit", 0);
    expect(receiveTexts(spec, air, HOUR_MS)).toEqual([]);
    setOutage(spec, air, { of, mast: -1 }, "scenario", "up", HOUR_MS);
    expect(receiveTexts(spec, air, HOUR_MS + MINUTE_MS)).toHaveLength(1);
  });

  test("is given up when it is too old, and where no mast covers the home", () => {
    const spec = { ...airSpec({ sms: { ...NO_LOSS, validityMs: HOUR_MS } }), candidates: [[]] };
    const air = createAir(spec);
    sendText(spec, air, 0, "reminder", 0);
    expect(receiveTexts(spec, air, DAY_MS)).toEqual([]);
    expect(air.texts).toEqual([]);
    expect(air.counts).toMatchObject({ textsSent: 1, textsReceived: 0 });
  });

  test("may be lost in the centre, as often as the scenario says", () => {
    const spec = airSpec({ sms: { ...NO_LOSS, lossShare: 0.25 } });
    const air = createAir(spec);
    const sent = 1000;
    for (let n = 0; n < sent; n++) sendText(spec, air, 0, "reminder", 0);
    const share = 1 - receiveTexts(spec, air, 2 * DAY_MS - 1).length / sent;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
  });

  test("makes the oldest go where too many wait", () => {
    const spec = airSpec({ sms: NO_LOSS });
    const air = createAir(spec);
    setOutage(spec, air, { of: "core", mast: -1 }, "hand", "down", 0);
    for (let n = 0; n < TEXTS_MAX + 10; n++) sendText(spec, air, 0, "reminder", n);
    expect(air.texts).toHaveLength(TEXTS_MAX);
    expect(air.texts[0]!.sentAt).toBe(10);
  });

  test("arrives at the same moment however time is cut into steps", () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 20 });
    const cut = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        minutes,
        cut,
        (seed, sendAt, [from, length]) => {
          const play = (stepMs: number): unknown => {
            const spec = airSpec({ seed, sms: NO_LOSS });
            const air = createAir(spec);
            const received: unknown[] = [];
            for (let at = 0; at < 4 * HOUR_MS; at += stepMs) {
              const minute = at / MINUTE_MS;
              if (minute === from)
                setOutage(spec, air, { of: "core", mast: -1 }, "hand", "down", at);
              if (minute === from + length)
                setOutage(spec, air, { of: "core", mast: -1 }, "hand", "up", at);
              received.push(...receiveTexts(spec, air, at + stepMs));
              const end = (at + stepMs) / MINUTE_MS;
              for (const when of sendAt)
                if (when === end) sendText(spec, air, 0, "reminder", at + stepMs);
            }
            return received;
          };
          expect(play(SECOND_MS)).toEqual(play(MINUTE_MS));
        },
      ),
      { numRuns: 30 },
    );
  });
});
