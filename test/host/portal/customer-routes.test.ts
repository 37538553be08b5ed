// What a customer's own routes tell, over a real street: the company's books, never the truth, and of others no more
// than a mean.

import { join } from "node:path";
import fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  OfficeAccountView,
  OfficeRows,
  TariffTrialView,
} from "../../../sim/contract/office.ts";
import type {
  AlertsView,
  BillsView,
  ConsentView,
  CustomerView,
  KeypadView,
  PaymentOrderView,
  UseView,
} from "../../../sim/contract/portal.ts";
import { groupedDigits, TOKEN_TEXT_FIX } from "../../../sim/contract/token.ts";
import { localTime } from "../../../sim/core/calendar.ts";
import { minor } from "../../../sim/core/money.ts";
import { DAY_MS, HOUR_MS } from "../../../sim/core/time.ts";
import { createFeed } from "../../../sim/engine/journal-feed.ts";
import { createTwin } from "../../../sim/engine/world.ts";
import { AT_THE_MACHINE, type Person } from "../../../sim/host/access/person.ts";
import { addBillRoutes } from "../../../sim/host/bill-routes.ts";
import type { Accepted } from "../../../sim/host/live.ts";
import { createArrearsIndex } from "../../../sim/host/portal/arrears-index.ts";
import { openConsents } from "../../../sim/host/portal/consents.ts";
import { type Cell, csvOf } from "../../../sim/host/portal/csv.ts";
import { addCustomerRoutes } from "../../../sim/host/portal/customer-routes.ts";
import { createKeypads } from "../../../sim/host/portal/keypads.ts";
import { addOfficeRoutes } from "../../../sim/host/portal/office-routes.ts";
import { openPaymentDesk } from "../../../sim/host/portal/payment-desk.ts";
import { createSupplyNotes } from "../../../sim/host/portal/supply-notes.ts";
import { createSupplySearch } from "../../../sim/host/portal/supply-search.ts";
import type { Served } from "../../../sim/host/server.ts";
import { setErrors } from "../../../sim/host/server-errors.ts";
import { createSession } from "../../../sim/host/session.ts";
import { openStore } from "../../../sim/host/store.ts";
import { temporaryFolder } from "../../support/cli.ts";
import { journal, street } from "../../support/street.ts";

const OWN = "supply-12";
const DAYS = 22;
const folder = temporaryFolder();

/** A street that has run for a while, behind its portal's routes. */
function portalOf(scenario: "three-lanes" | "prepaid-lanes") {
  const path = (name: string): string => join(folder.path, `${scenario}-${name}`);
  const store = openStore(path("store.db"), { runId: "run-1", scenario, seed: 1 });
  const twin = createTwin(street({ scenario, stepMs: 30 * 60_000 }));
  const session = createSession({ twin, store });
  const notes = createSupplyNotes();
  const inputs: unknown[] = [];
  const provider = { isSilent: false };
  let isHeld = false;
  const keypads = createKeypads();
  const input = (raw: unknown): Accepted => {
    inputs.push(raw);
    return { ok: true, seq: inputs.length, takesEffectAtMs: 0 };
  };
  const arrears = createArrearsIndex(twin);
  const portal = {
    ...{ notes, keypads, arrears, search: createSupplySearch(twin.model.records.supplies) },
    consents: openConsents(path("consents.ndjson")),
    payments: openPaymentDesk({
      path: path("payments.ndjson"),
      provider: {
        pay: ({ reference }, callBack) =>
          provider.isSilent ? undefined : void callBack({ reference, isPaid: true }),
        close: () => undefined,
      },
      journalled: [],
      input,
    }),
  };
  const run = {
    session,
    input,
    publish: () => !isHeld,
    paceView: () => ({ held: "the disk is full" }),
  };
  const server = fastify();
  let role = "official";
  server.decorateRequest("person", { getter: () => ({ ...AT_THE_MACHINE, role }) as Person });
  setErrors(server);
  const served = { run, store, portal } as unknown as Served;
  addCustomerRoutes(server, () => served);
  addOfficeRoutes(server, () => served);
  addBillRoutes(server, () => served);
  return {
    ...{ server, twin, inputs, store, provider, notes },
    becomes: (next: "customer" | "official") => {
      role = next;
    },
    hold: (held: boolean) => {
      isHeld = held;
    },
    runTo(untilMs: number, entries: ReturnType<typeof journal>) {
      const feed = createFeed(entries);
      while (twin.world.engine.clock.nowMs < untilMs) {
        const startMs = twin.world.engine.clock.nowMs;
        session.begin(feed.inputsAt(startMs));
        session.finish(feed.answersAt(startMs));
        for (const each of twin.out.events) {
          if (each.side === "belief") notes.note(each.event);
          else keypads.note(each.event);
        }
        arrears.stepped(startMs);
      }
    },
    async get<View>(url: string): Promise<View> {
      return (await server.inject(url)).json() as View;
    },
    post: (url: string, payload: object) => server.inject({ method: "POST", url, payload }),
  };
}

