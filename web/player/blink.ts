// Flashes at a rate that changes while they go on.

/** A flash of 20 ms would fall between two pictures. */
export const FLASH_MS = 120;

/** Calls `show` when a light goes on and off; `periodMs` is asked all the time, null is dark. Returns how to end it. */
export function startBlinking(
  periodMs: () => number | null,
  show: (isLit: boolean) => void,
): () => void {
  let share = 0;
  let isLit = false;
  const timer = setInterval(() => {
    const period = periodMs();
    share = period === null ? 0 : share + FLASH_MS / period;
    const isDue = share >= 1;
    if (isDue) share %= 1;
    if (isDue !== isLit) show(isDue);
    isLit = isDue;
  }, FLASH_MS);
  return () => clearInterval(timer);
}
