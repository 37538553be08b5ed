// `meterville validate`: is this scenario right, what does it come to, and what was assumed? Runs nothing.

import { dirname } from "node:path";
import { questionOf } from "../../contract/lesson-progress.ts";
import { formatLocal } from "../../core/calendar.ts";
import { formatDuration } from "../../core/time.ts";
import {
  isDuration,
  jsonSchemaOf,
  SCHEMA_NAMES,
  type SchemaName,
} from "../../engine/scenario/json-schema.ts";
import { parseYaml } from "../../engine/scenario/parse.ts";
import { nearestWord, ScenarioError } from "../../engine/scenario/problem.ts";
import type { ResolvedScenario } from "../../engine/scenario/resolved.ts";
import { ScenarioSchema } from "../../engine/scenario/schema.ts";
import { resolvedText } from "../../engine/world.ts";
import { type Assumption, assumptionsOf } from "../assumptions.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError, fileReason } from "../failure.ts";
import { createReadText } from "../files.ts";
import { isLessonFile, readLessonFile } from "../lessons.ts";
import { checkTargets, makeFolder, writeTarget } from "../targets.ts";
import { assignmentsOf, type RunOptions, readScenario } from "./run.ts";

export interface ValidateOptions extends Pick<RunOptions, "seed" | "step" | "set" | "json"> {
  readonly resolved?: boolean;
  /** `scenario`, `tariff`, `policy` or `lesson`. */
  readonly schema?: string;
  readonly out?: string;
}

/** Checks a scenario and tells what it comes to; or writes a JSON Schema, for which no scenario is needed. */
export async function validateCommand(
  file: string | undefined,
  options: ValidateOptions,
): Promise<number> {
  if (options.schema !== undefined) return writeSchema(options.schema, options.out);
  if (file === undefined) {
    throw new CallerError("give a scenario file, or --schema scenario for the JSON Schema of one");
  }
  if (isLessonFile(file)) return tellLesson(file, options);
  const resolved = readOrTell(file, options);
  const assumptions = readAssumptions(file, options);
  if (options.resolved === true) {
    process.stdout.write(`${resolvedText(resolved)}\n`);
  } else if (options.json === true) {
    const document = {
      valid: true,
      ...summaryOf(resolved),
      assumptions,
      sources: resolved.sources,
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    process.stdout.write(`${describe(file, resolved, assumptions)}\n`);
  }
  return EXIT.done;
}

function tellLesson(file: string, options: ValidateOptions): number {
  const lesson = orTell(options, () => readLessonFile(file));
  const { id, title, scenario, steps } = lesson;
  const questions = steps.filter((step) => questionOf(step) !== undefined).length;
  if (options.json === true) {
    const document = { valid: true, lesson: id, scenario, steps: steps.length, questions };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    process.stdout.write(
      `Lesson     ${title.en} (${id}): it is right\n` +
        `Scenario   ${scenario}\nSteps      ${steps.length}, ${questions} with a question\n`,
    );
  }
  return EXIT.done;
}

/** With `--json` the faults are the answer too. */
function readOrTell(file: string, options: ValidateOptions): ResolvedScenario {
  return orTell(options, () => readScenario(file, options));
}

function orTell<Value>(options: ValidateOptions, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (options.json === true && error instanceof ScenarioError) {
      const { problems } = error;
      process.stdout.write(`${JSON.stringify({ valid: false, problems })}\n`);
    }
    throw error;
  }
}

function writeSchema(name: string, out: string | undefined): number {
  const known = SCHEMA_NAMES.find((each) => each === name);
  if (known === undefined) {
    const near = nearestWord(name, SCHEMA_NAMES);
    const hint = near === undefined ? `known: ${SCHEMA_NAMES.join(", ")}` : `did you mean ${near}?`;
    throw new CallerError(`--schema ${name}: there is no such schema; ${hint}`);
  }
  const text = schemaText(known);
  if (out === undefined) process.stdout.write(text);
  else {
    const target = { option: "--out", path: out, kind: "json" } as const;
    checkTargets([target]);
    try {
      makeFolder(dirname(out));
    } catch (cause) {
      throw new CallerError(`--out ${out}: cannot be written: ${fileReason(cause)}`, { cause });
    }
    writeTarget(target, text);
  }
  return EXIT.done;
}

/** The file that editors read. */
export function schemaText(name: SchemaName): string {
  return `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`;
}

/** What the file leaves to the program, durations in words. */
function readAssumptions(file: string, options: Pick<RunOptions, "set">): readonly Assumption[] {
  const text = createReadText()(file);
  const { written, value } = parseYaml(text, file, ScenarioSchema, assignmentsOf(options));
  const schema = jsonSchemaOf("scenario");
  return assumptionsOf(written, value).map(({ path, value: assumed }) => ({
    path,
    value:
      typeof assumed === "number" && isDuration(schema, path) ? formatDuration(assumed) : assumed,
  }));
}

