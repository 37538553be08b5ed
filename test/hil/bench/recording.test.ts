import { expect, test } from "vitest";
import {
  firstDifference,
  parseRecording,
  RecordingError,
  recordingText,
} from "../../../hil/bench/recording.ts";
import type { CaseResult } from "../../../hil/bench/run-case.ts";
import type { BenchCase } from "../../../hil/bench/suite.ts";

const WHAT: BenchCase = {
  id: "A-1",
  suite: "power",
  title: "counts",
  requirement: "REQ-A-1",
  parameters: { amps: 5 },
  isLong: false,
  steps: [{ kind: "wait", value: "1s" }],
};
const RESULT: CaseResult = {
  ...WHAT,
  failure: undefined,
  simMs: 1_000,
  wallMs: 20,
  trace: [],
  log: [],
  measured: [],
  digest: "aa",
  happened: [
    { atMs: 0, step: 1, kind: "wait", value: "1s" },
    { atMs: 12.5, to: "host", bytes: "f007f7" },
  ],
};
const text = recordingText(WHAT, RESULT, { seed: 7, firmwareSha256: "ab" });

test("a recording has the case, its seed and firmware, what happened and how the board ended", () => {
  const recording = parseRecording(text);
  expect(recording).toMatchObject({ seed: 7, firmwareSha256: "ab", what: WHAT });
  expect(recording.lines).toHaveLength(3);
  expect(firstDifference(recording, RESULT)).toBeUndefined();
});

test("a byte that differs is told with its line, and so is an end that differs", () => {
  const other = { ...RESULT.happened[1]!, bytes: "f008f7" } as CaseResult["happened"][number];
  const changed = { ...RESULT, happened: [RESULT.happened[0]!, other] };
  expect(firstDifference(parseRecording(text), changed)).toMatchObject({
    line: 3,
    recorded: '{"atMs":12.5,"to":"host","bytes":"f007f7"}',
    now: '{"atMs":12.5,"to":"host","bytes":"f008f7"}',
  });
  expect(firstDifference(parseRecording(text), { ...RESULT, digest: "bb" })?.line).toBe(4);
});

test.each([
  ["a hex file", ":100000000C94", "its first line is no JSON"],
  ["a recording of a later version", '{"recording":2}', "or one of another version"],
])("%s is refused in words", (_, other, sentence) => {
  expect(() => parseRecording(other)).toThrow(RecordingError);
  expect(() => parseRecording(other)).toThrow(sentence);
});
