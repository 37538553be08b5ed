// `meterville board`: an emulated board for other programs, what is plugged in, and how firmware gets onto it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { BOARD_DEADLINE_WALL_MS } from "../boards.ts";
import {
  BoardError,
  type ContactName,
  calibrateRigOf,
  createEmulatedPair,
  createImage,
  deviceProblem,
  HexError,
  hasRig,
  type Image,
  identifyBoard,
  listPorts,
  METER_HEX,
  MeterBoard,
  numberBoard,
  openPseudoTerminal,
  type PseudoTerminal,
  runWithTheWall,
} from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";

export interface EmulateOptions {
  readonly pty?: boolean;
  /** With a rig at its inputs, behind a terminal of its own. */
  readonly rig?: boolean;
  readonly hex?: string;
  readonly seed?: number;
}

const DEFAULT_SEED = 1;
/** What a house without sensors' wires has: the mains and a lamp. */
const MAINS = { voltageV: 230, currentA: 0.26, neutralA: 0.26, angleRad: 0, frequencyHz: 50 };

const WARM_UP_MS = 2_000;
/** A meter that starts without its rig sees its cover open. */
const RIG_FIRST_MS = 200;

/** The text of a hex file, checked. Throws CallerError. */
export function readHex(file: string): string {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new CallerError(`${file}: there is no such firmware; make it with: npm run firmware`);
  }
  const text = readFileSync(file, "utf8");
  try {
    createImage(text);
  } catch (error) {
    if (error instanceof HexError) throw new CallerError(`${file}: ${error.message}`);
    throw error;
  }
  return text;
}

/** Runs a board behind a pseudo-terminal until SIGINT, SIGTERM, or the terminal's end. */
export async function boardEmulateCommand(options: EmulateOptions): Promise<number> {
  if (options.pty !== true) {
    throw new CallerError("board emulate: say where the board's line is to be: --pty");
  }
  const image = createImage(readHex(options.hex ?? METER_HEX));
  const seed = options.seed ?? DEFAULT_SEED;
  if (options.rig === true) return emulateWithRig(image, seed);
  const terminal = await openTerminal();
  const meter = new MeterBoard(image, { seed });
  meter.setMains(MAINS);
  join(meter.board, terminal);
  meter.board.powerOn();
  // Translating the firmware takes the time of its first seconds: later it would be missed on the line.
  meter.run(WARM_UP_MS);
  const running = runWithTheWall(meter);
  process.stdout.write(`${JSON.stringify({ pty: terminal.path })}\n`);
  const hands = createInterface({ input: process.stdin });
  hands.on("line", (line) => {
    const words = line.trim();
    const complaint = moveByHand(meter, words);
    if (complaint !== undefined) process.stderr.write(`${complaint}\n`);
    else process.stdout.write(`${JSON.stringify({ moved: words })}\n`);
  });
  const code = await untilEnded([terminal]);
  hands.close();
  running.stop();
  return code;
}

/** A meter and the rig that drives its inputs, each behind its terminal; the rig's wires are its hands. */
async function emulateWithRig(image: Image, seed: number): Promise<number> {
  const [meterLine, rigLine] = [await openTerminal(), await openTerminal()];
  const pair = createEmulatedPair(seed, image);
  join(pair.meter, meterLine);
  join(pair.rig, rigLine);
  pair.rig.powerOn();
  pair.run(RIG_FIRST_MS);
  pair.powerMeter(true);
  pair.run(WARM_UP_MS);
  const running = runWithTheWall(pair);
  process.stdout.write(`${JSON.stringify({ pty: meterLine.path, rig: rigLine.path })}\n`);
  const code = await untilEnded([meterLine, rigLine]);
  running.stop();
  return code;
}

async function openTerminal(): Promise<PseudoTerminal> {
  try {
    return await openPseudoTerminal();
  } catch (error) {
    if (error instanceof BoardError) throw new CallerError(error.message, { cause: error });
    throw error;
  }
}

function join(board: MeterBoard["board"], terminal: PseudoTerminal): void {
  board.onBytes = terminal.write;
  terminal.onData = (bytes) => void board.write(bytes);
}

/** Waits for SIGINT, SIGTERM or the end of a terminal, and closes them all. Returns the exit code. */
async function untilEnded(terminals: readonly PseudoTerminal[]): Promise<number> {
  const isAsked = new Promise<undefined>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => resolve(undefined));
  });
  const ends = terminals.map(async (terminal) => {
    await terminal.gone;
    return terminal.path;
  });
  const ended = await Promise.race([isAsked, ...ends]);
  for (const terminal of terminals) terminal.close();
  await Promise.all(ends);
  if (ended === undefined) return EXIT.interrupted;
  process.stderr.write(`${ended}: the pseudo-terminal was closed\n`);
  return EXIT.device;
}

/** What a hand can do at the board, by the words that are typed for it; true closes a contact or presses a button. */
const BY_HAND: Readonly<Record<string, readonly [ContactName, boolean]>> = {
  "cover open": ["cover", false],
  "cover closed": ["cover", true],
  "magnet near": ["magnet", true],
  "magnet away": ["magnet", false],
  "up down": ["upButton", true],
  "up released": ["upButton", false],
  "enter down": ["enterButton", true],
  "enter released": ["enterButton", false],
};

/** Returns what is wrong with the words, if anything. */
function moveByHand(meter: MeterBoard, words: string): string | undefined {
  const move = BY_HAND[words];
  if (move !== undefined) meter.setContact(...move);
  else {
    return `"${words.slice(0, 40)}": write one of ${Object.keys(BY_HAND).join(", ")}`;
  }
  return undefined;
}

