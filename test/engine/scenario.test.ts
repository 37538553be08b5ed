import { describe, expect, test } from "vitest";
import { parseYaml } from "../../sim/engine/scenario/parse.ts";
import type { ScenarioError } from "../../sim/engine/scenario/problem.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { ScenarioSchema } from "../../sim/engine/scenario/schema.ts";
import { HEAD } from "../support/networks.ts";
import { street } from "../support/street.ts";

const FEEDER = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`;
const GOOD = `meterville: 1
name: two-homes
title: Two homes
feeder: street.dss
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane }
  - { id: home-2, load: h2, name: B, address: 2 Lane }
`;

function resolve(text: string, set: readonly string[] = [], feeder = FEEDER) {
  const files: Readonly<Record<string, string>> = { "two.yaml": text, "street.dss": feeder };
  const assignments = set.map((each) => {
    const at = each.indexOf("=");
    return { path: each.slice(0, at), value: each.slice(at + 1) };
  });
  return resolveScenario(
    "two.yaml",
    (path) => {
      const found = files[path];
      if (found === undefined) throw new Error(`there is no file ${path}`);
      return found;
    },
    { assignments },
  );
}

/** The message of the refusal. */
function refusal(...args: Parameters<typeof resolve>): string {
  try {
    resolve(...args);
  } catch (error) {
    return (error as ScenarioError).message;
  }
  throw new Error("the scenario was taken");
}

describe("a wrong scenario is refused with file, line, column and what to write", () => {
  test.each([
    ["tittle: x\n", /^two\.yaml:8:1 tittle: unknown key; did you mean title\?$/],
    [
      "thefts: [{ target: home-1, shaer: 0.5, from: 1d }]\n",
      /^two\.yaml:8:28 thefts\.0\.shaer: .*share/m,
    ],
    [
      "thefts: [{ target: home-9, share: 0.5, from: 1d }]\n",
      /^two\.yaml:8:\d+ thefts\.0\.target: .*home-/,
    ],
    [
      "thefts: [{ target: home-1, share: 60, from: 1d }]\n",
      /thefts\.0\.share: a stolen share is above 0/,
    ],
    // It hung, and died out of memory.
    ["meters: { interval: 0s }\n", /^two\.yaml:8:\d+ meters\.interval: write more than 0s/],
    ["utility: { commandRetry: 0s }\n", /commandRetry: the company waits at least 1s before it/],
    ["utility: { commandExpire: 0s }\n", /utility\.commandExpire: write more than 0s/],
    // The end of a cut came before its beginning, and it lasted for ever.
    ["powerCuts: [{ from: 1h, for: 0s }]\n", /powerCuts\.0\.for: write more than 0s/],
    ["outages: [{ mast: mast-1, from: 1h, for: 0s }]\n", /outages\.0\.for: write more than 0s/],
    [
      "thefts: [{ target: home-1, share: 0.5, from: 1d, until: 1d }]\n",
      /thefts\.0\.until: a theft ends after it begins; write a moment after 1d$/,
    ],
    [
      "thefts: [{ target: home-1, share: 0, from: 1d }]\n",
      /thefts\.0\.share: a stolen share is above 0 and at most 1; for 60 % write 0\.6$/,
    ],
    [
      "thefts: [{ target: home-1, kind: hook, share: 0.5, powerW: 900, from: 1d }]\n",
      /thefts\.0\.share: a hook has a powerW and no share; leave it out$/,
    ],
    [
      "thefts: [{ target: home-1, kind: hook, from: 1d }]\n",
      /thefts\.0\.powerW: a hook draws more than 0 and at most 30000 W; for 800 W write 800$/,
    ],
    [
      "thefts: [{ target: home-1, kind: magnet, share: 0.5, powerW: 900, from: 1d }]\n",
      /thefts\.0\.powerW: magnet has a share; only a hook has a powerW$/,
    ],
    [
      "thefts: [{ target: home-1, kind: missing-neutral, from: 1d }]\n",
      /thefts\.0\.share: a share is 0 to 1; for 60 % write 0\.6$/,
    ],
    [
      "thefts: [{ target: home-1, share: 0.5, from: 1d, until: 2d, ramp: 25h }]\n",
      /thefts\.0\.ramp: it ends before it has grown; write a shorter ramp$/,
    ],
    [
      "thefts: [{ target: home-1, kind: relay-bypass, from: 1d, ramp: 1h }]\n",
      /thefts\.0\.ramp: a bridge over a relay is there or not; leave the ramp out$/,
    ],
    [
      "thefts: [{ target: home-1, kind: hook, powerW: 900, from: 1d, aboveW: 500 }]\n",
      /thefts\.0\.aboveW: hook knows nothing of what the home draws; leave it out$/,
    ],
    [
      'thefts: [{ target: home-1, share: 0.5, from: 1d, hours: ["6pm-11pm"] }]\n',
      /thefts\.0\.hours\.0: write hours of the day as "18:00-23:00"$/,
    ],
    [
      "thefts: [{ target: home-1, share: 0.5, from: 1d, days: sundays }]\n",
      /thefts\.0\.days: write one of these: all, working-days, days-off$/,
    ],
    [
      "thefts: [{ target: home-1, kind: voodoo, share: 0.5, from: 1d }]\n",
      /thefts\.0\.kind: write one of these: partial-bypass, hook, missing-neutral, magnet, relay/,
    ],
    [
      "thefts: [{ target: home-1, share: 0.5, from: 1d }, { target: home-1, share: 0.2, from: 3d }]\n",
      /thefts\.1\.from: home-1 has a partial-bypass at that time already \(thefts\.0\); end that one first$/,
    ],
    ["step: 7min\n", /^two\.yaml:8:\d+ step: .*hour/],
    ["air: { delayMean: 2 parsecs }\n", /^two\.yaml:8:\d+ air\.delayMean: /],
    ["start: yesterday\n", /^two\.yaml:8:\d+ start: /],
    ["zone: Mars/Olympus\n", /^two\.yaml:8:\d+ zone: /],
    [
      "outages: [{ mast: mast-2, from: 1d, for: 2h }]\n",
      /^two\.yaml:8:\d+ outages\.0\.mast: .*mast-1/,
    ],
    ["expect: [{ at: 1d, that: billing.trips }]\n", /say what is expected: is, above or below/],
    [
      "expect: [{ at: 1d, that: billing.tripz, is: 0 }]\n",
      /^two\.yaml:8:20 expect\.0\.that: there is no figure of the report billing\.tripz; did you mean billing\.trips\?$/,
    ],
    // These came in the words of a library.
    ["air: { masts: [] }\n", /^two\.yaml:8:8 air\.masts: write at least 1 entry$/],
    ["days: 1e9\n", /days: write how many days, above 0 and at most 104249991$/],
    ["seed: 1.5\n", /seed: write a whole number$/],
    ["loads: { profile: mars }\n", /loads\.profile: write one of these: india, uk$/],
    ["loads: 5\n", /loads: write keys with values, such as key: value$/],
    ["start: yesterday\n", /start: "yesterday" is no local time; write 2026-01-12T00:00$/],
    ['holidays: ["2026-02-31"]\n', /holidays\.0: "2026-02-31" is no date; write 2026-01-26$/],
    ["expect: [{ at: 1d, that: seed, is: {} }]\n", /is: write a number, or a text, or true or/],
    ["feeder: other.dss\n", /^two\.yaml:8:1 yaml: Map keys must be unique$/],
  ])("%j", (extra, says) => {
    expect(refusal(`${GOOD}${extra}`)).toMatch(says);
  });

  test("and every fault of the file is told at once", () => {
    const message = refusal(`${GOOD}tittle: x\ndays: 0\nseed: -1\n`);
    expect(message.split("\n")).toHaveLength(3);
  });

  test("also where the customer's load is not in the feeder", () => {
    const message = refusal(GOOD.replace("load: h2", "load: h3"));
    expect(message).toMatch(/two\.yaml:7:\d+ customers\.1\.load: .*h3/);
  });

  test("and a fault of the feeder has the feeder's place", () => {
    expect(refusal(GOOD, [], FEEDER.replace("Length=20", "Lenght=20"))).toMatch(
      /street\.dss:5:\d+ line\.a\.lenght: unknown property; did you mean length\?/,
    );
  });
});

describe("--set", () => {
  test("changes one value, and the hash of the scenario", () => {
    expect(resolve(GOOD, ["seed=7"]).seed).toBe(7);
    expect(resolve(GOOD, ["air.lossShare=0.1"]).air.lossShare).toBe(0.1);
  });

  test("replaces or empties a list, and reaches into it", () => {
    expect(street({ set: ["thefts=[]"] }).plant.thefts).toEqual([]);
    expect(street({ set: ["thefts.0.target=supply-07"] }).plant.thefts).toMatchObject([
      { target: "supply-07", intensity: 0.6 },
    ]);
    expect(street({ set: ["outages=[]"] }).outages).toEqual([]);
  });

  test("says what is wrong with it, and that it came from there", () => {
    expect(refusal(GOOD, ["air.lossShar=0.1"])).toMatch(
      /air\.lossShar: unknown key; did you mean lossShare\? \(from --set air\.lossShar=0\.1\)/,
    );
    expect(refusal(GOOD, ["customers.5.residents=2"])).toMatch(
      /customers has 2 entries, 0 to 1; there is no 5/,
    );
  });
});

describe("a home", () => {
  const withHome = (row: string): string => GOOD.replace("name: B", `${row}, name: B`);

  test("owns what the scenario says, and lives as it says", () => {
    const { supplies } = resolve(withHome("owns: [car-charger], household: retired")).plant;
    expect(supplies.map(({ owns, household }) => ({ owns, household }))).toEqual([
      { owns: [], household: null },
      { owns: ["car-charger"], household: "retired" },
    ]);
  });

  test("owns nothing that nobody makes, and lives in no way that nobody knows", () => {
    expect(refusal(withHome("owns: [iron, car-charjer]"))).toMatch(
      /^two\.yaml:7:\d+ customers\.1\.owns\.1: there is no appliance car-charjer; did you mean car-charger\?/,
    );
    expect(refusal(withHome("household: hermit"))).toMatch(
      /^two\.yaml:7:\d+ customers\.1\.household: .*worker.*family.*retired/,
    );
  });
});

test("a resolved scenario is complete and plain: it survives its own text", () => {
  const resolved = street();
  expect(JSON.parse(JSON.stringify(resolved))).toEqual(resolved);
  expect(resolved.layout.supplies).toHaveLength(24);
});

test("a file that is no YAML is told by its first faults and how many there are", () => {
  const text = Array.from({ length: 40 }, (_, row) => `cell ${row}: b: c`).join("\n");
  const lines = messageOf(() => parseYaml(text, "notes.md", ScenarioSchema)).split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^notes\.md:1:\d+ yaml: /);
  expect(lines.at(-1)).toMatch(/^notes\.md yaml: and \d+ more; is this a YAML file\?$/);
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
