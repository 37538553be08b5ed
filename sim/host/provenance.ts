// Which program this is: version, commit, Node.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "./files.ts";

export interface Provenance {
  readonly version: string;
  readonly commit: string;
  readonly node: string;
}

/** `commit` ends in `+changes` where the working tree differs from it, and is `unknown` outside a checkout. */
export function provenance(): Provenance {
  const text = readFileSync(join(PROJECT_ROOT, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return { version, commit: commitNow(), node: process.versions.node };
}

function commitNow(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", PROJECT_ROOT, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const commit = git("rev-parse", "--short=12", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === ""
      ? commit
      : `${commit}+changes`;
  } catch {
    return "unknown";
  }
}
