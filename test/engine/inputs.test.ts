// What comes from outside: what is refused and in which words, and what each kind of input does when it takes effect.

import { describe, expect, test } from "vitest";
import type { TwinInput } from "../../sim/contract/input.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { checkInput } from "../../sim/engine/check-input.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

const ROW_12 = 11;

describe("an input that makes no sense is refused in a sentence", () => {
  const twin = createTwin(street());
  const target = "supply-12";
  test.each([
    [null, /^an input is a JSON object such as \{/],
    [[1, 2], /^an input is a JSON object such as/],
    ["trip", /^an input is a JSON object such as/],
    [{}, /^an input has a kind: theft-start, theft-stop, mast-down/],
    [{ kind: 7 }, /^an input has a kind: /],
    [{ kind: "tripp", target }, /^there is no input kind "tripp"; did you mean trip\?$/],
    [{ kind: "trip" }, /^trip: target: a target is the id of a supply point/],
    [{ kind: "trip", target: "supply-1" }, /^there is no supply point "supply-1"; did you mean/],
    [{ kind: "trip", target: "zz" }, /^there is no supply point "zz"; known: (supply-0\d, ){8}…$/],
    [{ kind: "trip", target, force: true }, /^trip: it knows no "force"; leave that out$/],
    [{ kind: "set-step", stepMs: -1 }, /^set-step: stepMs: write the step in whole milliseconds/],
    [{ kind: "set-step", stepMs: 1 }, /^a step is at least 100 ms$/],
    [{ kind: "swap-in", target, device: 5 }, /^swap-in: device: write a text$/],
    [
      { kind: "theft-start", target },
      /^theft-start: share: a share is 0 to 1; for 60 % write 0.6$/,
    ],
    [{ kind: "theft-start", target, share: 60 }, /^theft-start: share: a share is 0 to 1/],
    [
      { kind: "theft-start", target, theft: "hook", share: 0.5 },
      /^theft-start: powerW: a hook draws more than 0 and at most 30000 W; for 800 W write 800$/,
    ],
    [
      { kind: "theft-start", target, theft: "magnet", powerW: 5 },
      /^theft-start: powerW: magnet has a share; only a hook has a powerW$/,
    ],
    [
      { kind: "theft-start", target, theft: "voodoo", share: 0.5 },
      /^theft-start: theft: a theft is one of these: partial-bypass, hook, missing-neutral, magnet/,
    ],
    [{ kind: "theft-stop", target, theft: 1 }, /^theft-stop: theft: a theft is one of these: part/],
    [{ kind: "theft-start", target, share: 0 }, /^theft-start: share: a share is 0 to 1/],
    [
      { kind: "payment", target, amountMinor: 1.5 },
      /^payment: amountMinor: write a positive whole number of the smallest coins, at most \d+$/,
    ],
    [
      { kind: "payment", target, amountMinor: -1 },
      /^payment: amountMinor: write a positive whole number/,
    ],
    [
      { kind: "dispute-open", target, reason: " " },
      /^dispute-open: reason: say in one to 200 characters what is disputed$/,
    ],
    [{ kind: "dispute-open", target, reason: "?" }, /^supply-12 owes nothing that could be disp/],
    [
      { kind: "dispute-open", target: "supply-05", reason: "?", amountMinor: 61_251 },
      /^supply-05 owes 61250; no more of it can be disputed$/,
    ],
    [
      { kind: "dispute-close", target },
      /^dispute-close: upheld: say whether the customer was right: true or false$/,
    ],
    [{ kind: "dispute-close", target, upheld: true }, /^supply-12 disputes nothing$/],
    [{ kind: "mast-down", target: "mast-2" }, /^there is no mast "mast-2"; did you mean mast-1\?$/],
    [{ kind: "set-step", stepMs: 7001 }, /^a step divides an hour; 7001 ms does not$/],
    [{ kind: "swap-out", target }, /^supply-12 has no device$/],
    [
      { kind: "press-button", target, button: "up" },
      /^supply-12 has a simulated meter, which has no buttons; swap a board in$/,
    ],
    [
      { kind: "press-button", target, button: "down" },
      /^press-button: button: a meter's buttons are up and enter$/,
    ],
  ])("%j", (raw, says) => {
    const checked = checkInput(twin, raw);
    expect(checked.ok).toBe(false);
    if (!checked.ok) expect(checked.reason).toMatch(says);
  });

  // It took 18 s of a running twin while such a name was compared letter by letter.
  test("also a name of ten megabytes, at once and in a short sentence", { timeout: 2_000 }, () => {
    const checked = checkInput(twin, { kind: "trip", target: "x".repeat(10_000_000) });
    expect(checked).toMatchObject({ ok: false });
    if (!checked.ok) expect(checked.reason.length).toBeLessThan(250);
  });

  test("also a trip of who is on life support, who has no limit at the meter and is never prepaid", () => {
    const limit = "meters.limit={}";
    const homes = createTwin(street({ set: ["customers.4.lifeSupport=true", limit] }));
    expect(checkInput(homes, { kind: "trip", target: "supply-05" })).toEqual({
      ok: false,
      reason: "supply-05 is on life support, exempt from every cut; nobody cuts it off",
    });
    const { limitW } = homes.world.plant.meters.limit;
    expect([limitW[4], limitW[5]! > 0]).toEqual([0, true]);
    const prepaid = "utility.billing.tariff=tariffs/india-prepaid.yaml";
    expect(() => street({ set: ["customers.4.lifeSupport=true", prepaid] })).toThrow(
      "a prepaid meter cuts when the credit is gone; give this customer a postpaid tariff",
    );
  });

  test("also a trip of who is protected, and a second dispute before the first is closed", () => {
    const homes = createTwin(street({ set: ["customers.4.protected=life support"] }));
    expect(checkInput(homes, { kind: "trip", target: "supply-05" })).toEqual({
      ok: false,
      reason: "supply-05 is protected (life support); nobody cuts it off",
    });
    const dispute = { kind: "dispute-open", target: "supply-05", reason: "too much" } as const;
    expect(checkInput(homes, dispute).ok).toBe(true);
    beginStep(homes, journal([[0, dispute]]));
    expect(checkInput(homes, dispute)).toEqual({
      ok: false,
      reason: "supply-05 has a dispute already; close that one first",
    });
  });

  test("also a second device in one slot", () => {
    const swapped = createTwin(street());
    beginStep(swapped, journal([[0, { kind: "swap-in", target, device: "echo" }]]));
    expect(checkInput(swapped, { kind: "swap-in", target, device: "echo" })).toEqual({
      ok: false,
      reason: "supply-12 has a device already",
    });
    expect(checkInput(swapped, { kind: "swap-out", target }).ok).toBe(true);
  });

  // 9,007 of them were accepted, and then the run stopped for ever: the bank was out of range.
  test("also a payment of a million million coins, and of more than the account holds with what waits", () => {
    const payment = (amountMinor: number): TwinInput => ({ kind: "payment", target, amountMinor });
    expect(checkInput(twin, payment(1e12))).toEqual({
      ok: false,
      reason:
        "payment: amountMinor: write a positive whole number of the smallest coins, at most 1000000000",
    });
    const waiting = journal(Array.from({ length: 999 }, () => [0, payment(1e9)] as const));
    expect(checkInput(twin, payment(1e9), waiting).ok).toBe(true);
    waiting.push(...journal([[0, payment(1e9)]]));
    expect(checkInput(twin, payment(1), waiting)).toEqual({
      ok: false,
      reason: "supply-12 would be 1000000000001 ahead; an account takes at most 1000000000000",
    });
    const others = Array.from({ length: 1_000_000 }, () => [0, payment(1e9)] as const);
    expect(checkInput(twin, { ...payment(1), target: "supply-05" }, journal(others))).toEqual({
      ok: false,
      reason:
        "all payments would come to 1000000000000001; the bank takes at most 1000000000000000",
    });
  });

  // Fifteen of a million million coins put the credit of a meter, in thousandths, beyond exact whole numbers.
  test("also a token of more than a prepaid meter counts exactly", () => {
    const prepaid = createTwin(street({ scenario: "prepaid-lanes" }));
    const payment = { kind: "payment", target: "supply-01", amountMinor: 1e9 } as const;
    const waiting = journal(Array.from({ length: 1_000 }, () => [0, payment] as const));
    const checked = checkInput(prepaid, payment, waiting);
    expect(checked).toMatchObject({ ok: false });
    if (!checked.ok) expect(checked.reason).toMatch(/^supply-01 would be 1001\d{9} ahead; an acc/);
  });

  test("and nothing of the twin changes meanwhile", () => {
    expect(finalHash(twin)).toBe(finalHash(createTwin(street())));
  });
});

describe("a journalled input", () => {
  /** An hour with one input after ten minutes, the twin beside one without. */
  const hourWith = (input: TwinInput): { twin: Twin; without: Twin; kinds: string[] } => {
    const kinds: string[] = [];
    const twin = createTwin(street());
    runUntil(twin, HOUR_MS, journal([[10 * MINUTE_MS, input]]), ({ out }) => {
      kinds.push(...out.events.map(({ event }) => event.kind));
    });
    return { twin, without: runUntil(createTwin(street()), HOUR_MS), kinds };
  };

  test("of theft leads current around the sensor: the register falls behind, what flows does not", () => {
    const { twin, without, kinds } = hourWith({
      kind: "theft-start",
      target: "supply-12",
      share: 0.5,
    });
    const [stolen, honest] = [twin, without].map(({ world }) => world.plant);
    expect(stolen!.energy.deliveredWMs[ROW_12]).toBe(honest!.energy.deliveredWMs[ROW_12]);
    const openingMilliWh = street().plant.supplies[ROW_12]!.openingWh * 1000;
    const metered = (plant: typeof stolen) => plant!.meters.importMilliWh[ROW_12]! - openingMilliWh;
    // Half of five sixths of the hour is missing, more or less: homes do not draw evenly.
    expect(metered(stolen)).toBeLessThan(metered(honest));
    const missingMilliWh = stolen!.energy.stolenWMs[ROW_12]! / 3600;
    expect((metered(honest) - metered(stolen)) / missingMilliWh).toBeCloseTo(1, 1); // class 1 meter
    expect(kinds).toContain("theft-start");
  });

  test("of a mast stops all readings until it is back", () => {
    const { twin, without, kinds } = hourWith({ kind: "mast-down" });
    expect(kinds).toContain("mast-down");
    expect(twin.world.air.counts.delivered).toBe(0);
    expect(without.world.air.counts.delivered).toBeGreaterThan(0);
    expect(twin.world.air.counts.made).toBe(without.world.air.counts.made);
  });

  test("of a dispute puts the amount on hold, and its end is booked and told", () => {
    const target = "supply-05";
    const { twin, kinds } = hourWith({
      kind: "dispute-open",
      target,
      amountMinor: 11_250,
      reason: "?",
    });
    expect(kinds).toContain("dispute-opened");
    const { data } = makeFrame(twin, "belief/supply");
    const columns = data as { disputedMinor: readonly number[]; owedMinor: readonly number[] };
    expect([columns.disputedMinor[4], columns.owedMinor[4]]).toEqual([11_250, 61_250]);
    beginStep(twin, journal([[HOUR_MS, { kind: "dispute-close", target, upheld: true }]]));
    expect(twin.out.postings).toEqual([
      expect.objectContaining({
        eventId: "dispute/supply-05/1",
        debit: "revenue/adjustments",
        credit: "receivable/supply-05",
        amountMinor: 11_250,
      }),
    ]);
    expect(twin.world.belief.accounts[4]!.items[0]).toMatchObject({ amountMinor: 50_000 });
  });

  test("of payment is in the ledger and on the account in the same step", () => {
    const twin = createTwin(street());
    runUntil(twin, 10 * MINUTE_MS);
    const input: TwinInput = { kind: "payment", target: "supply-12", amountMinor: 12_345 };
    beginStep(twin, journal([[10 * MINUTE_MS, input]]));
    finishStep(twin, []);
    expect(twin.out.postings).toMatchObject([
      {
        eventId: "payment/hand/1",
        debit: "bank",
        credit: "receivable/supply-12",
        amountMinor: 12_345,
      },
    ]);
    runUntil(twin, HOUR_MS);
    expect(twin.world.belief.accounts[ROW_12]!.creditMinor, "once").toBe(12_345);
  });

  // Journals of before payments had a bound: such a run could not be gone on with.
  test("of more payments than the bank can count lets the last ones wait, and the run go on", () => {
    const payment = { kind: "payment", target: "supply-12", amountMinor: 1e12 } as const;
    const entries = journal(Array.from({ length: 9_010 }, () => [0, payment] as const));
    const twin = runUntil(createTwin(street()), HOUR_MS, entries);
    expect(twin.world.engine.clock.nowMs).toBe(HOUR_MS);
    expect(twin.world.belief.billing.paidMinor).toBe(9_007e12);
    expect(twin.world.engine.payments).toHaveLength(3);
  });

  test("of trip travels over the air, opens the relay and takes the load away", () => {
    const { twin, kinds } = hourWith({ kind: "trip", target: "supply-12" });
    expect(kinds.filter((kind) => ["trip-sent", "relay", "tripped"].includes(kind))).toEqual([
      "trip-sent",
      "relay",
      "tripped",
    ]);
    expect(twin.world.plant.meters.relayOpen[ROW_12]).toBe(1);
    expect(twin.world.plant.power.meteredW[ROW_12]).toBe(0);
  });

  test("of trip does not reach a meter whose mast is down", () => {
    const twin = createTwin(street());
    const entries = journal([
      [0, { kind: "mast-down" }],
      [MINUTE_MS, { kind: "trip", target: "supply-12" }],
    ]);
    runUntil(twin, HOUR_MS, entries);
    expect(twin.world.plant.meters.relayOpen[ROW_12]).toBe(0);
    expect(twin.world.belief.commands).toMatchObject([{ order: { action: "trip" } }]);
  });

  test("takes effect in the order of the journal", () => {
    const twin = createTwin(street());
    const steal = (share: number): TwinInput => ({
      kind: "theft-start",
      target: "supply-12",
      share,
    });
    beginStep(twin, journal([0.2, 0.4].map((share) => [0, steal(share)])));
    expect(twin.world.plant.theft.bypassShare[ROW_12]).toBe(0.4);
  });

  test("for another step than this is refused: nothing takes effect late in silence", () => {
    const twin = runUntil(createTwin(street()), HOUR_MS);
    const late = journal([[HOUR_MS - MINUTE_MS, { kind: "mast-down" }]]);
    expect(() => beginStep(twin, late)).toThrow(
      "entry 1 is for 3540000 ms, the twin is at 3600000 ms",
    );
  });
});

test("letters are read once: the statements of the opening are gone after the first step", () => {
  const twin = createTwin(street());
  expect(twin.world.engine.mailbox.map(({ supply }) => supply)).toEqual(
    ["05", "07", "09", "14", "18"].map((number) => `supply-${number}`),
  );
  beginStep(twin, []);
  finishStep(twin, []);
  expect(twin.world.engine.mailbox).toEqual([]);
});
