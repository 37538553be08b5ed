import { describe, expect, test } from "vitest";
import type { BillDocument } from "../../sim/contract/bill-document.ts";
import { billPdf } from "../../sim/host/bill-pdf.ts";

const DOCUMENT: BillDocument = {
  language: "hi",
  title: "बिजली का बिल",
  facts: [{ label: "उपभोक्ता", value: "P. Varma" }],
  columns: ["प्रभार", "मात्रा", "दर", "राशि"],
  rows: [["स्थिर प्रभार", "1 महीना", "₹65.00", "₹65.00"]],
  total: { label: "देय राशि", value: "₹65.00" },
  notes: [],
  plot: { title: "प्रतिदिन खपत", dailyWh: [4_000, null, 9_500], from: "1", through: "3" },
};
const BILL = { id: "supply-09/2026-01" };
const pagesOf = (pdf: Buffer): number =>
  Number(/\/Type \/Pages\n\/Count (\d+)/.exec(pdf.toString("latin1"))?.[1]);

describe("a bill as a PDF", () => {
  test("is one page that says its language", async () => {
    const pdf = await billPdf(DOCUMENT, BILL);
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pagesOf(pdf)).toBe(1);
    expect(pdf.toString("latin1")).toContain("/Lang (hi-IN)");
  });

  test("is the same bytes for the same bill, and others for another", async () => {
    const first = await billPdf(DOCUMENT, BILL);
    expect((await billPdf(DOCUMENT, BILL)).equals(first)).toBe(true);
    const other = { ...DOCUMENT, total: { label: "देय राशि", value: "₹65.01" } };
    expect((await billPdf(other, BILL)).equals(first)).toBe(false);
  });

  test("goes on on a second page where it has many lines", async () => {
    const rows = Array.from({ length: 45 }, () => DOCUMENT.rows[0]!);
    expect(pagesOf(await billPdf({ ...DOCUMENT, rows }, BILL))).toBe(2);
  });

  test("without any use there is no plot, and it is made all the same", async () => {
    const plot = { ...DOCUMENT.plot, dailyWh: [] };
    expect(pagesOf(await billPdf({ ...DOCUMENT, plot }, BILL))).toBe(1);
  });
});
