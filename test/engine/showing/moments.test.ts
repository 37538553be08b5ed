import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelName, Frame } from "../../../sim/contract/frame.ts";
import { splitBlock } from "../../../sim/contract/frame-codec/block-message.ts";
import { createFrameDecoder } from "../../../sim/contract/frame-codec/frame-decoder.ts";
import { splitMessage } from "../../../sim/contract/frame-codec/frame-message.ts";
import type { TrackName } from "../../../sim/contract/moments.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../sim/core/time.ts";
import { createMarks } from "../../../sim/engine/showing/marks.ts";
import { createMoments, TRACKS } from "../../../sim/engine/showing/moments.ts";
import { momentBlock } from "../../../sim/engine/showing/moments-view.ts";
import type { TrackOptions } from "../../../sim/engine/showing/track.ts";
import { ZLIB_PACKING } from "../../../sim/host/zlib-packing.ts";

const CHANNEL = "truth/branch";
const moment = (simMs: number) => ({ simMs, step: simMs / 1000, sourceW: simMs, knownW: null });
const frameAt = (simMs: number): Frame =>
  ({
    ...{ version: 3, channel: CHANNEL, step: simMs / 1000, simMs },
    data: { currentA: [simMs % 977, 1, simMs % 7], voltageV: [230, 231, 229.5], note: `${simMs}` },
  }) as unknown as Frame;
const frames = (simMs: number) => new Map<ChannelName, Frame>([[CHANNEL, frameAt(simMs)]]);

/** Times of a run whose steps come in spurts of different length. */
const times = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 150 }), fc.constantFrom(1, 60, 900, 3_600, 40_000)), {
    minLength: 1,
    maxLength: 8,
  })
  .map((spurts) => {
    let nowMs = 0;
    return spurts.flatMap(([count, stepS]) =>
      Array.from({ length: count }, () => {
        nowMs += stepS * 1000;
        return nowMs;
      }),
    );
  });

/** Small tracks with the spans of the real ones. */
const small = (momentsMax: number, bytesMax: number): Record<TrackName, TrackOptions> => ({
  second: { ...TRACKS.second, momentsInBlock: 8, momentsMax, bytesMax },
  minute: { ...TRACKS.minute, momentsInBlock: 8, momentsMax, bytesMax },
  quarter: { ...TRACKS.quarter, momentsInBlock: 8, momentsMax, bytesMax },
  long: { ...TRACKS.long, momentsInBlock: 8, momentsMax, bytesMax },
});

test("whatever the run's pace and length, memory is bounded, the first and the newest moment stay, and each gives back its frame", () => {
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 8, max: 60 }),
      fc.integer({ min: 2_000, max: 20_000 }),
      (all, momentsMax, bytesMax) => {
        const moments = createMoments(ZLIB_PACKING, small(momentsMax, bytesMax));
        for (const simMs of all) {
          moments.add(moment(simMs), frames(simMs));
          expect(moments.bytes).toBeLessThanOrEqual(4 * bytesMax);
        }
        const kept = moments.all.map(({ simMs }) => simMs);
        expect(kept.length).toBeLessThanOrEqual(4 * momentsMax);
        expect([kept[0], kept.at(-1)]).toEqual([all[0], all.at(-1)]);
        expect(all).toEqual(expect.arrayContaining(kept));
        expect([...kept].sort((a, b) => a - b)).toEqual(kept);
        for (const simMs of kept) {
          const place = moments.at(simMs)!;
          expect(place.moment.simMs).toBe(simMs);
          expect(moments.frame(place, CHANNEL)).toEqual(frameAt(simMs));
        }
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

test("of the last hour every second is kept, of two days every minute, of a month every quarter of an hour", () => {
  const moments = createMoments(ZLIB_PACKING);
  const endMs = 40 * DAY_MS;
  for (let at = 0; at < endMs - 3 * DAY_MS; at += 15 * MINUTE_MS)
    moments.add(moment(at), frames(at));
  for (let at = endMs - 3 * DAY_MS; at < endMs - 2 * HOUR_MS; at += MINUTE_MS) {
    moments.add(moment(at), frames(at));
  }
  for (let at = endMs - 2 * HOUR_MS; at <= endMs; at += SECOND_MS)
    moments.add(moment(at), frames(at));
  const kept = moments.all.map(({ simMs }) => simMs);
  const between = (fromMs: number, toMs: number) =>
    kept.filter((at) => at > endMs - fromMs && at <= endMs - toMs).length;
  expect(between(59 * MINUTE_MS, 0)).toBe(59 * 60);
  expect(between(47 * HOUR_MS, 2 * HOUR_MS)).toBe(45 * 60);
  expect(between(30 * DAY_MS, 4 * DAY_MS)).toBe(26 * 96);
  expect(between(40 * DAY_MS + 1, 36 * DAY_MS)).toBeGreaterThan(10);
  expect(moments.bytes).toBeLessThan(64 * 1024 * 1024);
}, 60_000);

test("the moment at a time is the newest before it, or else the oldest", () => {
  const moments = createMoments(ZLIB_PACKING);
  expect(moments.at(5000)).toBeUndefined();
  for (const simMs of [1000, 2000, 5000]) moments.add(moment(simMs), frames(simMs));
  const at = (simMs: number) => moments.at(simMs)?.moment.simMs;
  expect([at(0), at(1000), at(1999), at(2000), at(4999), at(9e9)]).toEqual([
    1000, 1000, 1000, 2000, 2000, 5000,
  ]);
  expect(moments.at(4999, "minute")).toMatchObject({ track: "minute", moment: { simMs: 1000 } });
  expect(moments.frame(moments.at(2000)!, "truth/supply")).toBeUndefined();
  // One that is not later than the last is no new one.
  for (const simMs of [5000, 4000]) moments.add(moment(simMs), frames(simMs));
  expect(moments.all.map(({ simMs }) => simMs)).toEqual([1000, 2000, 5000]);
});

test("a block is one message that brings a keyframe and what follows it, and says from when on finer ones are", () => {
  const moments = createMoments(ZLIB_PACKING, small(20, 1e6));
  for (let at = 0; at < 600_000; at += 1000) moments.add(moment(at), frames(at));
  const ask = (ms: number, finest: TrackName) => {
    const wanted = { ms, finest, channels: [CHANNEL, "belief/street"] as const };
    const run = { moments, marks: createMarks(), momentsMissing: null };
    return splitBlock(momentBlock(run.moments, "run", wanted, ZLIB_PACKING)!, ZLIB_PACKING);
  };
  const { head, messages } = ask(595_500, "second");
  expect(head).toMatchObject({ runId: "run", track: "second", finerFromMs: null });
  expect(head.moments[head.row]).toEqual({ simMs: 595_000, step: 595 });
  const decoder = createFrameDecoder(CHANNEL, ZLIB_PACKING);
  const read = messages.get(CHANNEL)!.map((message) => {
    const { head: of, body } = splitMessage(message);
    return decoder.take(of, ZLIB_PACKING.inflate(body));
  });
  expect(read).toEqual(head.moments.map(({ simMs }) => frameAt(simMs)));
  expect(messages.get("belief/street")!.every((message) => message.length === 0)).toBe(true);
  const early = ask(130_000, "second").head;
  expect(early).toMatchObject({ track: "minute", finerFromMs: 584_000 });
  expect(early.moments[early.row]!.simMs).toBe(120_000);
  expect(ask(595_500, "minute").head).toMatchObject({ track: "minute", finerFromMs: null });
});
