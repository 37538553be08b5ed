// Prepayment tokens: fields and ranges of IEC 62055-41 (facts §12.1), keys and cipher of our own.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AMOUNT_MAX,
  amountCode,
  amountOfCode,
  decodeToken,
  digitsOf,
  encodeToken,
  groupedDigits,
  type Token,
  tokenAmount,
} from "../../sim/contract/token.ts";
import {
  decrypt,
  encrypt,
  tokenCrc,
  transpose,
  untranspose,
} from "../../sim/contract/token-cipher.ts";
import {
  BASE_DATES,
  baseDateAt,
  deriveKey,
  factoryProfile,
  hmacSha256,
  isMeterNumber,
  luhnDigit,
  meterNumberOf,
  profileOf,
  TOKEN_MINUTE_MAX,
  tokenMinute,
} from "../../sim/contract/token-key.ts";
import { hexOf, utf8Bytes } from "../../sim/core/digest.ts";

const NOW = Date.UTC(2026, 0, 12, 9, 30);
const keyOf = (serial: string) => deriveKey(factoryProfile(serial, NOW));
const KEY = keyOf("M-0001");
const minute = tokenMinute(1, NOW)!;
const credit = (changes: Partial<Extract<Token, { kind: "credit" }>> = {}): Token => ({
  kind: "credit",
  unit: "coins",
  amount: 50_000,
  minute,
  random: 3,
  ...changes,
});

const u = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const stamp = { minute: u(24), random: u(4) };
const code = u(16).map(amountOfCode);
const anyToken: fc.Arbitrary<Token> = fc.oneof(
  fc.record({
    kind: fc.constant("credit" as const),
    unit: fc.constantFrom("coins" as const, "tenths-of-kWh" as const),
    amount: code,
    ...stamp,
  }),
  fc.record({
    kind: fc.constant("test" as const),
    tests: u(16).chain((high) => u(20).map((low) => high * 2 ** 20 + low)),
    maker: u(8),
  }),
  fc.record({ kind: fc.constant("power-limit" as const), limitW: code, ...stamp }),
  fc.record({ kind: fc.constant("clear-credit" as const), register: u(16), ...stamp }),
  fc.record({ kind: fc.constantFrom("clear-tamper" as const, "reconnect" as const), ...stamp }),
  fc.record({
    kind: fc.constant("key-first" as const),
    expiryHigh: u(4),
    revision: u(4),
    rollsOver: fc.boolean(),
    keyType: u(2),
    keyHigh: fc.nat(0x7fffffff).map((value) => value * 2 + 1),
  }),
  fc.record({
    kind: fc.constant("key-second" as const),
    expiryLow: u(4),
    tariffIndex: u(8),
    keyLow: fc.nat(0x7fffffff).map((value) => value * 2),
  }),
);
const anyKey = fc.record({ high: fc.nat(0xffffffff), low: fc.nat(0xffffffff) });

describe("amounts", () => {
  // Facts §12.1, in units: e0 0–16383 step 1; e1 16384–180214 step 10; e2 180224–1818524 step 100; e3 to 18201624.
  test.each([
    [0, 0],
    [16_383, 16_383],
    [16_384, 16_384],
    [16_385, 16_394],
    [180_214, 180_214],
    [180_215, 180_224],
    [180_225, 180_324],
    [1_818_524, 1_818_524],
    [1_818_525, 1_818_624],
    [1_818_625, 1_819_624],
    [18_201_624, 18_201_624],
  ])("%i is paid, the token says %i", (paid, said) => {
    expect(tokenAmount(paid)).toBe(said);
  });

  test("never say less than was paid, and never more than one step of their range above it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: AMOUNT_MAX }), (amount) => {
        const said = tokenAmount(amount);
        const step =
          amount <= 16_383 ? 1 : amount <= 180_214 ? 10 : amount <= 1_818_524 ? 100 : 1000;
        expect(said).toBeGreaterThanOrEqual(amount);
        expect(said - amount).toBeLessThan(step);
      }),
    );
  });

  test("have one code each, and codes are in the order of their amounts", () => {
    let before = -1;
    for (let each = 0; each < 65_536; each++) {
      const amount = amountOfCode(each);
      expect(amount > before && amountCode(amount) === each, `${each}`).toBe(true);
      before = amount;
    }
  });

  test.each([-1, 0.5, AMOUNT_MAX + 1, Number.NaN])("%d is none", (amount) => {
    expect(() => amountCode(amount)).toThrow(/whole number of 0 to 18201624/);
  });
});

