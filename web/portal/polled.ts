// Something of the server that is asked for again while it is shown.

import { useCallback, useEffect, useState } from "react";
import { type Answer, read } from "./api.ts";

const EVERY_WALL_MS = 3_000;

export interface Polled<Value> {
  readonly value: Value | null;
  readonly problem: string;
  /** Asks now. */
  readonly again: () => void;
}

export function usePolled<Value>(path: string, everyWallMs = EVERY_WALL_MS): Polled<Value> {
  const [answer, setAnswer] = useState<{ path: string; got: Answer<Value> } | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    let isShown = true;
    let timer = 0;
    const ask = async (): Promise<void> => {
      const got = document.hidden ? null : await read<Value>(path);
      if (!isShown) return;
      if (got !== null) setAnswer({ path, got });
      // Who has been signed out is led to the sign-in page.
      if (got?.ok === false && got.status === 401) location.reload();
      timer = window.setTimeout(() => void ask(), everyWallMs);
    };
    void ask();
    return () => {
      isShown = false;
      window.clearTimeout(timer);
    };
  }, [path, everyWallMs, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const got = answer?.path === path ? answer.got : null;
  return {
    value: got?.ok === true ? got.value : null,
    problem: got?.ok === false ? got.reason : "",
    again,
  };
}
