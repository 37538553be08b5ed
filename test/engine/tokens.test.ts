// Tokens in a whole twin: sold by the company, typed at the meter, counted once, and every coin in the books.

import { describe, expect, test } from "vitest";
import type { TruthEvent } from "../../sim/contract/event.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import { decodeToken, encodeToken } from "../../sim/contract/token.ts";
import { deriveKey, factoryProfile } from "../../sim/contract/token-key.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { step } from "../../sim/engine/step.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import { journal, runUntil, street } from "../support/street.ts";

/** Owes nothing: all of a payment becomes a token. */
const target = "supply-06";
const SET = ["utility.billing.tariff=tariffs/india-prepaid.yaml", "thefts=[]"];
const resolved = (set: readonly string[] = []) => street({ set: [...SET, ...set] });

/** A twin, and what happened in it. */
function play(twin: Twin) {
  const { meters } = twin.world.plant;
  const row = twin.model.meters.ids.indexOf(target);
  const tokens: string[] = [];
  const typed: (TruthEvent & { kind: "token-typed" })[] = [];
  const note = (): void => {
    for (const letter of twin.world.engine.mailbox) {
      if (letter.kind === "token" && letter.supply === target) tokens.push(letter.token!);
    }
    for (const event of twin.out.events) {
      if (event.side === "truth" && event.event.kind === "token-typed") typed.push(event.event);
    }
  };
  return {
    row,
    /** As they come by letter. */
    tokens,
    typed,
    credit: () => meters.prepaid.creditMilliMinor[row]! / 1000,
    toppedUp: () => meters.prepaid.toppedUpMinor[row]!,
    /** One step in which these inputs take effect. */
    act(...inputs: readonly TwinInput[]) {
      const { nowMs } = twin.world.engine.clock;
      step(twin, journal(inputs.map((input) => [nowMs, input] as const)));
      note();
    },
    run(ms: number) {
      runUntil(twin, twin.world.engine.clock.nowMs + ms, [], note);
    },
  };
}

const payment = (amountMinor: number): TwinInput => ({ kind: "payment", target, amountMinor });
const enter = (token: string): TwinInput => ({ kind: "enter-token", target, token });

describe("a token that was paid for while no network was there", () => {
  const twin = createTwin(resolved());
  const home = play(twin);
  home.run(HOUR_MS);
  home.act({ kind: "outage-start", of: "core" });
  home.act(payment(50_000));
  home.run(10 * MINUTE_MS);

  test("reaches the customer, who types it; the meter counts it at once", () => {
    const before = home.credit();
    expect(home.tokens).toHaveLength(1);
    expect(home.toppedUp()).toBe(0);
    home.act(enter(home.tokens[0]!));
    expect(home.typed.map(({ result }) => result)).toEqual(["accepted"]);
    expect(home.credit() - before).toBeCloseTo(50_004, -1);
  });

  test("is in the meter already when the same one comes over the air, and counts once", () => {
    expect(twin.world.belief.commands.some(({ order }) => order.action === "top-up")).toBe(true);
    home.act({ kind: "outage-end", of: "core" });
    home.run(2 * DAY_MS);
    expect(twin.world.belief.commands.filter(({ order }) => order.action === "top-up")).toEqual([]);
    expect(home.toppedUp()).toBe(50_004);
    home.act(enter(home.tokens[0]!));
    expect(home.typed.at(-1)).toMatchObject({ result: "used", supply: target });
  });

  test("stands in the account, for whoever has lost the letter", () => {
    const { told } = twin.world.belief.accounts[home.row]!.vending!;
    expect(told).toMatchObject([{ token: home.tokens[0], amountMinor: 50_004 }]);
  });

  test("is no case, and the books say what the meter says: what was paid, and four coins of rounding", () => {
    const { detection, ledger, accounts } = twin.world.belief;
    expect(detection.cases.filter(({ kind }) => kind === "credit-mismatch")).toEqual([]);
    expect(accounts[home.row]!.prepaid!.vendedMinor).toBe(home.toppedUp());
    expect(balanceOf(ledger, "rounding")).toBe(4);
    expect(balanceOf(ledger, "bank")).toBe(50_000);
    expect(trialBalance(ledger)).toBe(0);
  });
});

