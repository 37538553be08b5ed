import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createPacketGate, throughGate } from "../../../sim/host/mqtt/packet-gate.ts";

/** A packet as MQTT 3.1.1, 2.2 wants it: a byte, the remaining length in up to four, the rest. */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let left = bodyBytes;
  do {
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

test("packets up to the size pass, however the stream is cut", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (bodies, pieceBytes) => {
      const gate = createPacketGate(300);
      const stream = Buffer.concat(bodies.map(packet));
      for (let at = 0; at < stream.length; at += pieceBytes) {
        expect(gate.pass(stream.subarray(at, at + pieceBytes))).toBeUndefined();
      }
    }),
    { seed: 3_1_1, numRuns: 200 },
  );
});

test("one byte too many is refused at its length, before its body comes", () => {
  const gate = createPacketGate(1_024);
  expect(gate.pass(packet(1_024))).toBeUndefined();
  const [type, first, second] = packet(1_025);
  expect(gate.pass(Buffer.from([type!, first!]))).toBeUndefined();
  expect(gate.pass(Buffer.from([second!]))).toBe("sends a packet of more than 1 KiB");
});

test("a length of more than four bytes is not MQTT", () => {
  const gate = createPacketGate(Number.MAX_SAFE_INTEGER);
  expect(gate.pass(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe("sends what is not MQTT");
});

test("a read without a size returns everything that has arrived", async () => {
  const stream = new PassThrough();
  const gated = throughGate(stream, () => {});
  stream.write(packet(1));
  stream.write(packet(2));
  await new Promise<void>((resolve) => gated.once("readable", resolve));
  expect(gated.read()).toEqual(Buffer.concat([packet(1), packet(2)]));
  expect(gated.read()).toBeNull();
});

test("nothing of a chunk with too large a packet is read", async () => {
  const stream = new PassThrough();
  const refusals: string[] = [];
  const gated = throughGate(stream, (reason) => refusals.push(reason));
  stream.write(Buffer.concat([packet(3), packet(20_000).subarray(0, 100)]));
  await new Promise<void>((resolve) => gated.once("readable", resolve));
  expect(gated.read()).toBeNull();
  expect(refusals).toEqual(["sends a packet of more than 16 KiB"]);
});
