// What `--store` names: a file of SQLite, or a database of PostgreSQL.

import { CallerError } from "../failure.ts";

export type StorePlace =
  | { readonly kind: "sqlite"; readonly path: string; readonly shown: string }
  | { readonly kind: "postgres"; readonly url: string; readonly shown: string };

const FORMS = "give a path, sqlite:PATH or postgres://USER@HOST/DATABASE";

export const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:/i.test(text);

/** The place that a caller named. Throws CallerError for what names none; never repeats a password. */
export function storePlace(text: string): StorePlace {
  if (isPostgresUrl(text)) {
    return { kind: "postgres", url: text, shown: withoutPassword(text) };
  }
  const path = text.replace(/^sqlite:(\/\/)?/, "");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    throw new CallerError(`--store ${path.replace(/\/\/.*@/, "//…@")}: ${FORMS}`);
  }
  if (path === "") throw new CallerError(`--store ${text}: ${FORMS}`);
  return { kind: "sqlite", path, shown: path };
}

/** A URL of PostgreSQL as it may be shown and kept: its password stays with whoever typed it. */
export function withoutPassword(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Paths of sockets as hosts are no URLs to some parsers.
  if (url === undefined) return text.replace(/:\/\/[^/]*@/, "://…@").replace(/\?.*$/, "");
  url.password = "";
  for (const name of [...url.searchParams.keys()]) {
    if (/pass/i.test(name)) url.searchParams.delete(name);
  }
  return url.href;
}

/** The password in a URL of PostgreSQL; undefined where there is none. */
export function passwordOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { password, searchParams } = new URL(text);
  const found = password === "" ? searchParams.get("password") : decodeURIComponent(password);
  return found ?? undefined;
}
