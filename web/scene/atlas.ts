// Icons and address labels in one canvas texture, drawn once in the page's own font.

import { CanvasTexture, LinearFilter } from "three";
import { CASE, DIFFERS, THEFT } from "./palette.ts";

const ICONS = ["theft", "power", "case", "differs", "mast-up", "mast-down"] as const;
export type Icon = (typeof ICONS)[number];

export interface AtlasTile {
  /** Place in the texture, 0 to 1; v counts from the bottom. */
  readonly u: number;
  readonly v: number;
  readonly du: number;
  readonly dv: number;
  /** Size on the screen in CSS pixels. */
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Atlas {
  readonly texture: CanvasTexture;
  readonly icons: Readonly<Record<Icon, AtlasTile>>;
  readonly labels: readonly AtlasTile[];
}

const SIZE = 2048;
const ICON_PX = 46;
const LABEL_PX = 26;
const SHARPNESS = 2;
const FONT = `600 ${15 * SHARPNESS}px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif`;

/** Draws the icons and one tile a text; texts that find no more room get an empty tile. */
export function createAtlas(texts: readonly string[]): Atlas {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const context = canvas.getContext("2d")!;
  const tile = (x: number, y: number, width: number, height: number): AtlasTile => ({
    u: x / SIZE,
    v: 1 - (y + height) / SIZE,
    du: width / SIZE,
    dv: height / SIZE,
    widthPx: width / SHARPNESS,
    heightPx: height / SHARPNESS,
  });
  const iconSize = ICON_PX * SHARPNESS;
  const icons = Object.fromEntries(
    ICONS.map((icon, index) => {
      const x = index * (iconSize + 4);
      context.save();
      context.translate(x, 0);
      context.scale(iconSize / 100, iconSize / 100);
      DRAW[icon](context);
      context.restore();
      return [icon, tile(x, 0, iconSize, iconSize)];
    }),
  ) as Record<Icon, AtlasTile>;
  const height = LABEL_PX * SHARPNESS;
  let [x, y] = [0, iconSize + 4];
  context.font = FONT;
  context.textBaseline = "middle";
  const labels = texts.map((text) => {
    const width = Math.ceil(context.measureText(text).width) + 18 * SHARPNESS;
    if (x + width > SIZE) [x, y] = [0, y + height + 4];
    if (y + height > SIZE || width > SIZE) return tile(0, SIZE - 1, 0, 0);
    drawLabel(context, text, { x, y, width, height });
    const place = tile(x, y, width, height);
    x += width + 4;
    return place;
  });
  const texture = new CanvasTexture(canvas);
  texture.minFilter = LinearFilter;
  texture.generateMipmaps = false;
  return { texture, icons, labels };
}

function drawLabel(
  context: CanvasRenderingContext2D,
  text: string,
  { x, y, width, height }: Readonly<Record<"x" | "y" | "width" | "height", number>>,
): void {
  context.fillStyle = "rgba(16, 24, 34, 0.82)";
  context.beginPath();
  context.roundRect(x + 1, y + 1, width - 2, height - 2, height / 3);
  context.fill();
  context.fillStyle = "#f4f7fa";
  context.fillText(text, x + 9 * SHARPNESS, y + height / 2 + 1);
}

type Draw = (context: CanvasRenderingContext2D) => void;

/** Each icon on a field of 100 × 100. */
const DRAW: Readonly<Record<Icon, Draw>> = {
  theft(context) {
    context.lineJoin = "round";
    path(context, [
      [50, 10],
      [93, 86],
      [7, 86],
    ]);
    fillAndRim(context, THEFT);
    context.fillStyle = "#ffffff";
    context.beginPath();
    context.roundRect(45, 34, 10, 28, 4);
    context.arc(50, 73, 5.6, 0, 2 * Math.PI);
    context.fill();
  },
  power(context) {
    disc(context, "#12161c");
    context.strokeStyle = "#ffd92f";
    context.lineWidth = 9;
    context.lineCap = "round";
    context.beginPath();
    context.arc(50, 52, 19, -Math.PI / 2 + 0.75, 1.5 * Math.PI - 0.75);
    context.moveTo(50, 26);
    context.lineTo(50, 48);
    context.stroke();
  },
  case(context) {
    context.lineJoin = "round";
    path(context, [
      [50, 6],
      [92, 50],
      [50, 94],
      [8, 50],
    ]);
    fillAndRim(context, CASE);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 8;
    context.lineCap = "round";
    context.beginPath();
    context.arc(46, 45, 14, 0, 2 * Math.PI);
    context.moveTo(57, 56);
    context.lineTo(68, 68);
    context.stroke();
  },
  differs(context) {
    disc(context, DIFFERS);
    context.strokeStyle = "#ffffff";
    context.lineWidth = 8;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(30, 42);
    context.lineTo(70, 42);
    context.moveTo(30, 58);
    context.lineTo(70, 58);
    context.moveTo(61, 28);
    context.lineTo(39, 72);
    context.stroke();
  },
  "mast-up"(context) {
    waves(context, "#bdeafd");
  },
  "mast-down"(context) {
    context.globalAlpha = 0.55;
    waves(context, "#d7dde2");
    context.globalAlpha = 1;
    context.strokeStyle = "#ffffff";
    context.lineWidth = 17;
    context.lineCap = "round";
    cross(context);
    context.strokeStyle = THEFT;
    context.lineWidth = 10;
    cross(context);
  },
};

function path(
  context: CanvasRenderingContext2D,
  points: readonly (readonly [number, number])[],
): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
}

function fillAndRim(context: CanvasRenderingContext2D, colour: string): void {
  context.lineWidth = 14;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = colour;
  context.stroke();
}

function disc(context: CanvasRenderingContext2D, colour: string): void {
  context.beginPath();
  context.arc(50, 50, 42, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 7;
  context.strokeStyle = "#ffffff";
  context.stroke();
}

function waves(context: CanvasRenderingContext2D, colour: string): void {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineCap = "round";
  context.lineWidth = 7;
  context.beginPath();
  context.arc(50, 50, 7, 0, 2 * Math.PI);
  context.fill();
  for (const radius of [20, 33, 46]) {
    for (const middle of [0, Math.PI]) {
      context.beginPath();
      context.arc(50, 50, radius, middle - 0.62, middle + 0.62);
      context.stroke();
    }
  }
}

function cross(context: CanvasRenderingContext2D): void {
  context.beginPath();
  context.moveTo(26, 26);
  context.lineTo(74, 74);
  context.moveTo(74, 26);
  context.lineTo(26, 74);
  context.stroke();
}
