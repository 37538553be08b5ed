// Bad input: one line that says what is wrong and what to do, an exit code, no stack trace; a running twin goes on.

import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { meterville, type Serving, serve, temporaryFolder, withPath } from "../support/cli.ts";

const STREET = "scenarios/first-street.yaml";
const folder = temporaryFolder();
const file = (name: string): string => join(folder.path, name);
let holder: ReturnType<typeof createServer>;
let lock: DatabaseSync;

/** A feeder of two homes; `extra` is what is wrong with it. */
const feeder = (extra: string): string => `Set DefaultBaseFrequency=50
New Circuit.small BasekV=0.4 R1=0.01 X1=0.01 R0=0.01 X0=0.01
New Linecode.one nphases=1 rmatrix=[1] xmatrix=[0.1] cmatrix=[0] Units=km
New Line.a Bus1=sourcebus.1 Bus2=home.1 Phases=1 Linecode=one Length=20 Units=m
New Load.h1 Phases=1 Bus1=home.1 kV=0.23 kW=1 PF=0.95
${extra}
`;

/** First Street's scenario with its own folder's files named from the top, changed by `change`. */
function scenario(name: string, change: (text: string) => string): string {
  const text = readFileSync(join(PROJECT_ROOT, STREET), "utf8").replaceAll(
    /(feeder|tariff|policy): ([\w./-]+)/g,
    (_, key: string, path: string) => `${key}: ${join(PROJECT_ROOT, "scenarios", path)}`,
  );
  const path = file(name);
  writeFileSync(path, change(text));
  return path;
}

beforeAll(async () => {
  await meterville("run", STREET, "--days", "2", "--out", file("good.mcap"));
  const good = readFileSync(file("good.mcap"));
  writeFileSync(file("cut.mcap"), good.subarray(0, Math.floor(good.length / 2)));
  writeFileSync(file("stump.mcap"), good.subarray(0, 2000));
  const corrupt = Buffer.from(good);
  for (let at = Math.floor(good.length / 2); at < good.length / 2 + 64; at++) {
    corrupt[at] = corrupt[at]! ^ 0xff;
  }
  writeFileSync(file("corrupt.mcap"), corrupt);
  writeFileSync(file("text.mcap"), "this is no recording\n");
  const header = { version: 1, scenarioSha256: "0".repeat(64), seed: 1, runId: "x" };
  writeFileSync(file("other.ndjson"), `${JSON.stringify(header)}\n`);
  writeFileSync(file("text.ndjson"), "this is no journal\n");
  writeFileSync(file("phase.dss"), feeder("New Load.h2 Phases=1 Bus1=home.2 kV=0.23 kW=1 PF=0.95"));
  writeFileSync(
    file("loop.dss"),
    feeder("New Line.b Bus1=sourcebus.1 Bus2=home.1 Phases=1 Linecode=one Length=9 Units=m"),
  );
  holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  lock = new DatabaseSync(file("locked.db"));
  lock.exec("create table t (x); begin exclusive");
});

afterAll(() => {
  holder.close();
  lock.close();
  folder.remove();
});

interface Row {
  readonly name: string;
  readonly command: () => readonly string[];
  readonly says: RegExp;
}

