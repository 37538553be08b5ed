// The page: header, homes, street, the selected home, and the time bar.

import { Component, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { EventLog } from "./panels/event-log.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { HomeTree } from "./panels/home-tree.tsx";
import { HomePanel } from "./panels/home-panel.tsx";
import { Legend } from "./panels/legend.tsx";
import { NoticeLine } from "./panels/notice-line.tsx";
import { StreetPanel } from "./panels/street-panel.tsx";
import { useSummary } from "./panels/summary.ts";
import { TimeBar } from "./panels/time-bar.tsx";
import { SPEEDS, select, setPace, showView, useStreet } from "./player/store.ts";
import { VIEWS } from "./player/views.ts";

const StreetScene = lazy(async () => {
  const { StreetScene: scene } = await import("./scene/street-scene.tsx");
  return { default: scene };
});

export function App() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const hasSelection = useStreet(({ selectedRow }) => selectedRow >= 0);
  const isMeterShown = useStreet((store) => store.isMeterShown);
  const summary = useSummary();
  useKeys(() => setHelpOpen(true));
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
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

/** Keys act only while no field has the focus. */
function useKeys(openHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const isTyping = target.matches("input:not([type=radio]), textarea, select");
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const { pace, layout, selectedRow } = useStreet.getState();
      const change = (by: number): void => {
        const at = SPEEDS.indexOf(pace?.speed ?? null);
        const next = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))];
        if (next !== undefined) setPace({ speed: next });
      };
      switch (event.key) {
        case " ":
          if (target.tagName === "BUTTON") return;
          event.preventDefault();
          return setPace({ isPaused: pace?.isPaused === false });
        case "[":
          return change(-1);
        case "]":
          return change(1);
        case "1":
        case "2":
        case "3":
          return showView(VIEWS[Number(event.key) - 1]!);
        case "f":
        case "F":
          return void import("./scene/camera.tsx").then(({ cameraMoves }) => cameraMoves.fit());
        case "n":
        case "N":
          return select((selectedRow + 1) % Math.max(1, layout?.supplies.length ?? 1));
        case "Escape":
          return select(-1);
        case "?":
          return openHelp();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [openHelp]);
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
