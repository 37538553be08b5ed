// The run from its start to now: street power, what happened by lanes, which moment is shown and which span is selected.
// A click shows a moment; wheel, pinch and keys zoom.

import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { bookmarksText, followBookmarks, takeBookmarks } from "../player/bookmarks.ts";
import { copyLink } from "../player/copy-link.ts";
import { formatMoment } from "../player/format.ts";
import { pageActions } from "../player/keys.ts";
import { addAddressPart } from "../player/page-address.ts";
import { usePlayback } from "../player/playback.ts";
import { backToLive, useStreet } from "../player/store.ts";
import {
  brushText,
  restoreBrush,
  restoreWindow,
  showSpan,
  spanLabel,
  useTimeView,
  windowText,
  zoomIn,
  zoomOut,
} from "../player/time-view.ts";
import { type Cluster, SPANS } from "../player/time-window.ts";
import { followTimeline, useTimeline } from "../player/timeline.ts";
import { MarkList } from "./mark-list.tsx";
import { SpanButtons } from "./span-buttons.tsx";
import { TimelineStrip } from "./timeline-strip.tsx";

const SENTENCES_MAX = 3;

const Bookmarks = lazy(async () => {
  const { Bookmarks: dialog } = await import("./bookmarks.tsx");
  return { default: dialog };
});

addAddressPart("span", { read: brushText, restore: restoreBrush, isOfRun: true });
addAddressPart("window", { read: windowText, restore: restoreWindow, isOfRun: true });
addAddressPart("marks", {
  read: bookmarksText,
  restore: takeBookmarks,
  ...{ isOfRun: true, isOfLinks: true },
});
followBookmarks();

export function Timeline() {
  const [hovered, setHovered] = useState<Cluster | null>(null);
  const [isListOpen, setListOpen] = useState(false);
  const [areBookmarksOpen, setBookmarksOpen] = useState(false);
  const missing = useTimeline((store) => store.missing);
  const span = useTimeView(spanLabel);
  useEffect(() => {
    pageActions.bookmark = () => setBookmarksOpen(true);
    return followTimeline();
  }, []);
  return (
    <section className="timeline" aria-label="Timeline">
      <div className="timeline-head">
        <Readout hovered={hovered} />
        {missing !== null && <p className="muted timeline-missing">{missing}.</p>}
        <SpanButtons />
        <Button variant="default" size="compact-sm" onClick={() => setBookmarksOpen(true)}>
          Bookmarks
        </Button>
        <Button variant="default" size="compact-sm" onClick={copyLink}>
          Copy link
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => setListOpen(true)}>
          Events as a list
        </Button>
        <ActionIcon variant="default" size={28} aria-label="Shorter span" onClick={zoomIn}>
          +
        </ActionIcon>
        <SegmentedControl
          className="spans"
          size="xs"
          aria-label="Span of the timeline"
          data={SPANS.map(({ label }) => label)}
          value={span}
          onChange={(value) => showSpan(SPANS.find(({ label }) => label === value)?.spanMs ?? null)}
        />
        <ActionIcon variant="default" size={28} aria-label="Longer span" onClick={zoomOut}>
          −
        </ActionIcon>
      </div>
      <TimelineStrip onHover={setHovered} />
      <MarkList isOpen={isListOpen} onClose={() => setListOpen(false)} />
      {areBookmarksOpen && (
        <Suspense fallback={null}>
          <Bookmarks onClose={() => setBookmarksOpen(false)} />
        </Suspense>
      )}
    </section>
  );
}

const speedText = (speed: number): string => speed.toLocaleString("en-IN").replaceAll(",", " ");

/** What the pointer is over, else which moment is shown. */
function Readout({ hovered }: { readonly hovered: Cluster | null }) {
  const layout = useStreet((store) => store.layout);
  const minute = useStreet(({ simMs }) => Math.floor(simMs / 60_000));
  const liveMinute = useStreet(({ pace }) => Math.floor((pace?.simMs ?? 0) / 60_000));
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  const played = usePlayback(({ speed }) => speed);
  if (layout === null) return <p className="timeline-readout" />;
  if (hovered !== null) {
    const { marks } = hovered;
    const rest = marks.length - SENTENCES_MAX;
    const sentences = marks
      .slice(0, SENTENCES_MAX)
      .map(({ text, count }) => (count > 1 ? `${text} (${count} such)` : text));
    return (
      <p className="timeline-readout">
        <b>{formatMoment(layout, marks[0]!.at)}</b> {sentences.join(" · ")}
        {rest > 0 ? ` · and ${rest} more` : ""}
      </p>
    );
  }
  if (isBack) {
    const speed = `${speedText(Math.abs(played))}×`;
    const doing =
      played === 0 ? "Looking back at" : `Playing ${played < 0 ? "backwards" : "on"} at ${speed}:`;
    return (
      <>
        <p className="timeline-readout is-back" role="status">
          {doing} {formatMoment(layout, minute * 60_000)}; live is{" "}
          {formatMoment(layout, liveMinute * 60_000)}.
        </p>
        <Button size="compact-sm" variant="filled" onClick={backToLive}>
          Back to live
        </Button>
      </>
    );
  }
  return (
    <p className="timeline-readout muted">
      A click on the timeline looks back; a drag along its times selects a span.
    </p>
  );
}
