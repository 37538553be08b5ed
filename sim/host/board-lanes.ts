// Emulated boards in threads beside the twin's own, so that a street full of them keeps every core busy. A board's
// answers do not depend on where it runs.

import { Worker } from "node:worker_threads";
import type {
  DeviceContext,
  MeterButton,
  MeterDevice,
  MeterHandover,
  MeterOutputs,
  TerminalConditions,
} from "../contract/meter-device.ts";
import type { LaneAnswer, LaneCall, LaneQuestion } from "./board-lane.worker.ts";

/** A thread with boards in it. */
export interface BoardLane {
  readonly openCount: number;
  /** A board whose sensors' noise is made of `seed`. The thread starts with the first and ends with the last. */
  open(seed: number): MeterDevice;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createBoardLane(): BoardLane {
  let worker: Worker | undefined;
  let openCount = 0;
  let lastNumber = 0;
  let lastBoard = 0;
  const waiting = new Map<number, Waiting>();
  const end = (reason: Error): void => {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
    worker = undefined;
  };
  const start = (): Worker => {
    const started = new Worker(new URL("./board-lane.worker.ts", import.meta.url));
    started.on("message", ({ number, ...answer }: LaneAnswer) => {
      const asked = waiting.get(number);
      waiting.delete(number);
      if (waiting.size === 0) started.unref();
      if ("problem" in answer) asked?.reject(new Error(answer.problem));
      else asked?.resolve(answer.value);
    });
    started.on("error", (error) => end(error instanceof Error ? error : new Error(String(error))));
    started.on("exit", () => {
      if (worker === started) end(new Error("the thread of this board has ended"));
    });
    return started;
  };
  const ask = <Value>(board: number, call: LaneCall): Promise<Value> =>
    new Promise<Value>((resolve, reject) => {
      worker ??= start();
      worker.ref();
      const number = ++lastNumber;
      waiting.set(number, { resolve: (value) => resolve(value as Value), reject });
      worker.postMessage({ number, board, ...call } satisfies LaneQuestion);
    });
  return {
    get openCount() {
      return openCount;
    },
    open(seed) {
      const board = ++lastBoard;
      let isOpen = true;
      openCount++;
      return {
        name: "emulated",
        isOnTwinTime: true,
        handOver: (state: MeterHandover, context: DeviceContext) =>
          ask<void>(board, { kind: "hand-over", seed, state, context }),
        step: (terminals: TerminalConditions) =>
          ask<MeterOutputs>(board, { kind: "step", terminals }),
        press: (button: MeterButton) => ask<void>(board, { kind: "press", button }),
        unheard: (terminals: TerminalConditions) =>
          ask<void>(board, { kind: "unheard", terminals }),
        takeBack: () => ask<MeterHandover>(board, { kind: "take-back" }),
        async [Symbol.asyncDispose]() {
          if (!isOpen) return;
          isOpen = false;
          await ask<void>(board, { kind: "close" });
          if (--openCount > 0) return;
          const ending = worker;
          worker = undefined;
          await ending?.terminate();
        },
      };
    },
  };
}
