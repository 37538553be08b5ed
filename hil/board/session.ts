// One conversation with one board: Firmata's handshake through Johnny-Five, then our messages as sysex. The same over
// every port; a board whose time is locked runs only while somebody waits for it or moves it on.

import { EventEmitter } from "node:events";
import { decodeBoardMessage, encodeBoardMessage } from "../../sim/contract/board-codec.ts";
import { signBoardMessage } from "../../sim/contract/board-mac.ts";
import {
  BOARD_FIRMWARE,
  BOARD_MESSAGES,
  BOARD_PROTOCOL_VERSION,
  BOARD_RESULTS,
  type BoardMessage,
  boardMessageKind,
} from "../../sim/contract/board-protocol.ts";
import { type BoardClock, createBoardClock } from "./board-clock.ts";
import {
  type FirmataIo,
  type FirmataTransport,
  type Five,
  type FiveBoard,
  johnnyFive,
  onClock,
} from "./johnny-five.ts";
import { BoardError, type BoardPort } from "./port.ts";

/** A board that has not said its name after so long is silent. Uno's boot loader takes up to 2 s of it. */
const HANDSHAKE_MS = { locked: 2_000, wall: 2_500, resetting: 6_000 } as const;
/** After so long without a greeting Firmata asks for one. */
const GREETING_MS = { locked: 300, wall: 300, resetting: 3_000 } as const;
const ANSWER_MS = 1_000;
/** A locked board is given its bytes, and its timers, so often. */
const SLICE_MS = 10;
/** While somebody waits for a byte. */
const WAITING_SLICE_MS = 1;
/** How often a wall board's timers are looked at. */
const PUMP_WALL_MS = 5;
/** Firmata's message that ends all reporting. */
const SYSTEM_RESET = 0xff;

type Of<Kind extends BoardMessage["kind"]> = Extract<BoardMessage, { readonly kind: Kind }>;
type Signed = Extract<BoardMessage, { readonly macLow: number }>;
type Unsigned<Message> = Message extends Signed
  ? Omit<Message, "counter" | "macLow" | "macHigh">
  : never;
/** What a board can be asked for. */
export type Asked = "hello" | "registers" | "held";

export interface BoardIdentity {
  readonly firmwareId: number;
  readonly serial: number;
  readonly resetCause: number;
  readonly faults: number;
}

