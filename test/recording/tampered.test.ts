// A recording that was changed after the run: what its replay says, and that no damaged byte passes in silence.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { JournalEntry } from "../../sim/contract/input.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resimulate } from "../../sim/host/resimulate.ts";
import { RecordingError } from "../../sim/recording/reader.ts";
import type { DigestHour } from "../../sim/recording/topics.ts";
import { createRecording } from "../../sim/recording/writer.ts";
import { openBytes, record } from "../support/recorded.ts";
import { journal, street } from "../support/street.ts";

const END_MS = DAY_MS + HOUR_MS;
const TRIP_MS = 9 * HOUR_MS;
const JOURNAL = journal([
  [5 * HOUR_MS, { kind: "theft-start", target: "supply-08", share: 0.5 }],
  [TRIP_MS, { kind: "trip", target: "supply-05" }],
]);

interface Changes {
  readonly scenario?: (text: string) => string;
  readonly journal?: (entries: readonly JournalEntry[]) => readonly JournalEntry[];
  readonly digests?: (hours: readonly DigestHour[]) => readonly DigestHour[];
  readonly result?: (report: RunReport) => Partial<RunReport>;
}

let bytes: Uint8Array;
beforeAll(async () => {
  bytes = Uint8Array.from((await record(END_MS, JOURNAL)).bytes);
});

