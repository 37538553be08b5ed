// What is on the front of a board, through Johnny-Five's components: its buttons and its alarm LED. Relay and display are
// ordered by signed messages instead: a pin's level says neither who opened the relay nor survives a reset.

import { BOARD_PINS } from "../../sim/contract/board-protocol.ts";
import type { BoardSession } from "./session.ts";

export interface BoardPanel {
  /** Asks for the LED; what comes back is known when a later question has been answered. */
  look(): void;
  readonly isAlarmLit: boolean;
  /** Whether somebody has pressed a button since this was asked last. */
  takePressed(): boolean;
}

const pinOf = (name: (typeof BOARD_PINS)[number]["name"]): number =>
  BOARD_PINS.find((row) => row.name === name)!.pin;

export function createBoardPanel(session: BoardSession): BoardPanel {
  const { five, board } = session;
  let isAlarmLit = false;
  let wasPressed = false;
  const alarm = session.onBoard(() => {
    for (const name of ["upButton", "enterButton"] as const) {
      // The firmware has pulled it up; `isPullup` would write to the port of the relay.
      const button = new five.Button({ pin: pinOf(name), board, invert: true });
      button.on("press", () => {
        wasPressed = true;
      });
    }
    return new five.Pin({ pin: pinOf("alarmLed"), board, mode: OUTPUT });
  });
  return {
    look() {
      session.onBoard(() => {
        alarm["query"]!(({ state }: { readonly state: number }) => {
          isAlarmLit = state === 1;
        });
      });
    },
    get isAlarmLit() {
      return isAlarmLit;
    },
    takePressed() {
      const was = wasPressed;
      wasPressed = false;
      return was;
    },
  };
}

/** Firmata's number of the mode; the firmware knows what its pins are and changes none. */
const OUTPUT = 1;
