import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc8, decodeBoardMessage, encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import { BENCH_KEY, creditToken, signBoardMessage, sipHash } from "../../sim/contract/board-mac.ts";
import {
  BOARD_MESSAGES,
  BOARD_PINS,
  type BoardMessage,
  type BoardMessageKind,
  EEPROM_LAYOUT,
  FIELD_GROUPS,
  type FieldWidth,
  fieldsOf,
  SYSEX_BYTES_MAX,
} from "../../sim/contract/board-protocol.ts";

const KINDS: readonly BoardMessageKind[] = BOARD_MESSAGES;

function anyValue(width: FieldWidth): fc.Arbitrary<number | string> {
  if (width === "text32") {
    return fc.string({ unit: "grapheme-ascii", minLength: 32, maxLength: 32 });
  }
  const end = 2 ** (7 * FIELD_GROUPS[width]);
  return width.startsWith("z")
    ? fc.integer({ min: -end / 2, max: end / 2 - 1 })
    : fc.integer({ min: 0, max: end - 1 });
}

const anyMessage = fc.oneof(
  ...KINDS.map((kind) =>
    fc
      .record(Object.fromEntries(fieldsOf(kind).map(({ name, width }) => [name, anyValue(width)])))
      .map((fields) => ({ kind: kind.kind, ...fields }) as unknown as BoardMessage),
  ),
);

describe("the user sysex range", () => {
  test("has one message an id, from 01 to 0F", () => {
    const ids = KINDS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id >= 0x01 && id <= 0x0f)).toBe(true);
  });

  test.each(KINDS)("$kind fits the 64 bytes that a board takes", (kind) => {
    const groups = fieldsOf(kind).reduce((sum, { width }) => sum + FIELD_GROUPS[width], 0);
    expect(groups + 3).toBeLessThanOrEqual(SYSEX_BYTES_MAX);
  });

  test("decoding undoes encoding, whatever the fields hold", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = encodeBoardMessage(message);
        expect(bytes.every((byte) => byte <= 0x7f)).toBe(true);
        expect(decodeBoardMessage(bytes)).toEqual(message);
      }),
    );
  });

  test("one bit turned anywhere is never taken for a message of the same kind", () => {
    const bytes = encodeBoardMessage({ kind: "ping", hostMs: 123_456 });
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const turned = bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        expect(decodeBoardMessage(turned).kind).toBe("unknown");
      }
    }
  });

  test.each([
    { what: "nothing", raw: [] },
    { what: "an id of Firmata's own", raw: [0x79, 1, 2] },
    { what: "a message that is too short", raw: [0x08, 0, 0, 0] },
  ])("$what is kept as it came, with the reason", ({ raw }) => {
    const message = decodeBoardMessage(raw);
    expect(message).toMatchObject({ kind: "unknown", raw });
  });

  test("a value that does not fit is refused and named", () => {
    expect(() => encodeBoardMessage({ kind: "report", everyWindows: 128 })).toThrow(
      "report.everyWindows: 128 does not fit u7",
    );
    expect(() => encodeBoardMessage({ kind: "ping", hostMs: -1 })).toThrow(RangeError);
    expect(() => encodeBoardMessage({ kind: "ping", hostMs: 0.5 })).toThrow(RangeError);
  });

  test("CRC-8 gives F4 over 123456789", () => {
    expect(crc8([..."123456789"].map((digit) => digit.charCodeAt(0)))).toBe(0xf4);
  });
});

test("SipHash gives its paper's value for key 00 to 0F over 00 to 0E", () => {
  const bytes = Array.from({ length: 15 }, (_, index) => index);
  expect(sipHash(BENCH_KEY, bytes)).toBe(0xa129ca6149be45e5n);
});

test("a signature changes with the message, the serial and the key", () => {
  const order = {
    kind: "command",
    op: 1,
    argument: 1,
    second: 0,
    counter: 1,
    macLow: 0,
    macHigh: 0,
  } as const;
  const by = (message: typeof order, serial: number, key: readonly number[]) =>
    signBoardMessage(message, { key, serial }).macLow;
  const first = by(order, 7, BENCH_KEY);
  expect(by(order, 8, BENCH_KEY)).not.toBe(first);
  expect(by(order, 7, [...BENCH_KEY].reverse())).not.toBe(first);
  expect(by({ ...order, counter: 2 } as never, 7, BENCH_KEY)).not.toBe(first);
});

test("a credit token has twenty digits", () => {
  const token = creditToken({ number: 1, amountHundreds: 500 }, { key: BENCH_KEY, serial: 7 });
  expect(token).toMatch(/^\d{20}$/);
  expect(() =>
    creditToken({ number: 4_096, amountHundreds: 1 }, { key: BENCH_KEY, serial: 7 }),
  ).toThrow(RangeError);
});

test("each of the twenty pins has one use, and the EEPROM's parts do not overlap", () => {
  expect(BOARD_PINS.map(({ pin }) => pin)).toEqual(Array.from({ length: 20 }, (_, pin) => pin));
  const { settingsAt, settingsBytes, accountAt, accountBytes, ringAt, slotBytes, slotCount } =
    EEPROM_LAYOUT;
  expect(settingsAt + 2 * settingsBytes).toBeLessThanOrEqual(accountAt);
  expect(accountAt + 2 * accountBytes).toBeLessThanOrEqual(ringAt);
  expect(ringAt + slotBytes * slotCount).toBeLessThanOrEqual(1_024);
});