export interface DoctorOptions {
  readonly port?: string;
  readonly json?: boolean;
}

/** What a port turned out to be. */
interface Finding {
  readonly port: string;
  readonly isMeter: boolean;
  readonly says: string;
  readonly serial?: number;
  readonly firmwareId?: number;
  readonly roundTripMedianMs?: number;
  readonly roundTripP99Ms?: number;
  readonly jitterP99Ms?: number;
}

/** Looks behind every port, or the one that is named, and says what to do. */
export async function boardDoctorCommand({ port, json }: DoctorOptions): Promise<number> {
  const found = port === undefined ? await listPorts() : [{ path: port, maker: "" }];
  const findings: Finding[] = [];
  for (const { path, maker } of found) findings.push(await look(path, maker));
  const isOne = findings.some(({ isMeter }) => isMeter);
  if (json === true) process.stdout.write(`${JSON.stringify({ boards: findings })}\n`);
  else for (const { says } of findings) process.stdout.write(`${says}\n`);
  if (findings.length === 0 && json !== true) {
    process.stdout.write(
      "no board is plugged in; without one, take an emulated board: swap-in with the device emulated, or meterville board emulate --pty\n",
    );
  }
  return isOne ? EXIT.done : EXIT.device;
}

async function look(path: string, maker: string): Promise<Finding> {
  const by = maker === "" ? "" : ` (${maker})`;
  try {
    const { serial, firmwareId, ...line } = await identifyBoard(path);
    const number = serial === 0 ? "without a number" : `number ${serial}`;
    const { roundTripMedianMs, roundTripP99Ms, jitterP99Ms } = line;
    const times = `answers in ${roundTripMedianMs} ms, 99 % in ${roundTripP99Ms} ms; jitter ${jitterP99Ms} ms`;
    const slow =
      roundTripP99Ms > BOARD_DEADLINE_WALL_MS
        ? `; too slow for a slot, where an answer has ${BOARD_DEADLINE_WALL_MS} ms`
        : "";
    const says = `${path}${by}: a meter ${number}, firmware ${firmwareId.toString(16).padStart(8, "0")}, ${times}${slow}`;
    return {
      ...{ port: path, isMeter: true, says, serial, firmwareId },
      ...{ roundTripMedianMs, roundTripP99Ms, jitterP99Ms },
    };
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    return { port: path, isMeter: false, says: error.message };
  }
}

export interface CalibrateOptions {
  readonly device: string;
  readonly json?: boolean;
}

/** Calibrates a rig against its meter and says what it was off by. */
export async function boardCalibrateRigCommand({
  device,
  json,
}: CalibrateOptions): Promise<number> {
  const problem = hasRig(device)
    ? deviceProblem(device)
    : `${device}: no rig is named; a device with one is METER+rig=RIG`;
  if (problem !== undefined) throw new CallerError(problem);
  try {
    const { before, after } = await calibrateRigOf(device);
    if (json === true) {
      process.stdout.write(`${JSON.stringify({ before, after })}\n`);
      return EXIT.done;
    }
    const percent = (share: number): string => `${(100 * share).toFixed(3)} %`;
    const degrees = (rad: number): string => `${((180 / Math.PI) * rad).toFixed(3)}°`;
    const rows = [
      ["", "was off by", "is off by"],
      ["V", percent(before.voltageShare), percent(after.voltageShare)],
      ["I phase", percent(before.phaseShare), percent(after.phaseShare)],
      ["I neutral", percent(before.neutralShare), percent(after.neutralShare)],
      ["I phase lags by", degrees(before.phaseLagRad), degrees(after.phaseLagRad)],
    ];
    for (const [name, was, is] of rows) {
      process.stdout.write(`${name!.padEnd(16)}${was!.padStart(11)}${is!.padStart(11)}\n`);
    }
    process.stdout.write(
      "kept in the rig's EEPROM; the meter's own errors are in it, so calibrate with one that was held against an instrument\n",
    );
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.device;
  }
}

const BOARD_NUMBER_MAX = 2 ** 32 - 1;

/** Gives a board its number. */
export async function boardNumberCommand(
  text: string,
  { port }: { readonly port: string },
): Promise<number> {
  const serial = Number(text);
  if (!Number.isInteger(serial) || serial < 1 || serial > BOARD_NUMBER_MAX) {
    throw new CallerError(
      `board number ${text}: write a whole number from 1 to ${BOARD_NUMBER_MAX}`,
    );
  }
  try {
    await numberBoard(port, serial);
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.device;
  }
  process.stdout.write(`${port}: the board is number ${serial} now\n`);
  return EXIT.done;
}

export interface FlashOptions {
  readonly port: string;
  readonly hex?: string;
}

const FLASH_ARGUMENTS = ["-c", "arduino", "-p", "m328p", "-b", "115200", "-D"];

/** Programs a board through its boot loader with avrdude, which says what it does. */
export async function boardFlashCommand({ port, hex }: FlashOptions): Promise<number> {
  const file = hex ?? METER_HEX;
  readHex(file);
  const target = ["-P", port, "-U", `flash:w:${file}:i`];
  const child = spawn("avrdude", [...FLASH_ARGUMENTS, ...target], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return EXIT.done;
  } catch (cause) {
    throw new CallerError("avrdude is not installed; on Debian: sudo apt-get install avrdude", {
      cause,
    });
  }
  process.stderr.write(
    `${port}: the board was not programmed; avrdude's words are above. Is it an Uno, and does no other program have the port?\n`,
  );
  return EXIT.device;
}
