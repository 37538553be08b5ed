// The suite of the slot on the shipped firmware, in an emulated board, through Johnny-Five.

import { readFileSync } from "node:fs";
import { createImage } from "../../hil/emulator/image.ts";
import { createEmulatedDevice, METER_HEX } from "../../sim/host/devices.ts";
import { describeMeterDevice } from "../contract/meter-device.ts";

const image = createImage(readFileSync(METER_HEX, "utf8"));

describeMeterDevice("an emulated board", () => createEmulatedDevice(image, 1), {
  errorShare: 0.01,
  settleS: 3,
  isDarkWithoutMains: false,
});
