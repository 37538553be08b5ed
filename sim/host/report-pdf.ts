// The report of a run as a PDF of one page of A4: the same bytes for the same page.

import { createRequire } from "node:module";
import PDFDocument from "pdfkit";
import { plotStretches, type RunPage, type RunPlot } from "../contract/run-page.ts";
import { tickText } from "../contract/run-page-html.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = "@expo-google-fonts/noto-sans-devanagari";
const REGULAR = `${FONTS}/400Regular/NotoSansDevanagari_400Regular.ttf`;
const BOLD = `${FONTS}/700Bold/NotoSansDevanagari_700Bold.ttf`;

/** Points. */
const MARGIN = 36;
const WIDTH = 595 - 2 * MARGIN;
const BOTTOM = 842 - MARGIN;
const COLUMNS = 3;
const GAP = 14;
const FACT_HEIGHT = 25;
const PLOT = { left: 34, height: 66, head: 14, below: 13 } as const;
const INK = "#1d2429";
const MUTED = "#4b5860";
const RULE = "#c4ccd2";

type Page = InstanceType<typeof PDFDocument>;

/** The file's bytes. What has no room any more is left out, and the page says so. */
export async function runPagePdf(content: RunPage): Promise<Buffer> {
  const never = new Date(0);
  const page = new PDFDocument({
    size: "A4",
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: 0 },
    lang: "en-IN",
    displayTitle: true,
    info: { Title: `${content.title}: report of a run`, CreationDate: never, ModDate: never },
  });
  const chunks: Buffer[] = [];
  page.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((done, failed) => {
    page.on("end", done);
    page.on("error", failed);
  });
  page.registerFont("regular", resolve(REGULAR));
  page.registerFont("bold", resolve(BOLD));
  drawHead(page, content);
  drawFacts(page, content);
  drawPlots(page, content);
  const againTop = BOTTOM - heightOfAgain(page, content);
  drawLists(page, content, againTop - 6);
  drawAgain(page, content, againTop);
  page.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawHead(page: Page, { title, subtitle, note }: RunPage): void {
  page.font("bold").fontSize(18).fillColor(INK).text(title, MARGIN, MARGIN, { width: WIDTH });
  page.font("regular").fontSize(9.5).fillColor(MUTED).text(subtitle, { width: WIDTH });
  if (note !== "") page.font("bold").fillColor("#a30d22").text(note, { width: WIDTH });
  page.y += 6;
}

function drawFacts(page: Page, { facts }: RunPage): void {
  const width = (WIDTH - (COLUMNS - 1) * GAP) / COLUMNS;
  const top = page.y;
  facts.forEach(({ label, value }, index) => {
    const x = MARGIN + (index % COLUMNS) * (width + GAP);
    const y = top + Math.floor(index / COLUMNS) * FACT_HEIGHT;
    page.font("regular").fontSize(7.5).fillColor(MUTED).text(label, x, y, { lineBreak: false });
    page.font("bold").fontSize(9).fillColor(INK);
    // What is too long for its column is written smaller.
    page.fontSize(9 * Math.min(1, width / page.widthOfString(value)));
    page.text(value, x, y + 10, { lineBreak: false });
  });
  page.y = top + Math.ceil(facts.length / COLUMNS) * FACT_HEIGHT + 4;
}

function drawPlots(page: Page, { plots }: RunPage): void {
  const width = (WIDTH - GAP) / 2;
  const height = PLOT.head + PLOT.height + PLOT.below + 8;
  const top = page.y;
  plots.forEach((plot, index) => {
    const x = MARGIN + (index % 2) * (width + GAP);
    drawPlot(page, plot, { x, y: top + Math.floor(index / 2) * height, width });
  });
  page.y = top + Math.ceil(plots.length / 2) * height + 2;
}

function drawPlot(
  page: Page,
  plot: RunPlot,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): void {
  const { title, unit, lines, low, high, from, to } = plot;
  const heading = `${title}, ${unit}`;
  page.font("bold").fontSize(8.5).fillColor(INK).text(heading, x, y, { lineBreak: false });
  let keyX = x + page.widthOfString(heading) + 10;
  page.font("regular").fontSize(7.5);
  for (const { name, hex } of lines) {
    page.rect(keyX, y + 4, 9, 3).fill(hex);
    page.fillColor(MUTED).text(name, keyX + 12, y + 1, { lineBreak: false });
    keyX += 12 + page.widthOfString(name) + 8;
  }
  const [left, top] = [x + PLOT.left, y + PLOT.head];
  const inner = width - PLOT.left;
  for (const part of [0, 0.5, 1]) {
    const at = top + PLOT.height * (1 - part);
    page
      .moveTo(left, at)
      .lineTo(left + inner, at)
      .lineWidth(0.5)
      .stroke(RULE);
    const label = tickText(low + part * (high - low));
    page.fillColor(MUTED).text(label, x, at - 5, {
      ...{ width: PLOT.left - 5, align: "right", lineBreak: false },
    });
  }
  for (const { hex, stretches } of plotStretches(plot, inner, PLOT.height)) {
    for (const points of stretches) {
      const [first, ...rest] = points;
      page.moveTo(left + first![0], top + first![1]);
      if (rest.length === 0) page.lineTo(left + first![0] + 0.8, top + first![1]);
      for (const [dx, dy] of rest) page.lineTo(left + dx, top + dy);
      page.lineWidth(0.9).stroke(hex);
    }
  }
  const below = top + PLOT.height + 2;
  page.fillColor(MUTED).text(from, left, below, { lineBreak: false });
  page.text(to, left, below, { width: inner, align: "right", lineBreak: false });
}

function drawLists(page: Page, { lists }: RunPage, bottom: number): void {
  for (const { title, rows } of lists) {
    if (page.y + 30 > bottom) return;
    page
      .font("bold")
      .fontSize(10)
      .fillColor(INK)
      .text(title, MARGIN, page.y + 4);
    page.font("regular").fontSize(8).fillColor(INK);
    if (rows.length === 0) page.text("None.", { width: WIDTH });
    for (const [at, row] of rows.entries()) {
      const height = page.heightOfString(`• ${row}`, { width: WIDTH });
      if (page.y + height > bottom - 10) {
        page.text(`… and ${rows.length - at} more, for which there is no room`, { width: WIDTH });
        break;
      }
      page.text(`• ${row}`, MARGIN, page.y, { width: WIDTH });
    }
  }
}

function heightOfAgain(page: Page, { again }: RunPage): number {
  if (again.length === 0) return 0;
  page.font("regular").fontSize(8);
  return 18 + again.reduce((sum, line) => sum + page.heightOfString(line, { width: WIDTH }), 0);
}

function drawAgain(page: Page, { again }: RunPage, top: number): void {
  if (again.length === 0) return;
  page.font("bold").fontSize(10).fillColor(INK).text("Again", MARGIN, top);
  page.font("regular").fontSize(8);
  for (const line of again) page.text(line, MARGIN, page.y, { width: WIDTH });
}
