// How bytes reach a board: a serial line, a TCP bridge, or an emulator in this process. Knows nothing of what they mean.

/** What a port tells its owner. */
export interface PortEvents {
  data(bytes: Uint8Array): void;
  /** The line is gone and will not come back by itself; `reason` is part of a sentence. */
  lost(reason: string): void;
}

interface AnyPort {
  /** As a person would name it: `/dev/ttyACM0`, `tcp://10.0.0.7:4000`, `emulated`. */
  readonly name: string;
  /** Throws a BoardError. */
  open(events: PortEvents): Promise<void>;
  /** Takes bytes at once and sends them in order. After a loss they are dropped. */
  write(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** A board whose time passes by itself. `resetsOnOpen`: an Uno boots when its line is opened, for up to two seconds. */
export interface WallPort extends AnyPort {
  readonly time: "wall";
  readonly resetsOnOpen: boolean;
}

/** A board whose time passes only here: `run` moves it on and hands over what it sent, before it returns. */
export interface LockedPort extends AnyPort {
  readonly time: "locked";
  run(spanMs: number): void;
}

export type BoardPort = WallPort | LockedPort;

/** Why a board cannot be used. */
export type BoardFault =
  | "not-there"
  | "not-allowed"
  | "taken"
  | "silent"
  | "other-firmware"
  | "other-protocol"
  | "other-board"
  | "refused"
  | "lost";

/** Something about a board that its owner can mend; the message is a sentence that says how. */
export class BoardError extends Error {
  override readonly name = "BoardError";
  readonly fault: BoardFault;

  constructor(fault: BoardFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
