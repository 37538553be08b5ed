// Each rule on a snippet that breaks it, with the sentence it prints, and on one that keeps it.

import { expect, test } from "vitest";
import { afterExemptions } from "./exemptions.ts";
import type { Tree } from "./rule.ts";
import { RULES } from "./rules.ts";
import { sentence, sourceFile } from "./source-file.ts";

const PACKAGES = new Set(["zod", "yaml", "seedrandom", "three", "@mcap/core", "@noble/hashes"]);

function treeOf(...files: readonly (readonly [path: string, text: string])[]): Tree {
  return { files: files.map(([path, text]) => sourceFile(path, text)), packages: PACKAGES };
}

/** What all rules say about one file. */
function said(path: string, text: string): readonly string[] {
  const tree = treeOf([path, text]);
  return RULES.flatMap((rule) => rule.check(tree.files[0]!, tree)).map(sentence);
}

interface Breach {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
  readonly sentence: string;
}

/** Texts that no file may contain, put together here so that this one does not. */
const HOME = ["", "home", "ann"].join("/");
const REGISTRY = ["registry", "npmjs", "org"].join(".");

const ORDER =
  "sort first ([...].sort with a comparator) or keep the rows in an array, so that the order cannot differ";

const BREACHES: readonly Breach[] = [
  {
    rule: "a folder imports only what its row of the table allows",
    path: "sim/utility/headend/inbox.ts",
    text: 'import type { PlantState } from "../../plant/state.ts";',
    sentence:
      "sim/utility imports sim/plant; it may import sim/core, sim/contract, sim/grid: truth and belief meet only in a message of sim/contract, carried by sim/comms",
  },
  {
    rule: "a folder imports only what its row of the table allows",
    path: "sim/plant/theft/hook.ts",
    text: 'import("../../engine/step.ts");',
    sentence:
      "sim/plant imports sim/engine; it may import sim/core, sim/contract, sim/grid: let the engine call it, or put what both need into sim/contract",
  },
  {
    rule: "a folder imports only what its row of the table allows",
    path: "web/panels/map/map.tsx",
    text: 'export { step } from "../../../sim/engine/step.ts";',
    sentence:
      "web imports sim/engine; it may import sim/core, sim/contract, sim/recording, web/player/local-engine.ts, scenarios: let the engine call it, or put what both need into sim/contract",
  },
  {
    rule: "a folder imports only what its row of the table allows",
    path: "sim/comms/cell.ts",
    text: 'type Grid = import("../grid/feeder.ts").Feeder;',
    sentence:
      "sim/comms imports sim/grid; it may import sim/core, sim/contract: put what both need into sim/contract or sim/core",
  },
  {
    rule: "a folder imports only what its row of the table allows",
    path: "sim/host/bootstrap/install.mjs",
    text: 'import { EXIT } from "../exit-codes.ts";',
    sentence:
      "sim/host/bootstrap imports sim/host; it may import nothing: hand in what the shell knows as an argument",
  },
  {
    rule: "siblings inside plant and inside utility share only their state.ts",
    path: "sim/plant/theft/hook.ts",
    text: 'import { loadOf } from "../loads/appliances.ts";',
    sentence:
      "sim/plant/theft imports sim/plant/loads/appliances.ts; siblings share only sim/plant/state.ts, sim/plant/spec.ts: put the type there, or let sim/engine/phases/ hand the value over",
  },
  {
    rule: "a folder uses only the packages in its row of the table",
    path: "sim/core/money.ts",
    text: 'import seedrandom from "seedrandom";',
    sentence: "imports seedrandom; only sim/core/random.ts may: use what that exports",
  },
  {
    rule: "a folder uses only the packages in its row of the table",
    path: "sim/engine/step.ts",
    text: 'import { parse } from "yaml";',
    sentence: "imports yaml; only sim/engine/scenario/ may: use what that exports",
  },
  {
    rule: "a folder uses only the packages in its row of the table",
    path: "sim/utility/billing/bill.ts",
    text: 'import { z } from "zod";',
    sentence:
      "sim/utility imports zod; its packages are none: write it by hand, or change the table in DESIGN and test/tidy/folders.ts",
  },
  {
    rule: "a folder uses only the packages in its row of the table",
    path: "sim/recording/writer.ts",
    text: 'import { readFile } from "node:fs/promises";',
    sentence:
      "sim/recording imports node:fs/promises; it runs without Node: let sim/host hand the result in",
  },
  {
    rule: "every package that is imported is in package.json",
    path: "sim/host/table.ts",
    text: 'import { table } from "@fancy/table/deep";',
    sentence:
      "imports @fancy/table, which package.json does not list; run `npm install --save-exact @fancy/table`, or write node: before a module of Node",
  },
  {
    rule: "pure folders know no clock, chance, network or screen",
    path: "sim/plant/loads/kettle.ts",
    text: "export const now = (): number => Date.now();",
    sentence: "uses Date in a pure folder; take simulated time as an argument (`nowMs: SimMs`)",
  },
  {
    rule: "pure folders know no clock, chance, network or screen",
    path: "sim/engine/step.ts",
    text: "console.log(1);",
    sentence: "uses console in a pure folder; return an event or a frame; sim/host prints",
  },
  {
    rule: "pure folders are synchronous",
    path: "sim/engine/step.ts",
    text: "export async function step() {}",
    sentence:
      "uses async in a pure folder; stay synchronous; what has to be waited for arrives as an input",
  },
  {
    rule: "Temporal stays in the calendar",
    path: "sim/utility/billing/due.ts",
    text: 'export const day = Temporal.PlainDate.from("2026-01-12");',
    sentence: "uses Temporal; only sim/core/calendar.ts may: use its calendar table",
  },
  {
    rule: "Temporal stays in the calendar",
    path: "sim/core/calendar.ts",
    text: "export const now = Temporal.Now.instant();",
    sentence:
      "uses Temporal.Now in a pure folder; take simulated time as an argument (`nowMs: SimMs`)",
  },
  {
    rule: "pure folders use no inexact arithmetic",
    path: "sim/grid/flow.ts",
    text: "export const s = (x: number): number => Math.sin(x);",
    sentence: "uses Math.sin, which differs between engines in its last bit; use sim/core/math.ts",
  },
  {
    rule: "pure folders use no inexact arithmetic",
    path: "sim/grid/flow.ts",
    text: "const { cos } = Math;",
    sentence: "hands Math around; name the exact function that is needed, such as Math.sqrt",
  },
  {
    rule: "pure folders use no inexact arithmetic",
    path: "sim/grid/flow.ts",
    text: "export const square = (x: number): number => x ** 2;",
    sentence: "uses **; write x * x, or pow of sim/core/math.ts",
  },
  {
    rule: "pure folders use no inexact arithmetic",
    path: "sim/plant/theft/who.ts",
    text: "export const draw = (): number => Math.random();",
    sentence: "uses Math.random; take a stream or a draw of sim/core/random.ts",
  },
  {
    rule: "pure folders do not depend on a machine's language",
    path: "sim/engine/names.ts",
    text: "export const sorted = (a: string[]) => a.toSorted();",
    sentence:
      "calls toSorted() without a comparator, which compares as text; write toSorted((a, b) => a - b) or compare with < and >",
  },
  {
    rule: "pure folders do not depend on a machine's language",
    path: "sim/engine/names.ts",
    text: "export const f = (a: string, b: string) => a.localeCompare(b);",
    sentence: "uses localeCompare; compare with < and >",
  },
  {
    rule: "pure folders do not depend on a machine's language",
    path: "sim/engine/names.ts",
    text: "export const f = (a: number) => a.toLocaleString();",
    sentence: "uses toLocaleString; format at the edge, in web or sim/host",
  },
  {
    rule: "pure folders iterate in an order that cannot differ",
    path: "sim/engine/rows.ts",
    text: "export function f(rows: ReadonlyMap<string, number>) { for (const row of rows) g(row); }",
    sentence: `iterates over rows; ${ORDER}`,
  },
  {
    rule: "pure folders iterate in an order that cannot differ",
    path: "sim/engine/rows.ts",
    text: "export const f = (a: object) => { for (const key in a) g(key); };",
    sentence: `iterates with for…in over a; ${ORDER}`,
  },
  {
    rule: "no index.ts gathers exports",
    path: "sim/grid/index.ts",
    text: 'export * from "./feeder.ts";',
    sentence:
      "is a barrel; import from the file that defines the name, and name this one after what it holds",
  },
  {
    rule: "files are named in kebab-case",
    path: "web/panels/MapPanel.tsx",
    text: "",
    sentence: 'has "MapPanel" in its name; write it in kebab-case',
  },
  {
    rule: "files are named after what they hold",
    path: "sim/core/string-utils.ts",
    text: "",
    sentence: 'has "utils" in its name, which says nothing; name it after what it holds',
  },
  {
    rule: "exports have names",
    path: "web/panels/map.tsx",
    text: "export default function Map() {}",
    sentence: "exports a default; export it by its name",
  },
  {
    rule: "no test is switched off or singled out",
    path: "test/grid/flow.test.ts",
    text: 'test.skip("a fact", () => {});',
    sentence:
      'switches a test off with skip; write test.todo("…"), or skip inside the test with a reason: ctx.skip(condition, "missing …")',
  },
  {
    rule: "no test is switched off or singled out",
    path: "test/grid/flow.test.ts",
    text: 'describe.only("facts", () => {});',
    sentence: "singles a test out; run it with `vitest run <file> -t <name>` instead",
  },
  {
    rule: "no text names a path of one machine",
    path: "README.md",
    text: `Open ${HOME}/town.yaml first.`,
    sentence: `names ${HOME}, a path of one machine; write it from the checkout's root, or take it from an option`,
  },
  {
    rule: "no text names a package registry",
    path: "CONTRIBUTING.md",
    text: `Packages come from ${REGISTRY}.`,
    sentence: `names ${REGISTRY}; leave the registry to the configuration of npm`,
  },
  {
    rule: "package-lock.json names no host",
    path: "package-lock.json",
    text: '{ "resolved": "https://packages.example/zod.tgz" }',
    sentence:
      "has a resolved address; run `npm install` with the checkout's .npmrc, which leaves addresses out",
  },
];