test("a token counted before a power cut and a restart from a snapshot is used after both", () => {
  const twin = createTwin(resolved());
  const home = play(twin);
  home.run(HOUR_MS);
  home.act(payment(70_000));
  home.act(enter(home.tokens[0]!));
  home.act({ kind: "power-cut", target });
  home.act(enter(home.tokens[0]!));
  expect(home.typed.map(({ result }) => result)).toEqual(["accepted", null]);
  const world = decodeSnapshot<World>(encodeSnapshot(twin.world));
  const after = play(restoreTwin(resolved(), world));
  after.act({ kind: "power-restore", target });
  after.run(10 * MINUTE_MS);
  after.act(enter(home.tokens[0]!));
  expect(after.typed.map(({ result }) => result)).toEqual(["used"]);
  expect(after.toppedUp()).toBe(home.toppedUp());
});

test("a world of a program that knew no tokens goes on", () => {
  const world = decodeSnapshot<World>(encodeSnapshot(createTwin(resolved()).world));
  Reflect.deleteProperty(world.plant.meters, "tokens");
  const home = play(restoreTwin(resolved(), world));
  home.run(HOUR_MS);
  home.act(payment(70_000));
  home.act(enter(home.tokens[0]!));
  expect(home.typed.map(({ result }) => result)).toEqual(["accepted"]);
});

test("a token that cannot be sent while the meter is not prepaid yet is sent again, and is still the same one", () => {
  const twin = createTwin(resolved());
  const home = play(twin);
  // The order that makes the meter prepaid is lost; the payment comes before it is repeated.
  twin.world.belief.commands.length = 0;
  home.act(payment(10_000));
  home.run(HOUR_MS);
  const { vending } = twin.world.belief.accounts[home.row]!;
  expect(vending!.waiting.map(({ token }) => token)).toEqual(home.tokens);
  home.run(DAY_MS);
  expect(home.tokens).toHaveLength(1);
  expect(home.toppedUp()).toBe(0);
});

// The last minute of the base of 1993 is 24 November 2024, 20:15 UTC; keys are renewed from 90 days before its end on:
// 26 August, 20:16 UTC, which is 01:46 on the 27th in India.
test("before its base date runs out of minutes a meter gets a new key, and payments go on being tokens", () => {
  const twin = createTwin(resolved(["start=2024-08-26T00:00"]));
  const home = play(twin);
  const revision = (): number | undefined => twin.world.plant.meters.tokens[home.row]?.revision;
  home.run(HOUR_MS);
  home.act(payment(10_000));
  home.run(HOUR_MS);
  expect(revision()).toBe(1);
  home.run(2 * DAY_MS);
  expect(revision()).toBe(2);
  const before = home.toppedUp();
  home.act(payment(10_000));
  home.run(HOUR_MS);
  expect(home.toppedUp()).toBe(before + 10_000);
  // Both halves were told, between the two tokens of money.
  expect(home.tokens).toHaveLength(4);
});

test("who has no network types both halves of the new key and then the token", () => {
  const twin = createTwin(resolved(["start=2024-08-26T00:00"]));
  const home = play(twin);
  home.run(HOUR_MS);
  home.act(payment(10_000));
  home.run(HOUR_MS);
  home.run(DAY_MS);
  home.act({ kind: "outage-start", of: "core" });
  home.act(payment(20_000));
  const [, first, second, money] = home.tokens;
  home.act(enter(money!), enter(first!), enter(second!), enter(money!));
  const results = ["rejected", "half-a-key", "accepted", "accepted"];
  expect(home.typed.map(({ result }) => result)).toEqual(results);
  home.act({ kind: "outage-end", of: "core" });
  home.run(DAY_MS);
  expect(home.toppedUp()).toBe(10_000 + 20_004);
  expect(twin.world.belief.detection.cases.filter(({ kind }) => kind !== "theft")).toEqual([]);
});

