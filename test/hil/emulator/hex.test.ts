import { describe, expect, test } from "vitest";
import { parseHex } from "../../../hil/emulator/hex.ts";

const END = ":00000001FF";
const DATA = ":100000000C9434000C9449000C9449000C94490061";
/** A data record at `address` with one zero byte. */
function oneByte(address: number): string {
  const [high, low] = [address >> 8, address & 0xff];
  return `:01${byte(high)}${byte(low)}0000${byte(-(1 + high + low) & 0xff)}`;
}
const byte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

describe("an Intel HEX file", () => {
  test("gives the bytes where its records put them, and erased flash elsewhere", () => {
    const { flash, usedBytes } = parseHex(`${DATA}\r\n${oneByte(0x7fff)}\r\n${END}\r\n`);
    expect([flash[0], flash[1], flash[16], flash[0x7ffe], flash[0x7fff]]).toEqual([
      0x0c, 0x94, 0xff, 0xff, 0,
    ]);
    expect(usedBytes).toBe(17);
  });

  test.each([
    ["garbage", "PK\u0003\u0004", "line 1: this is no Intel HEX record"],
    ["an odd digit", `${DATA}0\n${END}`, "line 1: this is no Intel HEX record"],
    [
      "a damaged byte",
      `${DATA.replace("9434", "9435")}\n${END}`,
      "line 1: its sum is 0x61 and must be 0x60",
    ],
    [
      "a short record",
      `${END}\n`.replace("00000001FF", "1000000000F0"),
      "line 1: the record has 6 bytes where it says 21",
    ],
    ["no end of file", `${DATA}\n`, "line 2: the end of file (:00000001FF) is missing"],
    [
      "a record after the end",
      `${DATA}\n${END}\n${DATA}`,
      "line 3: a record follows the end of file in line 2",
    ],
    [
      "a program for a larger chip",
      `${DATA}\n${oneByte(0x8000)}\n${END}`,
      "line 2: address 0x8000 is beyond the ATmega328P's 32 KiB",
    ],
    [
      "an address written twice",
      `${DATA}\n${DATA}\n${END}`,
      "line 2: address 0x0 is written twice",
    ],
    ["an unknown record", `:00000006FA\n${END}`, "line 1: record type 6 is unknown"],
    ["no program", END, "line 1: the file holds no program"],
  ])("with %s is refused in one sentence with its line", (_what, text, message) => {
    expect(() => parseHex(text)).toThrow(message);
  });

  test("for a chip with an extended address is refused", () => {
    expect(() => parseHex(`:020000040001F9\n${oneByte(0)}\n${END}`)).toThrow(
      "line 2: address 0x10000 is beyond",
    );
  });
});
