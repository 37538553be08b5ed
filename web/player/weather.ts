// The weather over the street as the newest frames tell it, and its words.

import type { Sky } from "../../sim/contract/weather.ts";
import type { StreetStore } from "./store.ts";

export const SKY_WORDS: Readonly<Record<Sky, string>> = {
  clear: "Clear sky",
  cloudy: "Cloudy",
  rain: "Rain",
  storm: "Storm",
};

export const isWet = (sky: Sky | null): sky is "rain" | "storm" =>
  sky === "rain" || sky === "storm";

/** Null where the scenario says nothing of it. */
export const skyOf = ({
  truthStreet,
  beliefStreet,
}: Pick<StreetStore, "truthStreet" | "beliefStreet">): Sky | null =>
  truthStreet?.weather ?? beliefStreet?.weather ?? null;
