// Boards on the wall's clock that go and come back: the policy takes over, the same board carries on, and the journal
// alone gives the same run.

import { afterEach, expect, test } from "vitest";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import type { DeviceAnswer } from "../../sim/contract/meter-device.ts";
import { createFeed, stepByJournal } from "../../sim/engine/journal-feed.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { BOARD_DEADLINE_WALL_MS, type Boards, createBoards } from "../../sim/host/boards.ts";
import { createDevice } from "../../sim/host/devices.ts";
import { type Bridge, numberedBoard, openBridge } from "../support/bridged-board.ts";
import { street } from "../support/street.ts";

const SUPPLY = "supply-05";
const STEP_MS = 250;
/** In a message of the registers, some 60 bytes long. */
const MID_SYSEX_BYTES = 31;
const STEPS_MAX = 60;

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function bridge(serial: number): Promise<Bridge> {
  const made = await openBridge(await numberedBoard(serial));
  open.push(made);
  return made;
}

/** A twin in short steps with its boards, run as the host does it. */
interface Ran {
  readonly twin: Twin;
  readonly boards: Boards;
  readonly entries: JournalEntry[];
  readonly said: string[];
  readonly events: string[];
  /** One step with these inputs; the answers. */
  step(...inputs: TwinInput[]): Promise<readonly DeviceAnswer[]>;
  /** Steps until something is true. */
  until(what: string, isTrue: () => boolean): Promise<void>;
}

const changes = (policy: string) => ({ set: [`deviceLost=${policy}`], stepMs: STEP_MS });

function start(policy: string): Ran {
  const twin = createTwin(street(changes(policy)));
  const said: string[] = [];
  const boards = createBoards(createDevice, BOARD_DEADLINE_WALL_MS, {
    tell: (sentence) => said.push(sentence),
  });
  open.push({ [Symbol.asyncDispose]: () => boards.close() });
  const entries: JournalEntry[] = [];
  const events: string[] = [];
  const { clock } = twin.world.engine;
  const step = async (...inputs: TwinInput[]): Promise<readonly DeviceAnswer[]> => {
    const takesEffectAtMs = clock.nowMs;
    const next = (): number => entries.length + 1;
    const back = boards
      .takeReturned()
      .map(({ supply: target, device }) => ({ kind: "swap-in", target, device }) as const);
    const from = entries.length;
    for (const input of [...inputs, ...back]) {
      entries.push({ sequence: next(), takesEffectAtMs, kind: "input", input });
    }
    const swapped = beginStep(twin, entries.slice(from));
    const answers = await boards.ask(twin, swapped);
    if (swapped.length === 0) await boards.untilReturned(STEP_MS);
    else entries.push({ sequence: next(), takesEffectAtMs, kind: "answers", answers });
    finishStep(twin, answers);
    events.push(...twin.out.events.map(({ event }) => event.kind));
    return answers;
  };
  return {
    ...{ twin, boards, entries, said, events, step },
    async until(what, isTrue) {
      for (let left = STEPS_MAX; left > 0; left--) {
        if (isTrue()) return;
        await step();
      }
      expect.fail(`${what}: not within ${STEPS_MAX} steps; ${said.join("; ")}`);
    },
  };
}

const swapIn = (device: string, target = SUPPLY): TwinInput => ({
  kind: "swap-in",
  target,
  device,
});

/** The run from its journal, with no board anywhere. */
function replayed(policy: string, { twin, entries }: Ran): string {
  const again = createTwin(street(changes(policy)));
  const feed = createFeed(JSON.parse(JSON.stringify(entries)));
  const { clock } = again.world.engine;
  while (clock.nowMs < twin.world.engine.clock.nowMs) stepByJournal(again, feed);
  return finalHash(again);
}

/** Also where a busy machine has made the first answer late. */
const isAnswered = ({ boards }: Ran): boolean => {
  const [view] = boards.views();
  return view?.state === "in" && view.relay !== null;
};
const lossesOf = ({ events }: Ran): number =>
  events.filter((kind) => kind === "device-lost").length;