describe("what cannot be a token is refused with a sentence before it is journalled", () => {
  const twin = createTwin(resolved());
  const says = (token: unknown): string => {
    const checked = checkInput(twin, { kind: "enter-token", target, token });
    return checked.ok ? "" : checked.reason;
  };

  test("whatever it is", () => {
    const odd = [
      "",
      "1234",
      "1234 5678 9012 3456 789O",
      "1".repeat(21),
      "1".repeat(4_000),
      12,
      null,
    ];
    for (const token of odd) {
      expect(says(token)).toBe(
        "enter-token: token: a token has 20 digits, such as 1234 5678 9012 3456 7890; spaces and dashes between them are fine",
      );
    }
  });

  test("a wrong digit is for the meter to find, and it says no more than that the token is wrong", () => {
    expect(says("1234 5678 9012 3456 7890")).toBe("");
    const home = play(twin);
    home.act(enter("1234-5678-9012-3456-7890"));
    expect(home.typed).toMatchObject([{ result: "rejected" }]);
  });
});

test("a test token is good at a postpaid meter too", () => {
  const twin = createTwin(street({ set: ["thefts=[]"] }));
  const home = play(twin);
  home.act(enter(encodeToken({ kind: "test", tests: 1, maker: 0 }, { high: 1, low: 2 })));
  expect(home.typed).toMatchObject([{ result: "accepted" }]);
});

describe("who sits in the dark and cannot be reached", () => {
  const home = (set: readonly string[] = []) => {
    const twin = createTwin(street({ set: ["thefts=[]", ...set] }));
    const played = play(twin);
    played.run(HOUR_MS);
    return { ...played, twin, isOpen: () => twin.world.plant.meters.relayOpen[played.row] === 1 };
  };

  test("gets a token when the order to reconnect has gone out for the third time, types it, and is on", () => {
    const { act, run, isOpen, tokens, typed, twin, row } = home();
    act({ kind: "trip", target });
    run(HOUR_MS);
    expect(isOpen()).toBe(true);
    act({ kind: "outage-start", of: "core" });
    act({ kind: "reconnect", target });
    run(15 * MINUTE_MS);
    expect(tokens).toHaveLength(1);
    run(25 * MINUTE_MS);
    expect(isOpen()).toBe(true);
    run(10 * MINUTE_MS);
    expect(typed).toMatchObject([{ result: "accepted" }]);
    expect(isOpen()).toBe(false);
    act({ kind: "outage-end", of: "core" });
    run(2 * HOUR_MS);
    // The company has heard of it: it waits for no answer any more.
    expect(["tripped", "reconnecting"]).not.toContain(twin.world.belief.accounts[row]!.state);
    expect(twin.world.belief.commands.some((command) => command.row === row)).toBe(false);
    // The drawer still holds it; with the light on nobody types.
    run(12 * HOUR_MS);
    expect(typed).toHaveLength(1);
  });

  test("gets one under the key of the meter that hangs there now, also after another was put up", () => {
    const { act, run, isOpen, tokens, typed, twin, row } = home();
    const cutAndAsk = (): void => {
      act({ kind: "trip", target });
      run(HOUR_MS);
      act({ kind: "outage-start", of: "core" });
      act({ kind: "reconnect", target });
      run(45 * MINUTE_MS);
      act({ kind: "outage-end", of: "core" });
      run(2 * HOUR_MS);
    };
    cutAndAsk();
    act({ kind: "replace-meter", target });
    run(HOUR_MS);
    expect(twin.world.plant.meters.tokens[row]).toBeNull();
    cutAndAsk();
    expect(tokens).toHaveLength(2);
    expect(typed.map(({ result }) => result)).toEqual(["accepted", "accepted"]);
    expect(isOpen()).toBe(false);
    const key = deriveKey(factoryProfile("M-0006R1", twin.model.records.calendar.startEpochMs));
    expect(decodeToken(tokens[1]!, key)).toMatchObject({ kind: "reconnect" });
  });

  test("does not where customers do nothing by themselves", () => {
    const { act, run, isOpen, tokens, typed } = home(["payments.enabled=false"]);
    act({ kind: "trip", target });
    run(HOUR_MS);
    act({ kind: "outage-start", of: "core" });
    act({ kind: "reconnect", target });
    run(2 * HOUR_MS);
    expect(tokens).toHaveLength(1);
    expect(typed).toEqual([]);
    expect(isOpen()).toBe(true);
  });
});
