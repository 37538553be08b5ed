// The devices in a run's slots: opened when an input swaps them in, asked once a step, looked for when they are lost,
// closed when they go. Devices whose time passes by itself make the twin keep to the wall's clock.

import { realpathSync } from "node:fs";
import type { BoardView } from "../contract/frame.ts";
import type {
  BoardIdentity,
  DeviceAnswer,
  MeterDevice,
  MeterHandover,
  MeterOutputs,
} from "../contract/meter-device.ts";
import type { BoardReport } from "../contract/report.ts";
import type { SwappedMeter } from "../engine/step.ts";
import type { Twin } from "../engine/world.ts";
import {
  contextOf,
  createOneMeter,
  handoverOf,
  type OneMeter,
  stepOneMeter,
} from "../plant/meters/one-meter.ts";
import {
  type BoardSearch,
  SEARCH_WALL_MAX_MS,
  type SearchOptions,
  searchBoard,
} from "./board-search.ts";
import { type BoardTiming, createBoardTiming } from "./board-timing.ts";
import { createWallSteps, type WallStep } from "./wall-steps.ts";

/** Opens a device by the name that an input gave. */
export type DeviceFactory = (name: string, supply: string) => MeterDevice;

/** For a board's answer to a step; an emulated one is never late. */
export const BOARD_DEADLINE_WALL_MS = 500;

const NO_ANSWER = Symbol("no answer");

/** Who is to be where. */
export interface Placed {
  readonly supply: string;
  readonly device: string;
}

export interface Boards {
  /** How many devices are open or looked for; those swapped out are closed by the next `ask`. */
  readonly openCount: number;
  /** Whether one of them has a time of its own, so that the twin must keep to the wall's. */
  readonly isOnWall: boolean;
  /** Asks every swapped meter's device at once, each at most until the deadline. Answers in the given order. */
  ask(twin: Twin, swapped: readonly SwappedMeter[]): Promise<readonly DeviceAnswer[]>;
  /** Hands over those that fell out of their slots and are back; each is to be swapped in again, by an input. */
  takeReturned(): readonly Placed[];
  /** Waits until one of those is back, at most for a step. */
  untilReturned(stepMs: number): Promise<void>;
  /** Why a device may not be swapped in where these are to be as well. */
  swapProblem(wanted: Placed, others: readonly Placed[]): string | undefined;
  /** Why nobody can press a button of the device in this slot; undefined where it can be tried. */
  pressProblem(supply: string): string | undefined;
  /** The twin has stood still: steps are counted on the wall from here. */
  restart(): void;
  views(): readonly BoardView[];
  /** Of boards on the wall's clock, also of those that have gone. */
  reports(): readonly BoardReport[];
  close(): Promise<void>;
}

export interface BoardsOptions {
  /** Hears what becomes of boards, a sentence at a time. */
  readonly tell?: (sentence: string) => void;
}

/** One home's place for a device. */
interface Slot extends Placed {
  open: MeterDevice | undefined;
  isOnWall: boolean;
  identity: BoardIdentity | undefined;
  readonly timing: BoardTiming;
  lastKind: DeviceAnswer["kind"] | undefined;
  /** Why it is lost. */
  reason: string | undefined;
  outputs: MeterOutputs | undefined;
  /** The device whose last step has neither been answered nor failed. */
  busy: MeterDevice | undefined;
  search: BoardSearch | undefined;
}

const createSlot = ({ supply, device }: Placed): Slot => ({
  ...{ supply, device, open: undefined, isOnWall: false, identity: undefined },
  ...{ timing: createBoardTiming(), lastKind: undefined, reason: undefined },
  ...{ outputs: undefined, busy: undefined, search: undefined },
});

