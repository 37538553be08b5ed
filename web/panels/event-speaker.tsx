// Says what happens to those who hear the page: the newest event, and how many came with it. Not oftener than one can
// listen.

import { useEffect, useState } from "react";
import { useStreet } from "../player/store.ts";
import { eventSentence, heard } from "./event-log.tsx";

const SAID_EVERY_MS = 4_000;

/** The newest sentence, and how many events there are to count by. */
function newest(): { readonly text: string; readonly count: number } {
  const { layout, truthEvents, beliefEvents } = useStreet.getState();
  const events = [...heard(truthEvents), ...heard(beliefEvents)];
  const last = events.reduce<(typeof events)[number] | null>(
    (before, each) => (before === null || each.at >= before.at ? each : before),
    null,
  );
  if (layout === null || last === null) return { text: "", count: 0 };
  return { text: eventSentence(last, layout), count: events.length };
}

export function EventSpeaker() {
  const [said, setSaid] = useState("");
  useEffect(() => {
    let timer = 0;
    let told = newest();
    const say = (): void => {
      timer = 0;
      const now = newest();
      const more = now.count - told.count - 1;
      if (now.text !== told.text) setSaid(more > 0 ? `${now.text}; and ${more} more` : now.text);
      told = now;
    };
    const leave = useStreet.subscribe((now, before) => {
      // What a view or a moment brings along is no news.
      if (now.view !== before.view || now.lookingBackMs !== before.lookingBackMs) {
        told = newest();
        setSaid("");
        return;
      }
      const isNews =
        now.truthEvents !== before.truthEvents || now.beliefEvents !== before.beliefEvents;
      if (isNews && timer === 0) timer = window.setTimeout(say, SAID_EVERY_MS);
    });
    return () => {
      leave();
      window.clearTimeout(timer);
    };
  }, []);
  return (
    <p className="for-readers" role="log" aria-live="polite" data-testid="said">
      {said}
    </p>
  );
}
