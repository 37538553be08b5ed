// The icons of the picture, each drawn on a field of 100 × 100. Shape tells them apart, colour says it again.

import { THEFT_KINDS, type TheftKind } from "../../sim/contract/theft.ts";
import { CASE, DIFFERS, THEFT } from "./palette.ts";

/** `theft-several`: more than one way at one home. A case has as many bars as its probability has steps. */
export const ICONS = [
  ...THEFT_KINDS.map((kind) => `theft-${kind}` as const),
  "theft-several",
  "power",
  "cut",
  "fuse",
  "case-1",
  "case-2",
  "case-3",
  "case-4",
  "differs",
  "differs-supply",
  "differs-relay",
  "differs-register",
  "mast-up",
  "mast-down",
  "flight-up",
  "flight-down",
] as const;
export type Icon = (typeof ICONS)[number];

type Context = CanvasRenderingContext2D;
type Point = readonly [x: number, y: number];

/** The icon of the kinds in `theftKinds`; there is at least one. */
export function theftIcon(theftKinds: number): Icon {
  const kinds = THEFT_KINDS.filter((_, index) => (theftKinds & (1 << index)) !== 0);
  return kinds.length === 1 ? `theft-${kinds[0]!}` : "theft-several";
}

export function drawIcon(context: Context, icon: Icon): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  if (icon === "theft-several") return drawTheft(context, null);
  if (icon.startsWith("theft-")) return drawTheft(context, icon.slice(6) as TheftKind);
  if (icon.startsWith("case-")) return drawCase(context, Number(icon.at(-1)));
  DRAW[icon as keyof typeof DRAW](context);
}

function drawTheft(context: Context, kind: TheftKind | null): void {
  path(context, [
    [50, 8],
    [94, 88],
    [6, 88],
  ]);
  fillAndRim(context, THEFT);
  context.strokeStyle = "#ffffff";
  context.fillStyle = "#ffffff";
  context.lineWidth = 6;
  if (kind === null) drawBang(context);
  else KINDS[kind](context);
}

function drawBang(context: Context): void {
  context.beginPath();
  context.roundRect(45, 34, 10, 28, 4);
  context.arc(50, 73, 5.6, 0, 2 * Math.PI);
  context.fill();
}

const KINDS: Readonly<Record<TheftKind, (context: Context) => void>> = {
  /** A way around a sensor. */
  "partial-bypass"(context) {
    lines(context, [
      [28, 76],
      [72, 76],
    ]);
    context.beginPath();
    context.arc(50, 74, 17, Math.PI, 0);
    context.stroke();
    disc(context, [50, 76], 7);
  },
  hook(context) {
    context.beginPath();
    context.moveTo(58, 40);
    context.lineTo(58, 64);
    context.arc(47, 64, 11, 0, Math.PI * 0.95);
    context.stroke();
    disc(context, [58, 38], 6);
  },
  /** The sign of an earth electrode. */
  "missing-neutral"(context) {
    lines(
      context,
      [
        [50, 38],
        [50, 58],
      ],
      [
        [32, 58],
        [68, 58],
      ],
      [
        [39, 68],
        [61, 68],
      ],
      [
        [46, 78],
        [54, 78],
      ],
    );
  },
  magnet(context) {
    context.lineWidth = 11;
    context.lineCap = "butt";
    context.beginPath();
    context.moveTo(36, 79);
    context.lineTo(36, 60);
    context.arc(50, 60, 14, Math.PI, 0);
    context.lineTo(64, 79);
    context.stroke();
    context.strokeStyle = "#14181d";
    lines(
      context,
      [
        [36, 72],
        [36, 80],
      ],
      [
        [64, 72],
        [64, 80],
      ],
    );
  },
  /** An open contact, and a bridge over it. */
  "relay-bypass"(context) {
    context.lineWidth = 5.5;
    lines(
      context,
      [
        [24, 78],
        [38, 78],
        [58, 66],
      ],
      [
        [63, 78],
        [76, 78],
      ],
    );
    context.beginPath();
    context.arc(50, 76, 22, Math.PI * 1.1, Math.PI * 1.9);
    context.stroke();
  },
};

function drawCase(context: Context, bars: number): void {
  path(context, [
    [50, 4],
    [96, 50],
    [50, 96],
    [4, 50],
  ]);
  fillAndRim(context, CASE);
  for (let bar = 0; bar < 4; bar++) {
    const height = 12 + 8 * bar;
    context.fillStyle = bar < bars ? "#ffffff" : "rgba(255, 255, 255, 0.28)";
    context.fillRect(27 + 12 * bar, 68 - height, 9, height);
  }
}

