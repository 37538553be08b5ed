// `meterville hil replay`: a recorded case again, held against its recording line by line.

import { readFileSync } from "node:fs";
import {
  createImage,
  firstDifference,
  METER_HEX,
  parseRecording,
  RecordingError,
  runCase,
} from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError, fileReason } from "../failure.ts";
import { readFirmware } from "./hil.ts";

export interface HilReplayOptions {
  readonly hex?: string;
  readonly json?: boolean;
}

export async function hilReplayCommand(file: string, options: HilReplayOptions): Promise<number> {
  const recording = readRecording(file);
  const { hexText, firmwareSha256 } = readFirmware(options.hex ?? METER_HEX);
  if (options.hex === undefined && firmwareSha256 !== recording.firmwareSha256) {
    throw new CallerError(
      `${file}: recorded with firmware ${recording.firmwareSha256.slice(0, 16)}, and what ships is ${firmwareSha256.slice(0, 16)}; name the hex it was recorded with, or another to compare, with --hex`,
    );
  }
  const { what, seed, lines } = recording;
  const image = createImage(hexText);
  const result = await runCase(what, { image, seed, isRecording: true });
  const difference = firstDifference(recording, result);
  const same = difference === undefined;
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ id: what.id, lines: lines.length, same, difference })}\n`,
    );
  } else if (same) {
    process.stdout.write(`${what.id} went the same, all ${lines.length} lines\n`);
  } else {
    const { line, recorded, now } = difference;
    process.stdout.write(`${what.id} differs in line ${line}: recorded ${recorded}; now ${now}\n`);
  }
  return same ? EXIT.done : EXIT.no;
}

function readRecording(file: string): ReturnType<typeof parseRecording> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CallerError(`${file}: it cannot be read: ${fileReason(error)}`, { cause: error });
  }
  try {
    return parseRecording(text);
  } catch (error) {
    if (error instanceof RecordingError) {
      throw new CallerError(`${file}: ${error.message}; give a file that hil run --record wrote`);
    }
    throw error;
  }
}
