// Debian's PostgreSQL as a server of a test's own: in a folder of its own, on a socket, gone afterwards.

import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const VERSIONS = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root. */
const USER = "postgres";

/** Where the newest version's programs lie; they are in no PATH. */
const binaries = (): string | undefined => {
  if (!existsSync(VERSIONS)) return undefined;
  const [newest] = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  const folder = join(VERSIONS, newest ?? "", "bin");
  return existsSync(join(folder, "initdb")) ? folder : undefined;
};

export const hasPostgres = binaries() !== undefined;
export const MISSING_POSTGRES = "missing Debian's postgresql";

export interface PostgresServer {
  /** Of a new, empty database. */
  createDatabase(): string;
  /** Runs statements in one of them through psql; returns rows as `a|b` lines. */
  query(url: string, sql: string): string;
  /** `immediate`: as a power cut would. */
  stop(how?: "fast" | "immediate"): void;
  start(): void;
  remove(): void;
}

/** Starts a server; `options` are more of its settings, such as `-c max_connections=3`. */
export function startPostgres(options = ""): PostgresServer {
  const bin = binaries();
  if (bin === undefined) throw new Error(MISSING_POSTGRES);
  // The path of a socket is at most 107 bytes, so not in a deep folder for temporary files.
  const folder = mkdtempSync("/tmp/meterville-pg-");
  const data = join(folder, "data");
  const asUser = process.getuid?.() === 0;
  if (asUser) chownSync(folder, numberOf("-u"), numberOf("-g"));
  chmodSync(folder, 0o755);
  const run = (program: string, ...args: readonly string[]): string => {
    const words = [join(bin, program), ...args];
    const [command, ...rest] = asUser ? ["runuser", "-u", USER, "--", ...words] : words;
    return execFileSync(command!, rest, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  };
  const control = (...args: readonly string[]): void => {
    // Its output would keep a pipe open for as long as the server lives.
    run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", join(folder, "log"), ...args);
  };
  const server: PostgresServer = {
    createDatabase() {
      const name = `db_${++databases}`;
      run("createdb", "-h", folder, "-U", "meterville", name);
      return `postgres://meterville@${encodeURIComponent(folder)}/${name}`;
    },
    query(url, sql) {
      const { pathname } = new URL(url);
      const database = pathname.slice(1);
      const who = ["-h", folder, "-U", "meterville", "-d", database];
      return run("psql", ...who, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql).trim();
    },
    start: () => control("-o", `-k ${folder} -c listen_addresses='' ${options}`, "start"),
    stop: (how = "fast") => control("-m", how, "stop"),
    remove() {
      try {
        server.stop("immediate");
      } catch {
        // It was stopped before.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  run("initdb", "-D", data, "-A", "trust", "-U", "meterville", "-E", "UTF8", "--no-sync");
  server.start();
  return server;
}

let databases = 0;

const numberOf = (flag: "-u" | "-g"): number =>
  Number(execFileSync("id", [flag, USER], { encoding: "utf8" }));
