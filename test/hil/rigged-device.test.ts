// The suite of the slot on the shipped firmware behind a rig: two emulated boards wired to each other, each through
// Johnny-Five.

import { createEmulatedRigDevice } from "../../sim/host/devices.ts";
import { describeMeterDevice } from "../contract/meter-device.ts";

describeMeterDevice("an emulated board behind an emulated rig", () => createEmulatedRigDevice(1), {
  errorShare: 0.01,
  settleS: 3,
  isDarkWithoutMains: false,
});
