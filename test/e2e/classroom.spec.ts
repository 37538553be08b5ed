// A class in browsers of its own: a teacher and three learners who join with a code; each gets what the role may have
// and nothing else, and the teacher sees, pauses, reveals, removes, and takes the results home.

import { type Browser, expect, type Page, test } from "playwright/test";
import { splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import { expectRight } from "./legible.ts";
import { openTeach, PHONE, SCREEN } from "./portal-page.ts";
import { press, type Serving, startServing, stopServing, until } from "./served-page.ts";

let serving: Serving;

test.beforeEach(async () => {
  serving = await startServing("scenarios/school-lane.yaml", [
    ...["--step", "1min", "--port", "0", "--no-mqtt", "--paused", "--sign-in"],
  ]);
});
test.afterEach(() => stopServing(serving));

async function codeOf(teacher: Page): Promise<string> {
  const letters = (await teacher.locator(".class-code-letters").textContent()) ?? "";
  return letters.replace("Code:", "").replace(/\s/g, "");
}

async function join(browser: Browser, code: string, name: string): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE });
  const page = await context.newPage();
  await page.goto(`${serving.url}join?code=${code}`);
  await page.getByLabel("Your name").fill(name);
  await press(page, "Join");
  await expect(page.getByRole("heading", { name: "Your class" })).toBeVisible();
  return page;
}

/** Chooses in one of Mantine's fields. */
async function option(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).or(page.getByLabel(label)).first().click();
  await page.getByRole("option", { name: text, exact: true }).click();
}

/** Everything that a page is sent over its sockets, from now on. */
function heard(page: Page): (string | Buffer)[] {
  const messages: (string | Buffer)[] = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => messages.push(payload)),
  );
  return messages;
}

/** The channels that messages are of: packed frames, and those that come as text. */
const channelsOf = (messages: readonly (string | Buffer)[]): readonly string[] =>
  messages.flatMap((message) => {
    if (typeof message !== "string") return splitMessage(new Uint8Array(message)).head.channel;
    const { kind, frame } = JSON.parse(message) as { kind: string; frame?: { channel: string } };
    return kind === "frame" ? frame!.channel : [];
  });

