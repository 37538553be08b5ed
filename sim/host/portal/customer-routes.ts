// A customer's own account over HTTP. The door has held the supply in the address against the account before.

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { PAYMENT_MAX_MINOR } from "../../contract/input.ts";
import { issueSentence } from "../../contract/issue-sentence.ts";
import {
  type AlertsView,
  type BillsView,
  type ConsentView,
  type NearbyOutagesView,
  type PaymentOrderView,
  PROVIDER_WAYS,
  USE_SPANS,
  type UseSpan,
  type UseView,
} from "../../contract/portal.ts";
import { checkInput } from "../../engine/check-input.ts";
import { NOTHING_HERE } from "../access/access.ts";
import type { Served } from "../server.ts";
import { mustBeShown } from "../server-errors.ts";
import { customerView } from "./customer-view.ts";
import { readingsCsv } from "./exports.ts";
import { WAITING_OF_ONE_MAX } from "./payment-desk.ts";
import type { SupplyEvent } from "./supply-notes.ts";
import { energyUse, momentsNeeded, type Registers } from "./use.ts";

/** The nearest homes on the same feeder, of which the mean is made. */
const NEIGHBOURS_MAX = 10;
const ALERTS_SHOWN_MAX = 50;
/** Bills of a page: three years of months. */
const BILLS_SHOWN_MAX = 36;
/** Orders and consents of one address in a minute. */
const CHANGES_MAX = 30;
const MINUTE_WALL_MS = 60_000;

/** What concerns the customer; suspicions and crews are the company's. */
const ALERT_KINDS: readonly SupplyEvent["kind"][] = [
  "bill",
  "bill-corrected",
  "reminder",
  "notice",
  "notice-served",
  "tripped",
  "reconnected",
  "payment",
  "dispute-opened",
  "dispute-closed",
  "low-credit",
  "no-credit",
  "credit-restored",
  "token-sent",
  "theft-notice",
  "assessed",
];

const amountFix = `write a positive whole number of the smallest coins, at most ${PAYMENT_MAX_MINOR}`;
const OrderSchema = z.strictObject({
  amountMinor: z
    .number(amountFix)
    .int(amountFix)
    .positive(amountFix)
    .max(PAYMENT_MAX_MINOR, amountFix),
  way: z.enum(PROVIDER_WAYS, { error: `a way is one of these: ${PROVIDER_WAYS.join(", ")}` }),
});
const ConsentSchema = z.strictObject({ sharesUse: z.boolean("sharesUse is true or false") });

interface Asked {
  Params: { supply: string };
  Querystring: { by?: unknown; before?: unknown };
}

interface Answering {
  readonly served: Served;
  readonly supply: string;
  readonly row: number;
}

