// The front of a board in a slot, with the shipped firmware: buttons, pages, LEDs.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createImage } from "../../../hil/emulator/image.ts";
import type { MeterDevice, MeterOutputs } from "../../../sim/contract/meter-device.ts";
import { createEmulatedDevice, METER_HEX } from "../../../sim/host/devices.ts";
import { deviceContext, handover } from "../../support/meter.ts";

const image = createImage(readFileSync(METER_HEX, "utf8"));
let device: MeterDevice;
let nowMs = 0;

beforeEach(async () => {
  device = createEmulatedDevice(image, 1);
  nowMs = 0;
  await device.handOver(handover({ importWh: 4_567 }), deviceContext());
});
afterEach(() => device[Symbol.asyncDispose]());

/** One second at 230 V. */
function second(watts = 0, coverOpen = false): Promise<MeterOutputs> {
  nowMs += 1000;
  return device.step({
    ...{ at: nowMs, stepMs: 1000, voltageV: 230, angleRad: 0, frequencyHz: 50 },
    ...{ phaseCurrentA: watts / 230, neutralCurrentA: watts / 230, activePowerW: watts },
    ...{ reactivePowerVar: 0, supplyPresent: true, delivered: [] },
    tamperContacts: { coverOpen, magnetPresent: false },
  });
}

test("who presses a button sees the board's own pages for ten seconds, then the street's text again", async () => {
  const before = (await second()).displayText;
  await device.press!("up");
  const pages = new Set<string>();
  for (let left = 10; left > 0; left--) {
    pages.add((await second()).displayText);
    await device.press!("up");
  }
  expect(pages.size).toBeGreaterThan(2);
  expect(pages.has(before)).toBe(false);
  let text = "";
  for (let left = 11; left > 0; left--) text = (await second()).displayText;
  expect(text).toContain("4.56 kWh");
});

test("the alarm LED of the answer is the board's: it lights with the cover's opening and stays", async () => {
  expect((await second()).leds.alarm).toBe(false);
  await second(0, true);
  expect((await second()).leds.alarm).toBe(true);
});

test("the pulse of the answer is what the board counts: 1,600 a kWh", async () => {
  await second(3_600);
  let pulses = 0;
  for (let left = 10; left > 0; left--) pulses += (await second(1_000)).leds.pulse ? 1 : 0;
  // 2.78 Wh are four pulses and a half.
  expect([4, 5]).toContain(pulses);
});
