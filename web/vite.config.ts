import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { lessonModules } from "./lesson-plugin.ts";

const page = (name: string): string => join(import.meta.dirname, `${name}.html`);

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react(), lessonModules()],
  worker: { format: "es" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: [page("index"), page("portal"), page("compare")] },
  },
});
