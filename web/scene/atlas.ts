// Icons, gauges and texts in one canvas texture, drawn once in the page's own font.

import { CanvasTexture, LinearFilter } from "three";
import { drawIcon, ICONS, type Icon } from "./icons.ts";
import { LOADING_STEPS, loadingStep } from "./palette.ts";

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
  /** A loading as a bar with its percents. */
  gauge(share: number): AtlasTile;
  /** Makes room for more texts before a picture; what was written before may be written again. */
  makeRoom(): void;
  /** How wide a text will be on the screen, in CSS pixels. */
  widthPx(text: string, style: TextKind): number;
  /** The text, written when first asked for; empty where a picture has more texts than there is room for. */
  text(text: string, style: TextKind): AtlasTile;
}

const SIZE = 2048;
const GAP = 4;
const ICON_PX = 46;
const LABEL_PX = 22;
const STREET_PX = 24;
const SHARPNESS = 2;
const FAMILY = `system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif`;
const LABEL_FONT = `600 ${14 * SHARPNESS}px ${FAMILY}`;
const STREET_FONT = `600 ${16 * SHARPNESS}px ${FAMILY}`;
const GAUGE = { widthPx: 104, heightPx: 26, stepShare: 0.05, maxShare: 2 } as const;

type Box = Readonly<Record<"x" | "y" | "width" | "height", number>>;
const NOTHING: AtlasTile = { u: 0, v: 0, du: 0, dv: 0, widthPx: 0, heightPx: 0 };

/** Lays tiles side by side, row under row; null where there is no more room. */
function createShelves() {
  let [x, y, rowHeight] = [0, 0, 0];
  let first = 0;
  return {
    place(width: number, height: number): Box | null {
      if (x + width > SIZE) [x, y, rowHeight] = [0, y + rowHeight + GAP, 0];
      if (y + height > SIZE || width > SIZE) return null;
      const box = { x, y, width, height };
      x += width + GAP;
      rowHeight = Math.max(rowHeight, height);
      return box;
    },
    /** What lies so far stays for ever. */
    keep(): void {
      first = y + rowHeight + GAP;
      [x, y, rowHeight] = [0, first, 0];
    },
    /** Pixels of height that are left. */
    get left(): number {
      return SIZE - y - rowHeight;
    },
    /** Takes away all that is not kept; returns where that begins. */
    clear(): number {
      [x, y, rowHeight] = [0, first, 0];
      return first;
    },
  };
}

const tileOf = ({ x, y, width, height }: Box): AtlasTile => ({
  u: x / SIZE,
  v: 1 - (y + height) / SIZE,
  du: width / SIZE,
  dv: height / SIZE,
  widthPx: width / SHARPNESS,
  heightPx: height / SHARPNESS,
});

/** Less height than this is not enough for the texts of one picture. */
const ROOM_PX = 700;

