// The topics of a recording and their JSON Schemas, so that Lichtblick and Foxglove can plot them.

export const RECORDING_VERSION = 2;
/** Version 1 held the answers of boards as JSON, between the inputs. */
export const READABLE_VERSIONS: readonly number[] = [1, RECORDING_VERSION];
export const RECORDING_PROFILE = "meterville";

/** Attachment names. */
export const ATTACHMENT = { scenario: "resolved-scenario.json", result: "result.json" } as const;

/** Topics that are there once; supply points add `/truth/ID` and `/belief/ID`. */
export const TOPIC = {
  journal: "/journal",
  /** The journal's other half: what boards answered, in the bytes of `answer-columns.ts`. */
  answers: "/journal/answers",
  digests: "/digests",
  keyframe: "/keyframe",
  truthStreet: "/truth/street",
  beliefStreet: "/belief/street",
  truthEvents: "/truth/events",
  beliefEvents: "/belief/events",
} as const;

type JsonSchema = Readonly<Record<string, unknown>>;

const number = (description: string): JsonSchema => ({ type: "number", description });
const nullable = (description: string): JsonSchema => ({ type: ["number", "null"], description });
const object = (title: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title,
  type: "object",
  properties,
});

export const TRUTH_SUPPLY_SCHEMA = object("meterville.TruthSupply", {
  voltageV: number("Voltage at the supply point, V"),
  currentA: number("Current through the service cable, A"),
  activePowerW: number("Active power into the home, stolen power included, W"),
  deliveredWh: number("Energy that flowed since the start, stolen energy included, Wh"),
  importWh: number("The meter's import register, Wh"),
  relayOpen: number("1 while the meter's relay is open"),
  bypassShare: number("Share of the current around the sensor, 0 to 1"),
  waiting: number("Readings in the outbox that have not arrived"),
});

export const BELIEF_SUPPLY_SCHEMA = object("meterville.BeliefSupply", {
  importWh: nullable("Import register as the company knows it, Wh"),
  activePowerW: nullable("Mean power over the newest interval known, W"),
  voltageV: nullable("Voltage in the newest reading, V"),
  measuredAt: nullable("When that was measured, ms since the start"),
  receivedAt: nullable("When the head-end received it, ms since the start"),
  isLate: number("1 while the newest expected reading is overdue"),
  missingIntervals: number("Intervals that are estimated"),
  relayOpen: nullable("1 where the company believes the relay open"),
  accountState: { type: "string", description: "Where the account stands" },
  owedMinor: number("What the customer owes, smallest coins"),
  arrearsMinor: number("What is past its due date and not disputed, smallest coins"),
  disputedMinor: number("What a dispute keeps on hold, smallest coins"),
  caseId: { type: "string", description: "Id of an open case" },
});

export const OBJECT_SCHEMA: JsonSchema = { type: "object" };
export const EVENT_SCHEMA = object("meterville.Event", {
  sequence: number("Order of events in the run"),
  text: { type: "string", description: "One sentence" },
  event: { type: "object" },
});

/** One hour of digests: for every simulated minute the chain's head, and 32 bits of each part that decides. */
export interface DigestHour {
  readonly names: readonly string[];
  readonly simMs: readonly number[];
  /** First 16 hexadecimal digits of the chain after each minute. */
  readonly chains: readonly string[];
  /** Row-major: minute × part; 8 hexadecimal digits each. */
  readonly parts: string;
  /** The whole chain after the last minute. */
  readonly chain: string;
}

/** Nanoseconds, as MCAP counts. */
export const nanoseconds = (epochMs: number): bigint => BigInt(Math.round(epochMs)) * 1_000_000n;
