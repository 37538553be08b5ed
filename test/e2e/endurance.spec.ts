// What lasts: a month of play takes no more memory than its first days, and a line that is cut for a while is said.

import { type CDPSession, expect, type Page, test, type WebSocketRoute } from "playwright/test";
import { probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

const DAY_MS = 86_400_000;
const DAYS = 30;
const MEGABYTE = 1_000_000;
let serving: Serving;

test.afterEach(() => stopServing(serving));

async function open(page: Page): Promise<void> {
  await page.goto(`${serving.url}?quality=low&freeze=1&view=truth`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

async function setPace(page: Page, pace: unknown): Promise<void> {
  const status = await page.evaluate(async (wish) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/pace", { method: "POST", headers, body: JSON.stringify(wish) }))
      .status;
  }, pace);
  expect(status).toBe(200);
}

/** In MB, after everything that nobody holds is gone. */
async function heapMB(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / MEGABYTE;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

test("a page that plays thirty days holds no more at their end than after the first ones", async ({
  page,
}) => {
  test.setTimeout(300_000);
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--paused", "--step", "15min", "--speed", "max"],
  ]);
  await open(page);
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  const heldMB: number[] = [];
  await setPace(page, { isPaused: false });
  for (let day = 1; day <= DAYS; day++) {
    await expect
      .poll(() => probe(page, ({ simMs }) => simMs), { timeout: 120_000, intervals: [50] })
      .toBeGreaterThanOrEqual(day * DAY_MS);
    heldMB.push(await heapMB(session));
  }
  const [early, late] = [median(heldMB.slice(4, 10)), median(heldMB.slice(-6))];
  expect(late, `MB held by day: ${heldMB.map((mb) => mb.toFixed(1)).join(" ")}`).toBeLessThan(
    1.1 * early,
  );
});

test("a page whose line is cut says how old its picture is, and catches up when the line is back", async ({
  page,
}) => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--speed", "60"],
  ]);
  let isCut = false;
  const lines: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/ws/, (line) => {
    if (isCut) return void line.close();
    line.connectToServer();
    lines.push(line);
  });
  await open(page);
  isCut = true;
  for (const line of lines) await line.close();
  const note = page.getByText(/Nothing has been heard for \d+ s/);
  await expect(note).toContainText(/heard for ([3-9]|\d\d) s. What you see is of .* \d\d:\d\d/);
  const before = await probe(page, ({ simMs }) => simMs);
  isCut = false;
  await expect(note).toBeHidden();
  await expect.poll(() => probe(page, ({ simMs }) => simMs)).toBeGreaterThan(before + 60_000);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
});