describe("the check", () => {
  test("is the CRC-16 of ARC's polynomial with start FFFF, over seven bytes", () => {
    // CRC-16/MODBUS of the seven bytes 01 02 03 04 05 06 07, by another program (Python, bit by bit).
    expect(tokenCrc(0x01020304050607n)).toBe(0x711d);
    // A message with its own check behind it, low byte first, leaves nothing; a Modbus frame has its check published.
    const five = 0x0103000000n;
    const crcOf = (bytes: readonly number[]): number => {
      let rest = 0xffff;
      for (const byte of bytes) {
        for (let bit = 0; bit < 8; bit++) {
          const isOdd = ((rest ^ (byte >> bit)) & 1) === 1;
          rest = (rest >> 1) ^ (isOdd ? 0xa001 : 0);
        }
      }
      return rest;
    };
    expect(crcOf([1, 3, 0, 0, 0, 0x0a])).toBe(0xcdc5);
    const check = crcOf([1, 3, 0, 0, 0]);
    expect(tokenCrc((five << 16n) | BigInt(((check & 0xff) << 8) | (check >> 8)))).toBe(0);
  });
});

describe("the cipher", () => {
  test("is undone by its key and by no other", () => {
    fc.assert(
      fc.property(anyKey, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (key, plain) => {
        const cipher = encrypt(key, plain);
        expect(decrypt(key, cipher)).toBe(plain);
        expect(decrypt({ ...key, low: (key.low ^ 1) >>> 0 }, cipher)).not.toBe(plain);
      }),
    );
  });

  test("turns half of all bits when one bit of the text or of the key turns", () => {
    const bitsOf = (value: bigint): number => value.toString(2).replaceAll("0", "").length;
    let turned = 0;
    for (let bit = 0n; bit < 64n; bit++) {
      const plain = (0x0123456789abcdefn * (bit + 1n)) & (2n ** 64n - 1n);
      turned += bitsOf(encrypt(KEY, plain) ^ encrypt(KEY, plain ^ (1n << bit)));
    }
    // 64 × 64 fair coins: mean 2048, standard deviation 32; four of them.
    expect(Math.abs(turned - 2048)).toBeLessThan(128);
  });

  test("hides the class in places 28 and 27 and puts what stood there on top", () => {
    expect(transpose(2, 0n)).toBe(1n << 28n);
    expect(transpose(1, 0n)).toBe(1n << 27n);
    expect(transpose(0, 3n << 27n)).toBe(3n << 64n);
    fc.assert(
      fc.property(fc.nat(3), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (tokenClass, data) => {
        expect(untranspose(transpose(tokenClass, data))).toEqual({ tokenClass, data });
      }),
    );
  });
});

describe("a token", () => {
  test("says after its journey what it said before, whatever it is", () => {
    fc.assert(
      fc.property(anyToken, anyKey, (token, key) => {
        const digits = encodeToken(token, key);
        expect(digits).toMatch(/^\d{20}$/);
        expect(decodeToken(digits, key)).toEqual(token);
      }),
    );
  });

  test("has a field out of its range refused", () => {
    expect(() => encodeToken(credit({ minute: 2 ** 24 }), KEY)).toThrow(
      /does not fit into 24 bits/,
    );
    expect(() => encodeToken(credit({ random: 16 }), KEY)).toThrow(/does not fit into 4 bits/);
  });

  test("of two purchases of one amount in one minute differs by its random number", () => {
    const all = Array.from({ length: 16 }, (_, random) => encodeToken(credit({ random }), KEY));
    expect(new Set(all).size).toBe(16);
  });

  test("of one meter is none at another, and none after its key was changed", () => {
    const digits = encodeToken(credit(), KEY);
    expect(decodeToken(digits, keyOf("M-0002"))).toBeUndefined();
    expect(decodeToken(digits, deriveKey(profileOf(meterNumberOf("M-0001"), 2)))).toBeUndefined();
  });

  test("of class 1 is read by any key", () => {
    const digits = encodeToken({ kind: "test", tests: 1, maker: 0 }, KEY);
    expect(decodeToken(digits, keyOf("M-0002"))).toEqual({ kind: "test", tests: 1, maker: 0 });
  });

  test("is typed with spaces and dashes, and printed in fours", () => {
    expect(digitsOf("1234 5678-9012 3456 7890")).toBe("12345678901234567890");
    expect(groupedDigits("12345678901234567890")).toBe("1234 5678 9012 3456 7890");
    for (const text of [
      "",
      "1234",
      "1234567890123456789O",
      "123456789012345678901",
      "१".repeat(20),
    ]) {
      expect(digitsOf(text), text).toBeUndefined();
    }
  });

  test("of 66 bits fills about three quarters of all twenty-digit numbers; the rest are none", () => {
    for (const digits of [(2n ** 66n).toString(), "9".repeat(20)]) {
      expect(decodeToken(digits, KEY)).toBeUndefined();
    }
  });

  // The check lets one wrong number in 65,536 pass, the rules on the fields a third of those: of 900,000 substitutions
  // (5,000 tokens, counted once) five were read. Of these 36,000 none is: the count is what it is, not a wish.
  test("with any single digit wrong is refused: 180 substitutions of each of 200 tokens, and how many passed", () => {
    let passed = 0;
    let tried = 0;
    for (let number = 0; number < 200; number++) {
      const token = credit({
        minute: minute + 61 * number,
        random: number % 16,
        amount: 37 * number,
      });
      const digits = encodeToken(token, KEY);
      for (let place = 0; place < 20; place++) {
        for (let digit = 0; digit < 10; digit++) {
          if (digit === Number(digits[place])) continue;
          const wrong = `${digits.slice(0, place)}${digit}${digits.slice(place + 1)}`;
          tried++;
          if (decodeToken(wrong, KEY) !== undefined) passed++;
        }
      }
    }
    expect(tried).toBe(36_000);
    expect(passed).toBe(0);
  });

  test("made up of any twenty digits never crashes and is practically never read", () => {
    let read = 0;
    const digit = fc.array(fc.nat(9), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(digit, (digits) => {
        if (decodeToken(digits.join(""), KEY) !== undefined) read++;
      }),
      { numRuns: 20_000, seed: 7 },
    );
    // Of 20,000 about 0.1 pass the check.
    expect(read).toBeLessThanOrEqual(1);
  });
});

