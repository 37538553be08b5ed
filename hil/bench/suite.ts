// A suite: requirements and cases, each a list of steps on board time. Read from YAML by whoever has the text; here is
// what it may say, and how a table makes one case of each of its rows.

import { z } from "zod";
import { BOARD_EVENTS, BOARD_OPS, BOARD_RESULTS } from "../../sim/contract/board-protocol.ts";
import { faultSteps } from "./fault-step-schemas.ts";
import {
  durationField as duration,
  NO_ANSWER,
  numberField as number,
  PARAMETER,
  SAVES,
  wordField as word,
} from "./step-fields.ts";

const NAME = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$/;
const namesOf = (rows: readonly { readonly name: string }[]): readonly string[] =>
  rows.map(({ name }) => name);
/** What can be expected of, with its unit in the name. */
export const QUANTITIES = [
  "voltageV",
  "phaseA",
  "neutralA",
  "activeW",
  "reactiveVar",
  "powerFactor",
  "frequencyHz",
  "importWh",
  "exportWh",
  "creditMinor",
  "relayClosed",
  "relayConducts",
  "loadSideLive",
  "tamperFlags",
  "alarmLit",
  "buzzing",
  "pulseCount",
  "resetCause",
  "faults",
  "windowCount",
  "stackFreeBytes",
  "eepromWritesMax",
  "nextEventNumber",
  "modemTexts",
  "modemTextsLost",
  "modemKeyPresses",
] as const;
export type Quantity = (typeof QUANTITIES)[number];

const quantity = z.enum(QUANTITIES, { error: `a quantity is one of ${QUANTITIES.join(", ")}` });
const eventName = word(namesOf(BOARD_EVENTS), "an event");
const answerName = word([...namesOf(BOARD_RESULTS), NO_ANSWER], "an answer");

/** `is` with a tolerance, or bounds; met at any moment up to `within`, or all the time `for`. */
const Expect = z.strictObject({
  that: quantity,
  is: number.optional(),
  tolerance: number.optional(),
  tolerancePercent: number.optional(),
  min: number.optional(),
  max: number.optional(),
  within: duration.optional(),
  for: duration.optional(),
});

/** Energy counted since a mark against the energy that flowed, or against the difference of nothing: `exactWh`. */
const ExpectEnergy = z.strictObject({
  register: z.enum(["importWh", "exportWh"]),
  since: z.string(),
  errorMaxPercent: number.optional(),
  errorMaxMilliWh: number.optional(),
  /** Against this in place of the truth. */
  is: number.optional(),
});

export const SENSOR_FAULTS = [
  "open",
  "short",
  "stuck",
  "gain",
  "offset",
  "noise",
  "saturated",
  "hum",
  "drift",
  "none",
] as const;

