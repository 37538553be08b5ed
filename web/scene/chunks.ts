// Places of a town in chunks of neighbours, each with its own bounds, and how fine each chunk is drawn from where one
// looks. Pure: the picture asks once for each camera, and draws what it is told.

export const LEVEL = { none: 0, full: 1, box: 2, point: 3 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

export interface Chunks {
  /** Places, chunk by chunk. */
  readonly order: Uint32Array;
  /** Chunk: its first place in `order`; one more at the end. */
  readonly starts: Uint32Array;
  /** Chunk: the middle of its bounds and their half diagonal, in m. */
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly radiusM: Float64Array;
  readonly count: number;
}

/** Cuts places into square fields with about so many in each; fields without places are no chunks. */
export function createChunks(
  xs: ArrayLike<number>,
  zs: ArrayLike<number>,
  placesAChunk: number,
): Chunks {
  const places = xs.length;
  const [left, right] = rangeOf(xs);
  const [near, far] = rangeOf(zs);
  const [width, depth] = [Math.max(1, right - left), Math.max(1, far - near)];
  const fieldM = Math.max(1, Math.sqrt((width * depth * placesAChunk) / Math.max(1, places)));
  // A place at the far border is in the last field, not beyond it.
  const across = Math.floor(width / fieldM) + 1;
  const fields = across * (Math.floor(depth / fieldM) + 1);
  const fieldOf = (place: number): number =>
    Math.floor((zs[place]! - near) / fieldM) * across + Math.floor((xs[place]! - left) / fieldM);
  const counts = new Uint32Array(fields + 1);
  for (let place = 0; place < places; place++) counts[fieldOf(place) + 1]!++;
  for (let field = 0; field < fields; field++) counts[field + 1]! += counts[field]!;
  const starts = [...new Set(counts)];
  const order = new Uint32Array(places);
  const next = counts.slice();
  for (let place = 0; place < places; place++) order[next[fieldOf(place)]!++] = place;
  const count = Math.max(0, starts.length - 1);
  const [x, z, radiusM] = [0, 1, 2].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let chunk = 0; chunk < count; chunk++) {
    const rows = order.subarray(starts[chunk], starts[chunk + 1]);
    const [x0, x1] = rangeOf(Array.from(rows, (row) => xs[row]!));
    const [z0, z1] = rangeOf(Array.from(rows, (row) => zs[row]!));
    x[chunk] = (x0 + x1) / 2;
    z[chunk] = (z0 + z1) / 2;
    radiusM[chunk] = Math.hypot(x1 - x0, z1 - z0) / 2;
  }
  return { order, starts: Uint32Array.from(starts), x, z, radiusM, count };
}

function rangeOf(values: ArrayLike<number>): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < values.length; at++) {
    least = Math.min(least, values[at]!);
    most = Math.max(most, values[at]!);
  }
  return [least, most];
}

export interface Sight {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Whether a ball on the ground may be in the picture. */
  sees(x: number, z: number, radiusM: number): boolean;
}

export interface Limits {
  /** Up to so many places, a street, everything is drawn in full from anywhere. */
  readonly alwaysMax: number;
  /** Nearer chunks are drawn in full, and further ones as boxes up to `boxM`; beyond are points. */
  readonly fullM: number;
  readonly boxM: number;
  /** At most so many places of each kind; the nearest chunks come first. */
  readonly fullMax: number;
  readonly boxMax: number;
}

/**
 * Chunk: its `LEVEL`, in `levels`. Distances are from the eye to a chunk's border. Returns whether any has changed.
 */
export function chooseLevels(
  chunks: Chunks,
  sight: Sight,
  limits: Limits,
  levels: Uint8Array,
): boolean {
  const { count, starts, x, z, radiusM } = chunks;
  const isSmall = chunks.order.length <= limits.alwaysMax;
  const away = Float64Array.from({ length: count }, (_, chunk) =>
    Math.max(0, Math.hypot(x[chunk]! - sight.x, sight.y, z[chunk]! - sight.z) - radiusM[chunk]!),
  );
  const nearest = Uint32Array.from({ length: count }, (_, chunk) => chunk).sort(
    (a, b) => away[a]! - away[b]! || a - b,
  );
  let [full, box] = [0, 0];
  let hasChanged = false;
  for (const chunk of nearest) {
    const size = starts[chunk + 1]! - starts[chunk]!;
    let level: Level = LEVEL.point;
    if (isSmall) level = LEVEL.full;
    else if (!sight.sees(x[chunk]!, z[chunk]!, radiusM[chunk]!)) level = LEVEL.none;
    else if (away[chunk]! < limits.fullM && full + size <= limits.fullMax) level = LEVEL.full;
    else if (away[chunk]! < limits.boxM && box + size <= limits.boxMax) level = LEVEL.box;
    if (level === LEVEL.full) full += size;
    if (level === LEVEL.box) box += size;
    if (levels[chunk] === level) continue;
    levels[chunk] = level;
    hasChanged = true;
  }
  return hasChanged;
}

/** Places that there must be room for. */
export const roomFor = (places: number, { alwaysMax, fullMax }: Limits): number =>
  Math.min(places, Math.max(alwaysMax, fullMax));

/** Places in chunks of this level. */
export function rowsAt(
  { order, starts, count }: Chunks,
  levels: Uint8Array,
  level: Level,
): number[] {
  const rows: number[] = [];
  for (let chunk = 0; chunk < count; chunk++) {
    if (levels[chunk] !== level) continue;
    for (let at = starts[chunk]!; at < starts[chunk + 1]!; at++) rows.push(order[at]!);
  }
  return rows;
}
