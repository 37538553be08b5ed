// Tokens at the meter: judged by its own key and memory, kept through the dark, and no digit's fault ever told.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TokenResult } from "../../sim/contract/meter-device.ts";
import type { CommandOrder } from "../../sim/contract/reading.ts";
import { encodeToken, type Token } from "../../sim/contract/token.ts";
import type { DecoderKey } from "../../sim/contract/token-cipher.ts";
import {
  deriveKey,
  factoryProfile,
  meterNumberOf,
  profileOf,
  TOKEN_MINUTE_MAX,
  tokenMinute,
} from "../../sim/contract/token-key.ts";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { createOneMeter } from "../../sim/plant/meters/one-meter.ts";
import { CREDIT_MAX_MINOR } from "../../sim/plant/meters/prepaid.ts";
import {
  KEY_HALVES_MAX_MS,
  LOCK_MAX_MS,
  STAMPS_REMEMBERED_MAX,
} from "../../sim/plant/meters/tokens.ts";
import { prepaidTerms, UTC } from "../support/meter.ts";
import { type Bench, bench, handoverNow } from "../support/metering.ts";

const TERMS = prepaidTerms({ standingDailyMinor: 0 });
const prepaid = (openingCreditMinor = 0): CommandOrder => ({
  action: "set-prepaid",
  terms: TERMS,
  openingCreditMinor,
});
const KEY = deriveKey(factoryProfile("M-0001", UTC.startEpochMs));
const NOW = tokenMinute(1, UTC.startEpochMs)!;
let made = 0;
type Stamped = Extract<Token, { readonly minute: number }>;
type Unstamped<T> = T extends Stamped
  ? Omit<T, "minute" | "random"> & { readonly minute?: number }
  : never;
/** Each is a minute later than the one before. */
const make = (token: Unstamped<Stamped>, key: DecoderKey = KEY): string =>
  encodeToken({ minute: NOW + ++made, random: 5, ...token } as Stamped, key);
const money = (amount: number, key: DecoderKey = KEY): string =>
  make({ kind: "credit", unit: "coins", amount }, key);

const home = (creditMinor = 0): Bench => bench().run(MINUTE_MS, 0, [prepaid(creditMinor)]);
const creditOf = ({ meter }: Bench): number => meter.state.prepaid.creditMilliMinor[0]! / 1000;
const resultsOf = ({ meter }: Bench): readonly TokenResult[] =>
  meter.state.tokens[0]?.shown?.results ?? [];
const typed = (meter: Bench, ...digits: readonly string[]): readonly TokenResult[] =>
  resultsOf(meter.type(digits));
const changeDigit = (digits: string): string =>
  `${digits.slice(0, 19)}${(Number(digits[19]) + 1) % 10}`;

