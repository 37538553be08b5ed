// A meter under test behind a rig, as a device: its inputs are signals at its pins, not numbers.

import type { MeterDevice, WallSide } from "../../sim/contract/meter-device.ts";
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
  const closeRig = async (): Promise<void> => {
    const closing = session;
    session = undefined;
    await closing?.close();
  };
  const device = createBoardMeter({
    ...rest,
    time: meter.time,
    // The rig first: a meter that starts without one sees its cover open.
    async open(expected) {
      session = await openRig(rig);
      try {
        return await openBoard(meter, {
          key,
          ...(expected === undefined ? {} : { board: expected }),
        });
      } catch (error) {
        await closeRig();
        throw error;
      }
    },
    stimulus,
    setButton: stimulus.setButton,
  });
  const { wall } = device;
  return {
    ...device,
    ...(wall === undefined ? {} : { wall: withRig(wall, () => session?.lost) }),
    async [Symbol.asyncDispose]() {
      await device[Symbol.asyncDispose]();
      await closeRig();
    },
  };
}

/** A meter whose rig is gone measures nothing of the twin's: it is as lost as one that is gone itself. */
function withRig(wall: WallSide, rigLost: () => string | undefined): WallSide {
  return {
    get identity() {
      return wall.identity;
    },
    get lost() {
      return wall.lost ?? rigLost();
    },
    connect: (expected) => wall.connect(expected),
  };
}
