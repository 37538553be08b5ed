// The devices in a run's slots: opened when an input swaps them in, asked once a step, closed when they go.

import type {
  DeviceAnswer,
  MeterDevice,
  MeterHandover,
  MeterOutputs,
} from "../contract/meter-device.ts";
import type { SwappedMeter } from "../engine/step.ts";
import type { Twin } from "../engine/world.ts";
import {
  contextOf,
  createOneMeter,
  handoverOf,
  type OneMeter,
  stepOneMeter,
} from "../plant/meters/one-meter.ts";

/** Opens a device by the name that an input gave. */
export type DeviceFactory = (name: string, supply: string) => MeterDevice;

/** For a board's answer to a step; an emulated one is never late. */
export const BOARD_DEADLINE_WALL_MS = 500;

const NO_ANSWER = Symbol("no answer");

export interface Boards {
  /** How many devices are open; those swapped out are closed by the next `ask`. */
  readonly openCount: number;
  /** Asks every swapped meter's device at once, each at most until the deadline. Answers in the given order. */
  ask(twin: Twin, swapped: readonly SwappedMeter[]): Promise<readonly DeviceAnswer[]>;
  /** Why nobody can press a button of the device in this slot; undefined where it can be tried. */
  pressProblem(supply: string): string | undefined;
  close(): Promise<void>;
}

/** `deadlineMs` is wall time. */
export function createBoards(open: DeviceFactory, deadlineMs: number): Boards {
  const devices = new Map<string, MeterDevice>();
  const askOne = async (twin: Twin, meter: SwappedMeter): Promise<DeviceAnswer> => {
    const { supply } = meter;
    try {
      let device = devices.get(supply);
      if (device === undefined) {
        device = open(meter.device, supply);
        devices.set(supply, device);
        await device.handOver(...handOver(twin, supply));
      }
      const outputs = await withDeadline(pressAndStep(device, meter), deadlineMs);
      if (outputs !== NO_ANSWER) return { kind: "outputs", supply, outputs };
      return { kind: "no-answer", supply, reason: `no answer within ${deadlineMs} ms` };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: "no-answer", supply, reason };
    }
  };
  return {
    get openCount() {
      return devices.size;
    },
    async ask(twin, swapped) {
      for (const [supply, device] of devices) {
        if (swapped.some((meter) => meter.supply === supply)) continue;
        devices.delete(supply);
        await release(device, deadlineMs);
      }
      return Promise.all(swapped.map((meter) => askOne(twin, meter)));
    },
    pressProblem(supply) {
      const device = devices.get(supply);
      if (device === undefined || device.press !== undefined) return undefined;
      return `${supply}: nothing reaches the buttons of ${device.name} from here; press them by hand`;
    },
    async close() {
      for (const device of devices.values()) await release(device, deadlineMs);
      devices.clear();
    },
  };
}

async function pressAndStep(
  device: MeterDevice,
  { pressed, terminals }: SwappedMeter,
): Promise<MeterOutputs> {
  for (const button of pressed) await device.press?.(button);
  return device.step(terminals);
}

/**
 * The device stops counting. Its registers are in the twin already, from its last answer; a device that is gone
 * can be lost no further.
 */
async function release(device: MeterDevice, deadlineMs: number): Promise<void> {
  try {
    await withDeadline(device.takeBack(), deadlineMs);
  } catch {
    // It was lost before; the twin has said so.
  } finally {
    await device[Symbol.asyncDispose]();
  }
}

function handOver(twin: Twin, supply: string): Parameters<MeterDevice["handOver"]> {
  const { model, world } = twin;
  const row = model.meters.ids.indexOf(supply);
  const { meters: state, meterLogs: logs } = world.plant;
  return [handoverOf(model.meters, { state, logs }, row), contextOf(model.meters, row)];
}

async function withDeadline<Value>(
  answer: Promise<Value>,
  deadlineMs: number,
): Promise<Value | typeof NO_ANSWER> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof NO_ANSWER>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), deadlineMs);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The simulated meter behind the device port: what every other device must be able to do. */
export function createSimulatedDevice(
  name: string,
  answerAfter?: () => Promise<void>,
): MeterDevice {
  let meter: OneMeter | undefined;
  const installed = (): OneMeter => {
    if (meter === undefined) throw new Error("no registers were handed over");
    return meter;
  };
  return {
    name,
    async handOver(state, context) {
      meter = createOneMeter(state, context);
    },
    async step(terminals): Promise<MeterOutputs> {
      await answerAfter?.();
      return stepOneMeter(installed(), terminals);
    },
    async takeBack(): Promise<MeterHandover> {
      const installedMeter = installed();
      return handoverOf(installedMeter.model, installedMeter, 0);
    },
    async [Symbol.asyncDispose]() {
      meter = undefined;
    },
  };
}