/** `deadlineMs` is wall time. */
export function createBoards(
  create: DeviceFactory,
  deadlineMs: number,
  { tell = () => undefined }: BoardsOptions = {},
): Boards {
  const wallNow = (): number => performance.now();
  const slots = new Map<string, Slot>();
  /** Lost under the policy that fills their slots again, and looked for. */
  const away = new Map<string, Slot>();
  /** Found again; `announced` are those whose swap-in is on its way. */
  const returned = new Map<string, Slot>();
  const announced = new Set<Slot>();
  const gone: Slot[] = [];
  const wallSteps = createWallSteps(wallNow);
  let onReturned: (() => void) | undefined;

  const everywhere = (): readonly Slot[] => [
    ...slots.values(),
    ...away.values(),
    ...returned.values(),
  ];
  const say = (slot: Slot, sentence: string): void => tell(`${slot.supply}: ${sentence}`);
  const forget = (slot: Slot): void => {
    if (slot.isOnWall) gone.push(slot);
  };
  /** Reaches a device, and refuses one that another slot has. */
  const reach = async (slot: Slot, device: MeterDevice): Promise<void> => {
    if (device.wall === undefined) return;
    const identity = await device.wall.connect(slot.identity);
    const other = everywhere().find(
      (each) =>
        each !== slot && each.open !== undefined && each.identity?.serial === identity.serial,
    );
    if (other !== undefined) throw new Error(twinSentence(slot, identity, other));
    slot.identity = identity;
  };
  const install = async (slot: Slot, device: MeterDevice, twin: Twin): Promise<void> => {
    slot.isOnWall = device.wall !== undefined;
    try {
      await reach(slot, device);
      await device.handOver(...handOver(twin, slot.supply));
    } catch (error) {
      await dispose(device);
      throw error;
    }
    slot.open = device;
    slot.reason = undefined;
    slot.timing.restart();
    wallSteps.restart();
  };
  const search = (slot: Slot, rest: Pick<SearchOptions, "onFound" | "onGivenUp">): void => {
    slot.search = searchBoard({
      open: () => create(slot.device, slot.supply),
      reach: (device) => reach(slot, device),
      onFailure(reason) {
        if (reason !== slot.reason) say(slot, reason);
        slot.reason = reason;
      },
      ...rest,
    });
  };
  /** The device of a slot is gone. Where the slot is kept for it, it goes on where the twin's registers stand then. */
  const lose = async (slot: Slot, twin: Twin, reason: string): Promise<void> => {
    const device = slot.open;
    slot.open = undefined;
    slot.reason = reason;
    if (slot.isOnWall) say(slot, reason);
    await dispose(device);
    if (!slot.isOnWall || twin.model.resolved.deviceLost !== "hold") return;
    search(slot, {
      async onFound(found) {
        await install(slot, found, twin);
        say(slot, `${slot.device} is back`);
      },
    });
  };
  /** Lets go of what is looked for where the slot or the port is somebody's now. */
  const giveWay = async ({ supply, device }: Placed): Promise<void> => {
    for (const slot of [...away.values(), ...returned.values()]) {
      if (slot.supply !== supply && !isOnePort(slot.device, device)) continue;
      if (slot.supply === supply && slot.device === device && returned.has(supply)) continue;
      away.delete(slot.supply);
      returned.delete(slot.supply);
      await slot.search?.cancel();
      await dispose(slot.open);
      forget(slot);
    }
  };
  const place = async (twin: Twin, wanted: Placed): Promise<Slot> => {
    await giveWay(wanted);
    const slot = returned.get(wanted.supply) ?? createSlot(wanted);
    returned.delete(wanted.supply);
    announced.delete(slot);
    const problem = swapProblem(wanted, []);
    slots.set(wanted.supply, slot);
    try {
      if (problem !== undefined) throw new Error(problem);
      const device = slot.open ?? create(wanted.device, wanted.supply);
      slot.open = undefined;
      await install(slot, device, twin);
      if (slot.isOnWall)
        say(slot, `${slot.device} lives by the wall's clock: the twin keeps to 1×`);
    } catch (error) {
      await lose(slot, twin, textOf(error));
    }
    return slot;
  };
  const silent = (slot: Slot, reason: string): DeviceAnswer => {
    const { supply } = slot;
    const isStill = slot.lastKind === "no-answer";
    slot.lastKind = "no-answer";
    slot.reason = reason;
    if (slot.isOnWall) slot.timing.noteMissed();
    return { kind: "no-answer", supply, reason, ...(isStill ? { isStill } : {}) };
  };
  const askOne = async (
    twin: Twin,
    meter: SwappedMeter,
    slot: Slot,
    wallStep: WallStep | undefined,
  ): Promise<DeviceAnswer> => {
    const { supply, open } = slot;
    if (open === undefined || slot.busy === open) {
      await wallStep?.ended;
      const why = open === undefined ? slot.reason : "still busy with the step before";
      return silent(slot, why ?? "not open");
    }
    if (isLineCut(twin, meter)) {
      await open.unheard?.(meter.terminals);
      await wallStep?.ended;
      return silent(slot, "its line is cut");
    }
    const ended = slot.isOnWall ? wallStep?.ended : undefined;
    let askedWallMs = wallNow();
    void ended?.then(() => {
      askedWallMs = wallNow();
    });
    slot.busy = open;
    const stepping = pressAndStep(open, meter, ended).finally(() => {
      if (slot.busy === open) slot.busy = undefined;
    });
    try {
      const untilEndMs = ended === undefined ? 0 : (wallStep?.untilEndMs ?? 0);
      const outputs = await inTime(open, stepping, untilEndMs + deadlineMs);
      if (outputs === NO_ANSWER) return silent(slot, `no answer within ${deadlineMs} ms`);
      const { stepMs } = meter.terminals;
      if (wallStep?.isLate === true) slot.timing.noteMissed();
      else slot.timing.noteAnswer({ askedWallMs, answeredWallMs: wallNow(), stepMs });
      const isBack = slot.lastKind === "no-answer";
      slot.lastKind = "outputs";
      slot.reason = undefined;
      slot.outputs = outputs;
      return { kind: "outputs", supply, outputs, ...(isBack ? { isBack } : {}) };
    } catch (error) {
      const reason = textOf(error);
      if (open.wall?.lost !== undefined) await lose(slot, twin, reason);
      await wallStep?.ended;
      return silent(slot, reason);
    }
  };
  /** A board that the simulated meter stands in for is looked for, and waits then for its slot. */
  const lookFor = (slot: Slot): void => {
    away.set(slot.supply, slot);
    search(slot, {
      onFound(found) {
        away.delete(slot.supply);
        slot.open = found;
        slot.lastKind = undefined;
        returned.set(slot.supply, slot);
        say(slot, `${slot.device} is back`);
        onReturned?.();
      },
      onGivenUp() {
        away.delete(slot.supply);
        forget(slot);
        say(
          slot,
          `${slot.device} has not come back in ${SEARCH_WALL_MAX_MS / 1000} s; swap it in again`,
        );
        onReturned?.();
      },
    });
  };
  /** Empties the slots that have another device now, or none. */
  const clear = async (twin: Twin, swapped: readonly SwappedMeter[]): Promise<void> => {
    for (const slot of [...slots.values()]) {
      const { supply, device } = slot;
      if (swapped.some((meter) => meter.supply === supply && meter.device === device)) continue;
      slots.delete(supply);
      await slot.search?.cancel();
      const isLost = slot.lastKind === "no-answer" && slot.identity !== undefined;
      if (isLost && twin.model.resolved.deviceLost === "fall-back") {
        await dispose(slot.open);
        slot.open = undefined;
        lookFor(slot);
      } else {
        if (slot.open !== undefined) await release(slot.open, deadlineMs);
        forget(slot);
      }
    }
  };
  const swapProblem = (wanted: Placed, others: readonly Placed[]): string | undefined => {
    const taken = [...slots.values(), ...others].find(
      ({ supply, device }) => supply !== wanted.supply && isOnePort(device, wanted.device),
    );
    if (taken === undefined) return undefined;
    return `${wanted.device} is in the slot of ${taken.supply}; swap it out there first`;
  };
  return {
    get openCount() {
      return slots.size + away.size + returned.size;
    },
    get isOnWall() {
      return everywhere().some((slot) => slot.isOnWall);
    },
    async ask(twin, swapped) {
      await clear(twin, swapped);
      // One after the other: only then is a board that is there twice seen.
      for (const meter of swapped) {
        if (!slots.has(meter.supply)) await place(twin, meter);
      }
      const stepMs = swapped[0]?.terminals.stepMs ?? 0;
      const isOnWall = [...slots.values()].some((slot) => slot.isOnWall);
      const wallStep = isOnWall ? wallSteps.next(stepMs) : undefined;
      return Promise.all(
        swapped.map((meter) => askOne(twin, meter, slots.get(meter.supply)!, wallStep)),
      );
    },
    takeReturned() {
      const fresh = [...returned.values()].filter((slot) => !announced.has(slot));
      for (const slot of fresh) announced.add(slot);
      return fresh.map(({ supply, device }) => ({ supply, device }));
    },
    async untilReturned(stepMs) {
      if (returned.size > 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, stepMs);
        onReturned = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      onReturned = undefined;
    },
    swapProblem,
    pressProblem(supply) {
      const device = slots.get(supply)?.open;
      if (device === undefined || device.press !== undefined) return undefined;
      return `${supply}: nothing reaches the buttons of ${device.name} from here; press them by hand`;
    },
    restart() {
      wallSteps.restart();
      for (const slot of slots.values()) slot.timing.restart();
    },
    views: () => everywhere().map((slot) => viewOf(slot, slots.get(slot.supply) === slot)),
    reports: () => [...gone, ...everywhere()].filter((slot) => slot.isOnWall).map(reportOf),
    async close() {
      for (const slot of everywhere()) {
        await slot.search?.cancel();
        if (slots.get(slot.supply) === slot && slot.open !== undefined) {
          await release(slot.open, deadlineMs);
        } else await dispose(slot.open);
        forget(slot);
      }
      for (const each of [slots, away, returned]) each.clear();
    },
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function dispose(device: MeterDevice | undefined): Promise<void> {
  try {
    await device?.[Symbol.asyncDispose]();
  } catch {
    // It is gone already.
  }
}

/** Where a device is plugged in: two places for a meter with its rig, none for a device that is in this process. */
function portsOf(device: string): readonly string[] {
  return device.split("+rig=").flatMap((port) => {
    if (/^tcp:|^COM\d+$/.test(port)) return [port];
    if (!port.startsWith("/")) return [];
    try {
      // A port may have several names.
      return [realpathSync(port)];
    } catch {
      return [port];
    }
  });
}

function isOnePort(one: string, other: string): boolean {
  const ports = portsOf(one);
  return portsOf(other).some((port) => ports.includes(port));
}

function twinSentence({ device }: Slot, { serial }: BoardIdentity, other: Slot): string {
  if (serial === 0) {
    return `${device}: the board has no number, as the one in the slot of ${other.supply}, and could be mixed up with it; number it with: meterville board number 2 --port ${device}`;
  }
  return `${device}: board ${serial} is in the slot of ${other.supply}, on ${other.device}; two boards with one number cannot be told apart`;
}

function reportOf({ supply, device, identity, timing }: Slot): BoardReport {
  return { supply, device, serial: identity?.serial ?? null, ...timing.read() };
}

function viewOf(slot: Slot, isInSlot: boolean): BoardView {
  const { isOnWall, identity, reason, outputs, open } = slot;
  return {
    ...reportOf(slot),
    state: !isInSlot ? "away" : open === undefined ? "lost" : "in",
    isOnWall,
    canPress: open?.press !== undefined,
    firmwareId: identity?.firmwareId ?? null,
    reason: reason ?? null,
    relay: outputs?.relay ?? null,
    displayText: outputs?.displayText ?? null,
    leds: outputs?.leds ?? null,
    faults: outputs?.faults ?? [],
  };
}

/** Whether the scenario wants that nobody hears this board in this step. */
function isLineCut({ model }: Twin, { supply, terminals: { at } }: SwappedMeter): boolean {
  const swaps = model.resolved.boards ?? [];
  return swaps.some(
    ({ row, lineCut }) =>
      lineCut !== undefined &&
      model.meters.ids[row] === supply &&
      at > lineCut.from &&
      at <= lineCut.until,
  );
}

async function pressAndStep(
  device: MeterDevice,
  { pressed, terminals }: SwappedMeter,
  ended: Promise<void> | undefined,
): Promise<MeterOutputs> {
  for (const button of pressed) await device.press?.(button);
  return device.step(terminals, ended);
}

/**
 * The device stops counting. Its registers are in the twin already, from its last answer; a device that is gone
 * can be lost no further.
 */
async function release(device: MeterDevice, deadlineMs: number): Promise<void> {
  try {
    await inTime(device, device.takeBack(), deadlineMs);
  } catch {
    // It was lost before; the twin has said so.
  } finally {
    await device[Symbol.asyncDispose]();
  }
}

function handOver(twin: Twin, supply: string): Parameters<MeterDevice["handOver"]> {
  const { model, world } = twin;
  const row = model.meters.ids.indexOf(supply);
  const { meters: state, meterLogs: logs } = world.plant;
  return [handoverOf(model.meters, { state, logs }, row), contextOf(model.meters, row)];
}

async function inTime<Value>(
  { isOnTwinTime }: MeterDevice,
  answer: Promise<Value>,
  deadlineMs: number,
): Promise<Value | typeof NO_ANSWER> {
  if (isOnTwinTime === true) return answer;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof NO_ANSWER>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), deadlineMs);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The simulated meter behind the device port: what every other device must be able to do. */
export function createSimulatedDevice(
  name: string,
  answerAfter?: () => Promise<void>,
): MeterDevice {
  let meter: OneMeter | undefined;
  const installed = (): OneMeter => {
    if (meter === undefined) throw new Error("no registers were handed over");
    return meter;
  };
  return {
    name,
    async handOver(state, context) {
      meter = createOneMeter(state, context);
    },
    async step(terminals): Promise<MeterOutputs> {
      await answerAfter?.();
      return stepOneMeter(installed(), terminals);
    },
    async takeBack(): Promise<MeterHandover> {
      const installedMeter = installed();
      return handoverOf(installedMeter.model, installedMeter, 0);
    },
    async [Symbol.asyncDispose]() {
      meter = undefined;
    },
  };
}
