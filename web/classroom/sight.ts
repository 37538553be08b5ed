// What a lesson's conditions may ask of the page: read from its stores, without knowing where the twin runs.

import type { LessonPanel, ValuePlace } from "../../sim/contract/lesson.ts";
import type { Sight } from "../../sim/contract/lesson-progress.ts";
import type { Modes } from "../player/modes.ts";
import type { StreetStore } from "../player/store.ts";

export function sightOf(store: StreetStore, modes: Modes): Sight {
  const { layout, selectedRow, view, lookingBackMs, pace, truthEvents, beliefEvents } = store;
  const homes = layout?.supplies.map(({ id }) => id) ?? [];
  const opened: LessonPanel[] = [];
  if (store.isMeterShown) opened.push("meter");
  if (modes.isTableOpen) opened.push("table");
  return {
    selected: homes[selectedRow] ?? "",
    ...{ view, opened, lookingBackMs, homes },
    runMs: pace?.simMs ?? 0,
    events: [...truthEvents, ...beliefEvents],
    value({ channel, field, home }: ValuePlace): number | null {
      const columns = channel === "truth/supply" ? store.truthSupply : store.beliefSupply;
      const column = columns?.[field as keyof typeof columns] as readonly unknown[] | undefined;
      const value = column?.[homes.indexOf(home)];
      return typeof value === "number" ? value : null;
    },
  };
}