describe("a money token", () => {
  test("is added to the credit, shown, told, and named with the next reading", () => {
    const meter = home(1_000);
    const token = money(50_004);
    expect(typed(meter, token)).toEqual(["accepted"]);
    expect(creditOf(meter)).toBe(51_004);
    expect(meter.display).toBe("ACCEPT          \n+500.04 INR     ");
    expect(meter.codes).toContain("topped-up");
    meter.run(30 * MINUTE_MS, 0);
    expect(meter.readings[0]!.prepaid).toMatchObject({ lastToken: token, toppedUpMinor: 51_004 });
    expect(meter.display).not.toContain("ACCEPT");
  });

  test("is taken once: typed again, sent after it was typed, or typed after it was sent", () => {
    const meter = home();
    const [first, second] = [money(100), money(200)];
    expect(typed(meter, first, first)).toEqual(["accepted", "used"]);
    const sent = (token: string): CommandOrder => ({ action: "top-up", token, amountMinor: 1 });
    meter.run(meter.nowMs + MINUTE_MS, 0, [sent(first), sent(second)]);
    const acks = meter.sent.filter((message) => message.kind === "command-ack").slice(-2);
    expect(acks.map(({ result }) => result)).toEqual(["used-token", "done"]);
    expect(typed(meter, second)).toEqual(["used"]);
    expect(creditOf(meter)).toBe(300);
  });

  test("says itself what it is worth, whatever the order around it says", () => {
    const meter = home();
    const token = money(700);
    meter.run(meter.nowMs + MINUTE_MS, 0, [{ action: "top-up", token, amountMinor: 99_999 }]);
    expect(creditOf(meter)).toBe(700);
  });

  test("of another meter, with a wrong digit, or of another vending key is rejected in the same words", () => {
    const other = deriveKey(factoryProfile("M-0002", UTC.startEpochMs));
    const foreign = deriveKey(factoryProfile("M-0001", UTC.startEpochMs), "somebody else");
    const displays = [money(1, other), money(1, foreign), changeDigit(money(1))].map((digits) => {
      const meter = home();
      expect(typed(meter, digits)).toEqual(["rejected"]);
      expect(creditOf(meter)).toBe(0);
      return meter.display;
    });
    expect(new Set(displays)).toEqual(new Set(["REJECT          \nwrong token     "]));
  });

  test("closes the relay that want of credit had opened, while no network is there", () => {
    const meter = bench();
    meter.nowMs = 10 * HOUR_MS;
    meter.run(meter.nowMs + MINUTE_MS, 0, [prepaid(-0)]);
    meter.run(meter.nowMs + 12 * HOUR_MS, 6_000);
    meter.run(meter.nowMs + 12 * HOUR_MS, 6_000);
    expect(meter.meter.state.relayOpen[0]).toBe(1);
    const owed = -creditOf(meter);
    expect(typed(meter, money(Math.ceil(owed) + 10))).toEqual(["accepted"]);
    expect(meter.meter.state.relayOpen[0]).toBe(0);
  });

  test("for units, or at a postpaid meter, is of the wrong kind and can be used where it fits", () => {
    const meter = bench();
    const token = money(500);
    expect(typed(meter, token)).toEqual(["wrong-kind"]);
    meter.run(meter.nowMs + MINUTE_MS, 0, [prepaid()]);
    const units = make({ kind: "credit", unit: "tenths-of-kWh", amount: 100 });
    expect(typed(meter, token, units)).toEqual(["accepted", "wrong-kind"]);
    expect(creditOf(meter)).toBe(500);
  });

  test("that would not fit is an overflow, takes nothing, and is good later", () => {
    const meter = home(CREDIT_MAX_MINOR - 100);
    const token = money(101);
    expect(typed(meter, token)).toEqual(["overflow"]);
    meter.meter.state.prepaid.creditMilliMinor[0] = 0;
    expect(typed(meter, token)).toEqual(["accepted"]);
  });

  test("typed in the dark shows nothing and is good when the light is back", () => {
    const meter = home();
    const token = money(500);
    meter.type([token], "off");
    expect(creditOf(meter)).toBe(0);
    expect(typed(meter.run(meter.nowMs + 10 * MINUTE_MS, 0), token)).toEqual(["accepted"]);
  });
});

describe("the memory of tokens", () => {
  test("outlives a power cut and a new meter in the slot, as the credit does", () => {
    const meter = home(1_000);
    const token = money(50_004);
    typed(meter, token);
    meter.dark(meter.nowMs + 3 * DAY_MS).run(meter.nowMs + 10 * MINUTE_MS, 0);
    expect(creditOf(meter)).toBe(51_004);
    expect(typed(meter, token)).toEqual(["used"]);
    const heir = createOneMeter(structuredClone(handoverNow(meter)), meter.context);
    expect(heir.state.tokens[0]).toEqual(meter.meter.state.tokens[0]);
  });

  test("holds fifty stamps; one older than the oldest of them is refused as old, in any order of typing", () => {
    const meter = home();
    const early = [money(1), money(1)];
    const later = Array.from({ length: STAMPS_REMEMBERED_MAX + 1 }, () => money(1));
    for (const token of later) expect(typed(meter, token)).toEqual(["accepted"]);
    expect(typed(meter, ...early, later[0]!, later[1]!)).toEqual(["old", "old", "old", "used"]);
    expect(meter.meter.state.tokens[0]!.seen).toHaveLength(STAMPS_REMEMBERED_MAX);
    expect(creditOf(meter)).toBe(STAMPS_REMEMBERED_MAX + 1);
  });

  test("lets an older token that was never typed pass while nothing was forgotten", () => {
    const meter = home();
    const [first, second] = [money(1), money(2)];
    expect(typed(meter, second, first)).toEqual(["accepted", "accepted"]);
  });

  test("counts each token once, whatever is typed in whatever order", () => {
    const pool = Array.from({ length: 8 }, (_, index) => money(2 ** index));
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 30 }), (order) => {
        const meter = home();
        for (const index of order) typed(meter, pool[index]!);
        const once = [...new Set(order)].reduce((sum, index) => sum + 2 ** index, 0);
        expect(creditOf(meter)).toBe(once);
      }),
      { numRuns: 25 },
    );
  });
});

