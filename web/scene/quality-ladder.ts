// How fine the picture is drawn, chosen from how long pictures take on this machine. It only goes down: a picture that
// has become fast by being simpler would be slow again.

export interface QualityStep {
  readonly label: string;
  readonly hasShadows: boolean;
  /** At most so many pixels drawn for one pixel of the page, in each direction. */
  readonly pixelRatio: number;
  /** Without trees, lamps and glow. */
  readonly isSimple: boolean;
}

export const QUALITY_STEPS: readonly QualityStep[] = [
  { label: "full", hasShadows: true, pixelRatio: 2, isSimple: false },
  { label: "without shadows", hasShadows: false, pixelRatio: 2, isSimple: false },
  { label: "one pixel a pixel", hasShadows: false, pixelRatio: 1, isSimple: false },
  { label: "three quarters of the pixels", hasShadows: false, pixelRatio: 0.75, isSimple: false },
  { label: "half of the pixels", hasShadows: false, pixelRatio: 0.5, isSimple: false },
  { label: "half of the pixels, no trees", hasShadows: false, pixelRatio: 0.5, isSimple: true },
];

/** A picture may take so long. */
export const PICTURE_MS_MAX = 100;
/** The first pictures of a step compile shaders and draw shadows; they are not judged. */
const SETTLING_PICTURES = 2;
const JUDGED_PICTURES = 3;
/** So much too slow, and a step in between would be too. */
const FAR_TOO_SLOW = 4;

export interface Ladder {
  readonly step: number;
  /** Pictures drawn since the step was taken. */
  readonly pictures: number;
  /** The newest judged times, ms. */
  readonly tookMs: readonly number[];
  /** Even the last step is too slow: the plan and the list serve better. */
  readonly isTooSlow: boolean;
}

export const startLadder = (step = 0): Ladder => ({
  step,
  pictures: 0,
  tookMs: [],
  isTooSlow: false,
});

/** The middle one; of an even number the upper middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Whether two steps give the same picture on a screen of this pixel ratio. */
function isSame(a: QualityStep, b: QualityStep, deviceRatio: number): boolean {
  return (
    a.hasShadows === b.hasShadows &&
    a.isSimple === b.isSimple &&
    Math.min(a.pixelRatio, deviceRatio) === Math.min(b.pixelRatio, deviceRatio)
  );
}

/** The ladder after another picture that took so long. */
export function judgePicture(ladder: Ladder, pictureMs: number, deviceRatio: number): Ladder {
  const pictures = ladder.pictures + 1;
  if (pictures <= SETTLING_PICTURES) return { ...ladder, pictures };
  const tookMs = [...ladder.tookMs, pictureMs].slice(-JUDGED_PICTURES);
  const median = medianOf(tookMs);
  if (tookMs.length < JUDGED_PICTURES || median <= PICTURE_MS_MAX)
    return { ...ladder, pictures, tookMs };
  const last = QUALITY_STEPS.length - 1;
  if (ladder.step >= last) return { ...ladder, pictures, tookMs, isTooSlow: true };
  const now = QUALITY_STEPS[ladder.step]!;
  let step = ladder.step + 1;
  while (step < last && isSame(now, QUALITY_STEPS[step]!, deviceRatio)) step++;
  if (median > FAR_TOO_SLOW * PICTURE_MS_MAX) step = Math.min(last, step + 1);
  return startLadder(step);
}