describe("keys", () => {
  test("are HMAC-SHA-256 (RFC 4231, case 2)", () => {
    const mac = hmacSha256(utf8Bytes("Jefe"), utf8Bytes("what do ya want for nothing?"));
    expect(hexOf(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });

  test("differ with each field of the profile", () => {
    const profile = profileOf("01000000016", 1);
    const others = [
      profile,
      { ...profile, meterNumber: "01000000024" },
      { ...profile, keyType: 1 as const },
      { ...profile, tariffIndex: 8 },
      { ...profile, supplyGroup: "123457" },
      { ...profile, revision: 3 },
      { ...profile, baseDate: 2 },
    ];
    expect(new Set(others.map((each) => JSON.stringify(deriveKey(each)))).size).toBe(7);
    expect(deriveKey(profile)).not.toEqual(deriveKey(profile, "another vending key"));
  });

  test("belong to meter numbers whose last digit is Luhn's", () => {
    // ISO/IEC 7812-1: 7992739871 has the check digit 3.
    expect(luhnDigit("7992739871")).toBe(3);
    // By hand: 0100000001 from the right, every other digit doubled: the last 1 counts 2, the 1 in the ninth place 2;
    // 4 in all, 6 to the next ten.
    expect(meterNumberOf("M-0001")).toBe("01000000016");
    expect(isMeterNumber(meterNumberOf("M-0001"))).toBe(true);
    expect(isMeterNumber(meterNumberOf("anything else"))).toBe(true);
    const number = meterNumberOf("M-0042");
    const wrong = `${number.slice(0, 10)}${(Number(number[10]) + 1) % 10}`;
    expect(isMeterNumber(wrong)).toBe(false);
  });
});

describe("minutes", () => {
  test("begin at midnight UTC of 1993, 2014 and 2035", () => {
    for (const { year, epochMs } of BASE_DATES) expect(epochMs).toBe(Date.UTC(year, 0, 1));
  });

  // Facts §12.1: the last value is reached 2024-11-24 20:15 UTC for 1993, 2045-11-24 and 2066-11-24 for the others.
  test.each([
    [0, Date.UTC(2024, 10, 24, 20, 15)],
    [1, Date.UTC(2045, 10, 24, 20, 15)],
    [2, Date.UTC(2066, 10, 24, 20, 15)],
  ])("of base date %i end with the minute of the facts", (baseDate, lastMs) => {
    expect(tokenMinute(baseDate, lastMs)).toBe(TOKEN_MINUTE_MAX);
    expect(tokenMinute(baseDate, lastMs + 59_999)).toBe(TOKEN_MINUTE_MAX);
    expect(tokenMinute(baseDate, lastMs + 60_000)).toBeUndefined();
    expect(tokenMinute(baseDate, BASE_DATES[baseDate]!.epochMs - 1)).toBeUndefined();
  });

  test("are counted from the next base date 90 days before one runs out, and never from one to come", () => {
    const end = Date.UTC(2024, 10, 24, 20, 16);
    const change = end - 90 * 86_400_000;
    expect([baseDateAt(change - 1), baseDateAt(change), baseDateAt(end)]).toEqual([0, 1, 1]);
    for (let year = 1993; year <= 2066; year++) {
      const epochMs = Date.UTC(year, 5, 1);
      expect(tokenMinute(baseDateAt(epochMs), epochMs), `${year}`).toBeDefined();
    }
  });
});
