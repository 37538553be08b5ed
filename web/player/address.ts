// What the page's address keeps: the run, the moment, the view, the selected home, and what parts of the page add,
// such as the camera. Knows the text of an address and nothing of the page.

import { VIEWS, type View } from "./views.ts";

export interface PageAddress {
  /** Beginning of the run's id; empty for whichever runs. */
  readonly run: string;
  /** The moment that is shown, simulated ms; null to follow the run. */
  readonly atMs: number | null;
  readonly view: View;
  /** Id of the selected supply point; empty for none. */
  readonly home: string;
  /** What parts of the page keep, by their names in the address. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Digits of a run's id that are enough to know it. */
export const RUN_DIGITS = 8;
/** Names that are the page's own; everything else in an address is left alone. */
export const PART_NAMES = [
  ...(["camera", "layer", "projector", "diagram"] as const),
  ...(["span", "window", "marks"] as const),
  ...(["lesson", "lang"] as const),
] as const;
export type PartName = (typeof PART_NAMES)[number];

const RUN = /^[0-9a-f]{4,36}(-[0-9a-f]{1,12})*$/;
const PART_MAX = 120;
/** Bookmarks are more. */
const PART_MAX_OF: Partial<Record<PartName, number>> = { marks: 4_000 };

/** What is not understood counts as not said. */
export function readAddress(search: string): PageAddress {
  const query = new URLSearchParams(search);
  const view = VIEWS.find((each) => each === query.get("view"));
  const at = query.get("at") ?? "";
  const atMs = /^\d{1,15}$/.test(at) ? Number(at) : null;
  const run = query.get("run") ?? "";
  const parts: Record<string, string> = {};
  for (const name of PART_NAMES) {
    const text = query.get(name);
    if (text !== null && text !== "" && text.length <= (PART_MAX_OF[name] ?? PART_MAX))
      parts[name] = text;
  }
  return {
    run: RUN.test(run) ? run.slice(0, RUN_DIGITS) : "",
    atMs,
    view: view ?? "truth",
    home: (query.get("home") ?? "").slice(0, PART_MAX),
    parts,
  };
}

/** The query of an address that says this and keeps what others have written into it, the token first of all. */
export function writeAddress(address: PageAddress, search: string): string {
  const query = new URLSearchParams(search);
  const set = (name: string, value: string): void => {
    if (value === "") query.delete(name);
    else query.set(name, value);
  };
  set("run", address.run);
  set("at", address.atMs === null ? "" : String(address.atMs));
  set("view", address.view === "truth" ? "" : address.view);
  set("home", address.home);
  for (const name of PART_NAMES) set(name, address.parts[name] ?? "");
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
