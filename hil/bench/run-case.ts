// Runs one case on a fresh meter: its steps in order, until one is not met.

import { creditToken } from "../../sim/contract/board-mac.ts";
import { BOARD_OPS } from "../../sim/contract/board-protocol.ts";
import { drawUniform } from "../../sim/core/random.ts";
import type { Distortion } from "../emulator/parts/front-end.ts";
import { cutInEverySave } from "./cuts.ts";
import { FAULT_STEPS } from "./fault-steps.ts";
import { newestSlotAt } from "./flips.ts";
import { MeterBench, type Report, type TraceChannel } from "./meter-bench.ts";
import type { Happened } from "./recording.ts";
import {
  type CaseOptions,
  type Do,
  expectAnswer,
  type Measured,
  ms,
  NotMet,
  newScene,
  WITHIN,
} from "./scene.ts";
import type { BenchCase, Quantity, SENSOR_FAULTS, StepKind } from "./suite.ts";
import { WallBench } from "./wall-bench.ts";

/** What went wrong, and when. */
export interface BenchFailure {
  readonly atSimMs: number;
  /** Number of the step, from 1. */
  readonly step: number;
  readonly expected: string;
  readonly got: string;
}

export interface CaseResult {
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly requirement: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly failure: BenchFailure | undefined;
  readonly simMs: number;
  readonly wallMs: number;
  /** Kept of failures only. */
  readonly trace: readonly TraceChannel[];
  readonly log: readonly string[];
  /** Energy that was counted against energy that flowed. */
  readonly measured: readonly Measured[];
  /** Of the board at the end: the same case and seed give the same. */
  readonly digest: string;
  /** Empty unless it was asked for. */
  readonly happened: readonly Happened[];
}

export async function runCase(what: BenchCase, options: CaseOptions): Promise<CaseResult> {
  const beganWallMs = performance.now();
  const { image, seed, wall } = options;
  const bench = wall === undefined ? new MeterBench(image, seed) : new WallBench(image, seed, wall);
  const { board } = bench.meter;
  const log: string[] = [];
  const happened: Happened[] = [];
  const scene = newScene(bench, options, what);
  if (options.isRecording === true) {
    bench.line.onArrived = (to, bytes) =>
      happened.push({ atMs: board.timeMs, to, bytes: Buffer.from(bytes).toString("hex") });
  }
  let failure: BenchFailure | undefined;
  let step = 0;
  try {
    await bench.start();
    for (const { kind, value } of what.steps) {
      step++;
      log.push(`${(bench.nowMs / 1000).toFixed(3)} s  ${kind} ${JSON.stringify(value)}`);
      if (options.isRecording === true) happened.push({ atMs: board.timeMs, step, kind, value });
      await DO[kind](scene, value as never);
    }
  } catch (error) {
    const expected = error instanceof NotMet ? error.expected : "the step to be carried out";
    const got = error instanceof NotMet ? error.got : (error as Error).message;
    failure = { atSimMs: Math.round(bench.timeMs), step, expected, got };
  }
  const simMs = Math.round(bench.timeMs + scene.besideMs);
  for (const { name, value, atMs } of bench.events) {
    log.push(`${(atMs / 1000).toFixed(3)} s  the meter noticed ${name} ${value}`);
  }
  const digest = board.digest();
  await bench.close();
  const { id, suite, title, requirement, parameters } = what;
  return {
    ...{ id, suite, title, requirement, parameters, failure, simMs, log, digest, happened },
    measured: scene.measured,
    trace: failure === undefined ? [] : bench.trace,
    wallMs: performance.now() - beganWallMs,
  };
}

interface ExpectValue {
  readonly that: Quantity;
  readonly is?: number;
  readonly tolerance?: number;
  readonly tolerancePercent?: number;
  readonly min?: number;
  readonly max?: number;
  readonly within?: string;
  readonly for?: string;
}

const PRESS = "100ms";
/** Thousandths of a hertz, volt and so on are all that a meter tells. */
const EXACT = 0.000_5;
const DEGREES = Math.PI / 180;

