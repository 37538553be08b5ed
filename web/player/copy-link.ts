// Puts a link to what is shown into the clipboard: run, moment, camera, selection, view, selected span, bookmarks. Of a
// run in the page it carries the run itself.

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
    say("The link to this moment is copied.");
  } catch {
    say(`This browser copies nothing by itself; the link is ${link}`);
  }
}
