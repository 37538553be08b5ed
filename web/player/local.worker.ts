// The engine in a browser's worker: opens a scenario, runs it at the pace that the page asks for, and answers what a
// server would. The one file of the page that knows the engine.

import { decompress } from "fzstd";
import type { RunComparison } from "../../sim/contract/comparison.ts";
import { CHANNELS, type ChannelName, type ServerMessage } from "../../sim/contract/frame.ts";
import type { Side } from "../../sim/contract/moments.ts";
import type { Packing } from "../../sim/contract/packing.ts";
import { sha256Text } from "../../sim/core/digest.ts";
import { formatDuration } from "../../sim/core/time.ts";
import { type Comparison, createComparison } from "../../sim/engine/comparison.ts";
import { runReport } from "../../sim/engine/report.ts";
import { checkScenarioText } from "../../sim/engine/scenario/check.ts";
import { identityOf } from "../../sim/engine/scenario/identity.ts";
import { withPriceChange } from "../../sim/engine/scenario/price-change.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { RESOLVED_VERSION, type ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { momentBlock } from "../../sim/engine/showing/moments-view.ts";
import { pageOfRun } from "../../sim/engine/showing/page-of-run.ts";
import type { Watcher } from "../../sim/engine/showing/showing.ts";
import { createWatchedRun, type WatchedRun } from "../../sim/engine/showing/watched-run.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { CutOffError, openRecording } from "../../sim/recording/reader.ts";
import { FFLATE_PACKING } from "./fflate-packing.ts";
import type {
  CompareRequest,
  FromWorker,
  OpenRequest,
  QuestionName,
  Questions,
  ScenarioProblem,
  ShippedScenario,
  ToWorker,
  TwinSource,
} from "./local-messages.ts";

const RUN_ID_DIGITS = 32;
const BOTH_SIDES: readonly Side[] = ["truth", "belief"];
const NOTHING_HIDDEN = { isHidden: false, needsCode: false };
const FOLDER = "../../scenarios/";

/** The texts of `scenarios/`, by their place in it. */
const FILES: ReadonlyMap<string, string> = new Map(
  Object.entries(
    import.meta.glob<string>("../../scenarios/**/*.{yaml,txt,dss}", {
      query: "?raw",
      import: "default",
      eager: true,
    }),
  ).map(([path, text]) => [path.slice(FOLDER.length), text]),
);

const packing: Packing = FFLATE_PACKING;
let run: WatchedRun | undefined;
let opened: TwinSource | undefined;
/** Wall time that one question about two runs may take; who asks asks again. */
const COMPARE_WALL_MS = 200;
let comparison: { readonly key: string; readonly value: Comparison } | undefined;
const PROGRESS_WALL_MS = 250;
/** Set until the page has been told of the run. */
let greeting: { readonly untilMs: number; toldWallMs: number } | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const channels = new Set<ChannelName>();

const tell = (message: FromWorker): void => postMessage(message);
const say = (message: ServerMessage): void =>
  tell({ kind: "message", text: JSON.stringify(message) });
const watcher: Watcher = {
  channels,
  sides: () => BOTH_SIDES,
  shownStep: -1,
  send: (text) => tell({ kind: "message", text }),
};

/** Turns that come at once go by a channel of messages: a timer may not fire more often than every 4 ms. */
const atOnce = new MessageChannel();
atOnce.port1.onmessage = () => go();

function go(): void {
  clearTimeout(timer);
  if (run === undefined) return;
  const waitMs = run.turn();
  if (greeting !== undefined) greet(greeting);
  if (waitMs < 1) atOnce.port2.postMessage(null);
  else timer = setTimeout(go, waitMs);
}

