import { expect, test } from "vitest";
import type { BeliefEvent } from "../../../sim/contract/event.ts";
import type { JournalEntry, TwinInput } from "../../../sim/contract/input.ts";
import type { Accepted } from "../../../sim/host/live.ts";
import { createCommandDesk } from "../../../sim/host/mqtt/command-desk.ts";

/** A desk whose run accepts everything and numbers it, unless `answer` says otherwise. */
function desk(answer?: () => Accepted, idsRememberedMax = 100) {
  const inputs: { raw: unknown; command: string }[] = [];
  const accept = (): Accepted => ({ ok: true, seq: inputs.length, takesEffectAtMs: 60_000 });
  const made = createCommandDesk({
    idsRememberedMax,
    input(raw, command) {
      inputs.push({ raw, command });
      return (answer ?? accept)();
    },
  });
  const say = (payload: unknown, options: { supply?: string | null; isRetained?: boolean } = {}) =>
    made.take({
      target: { supply: options.supply === undefined ? "supply-12" : options.supply },
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
      isRetained: options.isRetained ?? false,
    });
  const after = (events: readonly BeliefEvent[], pending: readonly string[] = []) =>
    made.stepped({
      startMs: 60_000,
      endMs: 120_000,
      events,
      isPending: (supply, kind) => pending.includes(`${supply}/${kind}`),
    });
  return { made, inputs, say, after };
}

const accepted = (seq: number) => ({ ok: true, seq, takesEffectAtMs: 60_000, state: "accepted" });

test("a command is an input at its topic's supply point, and pay is short for payment", () => {
  const { say, inputs } = desk();
  const answers = say({ kind: "pay", amountMinor: 500, id: "a1" });
  expect(inputs).toEqual([
    {
      raw: { kind: "payment", target: "supply-12", amountMinor: 500 },
      command: "supply-12/a1",
    },
  ]);
  expect(answers).toEqual([{ supply: "supply-12", id: "a1", body: accepted(1) }]);
});

test("at the street's topic a command names its own target, or none", () => {
  const { say, inputs } = desk();
  say({ kind: "mast-down", id: 7 }, { supply: null });
  say({ kind: "trip", target: "supply-03", id: 8 }, { supply: null });
  expect(inputs).toEqual([
    { raw: { kind: "mast-down" }, command: "/7" },
    { raw: { kind: "trip", target: "supply-03" }, command: "/8" },
  ]);
});

test("the same id again gets the first answer and executes nothing", () => {
  const { say, inputs } = desk();
  const first = say({ kind: "trip", id: "a1" });
  expect(say({ id: "a1", kind: "trip" })).toEqual(first);
  expect(say({ kind: "trip", id: "a1" }, { isRetained: true })).toEqual(first);
  expect(inputs).toHaveLength(1);
});

test("the same id at another home is another command; with another content it is refused", () => {
  const { say, inputs } = desk();
  say({ kind: "trip", id: "a1" });
  say({ kind: "trip", id: "a1" }, { supply: "supply-13" });
  expect(inputs).toHaveLength(2);
  const [answer] = say({ kind: "reconnect", id: "a1" });
  expect(answer?.body).toMatchObject({ ok: false, error: /used for another command/ });
  expect(inputs).toHaveLength(2);
});

test("a refusal is final for its id too, so that no late copy executes what its sender gave up", () => {
  let isReady = false;
  const { say } = desk(() =>
    isReady
      ? { ok: true, seq: 9, takesEffectAtMs: 0 }
      : { ok: false, reason: "supply-12 has a device already" },
  );
  const refused = say({ kind: "swap-in", device: "simulated", id: "a1" });
  expect(refused[0]?.body).toEqual({ ok: false, error: "supply-12 has a device already" });
  isReady = true;
  expect(say({ kind: "swap-in", device: "simulated", id: "a1" })).toEqual(refused);
});

test("a journal that cannot be written accepts nothing, says so, and the same id may try again", () => {
  let isFull = true;
  const { say } = desk(() => {
    if (isFull) return { ok: false, reason: "the disk is full", isOurs: true };
    return { ok: true, seq: 1, takesEffectAtMs: 0 };
  });
  expect(say({ kind: "trip", id: "a1" })[0]?.body).toMatchObject({
    ok: false,
    error: "the disk is full",
  });
  isFull = false;
  expect(say({ kind: "trip", id: "a1" })[0]?.body).toMatchObject({ ok: true });
});

