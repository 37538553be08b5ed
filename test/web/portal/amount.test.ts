import { expect, test } from "vitest";
import { readAmount } from "../../../web/portal/account/amount.ts";

test.for([
  ["250", 25_000],
  ["250.5", 25_050],
  [" 12.05 ", 1_205],
  ["1,250.50", 125_050],
  ["1,00,000", 10_000_000],
  ["0.01", 1],
] as const)("%s is %i of the smallest coins", ([text, minor]) => {
  expect(readAmount(text, "INR")).toBe(minor);
});

test.for(["", "0", "0.00", "-5", "1.234", "1e3", "five", "1,2", "1.5.5", "99999999999"])(
  "%s is no amount",
  (text) => {
    expect(readAmount(text, "INR")).toBeUndefined();
  },
);

test.for([
  ["250", "JPY", 250],
  ["1,250", "JPY", 1_250],
  ["1.5", "JPY", undefined],
  ["1.5", "KWD", 1_500],
  ["0.125", "KWD", 125],
  ["0.1255", "KWD", undefined],
] as const)("%s in %s is %s of its smallest coins", ([text, currency, minor]) => {
  expect(readAmount(text, currency)).toBe(minor);
});
