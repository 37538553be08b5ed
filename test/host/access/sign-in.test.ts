// Signing in and out, what guards it, and what the log keeps of it.

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeView, SignInView } from "../../../sim/contract/portal.ts";
import { hashPassword, isPassword, readHash } from "../../../sim/host/access/passwords.ts";
import { createRevoked } from "../../../sim/host/access/revoked.ts";
import {
  createSignInTries,
  LOCK_WALL_MS,
  WRONG_TRIES_MAX,
} from "../../../sim/host/access/sign-in-tries.ts";
import {
  DEMO_PASSWORD,
  demoUsers,
  fileUsers,
  noUsers,
  readUsers,
} from "../../../sim/host/access/users.ts";
import type { Served } from "../../../sim/host/server.ts";
import { temporaryFolder } from "../../support/cli.ts";
import { cookieOf, type Door, door } from "./served-door.ts";

const HOMES = [{ id: "supply-01", address: "1 Mango Lane" }];
const folder = temporaryFolder();
let place: Door;
beforeAll(async () => {
  place = await door(await demoUsers(HOMES));
});
afterAll(async () => {
  await place.server.close();
  folder.remove();
});

const tryIn = (payload: unknown, at = place) =>
  at.server.inject({ method: "POST", url: "/api/sign-in", payload: payload as object });
const meOf = async (headers: Record<string, string>, at = place): Promise<MeView> =>
  (await at.server.inject({ url: "/api/me", headers })).json() as MeView;

test("who signs in is known by the cookie, which no script reads and no other site sends", async () => {
  const answer = await tryIn({ name: "1 MANGO lane", password: DEMO_PASSWORD });
  expect(answer.statusCode).toBe(200);
  const [cookie] = answer.cookies as { httpOnly?: boolean; sameSite?: string }[];
  expect([cookie?.httpOnly, cookie?.sameSite]).toEqual([true, "Strict"]);
  const me = await meOf({ cookie: cookieOf(answer) });
  expect(me).toMatchObject({ role: "customer", supply: "supply-01", name: "1 Mango Lane" });
});

test("whose home is another customer's now sees nothing of it; a customer has a number only where there is one", async () => {
  const path = join(folder.path, "tenants.jsonl");
  const password = await hashPassword("first tenant");
  const tenant = (name: string, more: object) =>
    `${JSON.stringify({ name, role: "customer", supply: "supply-01", password, ...more })}\n`;
  writeFileSync(path, tenant("first", {}) + tenant("second", { customer: 2 }));
  const accounts = [{ holder: { number: 2 } }];
  const twin = {
    model: { rowOfSupply: new Map([["supply-01", 0]]) },
    world: { belief: { accounts }, engine: { clock: { nowMs: 0 } } },
  };
  // A run that cannot be shown now: who is let in hears that.
  const run = { session: { twin }, publish: () => false, paceView: () => ({ held: "it waits" }) };
  const audit = { append: () => undefined };
  const at = await door(
    fileUsers(path, () => undefined),
    { served: () => ({ run, audit }) as unknown as Served },
  );
  const status = async (name: string): Promise<readonly unknown[]> => {
    const headers = await at.signIn(name, "first tenant");
    const answer = await at.server.inject({ url: "/api/account/supply-01/bills", headers });
    return [answer.statusCode, (answer.json() as { error: string }).error];
  };
  expect(await status("first")).toEqual([403, expect.stringContaining("you have moved out")]);
  expect((await status("second"))[0]).toBe(503);
  writeFileSync(
    path,
    `${JSON.stringify({ name: "o", role: "official", customer: 2, password })}\n`,
  );
  expect(() => readUsers(path)).toThrow(/tenants.jsonl:1: customer: only a customer has a number/);
  await at.server.close();
});

