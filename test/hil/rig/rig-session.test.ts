import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hexFile, METER, RIG } from "../../../firmware/build.ts";
import { BoardError, type BoardPort } from "../../../hil/board/port.ts";
import { openBoard } from "../../../hil/board/session.ts";
import { createImage } from "../../../hil/emulator/image.ts";
import { createPairPorts, EmulatedPair } from "../../../hil/rig/emulated-pair.ts";
import { openRig } from "../../../hil/rig/rig-session.ts";
import { createRigStimulus } from "../../../hil/rig/rig-stimulus.ts";
import { BENCH_KEY } from "../../../sim/contract/board-mac.ts";
import { createScriptedBoard } from "../../support/scripted-board.ts";

const [rigImage, meterImage] = [RIG, METER].map((firmware) =>
  createImage(readFileSync(hexFile(firmware), "utf8")),
);
const FLASH_RIG =
  "the rig's with: meterville board flash --port desk --hex firmware/rig/uno/rig.hex";

const portsOfPair = () =>
  createPairPorts(new EmulatedPair({ rig: rigImage!, meter: meterImage! }, 1));

/** The port under another name. */
const named = (port: BoardPort, name: string): BoardPort => Object.assign({ ...port }, { name });

test.each([
  {
    what: "another firmware",
    port: createScriptedBoard({ name: "desk", firmware: "StandardFirmata.ino" }),
    fault: "other-firmware",
    says: `desk: the board runs "StandardFirmata", not the rig's firmware; flash ${FLASH_RIG}`,
  },
  {
    what: "a meter",
    port: createScriptedBoard({ name: "desk" }),
    fault: "other-firmware",
    says: `desk: the board runs "Meterville", not the rig's firmware; flash ${FLASH_RIG}`,
  },
  {
    what: "nothing",
    port: createScriptedBoard({ name: "desk", isSilent: true }),
    fault: "silent",
    says: `desk: nothing that speaks Firmata answers there; flash ${FLASH_RIG}`,
  },
])("$what in a rig's place is told in a sentence, and the port is closed", async (row) => {
  const refused = await openRig(row.port).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(BoardError);
  expect(refused).toMatchObject({ fault: row.fault, message: row.says });
  expect(row.port.isOpen()).toBe(false);
});

test("a rig in a meter's place is told as one", async () => {
  const { rig } = portsOfPair();
  await expect(openBoard(named(rig, "/dev/ttyACM1"), { key: BENCH_KEY })).rejects.toThrow(
    "/dev/ttyACM1: there is a rig, not a meter; name it behind the meter that it drives: METER+rig=/dev/ttyACM1",
  );
});

test("a converter that does not answer ends the swap before the first step", async () => {
  const ports = portsOfPair();
  const rig = await openRig(ports.rig);
  const meter = await openBoard(createScriptedBoard(), { key: BENCH_KEY });
  await expect(createRigStimulus(() => rig).begin(meter)).rejects.toThrow(
    "emulated rig: the rig's converter does not answer; its VDD is on the meter's 5V, its SDA on A4, its SCL on A5",
  );
  await meter.close();
  await rig.close();
});

test("a rig that is gone ends the step with a sentence that names it", async () => {
  const { rig } = portsOfPair();
  let lose = (_reason: string): void => {};
  const session = await openRig({
    ...rig,
    name: "/dev/ttyACM1",
    open: (events) => {
      lose = events.lost;
      return rig.open(events);
    },
  });
  lose("the line was closed: was the board unplugged?");
  const stimulus = createRigStimulus(() => session);
  expect(() => stimulus.setButton("up", true)).not.toThrow();
  expect(() => stimulus.apply(TERMINALS)).toThrow(
    "/dev/ttyACM1: the rig is gone: the line was closed: was the board unplugged?",
  );
  await session.close();
});

test("a rig that hears nothing any more is as good as gone after a second", async () => {
  const { rig } = portsOfPair();
  let isDeaf = false;
  const session = await openRig({
    ...rig,
    write: (bytes) => (isDeaf ? undefined : rig.write(bytes)),
  });
  isDeaf = true;
  const stimulus = createRigStimulus(() => session);
  stimulus.apply(TERMINALS);
  expect(session.lost).toBeUndefined();
  await expect(session.ask()).rejects.toThrow("emulated rig: the rig did not answer");
  expect(() => stimulus.apply(TERMINALS)).toThrow(
    "emulated rig: the rig is gone: it has not answered for a second",
  );
  await session.close();
});

const TERMINALS = {
  ...{ at: 1000, stepMs: 1000, voltageV: 230, phaseCurrentA: 5, neutralCurrentA: 5, angleRad: 0 },
  ...{ activePowerW: 1150, reactivePowerVar: 0, frequencyHz: 50, supplyPresent: true },
  tamperContacts: { coverOpen: false, magnetPresent: false },
  delivered: [],
};
