// A whole server without a run behind it: whoever is let in hears that there is none.

import type { FastifyInstance } from "fastify";
import type { AuditEntry } from "../../../sim/contract/audit.ts";
import type { MeView } from "../../../sim/contract/portal.ts";
import type { AuditLog } from "../../../sim/host/access/audit.ts";
import type { Users } from "../../../sim/host/access/users.ts";
import type { Hiding } from "../../../sim/host/hiding.ts";
import { createServer, type Served, type ServerOptions } from "../../../sim/host/server.ts";
import type { Sessions } from "../../../sim/host/sessions.ts";

export const OPEN_HIDING = {
  view: { isHidden: false, needsCode: false },
  sides: ["truth", "belief"],
  channels: ["truth/supply", "belief/supply"],
  listeners: new Set(),
} as unknown as Hiding;

export interface Door {
  readonly server: FastifyInstance;
  readonly acts: AuditEntry[];
  /** A cookie and the header that goes with it. */
  signIn(name: string, password: string): Promise<Record<string, string>>;
}

export async function door(users: Users, options: Partial<ServerOptions> = {}): Promise<Door> {
  const acts: AuditEntry[] = [];
  const audit = { append: (entry: AuditEntry) => void acts.push(entry) } as unknown as AuditLog;
  const served = {
    audit,
    run: { session: { twin: { world: { engine: { clock: { nowMs: 42 } } } } } },
  } as unknown as Served;
  let isAsked = false;
  const server = await createServer({
    // The log is asked after the answer; routes hear that there is no run.
    served: () => (isAsked ? served : undefined),
    sessions: { accept: () => undefined } as unknown as Sessions,
    hiding: OPEN_HIDING,
    startOver: async () => "there is none",
    ...{ token: null, users, needsSignIn: true, broker: null, brokerHasPassword: false },
    ...options,
  });
  server.addHook("onRequest", async () => {
    isAsked = false;
  });
  server.addHook("preSerialization", async (_request, _reply, payload) => {
    isAsked = true;
    return payload;
  });
  return {
    server,
    acts,
    async signIn(name, password) {
      const answer = await server.inject({
        method: "POST",
        url: "/api/sign-in",
        payload: { name, password },
      });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      const { csrfToken } = answer.json() as MeView;
      return { cookie: cookieOf(answer), "csrf-token": csrfToken! };
    },
  };
}

export function cookieOf({
  cookies,
}: {
  readonly cookies: readonly { readonly name: string; readonly value: string }[];
}): string {
  return cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join("; ");
}