test("a wrong password, a wrong name and nonsense: one sentence, no hint which", async () => {
  const wrong = [
    await tryIn({ name: "official", password: "not this one" }),
    await tryIn({ name: "nobody of that name", password: DEMO_PASSWORD }),
    await tryIn({ name: "", password: "" }),
  ];
  for (const { statusCode, body } of wrong) {
    expect([statusCode, body]).toEqual([401, '{"error":"the name or the password is wrong"}']);
  }
  for (const nonsense of [{}, { name: 1, password: 2 }, { name: "a", password: "b", role: "x" }]) {
    expect((await tryIn(nonsense)).statusCode).toBe(400);
  }
});

test("after five wrong tries a name is locked, whether it exists or not, also for the right password", async () => {
  const at = await door(await demoUsers(HOMES));
  for (const name of ["teacher", "nobody"]) {
    for (let tries = 0; tries < WRONG_TRIES_MAX; tries++) {
      expect((await tryIn({ name, password: `wrong ${tries}` }, at)).statusCode).toBe(401);
    }
    const { statusCode, body } = await tryIn({ name, password: DEMO_PASSWORD }, at);
    expect([statusCode, body]).toEqual([429, '{"error":"too many wrong tries; wait 5 minutes"}']);
  }
  expect((await tryIn({ name: "official", password: DEMO_PASSWORD }, at)).statusCode).toBe(200);
  await at.server.close();
});

test("a lock ends by itself, and a right password forgets the wrong ones", () => {
  let nowMs = 0;
  const tries = createSignInTries(() => nowMs);
  for (let wrong = 0; wrong < WRONG_TRIES_MAX - 1; wrong++) tries.wrong("::1", "Anna");
  tries.right("::1", "anna");
  for (let wrong = 0; wrong < WRONG_TRIES_MAX; wrong++) tries.wrong("::1", "Anna ");
  expect(tries.lockedForMs("::1", "anna")).toBe(LOCK_WALL_MS);
  expect(tries.lockedForMs("::2", "anna"), "from elsewhere").toBe(0);
  nowMs = LOCK_WALL_MS;
  expect(tries.lockedForMs("::1", "anna")).toBe(0);
});

test("one address may not try a hundred names a minute", async () => {
  const at = await door(noUsers());
  const statuses: number[] = [];
  for (let nth = 0; nth < 70; nth++) {
    statuses.push((await tryIn({ name: `name ${nth}`, password: "x" }, at)).statusCode);
  }
  expect(statuses.indexOf(429)).toBe(60);
  await at.server.close();
}, 30_000);

test("requests that are refused at the door count too, whoever is refused is told to wait in the end", async () => {
  const at = await door(noUsers());
  const ask = async () => (await at.server.inject({ url: "/api/state" })).statusCode;
  expect(await ask()).toBe(401);
  for (let nth = 1; nth < 3_000; nth++) await ask();
  const { statusCode, headers, body } = await at.server.inject({ url: "/api/state" });
  expect([statusCode, body]).toEqual([429, expect.stringMatching(/too many requests; wait \d+ s/)]);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect((await at.server.inject({ url: "/api/nothing" })).statusCode, "there neither").toBe(429);
  await at.server.close();
}, 30_000);

test("who has signed out stays out, with every copy of the cookie", async () => {
  const headers = await place.signIn("official", DEMO_PASSWORD);
  const again = await place.signIn("official", DEMO_PASSWORD);
  const out = await place.server.inject({
    method: "POST",
    url: "/api/sign-out",
    headers,
    payload: {},
  });
  expect(out.statusCode).toBe(200);
  expect((await meOf(headers)).role).toBeNull();
  expect((await meOf(again)).role, "another session of the same account").toBe("official");
});

test("a socket that a session has opened is closed soon after it has signed out", async () => {
  const at = await door(await demoUsers(HOMES));
  const headers = await at.signIn("official", DEMO_PASSWORD);
  const address = await at.server.listen({ port: 0, host: "127.0.0.1" });
  const { host } = new URL(address);
  // Node's own takes headers, which a browser's does not.
  const options = { headers: { cookie: headers["cookie"] } } as unknown as string[];
  const socket = new WebSocket(`ws://${host}/ws`, options);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  await at.server.inject({ method: "POST", url: "/api/sign-out", headers, payload: {} });
  expect(await closed).toBe(1008);
  await at.server.close();
}, 20_000);

