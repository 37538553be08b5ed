// Signing in as a server's owner sets it up: accounts in a file, nobody let in without, the demonstration kept at home.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import type { MeView, SignInView } from "../../sim/contract/portal.ts";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { meterville, type Serving, serve, temporaryFolder, withPath } from "../support/cli.ts";

const STREET = "scenarios/first-street.yaml";
const PASSWORD = "four words and more";
const folder = temporaryFolder();
const USERS = join(folder.path, "users.jsonl");
afterAll(() => folder.remove());

/** `meterville user add …` with a password on standard input. */
async function addUser(password: string, ...args: readonly string[]) {
  const main = join(PROJECT_ROOT, "sim/host/main.ts");
  const child = spawn(process.execPath, [main, "user", "add", ...args, "--users", USERS]);
  child.stdin.end(`${password}\n`);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [exitCode] = (await once(child, "close")) as [number];
  return { exitCode, stderr };
}

async function signIn(url: string, name: string, password = PASSWORD) {
  const answer = await fetch(withPath(url, "api/sign-in"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  const { csrfToken } = (await answer.json()) as MeView;
  return {
    status: answer.status,
    headers: { cookie, "csrf-token": csrfToken ?? "", "content-type": "application/json" },
  };
}

const status = async ({ url }: Serving, path: string, headers = {}): Promise<number> =>
  (await fetch(withPath(url, path), { headers, redirect: "manual" })).status;

test("an account is a line in a file that only its owner reads, with no password in it", async () => {
  expect(await addUser(PASSWORD, "anna", "--role", "official")).toMatchObject({ exitCode: 0 });
  const customer = ["bert", "--role", "customer", "--supply", "supply-05"];
  expect(await addUser(PASSWORD, ...customer)).toMatchObject({ exitCode: 0 });
  const text = readFileSync(USERS, "utf8");
  expect(text.trim().split("\n")).toHaveLength(2);
  expect(text).toContain("$argon2id$");
  expect(text).not.toContain(PASSWORD);
  expect(statSync(USERS).mode & 0o077).toBe(0);
});

test("what cannot be an account is said, and the file stays as it is", async () => {
  const before = readFileSync(USERS, "utf8");
  const rows: readonly (readonly [password: string, args: string[], sentence: string])[] = [
    [PASSWORD, ["Anna", "--role", "official"], "there is a user Anna already; --replace"],
    [PASSWORD, ["carl", "--role", "customer"], "a customer has a supply"],
    [PASSWORD, ["carl", "--role", "teacher", "--supply", "supply-01"], "nobody else has one"],
    [PASSWORD, ["carl", "--role", "king"], "Allowed choices are customer, official"],
    ["short", ["carl", "--role", "teacher"], "a password has 10 to 200 characters"],
  ];
  for (const [password, args, sentence] of rows) {
    const { exitCode, stderr } = await addUser(password, ...args);
    expect([args[0], exitCode]).toEqual([args[0], EXIT.input]);
    expect(stderr).toContain(sentence);
  }
  expect(readFileSync(USERS, "utf8")).toBe(before);
});

test("with --sign-in nobody is let in without an account, and what people do is kept in the run's folder", async () => {
  const live = await serve(STREET, "--paused", "--sign-in", "--users", USERS);
  for (const path of ["api/state", "api/pace", "api/supplies/supply-01", "api/account/supply-05"]) {
    expect([path, await status(live, path)]).toEqual([path, 401]);
  }
  expect(await status(live, ""), "the page leads to the sign-in page").toBe(302);
  expect(await status(live, "sign-in")).toBe(200);
  const { demo } = (await (await fetch(withPath(live.url, "api/sign-in"))).json()) as SignInView;
  expect(demo, "the demonstration's accounts are for servers without users").toEqual([]);
  expect((await signIn(live.url, "official", "meterville-demo")).status).toBe(401);
  const bert = await signIn(live.url, "bert");
  expect(await status(live, "api/account/supply-05", bert.headers)).toBe(200);
  expect(await status(live, "api/account/supply-06", bert.headers)).toBe(404);
  expect(await status(live, "api/state", bert.headers)).toBe(403);
  const anna = await signIn(live.url, "ANNA");
  const trip = await fetch(withPath(live.url, "api/inputs"), {
    ...{ method: "POST", headers: anna.headers },
    body: JSON.stringify({ kind: "trip", target: "supply-05" }),
  });
  expect(trip.status).toBe(202);
  expect(new URL(live.mqttUrl!).password, "the broker is no way around").not.toBe("");
  await live.stop();
  const store = new DatabaseSync(join(live.folder, "store.db"), { readOnly: true });
  const acts = store.prepare("select who, act, outcome from audit order by id").all();
  store.close();
  expect(acts.map(({ who, act, outcome }) => `${who} ${act} ${outcome}`)).toEqual([
    "an unknown name sign-in refused",
    "bert sign-in done",
    "anna sign-in done",
    "anna trip done",
  ]);
  rmSync(live.folder, { recursive: true, force: true });
});

test("beyond this machine the demonstration's accounts are refused", async () => {
  const refused = await meterville(
    "serve",
    STREET,
    "--host",
    "0.0.0.0",
    "--sign-in",
    "--port",
    "0",
  );
  expect(refused.exitCode).toBe(EXIT.input);
  expect(refused.stderr).toContain("give --users FILE (see user add)");
  const live = await serve(STREET, "--paused", "--host", "0.0.0.0");
  const view = (await (await fetch(withPath(live.url, "api/sign-in"))).json()) as SignInView;
  expect(view).toEqual({ demo: [], demoPassword: null, canSignIn: false });
  const bare = new URL(live.url);
  bare.search = "";
  expect((await fetch(new URL("api/state", bare))).status, "without the token").toBe(401);
  expect(await status(live, "api/state"), "with it").toBe(200);
  expect((await signIn(live.url, "official", "meterville-demo")).status).toBe(401);
  await live.stop();
  rmSync(live.folder, { recursive: true, force: true });
});

test("a file of users that cannot be read ends the start with its line", async () => {
  const refused = await meterville("serve", STREET, "--users", join(folder.path, "none.jsonl"));
  expect(refused.exitCode).toBe(EXIT.input);
  expect(refused.stderr).toContain("there is no such file; make one with user add");
});
