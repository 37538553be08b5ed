// A disk that a test fills to the last byte and empties again: a small tmpfs of its own where this process may mount
// one, else a limit on the size of files that the kernel enforces on one process.

import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly path: string;
  /** From now on the process can write nothing more here. */
  fill(pid: number): void;
  mend(pid: number): void;
  remove(): void;
}

const SIZE = "48m";
const BLOCK = Buffer.alloc(4096);

export function smallDisk(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "meterville-disk-"));
  return mount(path) ? mountedDisk(path) : limitedDisk(path);
}

function mount(path: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", path], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

function mountedDisk(path: string): SmallDisk {
  const ballast = join(path, "ballast");
  return {
    path,
    fill() {
      const handle = openSync(ballast, "w");
      try {
        for (;;) writeSync(handle, BLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(handle);
      }
    },
    mend: () => rmSync(ballast),
    remove() {
      execFileSync("umount", ["--lazy", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** No byte of a file may be written beyond its first; Node ignores the signal and gets EFBIG. */
function limitedDisk(path: string): SmallDisk {
  const limit = (pid: number, bytes: string): void => {
    execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
  };
  return {
    path,
    fill: (pid) => limit(pid, "1"),
    mend: (pid) => limit(pid, "unlimited"),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