const steps = {
  /** Stated quantities change; what is left out stays. */
  terminals: z.strictObject({
    voltageV: number.optional(),
    currentA: number.optional(),
    /** As the phase's unless given. */
    neutralA: number.optional(),
    /** By which the current lags. */
    angleDeg: number.optional(),
    frequencyHz: number.optional(),
  }),
  wait: duration,
  /** Remembers the registers and the energy that flowed, under this name. */
  mark: z.string(),
  expect: Expect,
  energy: ExpectEnergy,
  event: z.strictObject({ name: eventName, within: duration.optional(), value: number.optional() }),
  /** No such event during `for`; without it none since the case began, but those that an `event` step was about. */
  silence: z.strictObject({ name: eventName, for: duration.optional() }),
  display: z.strictObject({ matches: z.string(), within: duration.optional() }),
  press: z.strictObject({ button: z.enum(["up", "enter", "both"]), for: duration.optional() }),
  contact: z.strictObject({
    cover: word(["open", "closed"], "the cover").optional(),
    magnet: word(["near", "away"], "the magnet").optional(),
  }),
  /** A contact that bounces: opened and closed so often, and left as it was. */
  chatter: z.strictObject({
    of: word(["cover", "magnet", "up", "enter"], "a contact"),
    every: duration,
    for: duration,
  }),
  /** The meter answers a question at once. */
  answers: z.literal(true),
  sensor: z.strictObject({
    of: word(["voltage", "phase", "neutral"], "a sensor"),
    fault: word(SENSOR_FAULTS, "a fault"),
    by: number.optional(),
  }),
  relay: z.enum(["welded", "stuckOpen", "free"]),
  /** Volts of the board's supply, now or after so long; 0 is a cut, 5 is power. */
  supply: z.strictObject({
    volts: number,
    afterMicros: number.optional(),
    /** Linear from what it is now. */
    ramp: duration.optional(),
  }),
  reset: z.literal(true),
  order: z.strictObject({
    op: word(namesOf(BOARD_OPS), "an order"),
    argument: number.default(0),
    second: number.default(0),
    answer: answerName.default("done"),
    /** Signed by somebody who does not know the key. */
    forged: z.boolean().default(false),
  }),
  /** The last order again, byte by byte. */
  replay: z.strictObject({ answer: answerName }),
  take: z.strictObject({
    importWh: number.optional(),
    importBelowMilliWh: number.optional(),
    exportWh: number.optional(),
    exportBelowMilliWh: number.optional(),
    creditMinor: number.optional(),
    priceMilliMinorPerKWh: number.optional(),
    emergencyMinor: number.optional(),
    tamperFlags: number.optional(),
    relayReasons: number.optional(),
  }),
  show: z.string().max(32),
  token: z.strictObject({
    number: number,
    amountHundreds: number,
    forged: z.boolean().default(false),
    answer: answerName.default("done"),
  }),
  /** A token's twenty digits by the buttons, from the held enter on. */
  typed: z.strictObject({
    number: number,
    amountHundreds: number,
    forged: z.boolean().default(false),
  }),
  /** A new key for the board, 32 hexadecimal digits; orders after it are signed with it. */
  key: z.string().regex(/^[0-9A-Fa-f]{32}$/, "a key is 32 hexadecimal digits"),
  /** Counts in all that the board sends `for` so long what matches, in hexadecimal: E0 .. 04. */
  hears: z.strictObject({
    bytes: z.string(),
    for: duration,
    min: number.optional(),
    max: number.optional(),
  }),
  /** Bytes on the line as they are, in hexadecimal. */
  bytes: z.union([z.string().regex(PARAMETER), z.string().regex(/^[0-9A-Fa-f\s]+$/)], {
    error: "write bytes in hexadecimal: F0 01 F7",
  }),
  noise: z.strictObject({ bytes: number, seed: number.default(1) }),
  flip: z.strictObject({
    memory: z.enum(["eeprom", "sram", "newestSlot"]),
    at: number,
    bit: number.default(0),
  }),
  erase: z.literal("eeprom"),
  /** Cuts the power in every byte that a save writes, early and late in its erasing and its writing, one board each. */
  cutInEverySave: z.strictObject({
    lostMaxMilliWh: number,
    of: word(SAVES, "a save").default("registers"),
  }),
  ...faultSteps,
} as const;

export type StepKind = keyof typeof steps;
export const STEP_KINDS = Object.keys(steps) as readonly StepKind[];

const optionalSteps = Object.fromEntries(
  Object.entries(steps).map(([kind, schema]) => [kind, schema.optional()]),
) as { [Kind in StepKind]: z.ZodOptional<(typeof steps)[Kind]> };
const isOneThing = (step: object): boolean =>
  Object.values(step).filter((value) => value !== undefined).length === 1;
const oneThing = { error: "a step is one thing: write a new dash for the next" };
const PlainStep = z.strictObject(optionalSteps).refine(isOneThing, oneThing);
const Step = z
  .strictObject({
    ...optionalSteps,
    /** The same steps so many times. */
    repeat: z.strictObject({ times: z.int().min(1), steps: z.array(PlainStep).min(1) }).optional(),
  })
  .refine(isOneThing, oneThing);

const Table = z.strictObject({
  /** Whence the rows are: a clause, a table, a reason why each of them matters. */
  source: z.string().min(1, "say where the table is from"),
  columns: z.array(z.string()).min(1),
  rows: z.array(z.array(z.union([z.number(), z.string()]))).min(1),
});

const Case = z.strictObject({
  id: z.string().regex(NAME, "an id is such as MET-012"),
  title: z.string().min(1),
  requirement: z.string().regex(NAME, "a requirement's id is such as REQ-MET-1"),
  /** Hours of board time: run only when asked for. */
  long: z.boolean().default(false),
  table: Table.optional(),
  steps: z.array(Step).min(1, "a case has at least one step"),
});

export const SuiteSchema = z.strictObject({
  suite: z.string().min(1),
  title: z.string().min(1),
  /** By id, what the meter must do. */
  requirements: z.record(z.string().regex(NAME), z.string().min(1)),
  /** Before the steps of each case. */
  before: z.array(Step).default([]),
  cases: z.array(Case).min(1),
});

/** What a suite may say, as JSON Schema (draft 2020-12), for editors. */
export function suiteJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(SuiteSchema, { io: "input" });
  return { $schema, title: "Meterville suite", ...rest };
}

