// The step of quality that the picture is drawn in, for the legend and for tests.

import { create } from "zustand";
import {
  judgePicture,
  type Ladder,
  medianOf,
  QUALITY_STEPS,
  startLadder,
} from "./quality-ladder.ts";
import { sceneOptions } from "./scene-options.ts";

export interface Quality {
  /** Row of `QUALITY_STEPS`. */
  readonly step: number;
  readonly label: string;
  /** What a picture costs, from its beginning until the graphics card is done; 0 before that is known. */
  readonly pictureMs: number;
  /** Chosen in the address, and not changed. */
  readonly isFixed: boolean;
  readonly isTooSlow: boolean;
}

const isFixed = sceneOptions.qualityStep !== null;
let ladder: Ladder = startLadder(sceneOptions.qualityStep ?? 0);
const labelOf = (step: number): string => QUALITY_STEPS[step]!.label;

export const useQuality = create<Quality>()(() => ({
  step: ladder.step,
  label: labelOf(ladder.step),
  pictureMs: 0,
  isFixed,
  isTooSlow: false,
}));

const newest: number[] = [];
const NEWEST_MAX = 7;

/** Takes what a picture has cost. */
export function notePicture(pictureMs: number): void {
  const { step } = ladder;
  if (!isFixed) ladder = judgePicture(ladder, pictureMs, globalThis.devicePixelRatio ?? 1);
  if (ladder.step !== step) newest.length = 0;
  else newest.push(pictureMs);
  if (newest.length > NEWEST_MAX) newest.shift();
  const rounded = Math.round(medianOf(newest));
  const shown = useQuality.getState();
  const isNew =
    shown.step !== ladder.step ||
    shown.pictureMs !== rounded ||
    shown.isTooSlow !== ladder.isTooSlow;
  if (!isNew) return;
  useQuality.setState({
    step: ladder.step,
    label: labelOf(ladder.step),
    pictureMs: rounded,
    isTooSlow: ladder.isTooSlow,
  });
}
