// Where in a document a cursor stands: by columns, so that it also works in lines that are half written.

/** Steps from the document's top: a key's name, or an element of a list. */
export type PlaceStep = string | typeof ELEMENT;
export const ELEMENT: unique symbol = Symbol("an element of a list");

export interface Place {
  /** The map in which a key is written, or whose key's value is. */
  readonly path: readonly PlaceStep[];
  /** The key whose value is written; null while a key itself is. */
  readonly key: string | null;
  /** What of the word is there before the cursor, and where it begins. */
  readonly word: string;
  readonly from: number;
  /** Keys that stand in the same map already. */
  readonly siblings: ReadonlySet<string>;
}

interface Token {
  readonly column: number;
  /** Null for the dash of a list's element. */
  readonly key: string | null;
}

const KEY = /^([A-Za-z_][\w-]*)\s*:(\s|$)/;

/** Dashes and the key of a line, from left to right. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let column = line.length - line.trimStart().length;
  while (/^-(\s|$)/.test(line.slice(column))) {
    tokens.push({ column, key: null });
    const rest = line.slice(column + 1);
    column += 1 + (rest.length - rest.trimStart().length);
  }
  const key = KEY.exec(line.slice(column))?.[1];
  if (key !== undefined) tokens.push({ column, key });
  return tokens;
}

const isEmpty = (line: string): boolean => /^\s*(#.*)?$/.test(line);

/** Keys and elements above `row` that enclose what stands at `column`. */
function enclosing(lines: readonly string[], row: number, column: number): readonly PlaceStep[] {
  const path: PlaceStep[] = [];
  let limit = column;
  // A list may stand at the column of its own key.
  let isSameAllowed = false;
  for (let at = row; at >= 0 && limit >= 0; at--) {
    const line = lines[at]!;
    if (isEmpty(line)) continue;
    for (const token of [...tokensOf(line)].reverse()) {
      const isOutside = token.column < limit || (isSameAllowed && token.column === limit);
      if (!isOutside || (isSameAllowed && token.key === null && token.column === limit)) continue;
      path.unshift(token.key ?? ELEMENT);
      limit = token.column;
      isSameAllowed = token.key === null;
    }
  }
  return path;
}

/** Keys of the map whose keys stand at `column` around `row`. */
function keysAround(lines: readonly string[], row: number, column: number): ReadonlySet<string> {
  const keys = new Set<string>();
  const look = (at: number): boolean => {
    const line = lines[at]!;
    if (isEmpty(line)) return true;
    const tokens = tokensOf(line);
    const first = tokens[0]?.column ?? line.length - line.trimStart().length;
    const isInside = first >= column;
    const isBegun = !isInside && at < row && tokens.some(({ key }) => key === null);
    const key = tokens.find((each) => each.column === column)?.key;
    if (key != null && (isInside || isBegun)) keys.add(key);
    return isInside;
  };
  // A line that begins an element has nothing of it above.
  const isFirst = /^\s*-(\s|$)/.test(lines[row] ?? "");
  for (let at = row - 1; !isFirst && at >= 0; at--) if (!look(at)) break;
  for (let at = row + 1; at < lines.length; at++) if (!look(at)) break;
  return keys;
}

/** The place of a cursor. Never throws, whatever the text is. */
export function placeAt(text: string, offset: number): Place {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const lines = text.split("\n");
  const row = text.slice(0, start).split("\n").length - 1;
  const before = text.slice(start, offset);
  const brace = openBrace(before);
  if (brace >= 0) return placeInBraces(lines, { row, before, brace, start });
  const dashes = /^\s*(- +)*/.exec(before)![0];
  const rest = before.slice(dashes.length);
  const column = dashes.length;
  const dashTokens = tokensOf(`${dashes}x:`).filter(({ key }) => key === null);
  const path = [...pathAbove(lines, row, column, dashTokens)];
  const siblings = keysAround(lines, row, column);
  const written = KEY.exec(rest);
  if (written === null) {
    const word = /[\w-]*$/.exec(rest)![0];
    return { path, key: null, word, from: offset - word.length, siblings };
  }
  const word = /[^\s"']*$/.exec(rest)![0];
  return { path, key: written[1]!, word, from: offset - word.length, siblings };
}

/** What encloses a key behind these dashes of its own line. */
function pathAbove(
  lines: readonly string[],
  row: number,
  column: number,
  dashes: readonly Token[],
): readonly PlaceStep[] {
  const [first] = dashes;
  if (first === undefined) return enclosing(lines, row - 1, column);
  const above = enclosing(
    [...lines.slice(0, row), `${" ".repeat(first.column)}- x: 0`],
    row,
    first.column + 1,
  );
  return [...above, ...dashes.slice(1).map((): PlaceStep => ELEMENT)];
}

/** Where the innermost brace that is still open begins; −1 without one. */
function openBrace(before: string): number {
  const open: number[] = [];
  for (let at = 0; at < before.length; at++) {
    if (before[at] === "{") open.push(at);
    if (before[at] === "}") open.pop();
  }
  return open.at(-1) ?? -1;
}

/** Whether a list in one line is still open. */
function isInBrackets(before: string): boolean {
  const letters = [...before];
  const count = (letter: string): number => letters.filter((each) => each === letter).length;
  return count("[") > count("]");
}

interface Braces {
  readonly row: number;
  readonly before: string;
  readonly brace: number;
  readonly start: number;
}

/** In a map that is written in one line; of maps within maps the outer ones are looked at alike. */
function placeInBraces(lines: readonly string[], { row, before, brace, start }: Braces): Place {
  const outside = before.slice(0, brace);
  const holder = placeAt([...lines.slice(0, row), outside].join("\n"), start + outside.length);
  const path = holder.key === null ? holder.path : [...holder.path, holder.key];
  const inside = before.slice(brace + 1);
  const entry = inside.slice(inside.lastIndexOf(",") + 1);
  const siblings = new Set([...inside.matchAll(/([A-Za-z_][\w-]*)\s*:/g)].map(([, key]) => key!));
  const key = /^\s*([A-Za-z_][\w-]*)\s*:\s/.exec(entry)?.[1] ?? null;
  const word = /[^\s"'{[]*$/.exec(entry)![0];
  const from = start + before.length - word.length;
  // `- {`: the brace is the element itself.
  const isElement =
    isInBrackets(outside) || (/-\s*$/.test(outside) && holder.path.at(-1) !== ELEMENT);
  return { path: isElement ? [...path, ELEMENT] : path, key, word, from, siblings };
}
