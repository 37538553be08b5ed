// Misbehaving clients are told about on the terminal once a kind and client, and a flood of them is cut short.

/** After this long the same thing is told again, with how often it came meanwhile. */
const SILENCE_WALL_MS = 60_000;
const LINES_PER_SILENCE_MAX = 20;
const KEYS_MAX = 1_000;

/** `kind` and `who` make the key, `text` the line. */
export type TellOnce = (kind: string, who: string, text: string) => void;

/** `write` gets one line without its end; `nowWallMs` is any clock that only goes forward. */
export function createTellOnce(write: (line: string) => void, nowWallMs: () => number): TellOnce {
  const told = new Map<string, { untilWallMs: number; unsaid: number }>();
  let linesLeft = LINES_PER_SILENCE_MAX;
  let refilledWallMs = nowWallMs();
  return (kind, who, text) => {
    const nowMs = nowWallMs();
    if (nowMs - refilledWallMs >= SILENCE_WALL_MS) {
      refilledWallMs = nowMs;
      linesLeft = LINES_PER_SILENCE_MAX;
    }
    const key = `${kind}/${who}`;
    const before = told.get(key);
    if (before !== undefined && nowMs < before.untilWallMs) {
      before.unsaid++;
      return;
    }
    if (told.size >= KEYS_MAX) told.clear();
    told.set(key, { untilWallMs: nowMs + SILENCE_WALL_MS, unsaid: 0 });
    if (linesLeft === 0) return;
    linesLeft--;
    const more = before === undefined || before.unsaid === 0 ? "" : ` (${before.unsaid} more)`;
    write(
      linesLeft > 0
        ? `${text}${more}`
        : `${text}${more}; more of this kind is not told for a minute`,
    );
  };
}

/** A name that a stranger chose, fit for a terminal: printable, short, in quotes. */
export function quoted(name: string): string {
  const printable = name.replace(/[^\x20-\x7e]/g, "?");
  return `"${printable.length > 40 ? `${printable.slice(0, 40)}…` : printable}"`;
}
