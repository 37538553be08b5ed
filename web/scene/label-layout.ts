// Which texts are written: none over another, none over an icon or the roof that it is about. What matters more comes
// first, what finds no room is left out.

/** Free pixels around a label. */
const GAP_PX = 3;
/** Kept free below an icon, so that the roof it is about is seen. */
const ROOF_PX = 30;

export interface LabelWish {
  /** What the text is about: a home's row, or any other number of its own. */
  readonly row: number;
  /** Where it points to on the screen, in pixels: a roof's top. */
  readonly x: number;
  readonly y: number;
  /** Size of the text; 0 wide where it is not wanted. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** Size of the icon between roof and text, 0 for none. */
  readonly iconPx: number;
  /** The smaller, the sooner it is placed. */
  readonly weight: number;
}

export interface PlacedLabel {
  readonly row: number;
  /** From the roof's top up to the label's middle. */
  readonly upPx: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function boxAround({ x, y, widthPx, heightPx }: LabelWish, upPx: number): Box {
  const [halfX, halfY] = [widthPx / 2 + GAP_PX, heightPx / 2 + GAP_PX];
  return { left: x - halfX, right: x + halfX, top: y - upPx - halfY, bottom: y - upPx + halfY };
}

/** The texts that find room on a screen of this size, outside what lies over the picture. */
export function layOutLabels(
  wishes: readonly LabelWish[],
  screen: { readonly width: number; readonly height: number },
  covered: readonly Box[] = [],
): readonly PlacedLabel[] {
  const icons = wishes
    .filter(({ iconPx }) => iconPx > 0)
    .map(({ x, y, iconPx }) => ({
      left: x - iconPx / 2,
      right: x + iconPx / 2,
      top: y - iconPx + 2,
      bottom: y + ROOF_PX,
    }));
  const taken: Box[] = [...icons, ...covered];
  const placed: PlacedLabel[] = [];
  for (const wish of [...wishes].sort((a, b) => a.weight - b.weight)) {
    if (wish.widthPx === 0) continue;
    const upPx = wish.heightPx / 2 + (wish.iconPx > 0 ? wish.iconPx + GAP_PX : 0);
    const box = boxAround(wish, upPx);
    const isInside =
      box.left >= 0 && box.right <= screen.width && box.top >= 0 && box.bottom <= screen.height;
    if (!isInside || taken.some((other) => overlaps(other, box))) continue;
    taken.push(box);
    placed.push({ row: wish.row, upPx });
  }
  return placed;
}
