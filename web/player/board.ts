// What the page says of a meter's board, from what the board answered and from the host's figures on its line.

import type { BoardFace, BoardView, TruthSupplyColumns } from "../../sim/contract/frame.ts";
import type { MeterButton } from "../../sim/contract/meter-device.ts";

/** The firmware's own (`pulsesPerKWh` of the board's protocol), as printed on the meter. */
export const PULSES_PER_KWH = 1_600;
const W_MS_PER_PULSE = 3.6e9 / PULSES_PER_KWH;
/** Below it the firmware counts nothing (`creepMilliW`). */
const CREEP_W = 5;
/** Faster flashing is uncomfortable to look at, so it is not drawn. */
export const BLINK_MS_MIN = 340;

/** As the firmware names them, with the signs on the keys. */
export const BUTTON_SIGNS: Readonly<Record<MeterButton, string>> = { up: "▲", enter: "⏎" };

export type BoardConnection = "none" | "opening" | "connected" | "lost" | "coming back";

export interface BoardState {
  readonly connection: BoardConnection;
  /** Whether the meter of this home is a board now, heard or not. */
  readonly isInSlot: boolean;
  /** Name of the device, also of one that is looked for; empty for none. */
  readonly device: string;
  readonly face: BoardFace | null;
  /** Null where the host tells nothing. */
  readonly figures: BoardView | null;
  /** Through the meter's sensor. */
  readonly measuredW: number;
  readonly isRelayOpen: boolean;
  /** What the display shows, line by line. */
  readonly displayLines: readonly [string, string];
  readonly tamperFlags: number;
}

/** The board of one row, or that there is none. */
export function boardOf(
  truth: TruthSupplyColumns,
  { row, supply }: { readonly row: number; readonly supply: string },
  views: readonly BoardView[] | null,
): BoardState {
  const inSlot = truth.device[row] ?? "";
  const face = truth.boards.find((each) => each.supply === supply) ?? null;
  const figures = views?.find((view) => view.supply === supply) ?? null;
  const isRelayOpen = truth.relayOpen[row] === 1;
  const through = (truth.activePowerW[row] ?? 0) - (truth.unmeteredW[row] ?? 0);
  const [first = "", second = ""] = (truth.displayText[row] ?? "").split("\n");
  return {
    connection: connectionOf(inSlot, face, figures),
    isInSlot: inSlot !== "",
    device: inSlot !== "" ? inSlot : figures?.state === "away" ? figures.device : "",
    face,
    figures,
    measuredW: isRelayOpen ? 0 : through,
    isRelayOpen,
    displayLines: [first.padEnd(16).slice(0, 16), second.padEnd(16).slice(0, 16)],
    tamperFlags: truth.tamperFlags[row] ?? 0,
  };
}

function connectionOf(
  inSlot: string,
  face: BoardFace | null,
  figures: BoardView | null,
): BoardConnection {
  if (inSlot === "") return figures?.state === "away" ? "coming back" : "none";
  if (face === null) return "opening";
  if (!face.isSilent) return "connected";
  return figures?.state === "lost" && figures.isOnWall ? "coming back" : "lost";
}

/** The sentence beside the connection; empty while there is nothing to add. */
export function connectionSentence({ connection, device, figures }: BoardState): string {
  const why = figures?.reason == null ? "" : ` ${figures.reason}.`;
  switch (connection) {
    case "none":
      return "";
    case "opening":
      return `${device} is being opened.`;
    case "connected":
      return "";
    case "lost":
      return `The last step has no answer of it; what is shown is from before.${why}`;
    case "coming back":
      return figures?.state === "away"
        ? `The simulated meter stands in while ${device} is looked for.${why}`
        : `It is looked for; what is shown is from before.${why}`;
  }
}

/** Why the buttons of this meter cannot be pressed from here; empty where they can. */
export function pressHindrance({ connection, device, figures }: BoardState): string {
  switch (connection) {
    case "none":
      return "The simulated meter has no buttons: put a board in.";
    case "opening":
      return "The board does not answer yet.";
    case "lost":
    case "coming back":
      return "The board does not answer.";
    case "connected":
      return figures?.canPress === false
        ? `Nothing reaches the buttons of ${device} from here: press them by hand.`
        : "";
  }
}

/** Nothing below the power that the firmware takes for creep. */
export const pulsesPerMinute = (measuredW: number): number =>
  Math.abs(measuredW) < CREEP_W ? 0 : (Math.abs(measuredW) * 60_000) / W_MS_PER_PULSE;

/** Time from one drawn flash to the next; null where there is none. */
export function blinkMs(measuredW: number): number | null {
  const aMinute = pulsesPerMinute(measuredW);
  return aMinute === 0 ? null : Math.max(BLINK_MS_MIN, 60_000 / aMinute);
}

/** Beside the LED: what blinks, and that the page does not see single flashes. */
export function pulseText(measuredW: number): string {
  const aMinute = pulsesPerMinute(measuredW);
  if (aMinute === 0) return "dark: nothing is counted";
  return `${aMinute < 10 ? aMinute.toFixed(1) : Math.round(aMinute)} a minute`;
}

/** Where a board is plugged in, in words. */
export function portText(device: string): string {
  if (device === "emulated") return "none: emulated in this program";
  if (device === "emulated+rig") return "none: emulated with its rig";
  return device === "simulated" ? "none: simulated" : device;
}

/** The board's own number; one that was never given a number cannot be told from another such. */
export function numberText({ serial }: BoardView): string {
  return serial === null ? "unknown" : serial === 0 ? "none given" : String(serial);
}

/** Its firmware by its id; an emulated board runs the one that ships. */
export function firmwareText({ firmwareId, isOnWall }: BoardView): string {
  if (!isOnWall) return "the one that ships";
  return firmwareId === null ? "unknown" : firmwareId.toString(16).padStart(8, "0");
}

const milliseconds = (value: number | null): string =>
  value === null ? "–" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** `3.1 ms · 12 ms`: half of the answers, and 99 of 100, come within. */
export const latencyText = ({ roundTripMedianMs, roundTripP99Ms }: BoardView): string =>
  `${milliseconds(roundTripMedianMs)} · ${milliseconds(roundTripP99Ms)}`;

/** Jitter means something for boards with a clock of their own. */
export const jitterText = ({ jitterMedianMs, jitterP99Ms }: BoardView): string =>
  `${milliseconds(jitterMedianMs)} · ${milliseconds(jitterP99Ms)}`;
