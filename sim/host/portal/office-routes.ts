// The office over HTTP. Everything here is what the company knows; none of it is the truth.

import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { amountOf } from "../../contract/customer-event.ts";
import { headline } from "../../contract/event.ts";
import type {
  BoardOfOffice,
  DisconnectionsView,
  OfficeAccountView,
  PostingsView,
} from "../../contract/office.ts";
import { inputOf, OFFICE_ACTS, type OfficeAct } from "../../contract/office-acts.ts";
import { checkInput } from "../../engine/check-input.ts";
import { makeFrame } from "../../engine/frames.ts";
import type { Twin } from "../../engine/world.ts";
import type { Served } from "../server.ts";
import { mustBeShown } from "../server-errors.ts";
import { sendWithBills } from "./customer-routes.ts";
import { clockOf, customerView } from "./customer-view.ts";
import { EXPORT_KINDS, EXPORTS, exportTable, readExportName } from "./exports.ts";
import { arrears, disconnections, ROWS_SHOWN_MAX, search } from "./office-lists.ts";
import { TARIFF_CHARACTERS_MAX, tariffsView, tryTariff } from "./tariff-trial.ts";

const TIMELINE_SHOWN_MAX = 100;
/** Bills of an account's page: two years of months. */
const BILLS_SHOWN_MAX = 24;
const AUDIT_SHOWN_MAX = 200;
const WORD_CHARACTERS_MAX = 100;

interface Asked {
  Params: { id: string; file: string };
  Querystring: { q?: unknown; from?: unknown; who?: unknown; target?: unknown; before?: unknown };
}

export function addOfficeRoutes(server: FastifyInstance, now: () => Served): void {
  /** While the run may be shown. */
  const answer = async (make: (served: Served) => unknown): Promise<unknown> => {
    const served = now();
    mustBeShown(served.run);
    return make(served);
  };
  server.get<Asked>("/api/office/search", ({ query }, reply) =>
    answer(({ run, portal }) => {
      const word = typeof query.q === "string" ? query.q : "";
      if (word.length > WORD_CHARACTERS_MAX) {
        return reply.status(400).send({ error: `write at most ${WORD_CHARACTERS_MAX} characters` });
      }
      return search(run.session.twin, portal.search, word);
    }),
  );
  server.get<Asked>("/api/office/arrears", ({ query }, reply) =>
    answer(({ run, portal }) => {
      const from = Number(query.from ?? 0);
      if (!Number.isSafeInteger(from) || from < 0) {
        return reply.status(400).send({ error: "from is a whole number from 0, such as 50" });
      }
      return arrears(run.session.twin, portal.arrears, from);
    }),
  );
  server.get("/api/office/disconnections", () =>
    answer((served): DisconnectionsView => {
      const { twin } = served.run.session;
      const { currency } = twin.model.resolved.layout;
      return { rows: disconnections(twin), clock: clockOf(served), currency };
    }),
  );
  server.get("/api/office/board", () => answer(boardView));
  server.get<Asked>("/api/office/supplies/:id", ({ params }, reply) =>
    answer((served) => {
      const view = officeAccount(served, params.id);
      if (view === undefined) {
        return reply.status(404).send({ error: "there is no such supply point" });
      }
      const bills = served.store.billTextPage(params.id, { limit: BILLS_SHOWN_MAX });
      return sendWithBills(reply, view, bills);
    }),
  );
  server.get<Asked>("/api/office/supplies/:id/postings", ({ params, query }, reply) =>
    answer((served) => {
      if (!served.run.session.twin.model.rowOfSupply.has(params.id)) {
        return reply.status(404).send({ error: "there is no such supply point" });
      }
      const before = query.before === undefined ? undefined : Number(query.before);
      if (before !== undefined && !(Number.isSafeInteger(before) && before > 0)) {
        const error = "before is the number of a posting, such as 120";
        return reply.status(400).send({ error });
      }
      return postingsView(served, params.id, before);
    }),
  );
  server.get("/api/office/tariffs", () => answer(({ run }) => tariffsView(run.session.twin)));
  server.post("/api/office/tariff-trial", (request, reply) =>
    answer(async (served) => {
      const { text } = (request.body ?? {}) as { readonly text?: unknown };
      if (typeof text !== "string" || text.length > TARIFF_CHARACTERS_MAX) {
        const error = `write {"text": …}, a tariff of at most ${TARIFF_CHARACTERS_MAX} characters`;
        return reply.status(400).send({ error });
      }
      const tried = await tryTariff(served, text);
      request.actRefusal = tried.problems[0];
      return tried;
    }),
  );
  server.get<Asked>("/api/office/export/:file", (request, reply) =>
    answer((served) => {
      const { file } = request.params;
      request.actTarget = file;
      const wanted = readExportName(file);
      if (wanted === undefined) {
        const error = `a table is one of ${EXPORTS.join(", ")}, as .${EXPORT_KINDS.join(" or .")}`;
        return reply.status(404).send({ error });
      }
      const type =
        wanted.kind === "csv" ? "text/csv; charset=utf-8" : "application/vnd.apache.parquet";
      return reply
        .header("content-type", type)
        .header("content-disposition", `attachment; filename="${wanted.name}.${wanted.kind}"`)
        .send(Readable.from(exportTable(served, wanted.name, wanted.kind), { objectMode: false }));
    }),
  );
  server.get<Asked>("/api/audit", ({ query }) =>
    answer(({ audit }) => {
      const before = Number(query.before);
      const entries = audit.list({
        ...(typeof query.who === "string" && query.who !== "" ? { who: query.who } : {}),
        ...(typeof query.target === "string" && query.target !== ""
          ? { target: query.target }
          : {}),
        ...(Number.isSafeInteger(before) && before > 0 ? { beforeId: before } : {}),
        limit: AUDIT_SHOWN_MAX,
      });
      return { entries };
    }),
  );
}