const DRAW = {
  power(context: Context) {
    plate(context, "#12161c");
    context.strokeStyle = "#ffd92f";
    context.lineWidth = 9;
    context.beginPath();
    context.arc(50, 52, 19, -Math.PI / 2 + 0.75, 1.5 * Math.PI - 0.75);
    context.moveTo(50, 26);
    context.lineTo(50, 48);
    context.stroke();
  },
  /** A line that ends, and goes on further. */
  cut(context: Context) {
    plate(context, "#12161c");
    context.strokeStyle = "#ffd92f";
    context.lineWidth = 9;
    lines(
      context,
      [
        [20, 58],
        [38, 58],
      ],
      [
        [62, 58],
        [80, 58],
      ],
    );
    context.lineWidth = 7;
    lines(
      context,
      [
        [40, 72],
        [47, 44],
      ],
      [
        [53, 72],
        [60, 44],
      ],
    );
  },
  /** A fuse of IEC 60617 whose wire is broken. */
  fuse(context: Context) {
    context.beginPath();
    context.roundRect(8, 24, 84, 52, 10);
    context.fillStyle = "#12161c";
    context.fill();
    context.lineWidth = 6;
    context.strokeStyle = "#ffffff";
    context.stroke();
    context.strokeStyle = "#ffd92f";
    context.lineWidth = 6;
    context.strokeRect(24, 38, 52, 24);
    lines(
      context,
      [
        [12, 50],
        [38, 50],
        [44, 56],
      ],
      [
        [56, 44],
        [62, 50],
        [88, 50],
      ],
    );
  },
  differs(context: Context) {
    plate(context, DIFFERS);
    white(context);
    lines(
      context,
      [
        [30, 42],
        [70, 42],
      ],
      [
        [30, 58],
        [70, 58],
      ],
      [
        [61, 28],
        [39, 72],
      ],
    );
  },
  /** The same plate with the line that ends, the switch, and the digits of the counter. */
  "differs-supply"(context: Context) {
    plate(context, DIFFERS);
    white(context);
    lines(
      context,
      [
        [20, 58],
        [38, 58],
      ],
      [
        [62, 58],
        [80, 58],
      ],
      [
        [40, 72],
        [47, 44],
      ],
      [
        [53, 72],
        [60, 44],
      ],
    );
  },
  "differs-relay"(context: Context) {
    plate(context, DIFFERS);
    white(context);
    context.beginPath();
    context.arc(50, 52, 19, -Math.PI / 2 + 0.75, 1.5 * Math.PI - 0.75);
    context.moveTo(50, 26);
    context.lineTo(50, 48);
    context.stroke();
  },
  "differs-register"(context: Context) {
    plate(context, DIFFERS);
    context.fillStyle = "#ffffff";
    for (let digit = 0; digit < 3; digit++) context.fillRect(24 + 19 * digit, 36, 14, 28);
  },
  "mast-up"(context: Context) {
    waves(context, "#13202b", 13);
    waves(context, "#bdeafd", 7);
  },
  "mast-down"(context: Context) {
    waves(context, "#5c656d", 7);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 17;
    cross(context);
    context.strokeStyle = THEFT;
    context.lineWidth = 10;
    cross(context);
  },
  /** Round: from a home to its mast. */
  "flight-up"(context: Context) {
    disc(context, [50, 50], 46, "#10222e");
    disc(context, [50, 50], 33, "#bdeafd");
  },
  /** Square on its corner: from a mast to a home. */
  "flight-down"(context: Context) {
    context.save();
    context.translate(50, 50);
    context.rotate(Math.PI / 4);
    context.fillStyle = "#2e2410";
    context.fillRect(-34, -34, 68, 68);
    context.fillStyle = "#ffd9a0";
    context.fillRect(-23, -23, 46, 46);
    context.restore();
  },
} as const;

function white(context: Context): void {
  context.strokeStyle = "#ffffff";
  context.lineWidth = 8;
}

function path(context: Context, points: readonly Point[]): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
}

function lines(context: Context, ...all: readonly (readonly Point[])[]): void {
  context.beginPath();
  for (const points of all) {
    points.forEach(([x, y], index) => {
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
  }
  context.stroke();
}

function fillAndRim(context: Context, colour: string): void {
  context.lineWidth = 14;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = colour;
  context.stroke();
}

function disc(context: Context, [x, y]: Point, radius: number, colour = "#ffffff"): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

function plate(context: Context, colour: string): void {
  disc(context, [50, 50], 42, colour);
  context.lineWidth = 7;
  context.strokeStyle = "#ffffff";
  context.stroke();
}

function waves(context: Context, colour: string, widthPx: number): void {
  context.strokeStyle = colour;
  context.lineWidth = widthPx;
  disc(context, [50, 50], widthPx, colour);
  for (const radius of [20, 33, 45]) {
    for (const middle of [0, Math.PI]) {
      context.beginPath();
      context.arc(50, 50, radius, middle - 0.62, middle + 0.62);
      context.stroke();
    }
  }
}

function cross(context: Context): void {
  lines(
    context,
    [
      [26, 26],
      [74, 74],
    ],
    [
      [74, 26],
      [26, 74],
    ],
  );
}
