import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { utf8Bytes } from "../../sim/core/digest.ts";
import {
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  newestCheckpointMs,
  openCheckpoints,
} from "../../sim/host/checkpoint.ts";
import type { SessionState } from "../../sim/host/session.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const OWNER = { runId: "run-1", scenarioSha256: "ab".repeat(32) };

const state = (simMs: number): SessionState => ({
  simMs,
  snapshot: Uint8Array.from({ length: 64 }, (_, at) => at),
  digests: { names: ["plant.x"], simMs: [simMs], chains: ["00ff"], parts: "01234567", chain: "ab" },
  fileId: "file-1",
  messageCount: 12,
  unwritten: [
    {
      topic: "/journal",
      messageEncoding: "json",
      schema: { name: "meterville.Object", data: utf8Bytes('{"type":"object"}') },
      sequence: 11,
      logTime: 1_768_156_200_000_000_000n,
      data: utf8Bytes('{"sequence":3}'),
    },
  ],
  notedSequence: 3,
});

/** What a folder's checkpoints give, newest first, and what is said of the others. */
function read(name: string, owner = OWNER) {
  const said: string[] = [];
  const found = [
    ...openCheckpoints(join(folder.path, name), owner).whole((text) => said.push(text)),
  ];
  return { simMs: found.map(({ simMs }) => simMs), said };
}

async function written(name: string, moments: readonly number[]): Promise<string[]> {
  const path = join(folder.path, name);
  const checkpoints = openCheckpoints(path, OWNER);
  for (const simMs of moments) await checkpoints.write(state(simMs));
  return readdirSync(path)
    .sort((a, b) => (a < b ? 1 : -1))
    .map((file) => join(path, file));
}

test("decode gives back what encode took", () => {
  expect(decodeCheckpoint(OWNER, encodeCheckpoint(OWNER, state(60_000)))).toEqual(state(60_000));
});

test("any bit turned over and any cut is refused, never taken for a world", () => {
  const bytes = encodeCheckpoint(OWNER, state(60_000));
  const bits = fc.integer({ min: 0, max: 8 * bytes.length - 1 });
  fc.assert(
    fc.property(bits, (bit) => {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
      expect(() => decodeCheckpoint(OWNER, changed)).toThrow(CheckpointError);
    }),
  );
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeCheckpoint(OWNER, bytes.subarray(0, length))).toThrow(CheckpointError);
  }
});

test("the last two are kept, newest first, and nothing beside them", async () => {
  const files = await written("three", [1000, 2000, 3000]);
  expect(files).toHaveLength(2);
  expect(read("three")).toEqual({ simMs: [3000, 2000], said: [] });
  expect(newestCheckpointMs(join(folder.path, "three"))).toBe(3000);
});

test("a damaged one is said in a sentence, and the one before it is taken", async () => {
  const [newest] = await written("damaged", [1000, 2000]);
  const bytes = readFileSync(newest!);
  bytes[bytes.length - 3] = bytes[bytes.length - 3]! ^ 1;
  writeFileSync(newest!, bytes);
  const { simMs, said } = read("damaged");
  expect(simMs).toEqual([1000]);
  expect(said).toEqual([
    expect.stringMatching(/checkpoint-00000002\.bin is damaged or cut off; the one before it/),
  ]);
});

test("one that was cut off, and a file of another kind, are none", async () => {
  const [newest, before] = await written("cut", [1000, 2000]);
  writeFileSync(newest!, readFileSync(newest!).subarray(0, 300));
  writeFileSync(before!, "not a checkpoint at all\n");
  const { simMs, said } = read("cut");
  expect(simMs).toEqual([]);
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/is no checkpoint/);
});

test("one of another run, scenario or version is foreign", async () => {
  await written("foreign", [1000]);
  expect(read("foreign", { ...OWNER, runId: "run-2" }).said[0]).toMatch(/is of run run-1/);
  expect(read("foreign", { ...OWNER, scenarioSha256: "cd" }).said[0]).toMatch(/another scenario/);
  const later = Buffer.from('{"checkpoint":2,"sha256":""}\n');
  expect(() => decodeCheckpoint(OWNER, later)).toThrow("is of version 2, not 1");
});

test("a run that goes on from one forgets those after it, also those that it could not read", async () => {
  const [newest] = await written("forgotten", [1000, 2000]);
  writeFileSync(newest!, "torn");
  const checkpoints = openCheckpoints(join(folder.path, "forgotten"), OWNER);
  checkpoints.forgetAfter(1000);
  await checkpoints.write(state(1500));
  expect(read("forgotten")).toEqual({ simMs: [1500, 1000], said: [] });
});
