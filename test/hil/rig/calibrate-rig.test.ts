import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hexFile, METER, RIG } from "../../../firmware/build.ts";
import { openBoard } from "../../../hil/board/session.ts";
import { createImage } from "../../../hil/emulator/image.ts";
import { calibrateRig } from "../../../hil/rig/calibrate-rig.ts";
import { createPairPorts, EmulatedPair, type RigFlaws } from "../../../hil/rig/emulated-pair.ts";
import { openRig } from "../../../hil/rig/rig-session.ts";
import { BENCH_KEY } from "../../../sim/contract/board-mac.ts";

const [rig, meter] = [RIG, METER].map((firmware) =>
  createImage(readFileSync(hexFile(firmware), "utf8")),
);

async function openPair(flaws: RigFlaws) {
  const pair = new EmulatedPair({ rig: rig!, meter: meter! }, 1, flaws);
  const ports = createPairPorts(pair);
  const rigSession = await openRig(ports.rig);
  return { pair, ports, rigSession, board: await openBoard(ports.meter, { key: BENCH_KEY }) };
}

// A converter's gain may be off by 1.25 % (DS22187E, section 1), a capacitor of 10 % turns the wave by 0.18°.
const FLAWS = { gains: [1.0125, 0.99, 1.006], filterNanoFarads: [100, 110, 95] };
const LAG_RAD = 2 * Math.PI * 50 * 1_000 * 10e-9;

test("what the rig's parts are off by is found, taken off, and kept when the rig has lost its power", async () => {
  const { pair, ports, rigSession, board } = await openPair(FLAWS);
  const { before, after } = await calibrateRig(board, rigSession);
  expect(before.voltageShare).toBeCloseTo(0.0125, 3);
  expect(before.phaseShare).toBeCloseTo(-0.01, 3);
  expect(before.neutralShare).toBeCloseTo(0.006, 3);
  expect(before.phaseLagRad).toBeCloseTo(LAG_RAD, 3);
  for (const off of Object.values(after)) expect(Math.abs(off)).toBeLessThan(0.0005);
  await rigSession.close();
  expect(pair.rig.supplyVolts).toBe(0);
  const again = await openRig(ports.rig);
  expect(again.identity.voltageGain).toBeCloseTo(8_192 / 1.0125, -1);
  await again.close();
  await board.close();
});

test("a rig with a wire in the wrong place is not calibrated", async () => {
  const { rigSession, board } = await openPair({ gains: [1, 0, 1] });
  await expect(calibrateRig(board, rigSession)).rejects.toThrow(
    "emulated rig: I phase is off by more than a fifth at 230 V and 40 A; check the wires",
  );
  await board.close();
  await rigSession.close();
});
