// `meterville scenarios`: what ships, what it shows, and whether its data is there.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { ResolvedScenario } from "../../engine/scenario/resolved.ts";
import { EXIT } from "../exit-codes.ts";
import { PROJECT_ROOT } from "../files.ts";
import { readScenario } from "./run.ts";

interface Shipped {
  readonly file: string;
  readonly title: string | null;
  readonly homes: number | null;
  readonly days: number | null;
  /** The comment at its head. */
  readonly shows: string;
  /** Why it cannot be run here; null where it can. */
  readonly problem: string | null;
}

const MS_PER_DAY = 86_400_000;
const LINE_COLUMNS = 100;

/** Lists them; 0 also where data is missing. */
export async function scenariosCommand(options: { readonly json?: boolean }): Promise<number> {
  const folder = join(PROJECT_ROOT, "scenarios");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort((a, b) => (a < b ? -1 : 1));
  const shipped = files.map((name) => look(join(folder, name)));
  if (options.json === true) process.stdout.write(`${JSON.stringify(shipped)}\n`);
  else process.stdout.write(`${shipped.map(describe).join("\n\n")}\n`);
  return EXIT.done;
}

function look(path: string): Shipped {
  const file = relative(process.cwd(), path);
  const shows = headOf(readFileSync(path, "utf8"));
  try {
    const { title, plant, durationMs }: ResolvedScenario = readScenario(path, {});
    const days = durationMs / MS_PER_DAY;
    return { file, title, homes: plant.supplies.length, days, shows, problem: null };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { file, title: null, homes: null, days: null, shows, problem };
  }
}

/** The sentences of the comment that a file begins with; hints for editors are left out. */
function headOf(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ""))
    .filter((line) => !line.startsWith("yaml-language-server:"))
    .join(" ")
    .trim();
}

function describe({ file, title, homes, days, shows, problem }: Shipped): string {
  const what =
    problem === null ? `${title}, ${homes} homes, ${days} days` : `cannot run: ${problem}`;
  return [`${file}  ${what}`, ...wrapped(shows)].join("\n");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 3 > LINE_COLUMNS) {
      lines.push(`  ${line}`);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, `  ${line}`];
}
