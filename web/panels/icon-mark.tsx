// An icon of the picture, in the page: painted by the same hand, so that both look alike.

import { useEffect, useRef } from "react";
import { drawIcon, type Icon } from "../scene/icons.ts";

const SIZE_PX = 24;

export function IconMark({ icon }: { readonly icon: Icon }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context == null) return;
    const size = SIZE_PX * Math.max(1, Math.ceil(globalThis.devicePixelRatio));
    [context.canvas.width, context.canvas.height] = [size, size];
    context.scale(size / 100, size / 100);
    drawIcon(context, icon);
  }, [icon]);
  return (
    <span className="icon-mark" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}
