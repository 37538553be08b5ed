// The report of a run as a page of HTML that stands alone and prints to one page of A4.

import { plotStretches, type RunPage, type RunPlot } from "./run-page.ts";

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const STYLE = `
@page { size: A4; margin: 11mm }
* { box-sizing: border-box }
body { max-width: 188mm; margin: 6mm auto; color: #1d2429; background: #fff; font: 14px/1.35 system-ui, sans-serif }
h1 { margin: 0; font-size: 24px }
h2 { margin: 12px 0 4px; font-size: 16px }
p { margin: 2px 0 }
.note { padding: 4px 8px; border-left: 4px solid #a30d22 }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(56mm, 1fr)); gap: 4px 14px; margin: 10px 0 }
dt { color: #4b5860 }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(86mm, 1fr)); gap: 8px 12px }
figure { margin: 0 }
figcaption { font-weight: 600 }
figcaption span { margin-left: 10px; font-weight: 400 }
svg { display: block; width: 100%; height: auto }
svg text { font-size: 20px; fill: #4b5860 }
ul, pre { margin: 0; padding-left: 18px }
pre { padding: 4px 8px; background: #eef2f5; font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere }
@media print {
  body { margin: 0; max-width: none; font-size: 10px }
  h1 { font-size: 17px } h2 { margin: 6px 0 2px; font-size: 12px } pre { font-size: 9px }
  dl { grid-template-columns: repeat(4, 1fr); margin: 5px 0; gap: 2px 10px }
  .plots { grid-template-columns: 1fr 1fr; gap: 4px 10px }
}
`;

/** Units of the drawings. */
const PLOT = { left: 72, width: 410, height: 130, below: 26 } as const;

/** The page as a whole document. */
export function runPageHtml(page: RunPage): string {
  const { title, subtitle, note, facts, plots, lists, again } = page;
  const parts = [
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(subtitle)}</p>`,
    note === "" ? "" : `<p class="note">${escaped(note)}</p>`,
    facts.length === 0
      ? ""
      : `<dl>${facts.map(({ label, value }) => `<div><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`).join("")}</dl>`,
    `<div class="plots">${plots.map(figure).join("")}</div>`,
    ...lists.map(
      (list) =>
        `<h2>${escaped(list.title)}</h2>${list.rows.length === 0 ? "<p>None.</p>" : `<ul>${list.rows.map((row) => `<li>${escaped(row)}</li>`).join("")}</ul>`}`,
    ),
    ...(again.length === 0
      ? []
      : [`<h2>Again</h2><pre tabindex="0">${again.map(escaped).join("\n")}</pre>`]),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}: report of a run</title><style>${STYLE}</style></head>
<body><main>${parts.filter(Boolean).join("\n")}</main></body></html>
`;
}

function figure(plot: RunPlot): string {
  const { left, width, height, below } = PLOT;
  const { title, unit, lines, low, high, from, to } = plot;
  const key = lines
    .map(({ name, hex }) => `<span><b style="color:${hex}">▬</b> ${escaped(name)}</span>`)
    .join("");
  const ticks = [0, 0.5, 1].map((part) => {
    const y = 8 + height * (1 - part);
    return `<path d="M${left} ${y}h${width}" stroke="#c4ccd2"/><text x="${left - 6}" y="${y + 7}" text-anchor="end">${tickText(low + part * (high - low))}</text>`;
  });
  const paths = plotStretches(plot, width, height).flatMap(({ hex, stretches }) =>
    stretches.map((points) => {
      const d = points
        .map(
          ([x, y], at) => `${at === 0 ? "M" : "L"}${(left + x).toFixed(1)} ${(8 + y).toFixed(1)}`,
        )
        .join("");
      return `<path d="${d}${points.length === 1 ? "h1" : ""}" fill="none" stroke="${hex}" stroke-width="1.6"/>`;
    }),
  );
  const spoken = lines
    .map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      const [least, most] = known.reduce(
        ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      );
      return `${name} ${tickText(least)} to ${tickText(most)} ${unit}`;
    })
    .join("; ");
  return `<figure><figcaption>${escaped(title)}, ${unit}${key}</figcaption>
<svg role="img" aria-label="${escaped(`${title}: ${spoken}`)}" viewBox="0 0 ${left + width + 6} ${height + 8 + below}">${ticks.join("")}${paths.join("")}
<text x="${left}" y="${height + 8 + 22}">${escaped(from)}</text><text x="${left + width}" y="${height + 8 + 22}" text-anchor="end">${escaped(to)}</text></svg></figure>`;
}

/** A number on an axis, with as many digits as it needs. */
export const tickText = (value: number): string => String(Number(value.toPrecision(4)));
