// Every route with every role: what is let in is what the table says, and nothing else.

import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNT_ROLES, ROLES, type Role } from "../../../sim/contract/portal.ts";
import { mayCall, OFFICE_INPUTS, ROUTE_RULES } from "../../../sim/host/access/route-roles.ts";
import { DEMO_PASSWORD, demoUsers } from "../../../sim/host/access/users.ts";
import { type Door, door } from "./served-door.ts";

const OWN = "supply-01";
const OTHER = "supply-02";
const HOMES = [
  { id: OWN, address: "1 Mango Lane" },
  { id: OTHER, address: "2 Mango Lane" },
];
const NAMES: Readonly<Record<(typeof ACCOUNT_ROLES)[number], string>> = {
  customer: "1 mango lane",
  official: "official",
  teacher: "teacher",
  engineer: "engineer",
  administrator: "administrator",
};
/** They are answered by what is registered for them alone. */
const SOCKETS = ["GET /ws", "GET /mqtt"];
let place: Door;
const headersOf = new Map<Role | null, Record<string, string>>([[null, {}]]);

beforeAll(async () => {
  place = await door(await demoUsers(HOMES), {
    broker: { host: "127.0.0.1", port: 1 },
  });
  for (const role of ACCOUNT_ROLES) {
    headersOf.set(role, await place.signIn(NAMES[role], DEMO_PASSWORD));
  }
});
afterAll(() => place.server.close());

const routes = (): readonly string[] =>
  [...place.server.routeNames].filter((name) => !SOCKETS.includes(name));

async function call(name: string, role: Role | null, supply = OWN) {
  const [method, pattern] = name.split(" ") as ["GET" | "POST", string];
  const url = pattern
    .replace(":supply", supply)
    .replace(":id", supply)
    .replace("*", "nothing-of-that-name");
  return place.server.inject({
    ...{ method, url },
    headers: headersOf.get(role)!,
    ...(method === "POST" ? { payload: { kind: "payment" } } : {}),
  });
}

test("every route that is registered is in the table, and every one of the table is registered", () => {
  const undeclared = [...place.server.routeNames].filter((name) => !(name in ROUTE_RULES));
  expect(undeclared, "say in ROUTE_RULES who may call it").toEqual([]);
  const pages = ["GET /", "GET /*", "GET /sign-in", "GET /account", "GET /office"].concat([
    ...["GET /teach", "GET /join", "GET /class"],
  ]);
  const gone = Object.keys(ROUTE_RULES).filter(
    (name) => !place.server.routeNames.has(name) && !pages.includes(name),
  );
  expect(gone, "the table has a route that nobody registers").toEqual([]);
});

test("whatever changes something is an act of the audit log", () => {
  const silent = Object.entries(ROUTE_RULES).filter(
    ([name, { act }]) => !name.startsWith("GET ") && act === undefined,
  );
  expect(silent).toEqual([]);
});

test.for([null, ...ROLES])(
  "as %s: let in where the table says so, and nowhere else",
  async (role) => {
    for (const name of routes()) {
      if (name.includes("sign-")) continue;
      const { statusCode, body } = await call(name, role);
      const refused = role === null ? 401 : 403;
      if (mayCall(ROUTE_RULES[name], role)) {
        expect([name, [401, 403].includes(statusCode)], body).toEqual([name, false]);
      } else expect([name, statusCode], body).toEqual([name, refused]);
    }
  },
);

test("a customer who asks for another home hears the same as for one that is not there", async () => {
  const own = routes().filter((name) => name.includes(":supply"));
  expect(own.length).toBeGreaterThan(0);
  for (const name of own) {
    const other = await call(name, "customer", OTHER);
    const nobodys = await call(name, "customer", "supply-99");
    expect([name, other.statusCode]).toEqual([name, 404]);
    expect(other.body).toBe(nobodys.body);
    expect(other.body).not.toContain(OTHER);
  }
});

test("every route of a customer names the supply, so that the door can hold it against the account", () => {
  const open = Object.entries(ROUTE_RULES).filter(
    ([name, { roles }]) =>
      roles !== "anybody" && roles.includes("customer") && !name.includes("/:supply"),
  );
  expect(open).toEqual([]);
});

test("a way around by letters, dots and slashes leads nowhere", async () => {
  for (const url of [
    `/api/account/${OWN}/../${OTHER}`,
    `/api/account/${OWN}%2f..%2f${OTHER}`,
    `/api/account/${OTHER}/`,
    `/api/account/%73upply-02`,
    `/API/account/${OTHER}`,
    `/api/supplies/${OTHER}`,
    `/api/supplies/${OTHER}/history`,
    "/api/inputs/",
    "/api//account",
  ]) {
    const { statusCode } = await place.server.inject({ url, headers: headersOf.get("customer")! });
    expect([url, [403, 404].includes(statusCode)]).toEqual([url, true]);
  }
});

test("no role opens a socket without being in the table, and a socket says so before it opens", async () => {
  for (const url of ["/ws", "/mqtt"]) {
    const headers = { connection: "upgrade", upgrade: "websocket" };
    const nobody = await place.server.inject({ url, headers });
    expect([url, nobody.statusCode]).toEqual([url, 401]);
    const customer = await place.server.inject({
      ...{ url, headers: { ...headers, ...headersOf.get("customer")! } },
    });
    expect([url, customer.statusCode]).toEqual([url, 403]);
  }
});

test("an official's inputs are those of the office: no theft, no cut, no step", async () => {
  const input = async (kind: string) =>
    place.server.inject({
      ...{ method: "POST", url: "/api/inputs", payload: { kind } },
      headers: headersOf.get("official")!,
    });
  for (const kind of ["theft-start", "power-cut", "set-step", "swap-in", "mast-down", "", "x"]) {
    expect([kind, (await input(kind)).statusCode]).toEqual([kind, 403]);
  }
  for (const kind of OFFICE_INPUTS) {
    expect([kind, (await input(kind)).statusCode]).toEqual([kind, 503]);
  }
});
