// Before `npm run check`: what is missing is installed; no browser is needed.

import { ensureInstalled } from "./install.mjs";
import { runSetup } from "./setup-failure.mjs";

await runSetup(ensureInstalled);
