// The service worker of the static site: everything is there after the first visit, also without a network.

import { type PrecacheEntry, Serwist } from "serwist";

/** Written by the build: every file with its hash. */
const manifest = (self as unknown as { readonly __SW_MANIFEST: PrecacheEntry[] }).__SW_MANIFEST;

const serwist = new Serwist({
  precacheEntries: manifest,
  precacheOptions: {
    cleanupOutdatedCaches: true,
    // A link's query is the page's own business.
    ignoreURLParametersMatching: [/.*/],
  },
  // A page that is open keeps the files it came with until it is loaded again.
  skipWaiting: false,
  clientsClaim: true,
});
serwist.addEventListeners();
