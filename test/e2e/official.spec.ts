// The official's story on a phone and on a screen: find a customer, read the story, order, see arrears and cases, try a
// tariff, take a table along; and the administrator who sees what everybody did.

import { readFileSync } from "node:fs";
import { expect, type Page, test } from "playwright/test";
import { faults, sideways, smallTexts } from "./legible.ts";
import { type Serving, startServing, stopServing } from "./served-page.ts";

const DAY_MS = 86_400_000;
/** A fortnight after the thief of Three Lanes began; on the first of February everybody was billed. */
const READY_MS = 25 * DAY_MS;
const THIEF = "4 Tamarind Lane";
const PHONE = { width: 390, height: 844 };
const SCREEN = { width: 1600, height: 900 };
const PASSWORD = "meterville-demo";
let serving: Serving;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  serving = await startServing("scenarios/three-lanes.yaml", [
    ...["--step", "1min", "--speed", "max", "--no-mqtt", "--port", "0"],
  ]);
  const at = async (): Promise<number> => {
    const answer = await fetch(new URL("api/pace", serving.url));
    return ((await answer.json()) as { simMs: number }).simMs;
  };
  await expect.poll(at, { timeout: 200_000, intervals: [100] }).toBeGreaterThan(READY_MS);
  const slower = await fetch(new URL("api/pace", serving.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ speed: 60 }),
  });
  expect(slower.ok, "the run goes on slowly").toBe(true);
});
test.afterAll(() => stopServing(serving));

