import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelName, Frame } from "../../../sim/contract/frame.ts";
import type { TrackName } from "../../../sim/contract/moments.ts";
import { createMoments, TRACKS } from "../../../sim/engine/showing/moments.ts";
import { momentBlock } from "../../../sim/engine/showing/moments-view.ts";
import { FFLATE_PACKING } from "../../../web/player/fflate-packing.ts";
import { createPast } from "../../../web/player/past.ts";

const CHANNEL = "truth/branch";
const SECONDS = 400;
const frameAt = (simMs: number): Frame =>
  ({
    ...{ version: 3, channel: CHANNEL, step: simMs / 1000, simMs },
    data: { currentA: [simMs % 977, 1], voltageV: [230, 231], note: `${simMs}` },
  }) as unknown as Frame;

/** A host with some minutes of seconds, whose finest track remembers the last of them only. */
function host() {
  const moments = createMoments(FFLATE_PACKING, {
    second: { ...TRACKS.second, momentsMax: 130 },
    minute: TRACKS.minute,
  });
  for (let simMs = 0; simMs <= SECONDS * 1000; simMs += 1000) {
    const frames = new Map<ChannelName, Frame>([[CHANNEL, frameAt(simMs)]]);
    moments.add({ simMs, step: simMs / 1000, sourceW: null, knownW: null }, frames);
  }
  const asked: number[] = [];
  const ask = async (ms: number, finest: TrackName) => {
    asked.push(ms);
    const wanted = { ms, finest, channels: [CHANNEL] as const };
    return momentBlock(moments, "run", wanted, FFLATE_PACKING) ?? "nothing";
  };
  return { moments, ask, asked };
}

test("whatever is looked at in whatever order, it is what the host has of it", async () => {
  const { moments, ask } = host();
  const seeks = fc.array(
    fc.tuple(fc.integer({ min: 0, max: SECONDS * 1000 }), fc.constantFrom("second", "minute")),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(seeks, fc.constantFrom(1, 1e6), async (all, bytesMax) => {
      const past = createPast(ask, bytesMax);
      for (const [ms, finest] of all) {
        const found = await past.at(ms, finest as TrackName, [CHANNEL]);
        if (typeof found === "string") throw new Error(found);
        const exact = moments.at(ms)!.moment.simMs;
        // Minutes may be answered by seconds that are there already, never the other way round.
        if (finest === "second") expect(found.simMs).toBe(exact);
        else expect([moments.at(ms, "minute")!.moment.simMs, exact]).toContain(found.simMs);
        expect(found.frames).toEqual([frameAt(found.simMs)]);
      }
    }),
    { numRuns: 30 },
  );
});

test("a block is asked for once, however often its moments are looked at, and what is held is bounded", async () => {
  const { ask, asked } = host();
  const past = createPast(ask, 5_000);
  for (const ms of [399_000, 390_000, 395_000, 391_000]) await past.at(ms, "second", [CHANNEL]);
  expect(asked).toEqual([399_000]);
  let most = 0;
  for (let ms = 0; ms <= SECONDS * 1000; ms += 7_000) {
    await past.at(ms, "second", [CHANNEL]);
    await past.at(ms, "minute", [CHANNEL]);
    most = Math.max(most, past.bytes);
  }
  // One block may be larger than the bound; it alone then.
  expect(most).toBeLessThan(20_000);
  past.forget();
  expect(past.bytes).toBe(0);
});

test("a host that has nothing says so, and many who look at once get what each asked for", async () => {
  const nothing = createPast(() => Promise.resolve("there is no moment to look back to yet"));
  expect(await nothing.at(5, "second", [CHANNEL])).toMatch(/no moment to look back/);
  const past = createPast(host().ask);
  const all = [350_000, 400_000, 371_000, 399_000, 350_000];
  const found = await Promise.all(all.map((ms) => past.at(ms, "second", [CHANNEL])));
  expect(found.map((each) => (typeof each === "string" ? each : each.frames))).toEqual(
    all.map((ms) => [frameAt(ms)]),
  );
});
