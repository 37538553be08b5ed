import { afterEach, expect, test } from "vitest";
import { johnnyFive } from "../../../hil/board/johnny-five.ts";
import { BoardError, type WallPort } from "../../../hil/board/port.ts";
import { type BoardSession, openBoard } from "../../../hil/board/session.ts";
import { BENCH_KEY } from "../../../sim/contract/board-mac.ts";
import type { BoardMessage } from "../../../sim/contract/board-protocol.ts";
import { createScriptedBoard, type Script } from "../../support/scripted-board.ts";

const OPTIONS = { key: BENCH_KEY };
const opened: BoardSession[] = [];

afterEach(async () => {
  for (const session of opened.splice(0)) await session.close();
});

async function open(script: Script = {}) {
  const port = createScriptedBoard(script);
  const session = await openBoard(port, OPTIONS);
  opened.push(session);
  return { port, session };
}

test("a board is known by its hello", async () => {
  const { session } = await open();
  expect(session.identity).toEqual({ firmwareId: 0x1234, serial: 77, resetCause: 1, faults: 0 });
  expect(session.board.isReady).toBe(true);
});

test("a board answers what it is asked", async () => {
  const { session } = await open();
  expect(await session.ask("registers")).toMatchObject({ importWh: 4_567 });
});

test("orders are signed, and their counter goes on from the board's last", async () => {
  const { port, session } = await open();
  await session.order({ kind: "command", op: 1, argument: 0, second: 0 });
  await session.order({ kind: "command", op: 1, argument: 1, second: 0 });
  expect(port.received.filter(({ kind }) => kind === "command")).toMatchObject([
    { argument: 0, counter: 13 },
    { argument: 1, counter: 14 },
  ]);
});

test("noise before the greeting does no harm", async () => {
  await open({ noise: [0, 0, 0x55, 0x91, 0xf0, 1, 2] });
});

test("noise instead of an answer is asked over, and its checksum finds it", async () => {
  const { port, session } = await open();
  port.say([0xf0, 0x02, 1, 2, 3, 0xf7]);
  expect(await session.ask("registers")).toMatchObject({ importWh: 4_567 });
});

test("a board on the wall that did not hear the first question is asked again", async () => {
  const board = createScriptedBoard();
  const DEAF_WALL_MS = 300;
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const port: WallPort = {
    ...{ name: "desk", time: "wall", resetsOnOpen: false },
    async open(events) {
      await board.open(events);
      timer = setInterval(() => board.run(5), 5);
    },
    write(bytes) {
      if (performance.now() - began > DEAF_WALL_MS) board.write(bytes);
    },
    async close() {
      clearInterval(timer);
      await board.close();
    },
  };
  const session = await openBoard(port, OPTIONS);
  opened.push(session);
  expect(session.identity.serial).toBe(77);
});

test("what nobody asked for is handed on", async () => {
  const { port, session } = await open();
  const heard: BoardMessage[] = [];
  session.onMessage = (message) => heard.push(message);
  port.say([0xf0, 0x05, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf7]);
  await session.pass(10);
  expect(heard).toEqual([]);
});

test.each<{ what: string; script: Script; says: string; fault: string }>([
  {
    what: "nothing behind the line",
    script: { isSilent: true },
    fault: "silent",
    says: "desk: nothing that speaks Firmata answers there; flash the meter's firmware with: meterville board flash --port desk",
  },
  {
    what: "another firmware",
    script: { firmware: "StandardFirmata.ino" },
    fault: "other-firmware",
    says: 'desk: the board runs "StandardFirmata", not the meter\'s firmware; flash it with: meterville board flash --port desk',
  },
  {
    what: "another version of the protocol",
    script: { hello: { protocol: 9 } },
    fault: "other-protocol",
    says: "desk: the board speaks version 9 of the protocol, this program 1; flash the firmware that came with it",
  },
])("$what is told in a sentence, and the line is let go", async ({ script, says, fault }) => {
  const port = createScriptedBoard({ name: "desk", ...script });
  const opening = openBoard(port, OPTIONS);
  await expect(opening).rejects.toThrow(BoardError);
  await expect(opening).rejects.toMatchObject({ message: says, fault });
  expect(port.isOpen()).toBe(false);
  expect(johnnyFive().five.Board.cache).toEqual([]);
});

test("a board that is not the one that was here is refused", async () => {
  const port = createScriptedBoard({ name: "desk" });
  await expect(
    openBoard(port, { ...OPTIONS, board: { firmwareId: 0x1234, serial: 12 } }),
  ).rejects.toThrow("desk: board 77 is plugged in where board 12 was");
});

test("a board that is unplugged in the middle of an answer is lost, and says so at once", async () => {
  const { port, session } = await open({
    answer: (asked, usual) => (asked.kind === "query" && asked.what === 0x02 ? [] : usual),
  });
  const asking = session.ask("registers");
  port.say([0xf0, 0x02, 1]);
  port.lose("the line was closed");
  await expect(asking).rejects.toThrow("scripted: the board is gone: the line was closed");
});

test("an order that the board refuses says why", async () => {
  const { session } = await open({ resultCode: 1 });
  await expect(session.order({ kind: "command", op: 1, argument: 0, second: 0 })).rejects.toThrow(
    "scripted: the board refused command: not signed with this board's key for this serial",
  );
});

test("Johnny-Five's timers run on the board's time", async () => {
  const { session } = await open();
  const seen: number[] = [];
  session.onBoard(() => {
    const led = new session.five.Led({ pin: 13, board: session.board });
    led["blink"]!(100, () => seen.push(session.nowMs));
  });
  const from = session.nowMs;
  await session.pass(350);
  expect(seen.map((at) => at - from)).toEqual([100, 200, 300]);
});

test("two boards in one process are told apart", async () => {
  const [one, other] = await Promise.all([open(), open({ hello: { serial: 78 } })]);
  expect((await one.session.ask("hello")).serial).toBe(77);
  expect((await other.session.ask("hello")).serial).toBe(78);
});
