// What a link says of a run in the page: a shipped scenario by name, with its seed; what somebody has changed in it,
// and what has been done since, packed behind the `#`, so that no server sees it.

import type { JournalEntry } from "../../sim/contract/input.ts";
import type { TwinSource } from "./local-messages.ts";
import { packJson, unpackJson } from "./packed-json.ts";

export const FIRST_SCENARIO = "first-street";
/** Version of what is packed. */
const LINK_VERSION = 1;
/** More than any browser puts into its address bar. */
const PACKED_MAX = 2_000_000;
const SCENARIO = /^[a-z0-9][a-z0-9-]{0,60}$/;
const NO_SENSE = "the link is damaged: copy it whole, or open the scenario without it";

interface Packed {
  readonly version: number;
  readonly text?: string;
  readonly journal?: readonly JournalEntry[];
}

/** The source that an address names; throws a sentence where it makes no sense. */
export function readTwinLink(address: URL): TwinSource {
  const query = address.searchParams;
  const scenario = query.get("scenario") ?? FIRST_SCENARIO;
  if (!SCENARIO.test(scenario)) throw new Error(`"${scenario.slice(0, 40)}" is no scenario's name`);
  const seedText = query.get("seed");
  const seed = seedText === null ? undefined : Number(seedText);
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new Error(`the link's seed is no whole number: ${seedText?.slice(0, 20)}`);
  }
  const { text, journal = [] } = unpack(address.hash);
  return {
    ...{ scenario, journal },
    ...(seed === undefined ? {} : { seed }),
    ...(text === undefined ? {} : { text }),
  };
}

function unpack(hash: string): Partial<Packed> {
  const packed = new URLSearchParams(hash.replace(/^#/, "")).get("twin");
  if (packed === null || packed === "") return {};
  if (packed.length > PACKED_MAX) throw new Error(NO_SENSE);
  let content: Packed;
  try {
    content = unpackJson(packed) as Packed;
  } catch {
    throw new Error(NO_SENSE);
  }
  if (typeof content !== "object" || content === null || !Number.isInteger(content.version)) {
    throw new Error(NO_SENSE);
  }
  if (content.version > LINK_VERSION) {
    throw new Error(
      `the link is of version ${content.version}, this page reads up to ${LINK_VERSION}; load the newest page`,
    );
  }
  const { text, journal } = content;
  const isText = text === undefined || typeof text === "string";
  if (!isText || (journal !== undefined && !isJournal(journal))) throw new Error(NO_SENSE);
  return content;
}

const isJournal = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (entry: unknown) =>
      typeof entry === "object" &&
      entry !== null &&
      "takesEffectAtMs" in entry &&
      Number.isSafeInteger(entry.takesEffectAtMs) &&
      "sequence" in entry &&
      Number.isSafeInteger(entry.sequence) &&
      "kind" in entry,
  );

/** An address that opens this source; what else it says stays. Throws where a link cannot hold it. */
export function writeTwinLink(source: TwinSource, address: URL): URL {
  if (source.resolvedText !== undefined) {
    throw new Error("a recording or a server's run is too large for a link; send the file");
  }
  const url = new URL(address);
  url.searchParams.set("scenario", source.scenario);
  if (source.seed === undefined) url.searchParams.delete("seed");
  else url.searchParams.set("seed", String(source.seed));
  const { text, journal } = source;
  const content: Packed = {
    version: LINK_VERSION,
    ...(text === undefined ? {} : { text }),
    ...(journal.length === 0 ? {} : { journal }),
  };
  if (Object.keys(content).length === 1) {
    url.hash = "";
    return url;
  }
  url.hash = `twin=${packJson(content)}`;
  return url;
}
