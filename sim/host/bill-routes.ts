// One bill for reading: as a document for the page, and as a PDF; in a language that the reader chooses.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type BillDocument,
  billDocument,
  dailyUseWh,
  midnightsMs,
} from "../contract/bill-document.ts";
import { LANGUAGES, type Language } from "../contract/bill-words.ts";
import type { Bill } from "../contract/billing.ts";
import { isBillOf } from "../utility/billing/moving-in.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

interface Request {
  Params: { supply: string; cycle: string };
  Querystring: { lang?: unknown };
}

interface Found {
  readonly bill: Bill;
  readonly document: BillDocument;
}

/** `GET /api/account/ID/bills/2026-01?lang=hi`, and `…/pdf`. `lang` is `en` unless given. */
export function addBillRoutes(server: FastifyInstance, now: () => Served): void {
  const refused = (reply: FastifyReply, refusal: Refusal) =>
    reply.status(refusal.status).send({ error: refusal.error });
  const find = ({ params, query, person }: FastifyRequest<Request>): Found | Refusal => {
    const language = languageOf(query.lang);
    if (language === undefined) {
      const error = `lang is one of these: ${LANGUAGES.join(", ")}`;
      return { status: 400, error };
    }
    const { run, store } = now();
    const bill = store.billById(`${params.supply}/${params.cycle}`);
    const { model, world } = run.session.twin;
    const account = world.belief.accounts[model.rowOfSupply.get(params.supply) ?? -1] ?? {};
    // Who lived there before shows the next customer nothing; the company keeps it.
    const isOwn = person?.role !== "customer" || (bill !== undefined && isBillOf(account, bill.id));
    if (bill === undefined || !isOwn) return { status: 404, error: "there is no such bill" };
    mustBeShown(run);
    const dailyWh = dailyUseWh(bill, store.registersAt(bill.supply, midnightsMs(bill)));
    return { bill, document: billDocument(bill, language, dailyWh) };
  };
  server.get<Request>("/api/account/:supply/bills/:cycle", async (request, reply) => {
    const found = find(request);
    return "error" in found ? refused(reply, found) : found.document;
  });
  server.get<Request>("/api/account/:supply/bills/:cycle/pdf", async (request, reply) => {
    const found = find(request);
    if ("error" in found) return refused(reply, found);
    const { bill, document } = found;
    // What draws PDFs takes a while to be read in.
    const { billPdf } = await import("./bill-pdf.ts");
    const name = `bill-${bill.id.replace(/[^\w.-]+/g, "-")}-${document.language}.pdf`;
    return reply
      .header("content-type", "application/pdf")
      .header("content-disposition", `inline; filename="${name}"`)
      .send(await billPdf(document, bill));
  });
}

interface Refusal {
  readonly status: 400 | 404;
  readonly error: string;
}

const languageOf = (text: unknown): Language | undefined =>
  text === undefined ? "en" : LANGUAGES.find((each) => each === text);
