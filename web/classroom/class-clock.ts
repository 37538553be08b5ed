// A class's moment in words.

import type { LessonLanguage } from "../../sim/contract/lesson.ts";
import type { PortalClock } from "../../sim/contract/portal.ts";
import { formatClock, formatDate, wallClock } from "../player/format.ts";

const DAY_MS = 86_400_000;
const HINDI = new Intl.DateTimeFormat("hi-IN", {
  ...({
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  } as const),
  numberingSystem: "latn",
});

export function momentText(clock: PortalClock, lang: LessonLanguage): string {
  const wall = wallClock(clock, clock.nowMs);
  const date = lang === "hi" ? HINDI.format(wall.day * DAY_MS) : formatDate(wall);
  return `${date}, ${formatClock(wall)}`;
}
