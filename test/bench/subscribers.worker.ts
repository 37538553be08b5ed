// Ten subscribers in a thread of their own, as plain as can be: they count messages of QoS 1 and acknowledge them.

import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { port, count, messages } = workerData as {
  readonly port: number;
  readonly count: number;
  readonly messages: number;
};

/** MQTT 3.1.1, 3.1 and 3.8: a clean session without keep-alive, and one filter with QoS 1. */
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);
const packet = (first: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([first, body.length]), body]);
};

let subscribed = 0;
let heard = 0;
for (let number = 0; number < count; number++) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let rest: Buffer = Buffer.alloc(0);
  socket.write(packet(0x10, text("MQTT"), Buffer.from([4, 2, 0, 0]), text(`sub-${number}`)));
  const filter = text("meterville/+/+/reading");
  socket.write(packet(0x82, Buffer.from([0, 1]), filter, Buffer.from([1])));
  socket.on("data", (chunk) => {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    const acknowledgements: number[] = [];
    for (;;) {
      const found = bodyOf(rest);
      if (found === undefined) break;
      if (rest[0]! >> 4 === 9) noteSubscribed();
      if (rest[0]! >> 4 === 3) {
        const topicBytes = found.body.readUInt16BE(0);
        acknowledgements.push(0x40, 2, found.body[2 + topicBytes]!, found.body[3 + topicBytes]!);
        noteMessage();
      }
      rest = rest.subarray(found.end);
    }
    if (acknowledgements.length > 0) socket.write(Buffer.from(acknowledgements));
  });
}

/** The first whole packet's body, and where it ends (MQTT 3.1.1, 2.2.3). */
function bodyOf(bytes: Buffer): { readonly body: Buffer; readonly end: number } | undefined {
  let length = 0;
  for (let at = 1; at < bytes.length && at < 5; at++) {
    length += (bytes[at]! & 0x7f) * 128 ** (at - 1);
    if (bytes[at]! < 0x80) {
      const end = at + 1 + length;
      return end <= bytes.length ? { body: bytes.subarray(at + 1, end), end } : undefined;
    }
  }
  return undefined;
}

function noteSubscribed(): void {
  subscribed++;
  if (subscribed === count) parentPort!.postMessage("subscribed");
}

function noteMessage(): void {
  heard++;
  if (heard === count * messages) parentPort!.postMessage("heard");
}
