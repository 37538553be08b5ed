import { expect, test } from "vitest";
import { readNumber } from "../../sim/contract/typed-number.ts";

test.for([
  ["12.5", 12.5],
  [" 12.5 kWh ", 12.5],
  ["₹727.91", 727.91],
  ["Rs. 1,234", 1_234],
  ["-3", -3],
  ["−3", -3],
  [".5", 0.5],
  ["75 %", 75],
  // Thousands, and India's lakhs and crores.
  ["1,234,567.8", 1_234_567.8],
  ["1,23,456.7", 123_456.7],
  ["12,34,567", 1_234_567],
  ["1,00,00,000", 10_000_000],
  ["१,२३,४५६.७", 123_456.7],
  ["४२७१.७९ यूनिट", 4_271.79],
  // A comma that cannot divide thousands is a point.
  ["12,5", 12.5],
  ["0,125", 0.125],
  ["1234,567", 1_234.567],
  ["१२,५", 12.5],
  ["1.234,5", 1_234.5],
  ["1.234.567", 1_234_567],
  ["1 234,5", 1_234.5],
  ["1 234 567", 1_234_567],
] as const)("%s is %d", ([text, number]) => {
  expect(readNumber(text)).toBe(number);
});

test.for([
  ..."|  |lots|twelve|kWh|-|.|,|1,2,3|1,23,45|12,34,56|1.2.3|1,234,56|1e5|0x10|Infinity|NaN|1/2|5-3|12 or 13".split(
    "|",
  ),
  "1,234.567.8",
  "<b>5</b>",
  "9".repeat(41),
])("“%s” is no number", (text) => {
  expect(readNumber(text)).toBeUndefined();
});
