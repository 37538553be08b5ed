// Every input that makes no sense, by every entrance of a live run: a sentence, nothing posted, and a line in the audit log.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Serving, serve, withPath } from "../support/cli.ts";

const TOPIC = "meterville/prepaid-lanes";
const HOME = "supply-05";
let live: Serving;
let client: MqttClient;
const answers = new Map<string, Record<string, unknown>[]>();

beforeAll(async () => {
  live = await serve("scenarios/prepaid-lanes.yaml", "--speed", "60", "--step", "1min");
  client = await mqtt.connectAsync(live.mqttUrl!);
  client.on("message", (topic, payload) => {
    const id = topic.slice(topic.lastIndexOf("/") + 1);
    answers.set(id, [...(answers.get(id) ?? []), JSON.parse(payload.toString())]);
  });
  await client.subscribeAsync([`${TOPIC}/+/command/+`, `${TOPIC}/command/+`]);
});
afterAll(async () => {
  await client?.endAsync();
  await live?.stop();
  if (live !== undefined) rmSync(live.folder, { recursive: true, force: true });
});

interface Line {
  readonly act: string;
  readonly outcome: string;
  readonly detail: string;
}

function inStore<Row>(sql: string): Row[] {
  const database = new DatabaseSync(join(live.folder, "store.db"), { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}
const refusals = (): Line[] =>
  inStore<Line>("select act, outcome, detail from audit where outcome = 'refused'");
const payments = (): number =>
  inStore<{ count: number }>(
    "select count(*) as count from postings where reason = 'Payment received'",
  )[0]!.count;
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(withPath(live.url, path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const INPUTS = [
  {
    name: "an unknown account",
    input: { kind: "payment", target: "supply-99", amountMinor: 500 },
    says: /no supply point "supply-99"/,
  },
  {
    name: "a negative payment",
    input: { kind: "payment", target: HOME, amountMinor: -500 },
    says: /write a positive whole number of the smallest coins/,
  },
  {
    name: "another currency",
    input: { kind: "payment", target: HOME, amountMinor: 500, currency: "EUR" },
    says: /EUR/,
  },
  {
    name: "a token that is none",
    input: { kind: "enter-token", target: HOME, token: "1234 5678 9012 3456 789x" },
    says: /digits/,
  },
] as const;

test.for(INPUTS)("$name over HTTP", async ({ input, says }) => {
  const before = payments();
  const response = await post("api/inputs", input);
  const { error } = (await response.json()) as { error: string };
  expect(response.status).toBe(400);
  expect(error).toMatch(says);
  expect(refusals()).toContainEqual({ act: input.kind, outcome: "refused", detail: error });
  expect(payments()).toBe(before);
});

test.for(INPUTS)("$name over MQTT", async ({ input, says }) => {
  const before = payments();
  const id = `refused-${answers.size}`;
  await client.publishAsync(`${TOPIC}/command`, JSON.stringify({ ...input, id }), { qos: 1 });
  await expect.poll(() => answers.get(id)?.length, { timeout: 20_000 }).toBe(1);
  const [body] = answers.get(id)!;
  expect(body).toMatchObject({ ok: false, error: expect.stringMatching(says) });
  const detail = `${String(body!["error"])} (command ${id})`.slice(0, 200);
  expect(refusals()).toContainEqual({ act: "command", outcome: "refused", detail });
  expect(payments()).toBe(before);
});

test("a tariff with blocks out of order is refused with the place, and stands in the log", async () => {
  const { files } = (await (await fetch(withPath(live.url, "api/office/tariffs"))).json()) as {
    files: { text: string }[];
  };
  const good = files.find(({ text }) => /uptoKWh: 50,/.test(text))!.text;
  const response = await post("api/office/tariff-trial", {
    text: good.replace("uptoKWh: 50,", "uptoKWh: 5000,"),
  });
  const { problems } = (await response.json()) as { problems: string[] };
  expect(problems[0]).toMatch(/^tariff:\d+:\d+ /);
  const detail = problems[0]!.slice(0, 200);
  expect(refusals()).toContainEqual({ act: "tariff-trial", outcome: "refused", detail });
});

test("a token that its meter does not take, and a receipt that comes twice, are in the log once they are known", async () => {
  const token = "12345678901234567890";
  expect((await post("api/inputs", { kind: "enter-token", target: HOME, token })).status).toBe(202);
  const paid = { kind: "payment", target: HOME, amountMinor: 700, receipt: "bank-17" };
  const before = payments();
  expect((await post("api/inputs", paid)).status).toBe(202);
  expect((await post("api/inputs", paid)).status).toBe(202);
  const wanted = ["enter-token", "payment"].map((act) => expect.objectContaining({ act }));
  await expect
    .poll(() => refusals().filter(({ detail }) => detail.startsWith(`${HOME}: `)), {
      timeout: 60_000,
    })
    .toEqual(expect.arrayContaining(wanted));
  // The first of the two is booked, and nothing else.
  expect(payments()).toBe(before + 1);
});
