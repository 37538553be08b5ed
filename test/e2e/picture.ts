// What tests see in a picture of the page: colours to the bit, brightness, and the files that the README shows.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "playwright/test";
import { probe, ROOT } from "./served-page.ts";

/** Where pictures go. */
export const PICTURES = process.env["METERVILLE_PICTURES"] ?? join(ROOT, "test-results/pictures");

/** Hides what lies over the street's picture, such as its legend. */
export const BARE = "[data-over-scene] { visibility: hidden }";

/** How many pixels of the street's picture, without what lies over it, have exactly each of these colours. */
export async function countColours(
  page: Page,
  colours: readonly string[],
): Promise<readonly number[]> {
  const picture = (await page.locator(".middle").screenshot({ style: BARE })).toString("base64");
  return page.evaluate(
    async ({ base64, wanted }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const counts = new Map(wanted.map((hex) => [Number.parseInt(hex.slice(1), 16), 0]));
      for (let at = 0; at < data.length; at += 4) {
        const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
        const count = counts.get(colour);
        if (count !== undefined) counts.set(colour, count + 1);
      }
      return [...counts.values()];
    },
    { base64: picture, wanted: colours },
  );
}

/** Part of the pixels that two pictures of one size have in colours that anybody tells apart. */
export async function differingShare(page: Page, before: Buffer, after: Buffer): Promise<number> {
  return page.evaluate(
    async (pictures) => {
      const [a, b] = await Promise.all(
        pictures.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
        }),
      );
      let count = 0;
      for (let at = 0; at < a!.length; at += 4) {
        const isOther = [0, 1, 2].some((k) => Math.abs(a![at + k]! - b![at + k]!) > 32);
        if (isOther) count++;
      }
      return count / (a!.length / 4);
    },
    [before.toString("base64"), after.toString("base64")],
  );
}

/** Mean brightness, 0 to 255, of the roof of a home. */
export async function roofBrightness(page: Page, supply: string): Promise<number> {
  const place = await page.evaluate((id) => window.__meterville!.screenOf(id), supply);
  expect(place, `${supply} is in the picture`).not.toBeNull();
  const clip = { x: place!.x - 3, y: place!.y + 1, width: 6, height: 4 };
  const picture = (await page.screenshot({ clip })).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return (
      data.reduce((sum, value, at) => (at % 4 === 3 ? sum : sum + value), 0) / (data.length * 0.75)
    );
  }, picture);
}

/** A blank page has about 0.01 bytes a pixel at this quality, the street 0.15 and more. */
const DRAWN_BYTES_PER_PIXEL = 0.05;

/** Waits until no more pictures are drawn: a paused street is drawn until it shows the last step, and then no more. */
export async function settle(page: Page): Promise<void> {
  let drawn = -1;
  await expect
    .poll(
      async () => {
        const before = drawn;
        drawn = await probe(page, ({ framesDrawn }) => framesDrawn);
        return drawn === before;
      },
      { intervals: [500] },
    )
    .toBe(true);
}

/** Takes a picture of a paused street once it shows the last step. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await settle(page);
  const path = join(PICTURES, `${name}.jpg`);
  const picture = await page.screenshot({ path, type: "jpeg", quality: 88 });
  const { width, height } = page.viewportSize()!;
  expect(picture.length, "the picture is not blank").toBeGreaterThan(
    width * height * DRAWN_BYTES_PER_PIXEL,
  );
}
