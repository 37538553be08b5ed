// A class's moment in words.

import type { PortalClock } from "../../sim/contract/portal.ts";
import { formatClock, formatDate, wallClock } from "../player/format.ts";

export function momentText(clock: PortalClock): string {
  const wall = wallClock(clock, clock.nowMs);
  return `${formatDate(wall)}, ${formatClock(wall)}`;
}
