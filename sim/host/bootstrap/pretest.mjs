// Before `npm test`: what is missing is installed, from npm and from Debian.

import { ensureDebianPackages } from "./debian-packages.mjs";
import { ensureInstalled } from "./install.mjs";
import { runSetup } from "./setup-failure.mjs";

await runSetup(async () => {
  await ensureInstalled();
  await ensureDebianPackages();
});
