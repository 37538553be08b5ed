// The street's page of a learner in a class: what is done in the lesson is told to the class's server, which judges it and
// keeps it. Without a class, and where the engine runs in the page, it does nothing.

import { create } from "zustand";
import type { LearnerView } from "../../sim/contract/classroom.ts";
import type { LessonJudged } from "../../sim/contract/lesson-act.ts";
import { createCsrf } from "../player/csrf.ts";
import { isLocalPage } from "../player/local-site.ts";
import { setJudge } from "./progress-store.ts";

const NO_ANSWER =
  "the class's server does not answer; what you do is told again with your next act";

/** The class of whoever watches this page; null for everybody else. */
export const useClass = create<{ readonly view: LearnerView | null }>()(() => ({ view: null }));

/** Asks whether this page belongs to a learner; from then on the class's server judges. */
export async function joinClass(): Promise<void> {
  const address = new URL(location.href);
  const view = isLocalPage(address) ? null : await whoAmI();
  useClass.setState({ view });
  if (view === null) return;
  const csrf = createCsrf(address, {});
  setJudge(async (act) => {
    try {
      const answer = await csrf.post("api/class/progress", act);
      const body = (await answer.json()) as LessonJudged & { readonly error?: string };
      return answer.ok ? body : (body.error ?? NO_ANSWER);
    } catch {
      return NO_ANSWER;
    }
  }, view.progress);
}

async function whoAmI(): Promise<LearnerView | null> {
  try {
    const me = await fetch("api/me");
    if (!me.ok || ((await me.json()) as { role?: unknown }).role !== "learner") return null;
    const answer = await fetch("api/class/me");
    return answer.ok ? ((await answer.json()) as LearnerView) : null;
  } catch {
    return null;
  }
}