test.for(BREACHES)("$path: $sentence", ({ path, text, sentence: expected }) => {
  expect(said(path, text)).toContain(`${path}:1 ${expected}`);
});

const KEPT: readonly (readonly [why: string, path: string, text: string])[] = [
  ["a property may be called Date", "sim/engine/a.ts", "export const a = { Date: 1 }.Date;"],
  [
    "a parameter may be called process",
    "sim/engine/a.ts",
    "export const a = (process: number) => process;",
  ],
  ["exact Math is allowed", "sim/grid/a.ts", "export const a = Math.sqrt(Math.abs(2));"],
  [
    "recording may wait",
    "sim/recording/a.ts",
    "export const a = async (p: Promise<void>) => { await p; };",
  ],
  [
    "a comparator makes a sort exact",
    "sim/grid/a.ts",
    "export const a = [2, 1].sort((x, y) => x - y);",
  ],
  [
    "a sorted list of keys has one order",
    "sim/engine/a.ts",
    "export const a = (m: Map<number, number>) => [...m.keys()].sort((x, y) => x - y);",
  ],
  [
    "keys of a literal stand in the source",
    "sim/engine/a.ts",
    "const UNITS = { s: 1, h: 2 } as const;\nfor (const unit of Object.keys(UNITS)) f(unit);",
  ],
  [
    "counting keys has no order",
    "sim/engine/a.ts",
    "export const a = (o: object) => Object.keys(o).length;",
  ],
  [
    "an array of the same name elsewhere is no map",
    "sim/engine/a.ts",
    "const f = (rows: Map<string, number>) => rows.size;\nconst g = (rows: number[]) => { for (const row of rows) h(row); };",
  ],
  ["host may iterate as it likes", "sim/host/a.ts", "for (const a of new Map()) f(a);"],
  [
    "the worker of the page may import the engine",
    "web/player/local.worker.ts",
    'import { step } from "../../sim/engine/step.ts";',
  ],
  [
    "a subfolder imports its own files",
    "sim/plant/loads/a.ts",
    'import { b } from "./b.ts";\nimport type { S } from "../state.ts";',
  ],
  [
    "a browser test may skip with a reason",
    "test/e2e/a.spec.ts",
    'test("a", () => { test.skip(cond, "missing data: x"); });',
  ],
  ["a configuration exports a default", "vitest.config.ts", "export default {};"],
  [
    "a page's address is no path of a machine",
    "README.md",
    "See https://example.org/home/ann and ./work/x.",
  ],
];

