// The page's files, and the addresses of its parts: whoever has to sign in first is led there.

import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { STREET_ROLES } from "../contract/classroom.ts";
import { PROJECT_ROOT } from "./files.ts";

const DIST = join(PROJECT_ROOT, "web/dist");
const PORTAL = "portal.html";

/** Serves the built page, if there is one. */
export async function addPages(server: FastifyInstance): Promise<void> {
  if (!existsSync(join(DIST, PORTAL))) return;
  await server.register(fastifyStatic, { root: DIST, index: false });
  server.get("/sign-in", (_request, reply) => reply.sendFile(PORTAL));
  // Whoever may not use them is told so by what the pages ask for.
  for (const page of ["/join", "/class"]) {
    server.get(page, (_request, reply) => reply.sendFile(PORTAL));
  }
  server.get("/teach", (request, reply) =>
    request.person === null ? reply.redirect("sign-in?to=teach") : reply.sendFile(PORTAL),
  );
  for (const page of ["/account", "/office"] as const) {
    server.get(page, (request, reply) =>
      request.person === null
        ? reply.redirect(`sign-in?to=${page.slice(1)}`)
        : reply.sendFile(PORTAL),
    );
  }
  server.get("/", (request, reply) => {
    if (request.person === null) return reply.redirect("sign-in");
    const { role, play } = request.person;
    if (role === "customer") return reply.redirect("account");
    const hasDesk = role === "learner" && !STREET_ROLES.includes(play ?? "watcher");
    return hasDesk ? reply.redirect("class") : reply.sendFile("index.html");
  });
}