const DO: Readonly<Record<StepKind, Do>> = {
  async terminals({ bench }, value: Readonly<Record<string, number | undefined>>) {
    const { voltageV, currentA, neutralA = currentA, angleDeg, frequencyHz } = value;
    bench.setMains({
      ...(voltageV === undefined ? {} : { voltageV }),
      ...(currentA === undefined ? {} : { currentA }),
      ...(neutralA === undefined ? {} : { neutralA }),
      ...(angleDeg === undefined ? {} : { angleRad: angleDeg * DEGREES }),
      ...(frequencyHz === undefined ? {} : { frequencyHz }),
    });
  },
  async wait({ bench }, span: string) {
    await bench.pass(ms(span));
  },
  async mark({ bench, marks }, name: string) {
    const report = await bench.nextReport();
    if (report === undefined) throw new NotMet("a report to mark", "the meter sent none");
    marks.set(name, report);
  },
  async expect({ bench }, value: ExpectValue) {
    const { that, within = WITHIN } = value;
    const isMet = (): boolean => isWithin(bench.valueOf(that), value);
    const unmet = (): NotMet =>
      new NotMet(wanted(value), `${bench.valueOf(that) ?? "the meter said nothing"}`);
    if (value.for !== undefined) {
      if (!isMet()) throw unmet();
      if (await bench.until(() => !isMet(), ms(value.for))) throw unmet();
      return;
    }
    if (!(await bench.until(isMet, ms(within)))) throw unmet();
  },
  async energy(scene, value: EnergyValue) {
    const { bench, marks } = scene;
    const { register, since, is, errorMaxPercent, errorMaxMilliWh } = value;
    const from = marks.get(since);
    const to = await bench.nextReport();
    if (from === undefined || to === undefined) {
      throw new NotMet("a report of the registers", "the meter sent none");
    }
    const counted = registerMilliWh(to, register) - registerMilliWh(from, register);
    const flowed =
      is === undefined ? trueMilliWh(to, register) - trueMilliWh(from, register) : is * 1000;
    // A share of nothing would be met by a meter that does not count.
    if (errorMaxPercent !== undefined && flowed === 0) {
      throw new NotMet("energy to flow since the mark", "none did: is the relay open?");
    }
    const errorMilliWh = Math.abs(counted - flowed);
    const limit = errorMaxMilliWh ?? (Math.abs(flowed) * (errorMaxPercent ?? 0)) / 100;
    scene.measured.push({
      register,
      flowedWh: flowed / 1000,
      countedWh: counted / 1000,
      limitWh: limit / 1000,
    });
    if (errorMilliWh <= limit) return;
    throw new NotMet(
      `${register} to count ${(flowed / 1000).toFixed(3)} Wh within ${(limit / 1000).toFixed(3)} Wh`,
      `${(counted / 1000).toFixed(3)} Wh`,
    );
  },
  async event({ bench, heard }, value: EventValue) {
    const { name, within = WITHIN } = value;
    const known = heard.get(name) ?? 0;
    const found = () => bench.events.filter((event) => event.name === name)[known];
    if (!(await bench.until(() => found() !== undefined, ms(within)))) {
      throw new NotMet(`the meter to notice ${name} within ${within}`, noticed(bench));
    }
    heard.set(name, known + 1);
    const { value: got } = found()!;
    if (value.value !== undefined && value.value !== got) {
      throw new NotMet(`${name} with the value ${value.value}`, `${got}`);
    }
  },
  async silence({ bench, heard }, value: EventValue & { readonly for?: string }) {
    const { name } = value;
    const count = (): number => bench.events.filter((event) => event.name === name).length;
    const known = value.for === undefined ? (heard.get(name) ?? 0) : count();
    if (value.for !== undefined) await bench.pass(ms(value.for));
    if (count() > known) throw new NotMet(`no ${name}`, `${count() - known} of them`);
  },
  async display({ bench }, value: { readonly matches: string; readonly within?: string }) {
    const pattern = new RegExp(value.matches, "u");
    const shown = (): string => bench.meter.readDisplay().replace("\n", " | ");
    const within = value.within ?? WITHIN;
    if (await bench.until(() => pattern.test(shown()), ms(within))) return;
    throw new NotMet(`the display to match /${value.matches}/ within ${within}`, `"${shown()}"`);
  },
  async press({ bench }, value: { readonly button: string; readonly for?: string }) {
    const buttons = (["up", "enter"] as const).filter(
      (button) => value.button === button || value.button === "both",
    );
    for (const button of buttons) bench.meter.setContact(`${button}Button`, true);
    await bench.pass(ms(value.for ?? PRESS));
    for (const button of buttons) bench.meter.setContact(`${button}Button`, false);
    await bench.pass(ms(PRESS));
  },
  async contact(
    { bench },
    { cover, magnet }: { readonly cover?: string; readonly magnet?: string },
  ) {
    if (cover !== undefined) bench.meter.setContact("cover", cover === "closed");
    if (magnet !== undefined) bench.meter.setContact("magnet", magnet === "near");
  },
  async chatter({ bench }, value: ChatterValue) {
    const contact =
      ({ up: "upButton", enter: "enterButton" } as const)[value.of as "up"] ?? value.of;
    const rest = bench.meter.isContactClosed(contact);
    for (let past = 0; past < ms(value.for); past += ms(value.every)) {
      bench.meter.setContact(contact, !bench.meter.isContactClosed(contact));
      await bench.pass(ms(value.every));
    }
    bench.meter.setContact(contact, rest);
  },
  async answers({ bench }) {
    try {
      bench.hello = await bench.ask("hello");
    } catch (error) {
      throw new NotMet("an answer to a question", (error as Error).message);
    }
  },
  async sensor({ bench }, { of, fault, by = 0 }: SensorValue) {
    const channel = { phase: 0, voltage: 1, neutral: 2 }[of];
    bench.meter.board.distort(channel, distortion(fault, by));
  },
  async relay({ bench }, position: string) {
    bench.meter.stickRelay(position === "free" ? null : position === "welded");
  },
  async supply({ bench }, value: SupplyValue) {
    const { volts, afterMicros, ramp } = value;
    const { board } = bench.meter;
    if (afterMicros !== undefined) {
      board.setSupplyAt(board.cycle + Math.round(afterMicros * CYCLES_PER_MICRO), volts);
      await bench.pass(Math.ceil(afterMicros / 1000) + 1);
    } else if (ramp !== undefined) {
      const from = board.supplyVolts;
      const spanMs = ms(ramp);
      for (let past = 1; past <= spanMs; past++) {
        board.setSupply(from + ((volts - from) * past) / spanMs);
        await bench.pass(1);
      }
    } else board.setSupply(volts);
    if (volts < LOST_BELOW_V) bench.forget();
  },
  async reset({ bench }) {
    bench.meter.board.pressReset();
    bench.forget();
  },
  async order({ bench }, value: OrderValue) {
    const { code: op } = BOARD_OPS.find(({ name }) => name === value.op)!;
    const { argument, second, forged } = value;
    const answer = await bench.order({ kind: "command", op, argument, second }, forged);
    expectAnswer(`order ${value.op}`, value.answer, answer);
  },
  async replay({ bench }, value: { readonly answer: string }) {
    expectAnswer("the order sent again", value.answer, await bench.replay());
  },
  async take({ bench }, value: Readonly<Record<string, number | undefined>>) {
    const { creditMinor = 0, ...rest } = value;
    const message = {
      kind: "take",
      ...NOTHING_HELD,
      ...rest,
      creditMilliMinor: creditMinor * 1000,
    };
    expectAnswer("the registers handed over", "done", await bench.order(message, false));
  },
  async show({ bench }, text: string) {
    expectAnswer("the text", "done", await bench.order({ kind: "display", text }, false));
  },
  async token({ bench }, value: TokenValue) {
    const { number, amountHundreds, forged } = value;
    const digits = BigInt(await tokenOf(bench, { number, amountHundreds, forged }));
    const argument = Number(digits & 0xffff_ffffn);
    const second = Number(digits >> 32n);
    const { code: op } = BOARD_OPS.find(({ name }) => name === "token")!;
    const answer = await bench.order({ kind: "command", op, argument, second }, false);
    expectAnswer(`token ${number}`, value.answer, answer);
  },
  async typed({ bench }, value: Omit<TokenValue, "answer">) {
    const press = async (button: "upButton" | "enterButton", spanMs: number): Promise<void> => {
      bench.meter.setContact(button, true);
      await bench.pass(spanMs);
      bench.meter.setContact(button, false);
      await bench.pass(ms(PRESS));
    };
    const digits = await tokenOf(bench, value);
    await press("enterButton", HOLD_MS);
    for (const digit of digits) {
      for (let up = 0; up < Number(digit); up++) await press("upButton", ms(PRESS));
      await press("enterButton", ms(PRESS));
    }
  },
  async key({ bench }, hexadecimal: string) {
    const bytes = bytesOf(hexadecimal);
    const word = (at: number): number =>
      new DataView(Uint8Array.from(bytes).buffer).getUint32(4 * at, true);
    const [key0, key1, key2, key3] = [word(0), word(1), word(2), word(3)];
    const answer = await bench.order({ kind: "key", key0, key1, key2, key3 }, false);
    expectAnswer("the new key", "done", answer);
    bench.key = bytes;
  },
  async hears({ bench }, { bytes, for: span, min, max }: HearsValue) {
    const heard = await bench.hear(ms(span));
    const text = heard.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const count = [...text.matchAll(new RegExp(bytes, "giu"))].length;
    if (count >= (min ?? 0) && count <= (max ?? Number.POSITIVE_INFINITY)) return;
    throw new NotMet(
      `the board to send ${bytes} ${min ?? 0} to ${max ?? "any number of"} times in ${span}`,
      `${count} of them`,
    );
  },
  async bytes({ bench }, hexadecimal: string) {
    bench.send(bytesOf(hexadecimal));
  },
  async noise(
    { bench, options },
    { bytes, seed }: { readonly bytes: number; readonly seed: number },
  ) {
    for (let at = 0; at < bytes; at += NOISE_BURST) {
      const burst = Math.min(NOISE_BURST, bytes - at);
      bench.send(
        Array.from({ length: burst }, (_, index) =>
          Math.floor(drawUniform(options.seed, seed, at + index, NOISE_PURPOSE) * 256),
        ),
      );
      await bench.pass(NOISE_BURST_MS);
    }
  },
  async flip({ bench }, { memory, at, bit }: FlipValue) {
    const { chip } = bench.meter.board;
    const bytes = memory === "sram" ? chip.cpu.data : chip.eeprom.bytes;
    const place = memory === "newestSlot" ? newestSlotAt(chip.eeprom.bytes) + at : at;
    bytes[place] = bytes[place]! ^ (1 << bit);
  },
  async erase({ bench }) {
    bench.meter.board.chip.eeprom.bytes.fill(0xff);
  },
  cutInEverySave,
  ...FAULT_STEPS,
};

