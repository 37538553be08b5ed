// Addresses of the server that a page came from, as they stand in links: what opens or downloads sends no header.

/** With the token of the machine where the page came by one; `path` is relative to `page`. */
export function linkTo(path: string, page: string): string {
  const link = new URL(path, page);
  const token = new URL(page).searchParams.get("token");
  if (token !== null) link.searchParams.set("token", token);
  return link.href;
}

/** Path of a bill: `supply-07/2026-01`, `supply-01/assessment/case-1`; a supply's id has no stroke. */
export function billPath(id: string, language: string, kind: "page" | "pdf" = "page"): string {
  const at = id.indexOf("/");
  const supply = encodeURIComponent(id.slice(0, at));
  const bill = encodeURIComponent(id.slice(at + 1));
  const end = kind === "pdf" ? "/pdf" : "";
  return `api/account/${supply}/bills/${bill}${end}?lang=${language}`;
}