/** Reads the shipped files; the scenario's own text may be somebody else's. */
const readText =
  ({ scenario, text }: TwinSource) =>
  (path: string): string => {
    const name = path.replace(/^scenarios\//, "");
    const found = name === `${scenario}.yaml` && text !== undefined ? text : FILES.get(name);
    if (found !== undefined) return found;
    if (path.startsWith("$DATA/")) {
      throw new Error(
        `${path} is reference data that does not come with the page; run this scenario on a server`,
      );
    }
    throw new Error(`there is no file ${path}; the page has those of its folder scenarios/`);
  };

function resolvedOf(source: TwinSource): ResolvedScenario {
  const resolved = plainOf(source);
  return source.prices === undefined ? resolved : withPriceChange(resolved, source.prices);
}

function plainOf(source: TwinSource): ResolvedScenario {
  if (source.resolvedText === undefined) {
    return resolveScenario(
      `scenarios/${source.scenario}.yaml`,
      readText(source),
      source.seed === undefined ? {} : { seed: source.seed },
    );
  }
  const resolved = JSON.parse(source.resolvedText) as ResolvedScenario;
  if (resolved.version !== RESOLVED_VERSION) {
    throw new Error(
      `a scenario of version ${resolved.version}, this page runs version ${RESOLVED_VERSION}`,
    );
  }
  return resolved;
}

function open({ source, speed, isPaused, untilMs }: OpenRequest): string | null {
  const twin = createTwin(resolvedOf(source));
  const runId = twin.model.scenarioSha256.slice(0, RUN_ID_DIGITS);
  run?.leave(watcher);
  opened = source;
  run = createWatchedRun({
    ...{ twin, runId, speed, isPaused, packing },
    journal: source.journal,
    untilMs: Math.max(0, untilMs),
    wallNow: () => performance.now(),
    keptIn: "this page",
    ...(source.endMs === undefined ? {} : { pauseAtMs: source.endMs }),
  });
  watcher.shownStep = -1;
  greeting = { untilMs, toldWallMs: 0 };
  greet(greeting);
  go();
  return null;
}

/** Shows the run once it is where it was asked to begin, and says meanwhile how far it is. */
function greet(now: { readonly untilMs: number; toldWallMs: number }): void {
  if (run === undefined) return;
  const { clock } = run.twin.world.engine;
  const wallMs = performance.now();
  if (run.isCatchingUp) {
    if (wallMs - now.toldWallMs < PROGRESS_WALL_MS) return;
    now.toldWallMs = wallMs;
    return tell({ kind: "progress", simMs: clock.nowMs, untilMs: now.untilMs });
  }
  greeting = undefined;
  run.enter(watcher);
  const { resolved } = run.twin.model;
  const { layout } = resolved;
  const { runId } = run;
  const scenario = identityOf(resolved);
  say({ kind: "hello", runId, layout, scenario, channels: [...CHANNELS], hiding: NOTHING_HIDDEN });
  run.greet(watcher);
}

function compare({ a, b, untilMs }: CompareRequest): RunComparison | null {
  const key = JSON.stringify([a, b]);
  if (comparison?.key !== key || comparison.value.nowMs > untilMs) {
    const [one, other] = [a, b].map((source) => ({
      resolved: resolvedOf(source),
      journal: source.journal,
    }));
    comparison = { key, value: createComparison(one!, other!) };
  }
  const began = performance.now();
  const { value } = comparison;
  const isThere = value.advance(untilMs, () => performance.now() - began < COMPARE_WALL_MS);
  return isThere ? value.view() : null;
}

/** A recording's scenario and journal. */
async function recording({ name, bytes }: Questions["recording"]["given"]): Promise<TwinSource> {
  const file = {
    size: () => Promise.resolve(BigInt(bytes.length)),
    read: (offset: bigint, size: bigint) =>
      Promise.resolve(bytes.subarray(Number(offset), Number(offset + size))),
  };
  try {
    const reader = await openRecording(file, { zstd: (packed) => decompress(packed) });
    if (sha256Text(reader.resolvedText) !== reader.scenarioSha256) {
      throw new Error("its scenario was changed after it was written; it cannot be trusted");
    }
    const journal = await reader.journal();
    if (journal.some(({ kind }) => kind === "answers")) {
      throw new Error("boards were in it, which a browser has none of; use meterville replay");
    }
    const endMs = (await reader.digests()).at(-1)?.simMs.at(-1);
    const source: TwinSource = { scenario: name, resolvedText: reader.resolvedText, journal };
    return endMs === undefined ? source : { ...source, endMs };
  } catch (error) {
    if (error instanceof CutOffError) {
      throw new Error(
        `${name}: the recording was cut off; meterville replay reads what is whole of it`,
        { cause: error },
      );
    }
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function check({ name, text }: Questions["check"]["given"]): readonly ScenarioProblem[] {
  const path = `scenarios/${name}.yaml`;
  const found = checkScenarioText(path, readText({ scenario: name, text, journal: [] }));
  return found.map(({ file, line, column, endColumn, sentence }) => ({
    isHere: file === path,
    ...{ line, column },
    ...(endColumn === undefined ? {} : { endColumn }),
    sentence: file === path ? sentence : `${file}: ${sentence}`,
  }));
}

function shipped(): readonly ShippedScenario[] {
  return [...FILES].flatMap(([path, text]) => {
    if (!/^[^/]+\.yaml$/.test(path)) return [];
    const comment = text.split("\n").filter((line) => line.startsWith("# "));
    const about = comment.map((line) => line.slice(2)).filter((line) => !line.includes("$schema"));
    return {
      name: path.slice(0, -".yaml".length),
      title: /^title: (.+)$/m.exec(text)?.[1]?.replaceAll('"', "") ?? path,
      about: about.join(" "),
      needsData: text.includes("$DATA/"),
    };
  });
}

type Answers = {
  [Name in QuestionName]: (
    given: Questions[Name]["given"],
  ) => Questions[Name]["answer"] | Promise<Questions[Name]["answer"]>;
};

const answers: Answers = {
  open,
  send(input) {
    const taken = run?.input(input);
    go();
    if (taken === undefined) return "no scenario is open yet";
    return taken.ok ? null : taken.reason;
  },
  moments: ({ sides, afterMs }) => run?.momentsView(sides, afterMs) ?? null,
  block: (wanted) =>
    (run === undefined ? undefined : momentBlock(run.moments, run.runId, wanted, packing)) ??
    "there is no moment to look back to yet",
  account: (supply) => run?.account(supply) ?? null,
  history: ({ supply, days }) => run?.history(supply, days) ?? null,
  source() {
    if (run === undefined || opened === undefined) return null;
    const { journal, twin } = run;
    const source: TwinSource = { ...opened, journal: [...journal] };
    return { source, simMs: twin.world.engine.clock.nowMs, finalHash: run.finalHash() };
  },
  report() {
    if (run === undefined) return null;
    const { twin, moments } = run;
    const { resolved } = twin.model;
    const { nowMs, stepMs } = twin.world.engine.clock;
    const host = { version: "", commit: "", node: "", timesRealTime: 0 };
    return pageOfRun({
      ...{ twin, moments, marks: run.momentsView(["truth", "belief"], -1).marks },
      ...{ report: runReport(twin, host), isHidden: false },
      again: [
        `meterville run scenarios/${resolved.name}.yaml --seed ${resolved.seed} --until ${formatDuration(nowMs)} --step ${formatDuration(stepMs)}  # where nothing was changed or done besides`,
      ],
    });
  },
  compare,
  "go-to"(untilMs) {
    run?.goTo(untilMs);
    go();
    return null;
  },
  recording,
  check,
  files: () => [...FILES.keys()],
  scenarios: shipped,
  file: (name) => FILES.get(name) ?? null,
};

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case "subscribe":
      channels.clear();
      for (const channel of data.channels) channels.add(channel);
      if (greeting === undefined) run?.greet(watcher);
      return;
    case "pace":
      run?.pace(data);
      return go();
    case "ask":
      void reply(data.id, data.name, data.given);
  }
});

async function reply(id: number, name: QuestionName, given: unknown): Promise<void> {
  try {
    const answer = await (answers[name] as (given: unknown) => unknown)(given);
    tell({ kind: "answer", id, answer });
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", id, sentence });
  }
}
