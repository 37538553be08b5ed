// A run that has come to a moment, and the pages for customers and officials in a browser.

import { type Browser, expect, type Page } from "playwright/test";
import type { PaceRequest } from "../../sim/contract/frame.ts";
import { type Serving, startServing } from "./served-page.ts";

export const DAY_MS = 86_400_000;
export const PHONE = { width: 390, height: 844 };
export const SCREEN = { width: 1600, height: 900 };
export const SIZES = [
  ["a phone", PHONE],
  ["a screen", SCREEN],
] as const;
/** Of the accounts of the demonstration. */
export const PASSWORD = "meterville-demo";
/** How long a run may take to come to its moment; hooks that wait for one set their own timeout above it. */
const READY_WALL_MS = 200_000;
export const HOOK_WALL_MS = READY_WALL_MS + 40_000;

/** Runs a scenario as fast as it goes, and at another pace from a moment on. */
export async function startAt(
  scenario: string,
  readyMs: number,
  then: PaceRequest,
): Promise<Serving> {
  const serving = await startServing(scenario, [
    ...["--step", "1min", "--speed", "max", "--no-mqtt", "--port", "0"],
  ]);
  await expect
    .poll(() => simMs(serving), { timeout: READY_WALL_MS, intervals: [100] })
    .toBeGreaterThan(readyMs);
  await post(serving, "api/pace", then);
  return serving;
}

export async function simMs({ url }: Serving): Promise<number> {
  const answer = await fetch(new URL("api/pace", url));
  return ((await answer.json()) as { simMs: number }).simMs;
}

/** As whoever sits at the machine. */
export async function post({ url }: Serving, path: string, body: unknown): Promise<void> {
  const answer = await fetch(new URL(path, url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.ok, `${path} takes ${JSON.stringify(body)}`).toBe(true);
}

/** Fills the form and presses; whether that lets anybody in is the test's to see. */
export async function trySignIn(
  page: Page,
  { url }: Serving,
  name: string,
  password = PASSWORD,
): Promise<void> {
  await page.goto(`${url}sign-in`);
  await fillSignIn(page, name, password);
}

async function fillSignIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** The teacher's page in a browser of its own, after signing in there. */
export async function openTeach(
  browser: Browser,
  { url }: Serving,
  viewport: typeof SCREEN,
): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage();
  await page.goto(`${url}teach`);
  await fillSignIn(page, "teacher", PASSWORD);
  await expect(page.getByRole("heading", { name: "Classroom" })).toBeVisible();
  return page;
}

export async function signIn(page: Page, serving: Serving, name: string): Promise<void> {
  await trySignIn(page, serving, name);
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

export const part = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
