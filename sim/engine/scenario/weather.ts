// The weather of a scenario: spells of sky, each from its moment to the next one's.

import type { WeatherSpell } from "../../contract/weather.ts";
import type { SimMs } from "../../core/time.ts";
import type { Faults } from "./faults.ts";
import type { Scenario } from "./schema.ts";

/** Nothing where nothing is said. Names every spell that does not follow the one before it. */
export function weatherOf(
  { weather }: Scenario,
  moment: (text: string, path: readonly (string | number)[]) => SimMs,
  faults: Faults,
): { readonly weather?: readonly WeatherSpell[] } {
  if (weather.length === 0) return {};
  const spells = weather.map(({ from, sky }, index) => ({
    from: moment(from, ["weather", index, "from"]),
    sky,
  }));
  spells.forEach(({ from }, index) => {
    const before = spells[index - 1];
    if (before === undefined || from > before.from) return;
    faults.add(
      ["weather", index, "from"],
      `a spell lasts until the next one: write a moment after ${weather[index - 1]!.from}`,
    );
  });
  return { weather: spells };
}