const ROWS: readonly Row[] = [
  {
    name: "seeds that run backwards",
    command: () => ["run", STREET, "--seeds", "20..1"],
    says: /--seeds 20\.\.1: 1 comes before 20; write --seeds 1\.\.20/,
  },
  {
    name: "many seeds into one recording",
    command: () => ["run", STREET, "--seeds", "1..2", "--out", file("seeds.mcap")],
    says: /--out keeps one run, --seeds makes many/,
  },
  {
    name: "a comparison with what is no recording",
    command: () => ["compare", file("good.mcap"), file("text.mcap")],
    says: /text\.mcap: .*(no MCAP file|no recording|no whole recording)/,
  },
  {
    name: "a profile of many seeds",
    command: () => ["run", STREET, "--seeds", "1..2", "--profile"],
    says: /--profile tells of one run, --seeds makes many/,
  },
  {
    name: "half a worker",
    command: () => ["run", STREET, "--seeds", "1..2", "--workers", "0.5"],
    says: /--workers.*0\.5.*whole number/,
  },
  {
    name: "a comparison with a folder that holds no recording",
    command: () => ["compare", file("good.mcap"), folder.path],
    says: /meterville-test-\w+: a folder without recording\.mcap; give a recording/,
  },
  {
    name: "a comparison with nothing",
    command: () => ["compare", file("good.mcap"), file("nothing.mcap")],
    says: /there is no file .*nothing\.mcap/,
  },
  {
    name: "a schema that there is not",
    command: () => ["validate", "--schema", "scenarios"],
    says: /--schema scenarios: there is no such schema; did you mean scenario\?/,
  },
  {
    name: "a validation of nothing",
    command: () => ["validate"],
    says: /give a scenario file, or --schema scenario/,
  },
  {
    name: "a mistyped command",
    command: () => ["validat", STREET],
    says: /unknown command 'validat'\s+\(Did you mean validate\?\)/,
  },
  {
    name: "an unknown key",
    command: () => ["run", scenario("key.yaml", (text) => `${text}\ntheft: []\n`)],
    says: /key\.yaml:\d+:\d+ theft: .*thefts/,
  },
  {
    name: "a wrong --set path",
    command: () => ["run", STREET, "--set", "theft.0.share=0.5"],
    says: /first-street\.yaml:1:1 theft: unknown key; did you mean thefts\? \(from --set theft\.0\.share=0\.5\)/,
  },
  // Each of the following ended with exit 70 and a stack.
  ...(["run", "validate"] as const).map((command) => ({
    name: `a folder as a scenario to ${command}`,
    command: () => [command, "test"],
    says: /^cannot read test: it is a folder; give a file$/m,
  })),
  {
    name: "a folder as a journal",
    command: () => ["run", STREET, "--journal", "test"],
    says: /^cannot read test: it is a folder; give a file$/m,
  },
  {
    name: "JUnit into a folder that there is not, before the run",
    command: () => ["run", STREET, "--junit", file("nowhere/j.xml")],
    says: /--junit \S+nowhere\/j\.xml: cannot be written: there is no such file or folder/,
  },
  {
    name: "a port that no machine has",
    command: () => ["serve", STREET, "--port", "99999"],
    says: /'--port <number>' argument '99999' is invalid\. a port is at most 65535\./,
  },
  {
    name: "CSV where a file's name is a folder's",
    command: () => {
      mkdirSync(file("taken/belief-street.csv"), { recursive: true });
      return ["export", file("good.mcap"), "--csv", file("taken")];
    },
    says: /--csv \S+: cannot be written: it is a folder; give a file/,
  },
  {
    name: "aliases that multiply",
    command: () => {
      const rows = [...Array(9).keys()].map(
        (row) => `k${row + 1}: &k${row + 1} [${Array(10).fill(`*k${row}`).join(",")}]`,
      );
      writeFileSync(file("bomb.yaml"), `k0: &k0 [x]\n${rows.join("\n")}\n`);
      return ["validate", file("bomb.yaml")];
    },
    says: /bomb\.yaml yaml: its aliases \(\*\) repeat too much; write out what they stand for/,
  },
  // It turned for ever.
  {
    name: "CSV where no folder can be made",
    command: () => ["export", file("good.mcap"), "--csv", "/proc/foo"],
    says: /--csv \/proc\/foo: the folder cannot be made: there is no such file or folder/,
  },
  // It was overwritten.
  {
    name: "a recording into the scenario itself",
    command: () => {
      const path = scenario("itself.yaml", (text) => text);
      return ["run", path, "--out", path];
    },
    says: /--out \S+itself\.yaml: that is the scenario too; give another file/,
  },
  {
    name: "a recording into another scenario",
    command: () => ["run", STREET, "--out", scenario("another.yaml", (text) => text)],
    says: /--out \S+another\.yaml: is there already and no recording; give another file/,
  },
  {
    name: "JUnit into another scenario",
    command: () => ["run", STREET, "--junit", scenario("another.yaml", (text) => text)],
    says: /--junit \S+another\.yaml: is there already and no XML file; give another file/,
  },
  // Only one of them was kept.
  {
    name: "recording and ledger in one file",
    command: () => ["run", STREET, "--out", file("one"), "--store", file("one")],
    says: /--store \S+one: that is --out \S+one too; give another file/,
  },
  {
    name: "a database of another program as a store",
    command: () => {
      const other = new DatabaseSync(file("other.db"));
      other.exec("create table if not exists theirs (x)");
      other.close();
      return ["run", STREET, "--days", "1", "--store", file("other.db")];
    },
    says: /other\.db: is a database of another program; give another file/,
  },
  // It was ignored in silence.
  {
    name: "a store without a name",
    command: () => ["run", STREET, "--store", ""],
    says: /'--store <url>' argument '' is invalid\. write the name of a file\./,
  },
  {
    name: "more days than there are milliseconds",
    command: () => ["run", STREET, "--days", "1e9"],
    says: /^--days 1000000000: write at most 104249991$/m,
  },
  {
    name: "an empty scenario",
    command: () => ["validate", scenario("empty.yaml", () => "")],
    says: /empty\.yaml: the file is empty; scenarios\/three-lanes\.yaml is one to begin from/,
  },
  {
    name: "two scenarios in one file",
    command: () => ["validate", scenario("two.yaml", (text) => `${text}\n---\n${text}`)],
    says: /two\.yaml:\d+:1 yaml: a second document begins here \(---\); a file holds one/,
  },
  {
    name: "lists twenty thousand deep",
    command: () => [
      "validate",
      scenario("deep.yaml", () => `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`),
    ],
    says: /deep\.yaml\S* yaml: lists and maps stand too deep in one another; is it a scenario\?/,
  },
  {
    name: "a missing file",
    command: () => ["run", "scenarios/second-street.yaml"],
    says: /there is no file .*second-street\.yaml/,
  },
  {
    name: "a missing feeder",
    command: () => [
      "run",
      scenario("feeder.yaml", (text) => text.replace(/feeder: \S+/, "feeder: nowhere.dss")),
    ],
    says: /nowhere\.dss.*/,
  },
  {
    name: "a wrong unit",
    command: () => [
      "run",
      scenario("unit.yaml", (text) => text.replace("delayMean: 2s", "delayMean: 2kg")),
    ],
    says: /unit\.yaml:\d+:\d+ air\.delayMean: .*(2s|ms|min)/,
  },
  {
    name: "a customer on a phase that the bus does not have",
    command: () => ["solve", file("phase.dss")],
    says: /phase\.dss:\d+:\d+ load\.h2\.bus1: .*home.*phase/i,
  },
  {
    name: "a loop in a radial feeder",
    command: () => ["solve", file("loop.dss")],
    says: /loop\.dss:\d+:\d+ line\.b.*loop/,
  },
  {
    name: "a corrupt recording",
    command: () => ["replay", file("corrupt.mcap")],
    says: /corrupt\.mcap: .*/,
  },
  {
    name: "a recording that was cut off before there was anything in it",
    command: () => ["replay", file("stump.mcap")],
    says: /stump\.mcap: it was cut off before its scenario/,
  },
  {
    name: "a text file as a recording",
    command: () => ["replay", file("text.mcap")],
    says: /text\.mcap: .*/,
  },
  {
    name: "a journal of another scenario",
    command: () => ["run", STREET, "--journal", file("other.ndjson")],
    says: /other\.ndjson: the journal of another scenario .*give the scenario/,
  },
  {
    name: "a text file as a journal",
    command: () => ["run", STREET, "--journal", file("text.ndjson")],
    says: /text\.ndjson:1: not a line of a journal/,
  },
  {
    name: "a port in use",
    command: () => [
      ...["serve", STREET, "--no-mqtt"],
      ...["--port", String((holder.address() as AddressInfo).port)],
    ],
    says: /port \d+ is in use; give another with --port/,
  },
  {
    name: "a locked store",
    command: () => ["run", STREET, "--days", "1", "--store", file("locked.db")],
    says: /locked\.db: is locked by another program; stop that or give another file/,
  },
  {
    name: "an unknown option",
    command: () => ["run", STREET, "--sead", "3"],
    says: /unknown option '--sead'\n?.*Did you mean --seed/s,
  },
  {
    name: "a step that does not divide an hour",
    command: () => ["run", STREET, "--step", "7min"],
    says: /--step 7min: write a divisor of an hour/,
  },
];