async function expectRight(page: Page): Promise<void> {
  expect(await faults(page), "axe-core finds nothing").toEqual([]);
  expect(await smallTexts(page), "no text is small").toEqual([]);
  expect(await sideways(page), "nobody has to scroll sideways").toBeLessThanOrEqual(0);
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${serving.url}sign-in`);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

const part = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

for (const [name, size] of [
  ["a phone", PHONE],
  ["a screen", SCREEN],
] as const) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("an official finds a customer by a word and reads what happened there", async ({
      page,
    }) => {
      await signIn(page, "official");
      await page.goto(`${serving.url}office`);
      const rows = page.locator("tbody tr");
      await expect(rows).toHaveCount(24);
      await expectRight(page);
      await page.getByRole("searchbox").fill("tamarind");
      await expect(rows.first()).toContainText("Tamarind Lane");
      await page.getByRole("link", { name: THIEF, exact: true }).click();
      await expect(page.getByRole("heading", { name: THIEF, exact: true })).toBeVisible();
      await expect(page.locator(".timeline")).toContainText(/Bill ₹[\d,.]+/);
      await page.locator(".bill summary").first().click();
      await expect(page.locator(".bill").first()).toContainText(/kWh × ₹[\d.]+ a kWh = ₹/);
      await expectRight(page);
    });

    test("an order by hand is asked about first, goes out, and stands in the audit log", async ({
      page,
    }) => {
      await signIn(page, "official");
      await page.goto(`${serving.url}office#/supply/supply-01`);
      await page.getByRole("button", { name: "Switch on" }).click();
      await page.getByRole("button", { name: "Do not" }).click();
      await page.getByRole("button", { name: "Send a crew" }).click();
      await page.getByRole("button", { name: /^Send a crew: / }).click();
      await expect(page.getByRole("status")).toContainText(
        /The order is accepted|A crew is on its way/,
      );
      await expectRight(page);
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByRole("heading", { name: "Sign in to Meterville" })).toBeVisible();
      await signIn(page, "administrator");
      await page.goto(`${serving.url}office#/audit`);
      await page.getByLabel("Who (whole name)").fill("official");
      await expect(page.locator("tbody tr").filter({ hasText: "inspect" }).first()).toContainText(
        "supply-01",
      );
      await expectRight(page);
    });

    test("arrears, disconnections, outages and cases are lists that lead to the account", async ({
      page,
    }) => {
      await signIn(page, "second official");
      await page.goto(`${serving.url}office`);
      await part(page, "Arrears");
      await expect(page.getByText("are past their due date")).toBeVisible();
      await expectRight(page);
      await part(page, "Disconnections");
      await expect(page.getByRole("heading", { name: "Disconnections" })).toBeVisible();
      await expectRight(page);
      await part(page, "Outages");
      await expect(page.getByText("No outage is known.")).toBeVisible();
      await part(page, "Cases");
      await expect(page.getByText(/theft, \d+ % likely/).first()).toBeVisible();
      await expectRight(page);
      await page.getByRole("link", { name: THIEF, exact: true }).first().click();
      await expect(page.getByRole("heading", { name: THIEF, exact: true })).toBeVisible();
    });

    test("a tariff is tried on last month: its faults by line, then who wins and who loses", async ({
      page,
    }) => {
      await signIn(page, "official");
      await page.goto(`${serving.url}office#/tariffs`);
      const editor = page.getByRole("textbox", { name: "The tariff" });
      await expect(editor).toHaveValue(/blocks:|rates:/);
      const text = await editor.inputValue();
      const attempt = page.getByRole("button", { name: "Try it on last month's readings" });
      await editor.fill(text.replace(/uptoKWh: 50,/, "uptoKWh: many,"));
      await attempt.click();
      await expect(page.getByRole("alert").last()).toContainText(/tariff:\d+:\d+ blocks/);
      await expectRight(page);
      await editor.fill(text);
      await attempt.click();
      await expect(page.getByText(/0 would pay more, 0 less, 2\d the same/)).toBeVisible();
      await editor.fill(
        text.replaceAll(/priceMilliMinorPerKWh: (\d)/g, "priceMilliMinorPerKWh: 1$1"),
      );
      await attempt.click();
      await expect(page.getByText(/2\d would pay more, 0 less/)).toBeVisible();
      await expectRight(page);
    });

    test("tables go out as CSV and as Parquet", async ({ page }) => {
      await signIn(page, "official");
      await page.goto(`${serving.url}office?token=of-the-machine#/exports`);
      await expectRight(page);
      const links = page.getByRole("main").getByRole("link");
      await expect(links).toHaveCount(6);
      for (const link of await links.all()) {
        expect(await link.getAttribute("href")).toMatch(/\?token=of-the-machine$/);
      }
      for (const [file, begins] of [
        ["accounts.csv", "supply,address,customer"],
        ["bills.parquet", "PAR1"],
      ] as const) {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("link", { name: file, exact: true }).click(),
        ]);
        const bytes = readFileSync((await download.path())!);
        expect(bytes.subarray(0, begins.length).toString("latin1")).toBe(begins);
      }
    });
  });
}

test("an official on the street's page sees what the company knows, and cannot show more", async ({
  page,
}) => {
  await page.setViewportSize(SCREEN);
  await signIn(page, "official");
  const seen = await page.evaluate(async () => {
    const said: string[] = [];
    const socket = new WebSocket(new URL("ws", location.href));
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as { kind: string; message?: string };
        if (message.kind === "hello") {
          said.push((message as unknown as { channels: string[] }).channels.join(" "));
          socket.send(JSON.stringify({ kind: "subscribe", channels: ["truth/supply"] }));
        }
        if (message.kind === "error") {
          said.push(message.message ?? "");
          if (said.length === 2) socket.send(JSON.stringify({ kind: "pace", isPaused: true }));
          else resolve();
        }
      };
    });
    socket.close();
    const state = (await (await fetch("api/state")).json()) as Record<string, unknown>;
    return {
      said,
      keys: Object.keys(state),
      history: (await fetch("api/moments?sides=truth")).status,
    };
  });
  expect(seen.said[0]).toBe("belief/supply belief/street belief/event");
  expect(seen.said[1]).toContain("truth/supply");
  expect(seen.said[2]).toContain("the pace is not an official's to change");
  expect(seen.keys).not.toContain("energy");
  expect(seen.history).toBe(403);
});
