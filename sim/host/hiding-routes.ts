// Hiding and revealing the truth over HTTP.

import type { FastifyInstance } from "fastify";
import { CODE_MAX_CHARACTERS, type Hiding } from "./hiding.ts";

export function addHidingRoutes(server: FastifyInstance, hiding: Hiding): void {
  server.get("/api/truth", async () => hiding.view);
  server.post("/api/truth", async (request, reply) => {
    const asked = readRequest(request.body);
    if (typeof asked === "string") return reply.status(400).send({ error: asked });
    if (asked.isHidden) await hiding.hide(asked.code);
    else {
      const refusal = await hiding.reveal(asked.code);
      if (refusal !== null) return reply.status(403).send({ error: refusal });
    }
    return hiding.view;
  });
}

function readRequest(body: unknown): { isHidden: boolean; code: string | undefined } | string {
  const { isHidden, code } = (body ?? {}) as { isHidden?: unknown; code?: unknown };
  if (typeof isHidden !== "boolean") {
    return 'write {"isHidden": true}, or {"isHidden": false} with the "code" if one guards it';
  }
  if (code === undefined) return { isHidden, code };
  const isCode = typeof code === "string" && code.length > 0 && code.length <= CODE_MAX_CHARACTERS;
  return isCode ? { isHidden, code } : `code is one to ${CODE_MAX_CHARACTERS} characters`;
}
