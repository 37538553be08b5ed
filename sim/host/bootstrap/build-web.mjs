// Builds the page with Vite when anything that goes into it has changed since the last build.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withCheckoutLock } from "./checkout-lock.mjs";
import { runChild } from "./child.mjs";
import { PINNED_NODE, ROOT } from "./install.mjs";
import { SETUP_EXIT, SetupFailure, tell } from "./setup-failure.mjs";

/** Where the built page lies. */
export const WEB_DIST = join(ROOT, "web", "dist");

const STAMP = join(WEB_DIST, ".built-from");
const DIST_NEXT = join(ROOT, "web", "dist.next");
const CONFIG = join("web", "vite.config.ts");

/** Everything that the page is made of; folders are taken whole. */
const SOURCES = [
  "package-lock.json",
  "tsconfig.base.json",
  "web",
  "sim/core",
  "sim/contract",
  "sim/grid",
  "sim/plant",
  "sim/comms",
  "sim/utility",
  "sim/engine",
  "sim/recording",
  "scenarios",
];
const NOT_SOURCES = new Set(["dist", "dist.next", "node_modules"]);

/**
 * Builds `web/dist` unless it is up to date; hashing the sources costs some milliseconds.
 * An installed package has the page built and no Vite configuration: then nothing is to do.
 * @returns {Promise<string>} the folder of the page
 */
export async function ensureWebBuilt() {
  if (!existsSync(join(ROOT, CONFIG)) || (await isBuilt())) return WEB_DIST;
  await withCheckoutLock(ROOT, async () => {
    if (!(await isBuilt())) await build();
  });
  return WEB_DIST;
}

async function isBuilt() {
  return (await readFile(STAMP, "utf8").catch(() => "")) === (await hashOfSources());
}

/** The new page replaces the old one whole, so that a server never sees half of it. */
async function build() {
  tell("building the page");
  const hash = await hashOfSources();
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const { code, text } = await runChild(
    PINNED_NODE,
    [
      vite,
      "build",
      "web",
      "--config",
      CONFIG,
      "--outDir",
      "dist.next",
      "--emptyOutDir",
      "--logLevel",
      "warn",
    ],
    { cwd: ROOT, show: true },
  );
  if (code !== 0) {
    const why = text.trim() === "" ? "" : "; its message is above";
    throw new SetupFailure(
      `the page did not build (Vite ended with ${code})${why}.`,
      SETUP_EXIT.input,
    );
  }
  await writeFile(join(DIST_NEXT, ".built-from"), hash);
  await rm(WEB_DIST, { recursive: true, force: true });
  await rename(DIST_NEXT, WEB_DIST);
}

async function hashOfSources() {
  const hash = createHash("sha256");
  for (const source of SOURCES) await addToHash(hash, source);
  return hash.digest("hex");
}

async function addToHash(hash, path) {
  const entries = await readdir(join(ROOT, path), { withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return undefined;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === undefined) {
    const content = await readFile(join(ROOT, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (!NOT_SOURCES.has(entry.name)) await addToHash(hash, `${path}/${entry.name}`);
  }
}
