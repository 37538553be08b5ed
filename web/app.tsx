// The page: header, homes, street, the selected home, and the time bar.

import { MantineProvider } from "@mantine/core";
import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { EventLog } from "./panels/event-log.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { HomePanel } from "./panels/home-panel.tsx";
import { HomeTable } from "./panels/home-table.tsx";
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

addAddressPart("projector", {
  read: () => (useModes.getState().isProjector ? "1" : null),
  restore: (text) => setMode({ isProjector: text === "1" }),
});

export function App() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isProjector = useModes((modes) => modes.isProjector);
  const isWide = useModes((modes) => modes.isWide);
  const isTableOpen = useModes((modes) => modes.isTableOpen);
  useKeys();
  useEffect(() => {
    pageActions.openHelp = () => setHelpOpen(true);
    pageActions.table = () => toggleMode("isTableOpen");
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
      <div className={`page${isWide ? " is-wide" : ""}${isTableOpen ? " has-table" : ""}`}>
        <Header onHelp={() => setHelpOpen(true)} />
        <aside className="left" aria-label="Homes and events">
          <HomeTree />
          <EventLog />
        </aside>
        <Middle />
        <Details />
        <TimeBar />
        <Palette />
        <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      </div>
    </MantineProvider>
  );
}

function Details() {
  const hasSelection = useStreet(({ selectedRow }) => selectedRow >= 0);
  return (
    <aside className="right" aria-label="Details">
      {hasSelection ? <HomePanel /> : <StreetPanel />}
    </aside>
  );
}

function Middle() {
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const isTableOpen = useModes((modes) => modes.isTableOpen);
  const summary = useSummary();
  return (
    <main className="middle">
      <SceneBoundary>
        <Suspense fallback={<p className="scene-note">Drawing the street …</p>}>
          <StreetScene summary={summary} />
        </Suspense>
        {!isMeterShown && !isTableOpen && <Legend />}
      </SceneBoundary>
      {isTableOpen && <HomeTable onClose={() => setMode({ isTableOpen: false })} />}
      <NoticeLine />
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
          same homes, and everything else works as well.
        </p>
        <HomeTable onClose={null} />
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
