// How late the steps of a live run end, against deadlines that are absolute: a bounded histogram, no list of steps.

/** Width of a bucket, ms of wall time. */
const BUCKET_MS = 0.5;
/** What is later than the last bucket counts there. */
const BUCKETS = 4_000;

export interface Lateness {
  /** Notes one step: wall time when it ended minus its deadline, ms; early is on time. */
  note(lateMs: number): void;
  /** Upper edge of the bucket that holds this share of the steps, ms; null where there were none. */
  quantileMs(share: number): number | null;
  readonly steps: number;
  clear(): void;
}

/** A histogram without steps. */
export function createLateness(): Lateness {
  const counts = new Uint32Array(BUCKETS);
  let steps = 0;
  return {
    note(lateMs) {
      const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(lateMs / BUCKET_MS)));
      counts[bucket] = counts[bucket]! + 1;
      steps++;
    },
    quantileMs(share) {
      if (steps === 0) return null;
      let left = Math.max(1, Math.ceil(steps * share));
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        left -= counts[bucket]!;
        if (left <= 0) return (bucket + 1) * BUCKET_MS;
      }
      return BUCKETS * BUCKET_MS;
    },
    get steps() {
      return steps;
    },
    clear() {
      counts.fill(0);
      steps = 0;
    },
  };
}
