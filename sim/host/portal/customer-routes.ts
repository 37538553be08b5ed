// A customer's own account over HTTP. The door has held the supply in the address against the account before.

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Bill } from "../../contract/billing.ts";
import { type AlertEvent, amountOf, isAlert } from "../../contract/customer-event.ts";
import { PAYMENT_MAX_MINOR } from "../../contract/input.ts";
import { issueSentence } from "../../contract/issue-sentence.ts";
import {
  type AlertsView,
  type BillsView,
  type ConsentView,
  type KeypadView,
  type NearbyOutagesView,
  type PaymentOrderView,
  PROVIDER_WAYS,
  USE_SPANS,
  type UseSpan,
  type UseView,
} from "../../contract/portal.ts";
import { digitsOf, TOKEN_TEXT_FIX } from "../../contract/token.ts";
import { checkInput } from "../../engine/check-input.ts";
import { isBillOf } from "../../utility/billing/moving-in.ts";
import { NOTHING_HERE } from "../access/access.ts";
import type { Served } from "../server.ts";
import { mustBeShown } from "../server-errors.ts";
import { customerView } from "./customer-view.ts";
import { readingsCsv } from "./exports.ts";
import { WAITING_OF_ONE_MAX } from "./payment-desk.ts";
import { consentKey, type Tenure, tenureOf } from "./tenure.ts";
import { energyUse, momentsNeeded, type Registers } from "./use.ts";

/** The nearest homes on the same feeder, of which the mean is made. */
const NEIGHBOURS_MAX = 10;
const ALERTS_SHOWN_MAX = 50;
/** Bills of a page: three years of months. */
const BILLS_SHOWN_MAX = 36;
/** Orders and consents of one address in a minute. */
const CHANGES_MAX = 30;
const MINUTE_WALL_MS = 60_000;

const amountFix = `write a positive whole number of the smallest coins, at most ${PAYMENT_MAX_MINOR}`;
const OrderSchema = z.strictObject({
  amountMinor: z
    .number(amountFix)
    .int(amountFix)
    .positive(amountFix)
    .max(PAYMENT_MAX_MINOR, amountFix),
  way: z.enum(PROVIDER_WAYS, { error: `a way is one of these: ${PROVIDER_WAYS.join(", ")}` }),
});
const TokenSchema = z.strictObject({ token: z.string(TOKEN_TEXT_FIX).max(60, TOKEN_TEXT_FIX) });
const ConsentSchema = z.strictObject({ sharesUse: z.boolean("sharesUse is true or false") });

interface Asked {
  Params: { supply: string };
  Querystring: { by?: unknown; before?: unknown };
}

