// An emulated board that lives by the wall's clock behind a TCP bridge, which can be cut in the middle of a message and
// given another board.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createEmulatedPort, MeterBoard } from "../../hil/board/meter-board.ts";
import { openBoard } from "../../hil/board/session.ts";
import { runWithTheWall, type WallBoard } from "../../hil/board/wall-board.ts";
import { createImage } from "../../hil/emulator/image.ts";
import { BENCH_KEY } from "../../sim/contract/board-mac.ts";
import { BOARD_OPS } from "../../sim/contract/board-protocol.ts";
import { METER_HEX } from "../../sim/host/devices.ts";

const image = createImage(readFileSync(METER_HEX, "utf8"));
const SET_SERIAL = BOARD_OPS.find(({ name }) => name === "set-serial")!.code;
/** Until the firmware has written its settings. */
const SAVED_MS = 2_000;

/** A board with a number, without power. */
export async function numberedBoard(serial: number): Promise<MeterBoard> {
  const meter = new MeterBoard(image, { seed: serial });
  const session = await openBoard(createEmulatedPort(meter), { key: BENCH_KEY });
  await session.order({ kind: "command", op: SET_SERIAL, argument: serial, second: 0 });
  await session.pass(SAVED_MS);
  await session.close();
  return meter;
}

export interface Bridge {
  /** As a device's name. */
  readonly name: string;
  /** Takes the line away after so many bytes of the board's next message; nobody answers until `plugIn`. */
  cut(afterBytes: number): void;
  /** The line stays, and nothing comes through it. */
  gag(): void;
  plugIn(meter: MeterBoard): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A bridge on a free port with this board behind it. */
export async function openBridge(meter: MeterBoard): Promise<Bridge> {
  let behind: MeterBoard | undefined;
  let running: WallBoard | undefined;
  let leftBytes = Number.POSITIVE_INFINITY;
  let isGagged = false;
  const sockets = new Set<Socket>();
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const unplug = (): void => {
    running?.stop();
    behind?.board.powerOff();
    behind = undefined;
  };
  const plugIn = (next: MeterBoard): void => {
    unplug();
    leftBytes = Number.POSITIVE_INFINITY;
    isGagged = false;
    behind = next;
    next.board.onBytes = (bytes) => {
      if (isGagged) return;
      const passing = bytes.slice(0, leftBytes);
      leftBytes -= passing.length;
      for (const socket of sockets) socket.write(passing);
      if (leftBytes > 0) return;
      unplug();
      setImmediate(hangUp);
    };
    next.board.powerOn();
    running = runWithTheWall(next);
  };
  const server = createServer((socket) => {
    if (behind === undefined) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (bytes: Buffer) => void behind?.board.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  plugIn(meter);
  return {
    name: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(afterBytes) {
      leftBytes = afterBytes;
    },
    gag() {
      isGagged = true;
    },
    plugIn,
    async [Symbol.asyncDispose]() {
      unplug();
      hangUp();
      server.close();
    },
  };
}
