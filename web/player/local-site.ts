// Whether the engine runs in this page. A static site's pages say so in their head.

const META = "meterville-engine";

/** On a server's page `?engine=page` asks for it. */
export const isLocalPage = (address: URL): boolean =>
  isStaticSite() || address.searchParams.get("engine") === "page";

/** Whether there is no server behind this page at all. */
export const isStaticSite = (): boolean =>
  document.querySelector(`meta[name="${META}"]`)?.getAttribute("content") === "page";

/** Whether this page is one of two inside the page that compares runs. */
export const isSide = (address: URL): boolean =>
  address.searchParams.has("side") && window.parent !== window;