test.for(KEPT)("%s", ([, path, text]) => {
  expect(said(path, text)).toEqual([]);
});

test("a second file of the host that imports hil is told where the first is", () => {
  const line = 'import { open } from "../../hil/board/open.ts";';
  const tree = treeOf(["sim/host/devices.ts", line], ["sim/host/serve.ts", line]);
  const found = RULES.flatMap((rule) => tree.files.flatMap((file) => rule.check(file, tree)));
  expect(found.map(sentence)).toEqual([
    "sim/host/serve.ts:1 imports hil, as sim/host/devices.ts does already; get the device from there, the one composition root",
  ]);
});

test("a field is a map where every declaration of its name says so", () => {
  const state =
    "export interface State { readonly open: ReadonlySet<string>; readonly due: number[]; }";
  const other = "export interface Queue { readonly due: Set<string>; }";
  const loop =
    "export const f = (s: State) => { for (const a of s.open) g(a); for (const a of s.due) g(a); };";
  const tree = treeOf(
    ["sim/engine/state.ts", state],
    ["sim/engine/queue.ts", other],
    ["sim/engine/loop.ts", loop],
  );
  const found = RULES.flatMap((rule) => rule.check(tree.files[2]!, tree));
  expect(found.map(sentence)).toEqual([`sim/engine/loop.ts:1 iterates over s.open; ${ORDER}`]);
});

