// `meterville token` as a person uses it: made for one meter, read by it, refused by others, and never certified.

import { expect, test } from "vitest";
import { meterville, metervilleJson } from "../support/cli.ts";

interface Vended {
  readonly meter: string;
  readonly tokens: readonly {
    readonly token: string;
    readonly kind: string;
    readonly amountMinor?: number;
    readonly madeAt: string | null;
  }[];
  readonly note: string;
}
const AT = ["--at", "2026-01-12T15:00+05:30"];

test("a token that is sold is accepted by its meter, rejected by another, and says what it is worth and when", async () => {
  const vended = await metervilleJson<Vended>(
    ...["token", "vend", "--meter", "M-0001", "--amount-minor", "50000"],
    ...AT,
  );
  const [{ token, ...says }] = vended.tokens as [Vended["tokens"][number]];
  expect(token).toMatch(/^(\d{4} ){4}\d{4}$/);
  expect(says).toMatchObject({
    ...{ kind: "credit", class: 0, amountMinor: 50_004 },
    madeAt: "2026-01-12T09:30:00.000Z",
  });
  expect(vended).toMatchObject({
    meter: "01000000016",
    note: expect.stringContaining("not certified"),
  });
  const good = await meterville("token", "check", token, "--meter", vended.meter, ...AT);
  expect(good).toMatchObject({
    exitCode: 0,
    stdout: "accept: credit of 50004 of the smallest coin, made 2026-01-12T09:30Z\n",
    stderr: expect.stringContaining("not interoperable"),
  });
  const foreign = await meterville("token", "check", token, "--meter", "M-0002", ...AT);
  const last = (Number(token.at(-1)) + 1) % 10;
  const wrong = await meterville(
    "token",
    "check",
    `${token.slice(0, -1)}${last}`,
    "--meter",
    "M-0001",
    ...AT,
  );
  for (const { exitCode, stdout } of [foreign, wrong]) {
    expect(exitCode).toBe(1);
    expect(stdout).toBe("reject: it was not made for this meter, or a digit of it is wrong\n");
  }
});

test("energy, limits, tests and both halves of a key are tokens too", async () => {
  const make = async (...what: readonly string[]) =>
    (await metervilleJson<Vended>("token", "vend", "--meter", "M-0001", ...what, ...AT)).tokens;
  expect(await make("--kwh", "12.51")).toMatchObject([{ kind: "credit", energyKWh: 12.6 }]);
  expect(await make("--limit-w", "3000")).toMatchObject([{ kind: "power-limit", limitW: 3_000 }]);
  expect(await make("--test", "0")).toMatchObject([{ kind: "test", class: 1, madeAt: null }]);
  expect(await make("--next-key")).toMatchObject([{ kind: "key-first" }, { kind: "key-second" }]);
});

test("what cannot be is refused with a sentence", async () => {
  const vend = ["token", "vend", "--meter", "M-0001"];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["token", "check", "1234", "--meter", "M-0001"], /^1234: a token has 20 digits, such as /],
    [["token", "check", "1".repeat(19).concat("x"), "--meter", "M-0001"], /a token has 20 digits/],
    [["token", "vend", "--meter", "01000000015", "--test", "0"], /the last digit does not check/],
    [
      ["token", "vend", "--meter", "mine", "--test", "0"],
      /^--meter mine: a meter has eleven digits/,
    ],
    [vend, /^say what the token is for, one of: --amount-minor, /],
    [[...vend, "--kwh", "1", "--test", "0"], /^say what the token is for, one of/],
    [[...vend, "--amount-minor", "-5"], /write a whole number, 0 or more/],
    [[...vend, "--amount-minor", "0"], /^--amount-minor 0: a token carries above 0 and at most/],
    [
      [...vend, "--kwh", "9999999"],
      /^--kwh 9999999: a token carries above 0 and at most 1820162\.4/,
    ],
    [[...vend, "--test", "36"], /^--test 36: tests are 0 to 35/],
    [
      [...vend, "--kwh", "1", "--at", "2026-01-12"],
      /^--at 2026-01-12: write a moment with its zone/,
    ],
    [[...vend, "--kwh", "1", "--at", "1992-12-31T23:59Z"], /^--at 1992-\S+: tokens count minutes/],
  ];
  for (const [args, says] of cases) {
    const { exitCode, stderr, stdout } = await meterville(...args);
    expect([exitCode, stdout], args.join(" ")).toEqual([2, ""]);
    expect(stderr).toMatch(says);
  }
});
