// A meter under test behind a rig, as a device: its inputs are signals at its pins, not numbers.

import type { MeterDevice } from "../../sim/contract/meter-device.ts";
import { type BoardMeterParts, createBoardMeter } from "../board/board-meter.ts";
import { BoardError, type BoardPort } from "../board/port.ts";
import { openBoard } from "../board/session.ts";
import { openRig, type RigSession } from "./rig-session.ts";
import { createRigStimulus } from "./rig-stimulus.ts";

export interface RiggedMeterParts
  extends Pick<BoardMeterParts, "name" | "createCompanion" | "readDisplay"> {
  readonly meter: BoardPort;
  readonly rig: BoardPort;
  /** With which the meter's orders are signed. */
  readonly key: readonly number[];
}

export function createRiggedMeter(parts: RiggedMeterParts): MeterDevice {
  const { meter, rig, key, ...rest } = parts;
  let session: RigSession | undefined;
  const stimulus = createRigStimulus(() => {
    if (session === undefined) throw new BoardError("lost", `${rig.name}: the rig is not open`);
    return session;
  });
  const device = createBoardMeter({
    ...rest,
    // The rig first: a meter that starts without one sees its cover open.
    async open() {
      session = await openRig(rig);
      return openBoard(meter, { key });
    },
    stimulus,
    setButton: stimulus.setButton,
  });
  return {
    ...device,
    async [Symbol.asyncDispose]() {
      await device[Symbol.asyncDispose]();
      const closing = session;
      session = undefined;
      await closing?.close();
    },
  };
}