export interface BoardSession {
  readonly port: BoardPort;
  readonly identity: BoardIdentity;
  /** For components: made within `onBoard`, on the board's own time. */
  readonly five: Five;
  readonly board: FiveBoard;
  onBoard<Value>(work: () => Value): Value;
  /** Board time since it was opened. */
  readonly nowMs: number;
  /** Why the board is lost; undefined while it is there. */
  readonly lost: string | undefined;
  /** Called for each of our messages that nobody asked for. */
  onMessage: ((message: BoardMessage) => void) | undefined;
  send(message: Exclude<BoardMessage, Signed>): void;
  /** Asks and waits. Throws a BoardError where no answer comes. */
  ask<Kind extends Asked>(what: Kind): Promise<Of<Kind>>;
  /** Signs, sends and waits for the result. Throws a BoardError unless it is done. */
  order(message: Unsigned<Signed>): Promise<void>;
  /** Lets so much board time pass: moves a locked board on, waits for a wall one. */
  pass(spanMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** With which orders are signed. 16 bytes. */
  readonly key: readonly number[];
  /** Refuses any board but this one. */
  readonly serial?: number;
}

/** Sessions by Firmata object: its table of sysex handlers is one for the process. */
const inboxes = new WeakMap<FirmataIo, (bytes: readonly number[]) => void>();
let isListening = false;

function listenOnce(first: FirmataIo): void {
  if (isListening) return;
  isListening = true;
  for (const { id, to } of BOARD_MESSAGES) {
    if (to !== "host") continue;
    first.sysexResponse(id, function (bytes) {
      inboxes.get(this)?.([id, ...bytes]);
    });
  }
}

/** Opens a port and gets to know the board behind it. Throws a BoardError; the port is closed then. */
export async function openBoard(port: BoardPort, options: SessionOptions): Promise<BoardSession> {
  const line = await openLine(port);
  listenOnce(line.io);
  try {
    return await getToKnow(line, options);
  } catch (error) {
    await line.close();
    throw error;
  }
}

/** A port with a board's clock, and a way to wait on it. */
interface Line {
  readonly port: BoardPort;
  readonly clock: BoardClock;
  readonly io: FirmataIo;
  readonly board: FiveBoard;
  readonly lost: string | undefined;
  inbox(receive: (bytes: readonly number[]) => void): void;
  pass(spanMs: number): Promise<void>;
  /** Waits until `isDone`; false where that took longer than `spanMs` of board time, or the line was lost. */
  until(isDone: () => boolean, spanMs: number): Promise<boolean>;
  close(): Promise<void>;
}

async function openLine(port: BoardPort): Promise<Line> {
  const { five, Firmata } = johnnyFive();
  const clock = createBoardClock();
  const transport = new EventEmitter() as EventEmitter & FirmataTransport;
  let lost: string | undefined;
  let onChange: (() => void) | undefined;
  transport.write = (bytes, callback) => {
    port.write(Uint8Array.from(bytes));
    callback?.();
  };
  await port.open({
    data(bytes) {
      onClock(clock, () => transport.emit("data", bytes));
      onChange?.();
    },
    lost(reason) {
      lost ??= reason;
      onChange?.();
    },
  });
  const kind = port.time === "locked" ? "locked" : port.resetsOnOpen ? "resetting" : "wall";
  const began = performance.now();
  let pump: NodeJS.Timeout | undefined;
  if (port.time === "wall") {
    pump = setInterval(() => {
      clock.moveTo(performance.now() - began);
      onChange?.();
    }, PUMP_WALL_MS);
  }
  const { io, board } = onClock(clock, () => {
    const made = new Firmata(transport, { reportVersionTimeout: GREETING_MS[kind] });
    const flags = { repl: false, debug: false, sigint: false, timeout: HANDSHAKE_MS[kind] };
    const fiveBoard = new five.Board({ io: made, id: port.name, ...flags });
    // Its own words about a silent board are not for our readers; ours come from `getToKnow`.
    for (const event of ["error", "warn", "fail"]) fiveBoard.on(event, () => undefined);
    transport.emit("open");
    return { io: made, board: fiveBoard };
  });
  const slice = (spanMs: number): void => {
    if (port.time === "locked") port.run(spanMs);
    clock.moveTo(clock.nowMs + spanMs);
  };
  const line: Line = {
    port,
    clock,
    io,
    board,
    get lost() {
      return lost;
    },
    inbox(receive) {
      inboxes.set(io, receive);
    },
    async pass(spanMs) {
      if (port.time === "wall") {
        await new Promise((resolve) => setTimeout(resolve, spanMs));
        return;
      }
      for (let left = spanMs; left > 0 && lost === undefined; left -= SLICE_MS) {
        slice(Math.min(SLICE_MS, left));
      }
    },
    async until(isDone, spanMs) {
      if (port.time === "locked") {
        for (let past = 0; past < spanMs && !isDone() && lost === undefined; ) {
          slice(WAITING_SLICE_MS);
          past += WAITING_SLICE_MS;
        }
        return isDone();
      }
      const untilWallMs = performance.now() + spanMs;
      while (!isDone() && lost === undefined && performance.now() < untilWallMs) {
        await new Promise<void>((resolve) => {
          onChange = resolve;
        });
      }
      onChange = undefined;
      return isDone();
    },
    async close() {
      clearInterval(pump);
      clock.clear();
      inboxes.delete(io);
      // Johnny-Five keeps every board for ever, and gives new components to the first.
      const { cache } = five.Board;
      const at = cache.indexOf(board);
      if (at >= 0) cache.splice(at, 1);
      await port.close();
    },
  };
  return line;
}

async function getToKnow(line: Line, { key, serial }: SessionOptions): Promise<BoardSession> {
  const { port, clock, io, board } = line;
  const { five } = johnnyFive();
  const { name } = port;
  const inbox: BoardMessage[] = [];
  let hello: Of<"hello"> | undefined;
  let session: BoardSession | undefined;
  /** Takes the first message that fits out of what came. */
  const take = <Message extends BoardMessage>(
    isIt: (message: BoardMessage) => message is Message,
  ): Message | undefined => {
    const at = inbox.findIndex(isIt);
    return at < 0 ? undefined : (inbox.splice(at, 1)[0] as Message);
  };
  let wanted: ((message: BoardMessage) => boolean) | undefined;
  line.inbox((bytes) => {
    const message = decodeBoardMessage(bytes);
    // Line noise: the checksum found it, and who waits asks again.
    if (message.kind === "unknown") return;
    if (message.kind === "hello") hello = message;
    if (wanted?.(message) === true) inbox.push(message);
    else session?.onMessage?.(message);
  });
  const lostFault = (doing: string): BoardError => {
    const reason = line.lost;
    return reason === undefined
      ? new BoardError(
          "silent",
          `${name}: the board did not answer ${doing}; is it stuck? reset it`,
        )
      : new BoardError("lost", `${name}: the board is gone: ${reason}`);
  };
  const send = (message: BoardMessage): void => {
    onClock(clock, () => io.sysexCommand(encodeBoardMessage(message)));
  };
  const waitFor = async <Message extends BoardMessage>(
    isIt: (message: BoardMessage) => message is Message,
    doing: string,
    start: () => void,
  ): Promise<Message> => {
    wanted = isIt;
    start();
    let got: Message | undefined;
    await line.until(() => {
      got ??= take(isIt);
      return got !== undefined;
    }, ANSWER_MS);
    wanted = undefined;
    if (got === undefined) throw lostFault(doing);
    return got;
  };
  const ask = <Kind extends Asked>(what: Kind): Promise<Of<Kind>> => {
    const { id } = boardMessageKind(what);
    return waitFor(
      (message): message is Of<Kind> => message.kind === what,
      `when it was asked for ${what}`,
      () => send({ kind: "query", what: id }),
    );
  };

  const kind = port.time === "locked" ? "locked" : port.resetsOnOpen ? "resetting" : "wall";
  // A board that is still reporting from before says its name only when it is quiet.
  if (port.time === "wall" && !port.resetsOnOpen) port.write(Uint8Array.of(SYSTEM_RESET));
  let firmware: string | undefined;
  onClock(clock, () =>
    io.once("queryfirmware", () => {
      firmware = io.firmware.name;
    }),
  );
  await line.until(() => board.isReady, HANDSHAKE_MS[kind]);
  if (line.lost !== undefined) throw lostFault("");
  if (firmware === undefined) {
    throw new BoardError(
      "silent",
      `${name}: nothing that speaks Firmata answers there; flash the meter's firmware with: meterville board flash --port ${name}`,
    );
  }
  const bare = firmware.replace(/\.ino$/, "");
  if (bare !== BOARD_FIRMWARE.name) {
    throw new BoardError(
      "other-firmware",
      `${name}: the board runs "${bare}", not the meter's firmware; flash it with: meterville board flash --port ${name}`,
    );
  }
  if (!board.isReady) throw lostFault("with its pins");
  hello ??= await ask("hello");
  if (hello.protocol !== BOARD_PROTOCOL_VERSION) {
    throw new BoardError(
      "other-protocol",
      `${name}: the board speaks version ${hello.protocol} of the protocol, this program ${BOARD_PROTOCOL_VERSION}; flash the firmware that came with it`,
    );
  }
  if (serial !== undefined && hello.serial !== serial) {
    throw new BoardError(
      "other-board",
      `${name}: board ${hello.serial} is plugged in where board ${serial} was`,
    );
  }
  let counter = hello.lastCounter;
  const { firmwareId, resetCause, faults } = hello;
  const identity: BoardIdentity = { firmwareId, serial: hello.serial, resetCause, faults };
  session = {
    port,
    identity,
    onMessage: undefined,
    five,
    board,
    onBoard: <Value>(work: () => Value): Value => onClock(clock, work),
    get nowMs() {
      return clock.nowMs;
    },
    get lost() {
      return line.lost;
    },
    send,
    ask,
    async order(message: Unsigned<Signed>) {
      counter++;
      const unsigned = { ...message, counter, macLow: 0, macHigh: 0 } as Signed;
      const signed = signBoardMessage(unsigned, { key, serial: identity.serial });
      const isAnswer = (answer: BoardMessage): answer is Of<"result"> =>
        answer.kind === "result" && answer.counter === counter;
      const result = await waitFor(isAnswer, `to ${message.kind}`, () => send(signed));
      const code = BOARD_RESULTS.find((known) => known.code === result.code);
      if (code?.name === "done") return;
      counter = Math.max(counter, result.lastCounter);
      throw new BoardError(
        "refused",
        `${name}: the board refused ${message.kind}: ${code?.says ?? `code ${result.code}`}`,
      );
    },
    pass: line.pass,
    close: line.close,
  };
  return session;
}
