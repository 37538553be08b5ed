import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceAnswer } from "../../sim/contract/meter-device.ts";
import { type AnswersEntry, createAnswerColumns } from "../../sim/recording/answer-columns.ts";

const SEED = 20261127;
/** What a leaf of an answer may be, as far as JSON can say it. */
const leaf = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  fc.string({ unit: "grapheme" }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.record({ code: fc.string(), value: fc.integer() }), { maxLength: 2 }),
);
const outputs = fc.dictionary(
  fc.constantFrom("registers", "relay", "displayText", "7", "__proto__"),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom("importWh", "clock", "3"), leaf)),
);
const supply = fc.constantFrom("supply-1", "supply-2", "Haus ü");
const answer = fc.oneof(
  fc.record({ kind: fc.constant("outputs"), supply, outputs }),
  fc.record({ kind: fc.constant("no-answer"), supply, reason: fc.string() }),
) as unknown as fc.Arbitrary<DeviceAnswer>;
const entry: fc.Arbitrary<AnswersEntry> = fc.record({
  sequence: fc.nat(1e6),
  takesEffectAtMs: fc.nat(1e10),
  kind: fc.constant("answers" as const),
  answers: fc.uniqueArray(answer, { selector: (each) => each.supply, maxLength: 3 }),
});
const asJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

test("whatever boards answer is read as it would be from JSON", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const [writer, reader] = [createAnswerColumns(), createAnswerColumns()];
      for (const each of entries) {
        const read = reader.decode(writer.encode(each));
        writer.accept(each);
        expect(asJson(read)).toEqual(asJson(each));
      }
    }),
    { seed: SEED },
  );
});

const counting = (at: number): AnswersEntry => ({
  sequence: 5 + at,
  takesEffectAtMs: 1000 * at,
  kind: "answers",
  answers: [
    {
      kind: "outputs",
      supply: "supply-1",
      outputs: { registers: { importWh: 70 + at }, displayText: `Import\n${at} kWh` },
    },
  ] as unknown as readonly DeviceAnswer[],
});

test("what has not changed costs nothing: an answer that counts on is eight bytes", () => {
  const columns = createAnswerColumns();
  for (const at of [0, 1, 2]) columns.accept(counting(at));
  // Flags, the same places, the register's step, which text, what is kept at its ends, its new digit.
  expect([...columns.encode(counting(3))]).toEqual([0, 1, 3, 1, 7, 4, 1, 51]);
});

test("what could not be written has not passed", () => {
  const [writer, reader] = [createAnswerColumns(), createAnswerColumns()];
  writer.encode(counting(1));
  expect(reader.decode(writer.encode(counting(2)))).toEqual(counting(2));
});

test("bytes that are no entry are refused, also the rest of one, and what was read before stays", () => {
  const reader = createAnswerColumns();
  const writer = createAnswerColumns();
  const first = writer.encode(counting(1));
  reader.decode(first);
  writer.accept(counting(1));
  const second = writer.encode(counting(2));
  expect(() => reader.decode(second.subarray(0, -1))).toThrow("fewer bytes");
  expect(() => reader.decode(Uint8Array.of(...second, 0))).toThrow("more bytes");
  expect(() => reader.decode(Uint8Array.of(0, 3, 9, 1))).toThrow("beyond the last value");
  expect(() => createAnswerColumns().decode(second)).toThrow();
  expect(reader.decode(second)).toEqual(counting(2));
});
