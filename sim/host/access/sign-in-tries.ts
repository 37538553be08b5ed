// Wrong passwords are counted for each address and name; after some of them nobody signs in there for a while, whether
// the name exists or not.

import { keyOf } from "./users.ts";

export const WRONG_TRIES_MAX = 5;
export const LOCK_WALL_MS = 5 * 60_000;
const KEYS_MAX = 10_000;

export interface SignInTries {
  /** Wall time until which this address may not try this name; 0 where it may. */
  lockedForMs(address: string, name: string): number;
  wrong(address: string, name: string): void;
  right(address: string, name: string): void;
}

export function createSignInTries(wallNow: () => number = () => performance.now()): SignInTries {
  const wrongs = new Map<string, { count: number; untilMs: number }>();
  const tryOf = (address: string, name: string): string =>
    `${address} ${keyOf(name).slice(0, 100)}`;
  const known = (key: string): { count: number; untilMs: number } | undefined => {
    const entry = wrongs.get(key);
    if (entry === undefined || entry.untilMs > wallNow()) return entry;
    wrongs.delete(key);
    return undefined;
  };
  return {
    lockedForMs(address, name) {
      const entry = known(tryOf(address, name));
      return entry === undefined || entry.count < WRONG_TRIES_MAX ? 0 : entry.untilMs - wallNow();
    },
    wrong(address, name) {
      const key = tryOf(address, name);
      const count = (known(key)?.count ?? 0) + 1;
      wrongs.delete(key);
      const oldest = wrongs.keys().next();
      if (wrongs.size >= KEYS_MAX && !oldest.done) wrongs.delete(oldest.value);
      wrongs.set(key, { count, untilMs: wallNow() + LOCK_WALL_MS });
    },
    right(address, name) {
      wrongs.delete(tryOf(address, name));
    },
  };
}
