// The page's keys, in one table: what each does, for the page, the help and the palette. Letters and signs alone act
// only while no field has the focus, and can be switched off (WCAG 2.1.4).

import { useEffect } from "react";
import { cameraMoves } from "../scene/camera-moves.ts";
import { pausePlay, playBackwards, playForwards, togglePlay } from "./playback.ts";
import { backToLive, SPEEDS, select, setPace, showView, useStreet } from "./store.ts";
import { beginSpanHere, clearSpan, endSpanHere, zoomIn, zoomOut } from "./time-view.ts";
import { lookAtStart, stepBack, stepOn, stepToMark } from "./timeline.ts";
import { VIEWS } from "./views.ts";

/** What keys ask of other parts of the page; a part that is there puts its own in. */
export const pageActions: Record<
  | "openHelp"
  | "openPalette"
  | "find"
  | "table"
  | "diagram"
  | "export"
  | "projector"
  | "fit"
  | "bookmark",
  (() => void) | null
> = {
  openHelp: null,
  openPalette: null,
  find: null,
  table: null,
  diagram: null,
  export: null,
  projector: null,
  bookmark: null,
  fit: () => cameraMoves.fit(),
};

export interface PageKey {
  /** As `KeyboardEvent.key`, letters small; `Shift+` and `Ctrl+` before it. */
  readonly keys: readonly string[];
  /** As people read it. */
  readonly label: string;
  readonly does: string;
  /** One character and no Ctrl: it can be switched off. */
  readonly isSingle: boolean;
  press(): unknown;
}

const key = (keys: string, label: string, does: string, press: PageKey["press"]): PageKey => {
  const names = keys.split(" ").map((name) => (name === "Space" ? " " : name));
  return { keys: names, label, does, isSingle: names.every((name) => name.length === 1), press };
};

export function changeSpeed(by: -1 | 1): void {
  const speed = useStreet.getState().pace?.speed ?? null;
  const order = (each: number | null): number => each ?? Number.POSITIVE_INFINITY;
  // From a speed that is none of the page's, to the next of them.
  const next =
    by > 0
      ? SPEEDS.find((each) => order(each) > order(speed))
      : SPEEDS.findLast((each) => order(each) < order(speed));
  if (next !== undefined) setPace({ speed: next });
}

const nextHome = (by: -1 | 1): void => {
  const { layout, selectedRow } = useStreet.getState();
  const count = layout?.supplies.length ?? 0;
  if (count > 0) select(selectedRow < 0 && by < 0 ? count - 1 : (selectedRow + by + count) % count);
};

export const KEYS: readonly PageKey[] = [
  key("Space", "Space", "pause or go on; what is looked back to is played", togglePlay),
  key("j", "J", "play backwards; once more, twice as fast", playBackwards),
  key("k", "K", "stop playing, pause", pausePlay),
  key("l", "L", "play on; once more, twice as fast", playForwards),
  key(",", ",", "one frame back", () => stepBack(1)),
  key(".", ".", "one frame on", () => stepOn(1)),
  key("ArrowLeft", "←", "one moment back", () => stepBack(1)),
  key("ArrowRight", "→", "one moment on; at the newest, one step", () => stepOn(1)),
  key("Shift+ArrowLeft", "Shift ←", "ten moments back", () => stepBack(10)),
  key("Shift+ArrowRight", "Shift →", "ten moments or steps on", () => stepOn(10)),
  key("Ctrl+ArrowLeft", "Ctrl ←", "to the event before", () => stepToMark(-1)),
  key("Ctrl+ArrowRight", "Ctrl →", "to the next event", () => stepToMark(1)),
  key("Home", "Home", "to the first moment", lookAtStart),
  key("End", "End", "back to live", backToLive),
  key("Shift+l", "Shift L", "back to live as well", backToLive),
  key("+", "+", "shorter span of the timeline", zoomIn),
  key("-", "−", "longer span of the timeline", zoomOut),
  key("i", "I", "the selected span begins here", beginSpanHere),
  key("o", "O", "the selected span ends here", endSpanHere),
  key("x", "X", "no selected span", clearSpan),
  key("b", "B", "name this moment: a bookmark", () => pageActions.bookmark?.()),
  key("[", "[", "slower", () => changeSpeed(-1)),
  key("]", "]", "faster", () => changeSpeed(1)),
  key("1", "1", "what happens", () => showView(VIEWS[0])),
  key("2", "2", "what the company knows", () => showView(VIEWS[1])),
  key("3", "3", "the difference", () => showView(VIEWS[2])),
  key("f", "F", "the whole street", () => pageActions.fit?.()),
  key("/", "/", "find a home", () => (pageActions.find ?? pageActions.openPalette)?.()),
  key("t", "T", "table of homes", () => pageActions.table?.()),
  key("d", "D", "single-line diagram", () => pageActions.diagram?.()),
  key("e", "E", "export a picture, a clip or a report", () => pageActions.export?.()),
  key("p", "P", "projector: light and large", () => pageActions.projector?.()),
  key("n", "N", "next home", () => nextHome(1)),
  key("Shift+n", "Shift N", "home before", () => nextHome(-1)),
  key("Escape", "Esc", "no home selected", () => select(-1)),
  key("?", "?", "help and keys", () => pageActions.openHelp?.()),
  key("Ctrl+k", "Ctrl K", "find anything: homes, views, actions", () =>
    pageActions.openPalette?.(),
  ),
];

interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The key of the table that was pressed; `?` and the like are typed with Shift on many keyboards. */
export function keyPressed(event: Pressed): PageKey | undefined {
  if (event.altKey) return undefined;
  const isLetter = /^[a-z]$/i.test(event.key);
  const name = isLetter ? event.key.toLowerCase() : event.key;
  const isNamed = event.key.length > 1 || isLetter;
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const shift = event.shiftKey && isNamed ? "Shift+" : "";
  const pressed = `${control}${shift}${name}`;
  return KEYS.find(({ keys }) => keys.includes(pressed));
}

const STORED_AS = "meterville.single-keys";

/** Whether keys of one character act; the browser keeps it. */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED_AS) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(isOn: boolean): void {
  try {
    localStorage.setItem(STORED_AS, isOn ? "on" : "off");
  } catch {
    // A browser that keeps nothing starts with them on.
  }
}

/** Where a key means something to what has the focus. */
function isTaken(target: HTMLElement, event: Pressed): boolean {
  const { key: name } = event;
  if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return true;
  if (target.closest("[role=dialog]") !== null) return true;
  if (name === " ") return target.matches("button, summary, a, [type=checkbox]");
  // Radio buttons, sliders, trees and lists move by arrows alone.
  if (/^(Arrow|Home|End)/.test(name) && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
    return (
      target.closest(
        "input:not([type=checkbox]), [role=tree], [role=listbox], [role=grid], [data-own-arrows]",
      ) !== null
    );
  }
  return false;
}

export function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const found = keyPressed(event);
      if (found === undefined || event.defaultPrevented) return;
      const isPalette = found.keys.includes("Ctrl+k");
      if (!isPalette && isTaken(event.target as HTMLElement, event)) return;
      if (found.isSingle && !areSingleKeysOn()) return;
      event.preventDefault();
      void found.press();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
