// Where the meter of a home stands in the street, and what its front looks like: sizes and places without three.

import type { BoardState } from "../player/board.ts";
import type { HomePlace } from "./plan.ts";

/** Many times as large as a real one, so that its display can be read from the road. */
export const METER = { widthM: 2.3, heightM: 3, depthM: 0.9, standM: 1.1, coverM: 0.85 } as const;
/** In front of the house, aside of its door. */
const AHEAD_M = 6.4;
const ASIDE_M = 2.6;

export interface MeterPlace {
  readonly x: number;
  readonly z: number;
  readonly headingRad: number;
}

export function meterPlace({ x, z, headingRad, scale }: HomePlace): MeterPlace {
  const [ahead, aside] = [AHEAD_M * scale, ASIDE_M * scale];
  return {
    x: x + Math.sin(headingRad) * ahead + Math.cos(headingRad) * aside,
    z: z + Math.cos(headingRad) * ahead - Math.sin(headingRad) * aside,
    headingRad,
  };
}

type Point = readonly [x: number, y: number, z: number];

const LOOK_FROM_M = 10.5;
/** Between the case and its inside, which stands to its right. */
const LOOK_ASIDE_M = 1.45;
/** Between the sky and the ground, in the middle of the case. */
const LOOK_AT_UP_M = METER.standM + METER.heightM / 2 - 0.1;

/** Where the camera stands, straight before the meter and a little above, and where it looks. */
export function meterView(place: MeterPlace, aspect: number): { eye: Point; target: Point } {
  const { x, z, headingRad } = place;
  // A tall picture needs more room at its sides.
  const away = LOOK_FROM_M * Math.max(1, 1.15 / aspect);
  const [middleX, middleZ] = [
    x + Math.cos(headingRad) * LOOK_ASIDE_M,
    z - Math.sin(headingRad) * LOOK_ASIDE_M,
  ];
  return {
    eye: [
      middleX + Math.sin(headingRad - 0.1) * away,
      LOOK_AT_UP_M + 0.13 * away,
      middleZ + Math.cos(headingRad - 0.1) * away,
    ],
    target: [middleX, LOOK_AT_UP_M, middleZ],
  };
}

/** The front is painted on a square of so many pixels above the terminal cover. */
export const FRONT_PX = 1024;
export const FRONT_M = METER.heightM - METER.coverM;

interface FrontPlace {
  readonly xPx: number;
  readonly yPx: number;
}

export const FRONT_PLACES = {
  pulse: { xPx: 190, yPx: 600 },
  alarm: { xPx: 500, yPx: 600 },
  relay: { xPx: 800, yPx: 600 },
  up: { xPx: 340, yPx: 830 },
  enter: { xPx: 684, yPx: 830 },
} as const satisfies Record<string, FrontPlace>;

/** From the middle of the front, in metres: right and up. */
export const onFront = ({ xPx, yPx }: FrontPlace): readonly [right: number, up: number] => [
  (xPx / FRONT_PX - 0.5) * FRONT_M,
  (0.5 - yPx / FRONT_PX) * FRONT_M,
];

const INK = "#1b252d";
const MONO = '"DejaVu Sans Mono", "Liberation Mono", monospace';
const SANS = '"DejaVu Sans", "Liberation Sans", sans-serif';

/** Everything on the front that is paint or a display. */
export function drawFront(context: CanvasRenderingContext2D, state: BoardState): void {
  const { displayLines, connection, isRelayOpen, device } = state;
  const isSimulated = connection === "none";
  context.fillStyle = "#e3e6e4";
  context.fillRect(0, 0, FRONT_PX, FRONT_PX);
  context.textBaseline = "middle";
  const write = (text: string, [x, y]: Place, font: string, colour: string = INK): void => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  context.textAlign = "left";
  write("METERVILLE", [64, 74], `700 56px ${SANS}`);
  context.textAlign = "right";
  write(
    isSimulated ? "simulated" : device,
    [960, 74],
    `400 ${device.length > 14 ? 30 : 44}px ${SANS}`,
  );
  const isOld = connection !== "connected" && !isSimulated;
  context.fillStyle = "#10161b";
  context.fillRect(56, 130, 912, 330);
  context.fillStyle = isOld ? "#8b9478" : "#b9cf5c";
  context.fillRect(80, 154, 864, 282);
  context.textAlign = "center";
  displayLines.forEach((line, index) => {
    // Each character in its own cell, as on the glass.
    [...line].forEach((character, column) => {
      const x = 98 + ((column + 0.5) * 828) / 16;
      write(character, [x, 234 + 124 * index], `700 76px ${MONO}`, "#16210a");
    });
  });
  if (isOld) write("does not answer", [512, 498], `700 40px ${SANS}`, "#9c1020");
  const { pulse, alarm, relay, up, enter } = FRONT_PLACES;
  write("1,600 imp/kWh", [pulse.xPx + 10, pulse.yPx + 78], `400 44px ${SANS}`);
  write("alarm", [alarm.xPx, alarm.yPx + 78], `400 44px ${SANS}`);
  drawSwitch(context, relay, isRelayOpen);
  write(
    isRelayOpen ? "relay open" : "relay closed",
    [relay.xPx, relay.yPx + 78],
    `700 44px ${SANS}`,
    isRelayOpen ? "#9c1020" : INK,
  );
  write("▲ up", [up.xPx, up.yPx + 128], `400 46px ${SANS}`);
  write("⏎ enter", [enter.xPx, enter.yPx + 128], `400 46px ${SANS}`);
}

type Place = readonly [x: number, y: number];

function drawSwitch(
  context: CanvasRenderingContext2D,
  { xPx, yPx }: FrontPlace,
  isOpen: boolean,
): void {
  context.strokeStyle = isOpen ? "#c2182b" : "#117a4c";
  context.lineWidth = 12;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(xPx - 130, yPx + 10);
  context.lineTo(xPx - 50, yPx + 10);
  context.lineTo(xPx + 50, isOpen ? yPx - 50 : yPx + 10);
  context.moveTo(xPx + 60, yPx + 10);
  context.lineTo(xPx + 130, yPx + 10);
  context.stroke();
}
