// The language of the classroom's own pages: in the address, so that a link and a reload keep it, and handed on from one
// of these pages to the next.

import { SegmentedControl } from "@mantine/core";
import { useEffect } from "react";
import { create } from "zustand";
import { LESSON_LANGUAGES, type LessonLanguage } from "../../sim/contract/lesson.ts";
import { linkTo } from "../player/server-link.ts";
import { LANGUAGE_NAMES } from "./words.ts";

const NAME = "lang";
const read = (): LessonLanguage =>
  new URLSearchParams(location.search).get(NAME) === "hi" ? "hi" : "en";

const useLanguage = create<{ readonly lang: LessonLanguage }>()(() => ({ lang: read() }));
export const usePageLanguage = (): LessonLanguage => useLanguage(({ lang }) => lang);

function withLanguage(address: string, lang: LessonLanguage): string {
  const url = new URL(address);
  if (lang === "en") url.searchParams.delete(NAME);
  else url.searchParams.set(NAME, lang);
  return url.href;
}

/** A link to another page of this server, in the language of this one. */
export const linkInLanguage = (path: string): string =>
  withLanguage(linkTo(path, location.href), useLanguage.getState().lang);

/** Says to the browser in which language the page is, and what it is called. */
export function usePageTitle(title: string): void {
  const lang = usePageLanguage();
  useEffect(() => {
    document.title = `${title} · Meterville`;
    document.documentElement.lang = lang;
  }, [title, lang]);
}

const DATA = LESSON_LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }));

export function LanguageSwitch({ label }: { readonly label: string }) {
  const lang = usePageLanguage();
  const choose = (value: string): void => {
    const chosen: LessonLanguage = value === "hi" ? "hi" : "en";
    useLanguage.setState({ lang: chosen });
    history.replaceState(null, "", withLanguage(location.href, chosen));
  };
  return (
    <SegmentedControl
      className="class-language"
      aria-label={label}
      data={DATA}
      value={lang}
      onChange={choose}
    />
  );
}
