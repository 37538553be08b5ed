// Before `npm start`: what is missing is installed, the page is built.

import { ensureWebBuilt } from "./build-web.mjs";
import { ensureInstalled } from "./install.mjs";
import { runSetup } from "./setup-failure.mjs";

await runSetup(async () => {
  await ensureInstalled();
  await ensureWebBuilt();
});
