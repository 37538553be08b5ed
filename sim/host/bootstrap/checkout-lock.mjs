// The lock of a checkout: one process at a time installs or builds. It lies outside node_modules, which
// `npm ci` deletes. A holder that died is noticed by its process id; one that hangs, by its pulse.

import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tell } from "./setup-failure.mjs";

const POLL_MS = 200;
const PULSE_MS = 2_000;
/** A holder whose pulse stands still for this long, by the waiter's own clock, is gone. */
const PULSE_LOST_MS = 30_000;

/**
 * Runs `work` while holding the lock directory `<root>/.install-lock`; waits for another holder first.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withCheckoutLock(root, work) {
  const lock = join(root, ".install-lock");
  await acquire(lock);
  const pulse = setInterval(() => {
    const now = new Date();
    utimes(join(lock, "owner"), now, now).catch(() => {});
  }, PULSE_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
    if ((await ownerOf(lock)) === ownName()) await rm(lock, { recursive: true, force: true });
  }
}

const ownName = () => `${process.pid}@${hostname()}`;

/** The directory appears with its owner's name already inside: it is made aside and renamed into place. */
async function acquire(lock) {
  const aside = `${lock}-${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside);
  await writeFile(join(aside, "owner"), ownName());
  let told = false;
  let pulseMs = 0;
  let pulseSeenAt = Date.now();
  try {
    for (;;) {
      if (await renamed(aside, lock)) return;
      const owner = await ownerOf(lock);
      const seenMs = await pulseOf(lock);
      if (seenMs !== pulseMs) {
        pulseMs = seenMs;
        pulseSeenAt = Date.now();
      }
      if (isDead(owner) || Date.now() - pulseSeenAt > PULSE_LOST_MS) {
        await breakLock(lock, owner);
        continue;
      }
      if (!told) tell("another start is installing here; waiting for it");
      told = true;
      await delay(POLL_MS);
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Whether `from` took the place of `to`; false where that is taken. An empty directory is nobody's lock. */
async function renamed(from, to) {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST", "EPERM"].includes(error.code) && existsSync(to)) return false;
    throw error;
  }
}

/** Removes a dead holder's lock. Of several waiters one may: who makes `breaking` and still finds the dead one. */
async function breakLock(lock, deadOwner) {
  const breaking = join(lock, "breaking");
  try {
    await mkdir(breaking);
  } catch (error) {
    if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
    await delay(POLL_MS);
    return;
  }
  if ((await ownerOf(lock)) === deadOwner) await rm(lock, { recursive: true, force: true });
  else await rmdir(breaking).catch(() => {});
}

async function ownerOf(lock) {
  return readFile(join(lock, "owner"), "utf8").catch(() => "");
}

async function pulseOf(lock) {
  return stat(join(lock, "owner")).then(
    (entry) => entry.mtimeMs,
    () => 0,
  );
}

function isDead(owner) {
  const [pid, host] = owner.split("@");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
