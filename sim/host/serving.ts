// One run after the other on one server: a run is served until it stops, or until somebody starts over; then the next
// one of the same scenario and seed takes its place, its address and its watchers.

import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { explainFailure } from "./failure.ts";
import type { Hiding } from "./hiding.ts";
import type { BrokerPlace } from "./mqtt/worker-messages.ts";
import { type RunFiles, startRunFiles } from "./run-files.ts";
import { RUN_FILE } from "./run-folder.ts";
import { openServed, type ServedRun } from "./served-run.ts";
import type { Sessions } from "./sessions.ts";

export interface Serving {
  /** Undefined while one run ends and the next has not begun. */
  readonly current: ServedRun | undefined;
  /** Resolves with the new run's id, or with the sentence that says why there is none. */
  startOver(): Promise<{ readonly runId: string } | string>;
  /** Serves until `stop`; resolves with the last run, which has stopped and is still to be closed. */
  run(sessions: Sessions): Promise<{ readonly last: ServedRun; readonly isWhole: boolean }>;
  stop(): void;
}

export interface ServingOptions {
  readonly first: ServedRun;
  readonly place: BrokerPlace | null;
  readonly hiding: Hiding;
  readonly say: (sentence: string) => void;
}

interface Next {
  readonly files: RunFiles;
  readonly pace: { readonly speed: number | null; readonly isPaused: boolean };
  readonly told: (answer: { readonly runId: string } | string) => void;
}

export function createServing({ first, place, hiding, say }: ServingOptions): Serving {
  let current: ServedRun | undefined = first;
  let next: Next | undefined;
  let isStarting = false;
  let isStopping = false;
  const open = async ({ files, pace }: Next, port: number | null): Promise<ServedRun> => {
    await hiding.moveTo(files.folder);
    const same: BrokerPlace | null =
      place?.kind === "embedded" && port !== null
        ? { ...place, firstPort: port, lastPort: port }
        : place;
    const options = { hiding, pace, say, isNew: true };
    try {
      return await openServed(files, { ...options, place: same });
    } catch (error) {
      say(`${explainFailure(error).text}; the new run goes on without MQTT`);
      return openServed(files, { ...options, place: null });
    }
  };
  const giveBack = async ({ files, told }: Next, why: string): Promise<void> => {
    await files.abandon();
    rmSync(files.folder, { recursive: true, force: true });
    told(why);
  };
  return {
    get current() {
      return current;
    },
    async startOver() {
      const before = current;
      if (before === undefined || isStarting || isStopping) return "a run is being started already";
      isStarting = true;
      try {
        // The files first: where there is no room for them, the old run goes on.
        const { resolved, facts } = before.files;
        const { speed, isPaused, stopped, pauseAtEvent, slowAtTheft } = before.run.paceView();
        const store = facts.store === RUN_FILE.store ? {} : { store: facts.store };
        const files = await startRunFiles(resolved, randomUUID(), { speed, ...store });
        const pace = { speed, isPaused: isPaused && stopped === null, pauseAtEvent, slowAtTheft };
        return await new Promise((told) => {
          next = { files, pace, told };
          before.run.stop();
        });
      } catch (error) {
        return `no new run: ${explainFailure(error).text}; the old one goes on`;
      } finally {
        isStarting = false;
      }
    },
    async run(sessions) {
      for (;;) {
        const running = current!;
        const isWhole = await running.run.run();
        const begun = next;
        next = undefined;
        if (begun === undefined || isStopping) {
          if (begun !== undefined) await giveBack(begun, "the server stops");
          return { last: running, isWhole };
        }
        current = undefined;
        await running.closeWindow();
        const opened = await open(begun, running.mqttPort);
        sessions.moveTo(opened);
        current = opened;
        await running.close(isWhole);
        say(`started over; the run before is kept in ${running.keptIn}`);
        begun.told({ runId: opened.runId });
      }
    },
    stop() {
      isStopping = true;
      current?.run.stop();
    },
  };
}
