// What is wrong with a file that somebody wrote, where, and what to write instead.

/** One fault of one file; lines and columns count from 1, 0 where the place is unknown. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly field: string;
  readonly fix: string;
}

/** Every fault of a scenario at once. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], options?: { cause?: unknown }) {
    super(problems.map(problemLine).join("\n"), options);
    this.problems = problems;
  }
}

/** `town.yaml:4:16 cells.0.lossShare: a share is 0 to 1; for 12 % write 0.12` */
export function problemLine({ file, line, column, field, fix }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return field === "" ? `${place}: ${fix}` : `${place} ${field}: ${fix}`;
}

const KNOWN_SHOWN_MAX = 8;

/** What to say of a name that nobody knows: the nearest right one, or some that there are. */
export function hintOf(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  if (near !== undefined) return `did you mean ${near}?`;
  const rest = known.length > KNOWN_SHOWN_MAX ? ", …" : "";
  return `known: ${known.slice(0, KNOWN_SHOWN_MAX).join(", ")}${rest}`;
}

/** The candidate that is fewest edits away from `word` (Levenshtein), or undefined where none is close. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    // Every letter too many is an edit; what somebody sends may be megabytes long.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
