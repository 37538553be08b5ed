// What a browser loads of the page, by building it as it is shipped.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { PROJECT_ROOT } from "../../sim/host/files.ts";

const KB = 1000;
/** The part of the page that draws the street. */
const SCENE = "scene/street-scene.tsx";

export interface PageSizes {
  /** Script that runs before the street is asked for, gzip, kB. */
  readonly shellScriptKB: number;
  /** Everything up to the first picture of the street, gzip, kB. */
  readonly firstViewKB: number;
  /** The sign-in page, with what the pages behind it share, gzip, kB. */
  readonly portalKB: number;
  /** Classes of Mantine's that its whole style sheet has, some script uses, and no style sheet of the page has. */
  readonly unstyled: readonly string[];
}

/** A part of Vite's manifest: names of other parts, and of files. */
interface Part {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

export function measurePageSizes(): PageSizes {
  const folder = mkdtempSync(join(tmpdir(), "meterville-page-"));
  try {
    const vite = join(PROJECT_ROOT, "node_modules/vite/bin/vite.js");
    const options = ["--manifest", "--outDir", folder, "--logLevel", "error"];
    // A test runner's own NODE_ENV would give a page for developers.
    execFileSync(process.execPath, [vite, "build", join(PROJECT_ROOT, "web"), ...options], {
      env: { ...process.env, NODE_ENV: "production" },
    });
    const manifest = JSON.parse(
      readFileSync(join(folder, ".vite/manifest.json"), "utf8"),
    ) as Readonly<Record<string, Part>>;
    const filesOf = (names: readonly string[], follows: readonly (keyof Part)[]): Set<string> => {
      const files = new Set<string>();
      const seen = new Set<string>();
      const add = (name: string): void => {
        const part = manifest[name];
        if (part === undefined || seen.has(name)) return;
        seen.add(name);
        for (const file of [part.file, ...(part.css ?? [])]) files.add(file);
        for (const follow of follows)
          for (const next of (part[follow] as string[]) ?? []) add(next);
      };
      names.forEach(add);
      return files;
    };
    const sumKB = (files: Iterable<string>): number =>
      [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) /
      KB;
    const entries = ["index.html"];
    const portal = filesOf(["portal.html"], ["imports"]);
    const shell = [...filesOf(entries, ["imports"])].filter((file) => extname(file) === ".js");
    if (manifest[SCENE] === undefined) throw new Error(`the page has no part ${SCENE} any more`);
    // What somebody has to ask for first, such as plots, bills and dialogs, is not in the first picture.
    const all = filesOf([...entries, SCENE], ["imports"]);
    return {
      shellScriptKB: sumKB(shell),
      firstViewKB: sumKB([...all, "index.html"]),
      portalKB: sumKB([...portal, "portal.html"]),
      unstyled: unstyledIn(join(folder, "assets")),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unstyledIn(assets: string): readonly string[] {
  const textOf = (extension: string): string =>
    readdirSync(assets)
      .filter((name) => extname(name) === extension)
      .map((name) => readFileSync(join(assets, name), "utf8"))
      .join("\n");
  const classesOf = (text: string): Set<string> => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g));
  const whole = join(PROJECT_ROOT, "node_modules/@mantine/core/styles.css");
  const known = classesOf(readFileSync(whole, "utf8"));
  const styled = classesOf(textOf(".css"));
  return [...classesOf(textOf(".js"))].filter((name) => known.has(name) && !styled.has(name));
}
