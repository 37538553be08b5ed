// The timeline, pause, steps and pace, what is done to the run, and the mobile network's mast.

import { ActionIcon, Button, Checkbox, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { PaceView } from "../../sim/contract/frame.ts";
import { isLocalPage } from "../player/local-site.ts";
import { togglePlay, usePlayback } from "../player/playback.ts";
import { act, SPEEDS, setPace, useStreet } from "../player/store.ts";
import { stepBack, stepOn } from "../player/timeline.ts";
import { PlayBackwards, PlayForwards } from "./play-back.tsx";
import { BranchButton, ScenarioButton, StartOverButton, TruthButton } from "./run-buttons.tsx";
import { RunNotes } from "./run-notes.tsx";
import { Timeline } from "./timeline.tsx";

const SPEED_DATA = SPEEDS.map((speed) => ({
  value: String(speed),
  label: speed === null ? "max" : `${speed.toLocaleString("en-IN").replace(",", " ")}×`,
}));

export function TimeBar() {
  const [isLocal] = useState(() => isLocalPage(new URL(location.href)));
  const isPaused = useStreet(({ pace }) => pace?.isPaused ?? false);
  const isBack = useStreet(({ lookingBackMs }) => lookingBackMs !== null);
  const isPlayed = usePlayback((playback) => playback.speed !== 0);
  const isStill = isBack || isPlayed ? !isPlayed : isPaused;
  const speed = useStreet(({ pace }) => String(pace?.speed ?? null));
  const keptIn = useStreet(({ pace }) => pace?.keptIn ?? "");
  const held = useStreet(({ pace }) => pace?.held ?? null);
  const lateness = useStreet(({ pace }) => latenessText(pace));
  return (
    <footer className="time-bar">
      <RunNotes />
      <Timeline />
      <div className="time-controls">
        <PlayBackwards />
        <StepButton
          name="One moment back"
          title="One moment back (←)"
          press={() => stepBack(1)}
          isBack
        />
        <ActionIcon
          className="play"
          size={46}
          radius="xl"
          variant="white"
          aria-label={isStill ? "Go on" : "Pause"}
          onClick={togglePlay}
        >
          <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            {isStill ? (
              <path d="M8 5v14l11-7z" fill="#14202c" />
            ) : (
              <path d="M7 5h3.5v14H7zM13.5 5H17v14h-3.5z" fill="#14202c" />
            )}
          </svg>
        </ActionIcon>
        <StepButton
          name="One moment or step on"
          title="One moment on; at the newest, one step (→)"
          press={() => stepOn(1)}
        />
        <PlayForwards />
        <SegmentedControl
          className="speeds"
          aria-label="Speed: simulated over real time"
          data={SPEED_DATA}
          value={speed}
          onChange={(value) => setPace({ speed: value === "null" ? null : Number(value) })}
        />
        <PaceWishes />
        <MastButtons />
        {!isLocal && <TruthButton />}
        <StartOverButton />
        <BranchButton />
        <ScenarioButton />
        {lateness !== "" && (
          <p
            className="lateness muted"
            title="How late steps end: in the middle, and 99 of 100 of them"
          >
            {lateness}
          </p>
        )}
        {held !== null && (
          <p className="held" role="alert">
            The twin waits: {held}, then press play.
          </p>
        )}
        <p className="kept-in muted" title={keptIn}>
          This run is kept in <code>{keptIn}</code>
        </p>
      </div>
    </footer>
  );
}

function StepButton({
  name,
  title,
  press,
  isBack = false,
}: {
  readonly name: string;
  readonly title: string;
  readonly press: () => unknown;
  readonly isBack?: boolean;
}) {
  return (
    <ActionIcon variant="default" size={36} aria-label={name} title={title} onClick={() => press()}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <g transform={isBack ? "matrix(-1 0 0 1 24 0)" : ""} fill="currentColor">
          <path d="M6 5v14l9-7zM16 5h3v14h-3z" />
        </g>
      </svg>
    </ActionIcon>
  );
}

/** What the twin does by itself when something happens. */
function PaceWishes() {
  const pausesAtEvent = useStreet(({ pace }) => pace?.pauseAtEvent ?? false);
  const slowsAtTheft = useStreet(({ pace }) => pace?.slowAtTheft ?? false);
  const isHidden = useStreet(({ hiding }) => hiding.isHidden);
  return (
    <div className="pace-wishes">
      <Checkbox
        label="Pause at the next event"
        checked={pausesAtEvent}
        onChange={({ currentTarget }) => setPace({ pauseAtEvent: currentTarget.checked })}
      />
      <Checkbox
        label={isHidden ? "1× when a case opens" : "1× when a theft starts"}
        checked={slowsAtTheft}
        onChange={({ currentTarget }) => setPace({ slowAtTheft: currentTarget.checked })}
      />
    </div>
  );
}

/** How well the pace is kept; nothing where no step has had a deadline. */
function latenessText(pace: PaceView | null): string {
  if (pace === null || pace.latenessMedianMs === null || pace.latenessP99Ms === null) return "";
  return `Late ${pace.latenessMedianMs} ms, 99 %: ${pace.latenessP99Ms} ms`;
}

/** All masts of the street at once: with one of them down, its meters are heard by the other. */
function MastButtons() {
  const masts = useStreet(({ layout }) => layout?.masts);
  // The company's view does not know how the masts are; there both buttons are offered.
  const areDown = useStreet(({ truthStreet }) => truthStreet?.mastUp.every((isUp) => isUp === 0));
  const areUp = useStreet(({ truthStreet }) => truthStreet?.mastUp.every((isUp) => isUp === 1));
  if (masts === undefined || masts.length === 0) return null;
  const isOne = masts.length === 1;
  const move = (kind: "mast-down" | "mast-up", done: string): void => {
    for (const { id } of masts) void act({ kind, target: id }, done);
  };
  return (
    <div className="mast-buttons">
      {areDown !== true && (
        <Button
          variant="default"
          onClick={() => move("mast-down", isOne ? "The mast goes down." : "The masts go down.")}
        >
          {isOne ? "Mast down" : "Masts down"}
        </Button>
      )}
      {areUp !== true && (
        <Button
          variant={areDown === true ? "filled" : "default"}
          onClick={() => move("mast-up", isOne ? "The mast comes back." : "The masts come back.")}
        >
          {isOne ? "Mast up" : "Masts up"}
        </Button>
      )}
    </div>
  );
}
