// The built site behind the plainest of web servers, in a folder of it, as a school's static host has it.

import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { expect, type Page } from "playwright/test";
import { buildSite } from "../../sim/host/build-site.ts";

const FOLDER = "/school/meterville/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export interface StaticSite {
  readonly url: string;
  /** From now on nobody answers there. */
  stop(): Promise<void>;
  /** Stops, and takes the site away. */
  remove(): Promise<void>;
}

/** Builds the site and serves it. */
export async function serveSite(): Promise<StaticSite> {
  const dir = mkdtempSync(join(tmpdir(), "meterville-site-"));
  await buildSite(dir);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const name = pathname.startsWith(FOLDER) ? pathname.slice(FOLDER.length) : "";
    const file = join(dir, normalize(name === "" ? "index.html" : name));
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    if (!isThere) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> => stopServer(server);
  return {
    url: `http://127.0.0.1:${port}${FOLDER}`,
    stop,
    async remove() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until the page needs its server no more. */
export async function untilOfflineReady(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true);
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
