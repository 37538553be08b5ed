// Seeded faults of the firmware: those that somebody thought of, and those that a rule makes of any line. A suite is
// worth what it finds of them.

import { z } from "zod";
import { drawUniform } from "../../sim/core/random.ts";

/** One small change of one source file. */
export interface Mutant {
  readonly id: string;
  /** Below `firmware/`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  readonly says: string;
  /** The case that should find it. */
  readonly foundBy?: string | undefined;
}

export const MutantsSchema = z.strictObject({
  mutants: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[A-Z]+-\d+$/, "an id is such as MUT-01"),
        file: z.string().min(1),
        find: z.string().min(1),
        put: z.string(),
        says: z.string().min(1),
        foundBy: z.string().optional(),
      }),
    )
    .min(1),
});

/** A mutant whose place is not there, or is there twice. */
export class MutantError extends Error {
  override readonly name = "MutantError";
}

/** The file's text with the fault in it. Throws a MutantError unless its place is there exactly once. */
export function withMutant(text: string, { id, file, find, put }: Mutant): string {
  const count = text.split(find).length - 1;
  if (count !== 1) {
    throw new MutantError(
      `${id}: "${find}" stands ${count} times in ${file}; write a piece that stands there once`,
    );
  }
  return text.replace(find, () => put);
}

/** What a rule makes of a piece of a line. Comparisons by one, signs, logic, and statements that are dropped. */
const RULES: readonly { readonly name: string; readonly of: RegExp; readonly to: string }[] = [
  { name: "< for <=", of: / <= /, to: " < " },
  { name: "<= for <", of: / < /, to: " <= " },
  { name: "> for >=", of: / >= /, to: " > " },
  { name: ">= for >", of: / > /, to: " >= " },
  { name: "!= for ==", of: / == /, to: " != " },
  { name: "== for !=", of: / != /, to: " == " },
  { name: "- for +", of: / \+ /, to: " - " },
  { name: "+ for -", of: / - /, to: " + " },
  { name: "-= for +=", of: / \+= /, to: " -= " },
  { name: "| for &", of: / & /, to: " | " },
  { name: "&& for ||", of: / \|\| /, to: " && " },
  { name: "|| for &&", of: / && /, to: " || " },
  { name: "dropped", of: /^(\s+)[\w.]+\(.*\);$/, to: "$1;" },
];

/** Draws are keyed by this and the seed. */
const PURPOSE = 7_002;
const NO_CODE = /^\s*(\/\/|#|static_assert|case |default|template)/;

/** What the rules are let loose on: all of the meter but what is made by `npm run generate`. */
export const isRuled = (file: string): boolean =>
  file.startsWith("core/") && file !== "core/protocol.h";

/** All places where a rule fits a line that stands once in its file, in order of files, lines and rules. */
export function mechanicalMutants(
  sources: readonly { readonly file: string; readonly text: string }[],
): readonly Mutant[] {
  const all: Mutant[] = [];
  for (const { file, text } of sources) {
    text.split("\n").forEach((line, index) => {
      if (NO_CODE.test(line) || text.split(line).length !== 2) return;
      for (const { name, of, to } of RULES) {
        if (!of.test(line)) continue;
        const id = `RULE-${all.length + 1}`;
        const says = `${name} in line ${index + 1}: ${line.trim()}`;
        all.push({ id, file, find: line, put: line.replace(of, to), says });
      }
    });
  }
  return all;
}

/** So many of them, drawn by the seed, each from another place. */
export function chooseMutants(
  all: readonly Mutant[],
  count: number,
  seed: number,
): readonly Mutant[] {
  const left = [...all];
  const chosen: Mutant[] = [];
  for (let turn = 0; turn < count && left.length > 0; turn++) {
    const at = Math.floor(drawUniform(seed, turn, 0, PURPOSE) * left.length);
    chosen.push(...left.splice(at, 1));
  }
  return chosen;
}