const lanes = portalOf("three-lanes");
const base = `/api/account/${OWN}`;
beforeAll(() => {
  lanes.runTo(DAYS * DAY_MS, journal([[DAY_MS, { kind: "theft-start", target: OWN, share: 0.6 }]]));
}, 120_000);
afterAll(async () => {
  await lanes.server.close();
  lanes.store.close();
  folder.remove();
});

test("nothing that a customer's routes say is the truth: a thief sees only what the meter counted", async () => {
  const view = await lanes.get<CustomerView>(base);
  const row = lanes.twin.model.rowOfSupply.get(OWN)!;
  const countedWh = lanes.twin.world.belief.headend.lastImportWh[row]!;
  const texts: string[] = [];
  for (const path of ["", "/use", "/bills", "/alerts", "/outages", "/payments", "/consent"]) {
    texts.push((await lanes.server.inject(`${base}${path}`)).body);
  }
  const all = texts.join("\n");
  for (const word of ["bypass", "theft-start", "trueW", "stolen", "suspicion", "case-"]) {
    expect(all.includes(word), word).toBe(false);
  }
  expect(view.running!.energyWh).toBeLessThan(countedWh);
  expect(view.running!.forecastWh).toBeGreaterThan(view.running!.energyWh);
});

test("the books of the page are the books of the ledger", async () => {
  const view = await lanes.get<CustomerView>(base);
  expect(view.owedMinor).toBe(lanes.store.balanceMinor(`receivable/${OWN}`));
  const row = lanes.twin.model.rowOfSupply.get(OWN)!;
  expect(view.state).toBe(lanes.twin.world.belief.accounts[row]!.state);
});

test("who takes back the consent leaves every neighbour's mean, and sees none", async () => {
  const mean = async (): Promise<number | null> =>
    (await lanes.get<UseView>(`${base}/use?by=day`)).neighbours;
  expect(await mean()).toBe(10);
  const others = lanes.twin.model.records.supplies.filter(({ id }) => id !== OWN);
  for (const { id } of others.slice(0, 18)) {
    await lanes.post(`/api/account/${id}/consent`, { sharesUse: false });
  }
  expect(await mean(), "of five that are left").toBe(5);
  await lanes.post(`/api/account/${others[18]!.id}/consent`, { sharesUse: false });
  expect(await mean(), "four are too few").toBeNull();
  for (const { id } of others) {
    await lanes.post(`/api/account/${id}/consent`, { sharesUse: true });
  }
  await lanes.post(`${base}/consent`, { sharesUse: false });
  expect(await mean(), "who gives nothing gets nothing").toBeNull();
  expect((await lanes.get<ConsentView>(`${base}/consent`)).sharesUse).toBe(false);
  await lanes.post(`${base}/consent`, { sharesUse: true });
});

test("days of the page add up to what the readings of the CSV say", async () => {
  const { parts } = await lanes.get<UseView>(`${base}/use?by=day`);
  const csv = (await lanes.server.inject(`${base}/readings.csv`)).body;
  const [head, ...rows] = csv.trim().split("\r\n");
  expect(head).toBe("measured_at,register_wh,used_since_reading_before_wh");
  expect(rows.length).toBeGreaterThan(DAYS * 40);
  const registerAt = (moment: string): number =>
    Number(rows.find((row) => row.startsWith(moment))!.split(",")[1]);
  const known = parts.filter(({ energyWh }) => energyWh !== null);
  expect(known.length).toBeGreaterThan(DAYS - 3);
  const day = parts.find(({ fromMs }) => fromMs === 5 * DAY_MS)!;
  expect(day.energyWh).toBe(registerAt("2026-01-18T00:00") - registerAt("2026-01-17T00:00"));
});