export function createAtlas(): Atlas {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIZE, SIZE];
  const context = canvas.getContext("2d")!;
  context.textBaseline = "middle";
  const shelves = createShelves();
  const iconSize = ICON_PX * SHARPNESS;
  const icons = Object.fromEntries(
    ICONS.map((icon) => {
      const box = shelves.place(iconSize, iconSize)!;
      context.save();
      context.translate(box.x, box.y);
      context.scale(iconSize / 100, iconSize / 100);
      drawIcon(context, icon);
      context.restore();
      return [icon, tileOf(box)];
    }),
  ) as Record<Icon, AtlasTile>;
  const gauges: AtlasTile[] = [];
  for (let share = 0; share <= GAUGE.maxShare + 1e-9; share += GAUGE.stepShare) {
    const box = shelves.place(GAUGE.widthPx * SHARPNESS, GAUGE.heightPx * SHARPNESS)!;
    drawGauge(context, share, box);
    gauges.push(tileOf(box));
  }
  shelves.keep();
  const texture = new CanvasTexture(canvas);
  texture.minFilter = LinearFilter;
  texture.generateMipmaps = false;
  const widths = new Map<string, number>();
  const tiles = new Map<string, AtlasTile>();
  const widthPx = (text: string, kind: TextKind): number => {
    const known = widths.get(kind + text);
    if (known !== undefined) return known;
    const { font, besidePx } = TEXT_STYLES[kind];
    context.font = font;
    // A whole and even number of pixels on the screen, so that its middle is on one.
    const width = 2 * Math.ceil((context.measureText(text).width / SHARPNESS + 2 * besidePx) / 2);
    widths.set(kind + text, width);
    return width;
  };
  return {
    texture,
    icons,
    widthPx,
    makeRoom() {
      if (shelves.left >= ROOM_PX) return;
      const top = shelves.clear();
      context.clearRect(0, top, SIZE, SIZE - top);
      tiles.clear();
    },
    text(text, kind) {
      const known = tiles.get(kind + text);
      if (known !== undefined) return known;
      const style = TEXT_STYLES[kind];
      const box = shelves.place(widthPx(text, kind) * SHARPNESS, style.heightPx * SHARPNESS);
      if (box === null) return NOTHING;
      context.font = style.font;
      style.draw(context, text, box);
      texture.needsUpdate = true;
      const tile = tileOf(box);
      tiles.set(kind + text, tile);
      return tile;
    },
    gauge: (share) =>
      gauges[Math.min(gauges.length - 1, Math.max(0, Math.round(share / GAUGE.stepShare)))]!,
  };
}

interface TextStyle {
  readonly font: string;
  readonly heightPx: number;
  readonly besidePx: number;
  draw(context: CanvasRenderingContext2D, text: string, box: Box): void;
}

/** An address on a plate; a street's name, larger, with a rim and no plate. */
export type TextKind = "label" | "street";

const LABEL: TextStyle = {
  font: LABEL_FONT,
  heightPx: LABEL_PX,
  besidePx: 6,
  draw(context, text, { x, y, width, height }) {
    context.fillStyle = "rgba(13, 20, 28, 0.86)";
    context.beginPath();
    context.roundRect(x + 1, y + 1, width - 2, height - 2, height / 4);
    context.fill();
    context.fillStyle = "#f4f7fa";
    context.fillText(text, x + this.besidePx * SHARPNESS, y + height / 2 + 1);
  },
};

const STREET: TextStyle = {
  font: STREET_FONT,
  heightPx: STREET_PX,
  besidePx: 6,
  draw(context, text, { x, y, height }) {
    const at = [x + this.besidePx * SHARPNESS, y + height / 2 + 1] as const;
    context.lineJoin = "round";
    context.lineWidth = 5 * SHARPNESS;
    context.strokeStyle = "rgba(13, 20, 28, 0.82)";
    context.strokeText(text, ...at);
    context.fillStyle = "#ffffff";
    context.fillText(text, ...at);
  },
};

const TEXT_STYLES: Readonly<Record<TextKind, TextStyle>> = { label: LABEL, street: STREET };
/** Heights of texts, in CSS pixels. */
export const TEXT_HEIGHT_PX: Readonly<Record<TextKind, number>> = {
  label: LABEL_PX,
  street: STREET_PX,
};

function drawGauge(context: CanvasRenderingContext2D, share: number, box: Box): void {
  const { x, y, width, height } = box;
  const isOver = share > 1;
  context.fillStyle = "#0d141c";
  context.beginPath();
  context.roundRect(x + 1, y + 1, width - 2, height - 2, 10);
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = isOver ? LOADING_STEPS.at(-1)!.hex : "#c9d3da";
  context.stroke();
  const [cells, cellWidth, cellHeight] = [5, 15, 26];
  for (let cell = 0; cell < cells; cell++) {
    const isFull = share > cell / cells + 1e-9;
    context.fillStyle = isFull ? loadingStep(share).hex : "#3a4651";
    context.fillRect(
      x + 14 + cell * (cellWidth + 3),
      y + (height - cellHeight) / 2,
      cellWidth,
      cellHeight,
    );
  }
  context.font = LABEL_FONT;
  context.fillStyle = "#f4f7fa";
  context.textAlign = "right";
  context.fillText(`${Math.round(share * 100)} %`, x + width - 13, y + height / 2 + 1);
  context.textAlign = "left";
}
