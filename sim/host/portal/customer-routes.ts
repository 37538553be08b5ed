// A customer's own account over HTTP. The door has held the supply in the address against the account before.

import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
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
import { formatLocalIso } from "../../core/calendar.ts";
import { checkInput } from "../../engine/check-input.ts";
import { isBillOf } from "../../utility/billing/moving-in.ts";
import { NOTHING_HERE } from "../access/access.ts";
import { heldText, type Served } from "../server.ts";
import { StorageError } from "../storage-error.ts";
import { csvOf } from "./csv.ts";
import { customerView } from "./customer-view.ts";
import { WAITING_OF_ONE_MAX } from "./payment-desk.ts";
import { energyUse, firstNeededMs, type Registers } from "./use.ts";

/** The nearest homes on the same feeder, of which the mean is made. */
const NEIGHBOURS_MAX = 10;
const ALERTS_SHOWN_MAX = 50;
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
  Querystring: { by?: unknown };
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
    if (!served.run.publish()) return reply.status(503).send({ error: heldText(served.run) });
    const row = served.run.session.twin.model.rowOfSupply.get(supply);
    if (row === undefined) return reply.status(404).send({ error: NOTHING_HERE });
    try {
      return await answer({ served, supply, row });
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      return reply.status(503).send({ error: `${error.message}, then try again` });
    }
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
  server.get<Asked>(`${base}/bills`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply, row }): BillsView => {
      const account = served.run.session.twin.world.belief.accounts[row] ?? {};
      // Who lived there before shows nobody what they paid.
      const own = served.store.billsOf(supply).filter(({ id }) => isBillOf(account, id));
      return { bills: own.reverse() };
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
  server.get<Asked>(`${base}/keypad`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }): KeypadView => {
      return { answers: served.portal.keypads.of(supply) };
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
      asked.served.portal.consents.set(asked.supply, read.data.sharesUse);
      return consentView(asked);
    }),
  );
  server.get<Asked>(`${base}/readings.csv`, ({ params }, reply) =>
    about(params.supply, reply, ({ served, supply }) =>
      reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="readings-${supply}.csv"`)
        .send(readingsCsv(served, supply)),
    ),
  );
}

const registersOf = ({ store }: Served, supply: string, fromMs: number): Registers =>
  new Map(
    store.registersOf(supply, fromMs).map(({ measuredAt, importWh }) => [measuredAt, importWh]),
  );

function energyUseView({ served, supply, row }: Answering, by: UseSpan): UseView {
  const { model, world } = served.run.session.twin;
  const { calendar, supplies } = model.records;
  const { nowMs } = world.engine.clock;
  const fromMs = firstNeededMs(by, calendar, nowMs);
  const withOpening = (id: string, at: number): Registers => {
    const registers = registersOf(served, id, fromMs);
    if (fromMs > 0) return registers;
    return new Map([[0, supplies[at]!.openingWh], ...registers]);
  };
  const { consents } = served.portal;
  const others = consents.sharesUse(supply)
    ? neighboursOf(served, row).filter((at) => consents.sharesUse(supplies[at]!.id))
    : [];
  return energyUse({
    ...{ by, calendar, nowMs, own: withOpening(supply, row) },
    others: others.slice(0, NEIGHBOURS_MAX).map((at) => withOpening(supplies[at]!.id, at)),
  });
}

/** Rows of the other homes on the feeder, the nearest first. */
function neighboursOf({ run }: Served, row: number): readonly number[] {
  const { model } = run.session.twin;
  const { supplies } = model.records;
  const places = model.resolved.layout.supplies;
  const here = places[row]!;
  const distance = (at: number): number => {
    const { x, y } = places[at]!;
    return (x - here.x) * (x - here.x) + (y - here.y) * (y - here.y);
  };
  return supplies
    .map((_, at) => at)
    .filter((at) => at !== row && supplies[at]!.feeder === supplies[row]!.feeder)
    .sort((a, b) => distance(a) - distance(b) || a - b);
}

function alertsView({ portal }: Served, supply: string): AlertsView {
  return {
    isComplete: portal.notes.isComplete(supply),
    alerts: portal.notes
      .of(supply)
      .filter(isAlert)
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

function consentView({ served, supply }: Answering): ConsentView {
  const { intervalMs } = served.run.session.twin.model.records;
  const registers = served.store.registersOf(supply, 0);
  return {
    intervalMs,
    readings: registers.length,
    oldestMs: registers[0]?.measuredAt ?? null,
    sharesUse: served.portal.consents.sharesUse(supply),
  };
}

function readingsCsv({ run, store }: Served, supply: string): string {
  const { calendar } = run.session.twin.model.records;
  let before: number | undefined;
  const rows = store.registersOf(supply, 0).map(({ measuredAt, importWh }) => {
    const usedWh = before === undefined ? "" : importWh - before;
    before = importWh;
    return [formatLocalIso(calendar, measuredAt), importWh, usedWh];
  });
  return csvOf(["measured_at", "register_wh", "used_since_reading_before_wh"], rows);
}
