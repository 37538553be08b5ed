// A register that fell and cannot have come round: somebody has to look at the meter. Knows nothing of bills.

import type { BeliefEvent } from "../../contract/event.ts";
import type { SimMs } from "../../core/time.ts";
import type { DetectionState } from "../state.ts";
import { hasRoom } from "./cases.ts";

/** What a meter's register says, and by how much it is lower than before, Wh. */
interface Fallen {
  readonly supply: string;
  readonly serial: string;
  readonly importWh: number;
  readonly fellWh: number;
}

/** Opens a case unless there is one of this supply, or all that are on file are being worked on. */
export function suspectRegister(
  detection: DetectionState,
  { supply, serial, importWh, fellWh }: Fallen,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { cases } = detection;
  const isKnown = cases.some((each) => each.kind === "register-suspect" && each.supply === supply);
  if (isKnown || !hasRoom(detection)) return;
  const evidence = `The register of ${serial} says ${importWh} Wh, ${fellWh} Wh less than before, and cannot have come round: a meter that was changed without a word, tampering, or a digit that was misread.`;
  const id = `case-${detection.nextCase++}`;
  cases.push({ kind: "register-suspect", id, supply, openedAt: at, evidence, fellWh });
  events.push({ kind: "case-opened", at, supply, caseId: id, evidence });
}
