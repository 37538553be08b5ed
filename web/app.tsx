// The page: header, homes, street, the selected home, and the time bar.

import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { EventLog } from "./panels/event-log.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { HomePanel } from "./panels/home-panel.tsx";
import { HomeTree } from "./panels/home-tree.tsx";
import { Legend } from "./panels/legend.tsx";
import { NoticeLine } from "./panels/notice-line.tsx";
import { Palette } from "./panels/palette.tsx";
import { StreetPanel } from "./panels/street-panel.tsx";
import { useSummary } from "./panels/summary.ts";
import { TimeBar } from "./panels/time-bar.tsx";
import { pageActions, useKeys } from "./player/keys.ts";
import { useStreet } from "./player/store.ts";

const StreetScene = lazy(async () => {
  const { StreetScene: scene } = await import("./scene/street-scene.tsx");
  return { default: scene };
});

export function App() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const hasSelection = useStreet(({ selectedRow }) => selectedRow >= 0);
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const summary = useSummary();
  useKeys();
  useEffect(() => {
    pageActions.openHelp = () => setHelpOpen(true);
  }, []);
  return (
    <div className="page">
      <Header onHelp={() => setHelpOpen(true)} />
      <aside className="left" aria-label="Homes and events">
        <HomeTree />
        <EventLog />
      </aside>
      <main className="middle">
        <SceneBoundary>
          <Suspense fallback={<p className="scene-note">Drawing the street …</p>}>
            <StreetScene summary={summary} />
          </Suspense>
        </SceneBoundary>
        {!isMeterShown && <Legend />}
        <NoticeLine />
      </main>
      <aside className="right" aria-label="Details">
        {hasSelection ? <HomePanel /> : <StreetPanel />}
      </aside>
      <TimeBar />
      <p className="for-readers" aria-live="polite">
        {summary}
      </p>
      <Palette />
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

/** Where a browser cannot draw in 3D, everything else still works. */
class SceneBoundary extends Component<{ readonly children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <p className="scene-note">
        This browser cannot draw the street in 3D (WebGL 2 is off or missing). The list of homes
        reaches everything as well.
      </p>
    );
  }
}
