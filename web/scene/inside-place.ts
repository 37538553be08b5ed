// The cut-away of a meter, beside its case: sizes and places of what moves in it. Without three.

import { METER } from "./meter-place.ts";

export const TRAY = {
  widthM: 2.6,
  heightM: METER.heightM,
  /** Its middle, aside of the meter's. */
  asideM: METER.widthM / 2 + 0.3 + 1.3,
  upM: METER.standM + METER.heightM / 2,
  /** The plate lies so far behind the meter's front; what moves lies before the plate. */
  backM: 0.1,
} as const;

type Spot = readonly [right: number, up: number];

/** The conductor: in below on the left, through the sensor, over the relay, and out below on the right. */
export const CONDUCTOR: readonly Spot[] = [
  [-0.95, -1.42],
  [-0.95, 0.3],
  [0.95, 0.3],
  [0.95, -1.42],
];
/** The relay's gap in it. */
export const RELAY = { pivot: [-0.35, 0.3], contact: [0.4, 0.3], openRad: 0.7 } as const;
export const SENSOR: Spot = [-0.95, -0.55];
export const INSIDE_PLACES = {
  lcd: [0, 1.02],
  /** The free end of the relay's arm while it is closed. */
  relay: [0.3, 0.3],
  pulse: [0.42, -0.35],
  modem: [0.42, -1.02],
  flow: SENSOR,
} as const satisfies Record<string, Spot>;
export type InsidePart = keyof typeof INSIDE_PLACES;

const lengths = CONDUCTOR.slice(1).map(([x, y], at) => {
  const [fromX, fromY] = CONDUCTOR[at]!;
  return Math.hypot(x - fromX, y - fromY);
});
export const CONDUCTOR_M = lengths.reduce((sum, length) => sum + length, 0);

/** The place so far along the conductor, in m. */
export function alongConductor(alongM: number): Spot {
  let rest = ((alongM % CONDUCTOR_M) + CONDUCTOR_M) % CONDUCTOR_M;
  for (const [at, length] of lengths.entries()) {
    if (rest <= length) {
      const [[fromX, fromY], [x, y]] = [CONDUCTOR[at]!, CONDUCTOR[at + 1]!];
      return [fromX + ((x - fromX) * rest) / length, fromY + ((y - fromY) * rest) / length];
    }
    rest -= length;
  }
  return CONDUCTOR.at(-1)!;
}

/** Pixels of the painted plate for a metre. */
export const PLATE_PX_M = 384;
const INK = "#e8edf1";
const MONO = '"DejaVu Sans Mono", "Liberation Mono", monospace';
const SANS = '"DejaVu Sans", "Liberation Sans", sans-serif';

/** Paints what does not move, and the display's text. */
export function drawPlate(
  context: CanvasRenderingContext2D,
  { lines, caption }: { readonly lines: readonly [string, string]; readonly caption: string },
): void {
  const [width, height] = [TRAY.widthM * PLATE_PX_M, TRAY.heightM * PLATE_PX_M];
  const px = ([right, up]: Spot): [number, number] => [
    width / 2 + right * PLATE_PX_M,
    height / 2 - up * PLATE_PX_M,
  ];
  context.fillStyle = "#27313a";
  context.fillRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.textAlign = "center";
  const write = (text: string, at: Spot, sizePx: number, colour = INK, family = SANS): void => {
    context.font = `600 ${sizePx}px ${family}`;
    context.fillStyle = colour;
    context.fillText(text, ...px(at));
  };
  const board = px([-0.6, -0.12]);
  context.fillStyle = "#1d6b4a";
  context.fillRect(...board, 1.2 * PLATE_PX_M, 1.16 * PLATE_PX_M);
  context.fillStyle = "#10161b";
  for (const up of [-0.35, -1.02]) {
    const [x, y] = px([-0.5, up + 0.17]);
    context.fillRect(x, y, 0.72 * PLATE_PX_M, 0.34 * PLATE_PX_M);
  }
  write("counts", [-0.14, -0.35], 54);
  write("modem", [-0.14, -1.02], 54);
  write("pulse", [0.42, -0.55], 44);
  write("sends", [0.42, -1.22], 44);
  write("relay", [0, 0.52], 54);
  write("sensor", [-0.42, 0.08], 48);
  const [x, y] = px([-1.2, 1.36]);
  context.fillStyle = "#10161b";
  context.fillRect(x, y, 2.4 * PLATE_PX_M, 0.66 * PLATE_PX_M);
  context.fillStyle = "#b9cf5c";
  context.fillRect(x + 14, y + 14, 2.4 * PLATE_PX_M - 28, 0.66 * PLATE_PX_M - 28);
  write(lines[0], [0, 1.17], 82, "#16210a", MONO);
  write(lines[1], [0, 0.89], 82, "#16210a", MONO);
  if (caption !== "") write(caption, [0, -1.4], 40);
}
