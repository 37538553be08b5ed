// Moments that somebody has given a name, by run: kept by the browser, carried in a link.

import { create } from "zustand";
import { useStreet } from "./store.ts";

export interface Bookmark {
  readonly atMs: number;
  readonly name: string;
}

export const BOOKMARKS_MAX = 100;
export const NAME_MAX = 80;
/** What a link carries of them; the longest address that everybody takes is some 2,000 characters. */
export const LINK_TEXT_MAX = 1_200;
const STORED_AS = "meterville.bookmarks.";

interface Bookmarks {
  readonly runId: string;
  /** In order of time. */
  readonly list: readonly Bookmark[];
}

export const useBookmarks = create<Bookmarks>()(() => ({ runId: "", list: [] }));
const { getState, setState } = useBookmarks;

const sorted = (list: readonly Bookmark[]): readonly Bookmark[] =>
  [...list].sort((a, b) => a.atMs - b.atMs || a.name.localeCompare(b.name)).slice(0, BOOKMARKS_MAX);
const isSame = (a: Bookmark, b: Bookmark): boolean => a.atMs === b.atMs && a.name === b.name;

function keep(list: readonly Bookmark[]): void {
  const { runId } = getState();
  setState({ list: sorted(list) });
  try {
    if (list.length === 0) localStorage.removeItem(STORED_AS + runId);
    else localStorage.setItem(STORED_AS + runId, JSON.stringify(getState().list));
  } catch {
    // A browser that keeps nothing has them until the page is closed.
  }
}

const isBookmark = (value: unknown): value is Bookmark => {
  const { atMs, name } = (value ?? {}) as Partial<Bookmark>;
  return Number.isSafeInteger(atMs) && atMs! >= 0 && typeof name === "string" && name !== "";
};

/** What the browser has kept of a run's bookmarks; what it cannot read counts as nothing. */
function keptOf(runId: string): readonly Bookmark[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(STORED_AS + runId) ?? "[]");
    return Array.isArray(list) ? sorted(list.filter(isBookmark)) : [];
  } catch {
    return [];
  }
}

/** Holds the bookmarks of the run that is shown from now on. */
export function followBookmarks(): void {
  const look = ({ runId }: { readonly runId: string }): void => {
    if (runId !== "" && runId !== getState().runId) setState({ runId, list: keptOf(runId) });
  };
  look(useStreet.getState());
  useStreet.subscribe(look);
}

/** Null, or the sentence that says why not. */
export function addBookmark(atMs: number, name: string): string | null {
  const { list } = getState();
  const bookmark = { atMs: Math.round(atMs), name: name.trim().slice(0, NAME_MAX) };
  if (bookmark.name === "") return "Write a name for this moment.";
  if (list.length >= BOOKMARKS_MAX)
    return `There are ${BOOKMARKS_MAX} bookmarks; delete one first.`;
  if (!list.some((each) => isSame(each, bookmark))) keep([...list, bookmark]);
  return null;
}

export function deleteBookmark(bookmark: Bookmark): void {
  keep(getState().list.filter((each) => !isSame(each, bookmark)));
}

/** How many there are after those that fit into a link. */
export const bookmarksLeftOut = (): number => linkPart().leftOut;

/** `ms~name` each, as many as fit into a link; null where there are none. */
export const bookmarksText = (): string | null => linkPart().text || null;

function linkPart(): { readonly text: string; readonly leftOut: number } {
  const { list } = getState();
  let text = "";
  let carried = 0;
  for (const { atMs, name } of list) {
    const more = `${text === "" ? "" : "!"}${atMs}~${encodeURIComponent(name).replaceAll("!", "%21").replaceAll("~", "%7E")}`;
    if (text.length + more.length > LINK_TEXT_MAX) break;
    text += more;
    carried++;
  }
  return { text, leftOut: list.length - carried };
}

/** Adds those of a link; what is none is left out. */
export function takeBookmarks(text: string | null): void {
  const found = (text ?? "").split("!").flatMap((each) => {
    const [, at, name] = /^(\d{1,15})~(.+)$/.exec(each) ?? [];
    const bookmark = { atMs: Number(at), name: plain(name ?? "").slice(0, NAME_MAX) };
    return isBookmark(bookmark) ? [bookmark] : [];
  });
  const { list } = getState();
  const fresh = found.filter((each) => !list.some((held) => isSame(each, held)));
  if (fresh.length > 0) keep([...list, ...fresh]);
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