test("an order that makes no sense is a sentence and no order", async () => {
  const wrong = [
    { amountMinor: -5, way: "success" },
    { amountMinor: 1.5, way: "success" },
    { amountMinor: 1e12, way: "success" },
    { amountMinor: 500, way: "magic" },
    { amountMinor: 500, way: "success", currency: "EUR" },
    {},
  ];
  for (const payload of wrong) {
    const { statusCode, body } = await lanes.post(`${base}/payments`, payload);
    expect([statusCode, JSON.stringify(payload)]).toEqual([400, JSON.stringify(payload)]);
    expect((JSON.parse(body) as { error: string }).error.length).toBeGreaterThan(10);
  }
  expect(lanes.inputs).toEqual([]);
  const { orders } = await lanes.get<{ orders: PaymentOrderView[] }>(`${base}/payments`);
  expect(orders).toEqual([]);
});

test("an order goes to the run as a payment for this customer and nobody else", async () => {
  const { statusCode } = await lanes.post(`${base}/payments`, { amountMinor: 500, way: "success" });
  expect(statusCode).toBe(202);
  const receipt = expect.stringMatching(/^pay-[0-9a-f]{12}$/);
  expect(lanes.inputs).toEqual([{ kind: "payment", target: OWN, amountMinor: 500, receipt }]);
});

test("a sixth payment waits until one of five that wait is settled", async () => {
  const url = `/api/account/supply-03/payments`;
  lanes.provider.isSilent = true;
  for (let nth = 0; nth < 5; nth++) {
    expect((await lanes.post(url, { amountMinor: 100, way: "delay" })).statusCode).toBe(202);
  }
  const sixth = await lanes.post(url, { amountMinor: 100, way: "delay" });
  expect([sixth.statusCode, sixth.body]).toEqual([
    429,
    '{"error":"5 payments wait for the provider already; wait for one of them"}',
  ]);
  lanes.provider.isSilent = false;
});

test("messages are those to the customer: the bill is one, the suspicion is not", async () => {
  const { alerts, isComplete } = await lanes.get<AlertsView>(`${base}/alerts`);
  expect(isComplete).toBe(true);
  const kinds = new Set(alerts.map(({ kind }) => kind));
  expect(kinds).toContain("bill");
  expect([...kinds].filter((kind) => /case|inspection/.test(kind))).toEqual([]);
});

test("an e-mail is read by the customer among the messages and by the office in the story", async () => {
  const email = { kind: "email", at: DAYS * DAY_MS, supply: OWN, to: "varma@example.in" } as const;
  lanes.notes.note({ ...email, letter: "reminder", owedMinor: minor(12_345) });
  const { alerts } = await lanes.get<AlertsView>(`${base}/alerts`);
  expect(alerts[0]).toMatchObject({
    ...{ kind: "email", amountMinor: 12_345, count: null },
    email: { letter: "reminder", to: "varma@example.in" },
  });
  const { timeline } = await lanes.get<OfficeAccountView>(`/api/office/supplies/${OWN}`);
  expect(timeline[0]).toMatchObject({ kind: "email", letter: "reminder", amountMinor: 12_345 });
});

test("what cannot be done at an account is said before anybody tries", async () => {
  const { acts } = await lanes.get<OfficeAccountView>(`/api/office/supplies/${OWN}`);
  const refusals = new Map(acts.map(({ act, refusal }) => [act, refusal]));
  for (const act of ["payment", "dispute-open", "write-off", "replace-meter", "trip"] as const) {
    expect([act, refusals.get(act)]).toEqual([act, ""]);
  }
  expect(refusals.get("dispute-upheld")).toBe("supply-12 disputes nothing");
  expect(refusals.get("instalments")).toBe("nothing is overdue that is not disputed");
  expect(refusals.get("refund")).not.toBe("");
});

test("while the run is held nothing is told, and a customer not where the disk is full", async () => {
  lanes.hold(true);
  const told = {
    customer: '{"error":"nothing can be kept or shown just now; try again later"}',
    official: '{"error":"the twin waits: the disk is full"}',
  };
  for (const role of ["customer", "official"] as const) {
    lanes.becomes(role);
    for (const path of ["", "/use", "/readings.csv"]) {
      const { statusCode, body } = await lanes.server.inject(`${base}${path}`);
      expect([statusCode, body]).toEqual([503, told[role]]);
    }
  }
  lanes.hold(false);
});

