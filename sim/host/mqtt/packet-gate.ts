// What a stranger's byte stream must pass before our broker sees it: no packet above a size, and whole reads.

import type { Duplex } from "node:stream";

/** A command is at most 4 KiB and a topic a few dozen bytes. */
const PACKET_BYTES_MAX = 16 * 1024;
/** The remaining length is one to four bytes (MQTT 3.1.1, 2.2.3). */
const LENGTH_BYTES_MAX = 4;

/** Follows the packets of one stream without keeping them. */
export interface PacketGate {
  /** Why the stream is refused from here on, if so. */
  pass(chunk: Uint8Array): string | undefined;
}

export function createPacketGate(packetBytesMax: number): PacketGate {
  let isInHeader = true;
  let lengthBytes = 0;
  let length = 0;
  let bodyBytesLeft = 0;
  return {
    pass(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (bodyBytesLeft > 0) {
          const passed = Math.min(bodyBytesLeft, chunk.length - at);
          bodyBytesLeft -= passed;
          at += passed;
          continue;
        }
        const byte = chunk[at]!;
        at++;
        if (isInHeader) {
          isInHeader = false;
          lengthBytes = 0;
          length = 0;
          continue;
        }
        length += (byte & 0x7f) * 128 ** lengthBytes;
        lengthBytes++;
        if (length > packetBytesMax) {
          return `sends a packet of more than ${packetBytesMax / 1024} KiB`;
        }
        if ((byte & 0x80) !== 0) {
          if (lengthBytes === LENGTH_BYTES_MAX) return "sends what is not MQTT";
          continue;
        }
        isInHeader = true;
        bodyBytesLeft = length;
      }
      return undefined;
    },
  };
}

/**
 * Lets a broker read a stream through a gate. Each read without a size returns everything that has arrived: from
 * Node 26 on a stream returns one chunk there, and aedes 1.2 reads once per `readable`.
 */
export function throughGate(stream: Duplex, refuse: (reason: string) => void): Duplex {
  const readOne = stream.read.bind(stream) as (size?: number) => Buffer | null;
  const gate = createPacketGate(PACKET_BYTES_MAX);
  stream.read = (size?: number | null) => {
    if (size !== undefined && size !== null) return readOne(size);
    const chunks: Buffer[] = [];
    for (let chunk = readOne(); chunk !== null; chunk = readOne()) {
      const reason = gate.pass(chunk);
      if (reason !== undefined) {
        refuse(reason);
        return null;
      }
      chunks.push(chunk);
    }
    return chunks.length < 2 ? (chunks[0] ?? null) : Buffer.concat(chunks);
  };
  return stream;
}
