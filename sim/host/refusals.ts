// What was refused without a person at the server having asked for it, for the audit log: commands of a broker, readings that
// cannot be true, tokens that a meter did not take, acts that made no sense any more when they took effect.

import type { AuditEntry } from "../contract/audit.ts";
import { type BeliefEvent, headline } from "../contract/event.ts";
import type { Follower } from "../engine/showing/follower.ts";
import type { Twin } from "../engine/world.ts";
import type { CommandAnswer } from "./mqtt/command-desk.ts";

/** In a minute of wall time so many stand in the log by themselves; a stranger must not fill it. */
export const REFUSALS_A_MINUTE = 60;
const MINUTE_WALL_MS = 60_000;
const DETAIL_CHARACTERS_MAX = 200;

export interface Refusals extends Follower {
  /** Answers to a command of a broker. */
  answered(answers: readonly CommandAnswer[]): void;
}

export interface RefusalsOptions {
  readonly twin: Twin;
  /** Keeps a line. */
  readonly append: (entry: AuditEntry) => void;
  readonly wallNow?: () => number;
}

export function createRefusals({ twin, append, wallNow = Date.now }: RefusalsOptions): Refusals {
  const { clock } = twin.world.engine;
  /** Of steps that may not be shown yet. */
  const unshown: Refused[] = [];
  let [minuteBegan, count, leftOut] = [0, 0, 0];
  const write = ({ who, act, target, detail }: Refused): void =>
    append({
      ...{ atWallMs: wallNow(), atSimMs: clock.nowMs, who, role: "program", act, target },
      ...{ outcome: "refused", detail: detail.slice(0, DETAIL_CHARACTERS_MAX) },
    });
  const note = (refused: Refused): void => {
    if (wallNow() - minuteBegan >= MINUTE_WALL_MS) {
      const detail = `${leftOut} more refusals of one minute are not listed`;
      if (leftOut > 0) write({ who: "meterville", act: "refusals", target: "", detail });
      [minuteBegan, count, leftOut] = [wallNow(), 0, 0];
    }
    if (count++ < REFUSALS_A_MINUTE) write(refused);
    else leftOut++;
  };
  return {
    answered(answers) {
      for (const { supply, id, body } of answers) {
        const { ok, error } = body as { readonly ok?: unknown; readonly error?: unknown };
        if (ok !== false) continue;
        const detail = `${String(error)} (command ${id})`;
        note({ who: "MQTT", act: "command", target: supply ?? "", detail });
      }
    },
    stepped() {
      for (const { side, event } of twin.out.events) {
        const refused = side === "belief" ? refusedBy(event) : undefined;
        if (refused !== undefined && unshown.length < REFUSALS_A_MINUTE) unshown.push(refused);
        else if (refused !== undefined) leftOut++;
      }
    },
    shown() {
      for (const refused of unshown.splice(0)) note(refused);
    },
  };
}

type Refused = Pick<AuditEntry, "who" | "act" | "target" | "detail">;

function refusedBy(event: BeliefEvent): Refused | undefined {
  const detail = headline(event);
  switch (event.kind) {
    case "reading-refused":
      return { who: "head-end", act: "reading", target: event.supply, detail };
    case "command-refused":
      return { who: "meter", act: event.action, target: event.supply, detail };
    case "payment-repeated":
      return { who: "company", act: "payment", target: event.supply, detail };
    case "act-refused":
      return { who: "company", act: event.act, target: event.supply, detail };
    case "meter-event":
      return event.code === "token-refused"
        ? { who: "meter", act: "enter-token", target: event.supply, detail }
        : undefined;
    default:
      return undefined;
  }
}
