import { describe, expect, test } from "vitest";
import type {
  MeterDevice,
  MeterOutputs,
  TerminalConditions,
} from "../../sim/contract/meter-device.ts";
import { createBoardLane } from "../../sim/host/board-lanes.ts";
import { createEmulatedDevice, readMeterImage } from "../../sim/host/devices.ts";
import { deviceContext, handover } from "../support/meter.ts";

const SEED = 7;
const STEPS = 3;

const terminals = (at: number): TerminalConditions => ({
  at,
  stepMs: 1_000,
  voltageV: 230,
  phaseCurrentA: 10,
  neutralCurrentA: 10,
  angleRad: 0.3,
  activePowerW: 2_197,
  reactivePowerVar: 680,
  frequencyHz: 50,
  supplyPresent: true,
  tamperContacts: { coverOpen: false, magnetPresent: false },
  delivered: [],
});

async function outputsOf(device: MeterDevice): Promise<readonly MeterOutputs[]> {
  const outputs: MeterOutputs[] = [];
  await device.handOver(handover({ importWh: 41 }), deviceContext());
  for (let step = 1; step <= STEPS; step++) {
    outputs.push(await device.step(terminals(step * 1000)));
  }
  await device[Symbol.asyncDispose]();
  return outputs;
}

describe("an emulated board in a thread beside", () => {
  test("answers what it would answer here", async () => {
    const lane = createBoardLane();
    const beside = await outputsOf(lane.open(SEED));
    expect(beside).toEqual(await outputsOf(createEmulatedDevice(readMeterImage(), SEED)));
    expect(beside.at(-1)!.registers.importWh).toBe(42);
    expect(lane.openCount).toBe(0);
  });

  test("says what is wrong, and goes on", async () => {
    const lane = createBoardLane();
    const device = lane.open(SEED);
    await expect(device.step(terminals(1000))).rejects.toThrow("not handed a meter's registers");
    expect(await outputsOf(device)).toHaveLength(STEPS);
  });
});
