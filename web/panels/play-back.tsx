// The buttons that play what is kept, backwards and on.

import { ActionIcon } from "@mantine/core";
import { playBackwards, playForwards, usePlayback } from "../player/playback.ts";

export function PlayBackwards() {
  const speed = usePlayback((playback) => playback.speed);
  return (
    <ActionIcon
      variant={speed < 0 ? "filled" : "default"}
      size={36}
      aria-label="Play backwards"
      title="Play backwards; again, twice as fast (J)"
      onClick={playBackwards}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M12 5v14l-9-7zM21 5v14l-9-7z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

export function PlayForwards() {
  const speed = usePlayback((playback) => playback.speed);
  return (
    <ActionIcon
      variant={speed > 0 ? "filled" : "default"}
      size={36}
      aria-label="Play on, faster"
      title="Play on; again, twice as fast (L)"
      onClick={playForwards}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M3 5v14l9-7zM12 5v14l9-7z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}