describe("wrong tokens", () => {
  test("lock the keypad at the third for a minute, then for two, four, and an hour at most", () => {
    const meter = home();
    const good = money(100);
    const wrong = changeDigit(good);
    expect(typed(meter, wrong, wrong, wrong, good)).toEqual([
      "rejected",
      "rejected",
      "rejected",
      "locked",
    ]);
    const locks = () =>
      meter.events
        .filter(({ code }) => code === "token-locked")
        .map(({ value }) => value! / MINUTE_MS);
    for (let more = 0; more < 8; more++) {
      meter.run(meter.nowMs + LOCK_MAX_MS, 0);
      typed(meter, wrong);
    }
    expect(locks()).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(typed(meter, good)).toEqual(["locked"]);
    meter.run(meter.nowMs + LOCK_MAX_MS, 0);
    expect(typed(meter, good, wrong, wrong, good)).toEqual([
      "accepted",
      "rejected",
      "rejected",
      "used",
    ]);
  });

  test("over the air lock nobody out, and are refused to the company", () => {
    const meter = home();
    const wrong = changeDigit(money(100));
    const orders: CommandOrder[] = Array.from({ length: 5 }, () => ({
      action: "top-up",
      token: wrong,
      amountMinor: 100,
    }));
    meter.run(meter.nowMs + MINUTE_MS, 0, orders);
    const acks = meter.sent.filter((message) => message.kind === "command-ack").slice(-5);
    expect(acks.every(({ reason }) => reason === "bad-token")).toBe(true);
    expect(typed(meter, money(100))).toEqual(["accepted"]);
  });

  test("of any twenty digits never stop a meter, and give it nothing", () => {
    const meter = home();
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 20, maxLength: 20 }), (digits) => {
        meter.type([digits.join("")]);
        expect(creditOf(meter)).toBe(0);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

describe("tests and management", () => {
  test("a test token is good at every meter, as often as anybody likes, also at a locked one's neighbour", () => {
    const all = encodeToken({ kind: "test", tests: 1, maker: 0 }, { high: 0, low: 0 });
    for (const serial of ["M-0001", "M-0002"]) {
      const meter = bench({ handover: { serial } });
      expect(typed(meter, all, all)).toEqual(["accepted", "accepted"]);
      expect(meter.display).toBe(`TEST 0          \n${meterNumberOf(serial)}     `);
    }
  });

  test("a limit, cleared credit and cleared suspicions come by token, each once", () => {
    const meter = home(70_000);
    meter.meter.state.tamperFlags[0] = 3;
    const tokens = [
      make({ kind: "power-limit", limitW: 3_000 }),
      make({ kind: "clear-tamper" }),
      make({ kind: "clear-credit", register: 0 }),
    ];
    expect(typed(meter, ...tokens)).toEqual(["accepted", "accepted", "accepted"]);
    expect(meter.meter.state.limit.limitW[0]).toBe(3_000);
    expect(meter.meter.state.tamperFlags[0]).toBe(0);
    expect(creditOf(meter)).toBe(0);
    expect(meter.codes).toEqual(
      expect.arrayContaining(["limit-set", "tamper-cleared", "credit-cleared"]),
    );
    expect(typed(meter, ...tokens)).toEqual(["used", "used", "used"]);
    expect(typed(meter, make({ kind: "power-limit", limitW: 0 }))).toEqual(["accepted"]);
    expect(meter.meter.state.limit.limitW[0]).toBe(0);
  });
});

describe("a token that reconnects", () => {
  const isOpen = ({ meter }: Bench): boolean => meter.state.relayOpen[0] === 1;
  const trip = (meter: Bench): Bench => meter.run(meter.nowMs + MINUTE_MS, 0, [{ action: "trip" }]);
  /** `bench` orders at 0; minutes of the base date after that. */
  const reconnect = (minute: number): string => make({ kind: "reconnect", minute: NOW + minute });

  test("closes what the company has opened, once", () => {
    const meter = trip(bench());
    const token = reconnect(10);
    expect(isOpen(meter)).toBe(true);
    expect(typed(meter, token)).toEqual(["accepted"]);
    expect(meter.display).toBe("ACCEPT          \nSUPPLY ON       ");
    expect(isOpen(meter)).toBe(false);
    expect(isOpen(trip(meter))).toBe(true);
    expect(typed(meter, token)).toEqual(["used"]);
    expect(isOpen(meter)).toBe(true);
  });

  test("from before a trip does not undo that trip", () => {
    const meter = trip(bench());
    meter.meter.state.tokens[0] = { ...meter.meter.state.tokens[0]!, tripOrderedAt: HOUR_MS };
    expect(typed(meter, reconnect(59))).toEqual(["old"]);
    expect(isOpen(meter)).toBe(true);
    expect(typed(meter, reconnect(60))).toEqual(["accepted"]);
    expect(isOpen(meter)).toBe(false);
  });

  test("leaves a relay open that want of credit keeps open", () => {
    const meter = bench();
    meter.nowMs = 10 * HOUR_MS;
    meter.run(meter.nowMs + 12 * HOUR_MS, 6_000, [prepaid()]);
    meter.run(meter.nowMs + 12 * HOUR_MS, 6_000);
    expect(typed(meter, reconnect(60 * 40))).toEqual(["accepted"]);
    expect(isOpen(meter)).toBe(true);
  });
});

describe("a change of key", () => {
  const next = deriveKey(profileOf(meterNumberOf("M-0001"), 2));
  const halves = (changes: { readonly expiry?: number; readonly rollsOver?: boolean } = {}) => {
    const { expiry = 255, rollsOver = true } = changes;
    const first = {
      kind: "key-first",
      expiryHigh: expiry >> 4,
      revision: 3,
      rollsOver,
      keyType: 2,
      keyHigh: next.high,
    } as const;
    const second = {
      kind: "key-second",
      expiryLow: expiry & 15,
      tariffIndex: 7,
      keyLow: next.low,
    } as const;
    return [encodeToken(first, KEY), encodeToken(second, KEY)] as const;
  };

  test("takes both halves, in either order; then new tokens are good and old ones are not", () => {
    for (const order of [halves(), [...halves()].reverse()]) {
      const meter = home(1_000);
      expect(typed(meter, order[0]!)).toEqual(["half-a-key"]);
      expect(meter.display).toBe("1 OF 2          \nenter other half");
      expect(typed(meter, order[1]!)).toEqual(["accepted"]);
      expect(typed(meter, money(50), money(70, next))).toEqual(["rejected", "accepted"]);
      expect(creditOf(meter)).toBe(1_070);
      expect(meter.events.find(({ code }) => code === "key-changed")!.value).toBe(3);
    }
  });

  test("is off where the second half comes too late, or twice the same half comes", () => {
    const [first, second] = halves();
    const meter = home();
    typed(meter, first);
    meter.run(meter.nowMs + KEY_HALVES_MAX_MS, 0);
    expect(typed(meter, second)).toEqual(["half-a-key"]);
    expect(typed(meter, second)).toEqual(["half-a-key"]);
    expect(typed(meter, money(5))).toEqual(["accepted"]);
    expect(typed(meter, first)).toEqual(["accepted"]);
    expect(typed(meter, first)).toEqual(["rejected"]);
  });

  test("rolls the memory over only where it says so: with a new base date minutes begin anew", () => {
    const low = (): string => make({ kind: "credit", unit: "coins", amount: 1, minute: 1 }, next);
    for (const rollsOver of [true, false]) {
      const meter = home();
      for (let each = 0; each <= STAMPS_REMEMBERED_MAX; each++) typed(meter, money(1));
      typed(meter, ...halves({ rollsOver }));
      expect(typed(meter, low())).toEqual([rollsOver ? "accepted" : "old"]);
    }
  });

  test("with an expiry refuses tokens of a later time, to the minute", () => {
    const meter = home();
    typed(meter, ...halves({ expiry: 100 }));
    const at = (minute: number): string =>
      make({ kind: "credit", unit: "coins", amount: 1, minute }, next);
    expect(typed(meter, at(101 * 65_536), at(101 * 65_536 - 1))).toEqual([
      "key-expired",
      "accepted",
    ]);
    expect(meter.display).toContain("ACCEPT");
  });

  test("is what a meter of 1993's minutes needs before the last one of them, 24 November 2024, 20:15 UTC", () => {
    const calendar = createCalendar("2024-08-01T00:00", "UTC", []);
    const meter = bench({ context: { calendar } });
    meter.run(MINUTE_MS, 0, [prepaid()]);
    const old = deriveKey(profileOf(meterNumberOf("M-0001"), 0));
    const last = make({ kind: "credit", unit: "coins", amount: 9, minute: TOKEN_MINUTE_MAX }, old);
    expect(typed(meter, last)).toEqual(["accepted"]);
    const fresh = tokenMinute(1, Date.UTC(2024, 10, 24, 20, 16))!;
    const token = make({ kind: "credit", unit: "coins", amount: 9, minute: fresh }, KEY);
    expect(typed(meter, token)).toEqual(["rejected"]);
    const pair = [
      encodeToken(
        {
          kind: "key-first",
          expiryHigh: 15,
          revision: 2,
          rollsOver: true,
          keyType: 2,
          keyHigh: KEY.high,
        },
        old,
      ),
      encodeToken({ kind: "key-second", expiryLow: 15, tariffIndex: 7, keyLow: KEY.low }, old),
    ];
    expect(typed(meter, ...pair, token)).toEqual(["half-a-key", "accepted", "accepted"]);
    expect(creditOf(meter)).toBe(18);
  });
});
