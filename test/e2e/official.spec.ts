// The official's story on a phone and on a screen: find a customer, read the story, order, see arrears and cases, try a
// tariff, take a table along; and the administrator who sees what everybody did.

import { readFileSync } from "node:fs";
import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { DAY_MS, HOOK_WALL_MS, part, post, SCREEN, SIZES, signIn, startAt } from "./portal-page.ts";
import { type Serving, stopServing } from "./served-page.ts";

/** A fortnight after the thief of Three Lanes began; on the first of February everybody was billed. */
const READY_MS = 25 * DAY_MS;
const THIEF = "4 Tamarind Lane";
let serving: Serving;

test.beforeAll(async () => {
  test.setTimeout(HOOK_WALL_MS);
  serving = await startAt("scenarios/three-lanes.yaml", READY_MS, { speed: 60 });
});
test.afterAll(() => stopServing(serving));

/** Asks for an act, fills what it wants to know, and says yes. */
async function act(page: Page, title: string, fields: Readonly<Record<string, string>>) {
  await page.getByRole("button", { name: title, exact: true }).click();
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).fill(text);
  await page.getByRole("button", { name: new RegExp(`^${title}.*: `) }).click();
}

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("an official finds a customer by a word and reads what happened there", async ({
      page,
    }) => {
      await signIn(page, serving, "official");
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
      // Each size its own home: a crew that is on its way is not sent again.
      const supply = name === "a phone" ? "supply-01" : "supply-02";
      await signIn(page, serving, "official");
      await page.goto(`${serving.url}office#/supply/${supply}`);
      await page.getByRole("button", { name: "Switch on" }).click();
      await page.getByRole("button", { name: "Do not" }).click();
      await page.getByRole("button", { name: "Send a crew" }).click();
      await page.getByRole("button", { name: /^Send a crew: / }).click();
      await expect(page.getByRole("status")).toContainText("It is accepted");
      await expectRight(page);
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByRole("heading", { name: "Sign in to Meterville" })).toBeVisible();
      await signIn(page, serving, "administrator");
      await page.goto(`${serving.url}office#/audit`);
      await page.getByLabel("Who (whole name)").fill("official");
      const noted = page.locator("tbody tr").filter({ hasText: "inspect" });
      await expect(noted.filter({ hasText: supply })).toHaveCount(1);
      await expectRight(page);
    });

    test("money is taken, a bill disputed and decided, each after a question, and all of it is noted", async ({
      page,
    }) => {
      // Each size its own account.
      const supply = name === "a phone" ? "supply-05" : "supply-06";
      await signIn(page, serving, "official");
      await page.goto(`${serving.url}office#/supply/${supply}`);
      await expect(page.locator(".timeline")).toContainText(/Bill ₹[\d,.]+/);
      await page.getByText("Not possible now").click();
      await expect(page.getByText(`${supply} disputes nothing`).first()).toBeVisible();
      await act(page, "Take a payment", { "Amount in INR": "nothing" });
      await expect(page.getByRole("alert").last()).toContainText("such as 250");
      await expectRight(page);
      await page.getByLabel("Amount in INR").fill("20");
      await page.getByLabel("Number of the receipt").fill(`counter-${supply}`);
      await page.getByRole("button", { name: /^Take a payment, ₹20\.00: / }).click();
      await expect(page.getByRole("status")).toContainText("It is accepted");
      await expect(page.locator(".timeline")).toContainText("Payment ₹20.00");
      await act(page, "Put in dispute", {
        "Amount in INR": "15",
        Reason: "the meter was read wrong",
      });
      await expect(page.locator(".timeline")).toContainText("₹15.00 disputed");
      await act(page, "Give back what is disputed", {});
      await expect(page.locator(".timeline")).toContainText("Dispute upheld, ₹15.00 given back");
      await act(page, "Write off", { "Amount in INR": "5", Reason: "hardship" });
      await expect(page.locator(".timeline")).toContainText("₹5.00 written off (hardship)");
      await act(page, "Replace the meter", {});
      await expect(page.locator(".timeline")).toContainText(/Meter [\w-]+ is replaced at \d+ Wh/);
      await expectRight(page);
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByRole("heading", { name: "Sign in to Meterville" })).toBeVisible();
      await signIn(page, serving, "administrator");
      await page.goto(`${serving.url}office#/audit`);
      await page.getByLabel("About (whole name)").fill(supply);
      const rows = page.locator("tbody tr").filter({ hasText: "official" });
      for (const kind of [
        "payment",
        "dispute-open",
        "dispute-close",
        "write-off",
        "replace-meter",
      ]) {
        await expect(rows.filter({ hasText: kind })).toHaveCount(1);
      }
    });

    test("arrears, disconnections, outages and cases are lists that lead to the account", async ({
      page,
    }) => {
      await signIn(page, serving, "second official");
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
      await signIn(page, serving, "official");
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
      await signIn(page, serving, "official");
      await page.goto(`${serving.url}office?token=of-the-machine#/exports`);
      const links = page.getByRole("main").getByRole("link");
      await expect(links).toHaveCount(8);
      await expectRight(page);
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
  await signIn(page, serving, "official");
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

test("a batch of trips waits for another official, who is asked before it goes; an e-mail of it is read", async ({
  page,
}) => {
  test.setTimeout(HOOK_WALL_MS + 60_000);
  const year = await startAt("scenarios/year.yaml", DAY_MS / 2, { speed: 60 });
  try {
    for (const target of ["supply-03", "supply-04", "supply-05"]) {
      await post(year, "api/inputs", { kind: "trip", target, by: "official" });
    }
    await signIn(page, year, "second official");
    for (const [name, size] of SIZES) {
      await page.setViewportSize(size);
      await page.goto(`${year.url}office#/disconnections`);
      await page.getByRole("button", { name: "Approve trips-1" }).click();
      await expectRight(page);
      await page.getByRole("button", { name: "Do not" }).click();
      await expect(page.getByRole("button", { name: "Refuse trips-1" }), name).toBeVisible();
    }
    await page.getByRole("button", { name: "Approve trips-1" }).click();
    await page.getByRole("button", { name: "Yes, cut off 1 home" }).click();
    await expect(page.getByRole("button", { name: "Approve trips-1" })).toBeHidden();
    await page.goto(`${year.url}office#/supply/supply-05`);
    await expect(page.locator(".timeline")).toContainText("Trip sent (ordered by official");
    await page.goto(`${year.url}office#/supply/supply-03`);
    const email = /to home-03@example\.in: the supply is cut off/;
    await expect(page.locator(".timeline")).toContainText(email, { timeout: 60_000 });
    const address = await page.getByRole("heading", { level: 1 }).textContent();
    await signIn(page, year, address!);
    await part(page, "Messages");
    await expect(page.getByText(email)).toHaveCount(1);
    await expectRight(page);
  } finally {
    await stopServing(year);
  }
});
