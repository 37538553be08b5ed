// What the tests drive and npm does not carry, from Debian: a browser, a font, strangers' MQTT programs, a database server,
// and what builds and checks a board's firmware.

import { existsSync } from "node:fs";
import { NOT_FOUND, runChild } from "./child.mjs";
import { SETUP_EXIT, SetupFailure, tell } from "./setup-failure.mjs";

/** A package is there when its file is. */
const BROWSER = [
  { name: "chromium", file: "/usr/bin/chromium" },
  { name: "fonts-dejavu-core", file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" },
];
const MQTT = [
  { name: "mosquitto", file: "/usr/sbin/mosquitto" },
  { name: "mosquitto-clients", file: "/usr/bin/mosquitto_sub" },
];
// Its server's programs lie in a folder of their version; this one comes with every server.
const DATABASE = [{ name: "postgresql", file: "/usr/bin/pg_ctlcluster" }];
const BOARDS = [
  { name: "gcc-avr", file: "/usr/bin/avr-gcc" },
  { name: "avr-libc", file: "/usr/lib/avr/include/avr/io.h" },
  { name: "g++", file: "/usr/bin/g++" },
  { name: "libsimavr-dev", file: "/usr/include/simavr/sim_avr.h" },
  { name: "libelf-dev", file: "/usr/include/libelf.h" },
  { name: "socat", file: "/usr/bin/socat" },
];

/**
 * Sees to a browser, a font, and the programs. METERVILLE_CHROMIUM names another browser, and then none is
 * installed. Installs what is missing through apt when root or sudo allows; otherwise throws with the one
 * command to run. Beside an own browser the programs are no must: their tests skip themselves.
 */
export async function ensureDebianPackages() {
  const ownBrowser = process.env.METERVILLE_CHROMIUM;
  if (ownBrowser !== undefined && !existsSync(ownBrowser)) {
    throw new SetupFailure(
      `METERVILLE_CHROMIUM names ${ownBrowser}, which is not there; correct or unset it.`,
      SETUP_EXIT.input,
    );
  }
  const needed = [...(ownBrowser === undefined ? BROWSER : []), ...MQTT, ...DATABASE, ...BOARDS];
  const missing = needed.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;
  const names = missing.join(" and ");
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const prefix = await privilege();
  if (prefix === undefined && ownBrowser !== undefined) {
    tell(`some tests will skip themselves: they need ${names}`);
    return;
  }
  if (prefix === undefined) {
    throw new SetupFailure(
      `the tests need ${names}; run: sudo sh -c '${command}' (or \`npm run check\` for the tests without them).`,
      SETUP_EXIT.input,
    );
  }
  await install(prefix, missing, command);
  // The tests start servers of their own; those of the system are not ours to switch on.
  for (const name of ["mosquitto", "postgresql"]) {
    if (missing.includes(name)) {
      await run([...prefix, "systemctl", "disable", "--now", `${name}.service`]);
    }
  }
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} missing
 * @param {string} command what a person would run
 */
async function install(prefix, missing, command) {
  const names = missing.join(" and ");
  tell(`installing ${names} through apt`);
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
    `apt could not install ${names}; its message is above. When it works again, run: ${command}`,
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
