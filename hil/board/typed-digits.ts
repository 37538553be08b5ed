// Twenty digits that somebody types at a board's own buttons, as its events tell them: in three parts.

import { BOARD_EVENTS, type BoardMessage } from "../../sim/contract/board-protocol.ts";

const TYPED = BOARD_EVENTS.find(({ name }) => name === "typed")!.code;
const PART = 1e8;
/** Digits of each part. */
const LENGTHS = [7, 7, 6] as const;
/** Tokens that wait for the next step; nobody types faster. */
const WAITING_MAX = 4;

export interface TypedDigits {
  take(message: BoardMessage): void;
  /** Whole tokens since this was asked last. */
  takeWhole(): readonly string[];
}

/** Puts parts together; a part that is missing spoils its token alone. */
export function createTypedDigits(): TypedDigits {
  let parts = "";
  let whole: readonly string[] = [];
  return {
    take(message) {
      if (message.kind !== "event" || message.code !== TYPED) return;
      const part = Math.floor(message.value / PART);
      const length = LENGTHS[part];
      const before = LENGTHS.slice(0, part).reduce<number>((sum, each) => sum + each, 0);
      if (part === 0) parts = "";
      if (length === undefined || parts.length !== before) {
        parts = "";
        return;
      }
      parts += String(message.value % PART).padStart(length, "0");
      if (part < LENGTHS.length - 1) return;
      whole = [...whole, parts].slice(-WAITING_MAX);
      parts = "";
    },
    takeWhole() {
      const taken = whole;
      whole = [];
      return taken;
    },
  };
}
