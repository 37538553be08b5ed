// A meter's inputs driven by a rig: what the twin says about the terminals reaches the board through its sensors' pins.

import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import { RIG_LINES, RIG_STATE } from "../../sim/contract/rig-protocol.ts";
import { BoardError } from "../board/port.ts";
import type { Stimulus } from "../board/stimulus.ts";
import type { RigSession } from "./rig-session.ts";
import { linesOf, type RigSignals, signalsOf, waveOf } from "./rig-wave.ts";

const NO_LOAD: RigSignals = {
  ...{ voltageV: 230, frequencyHz: 50 },
  ...{ phaseA: 0, neutralA: 0, phaseLagRad: 0, neutralLagRad: 0 },
};

export interface RigStimulus extends Stimulus {
  setButton(button: "up" | "enter", isPressed: boolean): void;
}

/** Drives the rig that `rig` gives; it is opened before the first step. */
export function createRigStimulus(rig: () => RigSession): RigStimulus {
  let terminalLines = 0;
  let pressed = 0;
  /** Mains without a load, until the first step. */
  let last = NO_LOAD;
  const sendLines = (to: RigSession): void =>
    to.send({ kind: "lines", lines: terminalLines | pressed });
  return {
    async begin() {
      const to = rig();
      const { state } = await to.ask();
      if ((state & RIG_STATE.converterHeard) !== 0) {
        await to.order({ kind: "lines", lines: RIG_LINES.live });
        await to.order(waveOf(last));
        return;
      }
      throw new BoardError(
        "not-there",
        `${to.port.name}: the rig's converter does not answer; its VDD is on the meter's 5V, its SDA on A4, its SCL on A5`,
      );
    },
    apply(terminals: TerminalConditions) {
      const to = rig();
      if (to.lost !== undefined) {
        throw new BoardError("lost", `${to.port.name}: the rig is gone: ${to.lost}`);
      }
      terminalLines = linesOf(terminals);
      sendLines(to);
      last = signalsOf(terminals);
      to.send(waveOf(last));
    },
    // A rig goes on by itself; but what noise on the line made of an order is mended.
    hold() {
      sendLines(rig());
      rig().send(waveOf(last));
    },
    rest() {
      last = { ...last, phaseA: 0, neutralA: 0 };
      rig().send(waveOf(last));
    },
    setButton(button, isPressed) {
      const bit = RIG_LINES[`${button}Button`];
      pressed = isPressed ? pressed | bit : pressed & ~bit;
      sendLines(rig());
    },
  };
}
