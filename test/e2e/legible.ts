// What must hold wherever somebody looks: axe-core finds nothing, no text is small, no label lies on another.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "playwright/test";

const TEXT_PX_MIN = 14;

/** Everything that axe-core knows, without exception. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  expect(found, "axe-core finds nothing").toEqual([]);
}

/** Every element with text of its own that somebody can see. */
export async function expectLegible(page: Page): Promise<void> {
  const small = await page.evaluate((least) => {
    const found: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== "",
      );
      if (!hasText || !element.checkVisibility() || element.closest(".for-readers") !== null)
        continue;
      const sizePx = Number.parseFloat(getComputedStyle(element).fontSize);
      if (sizePx < least) found.push(`${sizePx} px: ${element.textContent!.trim().slice(0, 40)}`);
    }
    return found;
  }, TEXT_PX_MIN);
  expect(small, `no text is smaller than ${TEXT_PX_MIN} px`).toEqual([]);
}

/** The addresses and names in the picture. */
export async function expectLabelsApart(page: Page): Promise<void> {
  const labels = await page.evaluate(() => window.__meterville!.labels);
  const overlaps = labels.flatMap((a, at) =>
    labels
      .slice(at + 1)
      .filter(
        (b) =>
          a.x < b.x + b.width &&
          b.x < a.x + a.width &&
          a.y < b.y + b.height &&
          b.y < a.y + a.height,
      )
      .map((b) => `${a.text} on ${b.text}`),
  );
  expect(overlaps, "no label lies on another").toEqual([]);
}

/** Nothing is cut off at the right. */
export async function expectNoSideways(page: Page): Promise<void> {
  const { width, sideways } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    sideways: document.documentElement.scrollWidth,
  }));
  expect(sideways, "nobody has to scroll sideways").toBeLessThanOrEqual(width);
}
