// What a server's run is made of, so that a page can run a branch of it by itself: scenario and journal. Both hold the
// truth, so nobody gets them while it is hidden.

import type { FastifyInstance } from "fastify";
import { resolvedText } from "../engine/world.ts";
import { seenBy } from "./access/person.ts";
import { HIDDEN_TEXT, type Hiding } from "./hiding.ts";
import { readJournal } from "./journal.ts";
import type { Served } from "./server.ts";
import { mustBeShown } from "./server-errors.ts";

export function addSourceRoute(
  server: FastifyInstance,
  { now, hiding }: { readonly now: () => Served; readonly hiding: Hiding },
): void {
  server.get("/api/source", async (request, reply) => {
    const { run } = now();
    mustBeShown(run);
    if (!seenBy(request.person, hiding).sides.includes("truth")) {
      return reply.status(403).send({ error: HIDDEN_TEXT });
    }
    const { resolved, scenarioSha256 } = run.session.twin.model;
    const expected = { scenarioSha256, seed: resolved.seed };
    const journal = readJournal(run.journalPath, expected);
    if (journal.some(({ kind }) => kind === "answers")) {
      return reply.status(409).send({
        error: "boards were in this run; a browser has none, so it cannot run a branch of it",
      });
    }
    return { scenario: resolved.name, resolvedText: resolvedText(resolved), journal };
  });
}
