// A worker with the engine in it, and questions to it. Starts it; nobody else names it.

import type { FromWorker, QuestionName, Questions, ToWorker } from "./local-messages.ts";

export interface EngineListener {
  /** A message as a server would send it, in JSON. */
  onMessage(text: string): void;
  onProgress(simMs: number, untilMs: number): void;
  onStopped(sentence: string): void;
}

export interface Engine {
  /** Rejects with a sentence where it cannot be answered. */
  ask<Name extends QuestionName>(
    name: Name,
    given: Questions[Name]["given"],
  ): Promise<Questions[Name]["answer"]>;
  tell(message: ToWorker): void;
  close(): void;
}

const NOBODY: EngineListener = { onMessage() {}, onProgress() {}, onStopped() {} };

/** Starts one. */
export function createEngine(listener: EngineListener = NOBODY): Engine {
  const worker = new Worker(new URL("./local.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<
    number,
    { resolve(answer: unknown): void; reject(reason: Error): void }
  >();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === "message") return listener.onMessage(data.text);
    if (data.kind === "progress") return listener.onProgress(data.simMs, data.untilMs);
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === "answer") asked?.resolve(data.answer);
    else asked?.reject(new Error(data.sentence));
  };
  worker.onerror = ({ message }) => {
    const sentence = `the engine stopped: ${message}; load the page again`;
    listener.onStopped(sentence);
    for (const { reject } of waiting.values()) reject(new Error(sentence));
    waiting.clear();
  };
  return {
    ask: (name, given) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        worker.postMessage({ kind: "ask", id, name, given } as ToWorker);
      }),
    tell(message) {
      worker.postMessage(message);
    },
    close() {
      worker.terminate();
    },
  };
}
