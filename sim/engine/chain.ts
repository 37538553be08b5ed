// The chain of digests that names a run: from the resolved scenario on, one link a simulated minute, one more
// for everything at each keyframe and at the end.

import { bytesOfHex, digestUtf16, hexOf, sha256Bytes } from "../core/digest.ts";
import { digestColumn, isColumn, partPaths, valueAt } from "./snapshot.ts";

const WORDS_PER_DIGEST = 4;

/** Parts that decide what happens next; digested every simulated minute. Prefixes of part names. */
const DECIDING = [
  "air.",
  "belief.accounts",
  "belief.billing",
  "belief.commandCounts",
  "belief.commands",
  "belief.detection.cases",
  "belief.detection.countsFrom",
  "belief.detection.namedDays",
  "belief.headend.lastSequence",
  "belief.ledger",
  "belief.rates.",
  "engine.",
  "plant.customers.",
  "plant.cuts.",
  "plant.fuses.",
  "plant.meters.",
  "plant.theft.",
];

/** Which parts a digest covers, and room for their digests. */
export interface DigestPlan {
  readonly names: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly words: Uint32Array;
  /** Row: part. The text that the words are the digest of; most state objects are the same for hours. */
  readonly texts: (string | undefined)[];
}

/** The plan for the parts that decide, or for all of them. Paths stay the same as long as a world lives. */
export function planDigests(world: unknown, which: "deciding" | "all"): DigestPlan {
  const paths = partPaths(world).filter((path) => {
    const name = path.join(".");
    // The chain itself is what the digests go into.
    if (name === "engine.chain") return false;
    return which === "all" || DECIDING.some((prefix) => name.startsWith(prefix));
  });
  return {
    names: paths.map((path) => path.join(".")),
    paths,
    words: new Uint32Array(paths.length * WORDS_PER_DIGEST),
    texts: paths.map(() => undefined),
  };
}

/** Digests every part of the plan into its words. */
export function digestParts(plan: DigestPlan, world: unknown): void {
  const { paths, texts, words } = plan;
  paths.forEach((path, index) => {
    const value = valueAt(world, path);
    if (isColumn(value)) {
      digestColumn(value, words, index * WORDS_PER_DIGEST);
      return;
    }
    const text = JSON.stringify(value);
    if (text === texts[index]) return;
    texts[index] = text;
    digestUtf16(text, words, index * WORDS_PER_DIGEST);
  });
}

/** The next link: SHA-256 over the last one, the time and the plan's digests. */
export function nextLink(chain: Uint8Array, simMs: number, plan: DigestPlan): Uint8Array {
  const bytes = new Uint8Array(chain.length + 8 + plan.words.byteLength);
  bytes.set(chain, 0);
  new DataView(bytes.buffer).setFloat64(chain.length, simMs, true);
  bytes.set(new Uint8Array(plan.words.buffer), chain.length + 8);
  return sha256Bytes(bytes);
}

/** The first link: of the resolved scenario's SHA-256 and the seed in it. */
export function firstLink(scenarioSha256: string): Uint8Array {
  return sha256Bytes(bytesOfHex(scenarioSha256));
}

/** What `finalHash` would be if the run ended now; changes nothing. */
export function hashNow(chain: Uint8Array, simMs: number, all: DigestPlan, world: unknown): string {
  digestParts(all, world);
  return hexOf(nextLink(chain, simMs, all));
}