test.for([
  "for (const a of new Set([1])) f(a);",
  "const m = new Map(); m.forEach(f);",
  "const m = new Map(); export const a = [...m.values()];",
  "export const a = (o: object) => Object.entries(o).map(f);",
  "export const a = (o: object) => { for (const [k] of Object.entries(o)) f(k); };",
  "const m: Map<string, number> = f(); export const a = Array.from(m);",
  "function f(): Set<string> { return g(); } for (const a of f()) h(a);",
  "class Index { readonly #rows = new Map(); f() { return [...this.#rows]; } }",
])("an order that may differ is found in: %s", (text) => {
  expect(said("sim/engine/a.ts", text).join()).toContain("iterates over");
});

test("every rule has a snippet that breaks it", () => {
  const shown = new Set(BREACHES.map(({ rule }) => rule));
  const unshown = RULES.filter(({ name }) => !shown.has(name)).map(({ name }) => name);
  expect(unshown).toEqual(["one file of sim/host imports hil"]); // shown above, with its two files
});

const problem = { rule: "r", path: "a.ts", line: 3, message: "uses Promise" };

test("an exemption covers its rule in its file", () => {
  const exemption = { rule: "r", path: "a.ts", about: "Promise", reason: "types only" };
  expect(afterExemptions([problem], [exemption])).toEqual([]);
});

test("an exemption that covers nothing fails", () => {
  const exemption = { rule: "r", path: "b.ts", reason: "once needed" };
  expect(afterExemptions([problem], [exemption]).map(sentence)).toEqual([
    "a.ts:3 uses Promise",
    'b.ts:1 no longer needs its exemption from "r"; remove it from test/tidy/exemptions.ts',
  ]);
});
