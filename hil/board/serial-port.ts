// A serial line: a real board's USB port or a pseudo-terminal.

import { SerialPort } from "serialport";
import { BoardError, type PortEvents, type WallPort } from "./port.ts";

const BAUD = 115_200;

/** The line at a path such as `/dev/ttyACM0` or `/dev/pts/4`. */
export function createSerialPort(path: string): WallPort {
  let port: SerialPort | undefined;
  let isClosing = false;
  return {
    name: path,
    time: "wall",
    // A pseudo-terminal has no modem lines: nothing resets behind it.
    resetsOnOpen: !path.startsWith("/dev/pts/"),
    async open({ data, lost }: PortEvents) {
      const opened = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
      opened.on("data", (bytes: Buffer) => data(bytes));
      opened.on("error", (error) => lost(error.message));
      opened.on("close", () => {
        if (!isClosing) lost("the line was closed: was the board unplugged?");
      });
      await new Promise<void>((resolve, reject) => {
        opened.open((error) => (error ? reject(openingFault(path, error)) : resolve()));
      });
      wakeUp(opened);
      port = opened;
    },
    write(bytes) {
      if (port?.isOpen === true) port.write(bytes);
    },
    async close() {
      isClosing = true;
      const closing = port;
      port = undefined;
      if (closing?.isOpen !== true) return;
      await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}

/**
 * With serialport 13 on Node 26.4 and later, received bytes wait until something else runs in the event loop
 * (node-serialport issue 3148): a turn of the loop at each readiness lets them through.
 */
function wakeUp(port: SerialPort): void {
  const { poller } = (port.port ?? {}) as { poller?: NodeJS.EventEmitter };
  poller?.on("readable", () => setImmediate(() => undefined));
}

function openingFault(path: string, error: Error): BoardError {
  const { message } = error;
  if (/no such file|ENOENT|cannot find/i.test(message)) {
    return new BoardError(
      "not-there",
      `${path}: there is no such port; plug the board in, and see which ports there are with: meterville board doctor`,
      error,
    );
  }
  if (/permission|EACCES|access denied/i.test(message)) {
    return new BoardError(
      "not-allowed",
      `${path}: you may not open this port; on Debian: sudo usermod -aG dialout "$USER", then log in again`,
      error,
    );
  }
  if (/busy|lock|EBUSY|temporarily unavailable/i.test(message)) {
    return new BoardError(
      "taken",
      `${path}: another program has this port; close it (a serial monitor?) and try again`,
      error,
    );
  }
  return new BoardError("not-there", `${path}: the port cannot be opened: ${message}`, error);
}
