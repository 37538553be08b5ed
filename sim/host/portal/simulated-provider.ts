// A payment provider that does what the page asks it to: pays, refuses, takes its time, or calls back three times.

import type { ProviderWay } from "../../contract/portal.ts";
import type { PaymentProvider } from "./payment-desk.ts";

/** Wall times after which it calls back. */
const CALLS_WALL_MS: Readonly<Record<ProviderWay, readonly number[]>> = {
  success: [300],
  failure: [300],
  delay: [5_000],
  duplicate: [300, 600, 900],
};
/** A call that the other side could not take comes again. */
const AGAIN_WALL_MS = [2_000, 10_000, 60_000] as const;

export function createSimulatedProvider(): PaymentProvider {
  const timers = new Set<NodeJS.Timeout>();
  const later = (wallMs: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, wallMs);
    timers.add(timer);
    timer.unref();
  };
  return {
    pay({ reference, way }, callBack) {
      for (const wallMs of CALLS_WALL_MS[way]) {
        const call = (again: number): void => {
          const outcome = callBack({ reference, isPaid: way !== "failure" });
          const waitMs = AGAIN_WALL_MS[again];
          if (outcome === "try-again" && waitMs !== undefined) later(waitMs, () => call(again + 1));
        };
        later(wallMs, () => call(0));
      }
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
