// What the tests drive and npm does not carry: a browser and a font, from Debian.

import { existsSync } from "node:fs";
import { NOT_FOUND, runChild } from "./child.mjs";
import { SETUP_EXIT, SetupFailure, tell } from "./setup-failure.mjs";

/** A package is there when its file is. */
const NEEDED = [
  { name: "chromium", file: "/usr/bin/chromium" },
  { name: "fonts-dejavu-core", file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" },
];

/**
 * Sees to a browser and a font. METERVILLE_CHROMIUM names another browser, and then nothing is installed.
 * Installs what is missing through apt when root or sudo allows; otherwise throws with the one
 * command to run.
 */
export async function ensureDebianPackages() {
  const ownBrowser = process.env.METERVILLE_CHROMIUM;
  if (ownBrowser !== undefined) {
    if (existsSync(ownBrowser)) return;
    throw new SetupFailure(
      `METERVILLE_CHROMIUM names ${ownBrowser}, which is not there; correct or unset it.`,
      SETUP_EXIT.input,
    );
  }
  const missing = NEEDED.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const prefix = await privilege();
  if (prefix === undefined) {
    throw new SetupFailure(
      `the tests need ${missing.join(" and ")}; run: sudo sh -c '${command}' (or \`npm run check\` for the tests without a browser).`,
      SETUP_EXIT.input,
    );
  }
  tell(`installing ${missing.join(" and ")} through apt`);
  const apt = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  // Old lists may still serve when one of several sources is away: the install decides.
  await run([...apt, "update"]);
  const { code, text } = await run([
    ...apt,
    "install",
    "-y",
    "--no-install-recommends",
    ...missing,
  ]);
  if (code === 0) return;
  process.stderr.write(text);
  throw new SetupFailure(
    `apt could not install ${missing.join(" and ")}; its message is above. When it works again, run: ${command}`,
    SETUP_EXIT.network,
  );
}

/** The words to put before a command of root: none as root, sudo where it asks nothing; undefined where neither. */
async function privilege() {
  if ((await run(["apt-get", "--version"])).code === NOT_FOUND) return undefined;
  if (process.getuid?.() === 0) return [];
  return (await run(["sudo", "-n", "true"])).code === 0 ? ["sudo", "-n"] : undefined;
}

/** @param {readonly string[]} words */
function run([command, ...args]) {
  return runChild(command, args, { show: false });
}
