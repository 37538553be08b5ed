// How high a voltage stands over its cable: the deviation is what matters, so the scale does not begin at zero.

const FLOOR_PU = 0.86;
const METRES_PER_PU = 45;

/** In m; 1 pu stands at 6.3 m, 0.94 at 3.6 m, and what is below 0.86 lies flat. */
export const profileHeightM = (voltagePu: number): number =>
  Math.max(0.05, (voltagePu - FLOOR_PU) * METRES_PER_PU);