interface Answering {
  readonly served: Served;
  readonly supply: string;
  readonly row: number;
  readonly tenure: Tenure;
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
    return answer({ served, supply, row, tenure: tenureOf(served, row) });
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
    about(params.supply, reply, ({ served, supply, row }) => {
      const { before: id } = query;
      const before = typeof id === "string" ? served.store.billById(id) : undefined;
      if (id !== undefined && before?.supply !== supply) {
        return reply.status(400).send({ error: "before is the id of a bill of this account" });
      }
      const limit = BILLS_SHOWN_MAX + 1;
      const page = { ...(before === undefined ? {} : { before }), limit };
      const texts = served.store.billTextPage(supply, page);
      const account = served.run.session.twin.world.belief.accounts[row];
      // Who lived there before shows nobody what they paid.
      const bills =
        account?.holder === undefined
          ? texts
          : texts.filter((text) => isBillOf(account, (JSON.parse(text) as Bill).id));
      const rest: Omit<BillsView, "bills"> = { isMore: bills.length === limit };
      return sendWithBills(reply, rest, bills.slice(0, BILLS_SHOWN_MAX));
    }),
  );
  server.get<Asked>(`${base}/alerts`, ({ params }, reply) =>
    about(params.supply, reply, alertsView),
  );
  server.get<Asked>(`${base}/outages`, ({ params }, reply) => about(params.supply, reply, outages));
  server.get<Asked>(`${base}/payments`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply, tenure }) => ({
      orders: served.portal.payments
        .ordersOf(supply)
        .filter(({ orderedAt }) => orderedAt >= tenure.sinceMs),
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
  server.get<Asked>(`${base}/keypad`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply, tenure }): KeypadView => {
      const answers = served.portal.keypads.of(supply);
      return { answers: answers.filter(({ at }) => at >= tenure.sinceMs) };
    }),
  );
  server.post<Asked>(`${base}/keypad`, { config }, ({ params, body }, reply) =>
    about(params.supply, reply, ({ served, supply }) => {
      const read = TokenSchema.safeParse(body, { error: issueSentence });
      if (!read.success) return reply.status(400).send({ error: read.error.issues[0]!.message });
      const { token } = read.data;
      if (digitsOf(token) === undefined) return reply.status(400).send({ error: TOKEN_TEXT_FIX });
      const accepted = served.run.input({ kind: "enter-token", target: supply, token });
      if (accepted.ok) return reply.status(202).send(accepted);
      return reply.status(accepted.isOurs === true ? 503 : 400).send({ error: accepted.reason });
    }),
  );
  server.get<Asked>(`${base}/consent`, ({ params }, reply) =>
    about(params.supply, reply, consentView),
  );
  server.post<Asked>(`${base}/consent`, { config }, ({ params, body }, reply) =>
    about(params.supply, reply, (asked) => {
      const read = ConsentSchema.safeParse(body, { error: issueSentence });
      if (!read.success) return reply.status(400).send({ error: read.error.issues[0]!.message });
      const { served, supply, tenure } = asked;
      served.portal.consents.set(consentKey(supply, tenure), read.data.sharesUse);
      return consentView(asked);
    }),
  );
  server.get<Asked>(`${base}/readings.csv`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply, tenure }) =>
      reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="readings-${supply}.csv"`)
        .send(
          Readable.from(readingsCsv(served, supply, tenure.readingsFromMs), { objectMode: false }),
        ),
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

function energyUseView({ served, supply, row, tenure }: Answering, by: UseSpan): UseView {
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
  const sharesUse = (at: number): boolean =>
    portal.consents.sharesUse(consentKey(supplies[at]!.id, tenureOf(served, at)));
  const others = sharesUse(row) ? neighboursOf(served, row).filter(sharesUse) : [];
  const own = new Map(
    [...registersOf(row)].filter(([measuredAt]) => measuredAt >= tenure.readingsFromMs),
  );
  return energyUse({
    ...{ by, calendar, newestMs, own },
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

function alertsView({ served: { portal }, supply, tenure }: Answering): AlertsView {
  return {
    isComplete: portal.notes.isComplete(supply),
    alerts: portal.notes
      .of(supply)
      .filter(isAlert)
      .filter(({ at }) => at >= tenure.sinceMs)
      .slice(-ALERTS_SHOWN_MAX)
      .reverse()
      .map((event) => ({
        ...{ at: event.at, kind: event.kind, amountMinor: amountOf(event) },
        count: countOf(event),
        email: event.kind === "email" ? { letter: event.letter, to: event.to } : null,
      })),
  };
}

function countOf(event: AlertEvent): number | null {
  if (event.kind === "few-days-left") return event.days;
  return event.kind === "instalments-agreed" ? event.months : null;
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

function consentView({ served, supply, tenure }: Answering): ConsentView {
  const { model, world } = served.run.session.twin;
  const { count, oldestMs } = served.store.registerSpan(
    supply,
    world.engine.clock.nowMs,
    tenure.readingsFromMs,
  );
  return {
    ...{ intervalMs: model.records.intervalMs, readings: count, oldestMs },
    sharesUse: served.portal.consents.sharesUse(consentKey(supply, tenure)),
  };
}
