// A bill as a PDF: one page of A4, the same bytes for the same bill. One font has both scripts.

import { createRequire } from "node:module";
import PDFDocument from "pdfkit";
import type { BillDocument } from "../contract/bill-document.ts";
import type { Bill } from "../contract/billing.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = "@expo-google-fonts/noto-sans-devanagari";
const REGULAR = `${FONTS}/400Regular/NotoSansDevanagari_400Regular.ttf`;
const BOLD = `${FONTS}/700Bold/NotoSansDevanagari_700Bold.ttf`;

/** Points. */
const PAGE_WIDTH = 595;
const MARGIN = 48;
const WIDTH = PAGE_WIDTH - 2 * MARGIN;
const ROW_HEIGHT = 19;
const PLOT_HEIGHT = 110;
/** Where a table leaves the page, so that the rest starts on the next one. */
const LOWEST = 842 - MARGIN - 20;
const INK = "#1d2429";
const MUTED = "#59656d";
const RULE = "#c4ccd2";
const BAR = "#1f78d1";

type Page = InstanceType<typeof PDFDocument>;

/** Right edges of quantity, price and amount; the first column starts at the margin. */
const RIGHT_EDGES = [MARGIN + 320, MARGIN + 410, MARGIN + WIDTH] as const;
const COLUMN_WIDTH = 88;

/** The file's bytes. `bill` gives what no reader sees: its id and the moment that the file says it was made at. */
export async function billPdf(
  document: BillDocument,
  bill: Pick<Bill, "id" | "heading">,
): Promise<Buffer> {
  const issued = new Date(`${bill.heading?.issued ?? "1970-01-01"}T00:00:00Z`);
  const page = new PDFDocument({
    size: "A4",
    margin: MARGIN,
    lang: document.language === "hi" ? "hi-IN" : "en-IN",
    displayTitle: true,
    info: { Title: `${document.title} ${bill.id}`, CreationDate: issued, ModDate: issued },
  });
  const chunks: Buffer[] = [];
  page.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((done, failed) => {
    page.on("end", done);
    page.on("error", failed);
  });
  page.registerFont("regular", resolve(REGULAR));
  page.registerFont("bold", resolve(BOLD));
  drawHead(page, document);
  drawTable(page, document);
  drawTotal(page, document);
  drawPlot(page, document);
  drawNotes(page, document);
  page.end();
  await ended;
  return Buffer.concat(chunks);
}

function drawHead(page: Page, { title, facts }: BillDocument): void {
  page.font("bold").fontSize(22).fillColor(INK).text(title, MARGIN, MARGIN);
  let y = page.y + 10;
  const half = Math.ceil(facts.length / 2);
  const columnWidth = WIDTH / 2 - 10;
  const heights = facts.map(({ value }) => {
    page.font("regular").fontSize(11);
    return 15 + page.heightOfString(value, { width: columnWidth }) + 5;
  });
  for (const [from, x] of [
    [0, MARGIN],
    [half, MARGIN + WIDTH / 2 + 10],
  ] as const) {
    let at = y;
    facts.slice(from, from === 0 ? half : facts.length).forEach(({ label, value }, index) => {
      page
        .font("regular")
        .fontSize(8.5)
        .fillColor(MUTED)
        .text(label, x, at, { width: columnWidth });
      page
        .fontSize(11)
        .fillColor(INK)
        .text(value, x, at + 13, { width: columnWidth });
      at += heights[from + index]!;
    });
  }
  const heightOf = (from: number, to: number): number =>
    heights.slice(from, to).reduce((sum, height) => sum + height, 0);
  y += Math.max(heightOf(0, half), heightOf(half, facts.length)) + 8;
  page.y = y;
}

function drawTable(page: Page, { columns, rows }: BillDocument): void {
  drawRow(page, columns, "bold");
  rule(page);
  for (const row of rows) {
    if (page.y + ROW_HEIGHT > LOWEST) page.addPage();
    drawRow(page, row, "regular");
  }
  rule(page);
}

function drawRow(page: Page, cells: readonly string[], font: "regular" | "bold"): void {
  const y = page.y;
  page.font(font).fontSize(10).fillColor(INK);
  const labelWidth = RIGHT_EDGES[0] - COLUMN_WIDTH - MARGIN - 6;
  const height = Math.max(ROW_HEIGHT, page.heightOfString(cells[0]!, { width: labelWidth }) + 4);
  page.text(cells[0]!, MARGIN, y + 2, { width: labelWidth });
  RIGHT_EDGES.forEach((right, index) => {
    const box = { width: COLUMN_WIDTH, align: "right", lineBreak: false } as const;
    page.text(cells[index + 1]!, right - COLUMN_WIDTH, y + 2, box);
  });
  page.y = y + height;
}

function rule(page: Page): void {
  const y = page.y + 1;
  page
    .moveTo(MARGIN, y)
    .lineTo(MARGIN + WIDTH, y)
    .lineWidth(0.8)
    .stroke(RULE);
  page.y = y + 4;
}

function drawTotal(page: Page, { total }: BillDocument): void {
  const y = page.y + 2;
  page.font("bold").fontSize(15).fillColor(INK);
  page.text(total.label, MARGIN, y, { width: WIDTH / 2 });
  page.text(total.value, MARGIN + WIDTH / 2, y, { width: WIDTH / 2, align: "right" });
  page.y = y + 34;
}

/** A bar a day, from zero; the highest has its figure beside the axis. */
function drawPlot(page: Page, { plot }: BillDocument): void {
  const { dailyWh } = plot;
  const highestWh = Math.max(0, ...dailyWh.map((wh) => wh ?? 0));
  if (highestWh === 0) return;
  if (page.y + PLOT_HEIGHT + 50 > LOWEST) page.addPage();
  page.font("bold").fontSize(10).fillColor(INK).text(plot.title, MARGIN, page.y);
  const top = page.y + 6;
  const bottom = top + PLOT_HEIGHT;
  const left = MARGIN + 34;
  const width = WIDTH - 34;
  const topKWh = niceTop(highestWh / 1000);
  page.font("regular").fontSize(8.5).fillColor(MUTED);
  for (const part of [0, 0.5, 1]) {
    const y = bottom - part * PLOT_HEIGHT;
    page
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.5)
      .stroke(RULE);
    page.text(String(part * topKWh), MARGIN, y - 6, {
      width: 28,
      align: "right",
      lineBreak: false,
    });
  }
  const step = width / dailyWh.length;
  dailyWh.forEach((wh, day) => {
    if (wh === null) return;
    const height = (wh / 1000 / topKWh) * PLOT_HEIGHT;
    page.rect(left + day * step + step * 0.14, bottom - height, step * 0.72, height).fill(BAR);
  });
  page.fillColor(MUTED).text(plot.from, left, bottom + 3, { lineBreak: false });
  page.text(plot.through, left, bottom + 3, { width, align: "right", lineBreak: false });
  page.y = bottom + 24;
}

/** The next of 1, 2, 4, 5, 10, 20 … that is not below a value. */
function niceTop(value: number): number {
  let size = 1;
  while (size * 10 < value) size *= 10;
  return [1, 2, 4, 5, 10].map((each) => each * size).find((each) => each >= value)!;
}

function drawNotes(page: Page, { notes }: BillDocument): void {
  page.font("regular").fontSize(9).fillColor(MUTED);
  for (const note of notes) page.text(note, MARGIN, page.y + 3, { width: WIDTH });
}
