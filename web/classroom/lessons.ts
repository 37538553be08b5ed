// The lessons that the page was built with, in the order of their list.

import type { Lesson } from "../../sim/contract/lesson.ts";

const files = import.meta.glob<Lesson>("../../scenarios/lessons/*.yaml", {
  eager: true,
  import: "default",
});

export const LESSONS: readonly Lesson[] = Object.values(files).sort((a, b) => a.order - b.order);
