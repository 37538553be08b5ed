// A customer who pays ahead, on a phone and on a screen: the alarm, a token bought and typed in while the mast is down,
// and refused the second time.

import { expect, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { DAY_MS, HOOK_WALL_MS, part, post, SIZES, signIn, startAt } from "./portal-page.ts";
import { type Serving, stopServing } from "./served-page.ts";

/** By then nobody has topped up the two homes, and both have little left. */
const READY_MS = 1.5 * DAY_MS;
const HOMES = { "a phone": "5 Mango Lane", "a screen": "1 Tamarind Lane" } as const;
let serving: Serving;

test.beforeAll(async () => {
  test.setTimeout(HOOK_WALL_MS);
  serving = await startAt("scenarios/prepaid-lanes.yaml", READY_MS, { speed: 120 });
});
test.afterAll(() => stopServing(serving));

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("low credit is told; a token is bought, typed at the meter, counted, and good once", async ({
      page,
    }) => {
      await signIn(page, serving, HOMES[name]);
      const credit = page.getByRole("region", { name: "Your credit" });
      const creditCoins = async (): Promise<number> =>
        Number((await credit.locator(".figure").textContent())?.replace(/[^\d.-]/g, ""));
      await expect(credit.getByText(/It is low\. Below zero you have ₹50\.00/)).toBeVisible();
      await expectRight(page);
      await part(page, "Messages");
      await expect(page.getByText(/Your credit is low: ₹/).first()).toBeVisible();
      await expectRight(page);
      await part(page, "Home");

      const before = await creditCoins();
      await post(serving, "api/inputs", { kind: "mast-down", target: "mast-1" });
      await page.getByLabel("Amount in INR").fill("300");
      await page
        .getByLabel("The simulated payment provider")
        .selectOption({ label: "pays at once" });
      await page.getByRole("button", { name: "Top up", exact: true }).click();
      await expect(page.locator(".orders li").first()).toContainText("₹300.00: paid");
      const tokens = page.getByRole("region", { name: "Your tokens" }).getByRole("listitem");
      await expect(tokens).toHaveCount(1);
      await expect(tokens).toContainText("on its way to your meter");
      const token = (await tokens.locator("code").textContent()) ?? "";
      expect(token).toMatch(/^\d{4}( \d{4}){4}$/);

      const keypad = page.getByRole("region", { name: "Your meter's keypad" });
      const type = async (text: string): Promise<void> => {
        await keypad.getByLabel("Token").fill(text);
        await keypad.getByRole("button", { name: "Enter" }).click();
      };
      const answers = keypad.getByRole("listitem");
      await type("1234");
      await expect(keypad.getByRole("alert")).toContainText("A token has 20 digits");
      const last = Number(token.at(-1));
      await type(`${token.slice(0, -1)}${(last + 1) % 10}`);
      await expect(answers.first()).toContainText("The meter does not know this token.");
      await type(token);
      await expect(answers.first()).toContainText("The meter has taken the token.");
      await type(token);
      await expect(answers.first()).toContainText("taken this token before; each is good once");
      await expect(answers.filter({ hasText: "The meter has taken the token." })).toHaveCount(1);
      await expectRight(page);

      await post(serving, "api/inputs", { kind: "mast-up", target: "mast-1" });
      await expect.poll(creditCoins, { timeout: 60_000 }).toBeGreaterThan(before + 200);
      await expect(credit.getByText(/It is low/)).toBeHidden();
      await expectRight(page);
    });
  });
}
