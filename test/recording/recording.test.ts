import { zstdDecompressSync } from "node:zlib";
import { McapIndexedReader } from "@mcap/core";
import { beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { decodeSnapshot } from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { resolvedText, type World } from "../../sim/engine/world.ts";
import { resimulate } from "../../sim/host/resimulate.ts";
import { openBytes, type RecordedRun, record } from "../support/recorded.ts";
import { journal, street } from "../support/street.ts";

const JOURNAL = journal([
  [5 * HOUR_MS, { kind: "theft-start", target: "supply-08", share: 0.5 }],
  [9 * HOUR_MS, { kind: "trip", target: "supply-05" }],
]);
const END_MS = 2 * DAY_MS;
let run: RecordedRun;
beforeAll(async () => {
  run = await record(END_MS, JOURNAL);
});

describe("a recording", () => {
  test("gives back scenario, journal and result as they were", async () => {
    const reader = await openBytes(run.bytes);
    expect(reader.resolvedText).toBe(resolvedText(street()));
    expect(reader.scenarioSha256).toBe(run.twin.model.scenarioSha256);
    expect(await reader.journal()).toEqual(JOURNAL);
    expect(JSON.parse(reader.resultText)).toMatchObject({
      simulatedMs: END_MS,
      finalHash: finalHash(run.twin),
    });
  });

  test("has the chain of every minute, and a keyframe a day that is the world of that moment", async () => {
    const reader = await openBytes(run.bytes);
    const hours = await reader.digests();
    const minutes = hours.flatMap(({ simMs }) => simMs);
    expect(minutes).toEqual(Array.from({ length: 2880 }, (_, at) => (at + 1) * MINUTE_MS));
    const keyframe = await reader.keyframe(0);
    expect(keyframe?.simMs).toBe(DAY_MS);
    expect(decodeSnapshot<World>(keyframe!.snapshot).engine.clock.nowMs).toBe(DAY_MS);
    expect((await reader.keyframe(DAY_MS + 1))?.simMs).toBe(2 * DAY_MS);
    expect(await reader.keyframe(2 * DAY_MS + 1)).toBeUndefined();
  });

  test("has a JSON topic with a schema for either side of every home, so that it can be plotted", async () => {
    const bytes = run.bytes;
    const raw = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(bytes.length),
        read: async (offset, length) => bytes.slice(Number(offset), Number(offset + length)),
      },
      decompressHandlers: { zstd: (packed) => new Uint8Array(zstdDecompressSync(packed)) },
    });
    const channels = [...raw.channelsById.values()];
    for (const topic of [
      "/belief/supply-12",
      "/truth/supply-12",
      "/belief/street",
      "/truth/events",
    ]) {
      const channel = channels.find((each) => each.topic === topic);
      expect(channel?.messageEncoding, topic).toBe("json");
      const schema = raw.schemasById.get(channel!.schemaId);
      expect(schema?.encoding).toBe("jsonschema");
      expect(JSON.parse(new TextDecoder().decode(schema!.data))).toMatchObject({ type: "object" });
    }
    const belief = channels.find(({ topic }) => topic === "/belief/supply-12")!;
    const { data } = raw.schemasById.get(belief.schemaId)!;
    expect(JSON.parse(new TextDecoder().decode(data)).properties.importWh.description).toContain(
      "Wh",
    );
  });

  test("has the home's register every quarter of an hour, growing", async () => {
    const reader = await openBytes(run.bytes);
    const registers: number[] = [];
    for await (const { simMs, value } of reader.messages(["/truth/supply-12"])) {
      expect(simMs % (15 * MINUTE_MS)).toBe(0);
      registers.push((value as { importWh: number }).importWh);
    }
    expect(registers).toHaveLength(4 * 48);
    expect(registers).toEqual([...registers].sort((a, b) => a - b));
  });

  test("keeps the two sides' events apart", async () => {
    const reader = await openBytes(run.bytes);
    const kinds = async (topic: string): Promise<Set<string>> => {
      const found = new Set<string>();
      for await (const { value } of reader.messages([topic])) {
        found.add((value as { event: { kind: string } }).event.kind);
      }
      return found;
    };
    expect(await kinds("/truth/events")).toContain("theft-start");
    expect(await kinds("/belief/events")).not.toContain("theft-start");
    expect(await kinds("/belief/events")).toContain("tripped");
  });
});

describe("a replay", () => {
  test("verifies what was recorded", async () => {
    const result = await resimulate(await openBytes(run.bytes));
    expect(result).toMatchObject({ verified: true, steps: 2880, firstDifference: null });
  });

  test("names the first minute, the part, the row and both values that differ", async () => {
    // Somebody turns back a register in the eighth hour of the second day: no input says so.
    const at = DAY_MS + 7 * HOUR_MS + 10 * MINUTE_MS;
    const forged = await record(END_MS, JOURNAL, ({ world }) => {
      if (world.engine.clock.nowMs !== at) return;
      const { importMilliWh } = world.plant.meters;
      importMilliWh[11] = importMilliWh[11]! + 1_000_000;
    });
    const { verified, firstDifference } = await resimulate(await openBytes(forged.bytes));
    expect(verified).toBe(false);
    expect(firstDifference).toMatchObject({
      simMs: at + MINUTE_MS,
      part: "plant.meters.importMilliWh",
      row: 11,
    });
    const { recorded, replayed } = firstDifference!;
    expect(Number(recorded) - Number(replayed)).toBe(1_000_000);
  });

  test("finds an input that the journal does not have", async () => {
    const other = await record(END_MS, JOURNAL, ({ world }) => {
      if (world.engine.clock.nowMs === 11 * HOUR_MS) world.plant.theft.bypassShare[3] = 0.2;
    });
    const { verified, firstDifference } = await resimulate(await openBytes(other.bytes));
    expect(verified).toBe(false);
    expect(firstDifference).toMatchObject({
      simMs: 11 * HOUR_MS + MINUTE_MS,
      part: "plant.theft.bypassShare",
      row: 3,
    });
  });
});

describe("a file that is no whole recording", () => {
  test.each([0.1, 0.5, 0.9, 0.999])("is refused with a sentence when cut at %d", async (share) => {
    const cut = run.bytes.slice(0, Math.floor(run.bytes.length * share));
    await expect(openBytes(cut)).rejects.toThrow(/cut off|not complete|truncated/);
  });

  test("is refused when a byte of its data has changed", async () => {
    const changed = Uint8Array.from(run.bytes); // a Buffer's slice shares its memory
    const middle = Math.floor(changed.length / 3);
    changed[middle] = changed[middle]! ^ 0xff;
    const read = async () => resimulate(await openBytes(changed));
    await expect(read()).rejects.toThrow(/corrupt|damaged|not readable/);
  });
});