test("the office finds a home by its address, its customer, its meter and its supply point", async () => {
  const { address, customer, serial, id } = lanes.twin.model.records.supplies[3]!;
  for (const word of [address.toUpperCase(), customer, serial, id]) {
    const found = await lanes.get<OfficeRows>(`/api/office/search?q=${encodeURIComponent(word)}`);
    expect(found.rows.map(({ supply }) => supply)).toContain(id);
  }
  expect((await lanes.get<OfficeRows>("/api/office/search?q=nowhere")).count).toBe(0);
});

test("the arrears add up to the accounts', the largest first", async () => {
  const { rows, arrearsMinor, count } = await lanes.get<OfficeRows>("/api/office/arrears");
  expect(count).toBe(rows.length);
  expect(rows.reduce((sum, row) => sum + row.arrearsMinor, 0)).toBe(arrearsMinor);
  const sums = rows.map((row) => row.arrearsMinor);
  expect(sums).toEqual(sums.toSorted((a, b) => b - a));
  expect(sums.every((minor) => minor > 0)).toBe(true);
});

test("an account's story has the company's suspicion too, in the order of its days", async () => {
  const { timeline, bills } = await lanes.get<OfficeAccountView>(`/api/office/supplies/${OWN}`);
  expect(bills).toHaveLength(1);
  const moments = timeline.map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted((a, b) => b - a));
  expect(timeline.map(({ kind }) => kind)).toContain("bill");
  const { statusCode } = await lanes.server.inject("/api/office/supplies/supply-99");
  expect(statusCode).toBe(404);
});

test("the tariff in force tried on last month changes nothing, and says which days it took", async () => {
  const { files, inForce } = await lanes.get<{
    files: { name: string; text: string }[];
    inForce: { id: string }[];
  }>("/api/office/tariffs");
  const text = files.find(({ name }) => name === `${inForce[0]!.id}.yaml`)!.text;
  const attempt = async (tariff: string): Promise<TariffTrialView> =>
    (await lanes.post("/api/office/tariff-trial", { text: tariff })).json() as TariffTrialView;
  const { trial } = await attempt(text);
  expect(trial!.homes).toBeGreaterThan(18);
  expect(trial).toMatchObject({ winners: 0, losers: 0, medianChangeMinor: 0 });
  // The run began on 12 January: of that month it has twenty days.
  expect([trial!.fromMs, trial!.toMs]).toEqual([0, 20 * DAY_MS]);
  const wrong = await attempt(text.replace("uptoKWh: 50,", "uptoKWh: x,"));
  expect(wrong.trial).toBeNull();
  expect(wrong.problems[0]).toMatch(/^tariff:\d+:\d+ blocks\.0\.uptoKWh: /);
  const foreign = await attempt(text.replace("currency: INR", "currency: EUR"));
  expect(foreign.problems[0]).toMatch(/the tariff is in EUR; this street is billed in INR/);
  expect((await lanes.post("/api/office/tariff-trial", { text: 5 })).statusCode).toBe(400);
});

test("each table has the same rows as CSV and as Parquet, all of them, and an unknown one is said", async () => {
  const { parquetReadObjects } = await import("hyparquet");
  const { supplies } = lanes.twin.model.records;
  const readings = supplies.map(({ id }) => lanes.store.registersOf(id, 0).length);
  const counts = {
    accounts: supplies.length,
    bills: supplies.flatMap(({ id }) => lanes.store.billsOf(id)).length,
    postings: lanes.store.postingCount(),
    // Many more than are read at once.
    readings: readings.reduce((sum, count) => sum + count, 0),
  };
  expect(counts.readings).toBeGreaterThan(10_000);
  for (const [name, count] of Object.entries(counts)) {
    const csv = (await lanes.server.inject(`/api/office/export/${name}.csv`)).body;
    const { rawPayload } = await lanes.server.inject(`/api/office/export/${name}.parquet`);
    const { buffer, byteOffset, byteLength } = rawPayload;
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect([name, rows.length]).toEqual([name, count]);
    const head = Object.keys(rows[0]!);
    expect(csv).toBe(
      csvOf(
        head,
        rows.map((row) => head.map((column) => row[column] as Cell)),
      ),
    );
  }
  const postings = (await lanes.server.inject("/api/office/export/postings.csv")).body;
  expect(postings).toMatch(/^sequence,at,event,debit,credit,amount_minor,reason\r\n1,/);
  for (const file of ["secrets.csv", "bills.xml", "bills.csv.csv", "..%2fstore.db"]) {
    expect((await lanes.server.inject(`/api/office/export/${file}`)).statusCode).toBe(404);
  }
});