const slotOf = ({ twin }: Ran): string => twin.world.plant.meters.devices[4]!;

test("a board cut off in mid-sysex is stood in for, found again, and swapped in again where the register stands", async () => {
  const line = await bridge(7);
  const run = start("fall-back");
  await run.step(swapIn(line.name));
  await run.until("an answer", () => isAnswered(run));
  expect(run.boards.views()).toMatchObject([{ state: "in", serial: 7, isOnWall: true }]);
  const before = lossesOf(run);
  line.cut(MID_SYSEX_BYTES);
  await run.until("the loss", () => slotOf(run) === "");
  expect(lossesOf(run)).toBe(before + 1);
  await run.step();
  expect(run.boards.views()).toMatchObject([{ state: "away" }]);
  line.plugIn(await numberedBoard(7));
  await run.until("the return", () => slotOf(run) === line.name);
  const register = run.twin.world.plant.meters.importMilliWh[4]!;
  const [answer] = await run.step();
  expect(answer?.kind).toBe("outputs");
  expect(run.twin.world.plant.meters.importMilliWh[4]).toBeGreaterThanOrEqual(register);
  expect(run.said).toContain(`${SUPPLY}: ${line.name} is back`);
  expect(replayed("fall-back", run)).toBe(finalHash(run.twin));
});

test("a board that is silent keeps its slot where the policy says hold, is told once, and goes on when it is back", async () => {
  const meter = await numberedBoard(7);
  const line = await openBridge(meter);
  open.push(line);
  const run = start("hold");
  await run.step(swapIn(line.name));
  await run.until("an answer", () => isAnswered(run));
  const before = lossesOf(run);
  const backs = run.events.filter((kind) => kind === "device-back").length;
  line.gag();
  await run.until("the loss", () => run.boards.views()[0]?.state === "lost");
  const held = run.twin.world.plant.meters.importMilliWh[4]!;
  line.plugIn(meter);
  const returns = (): number => run.events.filter((kind) => kind === "device-back").length;
  await run.until("the return", () => returns() > backs);
  expect(lossesOf(run)).toBe(before + 1);
  expect(run.twin.world.plant.meters.importMilliWh[4]! - held).toBeLessThan(1000);
  expect(slotOf(run)).toBe(line.name);
  expect(replayed("hold", run)).toBe(finalHash(run.twin));
});

test("another board at the port of one that is gone is refused in a sentence", async () => {
  const line = await bridge(7);
  const run = start("fall-back");
  await run.step(swapIn(line.name));
  await run.until("an answer", () => isAnswered(run));
  line.cut(MID_SYSEX_BYTES);
  await run.until("the loss", () => slotOf(run) === "");
  line.plugIn(await numberedBoard(8));
  const says = `${SUPPLY}: ${line.name}: board 8 is plugged in where board 7 was`;
  await run.until("the refusal", () => run.said.includes(says));
  expect(slotOf(run)).toBe("");
});

test("two slots never have one port, nor two boards with one number", async () => {
  const [one, other] = [await bridge(7), await bridge(7)];
  // A slot that is kept: a late answer on a busy machine changes nothing here.
  const run = start("hold");
  await run.step(swapIn(one.name));
  expect(run.boards.swapProblem({ supply: "supply-06", device: one.name }, [])).toBe(
    `${one.name} is in the slot of ${SUPPLY}; swap it out there first`,
  );
  const answers = await run.step(swapIn(one.name, "supply-06"), swapIn(other.name, "supply-07"));
  expect(answers.slice(1)).toMatchObject([
    {
      kind: "no-answer",
      reason: `${one.name} is in the slot of ${SUPPLY}; swap it out there first`,
    },
    {
      kind: "no-answer",
      reason: `${other.name}: board 7 is in the slot of ${SUPPLY}, on ${one.name}; two boards with one number cannot be told apart`,
    },
  ]);
});
