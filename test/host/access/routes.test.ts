// Every route with every role: what is let in is what the table says, and nothing else.

import { afterAll, beforeAll, expect, test } from "vitest";
import { STREET_ROLES } from "../../../sim/contract/classroom.ts";
import { PLAY_ROLES, type PlayRole } from "../../../sim/contract/lesson.ts";
import { ACCOUNT_ROLES, type MeView, ROLES, type Role } from "../../../sim/contract/portal.ts";
import { seenBy } from "../../../sim/host/access/person.ts";
import { mayCall, OFFICE_INPUTS, ROUTE_RULES } from "../../../sim/host/access/route-roles.ts";
import { DEMO_PASSWORD, demoUsers } from "../../../sim/host/access/users.ts";
import { createClassroom } from "../../../sim/host/classroom/classroom.ts";
import { cookieOf, type Door, door, OPEN_HIDING } from "./served-door.ts";

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
const classroom = createClassroom();
let place: Door;
const headersOf = new Map<Role | null, Record<string, string>>([[null, {}]]);

beforeAll(async () => {
  place = await door(await demoUsers(HOMES), {
    broker: { host: "127.0.0.1", port: 1 },
    classroom,
  });
  for (const role of ACCOUNT_ROLES) {
    headersOf.set(role, await place.signIn(NAMES[role], DEMO_PASSWORD));
  }
});
afterAll(() => place.server.close());

/** A learner of a class that has just begun: what others are tried with may have ended the one before. */
async function learn(play: PlayRole): Promise<void> {
  const answer = await place.server.inject({
    ...{ method: "POST", url: "/api/class/join" },
    payload: { code: classroom.start(null), name: "Anu" },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  const [anu] = classroom.learners;
  expect(classroom.assign(anu!.id, play, OWN)).toBeNull();
  const { csrfToken } = answer.json() as MeView;
  headersOf.set("learner", { cookie: cookieOf(answer), "csrf-token": csrfToken! });
}

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
    if (role === "learner") await learn("watcher");
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

test.for(PLAY_ROLES)(
  "as a %s of a class: the street's routes where the role has them",
  async (play) => {
    await learn(play);
    const street = routes().filter((name) => ROUTE_RULES[name]?.plays !== undefined);
    expect(street.length).toBeGreaterThan(4);
    for (const name of street) {
      const { statusCode, body } = await call(name, "learner");
      // A detective pays for nobody.
      const isInput = name === "POST /api/inputs" && play === "detective";
      const isRefused = isInput || !STREET_ROLES.includes(play);
      expect([name, statusCode === 403], body).toEqual([name, isRefused]);
    }
    for (const name of routes().filter((each) => each.includes("/account/"))) {
      expect([name, (await call(name, "learner")).statusCode]).toEqual([name, 403]);
    }
  },
);

test("who is sent out of a class does not become the person at the machine", async () => {
  await learn("thief");
  classroom.end();
  const { statusCode } = await call("GET /api/class/me", "learner");
  expect(statusCode).toBe(401);
});

test.for([
  ["watcher", ["truth/supply", "belief/supply"]],
  ["detective", ["belief/supply", "belief/street", "belief/event"]],
  ["thief", []],
  ["operator", []],
  ["customer", []],
] as const)("a %s of a class is shown these channels over the socket: %j", ([play, channels]) => {
  const learner = { name: "Anu", role: "learner", supply: null, play, isSignedIn: true } as const;
  const open = seenBy(learner, OPEN_HIDING);
  expect(open.channels).toEqual(channels);
  expect(open.sides.includes("truth")).toBe(play === "watcher");
});

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
