import fc from "fast-check";
import { expect, test } from "vitest";
import type { JournalEntry } from "../../../sim/contract/input.ts";
import { REPORT_FIGURES } from "../../../sim/contract/report.ts";
import { branchedSource, branchText, readBranch } from "../../../web/compare/branch-link.ts";
import { FIGURES } from "../../../web/compare/figures.ts";
import { packJson } from "../../../web/player/packed-json.ts";
import { readTwinLink, writeTwinLink } from "../../../web/player/twin-link.ts";

const SITE = new URL("https://school.example/street/?quality=low");
const entry = (sequence: number, takesEffectAtMs: number): JournalEntry => ({
  ...{ sequence, takesEffectAtMs, kind: "input" as const },
  input: { kind: "mast-down" },
});

test("a link gives back what was put into it, whatever that is", () => {
  const texts = fc.option(fc.string({ unit: "grapheme", maxLength: 400 }), { nil: undefined });
  const times = fc.array(fc.nat(1e9), { maxLength: 20 });
  const seeds = fc.option(fc.maxSafeInteger(), { nil: undefined });
  fc.assert(
    fc.property(texts, times, seeds, (text, all, seed) => {
      const source = {
        scenario: "three-lanes",
        journal: all.map((at, index) => entry(index + 1, at)),
        ...(text === undefined ? {} : { text }),
        ...(seed === undefined ? {} : { seed }),
      };
      const url = writeTwinLink(source, SITE);
      expect(readTwinLink(new URL(url.href))).toEqual(source);
      expect(url.searchParams.get("quality")).toBe("low");
    }),
  );
});

test("a link that makes no sense is a sentence, never a crash", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (hash, scenario) => {
      const url = new URL(SITE);
      url.searchParams.set("scenario", scenario);
      url.hash = `twin=${hash}`;
      try {
        readTwinLink(url);
      } catch (error) {
        expect((error as Error).message.length).toBeGreaterThan(20);
      }
    }),
  );
  const old = new URL(`${SITE.href}#twin=${packJson({ version: 99 })}`);
  expect(() => readTwinLink(old)).toThrow("version 99");
  const wrong = new URL(`${SITE.href}#twin=${packJson({ version: 1, journal: [1] })}`);
  expect(() => readTwinLink(wrong)).toThrow("damaged");
});

test("a run that no link can hold says so", () => {
  const source = { scenario: "r", resolvedText: "{}", journal: [] };
  expect(() => writeTwinLink(source, SITE)).toThrow("too large for a link");
});

test("a branch keeps what was done up to its moment, and numbers what it does after that", () => {
  const base = { scenario: "three-lanes", journal: [entry(1, 10), entry(2, 20), entry(3, 30)] };
  const inputs = [{ kind: "mast-up" as const }, { kind: "mast-down" as const }];
  const branch = { title: "the mast", atMs: 20, inputs };
  const { journal } = branchedSource(base, branch);
  expect(journal.map(({ sequence, takesEffectAtMs }) => [sequence, takesEffectAtMs])).toEqual([
    [1, 10],
    [2, 20],
    [3, 20],
    [4, 20],
  ]);
  expect(readBranch(`#branch=${branchText(branch)}`)).toEqual(branch);
  expect(readBranch("")).toBeNull();
  expect(() => readBranch("#branch=zzz")).toThrow("damaged");
  expect(() => readBranch(`#branch=${packJson({ version: 9 })}`)).toThrow("version 9");
});

test("every figure of the page of two runs is one of the report", () => {
  for (const { path } of FIGURES) expect(REPORT_FIGURES).toContain(path);
});
