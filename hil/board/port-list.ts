// The serial ports of this machine that may have a board behind them.

import { readdirSync } from "node:fs";
import { SerialPort } from "serialport";

export interface FoundPort {
  readonly path: string;
  /** Who made the USB end, as far as the system says; empty where it does not. */
  readonly maker: string;
}

/** USB serial ports under Linux; used where the system's own list is not to be had (`udevadm` is missing). */
const BOARD_PORT = /^tty(ACM|USB)\d+$/;

export async function listPorts(): Promise<readonly FoundPort[]> {
  try {
    const ports = await SerialPort.list();
    return ports
      .filter(({ path, vendorId }) => vendorId !== undefined || BOARD_PORT.test(fileName(path)))
      .map(({ path, manufacturer = "" }) => ({ path, maker: manufacturer }));
  } catch {
    try {
      return readdirSync("/dev")
        .filter((name) => BOARD_PORT.test(name))
        .map((name) => ({ path: `/dev/${name}`, maker: "" }));
    } catch {
      return [];
    }
  }
}

const fileName = (path: string): string => path.split("/").at(-1) ?? path;