interface EnergyValue {
  readonly register: "importWh" | "exportWh";
  readonly since: string;
  readonly is?: number;
  readonly errorMaxPercent?: number;
  readonly errorMaxMilliWh?: number;
}
interface EventValue {
  readonly name: string;
  readonly within?: string;
  readonly value?: number;
}
interface ChatterValue {
  readonly of: "cover" | "magnet" | "up" | "enter";
  readonly every: string;
  readonly for: string;
}
interface SensorValue {
  readonly of: "voltage" | "phase" | "neutral";
  readonly fault: (typeof SENSOR_FAULTS)[number];
  readonly by?: number;
}
interface SupplyValue {
  readonly volts: number;
  readonly afterMicros?: number;
  readonly ramp?: string;
}
interface OrderValue {
  readonly op: string;
  readonly argument: number;
  readonly second: number;
  readonly answer: string;
  readonly forged: boolean;
}
interface TokenValue {
  readonly number: number;
  readonly amountHundreds: number;
  readonly forged: boolean;
  readonly answer: string;
}
interface HearsValue {
  readonly bytes: string;
  readonly for: string;
  readonly min?: number;
  readonly max?: number;
}
interface FlipValue {
  readonly memory: "eeprom" | "sram" | "newestSlot";
  readonly at: number;
  readonly bit: number;
}