test("who moves in sees nothing of who lived there before; the company sees both", async () => {
  const { twin } = lanes;
  const row = twin.model.rowOfSupply.get(OWN)!;
  const account = twin.world.belief.accounts[row]!;
  const day = localTime(twin.model.records.calendar, DAYS * DAY_MS).day;
  const before = {
    bills: await lanes.get<BillsView>(`${base}/bills`),
    alerts: await lanes.get<AlertsView>(`${base}/alerts`),
    consent: await lanes.get<ConsentView>(`${base}/consent`),
  };
  expect(before.bills.bills.length).toBeGreaterThan(0);
  expect(before.alerts.alerts.length).toBeGreaterThan(0);
  await lanes.post(`${base}/consent`, { sharesUse: false });
  account.holder = {
    ...{ number: 2, name: "B. Das", since: DAYS * DAY_MS + 1, day },
    ...{ openingWh: 0, openingByRateWh: [] },
  };
  const bill = `${base}/bills/${before.bills.bills[0]!.id.split("/")[1]!}`;
  expect((await lanes.get<CustomerView>(base)).customer).toBe("B. Das");
  expect((await lanes.get<BillsView>(`${base}/bills`)).bills).toEqual([]);
  expect((await lanes.get<AlertsView>(`${base}/alerts`)).alerts).toEqual([]);
  const orders = await lanes.get<{ orders: readonly unknown[] }>(`${base}/payments`);
  expect(orders.orders).toEqual([]);
  const consent = await lanes.get<ConsentView>(`${base}/consent`);
  expect(consent.readings).toBeLessThan(before.consent.readings / 10);
  expect(consent.sharesUse, "the former's refusal is not theirs").toBe(true);
  const csv = (await lanes.server.inject(`${base}/readings.csv`)).body.trim().split("\r\n");
  expect(csv.length).toBe(consent.readings + 1);
  const use = await lanes.get<UseView>(`${base}/use?by=day`);
  expect(use.parts.slice(0, -1).every(({ energyWh }) => energyWh === null)).toBe(true);
  lanes.becomes("customer");
  expect((await lanes.server.inject(bill)).statusCode).toBe(404);
  lanes.becomes("official");
  expect((await lanes.server.inject(bill)).statusCode).toBe(200);
  const office = await lanes.get<OfficeAccountView>(`/api/office/supplies/${OWN}`);
  expect(office.timeline.length).toBeGreaterThan(0);
  delete account.holder;
  await lanes.post(`${base}/consent`, { sharesUse: true });
});

test("a prepaid customer sees the credit as the meter said it, and the token of each payment", async () => {
  const prepaid = portalOf("prepaid-lanes");
  const row = prepaid.twin.world.belief.accounts.findIndex((account) => account.prepaid !== null);
  const { id } = prepaid.twin.model.records.supplies[row]!;
  const pays = { kind: "payment", target: id, amountMinor: 50_000 } as const;
  prepaid.runTo(2 * DAY_MS, journal([[DAY_MS, pays]]));
  const view = await prepaid.get<CustomerView>(`/api/account/${id}`);
  expect(view.running, "nobody bills who pays ahead").toBeNull();
  const account = prepaid.twin.world.belief.accounts[row]!;
  expect(view.prepaid!.creditMinor).toBe(account.prepaid!.creditMinor);
  // A token's amount rounds up: its exponent cannot carry 500.00 exactly.
  const { told } = account.vending!;
  expect(view.tokens).toEqual([
    {
      ...{ token: groupedDigits(told[0]!.token), at: told[0]!.at, amountMinor: 50_004 },
      ...{ purpose: "money", isTaken: true },
    },
  ]);
  const url = `/api/account/${id}/keypad`;
  const token = view.tokens[0]!.token;
  const wrong = await prepaid.post(url, { token: "1234" });
  expect([wrong.statusCode, wrong.json<{ error: string }>().error]).toEqual([400, TOKEN_TEXT_FIX]);
  expect((await prepaid.post(url, { token })).statusCode).toBe(202);
  expect(prepaid.inputs.at(-1)).toEqual({ kind: "enter-token", target: id, token });
  const typed = { kind: "enter-token", target: id, token } as const;
  prepaid.runTo(2 * DAY_MS + HOUR_MS, journal([[2 * DAY_MS, typed]]));
  const { answers } = await prepaid.get<KeypadView>(url);
  expect(
    answers.map(({ result }) => result),
    "it came over the air before",
  ).toEqual(["used"]);
  await prepaid.server.close();
  prepaid.store.close();
}, 60_000);
