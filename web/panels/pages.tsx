// Long lists in pages, so that a town of 100,000 homes is as quick to walk through as a street.

export const PAGE_ROWS = 200;

/** First row of the page that this row is on. */
export const pageStart = (row: number): number =>
  Math.floor(Math.max(0, row) / PAGE_ROWS) * PAGE_ROWS;

/** Where one is in a list, and buttons to the pages beside; nothing where all rows are on one. */
export function Pages({
  from,
  count,
  what,
  onPage,
}: {
  readonly from: number;
  readonly count: number;
  /** What the rows are, in the plural. */
  readonly what: string;
  readonly onPage: (from: number) => void;
}) {
  if (count <= PAGE_ROWS) return null;
  const last = Math.min(count, from + PAGE_ROWS);
  return (
    <nav className="pages" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={from === 0} onClick={() => onPage(from - PAGE_ROWS)}>
        Earlier
      </button>
      <span className="muted">
        {(from + 1).toLocaleString("en")}–{last.toLocaleString("en")} of{" "}
        {count.toLocaleString("en")}
      </span>
      <button type="button" disabled={last === count} onClick={() => onPage(from + PAGE_ROWS)}>
        Later
      </button>
    </nav>
  );
}
