import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkScenarioText } from "../../sim/engine/scenario/check.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { HEAD } from "../support/networks.ts";

const FEEDER = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95`;
const GOOD = `meterville: 1
name: one-home
title: One home
feeder: street.dss
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane }
`;

function readerOf(text: string) {
  return (path: string): string => {
    if (path === "one.yaml") return text;
    if (path === "street.dss") return FEEDER;
    throw new Error(`there is no file ${path}`);
  };
}

const check = (text: string) => checkScenarioText("one.yaml", readerOf(text));

/** What an editor would mark. */
function marked(text: string): readonly string[] {
  const lines = text.split("\n");
  return check(text).map(({ line, column, endColumn = column }) =>
    (lines[line - 1] ?? "").slice(column - 1, endColumn - 1),
  );
}

describe("a scenario's text is checked as a whole", () => {
  test("a right one has no problems", () => {
    expect(check(GOOD)).toEqual([]);
  });

  test("all problems are told, each with the word that it is about", () => {
    const text = `${GOOD}tittle: x\ndays: many\n"seeed": 4\n`;
    expect([...marked(text)].sort()).toEqual(['"seeed"', "days", "tittle"]);
    const sentences = check(text).map(({ sentence }) => sentence);
    expect(sentences).toContain("tittle: unknown key; did you mean title?");
  });

  test("a word may hold colons, and a list's entry is marked within its line", () => {
    expect(marked(`${GOOD}thefts: [{ target: home-1, shaer: 0.5, from: 1d }]\n`)).toContain(
      "shaer",
    );
    expect(marked(`${GOOD}a:b: 1\n`)).toEqual(["a:b"]);
  });

  test("lines that end as on Windows keep their places", () => {
    const [problem] = check(`${GOOD}tittle: x\n`.replaceAll("\n", "\r\n"));
    expect(problem).toMatchObject({ line: 7, column: 1, endColumn: 7 });
  });

  test("a file that is not there is a problem of the line that names it", () => {
    const [problem] = check(GOOD.replace("street.dss", "strt.dss"));
    expect(problem).toMatchObject({ file: "one.yaml", line: 4 });
    expect(problem?.sentence).toContain("there is no file strt.dss");
  });

  test("half-written and random texts get sentences, never a crash", () => {
    const cut = fc.nat(GOOD.length).map((length) => GOOD.slice(0, length));
    const spliced = fc
      .tuple(fc.nat(GOOD.length), fc.string({ maxLength: 12 }))
      .map(([at, extra]) => GOOD.slice(0, at) + extra + GOOD.slice(at));
    fc.assert(
      fc.property(fc.oneof(cut, spliced, fc.string()), (text) => {
        const problems = check(text);
        for (const { sentence, column, endColumn } of problems) {
          expect(sentence).not.toBe("");
          if (endColumn !== undefined) expect(endColumn).toBeGreaterThan(column);
        }
        if (problems.length === 0) {
          expect(() => resolveScenario("one.yaml", readerOf(text))).not.toThrow();
        }
      }),
    );
  });
});
