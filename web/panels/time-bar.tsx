// Pause, pace, and the mobile network's mast.

import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import type { PaceView } from "../../sim/contract/frame.ts";
import { act, SPEEDS, setPace, useStreet } from "../player/store.ts";

const SPEED_DATA = SPEEDS.map((speed) => ({
  value: String(speed),
  label: speed === null ? "max" : `${speed.toLocaleString("en-IN").replace(",", " ")}×`,
}));

export function TimeBar() {
  const isPaused = useStreet(({ pace }) => pace?.isPaused ?? false);
  const speed = useStreet(({ pace }) => String(pace?.speed ?? null));
  const keptIn = useStreet(({ pace }) => pace?.keptIn ?? "");
  const held = useStreet(({ pace }) => pace?.held ?? null);
  const lateness = useStreet(({ pace }) => latenessText(pace));
  return (
    <footer className="time-bar">
      <ActionIcon
        className="play"
        size={46}
        radius="xl"
        variant="white"
        aria-label={isPaused ? "Go on" : "Pause"}
        onClick={() => setPace({ isPaused: !isPaused })}
      >
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
          {isPaused ? (
            <path d="M8 5v14l11-7z" fill="#14202c" />
          ) : (
            <path d="M7 5h3.5v14H7zM13.5 5H17v14h-3.5z" fill="#14202c" />
          )}
        </svg>
      </ActionIcon>
      <SegmentedControl
        className="speeds"
        aria-label="Speed: simulated over real time"
        data={SPEED_DATA}
        value={speed}
        onChange={(value) => setPace({ speed: value === "null" ? null : Number(value) })}
      />
      <MastButtons />
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
    </footer>
  );
}

/** How well the pace is kept; nothing where no step has had a deadline. */
function latenessText(pace: PaceView | null): string {
  if (pace === null || pace.latenessMedianMs === null || pace.latenessP99Ms === null) return "";
  return `Late ${pace.latenessMedianMs} ms, 99 %: ${pace.latenessP99Ms} ms`;
}

function MastButtons() {
  const mast = useStreet(({ layout }) => layout?.masts[0]?.id);
  const isUp = useStreet(({ truthStreet }) => truthStreet?.mastUp[0]);
  if (mast === undefined) return null;
  // The company's view does not know how the mast is; there both buttons are offered.
  return (
    <div className="mast-buttons">
      {isUp !== 0 && (
        <Button
          variant="default"
          onClick={() => act({ kind: "mast-down", target: mast }, "The mast goes down.")}
        >
          Mast down
        </Button>
      )}
      {isUp !== 1 && (
        <Button
          variant={isUp === 0 ? "filled" : "default"}
          onClick={() => act({ kind: "mast-up", target: mast }, "The mast comes back.")}
        >
          Mast up
        </Button>
      )}
    </div>
  );
}
