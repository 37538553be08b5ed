// The page's files, and the addresses of its parts: whoever has to sign in first is led there.

import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { PROJECT_ROOT } from "./files.ts";

const DIST = join(PROJECT_ROOT, "web/dist");
const PORTAL = "portal.html";

/** Serves the built page, if there is one. */
export async function addPages(server: FastifyInstance): Promise<void> {
  if (!existsSync(join(DIST, PORTAL))) return;
  await server.register(fastifyStatic, { root: DIST, index: false });
  server.get("/sign-in", (_request, reply) => reply.sendFile(PORTAL));
  for (const page of ["/account", "/office"] as const) {
    server.get(page, (request, reply) =>
      request.person === null
        ? reply.redirect(`sign-in?to=${page.slice(1)}`)
        : reply.sendFile(PORTAL),
    );
  }
  server.get("/", (request, reply) => {
    if (request.person === null) return reply.redirect("sign-in");
    return request.person.role === "customer"
      ? reply.redirect("account")
      : reply.sendFile("index.html");
  });
}
