// Sessions that were ended before their time: a cookie cannot be taken back, so its name is kept until it is too old
// anyway.

const REVOKED_MAX = 10_000;

export interface Revoked {
  has(id: string): boolean;
  /** False where there is no room: then the account's counter has to end it. */
  add(id: string): boolean;
}

export function createRevoked(keptWallMs: number, wallNow: () => number): Revoked {
  const untilMs = new Map<string, number>();
  return {
    has: (id) => untilMs.has(id),
    add(id) {
      // Oldest first: they all are kept equally long.
      for (const [old, until] of untilMs) {
        if (until > wallNow()) break;
        untilMs.delete(old);
      }
      if (untilMs.size >= REVOKED_MAX) return false;
      untilMs.set(id, wallNow() + keptWallMs);
      return true;
    },
  };
}
