// The thread of a board lane: emulated boards by number, each asked one thing after another.

import { parentPort } from "node:worker_threads";
import type {
  DeviceContext,
  MeterButton,
  MeterDevice,
  MeterHandover,
  TerminalConditions,
} from "../contract/meter-device.ts";
import { createEmulatedDevice, readMeterImage } from "./devices.ts";

export type LaneCall =
  | {
      readonly kind: "hand-over";
      readonly seed: number;
      readonly state: MeterHandover;
      readonly context: DeviceContext;
    }
  | { readonly kind: "step" | "unheard"; readonly terminals: TerminalConditions }
  | { readonly kind: "press"; readonly button: MeterButton }
  | { readonly kind: "take-back" }
  | { readonly kind: "close" };
export type LaneQuestion = LaneCall & { readonly number: number; readonly board: number };
export type LaneAnswer = { readonly number: number } & (
  | { readonly value: unknown }
  | { readonly problem: string }
);

const devices = new Map<number, MeterDevice>();

function deviceOf(board: number): MeterDevice {
  const device = devices.get(board);
  if (device === undefined) throw new Error("the board was not handed a meter's registers");
  return device;
}

async function obey(question: LaneQuestion): Promise<unknown> {
  const { board } = question;
  switch (question.kind) {
    case "hand-over": {
      const device = createEmulatedDevice(readMeterImage(), question.seed);
      devices.set(board, device);
      return device.handOver(question.state, question.context);
    }
    case "step":
      return deviceOf(board).step(question.terminals);
    case "unheard":
      return deviceOf(board).unheard?.(question.terminals);
    case "press":
      return deviceOf(board).press?.(question.button);
    case "take-back":
      return deviceOf(board).takeBack();
    case "close": {
      const device = devices.get(board);
      devices.delete(board);
      return device?.[Symbol.asyncDispose]();
    }
  }
}

parentPort!.on("message", (question: LaneQuestion) => {
  const { number } = question;
  const say = (answer: LaneAnswer): void => parentPort!.postMessage(answer);
  obey(question).then(
    (value) => say({ number, value }),
    (error: unknown) =>
      say({ number, problem: error instanceof Error ? error.message : String(error) }),
  );
});