function boardView(served: Served): BoardOfOffice {
  const { twin } = served.run.session;
  const { outages, cases } = streetOf(twin);
  const wanted = new Set([...outages.map(({ where }) => where), ...cases.map((c) => c.supply)]);
  const names: Record<string, string> = {};
  for (const { id, address } of twin.model.records.supplies) {
    if (wanted.has(id)) names[id] = address;
  }
  return { clock: clockOf(served), outages, cases: [...cases].reverse(), names };
}

/** The smallest of each act, asked of the run's own door: what it refuses of that it refuses of any. */
function refusalOf(twin: Twin, act: OfficeAct, supply: string): string {
  const smallest = { amountMinor: 1, months: 2, reason: "-", receipt: "" };
  const input = inputOf(act, supply, smallest);
  const checked = checkInput(twin, input);
  return checked.ok ? "" : checked.reason.replace(`${input.kind}: `, "").replace(`${supply}: `, "");
}

function streetOf(twin: Twin) {
  const frame = makeFrame(twin, "belief/street");
  if (frame.channel !== "belief/street") throw new Error("another channel was made");
  return frame.data;
}

function officeAccount(served: Served, id: string): Omit<OfficeAccountView, "bills"> | undefined {
  const account = customerView(served, id);
  if (account === undefined) return undefined;
  const { twin } = served.run.session;
  const { supplies, feeders } = twin.model.records;
  const record = supplies[twin.model.rowOfSupply.get(id)!]!;
  const { notes } = served.portal;
  return {
    account,
    serial: record.serial,
    feeder: feeders[record.feeder]!.id,
    protected: record.protected,
    cases: twin.world.belief.detection.cases.filter((found) => found.supply === id),
    acts: OFFICE_ACTS.map((act) => ({ act, refusal: refusalOf(twin, act, id) })),
    timeline: notes
      .of(id)
      .slice(-TIMELINE_SHOWN_MAX)
      .reverse()
      .map((event) => ({
        ...{ at: event.at, kind: event.kind, text: headline(event) },
        amountMinor: amountOf(event),
        letter: event.kind === "email" ? event.letter : null,
      })),
    isComplete: notes.isComplete(id),
  };
}

/** A page of what was posted to a customer's account: the debt, or what a prepaid customer paid ahead. */
function postingsView(
  { run, store }: Served,
  id: string,
  beforeSequence: number | undefined,
): PostingsView {
  const { model, world } = run.session.twin;
  const isPrepaid = (world.belief.accounts[model.rowOfSupply.get(id)!]?.prepaid ?? null) !== null;
  const account = `${isPrepaid ? "prepaid" : "receivable"}/${id}`;
  const limit = ROWS_SHOWN_MAX + 1;
  const before = beforeSequence === undefined ? {} : { beforeSequence };
  const postings = store.postingsOf(account, { ...before, limit });
  return {
    ...{ account, balanceMinor: store.balanceMinor(account) },
    postings: postings.slice(0, ROWS_SHOWN_MAX),
    isMore: postings.length === limit,
  };
}
