// The thread that talks MQTT, so that neither a broker's work nor its failure is the run's.

import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../core/assert.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import { openEmbeddedBroker } from "./embedded-broker.ts";
import type { OutboundMessage } from "./outbound-queue.ts";
import { openOutsideBroker } from "./outside-broker.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const port = parentPort;
assert(port !== null, "the MQTT thread is started by the run's");
const say = (message: FromWorker): void => port.postMessage(message);

/** Commands that the run has not journalled yet. */
const COMMANDS_WAITING_MAX = 5_000;
const tickets = new Map<number, () => void>();
let nextTicket = 1;
const events: CarrierEvents = {
  up() {
    say({ kind: "up" });
  },
  down(reason) {
    say({ kind: "down", reason });
  },
  command(command, taken) {
    if (tickets.size >= COMMANDS_WAITING_MAX) {
      const text = `more than ${COMMANDS_WAITING_MAX} MQTT commands wait; some are dropped unanswered`;
      say({ kind: "misbehaved", what: "commands", who: "", text });
      taken();
      return;
    }
    const ticket = nextTicket++;
    tickets.set(ticket, taken);
    say({ kind: "command", ticket, command });
  },
  misbehaved(what, who, text) {
    say({ kind: "misbehaved", what, who, text });
  },
};

/** The number up to which all messages are acknowledged, and those beyond it that are too. */
let through = 0;
const early = new Set<number>();
let expected = 1;
let isToldSoon = false;

function acknowledge(number: number): void {
  if (number > through) early.add(number);
  while (early.delete(through + 1)) through++;
  if (isToldSoon) return;
  isToldSoon = true;
  setImmediate(() => {
    isToldSoon = false;
    say({ kind: "acknowledged", through });
  });
}

function publish(carrier: Carrier, first: number, messages: readonly OutboundMessage[]): void {
  if (first !== expected) {
    // After a broken connection the numbers begin elsewhere.
    through = first - 1;
    early.clear();
  }
  expected = first + messages.length;
  messages.forEach((message, index) => {
    carrier.publish(message, () => acknowledge(first + index));
  });
}

async function open({ street, place }: WorkerStart): Promise<Carrier> {
  if (place.kind === "outside") return openOutsideBroker({ street, ...place, events });
  const broker = await openEmbeddedBroker({ street, ...place, events });
  say({ kind: "listening", port: broker.port });
  events.up();
  return broker;
}

try {
  const carrier = await open(workerData as WorkerStart);
  port.on("message", async (message: ToWorker) => {
    if (message.kind === "publish") publish(carrier, message.first, message.messages);
    if (message.kind === "taken") {
      tickets.get(message.ticket)?.();
      tickets.delete(message.ticket);
    }
    if (message.kind === "close") {
      await carrier.close();
      say({ kind: "closed" });
      port.close();
    }
  });
} catch (error) {
  const { code = "", message } = error as Error & { code?: string };
  say({ kind: "no-port", code, message });
}
