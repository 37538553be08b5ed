// Which scenario somebody has before them, wherever its files lie.

import type { ScenarioIdentity } from "../../contract/frame.ts";
import { sha256Text } from "../../core/digest.ts";
import type { ResolvedScenario } from "./resolved.ts";

/** Of a larger street no digest is made for everybody who opens its page; lessons are played in small ones. */
const HOMES_MAX = 200;

/** Keys of where texts were read, and of what a scenario expects of itself; the street is in all the others. */
const PLACES: ReadonlySet<string> = new Set(["file", "sources", "expect"]);

/** A resolved scenario never changes, and each session is told of it. */
const known = new WeakMap<ResolvedScenario, ScenarioIdentity>();

/**
 * The scenario's name and, up to 200 homes, the SHA-256 of all that it resolves to but the places of its files: the same
 * from another folder, another one with another seed or step.
 */
export function identityOf(resolved: ResolvedScenario): ScenarioIdentity {
  const identity = known.get(resolved) ?? computeIdentity(resolved);
  known.set(resolved, identity);
  return identity;
}

function computeIdentity(resolved: ResolvedScenario): ScenarioIdentity {
  const { name, records } = resolved;
  if (records.supplies.length > HOMES_MAX) return { name, sha256: null };
  const placeless = JSON.stringify(resolved, (key, value: unknown) =>
    PLACES.has(key) ? undefined : value,
  );
  return { name, sha256: sha256Text(placeless) };
}
