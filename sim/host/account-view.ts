// One customer for the page: bills and ladder from the company's books, use by interval from its readings, and what
// truly flowed where that may be seen.

import type { FastifyInstance } from "fastify";
import type { HistoryView, SupplyAccountView } from "../contract/account.ts";
import { groupedDigits } from "../contract/token.ts";
import { DAY_MS } from "../core/time.ts";
import { INTERVALS_KEPT } from "../engine/showing/truth-history.ts";
import { disconnectionOf, disconnectionQueue } from "../utility/billing/disconnection-queue.ts";
import { outlookOf } from "../utility/billing/outlook.ts";
import { seenBy } from "./access/person.ts";
import type { Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

const W_MS_PER_WH = 3_600_000;
const DAYS_DEFAULT = 31;
/** A home's panel asks every few seconds. */
const BILLS_TOLD_MAX = 12;

export interface AccountRoutes {
  readonly now: () => Served;
  readonly hiding: Hiding;
}

interface Request {
  Params: { id: string };
  Querystring: { days?: unknown };
}

export function addAccountRoutes(server: FastifyInstance, { now, hiding }: AccountRoutes): void {
  const unknown = { error: "there is no such supply point" };
  server.get<Request>("/api/supplies/:id", async (request, reply) => {
    const served = now();
    const view = accountView(served, request.params.id);
    mustBeShown(served.run);
    return view ?? reply.status(404).send(unknown);
  });
  server.get("/api/disconnections", async () => {
    const served = now();
    const { model, world } = served.run.session.twin;
    const rows = disconnectionQueue(model.records, world.belief, world.engine.clock.nowMs);
    mustBeShown(served.run);
    return { rows };
  });
  server.get<Request>("/api/supplies/:id/history", async (request, reply) => {
    const served = now();
    const days = daysOf(request.query.days);
    if (days === undefined) {
      return reply.status(400).send({ error: "days is a whole number from 1 to 35, such as 31" });
    }
    mustBeShown(served.run);
    const { isHidden } = seenBy(request.person, hiding).view;
    const view = historyView(served, request.params.id, days, !isHidden);
    return view ?? reply.status(404).send(unknown);
  });
}

function daysOf(text: unknown): number | undefined {
  if (text === undefined) return DAYS_DEFAULT;
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= 35 ? days : undefined;
}

/** What the company's files hold on one customer, with the newest bills; undefined for nobody. */
export function accountView(
  { run, store }: Pick<Served, "run" | "store">,
  id: string,
): SupplyAccountView | undefined {
  const books = booksOf(run, id);
  if (books === undefined) return undefined;
  const { supply, ...rest } = books;
  return { supply, bills: [...store.billPage(id, { limit: BILLS_TOLD_MAX })].reverse(), ...rest };
}

/** The same without the bills; undefined for nobody. */
export function booksOf(
  run: Served["run"],
  id: string,
): Omit<SupplyAccountView, "bills"> | undefined {
  const { model, world } = run.session.twin;
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const account = world.belief.accounts[row];
  const { billing, calendar, supplies } = model.records;
  const supply = supplies[row]!;
  const { nowMs } = world.engine.clock;
  const heardAt = world.belief.headend.lastReceivedAt[row]!;
  const outlook =
    billing === null || account === undefined
      ? null
      : {
          tariff: billing.tariffs[supply.tariff]!.title,
          policy: billing.policy.title,
          ...outlookOf({ policy: billing.policy, calendar, supply, account, heardAt }, nowMs),
        };
  const told = account?.vending?.told;
  // What the ladder would do now and the desk holds back: another day, or an official's word.
  const waits = disconnectionOf(model.records, world.belief, row, nowMs)?.waitsFor ?? "";
  const held = outlook === null || outlook.heldBecause !== "" ? {} : { heldBecause: waits };
  return {
    supply: id,
    openItems: (account?.items ?? []).map((item) => ({ ...item })),
    outlook: outlook === null ? null : { ...outlook, ...held },
    ...(told === undefined
      ? {}
      : { tokens: told.map((each) => ({ ...each, token: groupedDigits(each.token) })) }),
  };
}

/** Use by interval over the newest days; undefined for nobody. */
export function historyView(
  { run, store, truthHistory }: Pick<Served, "run" | "store" | "truthHistory">,
  id: string,
  days: number,
  mayShowTruth: boolean,
): HistoryView | undefined {
  const { model, world } = run.session.twin;
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const { intervalMs } = model.meters;
  const lastMs = Math.floor(world.engine.clock.nowMs / intervalMs) * intervalMs;
  const count = Math.min(INTERVALS_KEPT, Math.floor((days * DAY_MS) / intervalMs));
  const firstMs = Math.max(intervalMs, lastMs - (count - 1) * intervalMs);
  const registers = new Map(
    store
      .registersOf(id, firstMs - intervalMs)
      .map(({ measuredAt, importWh }) => [measuredAt, importWh] as const),
  );
  const endMs: number[] = [];
  for (let at = firstMs; at <= lastMs; at += intervalMs) endMs.push(at);
  return {
    supply: id,
    intervalMs,
    endMs,
    knownW: endMs.map((at) => {
      const [from, to] = [registers.get(at - intervalMs), registers.get(at)];
      if (from === undefined || to === undefined) return null;
      return Math.round(((to - from) * W_MS_PER_WH) / intervalMs);
    }),
    trueW: mayShowTruth
      ? endMs.map((at) => {
          const meanW = truthHistory.meanW(row, at);
          return meanW === null ? null : Math.round(meanW);
        })
      : null,
  };
}