test("a teacher and three learners: thief, detective and operator, each with what is theirs", async ({
  browser,
}) => {
  const teacher = await openTeach(browser, serving, SCREEN);
  await expectRight(teacher);
  await press(teacher, "Start a class");
  const code = await codeOf(teacher);
  expect(code).toMatch(/^[ACDEFGHJKMNPQRTUVWXY34679]{6}$/);
  await expect(teacher.getByRole("img", { name: /QR code that leads to/ })).toBeVisible();

  const wrong = await (await browser.newContext()).newPage();
  await wrong.goto(`${serving.url}join`);
  await wrong.getByLabel("Code of the class").fill("AAAAAA");
  await wrong.getByLabel("Your name").fill("Mallory");
  await press(wrong, "Join");
  await expect(wrong.getByRole("alert")).toContainText("There is no class with this code");
  await expectRight(wrong);

  const anu = await join(browser, code, "Anu");
  const ravi = await join(browser, code, "Ravi");
  const meera = await join(browser, code, "Meera");
  await expect(teacher.getByText("Learners: 3")).toBeVisible();
  await option(teacher, "Role of Anu", "Thief");
  await option(teacher, "Home of Anu", "3 School Lane");
  await option(teacher, "Role of Ravi", "Detective of the company");
  await option(teacher, "Role of Meera", "Network operator");
  await expectRight(teacher);

  await expect(anu.getByText("Anu, thief at 3 School Lane")).toBeVisible();
  await press(anu, "Begin to steal");
  await expect(anu.getByText("60 % of your current now flows past the meter.")).toBeVisible();
  await expectRight(anu);
  await expect(meera.getByText("mast-1: in service")).toBeVisible();
  await press(meera, "Take mast-1 down");
  await expectRight(meera);

  const told = heard(ravi);
  await ravi.goto(`${serving.url}?quality=low&freeze=1&view=truth`);
  await until(ravi, ({ ready }) => ready, "the detective's street is drawn");
  await press(teacher, "Let all go on");
  await expect(anu.getByRole("button", { name: "Take the wire away" })).toBeVisible();
  await expect(meera.getByText("mast-1: down")).toBeVisible();
  await anu.reload();
  await expect(anu.getByText("Anu, thief at 3 School Lane")).toBeVisible();
  await until(ravi, ({ step }) => step > 1, "the detective's street goes on");
  const channels = channelsOf(told);
  expect(channels.length).toBeGreaterThan(0);
  expect(channels.filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
  expect(told.map(String).join("")).not.toContain("theft-start");

  await press(teacher, "Pause all");
  await expect(anu.getByText("the street stands still")).toBeVisible();
  await press(teacher, "Hide the truth");
  await press(teacher, "Reveal the truth");
  await expect(teacher.getByText("The truth is revealed")).toBeVisible();

  const [download] = await Promise.all([
    teacher.waitForEvent("download"),
    teacher.getByRole("link", { name: "Results as CSV" }).click(),
  ]);
  const results = await (await download.createReadStream()).toArray();
  const lines = Buffer.concat(results).toString().trim().split("\r\n");
  expect(lines[0]).toMatch(/^name,role,home,lesson/);
  expect(lines.slice(1).map((line) => line.split(",").slice(0, 3))).toEqual([
    ["Anu", "thief", "home-3"],
    ["Ravi", "detective", ""],
    ["Meera", "operator", ""],
  ]);

  await press(teacher, "Remove Anu");
  await expect(teacher.getByText("Learners: 2")).toBeVisible();
  await expect(anu.getByRole("heading", { name: "Join a class" })).toBeVisible();
});

test("a lesson of the class: the teacher sees how far a learner is, also after a reload", async ({
  browser,
}) => {
  const teacher = await openTeach(browser, serving, SCREEN);
  await option(teacher, "Lesson", "Reading a bill");
  await press(teacher, "Start a class");
  const code = await codeOf(teacher);
  const anu = await join(browser, code, "Anu");
  await anu.getByRole("link", { name: "Open the street with the lesson" }).click();
  const lesson = anu.locator("section.lesson");
  await expect(lesson.getByRole("heading", { name: "Step 1 of 5" })).toBeVisible();
  await expect(lesson.getByText("Your teacher lets the street run on")).toBeVisible();
  await teacher.evaluate(async () => {
    const me = (await (await fetch("api/me")).json()) as { csrfToken: string };
    await fetch("api/pace", {
      method: "POST",
      headers: { "content-type": "application/json", "csrf-token": me.csrfToken },
      body: JSON.stringify({
        speed: null,
        isPaused: false,
        untilMs: 6 * 86_400_000 + 7 * 3_600_000,
      }),
    });
  });
  await anu.locator(".home-row").filter({ hasText: "7 School Lane" }).click();
  await anu.getByRole("button", { name: "Next step" }).click();
  await lesson.getByLabel("Your answer").fill("nonsense");
  await press(anu, "Check");
  await expect(lesson.getByText("This is not a number that I can read.")).toBeVisible();
  await lesson.getByLabel("Your answer").fill("12");
  await press(anu, "Check");
  await expect(teacher.getByText("Reading a bill: step 2 of 5, 0 hints, 1 wrong")).toBeVisible();
  await anu.evaluate(() => sessionStorage.clear());
  await anu.reload();
  await expect(lesson.getByRole("heading", { name: "Step 2 of 5" })).toBeVisible();
});

test("two players at one machine hand it over behind a curtain", async ({ browser }) => {
  const teacher = await openTeach(browser, serving, SCREEN);
  await press(teacher, "Start a class");
  const code = await codeOf(teacher);
  const machine = await join(browser, code, "Anu");
  await press(machine, "One more player at this machine");
  await machine.getByLabel("Code of the class").fill(code.toLowerCase());
  await machine.getByLabel("Your name").fill("anu");
  await press(machine, "Join");
  await expect(machine.getByRole("alert")).toContainText("Somebody of this name is in the class");
  await machine.getByLabel("Your name").fill("Ravi");
  await press(machine, "Join");
  await expect(machine.getByText("Ravi, watcher")).toBeVisible();
  await option(teacher, "Role of Anu", "Thief");
  await option(teacher, "Home of Anu", "3 School Lane");
  await press(machine, "Hand the machine over");
  await expect(machine.getByText("Ravi, watcher")).toHaveCount(0);
  await expectRight(machine);
  await press(machine, "I am Anu");
  await expect(machine.getByText("Anu, thief at 3 School Lane")).toBeVisible();
});
