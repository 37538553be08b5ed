// Lessons as modules: a YAML file of `scenarios/lessons` is held against its scenario when the page is built and becomes
// plain data, so that no reader of YAML goes to the browser.

import type { Plugin } from "vite";
import { readLessonFile } from "../sim/host/lessons.ts";

export function lessonModules(): Plugin {
  return {
    name: "meterville-lessons",
    transform(_text, id) {
      const file = id.split("?")[0] ?? id;
      if (!/\/scenarios\/lessons\/[\w-]+\.yaml$/.test(file.replaceAll("\\", "/"))) return null;
      return { code: `export default ${JSON.stringify(readLessonFile(file))};`, map: null };
    },
  };
}