test("a session changes nothing without its own csrf token", async () => {
  const own = await place.signIn("engineer", DEMO_PASSWORD);
  const cookie = own["cookie"]!;
  const other = await place.signIn("engineer", DEMO_PASSWORD);
  const post = async (headers: Record<string, string>) =>
    place.server.inject({ method: "POST", url: "/api/pace", headers, payload: { speed: 1 } });
  const wrong: readonly Record<string, string>[] = [
    { cookie },
    { cookie, "csrf-token": "" },
    { cookie, "csrf-token": other["csrf-token"]! },
  ];
  for (const headers of wrong) {
    const { statusCode, body } = await post(headers);
    expect(statusCode).toBe(403);
    expect(body).toContain("GET /api/me");
  }
  expect((await post(own)).statusCode).toBe(503);
});

test("another site's page is refused, with and without a session", async () => {
  const headers = await place.signIn("engineer", DEMO_PASSWORD);
  const { statusCode } = await place.server.inject({
    ...{ method: "POST", url: "/api/pace", payload: { speed: 1 } },
    headers: { ...headers, origin: "http://elsewhere.example" },
  });
  expect(statusCode).toBe(403);
});

test("without --sign-in the person at the machine is an engineer, until somebody signs in", async () => {
  const at = await door(await demoUsers(HOMES), { needsSignIn: false });
  expect(await meOf({}, at)).toMatchObject({ role: "engineer", isSignedIn: false });
  const customer = await at.signIn("1 Mango Lane", DEMO_PASSWORD);
  expect((await meOf(customer, at)).role).toBe("customer");
  const input = { method: "POST", url: "/api/inputs", payload: { kind: "trip" } } as const;
  expect((await at.server.inject({ ...input, headers: customer })).statusCode).toBe(403);
  expect((await at.server.inject(input)).statusCode, "curl needs no token").toBe(503);
  await at.server.close();
});

test("with a token whoever shows it is the person at the machine; nobody else is", async () => {
  const at = await door(noUsers(), { token: "secret", needsSignIn: false });
  const get = async (url: string, headers = {}) =>
    (await at.server.inject({ url, headers: { host: "10.0.0.7", ...headers } })).statusCode;
  expect(await get("/api/pace")).toBe(401);
  expect(await get("/api/pace?token=wrong")).toBe(401);
  expect(await get("/api/pace?token=secret")).toBe(503);
  expect(await get("/api/pace", { authorization: "Bearer secret" })).toBe(503);
  const { demo, canSignIn } = (
    await at.server.inject({ url: "/api/sign-in", headers: { host: "10.0.0.7" } })
  ).json() as SignInView;
  expect([demo, canSignIn]).toEqual([[], false]);
  await at.server.close();
});

test("the log has who did what to what, with which end and at which simulated time", async () => {
  place.acts.length = 0;
  await tryIn({ name: "official", password: "wrong" });
  await tryIn({ name: "my secret password", password: "wrong" });
  const headers = await place.signIn("official", DEMO_PASSWORD);
  await place.server.inject({
    ...{ method: "POST", url: "/api/inputs", headers },
    payload: { kind: "theft-start", target: "supply-01" },
  });
  expect(place.acts).toMatchObject([
    { who: "official", role: "nobody", act: "sign-in", outcome: "refused" },
    { who: "an unknown name", act: "sign-in", detail: "the name or the password is wrong" },
    { who: "official", act: "sign-in", outcome: "done", atSimMs: 42, detail: "" },
    { who: "official", role: "official", act: "theft-start", target: "supply-01" },
  ]);
  expect(place.acts[3]!.detail).toMatch(/^an official's inputs are payment,/);
  expect(JSON.stringify(place.acts)).not.toContain("secret password");
});

test("a password is right by its own hash only, and no two hashes are alike", async () => {
  const [a, b] = [await hashPassword("correct horse"), await hashPassword("correct horse")];
  expect(a).not.toBe(b);
  expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await isPassword("correct horse", a)).toBe(true);
  expect(await isPassword("correct horse ", a)).toBe(false);
  // An accented letter may come as one character or as two.
  expect(await isPassword("caf\u00e9 au lait", await hashPassword("cafe\u0301 au lait"))).toBe(
    true,
  );
});

