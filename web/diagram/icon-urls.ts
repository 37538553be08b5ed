// The icons of the picture as images for an SVG: painted by the same hand, so that both look alike.

import { drawIcon, type Icon } from "../scene/icons.ts";

const SIZE_PX = 72;
const urls = new Map<Icon, string>();

export function iconUrl(icon: Icon): string {
  const known = urls.get(icon);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIZE_PX, SIZE_PX];
  const context = canvas.getContext("2d");
  if (context === null) return "";
  context.scale(SIZE_PX / 100, SIZE_PX / 100);
  drawIcon(context, icon);
  const url = canvas.toDataURL();
  urls.set(icon, url);
  return url;
}
