// A WebM file (Matroska, RFC 9559) of one video track, from encoded frames. Times are what the caller says, so that a
// film is even however slowly its frames were drawn.

const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  defaultDuration: 0x23e383,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
} as const;

export interface FilmFrame {
  readonly bytes: Uint8Array;
  /** Of the film, whole milliseconds, from 0 on. */
  readonly atMs: number;
  readonly isKey: boolean;
}

export interface Film {
  readonly codec: "vp8" | "vp9";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  /** In order of time; the first one is a key. */
  readonly frames: readonly FilmFrame[];
}

type Part = Uint8Array | readonly Part[];

/** Times in a cluster are two bytes, from its own time on. */
const CLUSTER_MAX_MS = 30_000;
const KEY_FLAG = 0x80;
const VIDEO = 1;
const TRACK = 1;
const TIMESTAMP_SCALE_NS = 1_000_000;

const lengthOf = (part: Part): number =>
  part instanceof Uint8Array ? part.length : part.reduce((sum, each) => sum + lengthOf(each), 0);

function idBytes(id: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = id; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** A size of eight bytes, whatever it is: nothing has to be measured twice. */
function sizeBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size));
  bytes[0] = 1;
  return bytes;
}

const element = (id: number, ...content: readonly Part[]): Part => [
  idBytes(id),
  sizeBytes(lengthOf(content)),
  content,
];

function whole(id: number, value: number): Part {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return element(id, bytes);
}

function float(id: number, value: number): Part {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return element(id, bytes);
}

const text = (id: number, value: string): Part => element(id, new TextEncoder().encode(value));

interface Cluster {
  readonly atMs: number;
  readonly blocks: Part[];
}

function clustersOf(frames: readonly FilmFrame[]): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const { bytes, atMs, isKey } of frames) {
    let last = clusters.at(-1);
    if (last === undefined || isKey || atMs - last.atMs > CLUSTER_MAX_MS) {
      last = { atMs, blocks: [] };
      clusters.push(last);
    }
    const head = new Uint8Array(4);
    head[0] = 0x80 | TRACK;
    new DataView(head.buffer).setInt16(1, atMs - last.atMs);
    head[3] = isKey ? KEY_FLAG : 0;
    last.blocks.push(element(ID.simpleBlock, head, bytes));
  }
  return clusters;
}

/** The file's bytes. Throws RangeError for a film without frames, or one that does not begin with a key. */
export function webmOf(film: Film): Uint8Array<ArrayBuffer> {
  const { frames, codec, width, height, durationMs } = film;
  if (frames[0]?.isKey !== true) {
    throw new RangeError("a film has frames, and the first of them is a key");
  }
  const head = element(
    ID.ebml,
    whole(ID.ebmlVersion, 1),
    whole(ID.ebmlReadVersion, 1),
    whole(ID.ebmlMaxIdLength, 4),
    whole(ID.ebmlMaxSizeLength, 8),
    text(ID.docType, "webm"),
    whole(ID.docTypeVersion, 4),
    whole(ID.docTypeReadVersion, 2),
  );
  const info = element(
    ID.info,
    whole(ID.timestampScale, TIMESTAMP_SCALE_NS),
    float(ID.duration, durationMs),
    text(ID.muxingApp, "meterville"),
    text(ID.writingApp, "meterville"),
  );
  const track = element(
    ID.trackEntry,
    whole(ID.trackNumber, TRACK),
    whole(ID.trackUid, TRACK),
    whole(ID.trackType, VIDEO),
    whole(ID.flagLacing, 0),
    text(ID.codecId, codec === "vp9" ? "V_VP9" : "V_VP8"),
    whole(ID.defaultDuration, Math.round((durationMs / frames.length) * TIMESTAMP_SCALE_NS)),
    element(ID.video, whole(ID.pixelWidth, width), whole(ID.pixelHeight, height)),
  );
  const tracks = element(ID.tracks, track);
  const clusters = clustersOf(frames).map(({ atMs, blocks }) => ({
    atMs,
    part: element(ID.cluster, whole(ID.timestamp, atMs), ...blocks),
  }));
  let position = lengthOf([info, tracks]);
  const cues = clusters.map(({ atMs, part }) => {
    const cue = element(
      ID.cuePoint,
      whole(ID.cueTime, atMs),
      element(
        ID.cueTrackPositions,
        whole(ID.cueTrack, TRACK),
        whole(ID.cueClusterPosition, position),
      ),
    );
    position += lengthOf(part);
    return cue;
  });
  const segment = element(
    ID.segment,
    info,
    tracks,
    clusters.map(({ part }) => part),
    element(ID.cues, ...cues),
  );
  return joined([head, segment]);
}

function joined(part: Part): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lengthOf(part));
  let at = 0;
  const write = (each: Part): void => {
    if (each instanceof Uint8Array) {
      bytes.set(each, at);
      at += each.length;
    } else for (const inner of each) write(inner);
  };
  write(part);
  return bytes;
}
