// What a board's inputs are given: through its sensors' wires where somebody drives them, else as numbers.

import type { BoardMessage } from "../../sim/contract/board-protocol.ts";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import type { MeterBoard } from "./meter-board.ts";
import type { BoardSession } from "./session.ts";

/** Drives the inputs of one board. */
export interface Stimulus {
  /** Called once, when the board is known and before the first step. */
  begin(session: BoardSession): Promise<void>;
  /** From now on the inputs are these. */
  apply(terminals: TerminalConditions): void;
  /** What was applied still holds; told so often that the board's patience does not run out. */
  hold(): void;
  /** The twin stands still: nothing flows until the next step. */
  rest(): void;
}

/**
 * Numbers in place of waveforms, for a board without sensors: its firmware counts what it is told. The contacts of
 * cover and magnet stay the board's own.
 */
export function createNumbers(): Stimulus {
  let to: BoardSession | undefined;
  let last = NO_LOAD;
  const hold = (): void => to?.send(last);
  return {
    async begin(session) {
      await session.order({ kind: "command", op: INJECT, argument: 1, second: 0 });
      to = session;
      hold();
    },
    apply(terminals) {
      const { voltageV, phaseCurrentA, neutralCurrentA, supplyPresent } = terminals;
      const present = supplyPresent ? 1 : 0;
      last = {
        kind: "terminals",
        voltageMilliV: milli(voltageV * present),
        // Effective values: which way it flows, the power says.
        phaseMilliA: milli(Math.abs(phaseCurrentA) * present),
        neutralMilliA: milli(Math.abs(neutralCurrentA) * present),
        activeMilliW: milli(terminals.activePowerW * present),
        reactiveMilliVar: milli(terminals.reactivePowerVar * present),
        frequencyMilliHz: milli(terminals.frequencyHz * present),
      };
      hold();
    },
    hold,
    rest() {
      last = { ...last, phaseMilliA: 0, neutralMilliA: 0, activeMilliW: 0, reactiveMilliVar: 0 };
      hold();
    },
  };
}

/** Waves at an emulated board's sensors, contacts at its pins; without supply its mains are dead, its own 5 V are not. */
export function createMainsStimulus(meter: MeterBoard): Stimulus {
  return {
    begin: async () => undefined,
    // Its time stands still with the twin's.
    hold: () => undefined,
    rest: () => undefined,
    apply({ voltageV, phaseCurrentA, neutralCurrentA, angleRad, frequencyHz, ...rest }) {
      const present = rest.supplyPresent ? 1 : 0;
      meter.setMains({
        voltageV: voltageV * present,
        currentA: phaseCurrentA * present,
        neutralA: neutralCurrentA * present,
        angleRad,
        frequencyHz,
      });
      meter.setContact("cover", !rest.tamperContacts.coverOpen);
      meter.setContact("magnet", rest.tamperContacts.magnetPresent);
      meter.bridgeRelay(rest.loadSideLive === true);
    },
  };
}

/** Mains without a load: until the first step nothing is counted. */
const NO_LOAD: Extract<BoardMessage, { readonly kind: "terminals" }> = {
  kind: "terminals",
  voltageMilliV: 230_000,
  phaseMilliA: 0,
  neutralMilliA: 0,
  activeMilliW: 0,
  reactiveMilliVar: 0,
  frequencyMilliHz: 50_000,
};
const INJECT = 10;
const milli = (value: number): number => Math.round(value * 1000);