interface Summary {
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly start: string;
  readonly zone: string;
  readonly durationMs: number;
  readonly stepMs: number;
  readonly feeders: readonly {
    readonly id: string;
    readonly homes: number;
    readonly lines: number;
    readonly transformerKVA: number;
  }[];
  /** Homes on L1, L2, L3, and on three phases. */
  readonly homesByPhase: readonly [l1: number, l2: number, l3: number, three: number];
  readonly masts: readonly { readonly id: string; readonly meters: number }[];
  /** Meters that hear no mast at all. */
  readonly withoutService: number;
  readonly tariffs: readonly string[];
  readonly policy: string | null;
  readonly thefts: number;
  readonly outages: number;
  readonly powerCuts: number;
  readonly expectations: number;
}

function summaryOf(resolved: ResolvedScenario): Summary {
  const { calendar, plant, records, air, layout } = resolved;
  const onPhase = (phase: number): number =>
    records.supplies.filter((supply) => supply.phase === phase).length;
  return {
    scenario: resolved.name,
    title: resolved.title,
    seed: resolved.seed,
    start: formatLocal(calendar, 0),
    zone: calendar.zone,
    durationMs: resolved.durationMs,
    stepMs: resolved.stepMs,
    feeders: resolved.feeders.map(({ id, network }, row) => ({
      id,
      homes: plant.supplies.filter(({ feeder }) => feeder === row).length,
      lines: network.lines.length,
      transformerKVA: (layout.transformers[row]?.ratingVa ?? 0) / 1000,
    })),
    homesByPhase: [onPhase(1), onPhase(2), onPhase(3), onPhase(0)],
    masts: layout.masts.map(({ id }, mast) => ({
      id,
      meters: air.candidates.filter(([best]) => best?.mast === mast).length,
    })),
    withoutService: air.candidates.filter(({ length }) => length === 0).length,
    tariffs: records.billing?.tariffs.map(({ title }) => title) ?? [],
    policy: records.billing?.policy.title ?? null,
    thefts: plant.thefts.length,
    outages: resolved.outages.length,
    powerCuts: plant.powerCuts.length,
    expectations: resolved.expect.length,
  };
}

function mastsText({ masts, withoutService }: Summary): string {
  const each = masts.map(({ id, meters }) => `${id} (best for ${meters} meters)`);
  const none = withoutService === 0 ? [] : [`${withoutService} meters hear none`];
  return [...each, ...none].join(", ");
}

function describe(
  file: string,
  resolved: ResolvedScenario,
  assumptions: readonly Assumption[],
): string {
  const summary = summaryOf(resolved);
  const { calendar, plant, layout } = resolved;
  const at = (simMs: number): string => formatLocal(calendar, simMs).slice(0, 16);
  const [l1, l2, l3, three] = summary.homesByPhase;
  const rows: [string, string][] = [
    ["Scenario", `${summary.title} (${summary.scenario}), seed ${summary.seed}: it is right`],
    [
      "Time",
      `from ${at(0)} in ${summary.zone}, ${formatDuration(summary.durationMs)} in steps of ${formatDuration(summary.stepMs)}`,
    ],
    ...summary.feeders.map(({ id, homes, lines, transformerKVA }): [string, string] => [
      "Feeder",
      `${id}: ${homes} homes, ${lines} lines, transformer ${transformerKVA} kVA`,
    ]),
    ["Homes", `${l1} on L1, ${l2} on L2, ${l3} on L3, ${three} on three phases`],
    ["Masts", mastsText(summary)],
    [
      "Billing",
      summary.policy === null
        ? "nobody is billed"
        : `${summary.tariffs.join(", ")}; ${summary.policy}`,
    ],
    ...plant.thefts.map(({ target, kind, intensity, from, until }): [string, string] => [
      "Theft",
      `${kind} at ${target}, ${kind === "hook" ? `${intensity} W` : `${Math.round(100 * intensity)} %`}, from ${at(from)}${until === null ? "" : ` until ${at(until)}`}`,
    ]),
    ...resolved.outages.map(({ of, mast, from, until }): [string, string] => {
      const isOfMast = of === "mast" || of === "backhaul";
      const what = isOfMast ? `${of} of ${layout.masts[mast]?.id}` : of;
      return ["Outage", `${what} from ${at(from)} until ${at(until)}`];
    }),
    ...plant.powerCuts.map(({ what, row, from, until }): [string, string] => [
      "Power cut",
      `${what === "feeder" ? resolved.feeders[row]?.id : plant.supplies[row]?.id} from ${at(from)} until ${at(until)}`,
    ]),
    ...(resolved.weather ?? []).map(({ from, sky }): [string, string] => [
      "Weather",
      `${sky} from ${at(from)}`,
    ]),
    ["Expects", `${summary.expectations} rows`],
    ...resolved.sources.map(({ path, sha256 }): [string, string] => [
      "Read",
      `${path}  ${sha256.slice(0, 12)}`,
    ]),
  ];
  const lines = rows.map(([label, text]) => `${label.padEnd(10)} ${text}`);
  const assumed = assumptions.map(({ path, value }) => `  ${path}: ${JSON.stringify(value)}`);
  return [
    ...lines,
    "",
    `Assumed, because ${file} does not say (write any of these there, or give --set PATH=VALUE):`,
    ...assumed,
  ].join("\n");
}
