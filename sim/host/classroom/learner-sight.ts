// What a learner's lesson is judged by: the server's own twin, as far as the role may see it, and of the page what only
// the page knows.

import type { PageSight } from "../../contract/lesson-act.ts";
import type { Sight } from "../../contract/lesson-progress.ts";
import type { Seen } from "../access/person.ts";
import type { Served } from "../server.ts";

/** A moment that is yet to come counts as now. */
export function sightOfLearner({ run }: Served, seen: Seen, told: PageSight): Sight {
  const { twin } = run.session;
  const { clock } = twin.world.engine;
  const { supplies } = twin.model.resolved.layout;
  const homes = supplies.map(({ id }) => id);
  const isPast = told.lookingBackMs !== null && told.lookingBackMs < clock.nowMs;
  return {
    selected: homes.includes(told.selected) ? told.selected : "",
    view: seen.sides.includes("truth") ? told.view : "company",
    opened: told.opened,
    lookingBackMs: isPast ? told.lookingBackMs : null,
    ...{ runMs: clock.nowMs, homes },
    events: seen.sides.flatMap((side) => run.events(side)),
    value({ channel, field, home }) {
      if (!seen.channels.includes(channel)) return null;
      const columns = run.frameAt(told.atMs, channel)?.data as
        | Readonly<Record<string, readonly unknown[]>>
        | undefined;
      const value = columns?.[field]?.[homes.indexOf(home)];
      return typeof value === "number" ? value : null;
    },
  };
}
