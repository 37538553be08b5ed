// The suite of the slot over a pseudo-terminal: the shipped firmware in an emulated board in a process of its own, which
// keeps time with the wall as a real one does.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll } from "vitest";
import { BOARD_SCALE } from "../../sim/contract/board-protocol.ts";
import { createDevice } from "../../sim/host/devices.ts";
import { describeMeterDevice } from "../contract/meter-device.ts";
import { spawnMeterville } from "../support/cli.ts";

let path = "";
let board: ReturnType<typeof spawnMeterville> | undefined;

beforeAll(async () => {
  board = spawnMeterville("board", "emulate", "--pty");
  const [line] = (await once(createInterface(board.child.stdout!), "line")) as [string];
  path = (JSON.parse(line) as { readonly pty: string }).pty;
});
afterAll(async () => {
  await board?.stop();
});

describeMeterDevice("a board behind a pseudo-terminal", () => createDevice(path, "supply-12"), {
  errorShare: 0.01,
  settleS: 1,
  isDarkWithoutMains: false,
  moveCover: (position) => void board?.child.stdin?.write(`cover ${position}\n`),
  wall: { stepMs: 220, windowMs: (BOARD_SCALE.windowCycles * 1000) / 50 },
});
