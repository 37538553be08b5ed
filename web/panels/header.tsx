// Name, clock, connection, and the switch between the three views.

import { ActionIcon, SegmentedControl } from "@mantine/core";
import { LESSON_LIST, openLesson, useLessonMode } from "../classroom/lesson-mode.ts";
import { formatClock, formatDate, wallClock } from "../player/format.ts";
import { toggleMode, useModes } from "../player/modes.ts";
import { showView, useStreet } from "../player/store.ts";
import { VIEW_LABEL, VIEWS, type View } from "../player/views.ts";
import { SKY_WORDS, skyOf } from "../player/weather.ts";

const VIEW_DATA = VIEWS.map((view) => ({ value: view, label: VIEW_LABEL[view] }));

export function Header({ onHelp }: { readonly onHelp: () => void }) {
  const view = useStreet((store) => store.view);
  const title = useStreet(({ layout }) => layout?.title ?? "");
  return (
    <header className="header">
      <div className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="16" cy="16" r="13" fill="none" stroke="#55cdf0" strokeWidth="3" />
          <path d="M17 6l-7 12h5l-1 8 8-12h-5z" fill="#ffd92f" />
        </svg>
        <div>
          <h1>Meterville</h1>
          <span className="muted">{title}</span>
        </div>
      </div>
      <Clock />
      <Connection />
      <SegmentedControl
        className="views"
        aria-label="View"
        data={VIEW_DATA}
        value={view}
        onChange={(value) => showView(value as View)}
      />
      <div className="header-buttons">
        <ModeButtons />
        <LessonButton />
        <ActionIcon variant="default" size="lg" aria-label="Help and keys" onClick={onHelp}>
          ?
        </ActionIcon>
      </div>
    </header>
  );
}

function LessonButton() {
  const isOpen = useLessonMode(({ lesson }) => lesson !== null);
  return (
    <ActionIcon
      variant={isOpen ? "filled" : "default"}
      size="lg"
      aria-label="Lessons"
      title="Lessons"
      aria-pressed={isOpen}
      onClick={() => openLesson(isOpen ? null : LESSON_LIST)}
    >
      <svg
        viewBox="0 0 24 24"
        width="22"
        height="22"
        fill="none"
        stroke="currentColor"
        aria-hidden="true"
      >
        <path
          d="M12 7c-2-1.6-4.600-2-8-2v13c3.400 0 6 .4 8 2 2-1.600 4.600-2 8-2V5c-3.400 0-6 .4-8 2zM12 7v13"
          strokeWidth="1.8"
        />
      </svg>
    </ActionIcon>
  );
}

function ModeButtons() {
  const modes = useModes();
  const buttons = [
    {
      name: "isTableOpen",
      label: "Table of homes",
      sign: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    },
    {
      name: "isDiagramOpen",
      label: "Single-line diagram",
      sign: "M5 3v18M5 7h9M5 16h9M16 4.5h5v5h-5zM16 13.5h5v5h-5z",
    },
    { name: "isExportOpen", label: "Export", sign: "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7" },
    { name: "isWide", label: "Picture alone", sign: "M4 5h16v14H4zM8 9l-2 3 2 3M16 9l2 3-2 3" },
    {
      name: "isProjector",
      label: "Projector",
      sign: "M3 8h18v9H3zM15 12.5h.01M7 17v2M17 17v2M7 5h6",
    },
  ] as const;
  return buttons.map(({ name, label, sign }) => (
    <ActionIcon
      key={name}
      variant={modes[name] ? "filled" : "default"}
      size="lg"
      aria-label={label}
      aria-pressed={modes[name]}
      title={label}
      onClick={() => toggleMode(name)}
    >
      <svg
        viewBox="0 0 24 24"
        width="22"
        height="22"
        fill="none"
        stroke="currentColor"
        aria-hidden="true"
      >
        <path d={sign} strokeWidth="1.8" />
      </svg>
    </ActionIcon>
  ));
}

function Clock() {
  const layout = useStreet((store) => store.layout);
  const minute = useStreet(({ simMs }) => Math.floor(simMs / 60_000));
  const sky = useStreet(skyOf);
  if (layout === null) return <div className="clock" />;
  const clock = wallClock(layout, minute * 60_000);
  return (
    <div className="clock">
      <time className="clock-time" data-testid="clock">
        {formatClock(clock)}
      </time>
      <span className="muted">
        {formatDate(clock)}
        {sky !== null && ` · ${SKY_WORDS[sky]}`}
      </span>
    </div>
  );
}

function Connection() {
  const connection = useStreet((store) => store.connection);
  const stopped = useStreet(({ pace }) => pace?.stopped ?? null);
  const isPaused = useStreet(({ pace }) => pace?.isPaused === true);
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  if (connection === "gone") {
    return (
      <output className="connection is-gone">
        The server is gone. Trying again; start it with <code>npm start</code>.
      </output>
    );
  }
  if (stopped !== null)
    return <output className="connection is-gone">The run stopped: {stopped}</output>;
  if (isBack) return <output className="connection is-paused">looking back</output>;
  const text = connection === "connecting" ? "connecting" : isPaused ? "paused" : "live";
  return <output className={`connection is-${text}`}>{text}</output>;
}
