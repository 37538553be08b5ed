// A lock that names the process that holds it. A process that was killed holds nothing: its number may be another's by
// now, so its start time belongs to the name.

import { execFileSync } from "node:child_process";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

interface Holder {
  readonly pid: number;
  /** When the process started, by the operating system's own count. */
  readonly startedAt: string;
}

export interface ProcessLock {
  release(): void;
}

/** The process that holds a lock file, if it still lives. */
export function lockHolder(path: string): number | undefined {
  const holder = readHolder(path);
  return holder !== undefined && isAlive(holder) ? holder.pid : undefined;
}

/** Whether there is a lock file at all: its process may have died without letting go. */
export function isLockLeft(path: string): boolean {
  return readHolder(path) !== undefined;
}

/** Takes a lock, also from a process that has died; returns the process that holds it where one does. */
export function takeLock(path: string): ProcessLock | { readonly heldBy: number } {
  const own = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, startedAt: startOf(process.pid) ?? "" };
  writeFileSync(own, JSON.stringify(me));
  try {
    for (;;) {
      if (linked(own, path)) return { release: () => rmSync(path, { force: true }) };
      const heldBy = lockHolder(path);
      if (heldBy !== undefined) return { heldBy };
      setAside(path, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link fails where the name is taken: two processes cannot both have made it. */
function linked(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead process's lock away. Where another process was faster, its lock is put back. */
function setAside(path: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (lockHolder(aside) !== undefined) linked(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    const { pid, startedAt } = value;
    if (typeof pid === "number" && typeof startedAt === "string") return { pid, startedAt };
    return { pid: 0, startedAt: "" };
  } catch (error) {
    // A lock that cannot be read was cut off with its process.
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? undefined
      : { pid: 0, startedAt: "" };
  }
}

const isAlive = ({ pid, startedAt }: Holder): boolean =>
  pid > 0 && startOf(pid) === startedAt && startedAt !== "";

/** When a living process started: ticks since boot on Linux, a date elsewhere; undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // proc(5): the name may hold spaces and brackets; state is field 3, start time field 22.
      const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" || state === "X" ? undefined : fields[18];
    }
    const ps = ["-o", "lstart=", "-p", String(pid)];
    return execFileSync("ps", ps, { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
