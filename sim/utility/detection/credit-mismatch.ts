// A prepaid meter whose credit is not what its registers and tokens make it. Knows nothing of prices.

import type { BeliefEvent } from "../../contract/event.ts";
import type { SimMs } from "../../core/time.ts";
import type { DetectionState } from "../state.ts";
import { hasRoom } from "./cases.ts";

/** What is off, in smallest coins and as a sentence. */
interface Mismatch {
  readonly supply: string;
  readonly differenceMinor: number;
  readonly evidence: string;
}

/** Opens a case unless there is one of this supply, or all that are on file are being worked on. */
export function suspectCredit(
  detection: DetectionState,
  { supply, differenceMinor, evidence }: Mismatch,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { cases } = detection;
  const isKnown = cases.some((each) => each.kind === "credit-mismatch" && each.supply === supply);
  if (isKnown || !hasRoom(detection)) return;
  const id = `case-${detection.nextCase++}`;
  cases.push({ kind: "credit-mismatch", id, supply, openedAt: at, evidence, differenceMinor });
  events.push({ kind: "case-opened", at, supply, caseId: id, evidence });
}
