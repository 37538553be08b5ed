// Lessons as modules: a YAML file of `scenarios/lessons` is checked when the page is built and becomes plain data, so
// that no reader of YAML goes to the browser.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";
import { lessonOf } from "../sim/engine/scenario/lesson-file.ts";

/** A scenario's own name, as its file says it. */
const NAME = /^name\s*:\s*["']?([a-z0-9-]+)/m;

export function lessonModules(): Plugin {
  return {
    name: "meterville-lessons",
    transform(text, id) {
      const file = id.split("?")[0] ?? id;
      if (!/\/scenarios\/lessons\/[\w-]+\.yaml$/.test(file.replaceAll("\\", "/"))) return null;
      const nameOf = (scenario: string): string => {
        const path = join(dirname(file), scenario);
        this.addWatchFile(path);
        const name = NAME.exec(readFileSync(path, "utf8"))?.[1];
        if (name === undefined) this.error(`${path}: has no name; write name: and its id`);
        return name;
      };
      const lesson = lessonOf({ file, text }, nameOf);
      return { code: `export default ${JSON.stringify(lesson)};`, map: null };
    },
  };
}
