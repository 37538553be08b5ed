// A text as a QR code (ISO/IEC 18004), drawn as one path so that it is sharp on a projector.

import qrcode from "qrcode-generator";
import { useMemo } from "react";

/** Modules of quiet around the code, as the standard asks. */
const QUIET = 4;

export function QrPicture({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, size } = useMemo(() => {
    // Version by the length of the text; M restores 15 %.
    const code = qrcode(0, "M");
    code.addData(text);
    code.make();
    const count = code.getModuleCount();
    let drawn = "";
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        if (code.isDark(row, column)) drawn += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
      }
    }
    return { path: drawn, size: count + 2 * QUIET };
  }, [text]);
  return (
    <svg className="class-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