export function addCustomerRoutes(server: FastifyInstance, now: () => Served): void {
  const base = "/api/account/:supply";
  /** Whoever is there, while the run may be shown. */
  const about = async (
    supply: string,
    reply: FastifyReply,
    answer: (asked: Answering) => unknown,
  ): Promise<unknown> => {
    const served = now();
    mustBeShown(served.run);
    const row = served.run.session.twin.model.rowOfSupply.get(supply);
    if (row === undefined) return reply.status(404).send({ error: NOTHING_HERE });
    return answer({ served, supply, row });
  };
  server.get<Asked>(base, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }) => customerView(served, supply)),
  );
  server.get<Asked>(`${base}/use`, ({ params, query }, reply) =>
    about(params.supply, reply, (asked) => {
      const by = query.by ?? "day";
      if (!(USE_SPANS as readonly unknown[]).includes(by)) {
        return reply.status(400).send({ error: `by is one of these: ${USE_SPANS.join(", ")}` });
      }
      return energyUseView(asked, by as UseSpan);
    }),
  );
  server.get<Asked>(`${base}/bills`, ({ params, query }, reply) =>
    about(params.supply, reply, ({ served, supply }) => {
      const { before: id } = query;
      const before = typeof id === "string" ? served.store.billById(id) : undefined;
      if (id !== undefined && before?.supply !== supply) {
        return reply.status(400).send({ error: "before is the id of a bill of this account" });
      }
      const limit = BILLS_SHOWN_MAX + 1;
      const page = { ...(before === undefined ? {} : { before }), limit };
      const bills = served.store.billTextPage(supply, page);
      const rest: Omit<BillsView, "bills"> = { isMore: bills.length === limit };
      return sendWithBills(reply, rest, bills.slice(0, BILLS_SHOWN_MAX));
    }),
  );
  server.get<Asked>(`${base}/alerts`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }) => alertsView(served, supply)),
  );
  server.get<Asked>(`${base}/outages`, ({ params }, reply) => about(params.supply, reply, outages));
  server.get<Asked>(`${base}/payments`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }) => ({
      orders: served.portal.payments.ordersOf(supply),
    })),
  );
  const config = { rateLimit: { max: CHANGES_MAX, timeWindow: MINUTE_WALL_MS } };
  server.post<Asked>(`${base}/payments`, { config }, ({ params, body }, reply) =>
    about(params.supply, reply, ({ served, supply }) => {
      const read = OrderSchema.safeParse(body, { error: issueSentence });
      if (!read.success) return reply.status(400).send({ error: read.error.issues[0]!.message });
      const { amountMinor } = read.data;
      // What the run could never take is not asked of a provider.
      const payment = { kind: "payment", target: supply, amountMinor };
      const checked = checkInput(served.run.session.twin, payment);
      if (!checked.ok) return reply.status(400).send({ error: checked.reason });
      const waiting = served.portal.payments
        .ordersOf(supply)
        .filter(({ state }) => state === "waiting");
      if (waiting.length >= WAITING_OF_ONE_MAX) {
        const error = `${waiting.length} payments wait for the provider already; wait for one of them`;
        return reply.status(429).send({ error });
      }
      const orderedAt = served.run.session.twin.world.engine.clock.nowMs;
      const order: PaymentOrderView = served.portal.payments.order({
        ...read.data,
        ...{ supply, orderedAt },
      });
      return reply.status(202).send(order);
    }),
  );
  server.get<Asked>(`${base}/consent`, ({ params }, reply) =>
    about(params.supply, reply, consentView),
  );
  server.post<Asked>(`${base}/consent`, { config }, ({ params, body }, reply) =>
    about(params.supply, reply, (asked) => {
      const read = ConsentSchema.safeParse(body, { error: issueSentence });
      if (!read.success) return reply.status(400).send({ error: read.error.issues[0]!.message });
      asked.served.portal.consents.set(asked.supply, read.data.sharesUse);
      return consentView(asked);
    }),
  );
  server.get<Asked>(`${base}/readings.csv`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }) =>
      reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="readings-${supply}.csv"`)
        .send(Readable.from(readingsCsv(served, supply), { objectMode: false })),
    ),
  );
}

/** A view with bills as the store keeps them: to read and write each of them again would be most of the work. */
export const sendWithBills = (
  reply: FastifyReply,
  view: object,
  bills: readonly string[],
): FastifyReply =>
  reply
    .header("content-type", "application/json; charset=utf-8")
    .send(`${JSON.stringify(view).slice(0, -1)},"bills":[${bills.join()}]}`);

function energyUseView({ served, supply, row }: Answering, by: UseSpan): UseView {
  const { store, portal } = served;
  const { model, world } = served.run.session.twin;
  const { calendar, supplies } = model.records;
  const { newestMs } = store.registerSpan(supply, world.engine.clock.nowMs);
  const momentsMs = momentsNeeded(by, calendar, newestMs);
  const registersOf = (at: number): Registers => {
    const { id, openingWh } = supplies[at]!;
    const read = store.registersAt(id, momentsMs);
    return new Map([
      [0, openingWh],
      ...read.map(({ measuredAt, importWh }) => [measuredAt, importWh] as const),
    ]);
  };
  const { consents } = portal;
  const others = consents.sharesUse(supply)
    ? neighboursOf(served, row).filter((at) => consents.sharesUse(supplies[at]!.id))
    : [];
  return energyUse({
    ...{ by, calendar, newestMs, own: registersOf(row) },
    others: others.slice(0, NEIGHBOURS_MAX).map(registersOf),
  });
}

/** Rows of the other homes on the feeder, the nearest first. Homes stand in the order of their feeders. */
function neighboursOf({ run }: Served, row: number): readonly number[] {
  const { model } = run.session.twin;
  const { supplies } = model.records;
  const places = model.resolved.layout.supplies;
  const here = places[row]!;
  const distance = (at: number): number => {
    const { x, y } = places[at]!;
    return (x - here.x) * (x - here.x) + (y - here.y) * (y - here.y);
  };
  const isHere = (at: number): boolean => supplies[at]?.feeder === supplies[row]!.feeder;
  const others: number[] = [];
  for (let at = row - 1; isHere(at); at--) others.push(at);
  for (let at = row + 1; isHere(at); at++) others.push(at);
  return others.sort((a, b) => distance(a) - distance(b) || a - b);
}

function alertsView({ portal }: Served, supply: string): AlertsView {
  return {
    isComplete: portal.notes.isComplete,
    alerts: portal.notes
      .of(supply)
      .filter(({ kind }) => ALERT_KINDS.includes(kind))
      .slice(-ALERTS_SHOWN_MAX)
      .reverse()
      .map((event) => ({ ...{ at: event.at, kind: event.kind }, amountMinor: amountOf(event) })),
  };
}

/** What an event is about in money; null where it is about none. */
export function amountOf(event: SupplyEvent): number | null {
  if ("amountMinor" in event) return event.amountMinor;
  if ("arrearsMinor" in event) return event.arrearsMinor;
  return "creditMinor" in event ? event.creditMinor : null;
}

/** Those of the own feeder; of other homes no more than how many they are. */
function outages({ served, row }: Answering): NearbyOutagesView {
  const { model, world } = served.run.session.twin;
  const { supplies } = model.records;
  const { feeder } = supplies[row]!;
  return {
    outages: world.belief.outages.open
      .filter(({ rows }) => rows.some((at) => supplies[at]?.feeder === feeder))
      .map(({ since, rows }) => ({ since, homes: rows.length, isHere: rows.includes(row) })),
  };
}

function consentView({ served, supply }: Answering): ConsentView {
  const { model, world } = served.run.session.twin;
  const { count, oldestMs } = served.store.registerSpan(supply, world.engine.clock.nowMs);
  return {
    ...{ intervalMs: model.records.intervalMs, readings: count, oldestMs },
    sharesUse: served.portal.consents.sharesUse(supply),
  };
}