const CYCLES_PER_MICRO = 16;
const CYCLES_PER_MINUTE = 16e6 * 60;
/** Enter held for a second begins a token. */
const HOLD_MS = 1_300;
const LOST_BELOW_V = 2.7;
const NOISE_BURST = 32;
const NOISE_BURST_MS = 5;
/** Keys the draws of line noise. */
const NOISE_PURPOSE = 7_001;
const NOTHING_HELD = {
  importWh: 0,
  importBelowMilliWh: 0,
  exportWh: 0,
  exportBelowMilliWh: 0,
  importCarryMilliWMs: 0,
  exportCarryMilliWMs: 0,
  creditMilliMinor: 0,
  priceMilliMinorPerKWh: 0,
  emergencyMinor: 0,
  relayReasons: 0,
  tamperFlags: 0,
  nextEvent: 1,
};

const bytesOf = (hexadecimal: string): readonly number[] =>
  (hexadecimal.replaceAll(/\s/g, "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));

/** Twenty digits. */
async function tokenOf(
  bench: MeterBench,
  { number, amountHundreds, forged }: Omit<TokenValue, "answer">,
): Promise<string> {
  const key = forged ? bench.key.map((byte) => byte ^ 0xff) : bench.key;
  const { serial } = bench.hello ?? (await bench.ask("hello"));
  return creditToken({ number, amountHundreds }, { key, serial });
}

function isWithin(value: number | undefined, wish: ExpectValue): boolean {
  if (value === undefined) return false;
  const { is, min, max, tolerance = 0, tolerancePercent = 0 } = wish;
  if (is !== undefined) {
    const allowed = Math.max(tolerance, (Math.abs(is) * tolerancePercent) / 100, EXACT);
    if (Math.abs(value - is) > allowed) return false;
  }
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

function wanted(wish: ExpectValue): string {
  const { that, is, min, max, tolerance, tolerancePercent, within = WITHIN } = wish;
  const about =
    tolerance !== undefined
      ? ` ± ${tolerance}`
      : tolerancePercent !== undefined
        ? ` ± ${tolerancePercent} %`
        : "";
  const bounds = [
    ...(is === undefined ? [] : [`to be ${is}${about}`]),
    ...(min === undefined ? [] : [`to be at least ${min}`]),
    ...(max === undefined ? [] : [`to be at most ${max}`]),
  ].join(" and ");
  const span = wish.for === undefined ? `within ${within}` : `for ${wish.for}`;
  return `${that} ${bounds} ${span}`;
}

function noticed({ events }: MeterBench): string {
  const names = events.map(({ name }) => name);
  return names.length === 0 ? "it noticed nothing" : `it noticed ${names.join(", ")}`;
}

const registerMilliWh = ({ registers }: Report, register: EnergyValue["register"]): number =>
  register === "importWh"
    ? registers.importWh * 1000 + registers.importBelowMilliWh
    : registers.exportWh * 1000 + registers.exportBelowMilliWh;
const trueMilliWh = (report: Report, register: EnergyValue["register"]): number =>
  register === "importWh" ? report.trueImportMilliWh : report.trueExportMilliWh;

/** What a broken sensor makes of the voltage at its pin, 2.5 V being nothing. */
function distortion(fault: SensorValue["fault"], by: number): Distortion | null {
  let stuck: number | undefined;
  switch (fault) {
    case "none":
      return null;
    case "open":
      // The bias resistors hold the pin in the middle.
      return () => MIDDLE_V;
    case "short":
      return () => 0;
    case "stuck":
      return (volts) => {
        stuck ??= volts;
        return stuck;
      };
    case "gain":
      return (volts) => MIDDLE_V + (volts - MIDDLE_V) * by;
    case "offset":
      return (volts) => volts + by;
    case "noise":
      return (volts, cycle) => volts + by * (drawUniform(1, 0, cycle, NOISE_PURPOSE) - 0.5) * 2;
    case "saturated":
      return (volts) => Math.min(MIDDLE_V + by, Math.max(MIDDLE_V - by, volts));
    case "drift": {
      let begun: number | undefined;
      return (volts, cycle) => {
        begun ??= cycle;
        return volts + (by * (cycle - begun)) / CYCLES_PER_MINUTE;
      };
    }
    case "hum":
      // Rectified ripple of the supply: twice the mains' frequency.
      return (volts, cycle) => volts + by * Math.sin((2 * Math.PI * 100 * cycle) / 16e6);
  }
}

const MIDDLE_V = 2.5;