test("a hash that would take the machine's memory, or is none, is no hash", () => {
  const ours = (cost: string) => `$argon2id$v=19$${cost}$AAAAAAAAAAAAAAAAAAAAAA$${"A".repeat(43)}`;
  expect(readHash(ours("m=19456,t=2,p=1"))).toBeDefined();
  for (const wrong of [
    ours("m=9999999,t=2,p=1"),
    ours("m=19456,t=99,p=1"),
    ours("m=19456,t=2,p=9"),
    ours("m=1,t=2,p=1"),
    "plain text",
    "",
  ]) {
    expect(readHash(wrong)).toBeUndefined();
  }
});

test("a file of users says which line is wrong and why", async () => {
  const path = join(folder.path, "users.jsonl");
  const password = await hashPassword("a long password");
  const good = { name: "anna", role: "official", password };
  const rows: readonly (readonly [unknown, string])[] = [
    [{ ...good, role: "king" }, "role: a role is one of these: customer,"],
    [{ ...good, role: "customer" }, "supply: a customer has a supply"],
    [{ ...good, supply: "supply-01" }, "supply: a customer has a supply, and nobody else"],
    [{ ...good, password: "plain" }, "password: password is no argon2id; use user add"],
    [{ ...good, rights: "all" }, 'it knows no "rights"'],
    [good, "there is a user anna above already"],
  ];
  for (const [line, sentence] of rows) {
    writeFileSync(path, `${JSON.stringify(good)}\n\n${JSON.stringify(line)}\n`);
    expect(() => readUsers(path)).toThrow(`${path}:3: ${sentence}`);
  }
  writeFileSync(path, "{\n");
  expect(() => readUsers(path)).toThrow(`${path}:1: not a line of JSON`);
  expect(() => readUsers(`${path}.not`)).toThrow("there is no such file; make one with user add");
});

test("whose role is another in the file has to sign in again; who is gone from it is nobody", async () => {
  const path = join(folder.path, "changing.jsonl");
  const password = await hashPassword("a long password");
  const line = (name: string, role: string) => `${JSON.stringify({ name, role, password })}\n`;
  writeFileSync(path, line("anna", "administrator") + line("bert", "official"));
  const told: string[] = [];
  const users = fileUsers(path, (text) => told.push(text));
  const before = users.find("Anna")!.counter;
  writeFileSync(path, line("anna", "official"));
  await expect.poll(() => users.find("anna")?.user.role, { timeout: 5_000 }).toBe("official");
  expect(users.find("anna")!.counter).not.toBe(before);
  expect(users.find("bert")).toBeUndefined();
  appendFileSync(path, "rubbish\n");
  await expect.poll(() => users.find("anna") && told.length, { timeout: 5_000 }).toBe(1);
  expect(told[0]).toMatch(/:2: not a line of JSON.*the users of before go on/);
  expect(users.find("anna")!.user.role).toBe("official");
}, 20_000);

test("what has been taken back is kept until it is too old anyway, and never pushed out by others", () => {
  let nowMs = 0;
  const revoked = createRevoked(1_000, () => nowMs);
  for (let nth = 0; nth < 10_000; nth++) expect(revoked.add(`session ${nth}`)).toBe(true);
  expect(revoked.add("one more"), "the account's counter has to end it").toBe(false);
  expect(revoked.has("session 0")).toBe(true);
  nowMs = 1_000;
  expect(revoked.add("one more")).toBe(true);
  expect(revoked.has("session 0")).toBe(false);
});
