// `npm run build`: the page with its engine as a static site, for any host of files, in `dist`. It works from any folder
// of a site and offline after the first visit.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { injectManifest } from "@serwist/build";
import { build } from "vite";
import { ensureWebBuilt } from "./bootstrap/build-web.mjs";
import { PROJECT_ROOT } from "./files.ts";

const SITE_DEFAULT = join(PROJECT_ROOT, "dist");
const WORKER = "sw.js";
/** Said in the page's head: no server stands behind it. */
const HEAD = `    <meta name="meterville-engine" content="page" />
    <link rel="manifest" href="./manifest.webmanifest" />
  </head>`;
/** Only a server has these. */
const SERVER_ONLY = ["portal.html", ".built-from"];
/** A font of the server's portal is most of a megabyte of it; the street's page asks for none. */
const PRECACHED_MAX_BYTES = 8 * 1024 * 1024;

/** Builds the site into a folder that is replaced whole; resolves with its files and bytes. */
export async function buildSite(
  siteDir: string = SITE_DEFAULT,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const page = await ensureWebBuilt();
  rmSync(siteDir, { recursive: true, force: true });
  cpSync(page, siteDir, { recursive: true });
  for (const name of SERVER_ONLY) rmSync(join(siteDir, name), { force: true });
  cpSync(join(PROJECT_ROOT, "web/site"), siteDir, { recursive: true });
  for (const name of ["index.html", "compare.html"]) {
    const file = join(siteDir, name);
    writeFileSync(file, readFileSync(file, "utf8").replace("  </head>", HEAD));
  }
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      outDir: siteDir,
      emptyOutDir: false,
      minify: true,
      lib: { entry: join(PROJECT_ROOT, "web/sw.ts"), formats: ["es"], fileName: () => WORKER },
    },
  });
  const { count, size, warnings } = await injectManifest({
    swSrc: join(siteDir, WORKER),
    swDest: join(siteDir, WORKER),
    globDirectory: siteDir,
    globPatterns: ["**/*.{html,js,css,svg,png,ttf,woff2,webmanifest}"],
    globIgnores: [WORKER],
    maximumFileSizeToCacheInBytes: PRECACHED_MAX_BYTES,
    // Names with a hash in them never change what they hold.
    dontCacheBustURLsMatching: /^assets\//,
  });
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  return { files: count, bytes: size };
}

if (import.meta.main) {
  const { files, bytes } = await buildSite();
  process.stdout.write(
    `dist: ${files} files, ${(bytes / 1e6).toFixed(1)} MB; put the folder on any web server, or try it with npx vite preview --outDir dist\n`,
  );
}
