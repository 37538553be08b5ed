// A pseudo-terminal that any program opens as if a board were plugged in. `socat` holds it: Node has none of its own,
// and the terminal goes with the process that holds it.

import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BoardError } from "./port.ts";

export interface PseudoTerminal {
  /** Such as `/dev/pts/4`. */
  readonly path: string;
  /** What the other side wrote. */
  onData: (bytes: Uint8Array) => void;
  write(bytes: Uint8Array): void;
  /** Resolves when the terminal is gone, whoever ended it. */
  readonly gone: Promise<void>;
  close(): void;
}

const READY_WALL_MS = 3_000;
const LOOK_EVERY_WALL_MS = 5;

/** Throws a BoardError where `socat` is missing or does not come up. */
export async function openPseudoTerminal(): Promise<PseudoTerminal> {
  const folder = mkdtempSync(join(tmpdir(), "meterville-pty-"));
  const link = join(folder, "line");
  const child = spawn("socat", [`PTY,link=${link},rawer,echo=0,wait-slave=0`, "-"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  let isGone = false;
  child.stderr.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  // What is written after the other end has gone is lost, as on a real line.
  child.stdin.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      complaint = error.message;
      isGone = true;
      resolve();
    });
    child.on("close", () => {
      isGone = true;
      resolve();
    });
  });
  void gone.then(() => rmSync(folder, { recursive: true, force: true }));
  const path = await pathBehind(link, () => isGone);
  if (path === undefined) {
    child.kill();
    throw new BoardError(
      "not-there",
      `a pseudo-terminal needs socat, which did not start (${complaint.trim() || "no answer"}); on Debian: sudo apt-get install socat`,
    );
  }
  const terminal: PseudoTerminal = {
    path,
    onData: () => undefined,
    write: (bytes) => void child.stdin.write(bytes),
    gone,
    close: () => void child.kill(),
  };
  child.stdout.on("data", (bytes: Buffer) => terminal.onData(bytes));
  return terminal;
}

async function pathBehind(link: string, isGone: () => boolean): Promise<string | undefined> {
  const untilWallMs = performance.now() + READY_WALL_MS;
  while (!isGone() && performance.now() < untilWallMs) {
    try {
      return realpathSync(link);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_WALL_MS));
    }
  }
  return undefined;
}
