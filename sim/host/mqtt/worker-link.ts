// The run's end of the MQTT thread: starts it, starts it again where it fails, and hands messages to and fro.

import { Worker } from "node:worker_threads";
import { CallerError } from "../failure.ts";
import type { CarriedCommand } from "./carrier.ts";
import type { OutboundMessage } from "./outbound-queue.ts";
import type { BrokerPlace, FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";

const RESTART_WALL_MIN_MS = 500;
const RESTART_WALL_MAX_MS = 30_000;
const CLOSE_WALL_MAX_MS = 2_000;
/** Whatever strangers make our broker keep, beyond this the thread ends and not the process. */
const HEAP_MAX_MB = 512;

export interface LinkEvents {
  up(): void;
  down(reason: string): void;
  acknowledged(through: number): void;
  command(command: CarriedCommand, taken: () => void): void;
  misbehaved(what: string, who: string, text: string): void;
}

export interface WorkerLink {
  /** Port of the embedded broker; null with somebody else's. */
  readonly port: number | null;
  send(first: number, messages: readonly OutboundMessage[]): void;
  /** Says `offline` and ends the thread, within two seconds. */
  close(): Promise<void>;
}

/** Starts the thread from `file`. Rejects with CallerError where the embedded broker gets no port. */
export async function openWorkerLink(
  start: WorkerStart,
  events: LinkEvents,
  file: URL = workerFile(),
): Promise<WorkerLink> {
  let worker: Worker;
  let isClosing = false;
  let restartMs = RESTART_WALL_MIN_MS;
  let port: number | null = null;
  let closed: (() => void) | undefined;

  const tell = (message: ToWorker): void => worker.postMessage(message);
  const hear = (own: Worker, message: FromWorker): void => {
    switch (message.kind) {
      case "up":
        restartMs = RESTART_WALL_MIN_MS;
        return events.up();
      case "down":
        return events.down(message.reason);
      case "acknowledged":
        return events.acknowledged(message.through);
      case "command":
        return events.command(message.command, () => {
          if (own === worker) tell({ kind: "taken", ticket: message.ticket });
        });
      case "misbehaved":
        return events.misbehaved(message.what, message.who, message.text);
      case "closed":
        return closed?.();
      case "listening":
      case "no-port":
        return;
    }
  };
  const launch = (place: BrokerPlace): Promise<void> => {
    const own = new Worker(file, {
      workerData: { ...start, place } satisfies WorkerStart,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB },
    });
    worker = own;
    return new Promise((resolve, reject) => {
      let reason = "it ended";
      own.on("message", (message: FromWorker) => {
        if (message.kind === "listening") port = message.port;
        if (message.kind === "no-port") reject(noPort(place, message.code, message.message));
        if (message.kind === "listening" || place.kind === "outside") resolve();
        hear(own, message);
      });
      own.on("online", () => {
        if (place.kind === "outside") resolve();
      });
      own.on("error", (error) => {
        reason = error instanceof Error ? error.message : String(error);
      });
      own.on("exit", () => {
        reject(new Error(`the MQTT thread failed: ${reason}`));
        closed?.();
        if (isClosing || own !== worker) return;
        events.down(reason);
        events.misbehaved("thread", "", `the MQTT thread failed (${reason}); it is started again`);
        setTimeout(relaunch, restartMs).unref();
        restartMs = Math.min(2 * restartMs, RESTART_WALL_MAX_MS);
      });
    });
  };
  const relaunch = (): void => {
    if (isClosing) return;
    const { place } = start;
    const isEmbedded = place.kind === "embedded" && port !== null;
    const again = isEmbedded ? { ...place, firstPort: port!, lastPort: port! } : place;
    // Where it fails again, its exit starts the next one.
    launch(again).catch(() => void worker.terminate());
  };
  try {
    await launch(start.place);
  } catch (error) {
    isClosing = true;
    await worker!.terminate();
    throw error;
  }
  return {
    get port() {
      return port;
    },
    send(first, messages) {
      tell({ kind: "publish", first, messages });
    },
    async close() {
      isClosing = true;
      await new Promise<void>((resolve) => {
        closed = resolve;
        setTimeout(resolve, CLOSE_WALL_MAX_MS).unref();
        tell({ kind: "close" });
      });
      await worker.terminate();
    },
  };
}

/** Beside this file, compiled or not. */
const workerFile = (): URL =>
  new URL(
    import.meta.filename.endsWith(".ts") ? "./broker.worker.ts" : "./broker.worker.js",
    import.meta.url,
  );

function noPort(place: BrokerPlace, code: string, message: string): Error {
  if (place.kind === "outside") return new Error(message);
  const { firstPort, host } = place;
  if (code === "EADDRINUSE") {
    return new CallerError(
      `MQTT port ${firstPort} is in use; give another with --mqtt-port, or --mqtt-port 0 for any that is free`,
    );
  }
  if (code === "EACCES") {
    return new CallerError(`MQTT port ${firstPort} needs more rights; give one above 1023`);
  }
  return new CallerError(`no MQTT port on ${host}: ${message}; --no-mqtt goes without`);
}
