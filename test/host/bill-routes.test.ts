// A bill over HTTP by the path that the page makes of its id: that of an assessment has a part more than a month's.

import fastify from "fastify";
import { expect, test } from "vitest";
import type { BillDocument } from "../../sim/contract/bill-document.ts";
import { addBillRoutes } from "../../sim/host/bill-routes.ts";
import type { Served } from "../../sim/host/server.ts";
import { assess } from "../../sim/utility/billing/assessment.ts";
import { billPath } from "../../web/player/server-link.ts";
import { books, january, OPENING_WH } from "../support/books.ts";

test("an assessment opens as a page and as a PDF, and a bill that is not there is said", async () => {
  const here = books();
  const now = january(11);
  const what = { caseId: "case-1", known: undefined, registerWh: OPENING_WH, registerAt: now, now };
  const rules = { hoursPerDay: 8, demandFactor: 0.4, days: 365, timesTariff: 2 } as const;
  const supply = { ...here.supply, sanctionedW: 5000 };
  expect(assess({ ...here, supply }, rules, what, here.out)).toBe(true);
  const bill = here.out.bills[0]!;
  expect(bill.id).toBe(`${supply.id}/assessment/case-1`);
  const store = {
    billById: (id: string) => (id === bill.id ? bill : undefined),
    registersAt: () => [],
  };
  const twin = { model: { rowOfSupply: new Map() }, world: { belief: { accounts: [] } } };
  const run = { publish: () => true, session: { twin } };
  const server = fastify();
  addBillRoutes(server, () => ({ run, store }) as unknown as Served);
  const page = await server.inject(`/${billPath(bill.id, "en")}`);
  expect(page.statusCode).toBe(200);
  const { facts } = page.json<BillDocument>();
  expect(facts).toContainEqual({ label: "Bill", value: bill.id });
  const pdf = await server.inject(`/${billPath(bill.id, "hi", "pdf")}`);
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.headers["content-disposition"]).toContain("bill-supply-01-assessment-case-1-hi.pdf");
  const none = await server.inject(`/${billPath(`${supply.id}/assessment/case-2`, "en")}`);
  expect([none.statusCode, none.body]).toEqual([404, '{"error":"there is no such bill"}']);
  await server.close();
});
