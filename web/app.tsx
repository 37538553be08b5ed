// The page: header, homes, street, the selected home, and the time bar.

import { MantineProvider } from "@mantine/core";
import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useLessonMode } from "./classroom/lesson-mode.ts";
import { EventLog } from "./panels/event-log.tsx";
import { EventSpeaker } from "./panels/event-speaker.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { HomeTree } from "./panels/home-tree.tsx";
import { Legend } from "./panels/legend.tsx";
import { NoticeLine } from "./panels/notice-line.tsx";
import { Palette } from "./panels/palette.tsx";
import { StreetPanel } from "./panels/street-panel.tsx";
import { useSummary } from "./panels/summary.ts";
import { TimeBar } from "./panels/time-bar.tsx";
import { pageActions, useKeys } from "./player/keys.ts";
import { setMode, toggleMode, useModes } from "./player/modes.ts";
import { addAddressPart } from "./player/page-address.ts";
import { useStreet } from "./player/store.ts";
import { theme } from "./theme.ts";

const StreetScene = lazy(async () => {
  const { StreetScene: scene } = await import("./scene/street-scene.tsx");
  return { default: scene };
});

/** Two pages inside one have two pictures to tell apart. */
const SIDE = new URLSearchParams(location.search).get("side");
const SIDE_LABEL = SIDE === null ? undefined : `Picture of run ${SIDE.toUpperCase()}`;

const Diagram = lazy(async () => {
  const { Diagram: diagram } = await import("./diagram/diagram.tsx");
  return { default: diagram };
});

const HomePanel = lazy(async () => {
  const { HomePanel: panel } = await import("./panels/home-panel.tsx");
  return { default: panel };
});

const HomeTable = lazy(async () => {
  const { HomeTable: table } = await import("./panels/home-table.tsx");
  return { default: table };
});

function TableOfHomes({ onClose }: { readonly onClose: (() => void) | null }) {
  return (
    <Suspense fallback={<p className="scene-note">The table is being loaded.</p>}>
      <HomeTable onClose={onClose} />
    </Suspense>
  );
}

const ExportDialog = lazy(async () => {
  const { ExportDialog: dialog } = await import("./export/export-dialog.tsx");
  return { default: dialog };
});

addAddressPart("diagram", {
  read: () => (useModes.getState().isDiagramOpen ? "1" : null),
  restore: (text) => setMode({ isDiagramOpen: text === "1" }),
});
const LessonPanel = lazy(async () => {
  const { LessonPanel: panel } = await import("./classroom/lesson-panel.tsx");
  return { default: panel };
});

addAddressPart("projector", {
  read: () => (useModes.getState().isProjector ? "1" : null),
  restore: (text) => setMode({ isProjector: text === "1" }),
});

export function App() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isProjector = useModes((modes) => modes.isProjector);
  const isWide = useModes((modes) => modes.isWide);
  const isTableOpen = useModes((modes) => modes.isTableOpen);
  const isDiagramOpen = useModes((modes) => modes.isDiagramOpen);
  const isExportOpen = useModes((modes) => modes.isExportOpen);
  const isLesson = useLessonMode(({ lesson }) => lesson !== null);
  useKeys();
  useEffect(() => {
    pageActions.openHelp = () => setHelpOpen(true);
    pageActions.table = () => toggleMode("isTableOpen");
    pageActions.diagram = () => toggleMode("isDiagramOpen");
    pageActions.export = () => toggleMode("isExportOpen");
    pageActions.projector = () => toggleMode("isProjector");
    pageActions.find = () => {
      setMode({ isWide: false });
      requestAnimationFrame(() => {
        const fields = [...document.querySelectorAll<HTMLElement>(".find")];
        fields.find((field) => field.checkVisibility())?.focus();
      });
    };
  }, []);
  useEffect(() => {
    document.documentElement.classList.toggle("is-projector", isProjector);
  }, [isProjector]);
  return (
    <MantineProvider theme={theme} forceColorScheme={isProjector ? "light" : "dark"}>
      <div
        className={`page${isWide ? " is-wide" : ""}${isTableOpen ? " has-table" : ""}${isDiagramOpen ? " has-diagram" : ""}${isLesson ? " has-lesson" : ""}`}
      >
        <Header onHelp={() => setHelpOpen(true)} />
        <Left />
        <Middle />
        <Details />
        <TimeBar />
        <Palette />
        {isExportOpen && (
          <Suspense fallback={null}>
            <ExportDialog onClose={() => setMode({ isExportOpen: false })} />
          </Suspense>
        )}
        <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      </div>
    </MantineProvider>
  );
}

/** While a lesson is open it stands where the events are. */
function Left() {
  const isLesson = useLessonMode(({ lesson }) => lesson !== null);
  return (
    <aside className="left" aria-label={isLesson ? "Lesson and homes" : "Homes and events"}>
      {isLesson && (
        <Suspense fallback={<p className="panel">Opening the lesson …</p>}>
          <LessonPanel />
        </Suspense>
      )}
      <HomeTree />
      {!isLesson && <EventLog />}
    </aside>
  );
}

function Details() {
  const hasSelection = useStreet(({ selectedRow }) => selectedRow >= 0);
  return (
    <aside className="right" aria-label="Details">
      {hasSelection ? (
        <Suspense fallback={<p className="panel">Opening the home …</p>}>
          <HomePanel />
        </Suspense>
      ) : (
        <StreetPanel />
      )}
    </aside>
  );
}

function Middle() {
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const isTableOpen = useModes((modes) => modes.isTableOpen);
  const isDiagramOpen = useModes((modes) => modes.isDiagramOpen);
  const summary = useSummary();
  return (
    <main className="middle" aria-label={SIDE_LABEL}>
      <SceneBoundary>
        <Suspense fallback={<p className="scene-note">Drawing the street …</p>}>
          <StreetScene summary={summary} />
        </Suspense>
        {!isMeterShown && !isTableOpen && !isDiagramOpen && <Legend />}
      </SceneBoundary>
      {isDiagramOpen && (
        <Suspense fallback={<p className="scene-note">Drawing the diagram …</p>}>
          <Diagram onClose={() => setMode({ isDiagramOpen: false })} />
        </Suspense>
      )}
      {isTableOpen && <TableOfHomes onClose={() => setMode({ isTableOpen: false })} />}
      <NoticeLine />
      <EventSpeaker />
      <p className="for-readers" aria-live="polite">
        {summary}
      </p>
    </main>
  );
}

/** Where a browser cannot draw in 3D, the table takes the picture's place. */
class SceneBoundary extends Component<{ readonly children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: !canDraw() };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className="no-scene">
        <p role="alert">
          This browser cannot draw the street in 3D (WebGL 2 is off or missing). The table shows the
          same homes, and everything else works as well.{" "}
          <button type="button" onClick={() => setMode({ isDiagramOpen: true })}>
            Draw the street as a single-line diagram
          </button>
        </p>
        <TableOfHomes onClose={null} />
      </div>
    );
  }
}

/** Asked once, before anything of the scene is fetched. */
function canDraw(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}
