import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openHiding } from "../../sim/host/hiding.ts";
import { temporaryFolder } from "../support/cli.ts";

const place = temporaryFolder();
afterAll(() => place.remove());
const folderOf = (name: string): string => {
  const folder = join(place.path, name);
  mkdirSync(folder);
  return folder;
};

test("a run hides nothing unless it is asked to", async () => {
  const hiding = await openHiding(folderOf("open"), {});
  expect(hiding.view).toEqual({ isHidden: false, needsCode: false });
  expect(hiding.channels).toContain("truth/supply");
});

test("while hidden only what the company knows may be shown, also after the server was started again", async () => {
  const folder = folderOf("hidden");
  await openHiding(folder, { isHidden: true });
  const again = await openHiding(folder, {});
  expect(again.view.isHidden).toBe(true);
  expect(again.sides).toEqual(["belief"]);
  expect(again.channels).toEqual(["belief/supply", "belief/street", "belief/event"]);
  expect(await again.reveal(undefined)).toBeNull();
  expect((await openHiding(folder, {})).view.isHidden).toBe(false);
});

test("only who knows the code reveals, a guess costs a second, and the code is nowhere in the folder", async () => {
  const folder = folderOf("coded");
  const wall = { nowMs: 0 };
  const asked = { isHidden: true, code: "kirsche" };
  const hiding = await openHiding(folder, asked, () => wall.nowMs);
  expect(await hiding.reveal(undefined)).toMatch(/needs the code/);
  expect(await hiding.reveal("apfel")).toMatch(/this is not the code/);
  expect(await hiding.reveal("kirsche")).toMatch(/wait a second/);
  wall.nowMs += 1_001;
  await hiding.hide("apfel");
  expect(await hiding.reveal("apfel")).toMatch(/this is not the code/);
  wall.nowMs += 1_001;
  expect(await hiding.reveal("kirsche")).toBeNull();
  expect(hiding.view).toEqual({ isHidden: false, needsCode: true });
  expect(readFileSync(join(folder, "hiding.json"), "utf8")).not.toContain("kirsche");
});

test("what is hidden stays hidden in the run that starts over", async () => {
  const [before, after] = [folderOf("before"), folderOf("after")];
  const hiding = await openHiding(before, { isHidden: true });
  await hiding.moveTo(after);
  expect((await openHiding(after, {})).view.isHidden).toBe(true);
});

test("a file that cannot be read reveals nothing and says what to do", async () => {
  const folder = folderOf("broken");
  writeFileSync(join(folder, "hiding.json"), "{");
  await expect(openHiding(folder, {})).rejects.toThrow(/is damaged.*remove the file/);
});