test("of the ids that are remembered the oldest is forgotten", () => {
  const { say, inputs } = desk(undefined, 2);
  for (const id of ["a", "b", "c", "a", "c"]) say({ kind: "trip", id });
  expect(inputs.map(({ command }) => command.at(-1))).toEqual(["a", "b", "c", "a"]);
});

test("a retained command is refused unless it was executed before", () => {
  const { say, inputs } = desk();
  const [answer] = say({ kind: "trip", id: "a1" }, { isRetained: true });
  expect(answer?.body).toMatchObject({ ok: false, error: /without the retain flag/ });
  expect(inputs).toHaveLength(0);
  expect(say({ kind: "trip", id: "a1" })[0]?.body).toMatchObject({ ok: true });
});

test.for([
  ["not JSON", "{kind", "no-id", /a command is JSON such as/],
  ["a list", "[1]", "no-id", /a JSON object/],
  ["null", "null", "no-id", /a JSON object/],
  ["no id", { kind: "trip" }, "no-id", /an id is 1 to 64 letters/],
  ["an id with a slash", { kind: "trip", id: "a/b" }, "no-id", /an id is/],
  ["an id with a wildcard", { kind: "trip", id: "#" }, "no-id", /an id is/],
  ["an endless id", { kind: "trip", id: "x".repeat(65) }, "no-id", /an id is/],
  ["a topic's own word", { kind: "trip", id: "command" }, "no-id", /none of .*command/],
  ["too much", { kind: "trip", id: "a", x: "x".repeat(5_000) }, "no-id", /at most 4 KiB/],
  ["another home", { kind: "trip", id: "a", target: "supply-1" }, "a", /this topic is supply-12's/],
] as const)("%s is answered with a sentence and goes nowhere", ([, payload, id, sentence]) => {
  const { say, inputs } = desk();
  const answers = say(payload);
  expect(answers).toEqual([
    { supply: "supply-12", id, body: { ok: false, error: expect.stringMatching(sentence) } },
  ]);
  expect(inputs).toHaveLength(0);
});

test("an order is done once its meter has acknowledged it, and a repeated id hears of that too", () => {
  const { say, after } = desk();
  const first = say({ kind: "trip", id: "a1" });
  const sent = { kind: "trip-sent", at: 60_000, supply: "supply-12", reason: "by hand" } as const;
  expect(after([sent], ["supply-12/trip"])).toEqual([]);
  const tripped = { kind: "tripped", at: 65_000, supply: "supply-12" } as const;
  const other = { ...tripped, supply: "supply-01" };
  expect(after([other], ["supply-12/trip"])).toEqual([]);
  const done = {
    supply: "supply-12",
    id: "a1",
    body: { ok: true, seq: 1, state: "done", atMs: 65_000 },
  };
  expect(after([tripped])).toEqual([done]);
  expect(after([tripped])).toEqual([]);
  expect(say({ kind: "trip", id: "a1" })).toEqual([...first, done]);
});

test("an order that changes nothing is done when nobody waits for it any more", () => {
  const { say, after } = desk();
  say({ kind: "trip", id: "a1" });
  expect(after([], ["supply-12/trip"])).toEqual([]);
  expect(after([])[0]?.body).toEqual({ ok: true, seq: 1, state: "done", atMs: 120_000 });
});

test("an order that its meter did not hear expires, one that another follows is withdrawn", () => {
  const { say, after } = desk();
  say({ kind: "trip", id: "a1" });
  const expired = {
    kind: "command-expired",
    at: 70_000,
    supply: "supply-12",
    action: "trip",
  } as const;
  expect(after([expired])[0]?.body).toMatchObject({ ok: false, state: "expired", atMs: 70_000 });
  say({ kind: "trip", id: "a2" });
  const counter = {
    kind: "reconnect-sent",
    at: 71_000,
    supply: "supply-12",
    reason: "by hand",
  } as const;
  expect(after([counter], ["supply-12/trip"])).toEqual([]);
  expect(after([counter])[0]?.body).toMatchObject({ ok: false, state: "withdrawn" });
});

test("an order that the company's desk has no room for is told of", () => {
  const { say, after } = desk();
  say({ kind: "trip", id: "a1" });
  const dropped = {
    kind: "command-dropped",
    at: 60_000,
    supply: "supply-12",
    action: "trip",
  } as const;
  expect(after([dropped])[0]?.body).toMatchObject({ ok: false, state: "dropped" });
});

test("a payment is done when the company has it, anything else when its step is over", () => {
  const { say, after } = desk();
  say({ kind: "pay", amountMinor: 500, id: "p" });
  say({ kind: "theft-start", share: 0.5, id: "t" });
  const payment = { kind: "payment", at: 119_000, supply: "supply-12", amountMinor: 500 } as const;
  expect(after([{ ...payment, amountMinor: 400 }]).map(({ id }) => id)).toEqual(["t"]);
  expect(after([payment]).map(({ id }) => id)).toEqual(["p"]);
});

test("what the journal keeps is remembered by the next process", () => {
  const { made, say, inputs } = desk();
  const input: TwinInput = { kind: "payment", target: "supply-12", amountMinor: 500 };
  const entries: JournalEntry[] = [
    { sequence: 1, takesEffectAtMs: 0, kind: "input", input: { kind: "mast-down" } },
    { sequence: 4, takesEffectAtMs: 60_000, kind: "input", input, command: "supply-12/a1" },
  ];
  made.remember(entries, { endMs: 120_000, isPending: () => false });
  expect(say({ kind: "pay", amountMinor: 500, id: "a1" })[0]?.body).toEqual(accepted(4));
  expect(inputs).toHaveLength(0);
});

test("a text that the journal keeps without its blanks is still the same command's", () => {
  const { made, say, inputs } = desk();
  const kept = { kind: "dispute-open", target: "supply-12", reason: "too much" } as const;
  const entry = { sequence: 1, takesEffectAtMs: 0, kind: "input", input: kept } as const;
  made.remember([{ ...entry, command: "supply-12/d" }], { endMs: 60_000, isPending: () => false });
  expect(say({ kind: "dispute-open", reason: " too much ", id: "d" })[0]?.body).toMatchObject({
    ok: true,
  });
  expect(inputs).toHaveLength(0);
});

test("of what the journal keeps, only what is not decided yet is answered a second time", () => {
  const { made, after } = desk();
  const order = (sequence: number, target: string, takesEffectAtMs: number): JournalEntry => ({
    sequence,
    takesEffectAtMs,
    kind: "input",
    input: { kind: "trip", target },
    command: `${target}/a${sequence}`,
  });
  const entries = [order(1, "obeyed", 0), order(2, "sent", 0), order(3, "to-come", 60_000)];
  made.remember(entries, { endMs: 60_000, isPending: (supply) => supply === "sent" });
  expect(after([]).map(({ id }) => id)).toEqual(["a2", "a3"]);
});

test("a step at a home's topic is refused in a sentence that does not speak of a target", () => {
  const { say, inputs } = desk();
  expect(say({ kind: "set-step", stepMs: 1000, id: "s1" })).toEqual([
    {
      supply: "supply-12",
      id: "s1",
      body: {
        ok: false,
        error: "set-step is for the whole street; publish it to the street's own topic, command",
      },
    },
  ]);
  expect(inputs).toEqual([]);
});

test("an order has no name over a broker, and nobody decides there about trips that wait", () => {
  const { say, inputs } = desk();
  const [named] = say({ kind: "trip", by: "A. Pillai", id: "t1" });
  expect(named!.body).toEqual({
    ok: false,
    error: "an order over MQTT has no name; leave `by` out",
  });
  const approve = { kind: "approve-trips", by: "A. Pillai", batch: "trips-1", id: "t2" };
  const [decided] = say(approve, { supply: null });
  expect(decided!.body).toMatchObject({
    ok: false,
    error: expect.stringContaining("signs in at the server") as string,
  });
  expect(inputs).toEqual([]);
});
