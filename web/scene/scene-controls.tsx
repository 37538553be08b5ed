// Buttons for those who do not drag: nearer, further, around, and the whole street.

import { cameraMoves } from "./camera-moves.ts";

const ZOOM = 1.5;
const TURN_DEG = 30;

const BUTTONS = [
  { name: "Nearer", sign: "M12 5v14M5 12h14", press: () => cameraMoves.zoom(ZOOM) },
  { name: "Further", sign: "M5 12h14", press: () => cameraMoves.zoom(1 / ZOOM) },
  {
    name: "Turn left",
    sign: "M6.5 8.5a7 7 0 1 1-1.5 5M6.2 3.8v5h5",
    press: () => cameraMoves.turn(-TURN_DEG),
  },
  {
    name: "Turn right",
    sign: "M17.5 8.5a7 7 0 1 0 1.5 5M17.8 3.8v5h-5",
    press: () => cameraMoves.turn(TURN_DEG),
  },
  {
    name: "Whole street",
    sign: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    press: () => cameraMoves.fit(),
  },
] as const;

export function SceneControls() {
  return (
    <div className="scene-controls" data-over-scene role="toolbar" aria-label="Camera">
      {BUTTONS.map(({ name, sign, press }) => (
        <button key={name} type="button" aria-label={name} title={name} onClick={press}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={sign} />
          </svg>
        </button>
      ))}
    </div>
  );
}
