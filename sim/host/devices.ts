// The one place where the host meets boards: what a `swap-in` may name as its device and how it is opened, and what the
// commands over boards and benches need.

import { readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { type Companion, createBoardMeter } from "../../hil/board/board-meter.ts";
import { createEmulatedPort, MeterBoard } from "../../hil/board/meter-board.ts";
import { BoardError, type BoardPort } from "../../hil/board/port.ts";
import { createSerialPort } from "../../hil/board/serial-port.ts";
import { type BoardSession, type KnownBoard, openBoard } from "../../hil/board/session.ts";
import { createMainsStimulus, createNumbers } from "../../hil/board/stimulus.ts";
import { createTcpPort } from "../../hil/board/tcp-port.ts";
import { createImage, type Image } from "../../hil/emulator/image.ts";
import { calibrateRig, type RigDeviation } from "../../hil/rig/calibrate-rig.ts";
import { createPairPorts, EmulatedPair } from "../../hil/rig/emulated-pair.ts";
import { openRig } from "../../hil/rig/rig-session.ts";
import { createRiggedMeter } from "../../hil/rig/rigged-meter.ts";
import { BENCH_KEY } from "../contract/board-mac.ts";
import { BOARD_OPS } from "../contract/board-protocol.ts";
import type { DeviceContext, MeterDevice, MeterHandover } from "../contract/meter-device.ts";
import { sha256Text } from "../core/digest.ts";
import { createLateness } from "../engine/showing/lateness.ts";
import { createOneMeter, handoverOf, stepOneMeter } from "../plant/meters/one-meter.ts";
import { type BoardLane, createBoardLane } from "./board-lanes.ts";
import { createSimulatedDevice } from "./boards.ts";
import { PROJECT_ROOT } from "./files.ts";

/** The firmware that ships. */
export const METER_HEX = join(PROJECT_ROOT, "firmware/uno/meter.hex");
const RIG_HEX = join(PROJECT_ROOT, "firmware/rig/uno/rig.hex");

/** Opens the device of that name. Throws a BoardError where there is no such kind of device. */
export function createDevice(name: string, supply: string): MeterDevice {
  if (name === "simulated") return createSimulatedDevice(name);
  if (name === "emulated") return openEmulated(seedOf(supply));
  if (name === EMULATED_RIG) return createEmulatedRigDevice(seedOf(supply));
  if (RIGGED.test(name)) {
    return createRiggedMeter({ name, ...riggedPorts(name), key: BENCH_KEY, createCompanion });
  }
  const port = portOf(name);
  return createBoardMeter({
    name,
    time: port.time,
    open: (board) => openBoard(port, { key: BENCH_KEY, ...(board === undefined ? {} : { board }) }),
    stimulus: createNumbers(),
    createCompanion,
  });
}

/** A meter's port and that of the rig which drives its inputs. */
const RIGGED = /^(.+)\+rig=(.+)$/;
const EMULATED_RIG = "emulated+rig";

function riggedPorts(name: string): { readonly meter: BoardPort; readonly rig: BoardPort } {
  const [, meter, rig] = RIGGED.exec(name)!;
  return { meter: portOf(meter!, name), rig: portOf(rig!, name) };
}

const images = new Map<string, Image>();

/** The firmware that ships, compiled once for all boards. */
export const readMeterImage = (): Image => readImage(METER_HEX);

function readImage(file: string): Image {
  const image = images.get(file) ?? createImage(readFileSync(file, "utf8"));
  images.set(file, image);
  return image;
}

/** A board of the supply's own: its sensors' noise differs from the neighbour's, and is the same every time. */
const seedOf = (supply: string): number => Number.parseInt(sha256Text(supply).slice(0, 8), 16);

/** So many boards run in the twin's own thread before others are asked to help: each must get warm by itself. */
const BOARDS_HERE = 8;
const THREADS_MAX = 8;
let openHere = 0;
let lanes: readonly BoardLane[] | undefined;

/** A board where fewest are: here, or in a thread beside. */
function openEmulated(seed: number): MeterDevice {
  lanes ??= Array.from(
    { length: isMainThread ? Math.min(THREADS_MAX, availableParallelism()) - 1 : 0 },
    createBoardLane,
  );
  const [lane] = [...lanes].sort((a, b) => a.openCount - b.openCount);
  if (lane !== undefined && openHere >= BOARDS_HERE && lane.openCount < openHere) {
    return lane.open(seed);
  }
  const device = createEmulatedDevice(readMeterImage(), seed);
  let isOpen = true;
  openHere++;
  return {
    ...device,
    async [Symbol.asyncDispose]() {
      if (isOpen) openHere--;
      isOpen = false;
      await device[Symbol.asyncDispose]();
    },
  };
}

/** The firmware in an emulated board, on the twin's time. */
export function createEmulatedDevice(image: Image, seed: number): MeterDevice {
  const meter = new MeterBoard(image, { seed });
  return createBoardMeter({
    name: "emulated",
    time: "locked",
    open: () => openBoard(createEmulatedPort(meter), { key: BENCH_KEY }),
    stimulus: createMainsStimulus(meter),
    createCompanion,
    readDisplay: () => meter.readDisplay(),
    setButton: (button, isPressed) => meter.setContact(`${button}Button`, isPressed),
  });
}

/** The firmware in an emulated board whose inputs come from an emulated rig, both on the twin's time. */
export function createEmulatedRigDevice(seed: number): MeterDevice {
  const pair = createEmulatedPair(seed);
  return createRiggedMeter({
    name: EMULATED_RIG,
    ...createPairPorts(pair),
    key: BENCH_KEY,
    createCompanion,
    readDisplay: () => pair.readDisplay(),
  });
}

/** An emulated rig at the inputs of an emulated meter, which has the firmware that ships or another. */
export const createEmulatedPair = (seed: number, meter = readMeterImage()): EmulatedPair =>
  new EmulatedPair({ meter, rig: readImage(RIG_HEX) }, seed);

/** Whether a device of that name has a rig. */
export const hasRig = (name: string): boolean => name === EMULATED_RIG || RIGGED.test(name);

/** Calibrates the rig of a device that has one against its meter. Throws a BoardError. */
export async function calibrateRigOf(
  name: string,
): Promise<{ readonly before: RigDeviation; readonly after: RigDeviation }> {
  const ports = name === EMULATED_RIG ? createPairPorts(createEmulatedPair(1)) : riggedPorts(name);
  const rig = await openRig(ports.rig);
  try {
    const meter = await openBoard(ports.meter, { key: BENCH_KEY });
    try {
      return await calibrateRig(meter, rig);
    } finally {
      await meter.close();
    }
  } finally {
    await rig.close();
  }
}

/** What a board's line is like: questions one after the other. */
export interface LineTimes {
  readonly roundTripMedianMs: number;
  readonly roundTripP99Ms: number;
  /** By which answers spread around the median, in the 99th percentile. */
  readonly jitterP99Ms: number;
}

const LINE_QUESTIONS = 100;

/** What is behind a port, by name. Throws a BoardError that says what to do where it is no meter. */
export async function identifyBoard(name: string): Promise<KnownBoard & LineTimes> {
  const session = await openBoard(portOf(name), { key: BENCH_KEY });
  try {
    const [roundTrip, jitter] = [createLateness(), createLateness()];
    const times: number[] = [];
    for (let left = LINE_QUESTIONS; left > 0; left--) {
      const began = performance.now();
      await session.ask("registers");
      times.push(performance.now() - began);
      roundTrip.note(times.at(-1)!);
    }
    const roundTripMedianMs = roundTrip.quantileMs(0.5)!;
    for (const time of times) jitter.note(Math.abs(time - roundTripMedianMs));
    return {
      ...session.identity,
      roundTripMedianMs,
      roundTripP99Ms: roundTrip.quantileMs(0.99)!,
      jitterP99Ms: jitter.quantileMs(0.99)!,
    };
  } finally {
    await session.close();
  }
}

/** Gives a board its number, by which it is told apart from others. Throws a BoardError. */
export async function numberBoard(name: string, serial: number): Promise<void> {
  const session = await openBoard(portOf(name), { key: BENCH_KEY });
  try {
    const op = BOARD_OPS.find((known) => known.name === "set-serial")!.code;
    await session.order({ kind: "command", op, argument: serial, second: 0 });
    // It writes a byte of EEPROM at a time.
    await session.pass(NUMBER_SAVED_MS);
  } finally {
    await session.close();
  }
}
const NUMBER_SAVED_MS = 1_500;

/** `device` is the whole of the name that this is a part of. */
function portOf(name: string, device = name): BoardPort {
  if (/^\/dev\/|^COM\d+$/.test(name)) return createSerialPort(name);
  const bridge = /^tcp:\/\/([^:/]+):(\d+)$/.exec(name);
  if (bridge !== null) return createTcpPort(bridge[1]!, Number(bridge[2]));
  throw new BoardError("not-there", noDevice(device));
}

const noDevice = (name: string): string =>
  `there is no device "${name}"; a device is simulated, emulated, emulated+rig, a port such as /dev/ttyACM0 or tcp://HOST:PORT, or METER+rig=RIG with two ports`;

/** What is wrong with a device's name; undefined where it may be one. Whether it is there, opening it shows. */
export function deviceProblem(name: string): string | undefined {
  if (["simulated", "emulated", EMULATED_RIG].includes(name)) return undefined;
  try {
    if (RIGGED.test(name)) riggedPorts(name);
    else portOf(name);
    return undefined;
  } catch (error) {
    if (error instanceof BoardError) return error.message;
    throw error;
  }
}

/** What is wrong with a device that somebody wants now: beside its name, whether there can be a board behind its port. */
export function portProblem(name: string): string | undefined {
  const problem = deviceProblem(name);
  const [, meter, rig] = RIGGED.exec(name) ?? [];
  return (
    problem ?? lineProblem(meter ?? name) ?? (rig === undefined ? undefined : lineProblem(rig))
  );
}

function lineProblem(name: string): string | undefined {
  if (!name.startsWith("/")) return undefined;
  const found = statSync(name, { throwIfNoEntry: false });
  if (found === undefined) {
    return `${name}: there is no such port; plug the board in, and see which ports there are with: meterville board doctor`;
  }
  const isLine = found.isCharacterDevice() && !NO_LINE_MAJORS.includes(found.rdev >> 8);
  return isLine
    ? undefined
    : `${name} is no port: a board is behind a serial line such as /dev/ttyACM0; see which there are with: meterville board doctor`;
}
/** Under Linux: memory and null devices, and terminals of people. */
const NO_LINE_MAJORS: readonly number[] = [1, 5];

/** The kernel of the street's meters, over what a board measured. */
export function createCompanion(handover: MeterHandover, context: DeviceContext): Companion {
  const meter = createOneMeter(handover, context);
  return {
    step: (terminals) => stepOneMeter(meter, terminals),
    handOver: () => handoverOf(meter.model, meter, 0),
  };
}

/** Opens the board behind a port for a bench. */
export const openBenchBoard = (name: string): Promise<BoardSession> =>
  openBoard(portOf(name), { key: BENCH_KEY });

export {
  benchJunit,
  benchPage,
  benchReport,
  measuredMarkdown,
  type RunFacts,
  type SkippedCase,
  sameEachTime,
} from "../../hil/bench/bench-report.ts";
export { coverageMarkdown } from "../../hil/bench/coverage-page.ts";
export {
  boardTimeMs,
  KILLED_SHARE_MIN,
  type MutantReport,
  type MutantVerdict,
  mutantMarkdown,
  mutantReport,
  mutantText,
} from "../../hil/bench/mutant-report.ts";
export {
  chooseMutants,
  isRuled,
  type Mutant,
  MutantError,
  MutantsSchema,
  mechanicalMutants,
  withMutant,
} from "../../hil/bench/mutants.ts";
export {
  firstDifference,
  parseRecording,
  RecordingError,
  recordingText,
} from "../../hil/bench/recording.ts";
export { type CaseResult, runCase } from "../../hil/bench/run-case.ts";
export {
  type BenchCase,
  casesOf,
  type Suite,
  SuiteError,
  SuiteSchema,
  suiteJsonSchema,
} from "../../hil/bench/suite.ts";
export { vcdText } from "../../hil/bench/vcd.ts";
export { wallProblem } from "../../hil/bench/wall-bench.ts";
export { type ContactName, MeterBoard } from "../../hil/board/meter-board.ts";
export { BoardError } from "../../hil/board/port.ts";
export { listPorts } from "../../hil/board/port-list.ts";
export { openPseudoTerminal, type PseudoTerminal } from "../../hil/board/pseudo-terminal.ts";
export { runWithTheWall } from "../../hil/board/wall-board.ts";
export { HexError } from "../../hil/emulator/hex.ts";
export { createImage, type Image } from "../../hil/emulator/image.ts";
