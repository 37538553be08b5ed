import { expect, test } from "vitest";
import { webmOf } from "../../web/export/webm.ts";
import { readWebm } from "../support/webm.ts";

const frame = (index: number) => ({
  bytes: Uint8Array.from({ length: 3 + (index % 5) }, (_, at) => at),
  atMs: index * 40,
  isKey: index % 50 === 0,
});

test("a film has the frames, times and size that it was given, and every cue finds its cluster", () => {
  const frames = Array.from({ length: 260 }, (_, index) => frame(index));
  const film = readWebm(
    webmOf({ codec: "vp9", width: 960, height: 540, durationMs: 10_400, frames }),
  );
  expect(film).toMatchObject({ codec: "V_VP9", width: 960, height: 540, durationMs: 10_400 });
  expect(film.frames).toEqual(
    frames.map(({ bytes, atMs, isKey }) => ({ atMs, isKey, bytes: bytes.length })),
  );
  expect(film.cues).toEqual(Array.from({ length: 6 }, () => true));
});

test("a key that is long in coming begins another cluster: times in one are two bytes", () => {
  const frames = [0, 30_000, 60_000, 95_000].map((atMs, index) => ({
    ...{ bytes: Uint8Array.of(1), atMs, isKey: index === 0 },
  }));
  const film = readWebm(webmOf({ codec: "vp8", width: 2, height: 2, durationMs: 96_000, frames }));
  expect(film.frames.map(({ atMs }) => atMs)).toEqual([0, 30_000, 60_000, 95_000]);
});

test("a film without frames, or without a key at its start, is refused", () => {
  const film = { codec: "vp8", width: 2, height: 2, durationMs: 40 } as const;
  expect(() => webmOf({ ...film, frames: [] })).toThrow("has frames");
  expect(() => webmOf({ ...film, frames: [{ ...frame(0), isKey: false }] })).toThrow("a key");
});
