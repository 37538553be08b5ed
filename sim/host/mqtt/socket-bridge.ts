// MQTT over WebSocket at the page's own port: bytes to and from the embedded broker, which applies its rules to them.

import { connect } from "node:net";

/** A session that lets more than this pile up makes the broker wait; the broker then cuts it off. */
const BACKLOG_MAX_BYTES = 1024 * 1024;

interface BinarySocket {
  readonly bufferedAmount: number;
  send(data: Uint8Array, sent: () => void): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  on(event: "message", listener: (data: Uint8Array) => void): void;
  on(event: "close" | "error", listener: () => void): void;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Joins a WebSocket with the broker at this address until either ends. */
export function bridgeToBroker(socket: BinarySocket, { host, port }: BrokerAddress): void {
  const broker = connect({ port, host, noDelay: true });
  socket.on("message", (data) => {
    if (broker.write(data)) return;
    socket.pause();
    broker.once("drain", () => socket.resume());
  });
  broker.on("data", (chunk: Buffer) => {
    socket.send(chunk, () => {
      if (broker.isPaused() && socket.bufferedAmount < BACKLOG_MAX_BYTES) broker.resume();
    });
    if (socket.bufferedAmount >= BACKLOG_MAX_BYTES) broker.pause();
  });
  // Who ends one end ends the other; why is told at the broker.
  broker.on("error", () => socket.terminate());
  broker.on("close", () => socket.close());
  socket.on("close", () => broker.destroy());
  socket.on("error", () => broker.destroy());
}
