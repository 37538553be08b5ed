import { expect, test } from "vitest";
import {
  benchJunit,
  benchPage,
  benchReport,
  coverage,
  measuredMarkdown,
  plot,
  sameEachTime,
} from "../../../hil/bench/bench-report.ts";
import type { CaseResult } from "../../../hil/bench/run-case.ts";
import { vcdText } from "../../../hil/bench/vcd.ts";

const TRACE = [
  { name: "true power", unit: "W", atMs: [0, 20, 40], values: [0, 2300, 0] },
  { name: "relay said", unit: "", atMs: [0, 60], values: [Number.NaN, 1] },
];
const passed: CaseResult = {
  id: "A-1",
  suite: "power",
  title: "counts",
  requirement: "REQ-A-1",
  parameters: {},
  failure: undefined,
  simMs: 4_000,
  wallMs: 20,
  trace: [],
  log: [],
  measured: [{ register: "importWh", flowedWh: 100, countedWh: 100.5, limitWh: 1 }],
  digest: "aa",
  happened: [],
};
const failed: CaseResult = {
  ...passed,
  id: "A-2/1",
  title: 'counts <more> & "better"',
  failure: { atSimMs: 1_250, step: 3, expected: "relayClosed to be 1", got: "0" },
  trace: TRACE,
  log: ["0.100 s  wait \u0007"],
};
const FACTS = {
  wallMs: 100,
  seed: 7,
  firmwareSha256: "ab".repeat(32),
  requirements: { "REQ-A-1": "it counts" },
  skipped: 0,
  shard: undefined,
  again: (id: string) => `npx meterville hil run hil/suites --only ${id} --seed 7`,
};

test("a report counts, and has the command that runs a failure again", () => {
  expect(benchReport([passed, failed], FACTS)).toMatchObject({
    cases: 2,
    passed: 1,
    failed: 1,
    skipped: 0,
    wallMs: 100,
    timesRealTime: 80,
    seed: 7,
    firmwareSha256: FACTS.firmwareSha256,
    failures: [
      {
        id: "A-2/1",
        atSimMs: 1_250,
        step: 3,
        expected: "relayClosed to be 1",
        got: "0",
        command: "npx meterville hil run hil/suites --only A-2/1 --seed 7",
      },
    ],
  });
});

test("JUnit has a suite, each case with its requirement, and text that is XML whatever it says", () => {
  const xml = benchJunit([passed, failed], FACTS);
  expect(xml).toContain('<testsuite name="power" tests="2" failures="1" errors="0" skipped="0"');
  expect(xml).toContain('<property name="requirement" value="REQ-A-1"/>');
  expect(xml).toContain('name="A-2/1 counts &lt;more&gt; &amp; &quot;better&quot;"');
  expect(xml).toContain(
    '<failure message="at 1250 ms, step 3: expected relayClosed to be 1; got 0"',
  );
  expect(xml).not.toContain("\u0007");
});

test("requirements are listed with their cases, also those that have none", () => {
  const requirements = { "REQ-A-1": "it counts", "REQ-A-2": "it shows" };
  expect(coverage([passed, failed], requirements)).toEqual([
    { requirement: "REQ-A-1", text: "it counts", cases: ["A-1", "A-2/1"], failed: ["A-2/1"] },
    { requirement: "REQ-A-2", text: "it shows", cases: [], failed: [] },
  ]);
});

test("the page stands alone and plots every channel of a failure", () => {
  const page = benchPage([passed, failed], FACTS);
  expect(page).toContain("<h1>1 of 2 cases failed</h1>");
  expect(page.match(/<svg /g)).toHaveLength(TRACE.length);
  expect(page).not.toMatch(/src=|href=|@import/);
});

test("a channel is drawn as steps from its smallest to its largest value", () => {
  const svg = plot(TRACE[0]!, 40);
  expect(svg).toContain('aria-label="true power, 0 to 2300 W"');
  expect(svg).toMatch(/d="M190\.0,66\.0H[\d.]+V10\.0H[\d.]+V66\.0H980\.0"/);
});

test("a channel that never said anything says so", () => {
  expect(plot({ name: "credit", unit: "minor", atMs: [0], values: [Number.NaN] }, 10)).toContain(
    "credit, never said",
  );
});

test("a trace is a value change dump with its time in microseconds", () => {
  expect(vcdText("A-2/1", TRACE)).toBe(
    [
      "$timescale 1 us $end",
      "$scope module A_2_1 $end",
      "$var real 64 ! true_power_W $end",
      '$var real 64 " relay_said $end',
      "$upscope $end",
      "$enddefinitions $end",
      "#0",
      "r0 !",
      'r-1 "',
      "#20000",
      "r2300 !",
      "#40000",
      "r0 !",
      "#60000",
      'r1 "',
      "",
    ].join("\n"),
  );
});

test("a case that was run again and ended otherwise has failed", () => {
  const again = { ...passed, digest: "bb", simMs: 4_000 };
  const [first, second] = sameEachTime([passed, again]);
  expect(first?.failure).toBeUndefined();
  expect(second?.failure).toMatchObject({
    expected: "the same run each time, ending in aa",
    got: "bb",
  });
  expect(sameEachTime([passed, passed]).every(({ failure }) => failure === undefined)).toBe(true);
});

test("what was measured is told with its error and its limit in per cent", () => {
  const { measured } = benchReport([passed], FACTS);
  expect(measured).toMatchObject([{ id: "A-1", errorPercent: 0.5, limitPercent: 1 }]);
  expect(measuredMarkdown(measured)).toContain(
    "| A-1 | counts | importWh | 100.000 | 100.500 | 0.500 | 1.000 |",
  );
});

test("JUnit says which shard it is of", () => {
  expect(benchJunit([passed], { ...FACTS, shard: "2/4" })).toContain(
    '<property name="shard" value="2/4"/>',
  );
});
