// Puts a link to what is shown into the clipboard: run, moment, camera, selection, view, selected span, bookmarks. Of a
// run in the page it carries the run itself.

import { bookmarksLeftOut } from "./bookmarks.ts";
import { isLocalPage } from "./local-site.ts";
import { linkToMoment } from "./page-address.ts";
import { say } from "./store.ts";

async function linkOrProblem(): Promise<{ readonly link: string; readonly problem: string }> {
  if (!isLocalPage(new URL(location.href))) return { link: linkToMoment(), problem: "" };
  const { linkToLocalRun } = await import("./local-page.ts");
  return (await linkToLocalRun()) ?? { link: "", problem: "No run is open yet." };
}

export async function copyLink(): Promise<void> {
  const { link, problem } = await linkOrProblem();
  if (problem !== "") return say(problem, true);
  try {
    await navigator.clipboard.writeText(link);
    say(`The link to this moment is copied.${leftOutNote()}`);
  } catch {
    say(`This browser copies nothing by itself; the link is ${link}${leftOutNote()}`);
  }
}

/** Of bookmarks that the link is too short for; empty where it has them all. */
function leftOutNote(): string {
  const count = bookmarksLeftOut();
  if (count === 0) return "";
  const [last, are] =
    count === 1 ? ["The last bookmark", "is"] : [`The last ${count} bookmarks`, "are"];
  return ` ${last} ${are} left out: a link has no room for more.`;
}
