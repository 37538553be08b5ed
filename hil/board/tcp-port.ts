// A serial line behind a TCP bridge, such as an ESP8266 or `socat`.

import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { BoardError, type PortEvents, type WallPort } from "./port.ts";

const CONNECT_WALL_MS = 3_000;

/** The bridge at `host:port`. */
export function createTcpPort(host: string, port: number): WallPort {
  const name = `tcp://${host}:${port}`;
  let socket: Socket | undefined;
  let isClosing = false;
  return {
    name,
    time: "wall",
    resetsOnOpen: false,
    async open({ data, lost }: PortEvents) {
      const opened = createConnection({ host, port, noDelay: true });
      const timer = setTimeout(() => opened.destroy(new Error("no answer")), CONNECT_WALL_MS);
      try {
        await once(opened, "connect");
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new BoardError(
          "not-there",
          `${name}: nobody answers there (${reason}); is the bridge switched on, and the port right?`,
          error,
        );
      } finally {
        clearTimeout(timer);
      }
      opened.on("data", data);
      opened.on("error", (error) => lost(error.message));
      opened.on("close", () => {
        if (!isClosing) lost("the bridge closed the connection");
      });
      socket = opened;
    },
    write(bytes) {
      if (socket?.writable === true) socket.write(bytes);
    },
    async close() {
      isClosing = true;
      socket?.destroy();
      socket = undefined;
    },
  };
}
