// The customer's story on a phone and on a screen: sign in, look, pay in every way a provider may behave, and go; and
// what the door says to who does not know the password.

import { expect, type Page, test } from "playwright/test";
import { faults, sideways, smallTexts } from "./legible.ts";
import { type Serving, startServing, stopServing } from "./served-page.ts";

const DAY_MS = 86_400_000;
/** The run begins on 12 January; on the first of February everybody is billed. */
const READY_MS = 21 * DAY_MS;
const HOME = "4 Tamarind Lane";
const PHONE = { width: 390, height: 844 };
const SCREEN = { width: 1600, height: 900 };
const PASSWORD = "meterville-demo";
let serving: Serving;

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(new URL(path, serving.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Three Lanes after 25 days, going on at a pace at which one can watch. */
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
  expect((await post("api/pace", { speed: 600 })).ok, "the run goes on slowly").toBe(true);
});
test.afterAll(() => stopServing(serving));

async function expectRight(page: Page): Promise<void> {
  expect(await faults(page), "axe-core finds nothing").toEqual([]);
  expect(await smallTexts(page), "no text is small").toEqual([]);
  expect(await sideways(page), "nobody has to scroll sideways").toBeLessThanOrEqual(0);
}

async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.goto(`${serving.url}sign-in`);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const part = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

for (const [name, size] of [
  ["a phone", PHONE],
  ["a screen", SCREEN],
] as const) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("the sign-in page lists the demonstration's accounts, and one press is enough", async ({
      page,
    }) => {
      await page.goto(`${serving.url}sign-in`);
      await expect(page.getByText(PASSWORD)).toBeVisible();
      await page.getByLabel(/^Find one of 24 homes/).fill("tamarind");
      await expectRight(page);
      await page.getByRole("button", { name: HOME, exact: true }).click();
      await expect(page.getByRole("heading", { name: HOME, exact: true })).toBeVisible();
      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page.getByRole("heading", { name: "Sign in to Meterville" })).toBeVisible();
      await page.goBack();
      await expect(page.getByRole("heading", { name: HOME, exact: true })).toBeHidden();
    });

    test("a customer sees the own account, part by part", async ({ page }) => {
      await signIn(page, HOME.toLowerCase());
      await expect(page.getByRole("heading", { name: HOME, exact: true })).toBeVisible();
      await expect(page.getByTestId("forecast")).toContainText(/₹[\d,.]+/);
      await page.getByText("How is this worked out?").click();
      await expect(page.getByText("working days or days off")).toBeVisible();
      await expectRight(page);
      await part(page, "Use");
      await expect(page.getByText(/mean of \d+ neighbours/)).toBeVisible();
      for (const by of ["Hours", "Months", "Days"]) {
        await page.getByText(by, { exact: true }).click();
        await expect(page.locator(".bars .own").first()).toBeVisible();
      }
      await page.getByText("The numbers").click();
      await expect(page.locator("tbody tr").nth(3)).toContainText("kWh");
      await expectRight(page);
      await part(page, "Bills");
      await expect(page.locator(".bill").first()).toContainText(/kWh × ₹[\d.]+ a kWh = ₹/);
      await expect(page.locator(".bill").first()).toContainText("read by the meter");
      for (const language of ["English", "हिन्दी"]) {
        const link = page.locator(".bill").first().getByRole("link", { name: language });
        const start = await link.evaluate(async (each: HTMLAnchorElement) =>
          (await (await fetch(each.href)).text()).slice(0, 5),
        );
        expect(start, language).toBe("%PDF-");
      }
      await expectRight(page);
      await part(page, "Messages");
      await expect(page.getByText(/A new bill: ₹/).first()).toBeVisible();
      await expectRight(page);
      await part(page, "My data");
      await expect(page.getByText(/every 30 minutes/)).toBeVisible();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download my readings (CSV)" }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^readings-supply-\d+\.csv$/);
      await expectRight(page);
    });

    test("a payment is taken once, whatever the provider does", async ({ page }) => {
      await signIn(page, HOME);
      const orders = page.locator(".orders li");
      const pay = async (amount: string, way: string): Promise<void> => {
        await page.getByLabel("Amount in INR").fill(amount);
        await page.getByLabel("The simulated payment provider").selectOption({ label: way });
        await page.getByRole("button", { name: "Pay", exact: true }).click();
      };
      await pay("nothing", "pays at once");
      await expect(page.getByRole("alert").first()).toContainText("such as 250");
      await pay("12.50", "refuses the payment");
      await expect(orders.first()).toContainText("₹12.50: refused by the provider");
      await pay("10", "pays at once");
      await expect(orders.first()).toContainText("₹10.00: paid");
      await pay("11", "takes five seconds");
      await expect(orders.first()).toContainText("₹11.00: waiting");
      await expect(orders.first()).toContainText("₹11.00: paid");
      // Each size its own amount: both pay into one account.
      const thrice = name === "a phone" ? "13" : "14";
      await pay(thrice, "calls back three times");
      await expect(orders.first()).toContainText("the provider called 3 times; it was taken once");
      await expectRight(page);
      await part(page, "Messages");
      await expect(page.getByText(`Your payment has arrived: ₹${thrice}.00`)).toHaveCount(1);
      await expect(page.getByText("Your payment has arrived: ₹12.50")).toHaveCount(0);
    });

    test("who no longer shares the own use sees no mean either", async ({ page }) => {
      await signIn(page, HOME);
      await part(page, "My data");
      const share = page.getByRole("switch", { name: /neighbours' mean/ });
      await expect(share).toBeChecked();
      await share.click({ force: true });
      await expect(share).not.toBeChecked();
      await part(page, "Use");
      await expect(page.getByText("There is no mean of neighbours")).toBeVisible();
      await part(page, "My data");
      await share.click({ force: true });
      await expect(share).toBeChecked();
    });

    test("a wrong password and a wrong name are told alike, and soon there is a wait", async ({
      page,
    }) => {
      const nobody = `nobody on ${name}`;
      await signIn(page, nobody, "wrong");
      const alert = page.getByRole("alert");
      await expect(alert).toHaveText("The name or the password is wrong.");
      await signIn(page, "second official", "wrong");
      await expect(alert).toHaveText("The name or the password is wrong.");
      await expectRight(page);
      for (let tries = 1; tries < 5; tries++) {
        await signIn(page, nobody, `wrong ${tries}`);
        await expect(alert).toHaveText("The name or the password is wrong.");
      }
      await signIn(page, nobody, PASSWORD);
      await expect(alert).toHaveText("Too many wrong tries; wait 5 minutes.");
      await expectRight(page);
    });
  });
}

test("a customer's session is led away from the street and the office, and sees no other home", async ({
  page,
}) => {
  await page.setViewportSize(PHONE);
  await signIn(page, HOME);
  await expect(page.getByRole("heading", { name: HOME, exact: true })).toBeVisible();
  await page.goto(serving.url);
  await expect(page.getByRole("heading", { name: HOME, exact: true })).toBeVisible();
  await page.goto(`${serving.url}office`);
  await expect(page.getByText(`You are signed in as ${HOME}`)).toBeVisible();
  const statuses = await page.evaluate(async () => {
    const paths = ["api/state", "api/moments", "api/supplies/supply-01", "api/account/supply-01"];
    return Promise.all(paths.map(async (path) => (await fetch(path)).status));
  });
  expect(statuses).toEqual([403, 403, 403, 404]);
  const socket = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const opened = new WebSocket(new URL("ws", location.href));
        opened.onopen = () => resolve("open");
        opened.onerror = () => resolve("refused");
      }),
  );
  expect(socket).toBe("refused");
});
