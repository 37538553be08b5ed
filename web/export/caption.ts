// A picture with what one must know of it below: scenario, simulated moment, view, and what its colours and icons mean.

import { formatClock, formatDate, wallClock } from "../player/format.ts";
import { useStreet } from "../player/store.ts";
import { VIEW_LABEL } from "../player/views.ts";
import { FLAG } from "../scene/home-state.ts";
import { homeStates } from "../scene/home-states.ts";
import { drawIcon, type Icon } from "../scene/icons.ts";
import { LAYER_LABEL, useLayer } from "../scene/layers.ts";
import { LOADING_STEPS, PHASE_COLOURS, UNKNOWN_CABLE, VOLTAGE_STEPS } from "../scene/palette.ts";

const GROUND = "#15202b";
const INK = "#eef3f7";
const MUTED = "#aebbc6";
const FONT = "system-ui, sans-serif";
/** Pixels of the page. */
const MARGIN = 14;
const ROW = 26;
const SWATCH = 26;
const GAP = 16;

type Item = { readonly label: string } & (
  | { readonly hex: string; readonly icon?: never }
  | { readonly icon: Icon; readonly hex?: never }
);

/** What the colours of the cables mean, as the legend of the page has them. */
function cableItems(): readonly Item[] {
  const { view } = useStreet.getState();
  const { layer } = useLayer.getState();
  if (view === "difference") return [];
  if (layer === "voltage") return VOLTAGE_STEPS.map(({ label, hex }) => ({ label, hex }));
  if (layer === "phase") return PHASE_COLOURS.map(({ label, hex }) => ({ label, hex }));
  if (view === "company") return [{ label: "not known", hex: UNKNOWN_CABLE }];
  return LOADING_STEPS.map(({ label, hex }) => ({ label, hex }));
}

/** Marks of the homes in this view, and how many homes have each. */
function markItems(): readonly Item[] {
  const { view } = useStreet.getState();
  const states = homeStates();
  const counted = (flag: number, off?: string): number =>
    states.filter((home) => (home.flags & flag) !== 0 && (off === undefined || home.off === off))
      .length;
  const item = (icon: Icon, words: string, many: number): readonly Item[] =>
    many === 0 ? [] : [{ icon, label: `${words}: ${many}` }];
  if (view === "difference") return item("differs", "differs", counted(FLAG.differs));
  return [
    ...item("theft-several", "theft", counted(FLAG.theft)),
    ...item("case-3", "suspected", counted(FLAG.suspected)),
    ...item("power", "relay open", counted(FLAG.dark, "relay")),
    ...item("cut", "no supply", counted(FLAG.dark, "cut")),
    ...item("fuse", "fuse blown", counted(FLAG.dark, "fuse")),
  ];
}

export interface CaptionOptions {
  /** Pixels of the picture for a pixel of the page. */
  readonly scale: number;
  /** Whether marks are counted too; their number, and so the height, changes with the moment. */
  readonly hasMarks: boolean;
}

/** Title of what is shown, its moment, and its view. */
function headLines(): readonly [title: string, rest: string] {
  const { layout, simMs, view } = useStreet.getState();
  if (layout === null) return ["Meterville", ""];
  const clock = wallClock(layout, simMs);
  return [layout.title, `${formatDate(clock)}, ${formatClock(clock)} · ${VIEW_LABEL[view]}`];
}

/** A canvas with the picture and its caption; both sides are even, as encoders of films want them. */
export function withCaption(
  picture: HTMLCanvasElement,
  { scale, hasMarks }: CaptionOptions,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser gives no canvas to write on");
  const width = picture.width / scale;
  const items = [...cableItems(), ...(hasMarks ? markItems() : [])];
  context.font = `15px ${FONT}`;
  const places = placeItems(context, items, width);
  const heightOf = (rows: number): number => MARGIN + ROW * (2 + rows) + MARGIN / 2;
  const captionHeight = heightOf(places.rows);
  canvas.width = picture.width - (picture.width % 2);
  const height = picture.height + Math.round(captionHeight * scale);
  canvas.height = height - (height % 2);
  context.fillStyle = GROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  context.translate(0, picture.height);
  context.scale(scale, scale);
  context.textBaseline = "middle";
  const [title, rest] = headLines();
  context.fillStyle = INK;
  context.font = `600 18px ${FONT}`;
  context.fillText(title, MARGIN, MARGIN + ROW / 2, width - 2 * MARGIN);
  context.font = `15px ${FONT}`;
  context.fillStyle = MUTED;
  context.fillText(rest, MARGIN, MARGIN + ROW * 1.5, width - 2 * MARGIN);
  items.forEach((item, index) => {
    const [x, row] = places.all[index]!;
    drawItem(context, item, x, MARGIN + ROW * (2.5 + row));
  });
  return canvas;
}

function placeItems(
  context: CanvasRenderingContext2D,
  items: readonly Item[],
  width: number,
): { readonly all: readonly (readonly [x: number, row: number])[]; readonly rows: number } {
  let x = MARGIN;
  let row = 0;
  const all = items.map(({ label }): readonly [number, number] => {
    const itemWidth = SWATCH + 8 + context.measureText(label).width + GAP;
    if (x > MARGIN && x + itemWidth > width) {
      x = MARGIN;
      row++;
    }
    const place = [x, row] as const;
    x += itemWidth;
    return place;
  });
  return { all, rows: items.length === 0 ? 0 : row + 1 };
}

function drawItem(context: CanvasRenderingContext2D, item: Item, x: number, y: number): void {
  if (item.hex === undefined) {
    context.save();
    context.translate(x, y - SWATCH / 2);
    context.scale(SWATCH / 100, SWATCH / 100);
    drawIcon(context, item.icon);
    context.restore();
  } else {
    context.fillStyle = INK;
    context.fillRect(x, y - 5, SWATCH, 10);
    context.fillStyle = item.hex;
    context.fillRect(x + 1, y - 4, SWATCH - 2, 8);
  }
  context.fillStyle = INK;
  context.fillText(item.label, x + SWATCH + 8, y);
}

/** A file's name that says what it shows: `first-street-2026-01-18-0636-truth`. */
export function fileStem(): string {
  const { layout, simMs, view } = useStreet.getState();
  const title = (layout?.title ?? "street").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const stem = title.replace(/^-+|-+$/g, "") || "street";
  if (layout === null) return stem;
  const { day, hour, minute } = wallClock(layout, simMs);
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${stem}-${date}-${pad(hour)}${pad(minute)}-${view}`;
}

/** What the colours of the cables stand for now, for those who hear the page. */
export const layerWords = (): string => LAYER_LABEL[useLayer.getState().layer].toLowerCase();
