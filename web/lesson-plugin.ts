// Lessons as modules: a YAML file of `scenarios/lessons` is held against its scenario when the page is built and becomes
// plain data, so that no reader of YAML goes to the browser.

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { readLessonAt } from "../sim/engine/scenario/lesson-file.ts";

export function lessonModules(): Plugin {
  return {
    name: "meterville-lessons",
    transform(_text, id) {
      const file = id.split("?")[0] ?? id;
      if (!/\/scenarios\/lessons\/[\w-]+\.yaml$/.test(file.replaceAll("\\", "/"))) return null;
      const lesson = readLessonAt(file, (path) => {
        this.addWatchFile(path);
        return readFileSync(path, "utf8");
      });
      return { code: `export default ${JSON.stringify(lesson)};`, map: null };
    },
  };
}
