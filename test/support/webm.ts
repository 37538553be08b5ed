// Reads of a WebM file what a test asks: its codec, size, duration and the times of its frames (RFC 8794, RFC 9559).

export interface ReadFilm {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly frames: readonly {
    readonly atMs: number;
    readonly isKey: boolean;
    readonly bytes: number;
  }[];
  /** Bytes from the segment's start to each cluster that a cue names, and whether a cluster is there. */
  readonly cues: readonly boolean[];
}

const MASTERS = new Set([
  ...[0x1a45dfa3, 0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0x1f43b675],
  ...[0x1c53bb6b, 0xbb, 0xb7],
]);
const CLUSTER = 0x1f43b675;

export function readWebm(bytes: Uint8Array): ReadFilm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const film = { codec: "", width: 0, height: 0, durationMs: 0 };
  const frames: { atMs: number; isKey: boolean; bytes: number }[] = [];
  const cuePositions: number[] = [];
  let segmentAt = 0;
  let clusterMs = 0;
  const lengthAt = (at: number): number => Math.clz32(bytes[at]!) - 23;
  const idAt = (at: number): number => {
    let id = 0;
    for (let index = 0; index < lengthAt(at); index++) id = id * 256 + bytes[at + index]!;
    return id;
  };
  const whole = (from: number, to: number): number => {
    let value = 0;
    for (let at = from; at < to; at++) value = value * 256 + bytes[at]!;
    return value;
  };
  const walk = (from: number, to: number): void => {
    for (let at = from; at < to; ) {
      const id = idAt(at);
      at += lengthAt(at);
      const sizeLength = lengthAt(at);
      // The first bits say how long the size is.
      const high = bytes[at]! & (0xff >> sizeLength);
      const size = high * 256 ** (sizeLength - 1) + whole(at + 1, at + sizeLength);
      at += sizeLength;
      const end = at + size;
      if (end > to) throw new Error(`element ${id.toString(16)} is longer than what holds it`);
      if (id === 0x18538067) segmentAt = at;
      if (MASTERS.has(id)) walk(at, end);
      else if (id === 0x4489) film.durationMs = view.getFloat64(at);
      else if (id === 0x86) film.codec = new TextDecoder().decode(bytes.subarray(at, end));
      else if (id === 0xb0) film.width = whole(at, end);
      else if (id === 0xba) film.height = whole(at, end);
      else if (id === 0xe7) clusterMs = whole(at, end);
      else if (id === 0xf1) cuePositions.push(whole(at, end));
      else if (id === 0xa3) {
        const atMs = clusterMs + view.getInt16(at + 1);
        frames.push({ atMs, isKey: (bytes[at + 3]! & 0x80) !== 0, bytes: size - 4 });
      }
      at = end;
    }
  };
  walk(0, bytes.length);
  return { ...film, frames, cues: cuePositions.map((each) => idAt(segmentAt + each) === CLUSTER) };
}
