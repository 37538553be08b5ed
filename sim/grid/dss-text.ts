// OpenDSS scripts as text: lines, comments, continuations, parameters. Knows no element.

/** Where something stands; lines and columns count from 1. */
export interface DssPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One parameter: `key=value`, or a value alone (`key` is then empty). Brackets and quotes are taken off. */
export interface DssParameter {
  readonly key: string;
  readonly value: string;
  readonly place: DssPlace;
}

export interface DssCommand {
  /** Lower case: `new`, `edit`, `redirect`, … or `~` for a continuation. */
  readonly verb: string;
  readonly parameters: readonly DssParameter[];
  readonly place: DssPlace;
}

const CLOSING: Readonly<Record<string, string>> = {
  "[": "]",
  "(": ")",
  "{": "}",
  '"': '"',
  "'": "'",
};

/**
 * Splits a script into commands; `Line.a.length=3` is `edit Line.a length=3`. A bracket that is never closed ends
 * with its line.
 */
export function readCommands(text: string, file: string): readonly DssCommand[] {
  const commands: DssCommand[] = [];
  const lines = withoutBlockComments(text.replace(/^\uFEFF/, "")).split(/\r\n|\n|\r/);
  lines.forEach((source, index) => {
    const line = withoutLineComment(source);
    const assignment = /^\s*([A-Za-z]\w*\.\S+?)\.%?\w+\s*=/.exec(line);
    if (assignment !== null) {
      const target = assignment[1]!;
      const column = line.indexOf(target) + 1;
      const place = { file, line: index + 1, column };
      const rest = readParameters(line, column + target.length, file, index + 1);
      const parameters = [{ key: "", value: target, place }, ...rest];
      commands.push({ verb: "edit", parameters, place });
      return;
    }
    const match = /^\s*(~|[A-Za-z?][\w.]*)/.exec(line);
    if (match === null) return;
    const verb = match[1]!.toLowerCase();
    const start = match[0].length;
    const place = { file, line: index + 1, column: start - match[1]!.length + 1 };
    commands.push({ verb, parameters: readParameters(line, start, file, index + 1), place });
  });
  return commands;
}

function withoutBlockComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\r\n]/g, " "));
}

function withoutLineComment(line: string): string {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "!" || (char === "/" && line[at + 1] === "/")) return line.slice(0, at);
  }
  return line;
}

function readParameters(
  line: string,
  start: number,
  file: string,
  lineNumber: number,
): readonly DssParameter[] {
  const parameters: DssParameter[] = [];
  let at = start;
  const skip = (pattern: RegExp): void => {
    while (at < line.length && pattern.test(line[at]!)) at++;
  };
  for (;;) {
    skip(/[\s,]/);
    if (at >= line.length) return parameters;
    const place = { file, line: lineNumber, column: at + 1 };
    let [value, next] = readValue(line, at);
    at = next;
    skip(/\s/);
    let key = "";
    if (line[at] === "=") {
      key = value.toLowerCase();
      at++;
      skip(/\s/);
      [value, next] = readValue(line, at);
      at = Math.max(next, at);
    }
    parameters.push({ key, value, place });
  }
}

function readValue(line: string, start: number): [value: string, next: number] {
  const closing = CLOSING[line[start] ?? ""];
  if (closing !== undefined) {
    const opening = line[start]!;
    let depth = 0;
    for (let at = start; at < line.length; at++) {
      if (line[at] === closing && (at > start || closing !== opening)) {
        depth--;
        if (depth <= 0) return [line.slice(start + 1, at), at + 1];
      } else if (line[at] === opening) depth++;
    }
    return [line.slice(start + 1), line.length];
  }
  let at = start;
  while (at < line.length && !/[\s,=]/.test(line[at]!)) at++;
  return [line.slice(start, at), Math.max(at, start + 1)];
}

/** The numbers of an array value: divided by blanks, commas or bars. NaN where one is none. */
export function numbersOf(value: string): number[] {
  return value
    .split(/[\s,|]+/)
    .filter((word) => word !== "")
    .map(Number);
}

/** The words of an array value. */
export function wordsOf(value: string): string[] {
  return value.split(/[\s,]+/).filter((word) => word !== "");
}
