// Signing in and out over HTTP, and who one is.

import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { MeView, SignInView } from "../../contract/portal.ts";
import type { Access } from "./access.ts";
import { hashPassword, isPassword, PASSWORD_MAX_CHARACTERS } from "./passwords.ts";
import { createSignInTries, type SignInTries } from "./sign-in-tries.ts";
import { DEMO_PASSWORD, NAME_MAX_CHARACTERS, type Users } from "./users.ts";

const FORM = 'write {"name": …, "password": …}';
const WRONG = "the name or the password is wrong";
/** Of one address, whatever the names: each costs 30 ms of a core. */
const SIGN_INS_MAX = 60;
const MINUTE_WALL_MS = 60_000;
/** Passwords that are checked at the same time; each takes 19 MiB. */
const CHECKS_MAX = 4;

const SignInSchema = z.strictObject({
  name: z.string().max(NAME_MAX_CHARACTERS),
  password: z.string().max(PASSWORD_MAX_CHARACTERS),
});

export interface SignInRoutes {
  readonly users: Users;
  readonly access: Access;
  readonly tries?: SignInTries;
}

export async function addSignInRoutes(
  server: FastifyInstance,
  { users, access, tries = createSignInTries() }: SignInRoutes,
): Promise<void> {
  // Who does not exist takes as long as who does.
  const nobodysHash = await hashPassword("nobody");
  const isRight = limited(CHECKS_MAX, isPassword);
  server.get("/api/sign-in", async (): Promise<SignInView> => {
    const hasDemo = users.demo.length > 0;
    return {
      demo: users.demo,
      demoPassword: hasDemo ? DEMO_PASSWORD : null,
      canSignIn: users.count > 0,
    };
  });
  const rateLimit = {
    max: SIGN_INS_MAX,
    timeWindow: MINUTE_WALL_MS,
    allowList: () => false,
  };
  server.post("/api/sign-in", { config: { rateLimit } }, async (request, reply) => {
    const read = SignInSchema.safeParse(request.body);
    if (!read.success) return reply.status(400).send({ error: FORM });
    const { name, password } = read.data;
    const found = users.find(name);
    // A name that is none may be a password in the wrong field: the log does not keep it.
    request.actBy = found?.user.name ?? "an unknown name";
    const lockedMs = tries.lockedForMs(request.ip, name);
    if (lockedMs > 0) {
      const minutes = Math.ceil(lockedMs / 60_000);
      const wait = minutes === 1 ? "a minute" : `${minutes} minutes`;
      return reply.status(429).send({ error: `too many wrong tries; wait ${wait}` });
    }
    // Counted before the wait: tries that come at once are tries too.
    tries.wrong(request.ip, name);
    const isTheirs = await isRight(password, found?.user.password ?? nobodysHash);
    if (found === undefined || !isTheirs) {
      return reply.status(401).send({ error: WRONG });
    }
    tries.right(request.ip, name);
    access.signIn(request, { name: found.user.name, counter: found.counter });
    const { role, supply = null } = found.user;
    return {
      role,
      supply,
      name: found.user.name,
      isSignedIn: true,
      csrfToken: reply.generateCsrf(),
    } satisfies MeView;
  });
  server.post("/api/sign-out", async (request) => {
    access.signOut(request);
    return {};
  });
  server.get("/api/me", async (request, reply): Promise<MeView> => {
    const { person } = request;
    return {
      role: person?.role ?? null,
      name: person?.name ?? "",
      supply: person?.supply ?? null,
      isSignedIn: person?.isSignedIn === true,
      csrfToken: person?.isSignedIn === true ? reply.generateCsrf() : null,
    };
  });
}

const WAIT_WALL_MS = 5;

/** At most so many at once; the others wait. */
function limited<Args extends readonly unknown[], Result>(
  max: number,
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let running = 0;
  return async (...args) => {
    while (running >= max) await pause(WAIT_WALL_MS);
    running++;
    try {
      return await work(...args);
    } finally {
      running--;
    }
  };
}
