// Looks for a board that is gone, more and more rarely, until it is back or nobody wants it any more.

import { setTimeout as pause } from "node:timers/promises";
import type { MeterDevice } from "../contract/meter-device.ts";

/** Waits between tries: the first, and the longest. Each is twice the one before. */
const WAIT_WALL_MS = 250;
const WAIT_WALL_MAX_MS = 8_000;
/** Whose slot has the simulated meter meanwhile is looked for no longer than this. */
export const SEARCH_WALL_MAX_MS = 120_000;

export interface BoardSearch {
  /** Resolves when nothing of it goes on. */
  cancel(): Promise<void>;
}

export interface SearchOptions {
  open(): MeterDevice;
  /** Rejects where it is not there, or another one is. */
  reach(device: MeterDevice): Promise<void>;
  /** Takes the device that was reached; where it rejects, the search goes on. */
  onFound(device: MeterDevice): void | Promise<void>;
  onFailure(reason: string): void;
  /** Whether it ends after `SEARCH_WALL_MAX_MS`, and what happens then. */
  readonly onGivenUp?: () => void;
}

export function searchBoard(options: SearchOptions): BoardSearch {
  const { onGivenUp } = options;
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const tryOnce = async (): Promise<boolean> => {
    let device: MeterDevice | undefined;
    try {
      device = options.open();
      await options.reach(device);
      if (signal.aborted) throw new Error("nobody wants it any more");
      await options.onFound(device);
      return true;
    } catch (error) {
      await device?.[Symbol.asyncDispose]();
      if (!signal.aborted)
        options.onFailure(error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  const search = async (): Promise<void> => {
    const began = performance.now();
    for (let waitMs = WAIT_WALL_MS; ; waitMs = Math.min(2 * waitMs, WAIT_WALL_MAX_MS)) {
      try {
        await pause(waitMs, undefined, { signal });
      } catch {
        return;
      }
      if (await tryOnce()) return;
      if (signal.aborted) return;
      if (onGivenUp !== undefined && performance.now() - began > SEARCH_WALL_MAX_MS) {
        onGivenUp();
        return;
      }
    }
  };
  const searching = search();
  return {
    async cancel() {
      cancelling.abort();
      await searching;
    },
  };
}
