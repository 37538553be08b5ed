// The customer's story on a phone and on a screen: sign in, look, pay in every way a provider may behave, and go; and
// what the door says to who does not know the password.

import { expect, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import {
  DAY_MS,
  HOOK_WALL_MS,
  PASSWORD,
  PHONE,
  part,
  SIZES,
  signIn,
  startAt,
  trySignIn,
} from "./portal-page.ts";
import { type Serving, stopServing } from "./served-page.ts";

/** The run begins on 12 January; on the first of February everybody is billed. */
const READY_MS = 21 * DAY_MS;
const HOME = "4 Tamarind Lane";
let serving: Serving;

test.beforeAll(async () => {
  test.setTimeout(HOOK_WALL_MS);
  serving = await startAt("scenarios/three-lanes.yaml", READY_MS, { speed: 600 });
});
test.afterAll(() => stopServing(serving));

for (const [name, size] of SIZES) {
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
      await signIn(page, serving, HOME.toLowerCase());
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
      await signIn(page, serving, HOME);
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
      await signIn(page, serving, HOME);
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
      await trySignIn(page, serving, nobody, "wrong");
      const alert = page.getByRole("alert");
      await expect(alert).toHaveText("The name or the password is wrong.");
      await trySignIn(page, serving, "second official", "wrong");
      await expect(alert).toHaveText("The name or the password is wrong.");
      await expectRight(page);
      for (let tries = 1; tries < 5; tries++) {
        await trySignIn(page, serving, nobody, `wrong ${tries}`);
        await expect(alert).toHaveText("The name or the password is wrong.");
      }
      await trySignIn(page, serving, nobody, PASSWORD);
      await expect(alert).toHaveText("Too many wrong tries; wait 5 minutes.");
      await expectRight(page);
    });
  });
}

test("a customer's session is led away from the street and the office, and sees no other home", async ({
  page,
}) => {
  await page.setViewportSize(PHONE);
  await signIn(page, serving, HOME);
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
