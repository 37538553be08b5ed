// Where a rule makes one place worse, it is broken there, and the reason stands here.

import type { Problem } from "./source-file.ts";

export interface Exemption {
  readonly rule: string;
  readonly path: string;
  /** A part of the message, where only some problems of the file are meant. */
  readonly about?: string;
  readonly reason: string;
}

export const EXEMPTIONS: readonly Exemption[] = [
  {
    rule: "pure folders are synchronous",
    path: "sim/contract/meter-device.ts",
    about: "uses Promise",
    reason: "the port is asynchronous because boards are; these are types, and no engine calls it",
  },
  {
    rule: "pure folders iterate in an order that cannot differ",
    path: "sim/engine/run-changes.ts",
    about: "iterates over Object.entries(value)",
    reason: "a report is told in the order in which report.ts builds it; no step reads it",
  },
];

/** The problems that no exemption covers, and one for each exemption that covers nothing. */
export function afterExemptions(
  problems: readonly Problem[],
  exemptions: readonly Exemption[],
): readonly Problem[] {
  const unused = new Set(exemptions);
  const left = problems.filter((problem) => {
    const exemption = exemptions.find((each) => covers(each, problem));
    if (exemption !== undefined) unused.delete(exemption);
    return exemption === undefined;
  });
  const needless = [...unused].map(({ rule, path }) => ({
    rule,
    path,
    line: 1,
    message: `no longer needs its exemption from "${rule}"; remove it from test/tidy/exemptions.ts`,
  }));
  return [...left, ...needless];
}

function covers(exemption: Exemption, problem: Problem): boolean {
  return (
    exemption.rule === problem.rule &&
    exemption.path === problem.path &&
    problem.message.includes(exemption.about ?? "")
  );
}
