// The part of a page that is shown, in the address behind #: back and forward work, and a link opens it.

import { useSyncExternalStore } from "react";

const listen = (changed: () => void): (() => void) => {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
};

/** `#/supply/supply-05` is `["supply", "supply-05"]`. */
export function useHash(): readonly string[] {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .map((part) => decodeURIComponent(part));
}
