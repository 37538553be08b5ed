// A page with a town of any size: the script that stands in for the page's WebSocket, built for a browser.

import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { PROJECT_ROOT } from "../../sim/host/files.ts";

/** To run in a page before its own scripts; `homes` and `isManual` as in `town-socket.ts`. */
export async function townScript(homes: number, isManual = false): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: {
        entry: join(PROJECT_ROOT, "test/web/town-socket/town-socket.ts"),
        formats: ["iife"],
        name: "town",
        fileName: "town",
      },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk] = built[0]!.output;
  return `window.townHomes = ${homes}; window.townIsManual = ${isManual};\n${chunk.code}`;
}
