// What is wrong with a network file, where, and what to write instead.

export interface DssProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `Line.LINE1.linecode`, or empty. */
  readonly field: string;
  readonly fix: string;
}

/** Every fault of a network at once. */
export class DssError extends Error {
  override readonly name = "DssError";
  readonly problems: readonly DssProblem[];
  constructor(problems: readonly DssProblem[]) {
    super(
      problems
        .map(({ file, line, column, field, fix }) => `${file}:${line}:${column} ${field}: ${fix}`)
        .join("\n"),
    );
    this.problems = problems;
  }
}