/** The recording written again with changes, as somebody would who knows the format. */
async function forged(changes: Changes): Promise<Uint8Array> {
  const reader = await openBytes(bytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const writer = createRecording({
    sink: {
      position: () => BigInt(size),
      async write(part) {
        chunks.push(Uint8Array.from(part));
        size += part.length;
      },
    },
    library: "test",
    startEpochMs: street().calendar.startEpochMs,
    supplies: [],
  });
  const same = <Value>(value: Value): Value => value;
  const text = (changes.scenario ?? same)(reader.resolvedText);
  writer.scenario(text, reader.scenarioSha256, "run");
  for (const entry of (changes.journal ?? same)(await reader.journal())) writer.journal(entry);
  for (const hour of (changes.digests ?? same)(await reader.digests())) writer.digests(hour);
  for (let day = 0; ; day++) {
    const keyframe = await reader.keyframe(day * DAY_MS + 1);
    if (keyframe === undefined) break;
    writer.keyframe(keyframe.simMs, keyframe.chain, keyframe.snapshot);
  }
  const report = JSON.parse(reader.resultText) as RunReport;
  await writer.close(END_MS, JSON.stringify({ ...report, ...changes.result?.(report) }));
  return Uint8Array.from(Buffer.concat(chunks));
}

const verdict = async (changes: Changes) => resimulate(await openBytes(await forged(changes)));

/** One hour's digests with another digit at a minute's part. */
function flipDigit(
  { parts, names, ...hour }: DigestHour,
  minute: number,
  part: number,
): DigestHour {
  const at = 8 * (minute * names.length + part);
  const digit = parts[at] === "0" ? "1" : "0";
  return { ...hour, names, parts: `${parts.slice(0, at)}${digit}${parts.slice(at + 1)}` };
}

describe("a replay of a recording that was written again", () => {
  test("verifies it where nothing was changed: each of 1500 minutes, its parts and the end", async () => {
    const [hour] = await (await openBytes(bytes)).digests();
    expect(await verdict({})).toEqual({
      verified: true,
      steps: 1500,
      digestsChecked: 1500 * (hour!.names.length + 1) + 1,
      firstDifference: null,
      boards: null,
    });
  });

  test("names minute and part of a digest that was changed", async () => {
    const minuteInHour = 17;
    const hours = await (await openBytes(bytes)).digests();
    const part = hours[0]!.names.indexOf("plant.meters.importMilliWh");
    const { verified, firstDifference } = await verdict({
      digests: (all) =>
        all.map((hour, at) => (at === 7 ? flipDigit(hour, minuteInHour, part) : hour)),
    });
    expect(verified).toBe(false);
    // Only the digest lies: the next keyframe and the replay agree, so there is no row to name.
    expect(firstDifference).toEqual({
      simMs: 7 * HOUR_MS + (minuteInHour + 1) * MINUTE_MS,
      part: "plant.meters.importMilliWh",
      row: null,
      recorded: null,
      replayed: null,
    });
  });

  test("names the minute of a chain that was changed", async () => {
    const { firstDifference } = await verdict({
      digests: (all) =>
        all.map((hour, at) =>
          at === 3 ? { ...hour, chains: hour.chains.with(30, "0123456789abcdef") } : hour,
        ),
    });
    expect(firstDifference).toMatchObject({ simMs: 3 * HOUR_MS + 31 * MINUTE_MS, part: "" });
  });

  test("names the first minute that lacks its digests", async () => {
    const { verified, firstDifference } = await verdict({ digests: (all) => all.slice(0, 10) });
    expect(verified).toBe(false);
    expect(firstDifference).toMatchObject({ simMs: 10 * HOUR_MS + MINUTE_MS, recorded: null });
  });

  test("names minute, part, row and both values of an entry that was changed", async () => {
    const { verified, firstDifference } = await verdict({
      journal: ([theft, trip]) => [
        {
          ...theft!,
          kind: "input",
          input: { kind: "theft-start", target: "supply-08", share: 0.25 },
        },
        trip!,
      ],
    });
    expect(verified).toBe(false);
    // Supply 8 is row 7; of its meter's columns the one that comes first is named.
    const { part, recorded, replayed } = firstDifference!;
    expect(firstDifference).toMatchObject({ simMs: 5 * HOUR_MS + MINUTE_MS, row: 7 });
    expect(part).toMatch(/^plant\.meters\./);
    expect([recorded, replayed].map(Number)).not.toContain(Number.NaN);
    expect(recorded).not.toBe(replayed);
  });

  test.each([
    { what: "left out", change: (all: readonly JournalEntry[]) => all.slice(0, 1) },
    {
      what: "put off by a minute",
      change: ([theft, trip]: readonly JournalEntry[]) => [
        theft!,
        { ...trip!, takesEffectAtMs: TRIP_MS + MINUTE_MS },
      ],
    },
    {
      what: "sent to another home",
      change: ([theft, trip]: readonly JournalEntry[]): JournalEntry[] => [
        theft!,
        { ...trip!, kind: "input", input: { kind: "trip", target: "supply-06" } },
      ],
    },
  ])("names the minute of an entry that was $what", async ({ change }) => {
    const { verified, firstDifference } = await verdict({ journal: change });
    expect(verified).toBe(false);
    expect(firstDifference?.simMs).toBe(TRIP_MS + MINUTE_MS);
    expect(firstDifference?.part).not.toBe("");
  });

  test("names the end where only the result was changed", async () => {
    const { verified, firstDifference } = await verdict({
      result: () => ({ finalHash: "00".repeat(32) }),
    });
    expect(verified).toBe(false);
    expect(firstDifference).toMatchObject({
      simMs: END_MS,
      part: "finalHash",
      recorded: "00".repeat(32),
    });
    expect(firstDifference?.replayed).toMatch(/^[0-9a-f]{64}$/);
  });

  test("trusts no scenario that is not the one it names", async () => {
    const changed = verdict({ scenario: (text) => text.replace("A. Nair", "B. Nair") });
    await expect(changed).rejects.toThrow(
      "the recording's scenario was changed after it was written; it cannot be trusted",
    );
  });
});

describe("a damaged file", () => {
  let small: Uint8Array;
  beforeAll(async () => {
    small = Uint8Array.from((await record(10 * MINUTE_MS)).bytes);
  });

  test("gives one sentence that says what to do, wherever it was cut off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: small.length - 1 }), async (length) => {
        const opened = openBytes(small.slice(0, length));
        await expect(opened).rejects.toBeInstanceOf(RecordingError);
        await expect(opened).rejects.toThrow(
          /^no whole recording: [^\n]+; run the scenario again$/,
        );
      }),
      { seed: 20_260_112, numRuns: 100 },
    );
  });

  // Bytes that no replay needs passed as verified, such as an index of a channel that is only plotted.
  test("gives one sentence, whichever byte has changed", async () => {
    const byte = fc.integer({ min: 0, max: small.length - 1 });
    await fc.assert(
      fc.asyncProperty(byte, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = small.with(at, small[at]! ^ change);
        const error = await openBytes(changed)
          .then(resimulate)
          .catch((cause: unknown) => cause);
        expect(error, `byte ${at}`).toBeInstanceOf(RecordingError);
        expect((error as RecordingError).message).toMatch(/^[^\n]+$/);
      }),
      { seed: 20_260_112, numRuns: 400 },
    );
  });
});
