import { expect, test } from "vitest";
import { MARK_KINDS, markingOf } from "../../../sim/contract/moments.ts";
import { createMarks } from "../../../sim/engine/showing/marks.ts";

const QUARTER_MS = 900_000;

test("a theft is a mark of the truth with the event's sentence", () => {
  const marks = createMarks();
  marks.note("truth", { kind: "power-cut", at: 5_000, target: "supply-12" }, 60_000);
  marks.note(
    "truth",
    {
      kind: "theft-stop",
      at: 6_000,
      supply: "supply-12",
      theft: "partial-bypass",
    },
    60_000,
  );
  expect(marks.after(-1, ["truth"])).toEqual([
    {
      ...{ at: 5_000, side: "truth", kind: "outage", supply: "", count: 1, shownMs: 60_000 },
      text: "supply-12 has lost its supply",
    },
    {
      ...{
        at: 6_000,
        side: "truth",
        kind: "theft",
        supply: "supply-12",
        count: 1,
        shownMs: 60_000,
      },
      text: "supply-12: the bypass is gone",
    },
  ]);
});

test("who asks for the company's marks gets none of the truth's", () => {
  const marks = createMarks();
  marks.note(
    "truth",
    {
      kind: "theft-stop",
      at: 6_000,
      supply: "supply-12",
      theft: "partial-bypass",
    },
    60_000,
  );
  marks.note("belief", { kind: "payment", at: 7_000, supply: "supply-12", amountMinor: 5 }, 60_000);
  expect(marks.after(-1, ["belief"]).map(({ kind }) => kind)).toEqual(["payment"]);
  expect(marks.after(-1, ["truth", "belief"]).map(({ kind }) => kind)).toEqual([
    "theft",
    "payment",
  ]);
});

test("late readings of a quarter of an hour are one mark that counts them", () => {
  const marks = createMarks();
  for (let at = 0; at < 2 * QUARTER_MS; at += 60_000) {
    marks.note("belief", { kind: "reading-late", at, supply: "supply-01", lateMs: 70_000 }, 60_000);
  }
  expect(marks.after(-1, ["belief"]).map(({ at, count }) => [at, count])).toEqual([
    [0, 15],
    [QUARTER_MS, 15],
  ]);
});

test("past their number the most frequent kind goes first, so that rare marks stay", () => {
  const marks = createMarks(100);
  marks.note(
    "belief",
    {
      ...{ kind: "case-opened", at: 1, supply: "supply-12" },
      ...{ caseId: "case-1", evidence: "" },
    },
    60_000,
  );
  for (let at = 2; at < 1_000; at++) {
    marks.note("belief", { kind: "payment", at, supply: "supply-01", amountMinor: 5 }, 60_000);
  }
  const left = marks.after(-1, ["belief"]);
  expect(left.length).toBeLessThanOrEqual(100);
  expect(left[0]!.kind).toBe("case");
  expect(left.at(-1)!.at).toBe(999);
});

test("what has no mark is none: an estimated gap", () => {
  const marks = createMarks();
  marks.note("belief", { kind: "gap-estimated", at: 1, supply: "supply-12", intervals: 2 }, 60_000);
  expect(marks.after(-1, ["belief"])).toEqual([]);
  const late = { kind: "reading-late", at: 1, supply: "supply-12", lateMs: 1 } as const;
  expect(MARK_KINDS).toContain(markingOf(late)?.mark);
});
