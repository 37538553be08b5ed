// The suite of the slot over a pseudo-terminal: the shipped firmware in an emulated board in a process of its own, which
// keeps time with the wall as a real one does.

import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { afterAll, beforeAll } from "vitest";
import { BOARD_SCALE } from "../../sim/contract/board-protocol.ts";
import { createDevice } from "../../sim/host/devices.ts";
import { describeMeterDevice } from "../contract/meter-device.ts";
import { spawnMeterville } from "../support/cli.ts";

let path = "";
let lines: Interface | undefined;
let board: ReturnType<typeof spawnMeterville> | undefined;

beforeAll(async () => {
  board = spawnMeterville("board", "emulate", "--pty");
  lines = createInterface(board.child.stdout!);
  const [line] = (await once(lines, "line")) as [string];
  path = (JSON.parse(line) as { readonly pty: string }).pty;
});
afterAll(async () => {
  await board?.stop();
});

describeMeterDevice("a board behind a pseudo-terminal", () => createDevice(path, "supply-12"), {
  errorShare: 0.01,
  settleS: 1,
  isDarkWithoutMains: false,
  async moveCover(position) {
    const moved = once(lines!, "line");
    board?.child.stdin?.write(`cover ${position}\n`);
    await moved;
  },
  wall: { stepMs: 220, windowMs: (BOARD_SCALE.windowCycles * 1000) / 50 },
});
