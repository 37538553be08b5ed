// A token of the company typed at the two buttons of an emulated board in a meter's slot.

import { expect, test } from "vitest";
import { createBoardMeter } from "../../../hil/board/board-meter.ts";
import { createEmulatedPort, MeterBoard } from "../../../hil/board/meter-board.ts";
import { openBoard } from "../../../hil/board/session.ts";
import { createMainsStimulus } from "../../../hil/board/stimulus.ts";
import { createTypedDigits } from "../../../hil/board/typed-digits.ts";
import { BENCH_KEY } from "../../../sim/contract/board-mac.ts";
import { BOARD_EVENTS } from "../../../sim/contract/board-protocol.ts";
import type { MeterOutputs, TerminalConditions } from "../../../sim/contract/meter-device.ts";
import { encodeToken } from "../../../sim/contract/token.ts";
import { deriveKey, factoryProfile, tokenMinute } from "../../../sim/contract/token-key.ts";
import { createCompanion, readMeterImage } from "../../../sim/host/devices.ts";
import { deviceContext, handover, prepaidTerms, UTC } from "../../support/meter.ts";

const KEY = deriveKey(factoryProfile("M-0001", UTC.startEpochMs));
const TOKEN = encodeToken(
  {
    kind: "credit",
    unit: "coins",
    amount: 12_345,
    minute: tokenMinute(1, UTC.startEpochMs)!,
    random: 9,
  },
  KEY,
);

test("is judged by the meter's own key, shown on the board's display, and told to the company", {
  timeout: 120_000,
}, async () => {
  const board = new MeterBoard(readMeterImage(), { seed: 3 });
  const device = createBoardMeter({
    name: "emulated",
    time: "locked",
    open: () => openBoard(createEmulatedPort(board), { key: BENCH_KEY }),
    stimulus: createMainsStimulus(board),
    createCompanion,
    readDisplay: () => board.readDisplay(),
    setButton: (button, isPressed) => board.setContact(`${button}Button`, isPressed),
  });
  await device.handOver(handover(), deviceContext());
  let at = 0;
  const step = (delivered: TerminalConditions["delivered"] = []): Promise<MeterOutputs> => {
    at += 1_000;
    return device.step({
      ...{ at, stepMs: 1_000, voltageV: 230, phaseCurrentA: 0, neutralCurrentA: 0, angleRad: 0 },
      ...{ activePowerW: 0, reactivePowerVar: 0, frequencyHz: 50, supplyPresent: true },
      tamperContacts: { coverOpen: false, magnetPresent: false },
      delivered,
    });
  };
  const order = { kind: "command", id: "c-1", supply: "supply-01", text: "", issuedAt: 0 } as const;
  const terms = prepaidTerms();
  const prepaid = { action: "set-prepaid", terms, openingCreditMinor: 1_000 } as const;
  await step([{ ...order, expiresAt: 86_400_000, ...prepaid }]);
  // Enter held for a second begins a token.
  board.setContact("enterButton", true);
  await step();
  await step();
  board.setContact("enterButton", false);
  await step();
  for (const digit of TOKEN) {
    for (let up = 0; up < Number(digit); up++) await device.press!("up");
    await device.press!("enter");
  }
  // The presses ran ahead of the steps.
  let outputs = await step();
  for (let left = 60; left > 0 && outputs.registers.tokens?.shown?.at !== at; left--) {
    outputs = await step();
  }
  expect(outputs.registers.tokens?.shown?.results).toEqual(["accepted"]);
  expect(outputs.registers.prepaid?.creditMilliMinor).toBe(13_345_000);
  expect(outputs.displayText).toBe("ACCEPT          \n+123.45 INR     ");
  const codes = outputs.sent.flatMap((message) =>
    message.kind === "meter-event" ? [message.code] : [],
  );
  expect(codes).toContain("topped-up");
  await device[Symbol.asyncDispose]();
});

test("parts that come out of order, twice or not at all make no token; the next one is whole again", () => {
  const { code } = BOARD_EVENTS.find(({ name }) => name === "typed")!;
  const typed = createTypedDigits();
  const tell = (...values: readonly number[]): readonly string[] => {
    for (const value of values) typed.take({ kind: "event", number: 1, code, upMs: 0, value });
    return typed.takeWhole();
  };
  const [a, b, c] = [123_456, 107_890_123, 200_456_789];
  expect(tell(a, b, c)).toEqual(["01234567890123456789"]);
  expect(tell(a, c)).toEqual([]);
  expect(tell(b, c)).toEqual([]);
  expect(tell(a, a, b, c, c)).toEqual(["01234567890123456789"]);
  expect(tell(900_000_000)).toEqual([]);
});
