// The rig's firmware on another emulator of the chip: timer, bus and line of ours against those of simavr.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { hexFile, RIG } from "../../../firmware/build.ts";
import { Board } from "../../../hil/emulator/board.ts";
import { createImage } from "../../../hil/emulator/image.ts";
import { waveOf } from "../../../hil/rig/rig-wave.ts";
import { encodeMessage } from "../../../sim/contract/board-codec.ts";
import {
  RIG_LINES,
  RIG_MESSAGES,
  RIG_SCALE,
  type RigMessage,
} from "../../../sim/contract/rig-protocol.ts";
import { buildWithSimavr, missingSimavr } from "../emulator/simavr.ts";

const RUN_MS = 250;
const START_MS = 66;
const MIDDLE = "08 00 08 00 08 00";

const sysexOf = (message: RigMessage): readonly number[] => {
  const kind = RIG_MESSAGES.find((each) => each.kind === message.kind)!;
  return [0xf0, ...encodeMessage(kind, message), 0xf7];
};
const WAVE = waveOf({
  ...{ voltageV: 230, phaseA: 20, neutralA: 10, frequencyHz: 50 },
  ...{ phaseLagRad: 1, neutralLagRad: 0.5 },
});
const BYTES = Uint8Array.from([
  ...sysexOf({ kind: "lines", lines: RIG_LINES.bypass, sequence: 1 }),
  ...sysexOf({ ...WAVE, sequence: 2 }),
]);

/** What the converter on our emulator gets, frame by frame. */
function framesHere(): readonly string[] {
  const image = createImage(readFileSync(hexFile(RIG), "utf8"));
  const board = new Board(image, { wiring: {}, seed: 1, floating: "high" });
  const frames: string[] = [];
  let bytes: string[] = [];
  board.chip.twi.parts.set(RIG_SCALE.converterAddress, {
    start: () => true,
    read: () => 0xff,
    write: (byte) => bytes.push(byte.toString(16).padStart(2, "0")) > 0,
    stop() {
      frames.push(bytes.join(" "));
      bytes = [];
    },
  });
  board.powerOn();
  board.runFor(START_MS + 50);
  board.write(BYTES);
  board.runFor(RUN_MS - 50);
  return frames;
}

/** From the first sample of the wave on. */
const wave = (frames: readonly string[]): readonly string[] =>
  frames.slice(1 + frames.findLastIndex((frame) => frame === MIDDLE || frame.length === 2));

test("simavr sends the converter the same samples, 250 microseconds apart", (ctx) => {
  const missing = missingSimavr();
  ctx.skip(missing !== undefined, missing);
  const { folder, program } = buildWithSimavr("simavr-rig");
  try {
    const said = execFileSync(program, [hexFile(RIG), `${RUN_MS}`], {
      input: BYTES,
      encoding: "utf8",
    }).split("\n");
    const frames = said.filter((line) => line.startsWith("F")).map((line) => line.slice(2));
    expect(frames[0]).toBe("80");
    const [there, here] = [wave(frames), wave(framesHere())];
    const count = Math.min(there.length, here.length);
    expect(count).toBeGreaterThan(700);
    expect(there.slice(0, count)).toEqual(here.slice(0, count));
    const loads = said.filter((line) => line.startsWith("L")).map((line) => Number(line.slice(2)));
    const gaps = loads.slice(1).map((cycle, index) => cycle - loads[index]!);
    expect(gaps.filter((cycles) => Math.abs(cycles - 4_000) > 80)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
