// A few of many, evenly spread.

/** At most so many of them, in their order, the first and the last among them. `most` is at least 2. */
export function evenly<Value>(all: readonly Value[], most: number): readonly Value[] {
  if (all.length <= most) return all;
  return Array.from(
    { length: most },
    (_, index) => all[Math.round((index * (all.length - 1)) / (most - 1))]!,
  );
}
