// One sentence that says what the picture shows, for those who hear the page instead of seeing it.

import { formatClock, wallClock } from "../player/format.ts";
import { useStreet } from "../player/store.ts";
import { VIEW_LABEL } from "../player/views.ts";
import { SKY_WORDS, skyOf } from "../player/weather.ts";
import { homeCounts } from "../scene/home-states.ts";

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

/** Changes at most once a simulated hour, and with every mark. */
export function useSummary(): string {
  return useStreet((store) => {
    const { layout, simMs, view } = store;
    if (layout === null) return "The street is being loaded.";
    const { homes, flags, differs } = homeCounts(store);
    const parts = [
      `${counted(homes, "home", "homes")}`,
      ...(view === "difference"
        ? [
            `${flags.differs} where truth and belief differ`,
            ...(flags.differs === 0
              ? []
              : [
                  `in supply at ${differs.supply}`,
                  `in the relay at ${differs.relay}`,
                  `in the register at ${differs.register}`,
                  `about theft at ${differs.theft}`,
                ]),
          ]
        : [
            `${flags.dark} without supply`,
            view === "truth" ? `${flags.theft} stealing` : `${flags.suspected} suspected`,
          ]),
      ...(view === "company" ? [`${flags.late} with late readings`] : []),
    ];
    const clock = wallClock(layout, simMs);
    const time = formatClock({ ...clock, minute: 0 });
    const sky = skyOf(store);
    const weather = sky === null ? "" : `, ${SKY_WORDS[sky].toLowerCase()}`;
    return `${layout.title}, ${VIEW_LABEL[view].toLowerCase()}, after ${time}${weather}: ${parts.join(", ")}.`;
  });
}
