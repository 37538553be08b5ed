// Keeps the browser's address equal to what the page shows, and the page to an address that somebody opens or goes
// back to. A selection and a view are steps of the browser's history; moments and the camera are not.

import {
  type PageAddress,
  type PartName,
  RUN_DIGITS,
  readAddress,
  writeAddress,
} from "./address.ts";
import {
  backToLive,
  lookAt,
  noteMissingRun,
  type StreetStore,
  say,
  select,
  showView,
  useStreet,
} from "./store.ts";

/** Browsers allow about 100 changes of the address in 30 s. */
const WRITTEN_EVERY_MS = 1_000;

/** A part of the page that has something to keep in the address. */
export interface AddressPart {
  /** Null where it shows what it shows by itself. */
  read(): string | null;
  restore(text: string | null): void;
  /** Means nothing in another run. */
  readonly isOfRun?: true;
  /** Is in links that are copied, not in the address that follows the page. */
  readonly isOfLinks?: true;
}

const parts = new Map<PartName, AddressPart>();
export const addAddressPart = (name: PartName, part: AddressPart): void =>
  void parts.set(name, part);

function addressOf(store: StreetStore, isLink = false): PageAddress {
  const { runId, layout, pace, lookingBackMs, selectedRow, view } = store;
  const held: Record<string, string> = {};
  for (const [name, part] of parts) {
    if (part.isOfLinks === true && !isLink) continue;
    const text = part.read();
    if (text !== null) held[name] = text;
  }
  // A run that stands still is a moment too; one that goes on is followed.
  const atMs = lookingBackMs ?? (pace?.isPaused === true ? pace.simMs : null);
  return {
    run: runId.slice(0, RUN_DIGITS),
    ...{ atMs, view, parts: held },
    home: layout?.supplies[selectedRow]?.id ?? "",
  };
}

/** A link to the moment that is shown, also where the run goes on. */
export function linkToMoment(): string {
  const store = useStreet.getState();
  const url = new URL(location.href);
  url.search = writeAddress(
    { ...addressOf(store, true), atMs: Math.round(store.simMs) },
    url.search,
  );
  return url.href;
}

function write(how: "push" | "replace"): void {
  const store = useStreet.getState();
  if (store.runId === "" || store.missingRun !== "") return;
  const search = writeAddress(addressOf(store), location.search);
  if (search === location.search) return;
  const url = `${location.pathname}${search}${location.hash}`;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

/** Shows what an address says, as far as this run has it. */
function restore(address: PageAddress): void {
  const { runId, layout, hiding } = useStreet.getState();
  const isOther = address.run !== "" && !runId.startsWith(address.run);
  noteMissingRun(isOther ? address.run : "");
  if (!hiding.isHidden) showView(address.view);
  for (const [name, part] of parts) {
    part.restore(isOther && part.isOfRun === true ? null : (address.parts[name] ?? null));
  }
  const row = layout?.supplies.findIndex(({ id }) => id === address.home) ?? -1;
  select(row);
  if (address.home !== "" && row < 0) say(`There is no home ${address.home} in this street.`, true);
  const nowMs = useStreet.getState().pace?.simMs ?? 0;
  if (isOther || address.atMs === null || address.atMs === nowMs) backToLive();
  else void lookAt(address.atMs);
}

/** From now on the address follows the page and the page follows the browser's back and forward. */
export function followAddress(): void {
  const opened = readAddress(location.search);
  let isRestoring = false;
  let isOpened = false;
  let timer = 0;
  const restoring = (address: PageAddress): void => {
    isRestoring = true;
    restore(address);
    isRestoring = false;
  };
  useStreet.subscribe((now, before) => {
    // The first pace comes after the layout: with it, a moment can be told from now.
    if (!isOpened) {
      if (now.layout === null || now.pace === null) return;
      isOpened = true;
      restoring(opened);
      return;
    }
    const isStep = now.selectedRow !== before.selectedRow || now.view !== before.view;
    if (isStep && !isRestoring) write("push");
    else if (timer === 0) {
      timer = window.setTimeout(() => {
        timer = 0;
        write("replace");
      }, WRITTEN_EVERY_MS);
    }
  });
  window.addEventListener("popstate", () => restoring(readAddress(location.search)));
  // The camera moves without the store.
  window.setInterval(() => write("replace"), 2 * WRITTEN_EVERY_MS);
}