export type Suite = z.infer<typeof SuiteSchema>;
type PlainStep = z.infer<typeof PlainStep>;

/** One thing to do, with its kind, as the runner takes it. */
export interface BenchStep {
  readonly kind: StepKind;
  readonly value: Readonly<Record<string, unknown>> | string | boolean;
}

export interface BenchCase {
  /** With the row's number behind a table's: `MET-012/3`. */
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly requirement: string;
  /** The row's values; empty without a table. */
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly isLong: boolean;
  readonly steps: readonly BenchStep[];
}

/** A suite that contradicts itself: which case, and what to write. */
export class SuiteError extends Error {
  override readonly name = "SuiteError";
}

/** All cases of suites, tables unrolled, in order. Throws a SuiteError with every fault. */
export function casesOf(suites: readonly Suite[]): readonly BenchCase[] {
  const faults: string[] = [];
  const cases = suites.flatMap((suite) => suite.cases.flatMap((row) => unroll(suite, row, faults)));
  const seen = new Set<string>();
  for (const { id, suite } of cases) {
    if (seen.has(id)) faults.push(`${suite} ${id}: this id is taken; give each case its own`);
    seen.add(id);
  }
  if (faults.length > 0) throw new SuiteError(faults.join("\n"));
  return cases;
}

function unroll(suite: Suite, row: Suite["cases"][number], faults: string[]): BenchCase[] {
  const where = `${suite.suite} ${row.id}`;
  if (suite.requirements[row.requirement] === undefined) {
    faults.push(`${where}: requirement ${row.requirement} is not in the suite's requirements`);
  }
  const { table } = row;
  const rows = table?.rows ?? [[]];
  const written = [...suite.before, ...row.steps].flatMap(({ repeat, ...step }) =>
    repeat === undefined ? [step] : Array.from({ length: repeat.times }, () => repeat.steps).flat(),
  );
  return rows.map((values, index) => {
    const parameters: Record<string, number | string> = {};
    if (table !== undefined && values.length !== table.columns.length) {
      faults.push(
        `${where}: row ${index + 1} has ${values.length} values for ${table.columns.length} columns`,
      );
    }
    table?.columns.forEach((column, at) => {
      parameters[column] = values[at] ?? 0;
    });
    const id = table === undefined ? row.id : `${row.id}/${index + 1}`;
    const steps = written.map((step) => filled(step, parameters, `${where}`, faults));
    for (const fault of impossible(steps)) faults.push(`${suite.suite} ${id}: ${fault}`);
    return {
      id,
      suite: suite.suite,
      title: row.title.replaceAll(/\$([a-z][A-Za-z0-9]*)/g, (written, column: string) =>
        String(parameters[column] ?? written),
      ),
      requirement: row.requirement,
      parameters,
      isLong: row.long,
      steps,
    };
  });
}

function filled(
  step: PlainStep,
  parameters: Readonly<Record<string, number | string>>,
  where: string,
  faults: string[],
): BenchStep {
  const put = (value: unknown): unknown => {
    if (typeof value === "string" && PARAMETER.test(value)) {
      const known = parameters[value.slice(1)];
      if (known === undefined) faults.push(`${where}: there is no column ${value.slice(1)}`);
      return known ?? 0;
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, put(inner)]));
  };
  const kind = STEP_KINDS.find((name) => step[name] !== undefined)!;
  return { kind, value: put(step[kind]) as BenchStep["value"] };
}

/** Expectations that nothing can meet, and marks that were never set. */
function impossible(steps: readonly BenchStep[]): readonly string[] {
  const faults: string[] = [];
  const marks = new Set<string>();
  for (const { kind, value } of steps) {
    if (kind === "mark") marks.add(value as string);
    if (kind === "energy") {
      const { since } = value as z.infer<typeof ExpectEnergy>;
      if (!marks.has(since)) faults.push(`nothing was marked as "${since}" before it is asked for`);
    }
    if (kind === "expect") {
      const { is, min, max, within, for: lasting, that } = value as z.infer<typeof Expect>;
      if (is === undefined && min === undefined && max === undefined) {
        faults.push(`${that} is expected to be nothing: write is, min or max`);
      }
      if (min !== undefined && max !== undefined && Number(min) > Number(max)) {
        faults.push(`${that} can never be above ${min} and below ${max}`);
      }
      if (within !== undefined && lasting !== undefined) {
        faults.push(`${that}: write within or for, not both`);
      }
    }
    if (kind === "display") {
      const { matches } = value as { readonly matches: string };
      try {
        new RegExp(matches, "u");
      } catch {
        faults.push(`"${matches}" is no regular expression`);
      }
    }
  }
  return faults;
}
