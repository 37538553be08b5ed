// `meterville solve`: the power flow of an OpenDSS feeder, a snapshot or a day.

import { problemLine } from "../../engine/scenario/problem.ts";
import { DssError } from "../../grid/dss-error.ts";
import { importOpenDss } from "../../grid/opendss.ts";
import { nodesCsv, solveDay, solveFeeder } from "../../grid/solve-report.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { createReadText } from "../files.ts";
import { checkTargets, writeTarget } from "../targets.ts";

export interface SolveOptions {
  readonly csv?: string;
  readonly day?: boolean;
  readonly loadModel: "opendss" | "constant-power";
  readonly json?: boolean;
}

const TOLERANCE_PU = 1e-9;

/** Solves and prints; returns 1 where it did not converge. */
export async function solveCommand(file: string, options: SolveOptions): Promise<number> {
  if (options.csv !== undefined) {
    const target = { option: "--csv", path: options.csv, kind: "csv" } as const;
    checkTargets([target], [{ option: "the feeder", path: file }]);
  }
  const feeder = readFeeder(file);
  const { loadModel } = options;
  const solve = { loadModel, tolerancePu: TOLERANCE_PU };
  const result = options.day === true ? solveDay(feeder, solve) : solveFeeder(feeder, solve);
  if (options.csv !== undefined) {
    writeTarget({ option: "--csv", path: options.csv }, nodesCsv(result.nodes));
  }
  const { nodes, ...rest } = result;
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ...rest, nodes: nodes.length })}\n`);
  else process.stdout.write(`${sentence(file, result)}\n`);
  return result.converged ? EXIT.done : EXIT.no;
}

function readFeeder(file: string): ReturnType<typeof importOpenDss> {
  try {
    return importOpenDss(file, createReadText());
  } catch (cause) {
    if (cause instanceof DssError) {
      throw new CallerError(cause.problems.map(problemLine).join("\n"), { cause });
    }
    if (cause instanceof Error) throw new CallerError(cause.message, { cause });
    throw cause;
  }
}

function sentence(file: string, result: object): string {
  const rows = Object.entries(result).filter(([, value]) => typeof value !== "object");
  return [
    file,
    ...rows.map(
      ([key, value]) =>
        `  ${key.padEnd(22)} ${typeof value === "number" ? Number(value.toPrecision(9)) : String(value)}`,
    ),
  ].join("\n");
}
