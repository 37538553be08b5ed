// One conversation with one rig: the same line as a meter's, another dialect. What is sent is obeyed when a status comes
// back with its number.

import { decodeMessage, encodeMessage } from "../../sim/contract/board-codec.ts";
import {
  RIG_FIRMWARE,
  RIG_MESSAGES,
  RIG_PROTOCOL_VERSION,
  type RigMessage,
} from "../../sim/contract/rig-protocol.ts";
import { onClock } from "../board/johnny-five.ts";
import { BoardError, type BoardPort } from "../board/port.ts";
import { greet, type Line, listenOnce, openLine } from "../board/session.ts";

type Of<Kind extends RigMessage["kind"]> = Extract<RigMessage, { readonly kind: Kind }>;
export type RigStatus = Of<"status">;
/** What a rig can be told; the session numbers it. */
export type RigOrder =
  | Omit<Of<"wave">, "sequence">
  | Omit<Of<"lines">, "sequence">
  | Omit<Of<"calibration">, "sequence">;

const ANSWER_MS = 1_000;
const SEQUENCES = 128;

export interface RigSession {
  readonly port: BoardPort;
  /** As it said when it was opened. */
  readonly identity: Of<"hello">;
  /** The last that came. */
  readonly status: RigStatus;
  /** Why the rig is lost; undefined while it is there. */
  readonly lost: string | undefined;
  send(order: RigOrder): void;
  /** Sends, and waits until it is obeyed. Throws a BoardError where no answer comes. */
  order(order: RigOrder): Promise<RigStatus>;
  /** What the rig does and sees now. Throws a BoardError where no answer comes. */
  ask(): Promise<RigStatus>;
  close(): Promise<void>;
}

/** Opens a port with a rig behind it. Throws a BoardError; the port is closed then. */
export async function openRig(port: BoardPort): Promise<RigSession> {
  const line = await openLine(port);
  listenOnce(line.io);
  try {
    return await getToKnow(line);
  } catch (error) {
    await line.close();
    throw error;
  }
}

async function getToKnow(line: Line): Promise<RigSession> {
  const { port, clock, io } = line;
  const { name } = port;
  let hello: Of<"hello"> | undefined;
  let status: RigStatus | undefined;
  let statusCount = 0;
  let sequence = 0;
  /** When the oldest order was sent of those that nothing has answered; undefined where all are. */
  let unansweredSinceMs: number | undefined;
  line.inbox((bytes) => {
    const message = decodeMessage<RigMessage>(RIG_MESSAGES, bytes);
    if (message.kind === "hello") hello = message;
    if (message.kind !== "status") return;
    status = message;
    statusCount++;
    if (message.sequence === sequence) unansweredSinceMs = undefined;
  });
  const send = (message: RigMessage): void => {
    const kind = RIG_MESSAGES.find((each) => each.kind === message.kind)!;
    onClock(clock, () => io.sysexCommand(encodeMessage(kind, message)));
  };
  const waitFor = async (isDone: () => boolean, doing: string): Promise<void> => {
    if (await line.until(isDone, ANSWER_MS)) return;
    if (line.lost !== undefined) {
      throw new BoardError("lost", `${name}: the rig is gone: ${line.lost}`);
    }
    throw new BoardError("silent", `${name}: the rig did not answer ${doing}; reset it`);
  };
  const query = (what: "hello" | "status"): void => {
    const { id } = RIG_MESSAGES.find(({ kind }) => kind === what)!;
    send({ kind: "query", what: id });
  };
  const ask = async (): Promise<RigStatus> => {
    const before = statusCount;
    query("status");
    await waitFor(() => statusCount > before, "when it was asked for its status");
    return status!;
  };
  const sendOrder = (order: RigOrder): void => {
    sequence = (sequence + 1) % SEQUENCES;
    unansweredSinceMs ??= clock.nowMs;
    send({ ...order, sequence });
  };

  const remedy = `the rig's with: meterville board flash --port ${name} --hex firmware/rig/uno/rig.hex`;
  const firmware = await greet(line, remedy);
  if (firmware !== RIG_FIRMWARE.name) {
    throw new BoardError(
      "other-firmware",
      `${name}: the board runs "${firmware}", not the rig's firmware; flash ${remedy}`,
    );
  }
  if (hello === undefined) {
    query("hello");
    await waitFor(() => hello !== undefined, "when it was asked for hello");
  }
  const identity = hello!;
  const { protocol } = identity;
  if (protocol !== RIG_PROTOCOL_VERSION) {
    throw new BoardError(
      "other-protocol",
      `${name}: the rig speaks version ${protocol} of its protocol, this program ${RIG_PROTOCOL_VERSION}; flash ${remedy}`,
    );
  }
  await ask();
  return {
    port,
    identity,
    get status() {
      return status!;
    },
    get lost() {
      const isSilent =
        unansweredSinceMs !== undefined && clock.nowMs - unansweredSinceMs >= ANSWER_MS;
      return line.lost ?? (isSilent ? "it has not answered for a second" : undefined);
    },
    send: sendOrder,
    async order(order) {
      sendOrder(order);
      await waitFor(() => status!.sequence === sequence, `to ${order.kind}`);
      return status!;
    },
    ask,
    close: () => line.close(),
  };
}
