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
import type { BoardIdentity } from "../../sim/contract/meter-device.ts";
import { RIG_FIRMWARE, RIG_MESSAGES } from "../../sim/contract/rig-protocol.ts";
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
const GREETING_MS = { locked: 300, wall: 30, resetting: 3_000 } as const;
/** A board on the wall that has not said its name is asked again so often; one that resets might be in its boot loader. */
const ASK_AGAIN_MS = 600;
const ANSWER_MS = { locked: 1_000, wall: 2_000 } as const;
/** A locked board is given its bytes, and its timers, so often. */
const SLICE_MS = 10;
/** While somebody waits for a byte. */
const WAITING_SLICE_MS = 1;
/** How often a wall board's timers are looked at. */
const PUMP_WALL_MS = 5;
/** A wall board is asked for a sign of life so often, */
const HEARTBEAT_WALL_MS = 500;
/** and is lost when so many signs did not come: silence is noticed within 2.5 s. */
const SILENT_BEATS_MAX = 4;
/** A question may be lost to noise: on the wall it is asked so often within the answer's time. */
const ASKED_TIMES = { locked: 1, wall: 4 } as const;
/** Firmata's message that ends all reporting. */
const SYSTEM_RESET = 0xff;

type Of<Kind extends BoardMessage["kind"]> = Extract<BoardMessage, { readonly kind: Kind }>;
type Signed = Extract<BoardMessage, { readonly macLow: number }>;
type Unsigned<Message> = Message extends Signed
  ? Omit<Message, "counter" | "macLow" | "macHigh">
  : never;
/** What a board can be asked for. */
export type Asked = "hello" | "registers" | "held";

export interface KnownBoard extends BoardIdentity {
  readonly resetCause: number;
  readonly faults: number;
}

export interface BoardSession {
  readonly port: BoardPort;
  readonly identity: KnownBoard;
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
  /** Called every `HEARTBEAT_WALL_MS` where the board's time passes by itself. */
  onBeat: (() => void) | undefined;
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
  readonly board?: BoardIdentity;
}

/** Sessions by Firmata object: its table of sysex handlers is one for the process. */
const inboxes = new WeakMap<FirmataIo, (bytes: readonly number[]) => void>();
let isListening = false;

