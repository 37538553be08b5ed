// What a watcher must know of what is on the screen: how old it is while nothing is heard, which run a link meant, and
// why the twin stands still.

import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatMoment } from "../player/format.ts";
import { showWhatRuns, silenceMs, useStreet } from "../player/store.ts";

const LOOK_MS = 1_000;

export function RunNotes() {
  return (
    <>
      <MissingRun />
      <Silence />
      <Because />
    </>
  );
}

function MissingRun() {
  const missing = useStreet((store) => store.missingRun);
  const runId = useStreet((store) => store.runId);
  if (missing === "") return null;
  return (
    <p className="run-note is-warning" role="alert">
      This link is to run {missing}, which does not run here any more; what you see is run{" "}
      {runId.slice(0, 8)}. The other one can be gone on with: meterville serve --resume {missing}.
      <Button size="compact-sm" onClick={showWhatRuns}>
        Show what runs now
      </Button>
    </p>
  );
}

function Silence() {
  const isGone = useStreet(({ connection, runId }) => connection !== "live" && runId !== "");
  const layout = useStreet((store) => store.layout);
  const simMs = useStreet((store) => store.simMs);
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isGone) return;
    const look = (): void => setSeconds(Math.round(silenceMs() / 1000));
    look();
    const timer = window.setInterval(look, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [isGone]);
  if (!isGone || layout === null) return null;
  return (
    <p className="run-note is-warning">
      Nothing has been heard for {seconds} s. What you see is of {formatMoment(layout, simMs)}, and
      goes on by itself once the line is back.
    </p>
  );
}

function Because() {
  const because = useStreet(({ pace }) => pace?.becauseOf ?? null);
  const isPaused = useStreet(({ pace }) => pace?.isPaused ?? false);
  if (because === null) return null;
  return (
    <p className="run-note" role="status">
      {isPaused ? "Paused" : "Slowed to 1×"}: {because}
    </p>
  );
}
