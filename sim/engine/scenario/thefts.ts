// The thefts of a scenario: what each is, at which home, and with what habits.

import { theftSizeProblems } from "../../contract/theft.ts";
import { minuteOf, type SimMs } from "../../core/time.ts";
import type { TheftSpec } from "../../plant/spec.ts";
import type { Faults } from "./faults.ts";
import type { Scenario } from "./schema.ts";

type Path = readonly (string | number)[];

export interface TheftReaders {
  readonly known: (id: string, path: Path) => string;
  readonly moment: (text: string, path: Path) => SimMs;
  readonly faults: Faults;
}

/** Names every fault at its place. */
export function theftsOf(
  { thefts }: Scenario,
  { known, moment, faults }: TheftReaders,
): readonly TheftSpec[] {
  const specs = thefts.map((theft, index): TheftSpec => {
    const path = ["thefts", index];
    const { kind, share, powerW, ramp, days, aboveW, opensCover } = theft;
    for (const problem of theftSizeProblems(kind, { share, powerW })) {
      faults.add([...path, problem.path], problem.message);
    }
    const target = known(theft.target, [...path, "target"]);
    const from = moment(theft.from, [...path, "from"]);
    const until = theft.until === undefined ? null : moment(theft.until, [...path, "until"]);
    if (until !== null && until <= from) {
      faults.add(
        [...path, "until"],
        `a theft ends after it begins; write a moment after ${theft.from}`,
      );
    } else if (until !== null && ramp > until - from) {
      faults.add([...path, "ramp"], "it ends before it has grown; write a shorter ramp");
    }
    if (ramp > 0 && kind === "relay-bypass") {
      faults.add([...path, "ramp"], "a bridge over a relay is there or not; leave the ramp out");
    }
    if (aboveW > 0 && (kind === "hook" || kind === "relay-bypass")) {
      faults.add([...path, "aboveW"], `${kind} knows nothing of what the home draws; leave it out`);
    }
    return {
      target,
      kind,
      intensity: kind === "hook" ? (powerW ?? 0) : (share ?? 1),
      from,
      until,
      rampMs: ramp,
      windows: theft.hours.map((text) => windowOf(text)),
      days,
      aboveW,
      opensCover,
    };
  });
  noteOverlaps(specs, faults);
  return specs;
}

/** `18:00-23:00`, as the schema lets through. */
function windowOf(text: string): TheftSpec["windows"][number] {
  const [from = "", until = ""] = text.split("-");
  return { fromMinute: minuteOf(from), untilMinute: minuteOf(until) };
}

/** Two of one kind at one home are one: which of them would count? */
function noteOverlaps(specs: readonly TheftSpec[], faults: Faults): void {
  specs.forEach((spec, index) => {
    const before = specs.findIndex((other, at) => at < index && isSame(other, spec));
    if (before < 0) return;
    faults.add(
      ["thefts", index, "from"],
      `${spec.target} has a ${spec.kind} at that time already (thefts.${before}); end that one first`,
    );
  });
}

const isSame = (a: TheftSpec, b: TheftSpec): boolean =>
  a.target === b.target &&
  a.kind === b.kind &&
  a.from < (b.until ?? Number.POSITIVE_INFINITY) &&
  b.from < (a.until ?? Number.POSITIVE_INFINITY);