/** Hands our messages to the line that they came on, from now on. */
export function listenOnce(first: FirmataIo): void {
  if (isListening) return;
  isListening = true;
  const toHost = [...BOARD_MESSAGES, ...RIG_MESSAGES].filter(({ to }) => to === "host");
  for (const id of new Set<number>(toHost.map((message) => message.id))) {
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
export interface Line {
  readonly port: BoardPort;
  readonly clock: BoardClock;
  readonly io: FirmataIo;
  readonly board: FiveBoard;
  readonly lost: string | undefined;
  lose(reason: string): void;
  /** Beats passed without a byte of the board. */
  silentBeats: number;
  inbox(receive: (bytes: readonly number[]) => void): void;
  pass(spanMs: number): Promise<void>;
  /** Waits until `isDone`; false where that took longer than `spanMs` of board time, or the line was lost. */
  until(isDone: () => boolean, spanMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export async function openLine(port: BoardPort): Promise<Line> {
  const { five, Firmata } = johnnyFive();
  const clock = createBoardClock();
  const transport = new EventEmitter() as EventEmitter & FirmataTransport;
  let lost: string | undefined;
  let onChange: (() => void) | undefined;
  transport.write = (bytes, callback) => {
    port.write(Uint8Array.from(bytes));
    callback?.();
  };
  let silentBeats = 0;
  const lose = (reason: string): void => {
    lost ??= reason;
    onChange?.();
  };
  await port.open({
    lost: lose,
    data(bytes) {
      silentBeats = 0;
      onClock(clock, () => transport.emit("data", bytes));
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
    lose,
    get silentBeats() {
      return silentBeats;
    },
    set silentBeats(count) {
      silentBeats = count;
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

/**
 * The name of the firmware behind a line that was just opened. Throws a BoardError where nothing says one; `remedy` says
 * which firmware to flash with what.
 */
export async function greet(line: Line, remedy: string): Promise<string> {
  const { port, clock, io, board } = line;
  const kind = port.time === "locked" ? "locked" : port.resetsOnOpen ? "resetting" : "wall";
  // A board that is still reporting from before says its name only when it is quiet.
  if (port.time === "wall" && !port.resetsOnOpen) port.write(Uint8Array.of(SYSTEM_RESET));
  let firmware: string | undefined;
  onClock(clock, () =>
    io.once("queryfirmware", () => {
      firmware = io.firmware.name;
    }),
  );
  let leftMs: number = HANDSHAKE_MS[kind];
  while (leftMs > 0 && !board.isReady && line.lost === undefined) {
    const spanMs = kind === "wall" ? Math.min(leftMs, ASK_AGAIN_MS) : leftMs;
    await line.until(() => board.isReady, spanMs);
    leftMs -= spanMs;
    if (!board.isReady && leftMs > 0) onClock(clock, () => askAgain(io, firmware));
  }
  if (line.lost !== undefined) {
    throw new BoardError("lost", `${port.name}: the board is gone: ${line.lost}`);
  }
  if (firmware === undefined) {
    throw new BoardError(
      "silent",
      `${port.name}: nothing that speaks Firmata answers there; flash ${remedy}`,
    );
  }
  return firmware.replace(/\.ino$/, "");
}

/** Firmata asks for each thing once; a byte that is lost on the way would leave it waiting for ever. */
function askAgain(io: FirmataIo, firmware: string | undefined): void {
  const heard = (): void => undefined;
  if (firmware === undefined) {
    io.reportVersion(heard);
    io.queryFirmware(heard);
  } else if (io.pins.length === 0) io.queryCapabilities(heard);
  else io.queryAnalogMapping(heard);
}

async function getToKnow(
  line: Line,
  { key, board: expected }: SessionOptions,
): Promise<BoardSession> {
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
    if (message.kind === "pong" && session !== undefined) {
      const { serial } = session.identity;
      if (message.serial !== serial) line.lose(otherBoard(message.serial, serial));
      return;
    }
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
    let got: Message | undefined;
    const times = ASKED_TIMES[port.time];
    for (let asked = 0; asked < times && got === undefined && line.lost === undefined; asked++) {
      start();
      await line.until(() => {
        got ??= take(isIt);
        return got !== undefined;
      }, ANSWER_MS[port.time] / times);
    }
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

  const bare = await greet(
    line,
    `the meter's firmware with: meterville board flash --port ${name}`,
  );
  if (bare === RIG_FIRMWARE.name) {
    throw new BoardError(
      "other-firmware",
      `${name}: there is a rig, not a meter; name it behind the meter that it drives: METER+rig=${name}`,
    );
  }
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
  if (expected !== undefined) {
    const isSame = hello.serial === expected.serial && hello.firmwareId === expected.firmwareId;
    if (!isSame) {
      const what =
        hello.serial === expected.serial
          ? `board ${hello.serial} is back with another firmware`
          : otherBoard(hello.serial, expected.serial);
      throw new BoardError("other-board", `${name}: ${what}`);
    }
  }
  let counter = hello.lastCounter;
  const { firmwareId, resetCause, faults } = hello;
  const identity: KnownBoard = { firmwareId, serial: hello.serial, resetCause, faults };
  session = {
    port,
    identity,
    onMessage: undefined,
    onBeat: undefined,
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
      // Asked twice, obeyed the first time, and that answer was lost.
      if (code?.name === "replayed" && result.lastCounter === counter) return;
      counter = Math.max(counter, result.lastCounter);
      throw new BoardError(
        "refused",
        `${name}: the board refused ${message.kind}: ${code?.says ?? `code ${result.code}`}`,
      );
    },
    pass: line.pass,
    async close() {
      clearInterval(heartbeat);
      await line.close();
    },
  };
  // Not on the board's clock, which makes up for a pause of this process all at once: what came meanwhile is read first.
  const heartbeat =
    port.time === "wall" ? setInterval(beat, HEARTBEAT_WALL_MS, session, line) : undefined;
  return session;
}

/** Whatever the board says is a sign of life; where it has no reason to speak, it is given one. */
function beat(session: BoardSession, line: Line): void {
  if (line.lost !== undefined) return;
  if (line.silentBeats >= SILENT_BEATS_MAX) {
    line.lose(`it has said nothing for ${SILENT_BEATS_MAX * HEARTBEAT_WALL_MS} ms`);
    return;
  }
  line.silentBeats++;
  session.send({ kind: "ping", hostMs: Math.round(session.nowMs) });
  session.onBeat?.();
}

const otherBoard = (found: number, wanted: number): string =>
  `board ${found} is plugged in where board ${wanted} was`;
