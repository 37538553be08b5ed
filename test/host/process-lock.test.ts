import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isLockLeft, lockHolder, takeLock } from "../../sim/host/process-lock.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const path = (name: string): string => join(folder.path, name);

test("who holds a lock is known by its process; a second taker is told which", () => {
  const lock = takeLock(path("held"));
  expect(lockHolder(path("held"))).toBe(process.pid);
  expect(takeLock(path("held"))).toEqual({ heldBy: process.pid });
  if ("release" in lock) lock.release();
  expect(lockHolder(path("held"))).toBeUndefined();
  expect(isLockLeft(path("held"))).toBe(false);
});

test("a process that was killed holds nothing, though its lock is left", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const lock = takeLock(path("left"));
  const own = JSON.parse(readFileSync(path("left"), "utf8")) as { startedAt: string };
  writeFileSync(path("left"), JSON.stringify({ pid: child.pid, startedAt: own.startedAt }));
  expect(lockHolder(path("left")), "another process has the number").toBeUndefined();
  child.kill("SIGKILL");
  await once(child, "close");
  expect(isLockLeft(path("left"))).toBe(true);
  expect("release" in lock && "release" in takeLock(path("left"))).toBe(true);
  expect(lockHolder(path("left"))).toBe(process.pid);
});

test("a lock file that was cut off belongs to nobody, and nothing is left beside the lock", () => {
  writeFileSync(path("torn"), '{"pid":');
  expect("release" in takeLock(path("torn"))).toBe(true);
  expect(readdirSync(folder.path).filter((name) => name.startsWith("torn"))).toEqual(["torn"]);
});
