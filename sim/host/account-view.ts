// One customer over HTTP: books, and use by interval.

import type { FastifyInstance } from "fastify";
import { accountView, historyView, type Watched } from "../engine/showing/account-view.ts";
import { disconnectionQueue } from "../utility/billing/disconnection-queue.ts";
import { seenBy } from "./access/person.ts";
import type { Hiding } from "./hiding.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

const DAYS_DEFAULT = 31;

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
    const view = accountView(watched(served), request.params.id);
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
    const view = historyView(watched(served), request.params.id, days, !isHidden);
    return view ?? reply.status(404).send(unknown);
  });
}

const watched = ({ run, store, truthHistory }: Served): Watched => ({
  twin: run.session.twin,
  books: store,
  truthHistory,
});

function daysOf(text: unknown): number | undefined {
  if (text === undefined) return DAYS_DEFAULT;
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= 35 ? days : undefined;
}
