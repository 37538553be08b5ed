// A bare aedes in a thread of its own: what the broker path is compared with. It publishes what it is given.

import { createServer } from "node:net";
import { parentPort } from "node:worker_threads";
import { Aedes } from "aedes";
import { UNDERWAY_MESSAGES_MAX } from "../../sim/host/mqtt/outbound-queue.ts";
import { throughGate } from "../../sim/host/mqtt/packet-gate.ts";

const broker = await Aedes.createBroker({ concurrency: 0 });
// The gate's whole reads: without them aedes on Node 26 is slower than it need be.
const server = createServer({ noDelay: true }, (socket) => {
  broker.handle(throughGate(socket, () => socket.destroy()));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as { readonly port: number };
  parentPort!.postMessage(port);
});

parentPort!.on("message", (messages: readonly { topic: string; payload: string }[]) => {
  let sent = 0;
  let done = 0;
  const pump = (): void => {
    while (sent < messages.length && sent - done < UNDERWAY_MESSAGES_MAX) {
      const { topic, payload } = messages[sent]!;
      sent++;
      const packet = { cmd: "publish", topic, payload: Buffer.from(payload), qos: 1 } as const;
      broker.publish({ ...packet, dup: false, retain: false }, () => {
        done++;
        pump();
      });
    }
  };
  pump();
});
