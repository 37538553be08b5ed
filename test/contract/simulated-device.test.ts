import { setTimeout as pause } from "node:timers/promises";
import { createSimulatedDevice } from "../../sim/host/boards.ts";
import { describeMeterDevice } from "./meter-device.ts";

describeMeterDevice("a simulated meter", () => createSimulatedDevice("simulated"));
describeMeterDevice("a simulated meter that answers after a timer's tick", () =>
  createSimulatedDevice("simulated", () => pause(1)),
);