test.each([
  ["replay", () => ["replay", file("cut.mcap")]],
  ["export", () => ["export", file("cut.mcap"), "--csv", file("csv")]],
] as const)(
  "%s takes of a truncated recording what is whole, and says how much",
  async (_, command) => {
    const { stdout, stderr, exitCode } = await meterville(...command());
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^\S*cut\.mcap: cut off at \S+; [\d.]+ hours of it are whole$/m);
    expect(stdout).toMatch(/no difference in what is whole of it|\d+ files in/);
  },
);

describe("a command refuses", () => {
  test.each(ROWS)("$name", async ({ command, says }) => {
    const { stdout, stderr, exitCode } = await meterville(...command());
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(EXIT.input);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(stdout).toBe("");
  });
});

describe("a running twin goes on", () => {
  let live: Serving;
  beforeAll(async () => {
    live = await serve(STREET, "--speed", "3600", "--step", "1s");
  });
  afterAll(async () => {
    await live.stop();
    rmSync(live.folder, { recursive: true, force: true });
  });

  const post = async (body: string, type = "application/json") => {
    const response = await fetch(withPath(live.url, "api/inputs"), {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    return { status: response.status, error: ((await response.json()) as { error: string }).error };
  };
  const simulatedMs = async (): Promise<number> =>
    ((await (await fetch(withPath(live.url, "api/state"))).json()) as RunReport).simulatedMs;
  const goesOn = async (): Promise<void> => {
    const before = await simulatedMs();
    for (let tries = 0; tries < 100; tries++) {
      if ((await simulatedMs()) > before) return;
      await pause(50);
    }
    throw new Error("the twin stands still");
  };

  test("after garbage", async () => {
    for (const body of ["{", "\u0000\u0001", '"trip"', "null", "[1,2]", '{"kind":{}}']) {
      const { status, error } = await post(body);
      expect(status, body).toBe(400);
      expect(error).toMatch(/JSON|input/);
      expect(error).not.toContain("    at ");
    }
    expect((await post("kind=trip", "text/plain")).error).toContain("an input is a JSON object");
    await goesOn();
  });

  test("after somebody looks for files that are not the page's", async () => {
    const { hostname, port } = new URL(live.url);
    const path = "/../../etc/passwd";
    const answer = await new Promise<string>((resolve, reject) => {
      const asked = get({ hostname, port, path }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on("end", () => resolve(body));
      });
      asked.on("error", reject);
    });
    expect(JSON.parse(answer)).toEqual({ error: `there is nothing at ${path}` });
    await goesOn();
  });

  test("after ten megabytes", async () => {
    const { status, error } = await post(JSON.stringify({ kind: "x".repeat(10_000_000) }));
    expect(status).toBe(413);
    expect(error).toContain("larger than 64 KiB");
    await goesOn();
  });

  test("after garbage and a flood on the socket", async () => {
    const address = new URL(withPath(live.url, "ws"));
    address.protocol = "ws:";
    const answers: string[] = [];
    const socket = new WebSocket(address);
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    socket.onmessage = ({ data }) => answers.push(String(data));
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    for (const text of ["{", "null", '{"kind":"subscribe","channels":["truth/all"]}']) {
      socket.send(text);
    }
    socket.send("x".repeat(1_000_000));
    expect(await closed).toBe(1009);
    const errors = answers.filter((text) => text.includes('"kind":"error"'));
    expect(errors).toHaveLength(3);
    expect(errors[2]).toContain("there is no channel truth/all; known: truth/supply");
    await goesOn();
  });
});
